//! Why nothing came back: the errors of the libraries, mapped onto the core's closed list.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use langfuse_blob_core::storage::Fault;
use rustls::CertificateError;

/// A request that got no whole answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TransportError {
    /// Which of the list.
    pub fault: Fault,
    /// The innermost library's words; empty where they would say nothing more. Never a URL: links carry signatures.
    pub detail: String,
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.fault.sentence())?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, " ({})", self.detail) }
    }
}

impl Error for TransportError {}

impl TransportError {
    pub(super) fn timed_out() -> Self {
        Self { fault: Fault::TimedOut, detail: String::new() }
    }

    /// A document that goes on and on.
    pub(super) fn endless(limit: Duration) -> Self {
        Self { fault: Fault::TimedOut, detail: format!("it wasn't whole after {} s", limit.as_secs()) }
    }

    /// A document that is larger than `limit` bytes.
    pub(super) fn too_large(limit: usize) -> Self {
        Self { fault: Fault::TooLarge, detail: format!("more than {limit} bytes") }
    }

    /// A failure before the answer's head.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        let links = chain(error);
        let fault = links.iter().find_map(|e| fault_of(*e)).unwrap_or(match () {
            () if error.is_timeout() => Fault::TimedOut,
            () if is_lookup(&links) => Fault::NotFound,
            () => Fault::Opaque,
        });
        Self { fault, detail: detail(&links) }
    }

    /// A failure of a connection or a handshake by itself.
    pub(super) fn of_io(error: &io::Error) -> Self {
        let wrapped = error.get_ref().and_then(|inner| fault_of(inner as Link<'_>));
        Self { fault: wrapped.or_else(|| fault_of(error)).unwrap_or(Fault::Opaque), detail: error.to_string() }
    }

    /// A failure after the answer's head: whatever broke, the body did not come whole.
    pub(super) fn in_body(error: &reqwest::Error) -> Self {
        let links = chain(error);
        let timed_out = error.is_timeout() || links.iter().any(|e| fault_of(*e) == Some(Fault::TimedOut));
        Self { fault: if timed_out { Fault::TimedOut } else { Fault::BodyCut }, detail: detail(&links) }
    }
}

type Link<'a> = &'a (dyn Error + 'static);

/// The error's causes, outermost first, without reqwest's own, whose text holds the URL. What an `io::Error` wraps is
/// not among its sources, so it is looked into.
fn chain(error: &reqwest::Error) -> Vec<Link<'_>> {
    const DEEPEST: usize = 32;
    let mut links: Vec<Link<'_>> = Vec::new();
    let mut next = error.source();
    while let Some(link) = next {
        if links.len() >= DEEPEST {
            break;
        }
        links.push(link);
        let wrapped = link.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = wrapped.map_or_else(|| link.source(), |inner| Some(inner as Link<'_>));
    }
    links
}

fn detail(links: &[Link<'_>]) -> String {
    links.last().map(ToString::to_string).unwrap_or_default()
}

/// hyper-util names a failed lookup only in the text of its error.
fn is_lookup(links: &[Link<'_>]) -> bool {
    links.iter().any(|e| e.to_string() == "dns error")
}

fn fault_of(link: Link<'_>) -> Option<Fault> {
    if let Some(error) = link.downcast_ref::<rustls::Error>() {
        return Some(of_tls(error));
    }
    if let Some(error) = link.downcast_ref::<hyper::Error>() {
        return match () {
            () if error.is_timeout() => Some(Fault::TimedOut),
            () if error.is_incomplete_message() => Some(Fault::Reset),
            () => None,
        };
    }
    let error = link.downcast_ref::<io::Error>()?;
    // One that wraps another is told by what it wraps; `tls handshake eof` has no type of its own.
    match error.kind() {
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::AddrNotAvailable => Some(Fault::Refused),
        io::ErrorKind::TimedOut => Some(Fault::TimedOut),
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
            Some(Fault::Reset)
        }
        io::ErrorKind::UnexpectedEof if error.to_string().contains("tls handshake") => Some(Fault::TlsNotSpoken),
        io::ErrorKind::UnexpectedEof => Some(Fault::Reset),
        _ => None,
    }
}

fn of_tls(error: &rustls::Error) -> Fault {
    match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Fault::CertificateExpired,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Fault::WrongName,
            // A known authority of the same name with another key gives `BadSignature`: one that was made anew. webpki
            // says `CaUsedAsEndEntity` of the self-signed certificates that `openssl req -x509` makes.
            CertificateError::UnknownIssuer | CertificateError::BadSignature | CertificateError::Other(_) => {
                Fault::UnknownIssuer
            }
            _ => Fault::Opaque,
        },
        rustls::Error::InvalidMessage(_) | rustls::Error::InappropriateMessage { .. } => Fault::TlsNotSpoken,
        _ => Fault::Opaque,
    }
}

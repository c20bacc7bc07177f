//! Transport failures: the libraries' errors, mapped to the core's closed list.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use langfuse_blob_core::storage::Fault;
use rustls::CertificateError;

/// A request without a complete response.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TransportError {
    /// Which failure of the list.
    pub fault: Fault,
    /// The innermost library's message; empty if it adds nothing. Never contains a URL: presigned URLs carry
    /// signatures.
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

    /// A document that doesn't end.
    pub(super) fn endless(limit: Duration) -> Self {
        Self { fault: Fault::TooSlow, detail: format!("it was incomplete after {} s", limit.as_secs()) }
    }

    /// A document that is larger than `limit` bytes.
    pub(super) fn too_large(limit: usize) -> Self {
        Self { fault: Fault::TooLarge, detail: format!("more than {limit} bytes") }
    }

    /// A failure before the response's head.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        let links = chain(error);
        let fault = links.iter().find_map(|e| fault_of(*e)).unwrap_or(match () {
            () if error.is_timeout() => Fault::TimedOut,
            () if is_lookup(&links) => Fault::NotFound,
            () => Fault::Opaque,
        });
        Self { fault, detail: detail(&links) }
    }

    /// A failure of a bare connection or handshake.
    pub(super) fn of_io(error: &io::Error) -> Self {
        let wrapped = error.get_ref().and_then(|inner| fault_of(inner as Link<'_>));
        Self { fault: wrapped.or_else(|| fault_of(error)).unwrap_or(Fault::Opaque), detail: error.to_string() }
    }

    /// A failure after the response's head: the body is incomplete.
    pub(super) fn in_body(error: &reqwest::Error) -> Self {
        let links = chain(error);
        let timed_out = error.is_timeout() || links.iter().any(|e| fault_of(*e) == Some(Fault::TimedOut));
        Self { fault: if timed_out { Fault::TimedOut } else { Fault::BodyCut }, detail: detail(&links) }
    }
}

type Link<'a> = &'a (dyn Error + 'static);

/// The error's causes, outermost first, without reqwest's own, whose text contains the URL. An `io::Error` doesn't list
/// the error it wraps as its source, so that one is unwrapped here.
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

/// hyper-util marks a failed lookup only in its error's text.
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
    // A wrapped error has been found by then; `tls handshake eof` has no type of its own.
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
            // `BadSignature`: a trusted CA has the same name but another key, so the CA was recreated. For self-signed
            // certificates made by `openssl req -x509`, webpki returns `CaUsedAsEndEntity`.
            CertificateError::UnknownIssuer | CertificateError::BadSignature | CertificateError::Other(_) => {
                Fault::UnknownIssuer
            }
            _ => Fault::Opaque,
        },
        rustls::Error::InvalidMessage(_) | rustls::Error::InappropriateMessage { .. } => Fault::TlsNotSpoken,
        _ => Fault::Opaque,
    }
}

//! Why there was no response, as a closed list: each transport maps its own errors to it.

/// A transport failure.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fault {
    /// The host name can't be resolved.
    NotFound,
    /// The connection was refused, or the host is unreachable.
    Refused,
    /// The proxy doesn't respond; the request didn't reach the store.
    ProxyUnreachable,
    /// No data for too long.
    TimedOut,
    /// The server closed the connection before it responded.
    Reset,
    /// The server doesn't use TLS on this port.
    TlsNotSpoken,
    /// The certificate is no longer, or not yet, valid.
    CertificateExpired,
    /// The certificate is signed by an unknown authority.
    UnknownIssuer,
    /// The certificate is for another host name.
    WrongName,
    /// The response was cut off.
    BodyCut,
    /// The response is too large.
    TooLarge,
    /// The response kept arriving, but wasn't complete in time.
    TooSlow,
    /// Anything else; the transport's detail has its library's message.
    Opaque,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::NotFound,
        Self::Refused,
        Self::ProxyUnreachable,
        Self::TimedOut,
        Self::Reset,
        Self::TlsNotSpoken,
        Self::CertificateExpired,
        Self::UnknownIssuer,
        Self::WrongName,
        Self::BodyCut,
        Self::TooLarge,
        Self::TooSlow,
        Self::Opaque,
    ];

    /// One sentence for people, without its full stop.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NotFound => "the host name can't be resolved",
            Self::Refused => "the connection was refused, or the host is unreachable",
            Self::ProxyUnreachable => "the proxy doesn't respond",
            Self::TimedOut => "timed out before the response was complete",
            Self::Reset => "the server closed the connection before it responded",
            Self::TlsNotSpoken => "the server doesn't use TLS on this port; the URL may have to begin with http://",
            Self::CertificateExpired => "the certificate isn't valid now: it has expired, or a clock is wrong",
            Self::UnknownIssuer => {
                "the certificate is signed by an unknown authority; add it with NODE_EXTRA_CA_CERTS=FILE"
            }
            Self::WrongName => "the certificate is for another host name",
            Self::BodyCut => "the response was cut off",
            Self::TooLarge => "the response is too large",
            Self::TooSlow => "the response was too slow",
            Self::Opaque => "the request failed",
        }
    }

    /// Whether no byte of the request can have reached the store.
    #[must_use]
    pub fn is_before_request(self) -> bool {
        match self {
            Self::NotFound
            | Self::Refused
            | Self::ProxyUnreachable
            | Self::TlsNotSpoken
            | Self::CertificateExpired
            | Self::UnknownIssuer
            | Self::WrongName => true,
            Self::TimedOut | Self::Reset | Self::BodyCut | Self::TooLarge | Self::TooSlow | Self::Opaque => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_a_sentence_of_its_own() {
        let mut sentences: Vec<_> = Fault::ALL.iter().map(|f| f.sentence()).collect();
        sentences.sort_unstable();
        sentences.dedup();
        assert_eq!(sentences.len(), Fault::ALL.len());
        assert!(sentences.iter().all(|s| !s.ends_with('.')));
    }
}

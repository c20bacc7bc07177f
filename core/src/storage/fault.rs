//! Why nothing came back, as a closed list: mapping its own errors onto it is all that a transport knows.

/// What went wrong between here and there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fault {
    /// The host's name is not known, or the lookup failed.
    NotFound,
    /// Nothing listens at the address, or it can't be reached at all.
    Refused,
    /// The proxy that stands between here and there does not answer; the store was not asked.
    ProxyUnreachable,
    /// Nothing moved for too long, or a document wasn't whole in time.
    TimedOut,
    /// The other side broke the connection off before it answered.
    Reset,
    /// The other side does not speak TLS on this port.
    TlsNotSpoken,
    /// The certificate is no longer, or not yet, valid.
    CertificateExpired,
    /// The certificate is signed by an authority that is not known here.
    UnknownIssuer,
    /// The certificate is for another name.
    WrongName,
    /// The answer began and did not end.
    BodyCut,
    /// The answer is larger than any of its kind is.
    TooLarge,
    /// Anything else; the transport's detail says it in its library's words.
    Opaque,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 12] = [
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
        Self::Opaque,
    ];

    /// One sentence for people, without its full stop.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NotFound => "the host's name can't be found",
            Self::Refused => "nothing listens there: the connection was refused or the address can't be reached",
            Self::ProxyUnreachable => "the proxy on the way does not answer",
            Self::TimedOut => "timed out: no whole answer came in time",
            Self::Reset => "the other side broke the connection off before it answered",
            Self::TlsNotSpoken => {
                "the other side does not speak TLS on this port; the address may have to begin with http://"
            }
            Self::CertificateExpired => {
                "the certificate is not valid at this time: it has expired, or a clock is wrong"
            }
            Self::UnknownIssuer => {
                "the certificate is signed by an authority that is not known here; NODE_EXTRA_CA_CERTS names a file with more"
            }
            Self::WrongName => "the certificate is for another host name",
            Self::BodyCut => "the answer broke off before its end",
            Self::TooLarge => "the answer is larger than any of its kind",
            Self::Opaque => "the request failed",
        }
    }

    /// Whether not one byte of the request can have reached the store.
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
            Self::TimedOut | Self::Reset | Self::BodyCut | Self::TooLarge | Self::Opaque => false,
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

//! What the doctor asks a transport to do, and the possible results: a closed list, so that a browser can be one.

use http::{Request, Response};

use super::step::Step;
use crate::storage::Fault;

/// One thing to do.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a few dozen at a time, and nearly all of them are requests")]
pub enum ProbeRequest {
    /// Look up the host. Answered with [`Answer::Done`] and the addresses.
    Resolve {
        /// The name, without port.
        host: String,
    },
    /// Open a TCP connection and close it.
    Connect {
        /// Name or address.
        host: String,
        /// The port.
        port: u16,
    },
    /// Open a TCP connection, do a TLS handshake that verifies the certificate, and close it.
    Tls {
        /// Name or address, which the certificate must be for.
        host: String,
        /// The port.
        port: u16,
    },
    /// Send the request with its body, without following redirects and without retrying.
    Http(Request<Vec<u8>>),
}

/// The result.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Success, with a phrase for people, which may be empty.
    Done(String),
    /// An HTTP response of any status, with its whole body, or the first 64 KiB if it's an error.
    Response(Response<Vec<u8>>),
    /// Failure, in the transport's words, never with a URL. [`Fault::Opaque`] without words, for anything but
    /// [`ProbeRequest::Http`], means that this transport can't do it.
    Fault(Fault, String),
}

/// Which request an answer belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Ticket {
    pub(super) case: usize,
    pub(super) step: Step,
}

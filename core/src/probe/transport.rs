//! What the doctor asks of a transport, and what it hears: a closed list, so that a browser can be one.

use http::{Request, Response};

use super::step::Step;
use crate::storage::Fault;

/// One thing to do out there.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a few dozen at a time, and nearly all of them are requests")]
pub enum Ask {
    /// Look the host up. Answered with [`Answer::Done`], the addresses as its phrase.
    Resolve {
        /// The name, without port.
        host: String,
    },
    /// Open a TCP connection, and close it.
    Connect {
        /// Name or address.
        host: String,
        /// The port.
        port: u16,
    },
    /// Open a TCP connection, shake hands over TLS with the certificate checked, and close it.
    Tls {
        /// Name or address, which the certificate has to be for.
        host: String,
        /// The port.
        port: u16,
    },
    /// Send the request, body and all, without following redirects and without sending it again.
    Http(Request<Vec<u8>>),
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It succeeded, and there is no more to it than a phrase for people, which may be empty.
    Done(String),
    /// An answer over HTTP, whatever its status, with its whole body or the first 64 KiB of it where it is a refusal.
    Response(Response<Vec<u8>>),
    /// It failed; in the transport's words, never with a URL. [`Fault::Opaque`] without words, to anything but
    /// [`Ask::Http`], says that this transport can't tell.
    Fault(Fault, String),
}

/// Which question an answer is to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Ticket {
    pub(super) case: usize,
    pub(super) step: Step,
}

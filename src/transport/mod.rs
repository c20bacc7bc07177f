//! HTTP for everything that leaves this machine: it sends a head with a body, hands back a head with a body, and says
//! in a closed list why it could not. What is sent, and to whom, is not its business.
//!
//! Certificates are checked against the system's authorities, those of `NODE_EXTRA_CA_CERTS`, and, where the system has
//! none (a `scratch` image), Mozilla's, which are built in. Redirects are handed back, not followed: a signature is for
//! one host. Proxies are the system's: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`.

mod body;
mod error;
mod proxy;
#[cfg(test)]
mod tests;
mod trust;
mod way;

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Request, Response};
use reqwest::redirect::Policy;

pub use body::Body;
pub use error::TransportError;
pub use langfuse_blob_core::storage::Fault;
pub use trust::Trust;

use body::Progress;

/// How a transport is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// A PEM file with more authorities, from `NODE_EXTRA_CA_CERTS`. Like Node.js, a file that can't be read is passed
    /// over; [`Trust::extra_problem`] says so.
    pub extra_ca: Option<PathBuf>,
    /// How long nothing may move: while connecting, between two pieces of a body that is sent, before the answer, and
    /// between two pieces of the answer's body. An upload that moves may take as long as it takes.
    pub timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { extra_ca: None, timeout: Duration::from_secs(30) }
    }
}

/// A pool of connections. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Transport {
    client: reqwest::Client,
    timeout: Duration,
    tls: rustls::ClientConfig,
    trust: Trust,
    /// Whether the proxies of the environment are used.
    proxies: bool,
}

impl Transport {
    /// Sets one up.
    ///
    /// # Errors
    /// [`Fault::Opaque`] where the TLS library refuses its own configuration, or a proxy variable is no URL.
    pub fn new(options: &Options) -> Result<Self, TransportError> {
        let (tls, trust) = trust::configure(options.extra_ca.as_deref())?;
        Self::build(reqwest::Client::builder(), tls, trust, options.timeout, true)
    }

    /// The same without a proxy, for endpoints of this machine: a proxy elsewhere would ask its own.
    ///
    /// # Errors
    /// As [`Transport::new`].
    pub fn direct(&self) -> Result<Self, TransportError> {
        let client = reqwest::Client::builder().no_proxy();
        Self::build(client, self.tls.clone(), self.trust.clone(), self.timeout, false)
    }

    fn build(
        client: reqwest::ClientBuilder,
        tls: rustls::ClientConfig,
        trust: Trust,
        timeout: Duration,
        proxies: bool,
    ) -> Result<Self, TransportError> {
        let client = client
            .tls_backend_preconfigured(tls.clone())
            .redirect(Policy::none())
            .referer(false)
            // A store answers for the request that it was sent; whether to send it again is decided by those who know
            // what it does.
            .retry(reqwest::retry::never())
            .connect_timeout(timeout)
            .pool_idle_timeout(Duration::from_secs(20))
            .build()
            .map_err(|e| TransportError::of(&e))?;
        Ok(Self { client, timeout, tls, trust, proxies })
    }

    /// Whom it believes.
    #[must_use]
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Sends `request` and waits for the answer's head. A body of known length is sent with `content-length`.
    ///
    /// # Errors
    /// [`TransportError`]; any status is an answer, not an error.
    pub async fn send(&self, request: Request<Body>) -> Result<Response<Incoming>, TransportError> {
        let progress = Progress::default();
        let (mut parts, body) = request.into_parts();
        if let Some(length) = body.length() {
            // A stream would otherwise go out in chunks, which stores refuse; and a PUT of nothing without a length too.
            if length > 0 || !matches!(parts.method, http::Method::GET | http::Method::HEAD | http::Method::DELETE) {
                parts.headers.entry(CONTENT_LENGTH).or_insert_with(|| HeaderValue::from(length));
            }
        }
        let uri = parts.uri.clone();
        let request = Request::from_parts(parts, body.into_wire(&progress));
        let request = reqwest::Request::try_from(request).map_err(|e| TransportError::of(&e))?;
        let answer = self.client.execute(request);
        let answer = progress.watch(self.timeout, answer).await?.map_err(|e| {
            let error = TransportError::of(&e);
            if self.proxies { proxy::blamed(error, &uri) } else { error }
        })?;
        let (parts, body) = Response::<reqwest::Body>::from(answer).into_parts();
        Ok(Response::from_parts(parts, Incoming { body, timeout: self.timeout }))
    }
}

/// The body of an answer, which is read as it arrives.
#[derive(Debug)]
pub struct Incoming {
    body: reqwest::Body,
    timeout: Duration,
}

/// A body that was read up to a limit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limited {
    /// What was read.
    pub bytes: Bytes,
    /// Whether there was more.
    pub cut: bool,
}

impl Incoming {
    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// [`Fault::BodyCut`] where it ends too early, [`Fault::TimedOut`] where nothing comes.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        match tokio::time::timeout(self.timeout, body::next(&mut self.body)).await {
            Err(_) => Err(TransportError::timed_out()),
            Ok(None) => Ok(None),
            Ok(Some(Ok(bytes))) => Ok(Some(bytes)),
            Ok(Some(Err(error))) => Err(TransportError::in_body(&error)),
        }
    }

    /// The whole body, or its first `limit` bytes.
    ///
    /// # Errors
    /// As [`Incoming::chunk`].
    pub async fn read(mut self, limit: usize) -> Result<Limited, TransportError> {
        let mut read = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            let room = limit.saturating_sub(read.len());
            read.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
            if chunk.len() > room {
                return Ok(Limited { bytes: read.into(), cut: true });
            }
        }
        Ok(Limited { bytes: read.into(), cut: false })
    }
}

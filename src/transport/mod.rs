//! HTTP for everything that leaves this machine. It sends a request, returns the response, and maps failures to a
//! closed list. It doesn't know what is sent, nor to whom.
//!
//! Certificates are checked against the system's CA certificates, those of `NODE_EXTRA_CA_CERTS`, and, if the system
//! has none (a `scratch` image), Mozilla's, which are built in. Redirects are returned, not followed: a signature is
//! valid for one host. Proxies come from the system: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`.

mod body;
mod connect;
mod error;
mod proxy;
mod route;
#[cfg(test)]
mod tests;
mod trust;

use std::path::PathBuf;
use std::sync::Arc;
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
use route::Routed;

/// The options of a transport.
#[derive(Clone, Debug)]
pub struct Options {
    /// A PEM file with additional CA certificates, from `NODE_EXTRA_CA_CERTS`. As in Node.js, a file that can't be read
    /// is ignored; [`Trust::extra_problem`] says so.
    pub extra_ca: Option<PathBuf>,
    /// The idle timeout: while connecting, between two pieces of the request's body, before the response, and between
    /// two pieces of its body. An upload that makes progress may take any time.
    ///
    /// It also ends a response that sends one `100 Continue` after another: those don't count as progress.
    pub timeout: Duration,
    /// How long a document's body may take in total: a listing, an error, anything but an object.
    pub document: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { extra_ca: None, timeout: Duration::from_secs(30), document: Duration::from_mins(1) }
    }
}

/// A pool of connections. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Transport {
    client: reqwest::Client,
    timeout: Duration,
    document: Duration,
    tls: rustls::ClientConfig,
    trust: Trust,
    /// Whether the environment's proxies are used.
    proxies: bool,
    /// Connections that go elsewhere than requests say.
    routes: Arc<[Routed]>,
}

impl Transport {
    /// Creates one.
    ///
    /// # Errors
    /// [`Fault::Opaque`] if the TLS library rejects its configuration, or a proxy variable isn't a URL.
    pub fn new(options: &Options) -> Result<Self, TransportError> {
        let (tls, trust) = trust::configure(options.extra_ca.as_deref())?;
        Self::build(reqwest::Client::builder(), tls, trust, options, true)
    }

    /// The same without a proxy, for endpoints of this machine: a remote proxy would use its own machine's endpoints.
    ///
    /// # Errors
    /// As [`Transport::new`].
    pub fn direct(&self) -> Result<Self, TransportError> {
        let client = reqwest::Client::builder().no_proxy();
        let options = Options { extra_ca: None, timeout: self.timeout, document: self.document };
        Self::build(client, self.tls.clone(), self.trust.clone(), &options, false)
    }

    fn build(
        client: reqwest::ClientBuilder,
        tls: rustls::ClientConfig,
        trust: Trust,
        options: &Options,
        proxies: bool,
    ) -> Result<Self, TransportError> {
        let Options { timeout, document, .. } = *options;
        let client = Self::client(client, tls.clone(), timeout)?;
        Ok(Self { client, timeout, document, tls, trust, proxies, routes: Arc::new([]) })
    }

    fn client(
        client: reqwest::ClientBuilder,
        tls: rustls::ClientConfig,
        timeout: Duration,
    ) -> Result<reqwest::Client, TransportError> {
        client
            .tls_backend_preconfigured(tls)
            .redirect(Policy::none())
            .referer(false)
            // The caller decides about retries: it knows what a request does.
            .retry(reqwest::retry::never())
            .connect_timeout(timeout)
            .pool_idle_timeout(Duration::from_secs(20))
            .build()
            .map_err(|e| TransportError::of(&e))
    }

    /// Which CA certificates it trusts.
    #[must_use]
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Sends `request` and waits for the response's head. A body of known length is sent with `content-length`.
    ///
    /// # Errors
    /// [`TransportError`]; any HTTP status is a response, not an error.
    pub async fn send(&self, request: Request<Body>) -> Result<Response<Incoming>, TransportError> {
        let progress = Progress::default();
        let (mut parts, body) = request.into_parts();
        if let Some(length) = body.length() {
            // Otherwise a stream is sent in chunks, and an empty PUT without a length. Stores reject both.
            if length > 0 || !matches!(parts.method, http::Method::GET | http::Method::HEAD | http::Method::DELETE) {
                parts.headers.entry(CONTENT_LENGTH).or_insert_with(|| HeaderValue::from(length));
            }
        }
        let uri = parts.uri.clone();
        let routed = self.route(&mut parts)?;
        let request = Request::from_parts(parts, body.into_wire(&progress));
        let request = reqwest::Request::try_from(request).map_err(|e| TransportError::of(&e))?;
        let answer = routed.unwrap_or(&self.client).execute(request);
        let answer = progress.watch(self.timeout, answer).await?.map_err(|e| {
            let error = TransportError::of(&e);
            if self.proxies && routed.is_none() { proxy::blamed(error, &uri) } else { error }
        })?;
        let (parts, body) = Response::<reqwest::Body>::from(answer).into_parts();
        Ok(Response::from_parts(parts, Incoming { body, timeout: self.timeout, document: self.document }))
    }
}

/// The body of a response, read as it arrives.
#[derive(Debug)]
pub struct Incoming {
    body: reqwest::Body,
    timeout: Duration,
    document: Duration,
}

impl Incoming {
    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// [`Fault::BodyCut`] if it ends too early, [`Fault::TimedOut`] if nothing arrives.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        match tokio::time::timeout(self.timeout, body::next(&mut self.body)).await {
            Err(_) => Err(TransportError::timed_out()),
            Ok(None) => Ok(None),
            Ok(Some(Ok(bytes))) => Ok(Some(bytes)),
            Ok(Some(Err(error))) => Err(TransportError::in_body(&error)),
        }
    }

    /// The whole body of a document: at most `limit` bytes.
    ///
    /// # Errors
    /// As [`Incoming::chunk`]; [`Fault::TooSlow`] if it isn't complete in time; [`Fault::TooLarge`].
    pub async fn read(self, limit: usize) -> Result<Bytes, TransportError> {
        let within = self.document;
        self.read_within(limit, within).await
    }

    /// [`Incoming::read`] for a document that takes the store some time.
    ///
    /// # Errors
    /// As [`Incoming::read`].
    pub async fn read_within(self, limit: usize, within: Duration) -> Result<Bytes, TransportError> {
        let Limited { bytes, stopped } = self.read_start(limit, within).await?;
        match stopped {
            None => Ok(bytes),
            Some(Stopped::Size) => Err(TransportError::too_large(limit)),
            Some(Stopped::Time) => Err(TransportError::endless(within)),
        }
    }

    /// The body of an error response, or the part of it that arrives in time: the status has the essential information.
    ///
    /// # Errors
    /// As [`Incoming::chunk`].
    pub async fn read_refusal(self, limit: usize) -> Result<Bytes, TransportError> {
        let within = self.document;
        Ok(self.read_start(limit, within).await?.bytes)
    }

    async fn read_start(mut self, limit: usize, within: Duration) -> Result<Limited, TransportError> {
        let mut read = Vec::new();
        let reading = async {
            while let Some(chunk) = self.chunk().await? {
                let room = limit.saturating_sub(read.len());
                read.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                if chunk.len() > room {
                    return Ok(Some(Stopped::Size));
                }
            }
            Ok::<_, TransportError>(None)
        };
        let stopped = tokio::time::timeout(within, reading).await.unwrap_or(Ok(Some(Stopped::Time)))?;
        Ok(Limited { bytes: read.into(), stopped })
    }
}

/// The start of a body.
struct Limited {
    bytes: Bytes,
    /// Why the rest is missing, if it is.
    stopped: Option<Stopped>,
}

enum Stopped {
    Size,
    Time,
}

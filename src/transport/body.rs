//! Request bodies, and the timeout on their progress.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;

use super::error::TransportError;

/// How much of an in-memory body is sent at a time, so that progress can be observed.
const PIECE: usize = 64 * 1024;

type Boxed = Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>;

/// A body to send.
pub struct Body(Kind);

enum Kind {
    Whole(Bytes),
    Stream { length: Option<u64>, stream: Boxed },
}

impl Body {
    /// No body.
    #[must_use]
    pub fn empty() -> Self {
        Self(Kind::Whole(Bytes::new()))
    }

    /// A body that is read while it is sent. `length` is in bytes; stores reject a body without one.
    #[must_use]
    pub fn stream(length: Option<u64>, stream: impl Stream<Item = std::io::Result<Bytes>> + Send + 'static) -> Self {
        Self(Kind::Stream { length, stream: Box::pin(stream) })
    }

    pub(super) fn length(&self) -> Option<u64> {
        match &self.0 {
            Kind::Whole(bytes) => u64::try_from(bytes.len()).ok(),
            Kind::Stream { length, .. } => *length,
        }
    }

    pub(super) fn into_wire(self, progress: &Progress) -> reqwest::Body {
        let stream: Boxed = match self.0 {
            Kind::Whole(bytes) if bytes.len() <= PIECE => return bytes.into(),
            Kind::Whole(bytes) => Box::pin(Pieces(bytes)),
            Kind::Stream { stream, .. } => stream,
        };
        reqwest::Body::wrap_stream(Counted { stream, progress: progress.clone() })
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Whole(bytes))
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.length() {
            Some(length) => write!(f, "Body({length} bytes)"),
            None => f.write_str("Body(length unknown)"),
        }
    }
}

struct Pieces(Bytes);

impl Stream for Pieces {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = self.0.len().min(PIECE);
        Poll::Ready((piece > 0).then(|| Ok(self.0.split_to(piece))))
    }
}

struct Counted {
    stream: Boxed,
    progress: Progress,
}

impl Stream for Counted {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.stream.as_mut().poll_next(cx);
        if next.is_ready() {
            self.progress.0.fetch_add(1, Ordering::Relaxed);
        }
        next
    }
}

/// How many pieces of a body have been sent. reqwest's own read timeout counts the whole time of sending as idle.
#[derive(Clone, Default)]
pub(super) struct Progress(Arc<AtomicU64>);

impl Progress {
    /// Waits for `work` as long as a piece is sent at least every `timeout`.
    pub(super) async fn watch<F: Future>(&self, timeout: Duration, work: F) -> Result<F::Output, TransportError> {
        let mut work = pin!(work);
        loop {
            let before = self.0.load(Ordering::Relaxed);
            match tokio::time::timeout(timeout, work.as_mut()).await {
                Ok(done) => return Ok(done),
                Err(_) if self.0.load(Ordering::Relaxed) == before => return Err(TransportError::timed_out()),
                Err(_) => {}
            }
        }
    }
}

/// The next piece of a response body.
pub(super) async fn next(body: &mut reqwest::Body) -> Option<Result<Bytes, reqwest::Error>> {
    use http_body::Body as _;
    loop {
        let frame = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await?;
        match frame.map(http_body::Frame::into_data) {
            Ok(Ok(bytes)) => return Some(Ok(bytes)),
            // Trailers aren't needed.
            Ok(Err(_)) => {}
            Err(error) => return Some(Err(error)),
        }
    }
}

//! Reads the rest of a refused body.
//!
//! If the connection closes while the client is still sending, the client gets a reset instead of the response
//! and never learns why its request was refused.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::disk;

const DRAIN_MAX_BYTES: usize = 64 * 1024 * 1024;
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// A request body that can still be read after its first reader has dropped it.
#[derive(Clone)]
pub(super) struct SharedBody(Arc<Mutex<Incoming>>);

impl SharedBody {
    pub(super) fn new(body: Incoming) -> Self {
        Self(Arc::new(Mutex::new(body)))
    }

    /// Reads and discards the rest, up to 64 MiB or 5 seconds.
    pub(super) async fn drain(mut self) {
        let rest = async {
            let mut drained: usize = 0;
            while drained < DRAIN_MAX_BYTES {
                let next = std::future::poll_fn(|cx| Pin::new(&mut self).poll_frame(cx)).await;
                let Some(Ok(frame)) = next else {
                    break;
                };
                drained = drained.saturating_add(frame.data_ref().map_or(0, Bytes::len));
            }
        };
        let _ = tokio::time::timeout(DRAIN_TIMEOUT, rest).await;
    }
}

impl Body for SharedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        Pin::new(&mut *disk::lock(&self.0)).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        disk::lock(&self.0).is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        disk::lock(&self.0).size_hint()
    }
}

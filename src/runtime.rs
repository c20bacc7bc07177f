//! The async runtime of a verb.

use std::future::Future;

use crate::failure::Failure;

/// A runtime on this thread. Dropping it doesn't wait for blocking reads: a read from a terminal or an idle pipe would
/// keep the process from exiting.
#[derive(Debug)]
pub struct Runtime(Option<tokio::runtime::Runtime>);

impl Runtime {
    /// A new one.
    ///
    /// # Errors
    /// The system provides none.
    pub fn new() -> Result<Self, Failure> {
        let made = tokio::runtime::Builder::new_current_thread().enable_all().build();
        made.map(|runtime| Self(Some(runtime)))
            .map_err(|e| Failure::failed(format!("the system provides no event loop: {e}")))
    }

    /// Runs `work` to its end.
    ///
    /// # Errors
    /// An error of `work`.
    pub fn block_on<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        match &self.0 {
            Some(runtime) => runtime.block_on(work),
            // It is removed only on drop.
            None => Err(Failure::failed("the event loop is over")),
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

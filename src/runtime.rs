//! What runs the futures of a verb.

use std::future::Future;

use crate::failure::Failure;

/// A runtime on this thread. When it goes it waits for nobody: a read of a terminal or a pipe that nobody writes into ends
/// with the process, and would keep it from ending otherwise.
#[derive(Debug)]
pub struct Runtime(Option<tokio::runtime::Runtime>);

impl Runtime {
    /// A new one.
    ///
    /// # Errors
    /// The system gives none.
    pub fn new() -> Result<Self, Failure> {
        let made = tokio::runtime::Builder::new_current_thread().enable_all().build();
        made.map(|runtime| Self(Some(runtime)))
            .map_err(|e| Failure::failed(format!("the system gives no event loop: {e}")))
    }

    /// Runs `work` to its end.
    ///
    /// # Errors
    /// What `work` says.
    pub fn block_on<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        match &self.0 {
            Some(runtime) => runtime.block_on(work),
            // It is taken away only when this goes.
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

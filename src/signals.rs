//! When work is to end: Ctrl-C, and SIGTERM, which is how supervisors and container engines say the same.

use std::future::Future;
use std::io;

/// The signals that ask for an end. From [`Signals::new`] on none of them ends the process by itself.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Signals {
    /// Begins to listen. Needs a runtime.
    ///
    /// # Errors
    /// The system gives no signals.
    #[cfg(unix)]
    pub fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Begins to listen. Needs a runtime.
    ///
    /// # Errors
    /// The system gives no signals.
    #[cfg(windows)]
    pub fn new() -> io::Result<Self> {
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c()? })
    }

    /// Resolves at the next one that nobody has heard yet.
    pub async fn heard(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(windows)]
        let _ = self.interrupt.recv().await;
    }
}

/// Resolves at the first signal. A server calls it before it says where it is.
///
/// # Errors
/// The system gives no signals.
pub fn stop() -> io::Result<impl Future<Output = ()>> {
    let mut signals = Signals::new()?;
    Ok(async move { signals.heard().await })
}

//! When a server is to end.

use std::future::Future;
use std::io;

/// Resolves at Ctrl-C and at SIGTERM. From this call on neither ends the process by itself, so it comes before the server
/// says where it is.
///
/// # Errors
/// The system gives no signals.
#[cfg(unix)]
pub(super) fn stop() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Resolves at Ctrl-C. From this call on it does not end the process by itself, so it comes before the server says where it
/// is.
///
/// # Errors
/// The system gives no signals.
#[cfg(windows)]
pub(super) fn stop() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        let _ = interrupt.recv().await;
    })
}

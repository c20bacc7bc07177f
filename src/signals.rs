//! Signals that stop work: Ctrl-C, and SIGTERM from supervisors and container engines.

use std::future::Future;
use std::io;
use std::sync::{Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use crate::exit::Exit;

/// How long a signal may stay unhandled: the longest time a verb may take between two polls.
const UNHANDLED: Duration = Duration::from_secs(5);

/// When a signal was last handled.
static LAST_HANDLED: Mutex<Option<Instant>> = Mutex::new(None);

/// The signals to stop. After [`Signals::new`], they no longer terminate the process by default.
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
    /// Starts to listen. Needs a runtime.
    ///
    /// # Errors
    /// The system provides no signals.
    #[cfg(unix)]
    pub fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Starts to listen. Needs a runtime.
    ///
    /// # Errors
    /// The system provides no signals.
    #[cfg(windows)]
    pub fn new() -> io::Result<Self> {
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c()? })
    }

    /// Resolves at the next signal.
    pub async fn received(&mut self) {
        self.any().await;
        *LAST_HANDLED.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    async fn any(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(windows)]
        let _ = self.interrupt.recv().await;
    }

    /// The same for a verb that writes to a pipe: while it blocks on a reader that doesn't read, it can't handle
    /// signals, so another thread ends the process.
    ///
    /// # Errors
    /// As [`Signals::new`].
    pub fn watched() -> io::Result<Self> {
        static WATCH: Once = Once::new();
        let signals = Self::new()?;
        WATCH.call_once(|| {
            std::thread::spawn(watch);
        });
        Ok(signals)
    }
}

fn watch() {
    // Without this thread, a blocked verb just continues.
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        let Ok(mut signals) = Signals::new() else { return };
        loop {
            signals.any().await;
            // The verb may have handled the signal slightly before this thread.
            let since = Instant::now().checked_sub(UNHANDLED);
            tokio::time::sleep(UNHANDLED).await;
            if last_handled().is_none_or(|at| Some(at) < since) {
                std::process::exit(Exit::Interrupted.code().into());
            }
        }
    });
}

fn last_handled() -> Option<Instant> {
    *LAST_HANDLED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Resolves at the first signal. A server calls it before it prints its address.
///
/// # Errors
/// The system provides no signals.
pub fn stop() -> io::Result<impl Future<Output = ()>> {
    let mut signals = Signals::new()?;
    Ok(async move { signals.received().await })
}

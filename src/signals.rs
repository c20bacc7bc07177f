//! When work is to end: Ctrl-C, and SIGTERM, which is how supervisors and container engines say the same.

use std::future::Future;
use std::io;
use std::sync::{Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use crate::exit::Exit;

/// How long a signal may go unheard: as long as a verb may take between two looks at what happens.
const UNHEARD: Duration = Duration::from_secs(5);

/// When a signal was heard last.
static HEARD: Mutex<Option<Instant>> = Mutex::new(None);

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

    /// Resolves at the next one.
    pub async fn heard(&mut self) {
        self.any().await;
        *HEARD.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
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

    /// The same for a verb that writes to others: where it waits for one who does not read, it can hear nothing, and another
    /// thread ends the process then.
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
    // Without it a verb that hears nothing goes on, as it would without this thread.
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        let Ok(mut signals) = Signals::new() else { return };
        loop {
            signals.any().await;
            // Who heard it did so at about the same time, perhaps a little earlier.
            let since = Instant::now().checked_sub(UNHEARD);
            tokio::time::sleep(UNHEARD).await;
            if last_heard().is_none_or(|heard| Some(heard) < since) {
                std::process::exit(Exit::Interrupted.code().into());
            }
        }
    });
}

fn last_heard() -> Option<Instant> {
    *HEARD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Resolves at the first signal. A server calls it before it says where it is.
///
/// # Errors
/// The system gives no signals.
pub fn stop() -> io::Result<impl Future<Output = ()>> {
    let mut signals = Signals::new()?;
    Ok(async move { signals.heard().await })
}

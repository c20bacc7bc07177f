//! The doctor's progress on a terminal: how many steps are done, and which ones are running.

use std::cell::Cell;
use std::io::{self, IsTerminal as _};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use langfuse_blob_core::probe::Probe;

use super::Watcher;
use crate::output::{eprint_line, note};
use crate::signals::Signals;
use crate::verbosity::Verbosity;

/// A line on standard error.
pub struct Progress {
    bar: Option<ProgressBar>,
    shown: Cell<usize>,
    /// One for the whole run: a signal that arrives while nothing listens is lost.
    signals: Option<Signals>,
}

impl Progress {
    /// One that is shown only on a terminal.
    #[must_use]
    pub fn new() -> Self {
        let bar = (io::stderr().is_terminal() && !Verbosity::chosen().quiet).then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            let style = ProgressStyle::with_template("{spinner} {pos}/{len} steps {wide_msg}");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
        });
        Self { bar, shown: Cell::new(0), signals: None }
    }

    /// Removes the line.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Watcher for Progress {
    fn show(&mut self, probe: &Probe) {
        let Some(bar) = &self.bar else { return };
        let (over, all) = probe.progress();
        if self.shown.replace(over) == over {
            return;
        }
        bar.set_length(u64::try_from(all).unwrap_or(0));
        bar.set_position(u64::try_from(over).unwrap_or(0));
        let running: Vec<String> =
            probe.running().iter().map(|(use_case, step)| format!("{} {}", use_case.name(), step.name())).collect();
        bar.set_message(running.join(", "));
    }

    fn note(&mut self, text: &str) {
        if text.starts_with("warning:") { eprint_line(text) } else { note(text) }
    }

    fn interrupted(&mut self) {
        eprint_line("interrupted: deleting what was written; interrupt again to leave it there");
    }

    async fn stop(&mut self) {
        if self.signals.is_none() {
            self.signals = Signals::watched().ok();
        }
        match &mut self.signals {
            Some(signals) => signals.received().await,
            // If the system provides no signals, nothing stops the run.
            None => std::future::pending().await,
        }
    }
}

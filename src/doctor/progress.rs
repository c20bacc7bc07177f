//! How far the doctor is, on a terminal.

use std::cell::Cell;
use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use langfuse_blob_core::probe::Probe;

use crate::output::say;

/// A line on standard error that counts, and names the step that ended last.
#[derive(Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
    shown: Cell<usize>,
}

impl Progress {
    /// One that shows itself on a terminal only.
    #[must_use]
    pub fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            let style = ProgressStyle::with_template("{spinner} {pos}/{len} steps {wide_msg}");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
        });
        Self { bar, shown: Cell::new(0) }
    }

    /// Shows where `probe` is.
    pub fn show(&self, probe: &Probe) {
        let Some(bar) = &self.bar else { return };
        let (over, all) = probe.progress();
        if self.shown.replace(over) == over {
            return;
        }
        bar.set_length(u64::try_from(all).unwrap_or(0));
        bar.set_position(u64::try_from(over).unwrap_or(0));
        if let Some(last) = probe.ended().last() {
            bar.set_message(format!("{} {} {}", last.use_case.name(), last.step.name(), last.outcome.name()));
        }
    }

    /// Says that what was made is being removed.
    pub fn interrupted(&self) {
        say("interrupted: removing what was written; once more leaves it there");
    }

    /// Takes the line away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

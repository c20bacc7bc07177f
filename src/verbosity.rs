//! How much a run prints besides its results: the flags `--quiet`, `--verbose` and `--color`, set once at its start.

use std::sync::OnceLock;

use clap::ValueEnum;

/// `--color`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Also into a pipe or a file
    Always,
    /// No colors
    Never,
}

/// The flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verbosity {
    /// Only results, warnings and errors.
    pub quiet: bool,
    /// A line for each request to a store.
    pub verbose: bool,
    /// When output is colored.
    pub color: Color,
}

static CHOSEN: OnceLock<Verbosity> = OnceLock::new();

impl Verbosity {
    /// Sets the flags for this process. Only the first call has an effect.
    pub fn choose(self) {
        let _ = CHOSEN.set(self);
    }

    /// The flags of this process.
    #[must_use]
    pub fn chosen() -> Self {
        CHOSEN.get().copied().unwrap_or_default()
    }
}

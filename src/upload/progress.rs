//! The progress of a transfer: a bar on a terminal, or one event per line for programs. Both go to standard error.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use crate::output::{eprint_json, eprint_line};
use crate::verbosity::Verbosity;
use clap::ValueEnum;

/// `--progress`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProgressKind {
    /// A progress bar, on a terminal
    Auto,
    /// No progress
    Never,
    /// One JSON event per line
    Json,
}

/// How often it is updated.
const EVERY: Duration = Duration::from_millis(200);

/// The counters of a transfer. Cheap to clone; clones share the counters.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    /// Bytes passed to a connection, without those of failed attempts.
    pub bytes: Arc<AtomicU64>,
    /// Bytes to send, as far as known.
    pub bytes_total: Arc<AtomicU64>,
    /// Objects that are done, whether sent, skipped or failed.
    pub objects: Arc<AtomicU64>,
    /// Objects to send, as far as known.
    pub objects_total: Arc<AtomicU64>,
}

/// Counts the bytes of one body, and subtracts them if it is retried.
#[derive(Clone, Debug)]
pub struct Meter {
    all: Arc<AtomicU64>,
    own: Arc<AtomicU64>,
}

impl Meter {
    /// One that adds to `all`.
    #[must_use]
    pub fn new(all: Arc<AtomicU64>) -> Self {
        Self { all, own: Arc::default() }
    }

    /// Counts `bytes`.
    pub fn add(&self, bytes: u64) {
        self.own.fetch_add(bytes, Ordering::Relaxed);
        self.all.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Starts again from 0.
    pub fn restart(&self) {
        self.all.fetch_sub(self.own.swap(0, Ordering::Relaxed), Ordering::Relaxed);
    }
}

/// Shows the progress of a transfer.
#[derive(Debug)]
pub struct Progress {
    /// What is shown.
    pub counters: Counters,
    shown: Shown,
}

#[derive(Debug)]
enum Shown {
    Bar(ProgressBar),
    Json,
    Nothing,
}

impl Progress {
    /// Starts with nothing sent.
    #[must_use]
    pub fn new(kind: ProgressKind) -> Self {
        let shown = match kind {
            ProgressKind::Json => Shown::Json,
            ProgressKind::Auto if std::io::stderr().is_terminal() && !Verbosity::chosen().quiet => {
                let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
                Shown::Bar(bar.with_style(style(false)))
            }
            ProgressKind::Auto | ProgressKind::Never => Shown::Nothing,
        };
        Self { counters: Counters::default(), shown }
    }

    /// Shows the progress until it is dropped. The `total` may grow meanwhile.
    pub async fn show(&self) -> std::convert::Infallible {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut last = None;
        loop {
            ticks.tick().await;
            let now = self.now();
            match &self.shown {
                Shown::Nothing => std::future::pending::<()>().await,
                Shown::Bar(bar) => {
                    if now.bytes_total > 0 && bar.length().is_none() {
                        bar.set_style(style(true));
                    }
                    if now.bytes_total > 0 {
                        bar.set_length(now.bytes_total);
                    }
                    bar.set_message(if now.objects_total > 1 {
                        format!("{}/{} objects", now.objects, now.objects_total)
                    } else {
                        String::new()
                    });
                    bar.set_position(now.bytes);
                }
                Shown::Json if last != Some(now) => eprint_json(&now.event()),
                Shown::Json => {}
            }
            last = Some(now);
        }
    }

    /// An event, if the output is for programs.
    pub fn event(&self, event: &Value) {
        if matches!(self.shown, Shown::Json) {
            eprint_json(event);
        }
    }

    /// A line for people above the bar; programs get events instead.
    pub fn line(&self, text: &str) {
        match &self.shown {
            Shown::Bar(bar) => bar.suspend(|| eprint_line(text)),
            Shown::Nothing => eprint_line(text),
            Shown::Json => {}
        }
    }

    /// Ends the display; the last event has the final numbers.
    pub fn end(&self) {
        match &self.shown {
            Shown::Bar(bar) => bar.finish_and_clear(),
            Shown::Json => eprint_json(&self.now().event()),
            Shown::Nothing => {}
        }
    }

    fn now(&self) -> Now {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Now {
            bytes: read(&self.counters.bytes),
            bytes_total: read(&self.counters.bytes_total),
            objects: read(&self.counters.objects),
            objects_total: read(&self.counters.objects_total),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Now {
    bytes: u64,
    bytes_total: u64,
    objects: u64,
    objects_total: u64,
}

impl Now {
    /// A total of 0 is unknown.
    fn event(self) -> Value {
        let known = |total: u64| if total == 0 { Value::Null } else { total.into() };
        json!({
            "event": "progress", "bytes": self.bytes, "bytesTotal": known(self.bytes_total),
            "objects": self.objects, "objectsTotal": known(self.objects_total),
        })
    }
}

fn style(known: bool) -> ProgressStyle {
    let template = if known {
        "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta} left {msg}"
    } else {
        "{spinner} {bytes} {bytes_per_sec} {elapsed} {msg}"
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

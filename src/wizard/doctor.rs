//! The doctor for the page: takes a configuration, and streams a line of JSON for each finished step, then the report.
//!
//! The configuration holds secrets, so nothing of it is written anywhere, not even to the terminal.

use bytes::Bytes;
use langfuse_blob_core::api::{self, File, Subject};
use langfuse_blob_core::probe::{Event, FinishedStep, Probe};
use langfuse_blob_core::render::text::Style;
use serde::Deserialize;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::doctor::{Examination, Order, Watcher, examine};
use crate::failure::readable;

/// How many lines are buffered for a slow reader.
const WAITING: usize = 1024;

/// The page's request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    files: Vec<File>,
    #[serde(default)]
    options: api::Options,
    #[serde(default)]
    read_only: bool,
}

/// Starts the doctor. It stops early if the reader is gone or `stop` turns true; the task ends only after it has removed its
/// test objects.
pub(super) fn begin(body: Bytes, stop: watch::Receiver<bool>) -> (Receiver<Bytes>, JoinHandle<()>) {
    let (lines, reader) = channel(WAITING);
    let task = tokio::task::spawn_local(async move {
        let mut watcher = Page { lines, sent: Vec::new(), stop, stopping: false };
        let last = match run(&body, &mut watcher).await {
            Ok(report) => report,
            Err(message) => Event::Fault { message },
        };
        watcher.send(&last);
    });
    (reader, task)
}

async fn run(body: &[u8], watcher: &mut Page) -> Result<Event, String> {
    // The parser's error could quote its input, which holds secrets.
    let request: Request =
        serde_json::from_slice(body).map_err(|_| "invalid request: expected the configuration as JSON".to_owned())?;
    let subject = Subject::Files(request.files);
    let deployment = api::read(&subject, &request.options).map_err(|e| e.to_string())?;
    readable(&deployment).map_err(|failure| failure.message)?;
    let order = Order { read_only: request.read_only, ..Order::default() };
    let Examination { report, .. } = examine(&deployment, order, watcher).await?;
    let text = report.text(&deployment, Style::default());
    Ok(Event::Report { report: Box::new(report), text })
}

/// The page as an observer of the doctor.
struct Page {
    lines: Sender<Bytes>,
    sent: Vec<FinishedStep>,
    stop: watch::Receiver<bool>,
    stopping: bool,
}

impl Page {
    fn send(&self, event: &Event) {
        // Never waits for the reader: the examination must end even if nobody reads.
        let _ = self.lines.try_send(event.line().into());
    }
}

impl Watcher for Page {
    fn show(&mut self, probe: &Probe) {
        for finished in probe.finished() {
            if !self.sent.contains(&finished) {
                self.send(&Event::step(&finished, probe.progress()));
                self.sent.push(finished);
            }
        }
    }

    fn note(&mut self, text: &str) {
        self.send(&Event::Note { message: text.to_owned() });
    }

    fn interrupted(&mut self) {
        self.stopping = true;
    }

    async fn stop(&mut self) {
        // Clean-up isn't interruptible: further requests to stop have no effect.
        if self.stopping {
            return std::future::pending().await;
        }
        tokio::select! {
            () = self.lines.closed() => {}
            _ = self.stop.wait_for(|stop| *stop) => {}
        }
    }
}

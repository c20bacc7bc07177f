//! The doctor for the page: its configuration in, a line of JSON for every step that ends, then the report.
//!
//! Nothing of what comes in is written anywhere, on the terminal neither.

use bytes::Bytes;
use langfuse_blob_core::api::{self, File, Subject};
use langfuse_blob_core::probe::{Ended, Probe};
use langfuse_blob_core::report::text::Style;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::commands::readable;
use crate::doctor::{Examination, Order, Watcher, examine};

/// Lines that wait for a slow reader.
const WAITING: usize = 1024;

/// What the page asks for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    files: Vec<File>,
    #[serde(default)]
    options: api::Options,
    #[serde(default)]
    read_only: bool,
}

/// Begins. It ends early when the reader is gone or `stop` says so, and then removes what it made before the task is over.
pub(super) fn begin(body: Bytes, stop: watch::Receiver<bool>) -> (Receiver<Bytes>, JoinHandle<()>) {
    let (lines, reader) = channel(WAITING);
    let task = tokio::task::spawn_local(async move {
        let mut watcher = Page { lines, told: Vec::new(), stop, stopping: false };
        let last = match run(&body, &mut watcher).await {
            Ok(report) => report,
            Err(message) => json!({ "what": "fault", "message": message }),
        };
        watcher.tell(&last);
    });
    (reader, task)
}

async fn run(body: &[u8], watcher: &mut Page) -> Result<Value, String> {
    // The error of a parser could repeat what it read.
    let request: Request = serde_json::from_slice(body).map_err(|_| "this is no configuration".to_owned())?;
    let subject = Subject::Files(request.files);
    let deployment = api::read(&subject, &request.options).map_err(|e| e.to_string())?;
    readable(&deployment).map_err(|failure| failure.message)?;
    let order = Order { read_only: request.read_only, ..Order::default() };
    let Examination { report, .. } = examine(&deployment, order, watcher).await?;
    let all: Value = serde_json::to_value(&report).map_err(|e| e.to_string())?;
    Ok(json!({ "what": "report", "report": all, "text": report.text(&deployment, Style::default()) }))
}

/// The page, as it looks on.
struct Page {
    lines: Sender<Bytes>,
    told: Vec<Ended>,
    stop: watch::Receiver<bool>,
    stopping: bool,
}

impl Page {
    fn tell(&self, line: &Value) {
        // A reader that is gone or does not read is not waited for: the examination has to end.
        let _ = self.lines.try_send(format!("{line}\n").into());
    }
}

impl Watcher for Page {
    fn show(&mut self, probe: &Probe) {
        let (over, all) = probe.progress();
        for ended in probe.ended() {
            if self.told.contains(&ended) {
                continue;
            }
            self.tell(&json!({
                "what": "step", "useCase": ended.use_case.name(), "step": ended.step.name(), "asks": ended.step.row().asks,
                "outcome": ended.outcome.name(), "over": over, "all": all,
            }));
            self.told.push(ended);
        }
    }

    fn note(&mut self, text: &str) {
        self.tell(&json!({ "what": "note", "message": text }));
    }

    fn interrupted(&mut self) {
        self.stopping = true;
    }

    async fn stop(&mut self) {
        // What was made is removed, however often one asks to end.
        if self.stopping {
            return std::future::pending().await;
        }
        tokio::select! {
            () = self.lines.closed() => {}
            _ = self.stop.wait_for(|stop| *stop) => {}
        }
    }
}

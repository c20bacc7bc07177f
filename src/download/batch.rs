//! Downloads all objects below a prefix: lists them, and writes several at a time.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::StreamExt as _;
use langfuse_blob_core::text::printable::escaped;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::directory::{Directory, Place};
use super::family::Family;
use super::object::{Broken, copy};
use crate::client::{Depth, Listed, Page, Session, Stop};
use crate::destination::Destination;
use crate::failure::Failure;
use crate::upload::batch::size;
use crate::upload::progress::{Meter, Progress};

/// After how many objects that the store refuses, with none read, the rest isn't tried.
const HOPELESS: u64 = 8;

/// What to download, and how.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// The keys' prefix.
    pub prefix: &'a str,
    /// How many objects are read at a time.
    pub width: usize,
    /// Whether a file of the same size counts as the object.
    pub skip_existing: bool,
}

/// How it went.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Summary {
    /// Objects written.
    pub written: u64,
    /// Objects whose file already existed.
    pub skipped: u64,
    /// Objects that failed.
    pub failed: u64,
    /// Retried requests.
    pub retried: u64,
    /// Bytes of the objects written.
    pub bytes: u64,
}

impl Summary {
    /// As `--json` prints it, with `more`.
    #[must_use]
    pub fn document(&self, more: Value) -> Value {
        let mut document = json!({
            "version": 1, "written": self.written, "skipped": self.skipped, "failed": self.failed,
            "retried": self.retried, "bytes": self.bytes,
        });
        if let (Value::Object(document), Value::Object(more)) = (&mut document, more) {
            document.extend(more);
        }
        document
    }

    /// As a line for people.
    #[must_use]
    pub fn line(&self) -> String {
        let plural = if self.written == 1 { "" } else { "s" };
        let mut line = format!("wrote {} object{plural} ({})", self.written, size(self.bytes));
        for (count, what) in [(self.skipped, "skipped"), (self.failed, "failed"), (self.retried, "retried")] {
            if count > 0 {
                let _ = write!(line, ", {count} {what}");
            }
        }
        line
    }
}

enum Outcome {
    Written(Listed, String),
    Skipped(Listed),
    Failed(String, Failure),
}

/// Writes every object below the prefix to `directory`, and calls `arrived` with the path
/// of each complete file below the directory.
/// Reports failures as they happen and continues, unless nothing succeeds at all.
///
/// # Errors
/// The objects can't be listed, or the store refuses every one: the reason of the last.
pub async fn get_all(
    session: &Session,
    order: Order<'_>,
    directory: &Directory,
    progress: &Progress,
    mut arrived: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<Summary, Failure> {
    let count = |counter: &AtomicU64, n| counter.fetch_add(n, Ordering::Relaxed);
    let counters = &progress.counters;
    // A page at a time: the next one is requested while this one is downloaded.
    let (to, pages) = mpsc::channel::<Vec<Listed>>(1);
    let listing = async move {
        let listed = session.list_by(order.prefix, Depth::All, None, async |page: Page| {
            count(&counters.objects_total, page.objects.len() as u64);
            count(&counters.bytes_total, page.objects.iter().map(|o| o.bytes).fold(0, u64::saturating_add));
            // The receiver is gone: the batch was stopped.
            to.send(page.objects).await.map_err(|_| Stop::Enough)
        });
        session.listed(listed.await, order.prefix)
    };
    let writing = async {
        let pages = futures_util::stream::unfold(pages, async |mut pages| pages.recv().await.map(|page| (page, pages)));
        let mut family = Family::default();
        let start = start(order.prefix);
        let planned = pages.flat_map(futures_util::stream::iter).map(|object| {
            let below = family
                .parent(&object.key)
                .map(|parent| format!("`{}` is a key as well, and a file can't also be a directory", escaped(parent)));
            (object, below)
        });
        let written = planned.map(async |(object, below)| match below {
            Some(reason) => Outcome::Failed(object.key, Failure::of_one(reason)),
            None => write(session, order, directory, progress, start, object).await,
        });
        let mut written = std::pin::pin!(written.buffer_unordered(order.width.max(1)));
        let mut summary = Summary::default();
        let mut refused: u64 = 0;
        while let Some(outcome) = written.next().await {
            count(&counters.objects, 1);
            match outcome {
                Outcome::Written(object, name) => {
                    summary.written = summary.written.saturating_add(1);
                    summary.bytes = summary.bytes.saturating_add(object.bytes);
                    progress.event(&json!({
                        "event": "object", "key": object.key, "status": "written", "bytes": object.bytes,
                    }));
                    arrived(&name)?;
                }
                Outcome::Skipped(object) => {
                    summary.skipped = summary.skipped.saturating_add(1);
                    Meter::new(counters.bytes.clone()).add(object.bytes);
                    progress.event(&json!({
                        "event": "object", "key": object.key, "status": "skipped", "bytes": object.bytes,
                    }));
                }
                Outcome::Failed(key, failure) => {
                    summary.failed = summary.failed.saturating_add(1);
                    progress.event(&json!({
                        "event": "object", "key": key, "status": "failed", "reason": failure.message,
                    }));
                    progress.line(&format!("error: {}: {}", escaped(&key), failure.message));
                    refused = refused.saturating_add(u64::from(!failure.local));
                    if refused >= HOPELESS && summary.written == 0 && summary.skipped == 0 {
                        let message = format!(
                            "none of the first {HOPELESS} objects could be read, so the rest wasn't tried: {}",
                            failure.message
                        );
                        return Err(Failure { message, ..failure });
                    }
                }
            }
        }
        summary.retried = session.retried.get();
        Ok(summary)
    };
    let joined = async { tokio::try_join!(listing, writing) };
    let done = joined.await;
    if done.is_err() {
        directory.settle().await;
    }
    done.map(|((), summary)| summary)
}

/// Where the path below the directory begins in a key: after the last `/` of the prefix.
fn start(prefix: &str) -> usize {
    prefix.rfind('/').map_or(0, |at| at.saturating_add(1))
}

async fn write(
    session: &Session,
    order: Order<'_>,
    directory: &Directory,
    progress: &Progress,
    start: usize,
    object: Listed,
) -> Outcome {
    let local = |object: Listed, reason: String| Outcome::Failed(object.key, Failure::of_one(reason));
    if let Err(why) = session.check_key(&object.key) {
        return local(object, why.to_string());
    }
    let name = object.key.get(start..).unwrap_or("").to_owned();
    if name.is_empty() && object.bytes == 0 {
        // The empty object of the prefix itself: the directory is there.
        return Outcome::Skipped(object);
    }
    if name.ends_with('/') && object.bytes == 0 {
        return match directory.marker(&name) {
            Ok(()) => Outcome::Skipped(object),
            Err(reason) => local(object, reason),
        };
    }
    let place = match directory.place(&name) {
        Ok(place) => place,
        Err(reason) => return local(object, reason),
    };
    if order.skip_existing && place.existing == Some(object.bytes) {
        return Outcome::Skipped(object);
    }
    let meter = Meter::new(progress.counters.bytes.clone());
    match fill(session, &object.key, &place, &meter).await {
        Ok(bytes) => Outcome::Written(Listed { bytes, ..object }, name),
        Err(failure) => {
            meter.restart();
            Outcome::Failed(object.key, failure)
        }
    }
}

/// Writes the object to its place. A file with its final name is complete. Returns the number of bytes.
///
/// # Errors
/// The object can't be read, or the file can't be written.
pub async fn fill(session: &Session, key: &str, place: &Place<'_>, meter: &Meter) -> Result<u64, Failure> {
    let unwritable = |e: std::io::Error| {
        Failure::of_one(format!("{} can't be written: {e}", escaped(&place.path.to_string_lossy())))
    };
    let mut destination = Destination::open(&place.path).map_err(unwritable)?;
    let bytes = copy(session, key, &mut destination, meter).await.map_err(|broken| match broken {
        Broken::Write(error) => unwritable(error),
        Broken::Read(failure) => failure,
    })?;
    // On another thread: waiting for the disk must not hold up the other objects.
    let finishing = place.finishing();
    let finish = move || {
        let finished = destination.finish();
        drop(finishing);
        finished
    };
    let finished = tokio::task::spawn_blocking(finish).await;
    finished.map_err(std::io::Error::other).flatten().map_err(unwritable)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_after_the_last_slash_of_the_prefix() {
        for (prefix, key, path) in [
            ("events/", "events/p1/x", "p1/x"),
            ("events/p1", "events/p10/x", "p10/x"),
            ("", "events/x", "events/x"),
            ("a/b.json", "a/b.json", "b.json"),
        ] {
            assert_eq!(key.get(start(prefix)..), Some(path));
        }
    }

    #[test]
    fn the_summary_names_what_went_wrong() {
        let summary = Summary { written: 1, skipped: 2, failed: 3, retried: 0, bytes: 2_048 };
        assert_eq!(summary.line(), "wrote 1 object (2.00 KiB), 2 skipped, 3 failed");
    }
}

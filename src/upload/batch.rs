//! Sends many objects: prepares them on a separate thread, sends several at a time, and counts them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::StreamExt as _;
use langfuse_blob_core::text::printable::escaped;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};

use super::digest::Digests;
use super::send::{Done, PUT, SMALL, Sender};
use super::unchanged_file::{Stamp, UnchangedFile, Unread};
use super::walk;
use crate::client::About;
use crate::failure::Failure;
use crate::output::note;

/// Maximum number of prepared objects that wait. Small ones are held in memory.
const WAITING: usize = 64;

/// How many objects are in flight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Width {
    /// Objects of all sizes.
    all: usize,
    /// Objects read from files while they are sent.
    files: usize,
}

impl Width {
    /// The value of `--concurrency`. By default, enough small objects to keep a slow store busy, and enough large ones
    /// to fill the line. SeaweedFS 4.48 on two cores accepted 10,000 objects of 4 KiB in 5.4 s with 8 in flight, in 3.7
    /// s with 32, in 3.5 s with 128 and in 3.1 s with 256. No more than 128, because macOS limits a process to 256 open
    /// files.
    #[must_use]
    pub fn new(chosen: Option<u16>) -> Self {
        chosen.map_or(Self { all: 128, files: 16 }, |chosen| Self {
            all: usize::from(chosen),
            files: usize::from(chosen),
        })
    }
}

/// After how many objects rejected by the store, with none sent, the rest isn't tried. Local read errors don't count:
/// they say nothing about other files.
const HOPELESS: u64 = 8;

/// An object to send.
#[derive(Clone, Debug)]
pub struct Item {
    /// The full key.
    pub key: String,
    /// Its content type.
    pub content_type: String,
    /// Where it comes from, for messages.
    pub name: String,
    /// Its length in bytes.
    pub length: u64,
    /// Its bytes, or where they are.
    pub content: Content,
    /// Whether an existing object of that key and length counts as this one.
    pub skip_existing: bool,
}

/// The bytes of an object.
#[derive(Clone, Debug)]
pub enum Content {
    /// In memory, with their digests.
    Held(Bytes, Digests),
    /// In a file. If the key is derived from the content, also the file's state at that time: the key is only for that
    /// content.
    File(PathBuf, Option<Stamp>),
}

/// What the preparing thread passes on.
#[derive(Clone, Debug)]
pub enum Prepared {
    /// An object.
    Item(Item),
    /// Something that can't be sent: what, and why.
    Unsent(String, String),
}

/// How a batch went.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Summary {
    /// Objects that arrived.
    pub sent: u64,
    /// Objects that already existed.
    pub skipped: u64,
    /// Objects that failed.
    pub failed: u64,
    /// Retried requests.
    pub retried: u64,
    /// Bytes of the objects that arrived.
    pub bytes: u64,
    /// In a dry run, the number of objects that would have been sent.
    pub dry_run: Option<u64>,
}

impl Summary {
    /// As `--json` prints it.
    #[must_use]
    pub fn document(&self) -> serde_json::Map<String, Value> {
        let document = json!({
            "version": 1, "dryRun": self.dry_run.is_some(), "objects": self.dry_run, "sent": self.sent,
            "skipped": self.skipped, "failed": self.failed, "retried": self.retried, "bytes": self.bytes,
        });
        match document {
            Value::Object(map) => map,
            _ => serde_json::Map::new(),
        }
    }

    /// As a line for people.
    #[must_use]
    pub fn line(&self) -> String {
        if let Some(objects) = self.dry_run {
            return format!("nothing was sent (--dry-run): {objects} objects, {} in total", size(self.bytes));
        }
        let plural = |n: u64| if n == 1 { "" } else { "s" };
        let mut line = format!("sent {} object{} ({})", self.sent, plural(self.sent), size(self.bytes));
        for (count, what) in [(self.skipped, "skipped"), (self.failed, "failed"), (self.retried, "retried")] {
            if count > 0 {
                let _ = write!(line, ", {count} {what}");
            }
        }
        line
    }
}

/// Bytes for people.
#[must_use]
pub fn size(bytes: u64) -> String {
    indicatif::BinaryBytes(bytes).to_string()
}

/// The files at `roots` as objects. `prepare` returns the key and content type of each. `by_content`: the key is
/// derived from the content.
pub fn of_files(
    roots: Vec<PathBuf>,
    algorithm: Option<langfuse_blob_core::storage::Algorithm>,
    prepare: impl Fn(&walk::Found, Option<&Digests>) -> Result<(String, String), String> + Send + 'static,
    skip_existing: bool,
    by_content: bool,
) -> mpsc::Receiver<Prepared> {
    let (to, from) = mpsc::channel(WAITING);
    std::thread::spawn(move || {
        for found in roots.iter().flat_map(|root| walk::files(root)) {
            let prepared = match found {
                Ok(found) => prepared(found, algorithm, &prepare, skip_existing, by_content),
                Err(unsent) => Prepared::Unsent(unsent.path, unsent.reason),
            };
            // The receiver is gone: the batch was stopped.
            if to.blocking_send(prepared).is_err() {
                return;
            }
        }
    });
    from
}

fn prepared(
    found: walk::Found,
    algorithm: Option<langfuse_blob_core::storage::Algorithm>,
    prepare: &impl Fn(&walk::Found, Option<&Digests>) -> Result<(String, String), String>,
    skip_existing: bool,
    by_content: bool,
) -> Prepared {
    let name = found.path.display().to_string();
    let held = if found.length <= SMALL {
        match held(&found.path) {
            Ok(held) => held.map(|bytes| {
                let digests = Digests::of(&bytes, algorithm);
                (Bytes::from(bytes), digests)
            }),
            Err(reason) => return Prepared::Unsent(name, reason),
        }
    } else {
        None
    };
    match prepare(&found, held.as_ref().map(|(_, digests)| digests)) {
        Err(reason) => Prepared::Unsent(name, reason),
        Ok((key, content_type)) => {
            let seen = by_content.then_some(found.stamp);
            let length = held.as_ref().map_or(found.length, |(bytes, _)| bytes.len() as u64);
            let content =
                held.map_or(Content::File(found.path, seen), |(bytes, digests)| Content::Held(bytes, digests));
            Prepared::Item(Item { key, content_type, name, length, content, skip_existing })
        }
    }
}

/// The bytes of a small file; `None` if it has grown too large.
fn held(path: &Path) -> Result<Option<Vec<u8>>, String> {
    let unreadable = |e: std::io::Error| format!("it can't be read: {e}");
    let file = UnchangedFile::open(path).map_err(unreadable)?;
    if file.length() > SMALL {
        return Ok(None);
    }
    match file.read() {
        Ok(bytes) => Ok(Some(bytes)),
        Err(Unread::Io(error)) => Err(unreadable(error)),
        Err(Unread::Changed) => Err("it changed while it was read, or its size is not its real length".into()),
    }
}

/// Sends all `items`, `width` at a time, and calls `arrived` for each one that the store has. Reports failures as they
/// happen and continues, unless nothing succeeds at all.
///
/// # Errors
/// Every object fails: the reason of the last one.
pub async fn send_all(
    sender: &Sender<'_>,
    items: mpsc::Receiver<Prepared>,
    width: Width,
    dry_run: bool,
    mut arrived: impl FnMut(&Item) -> Result<(), Failure>,
) -> Result<Summary, Failure> {
    let counters = &sender.progress().counters;
    let count = |counter: &std::sync::atomic::AtomicU64, n| counter.fetch_add(n, std::sync::atomic::Ordering::Relaxed);
    let items = futures_util::stream::unfold(items, async |mut items| items.recv().await.map(|item| (item, items)));
    let files = Semaphore::new(width.files.max(1));
    let sending = items.map(async |prepared| match prepared {
        Prepared::Unsent(name, reason) => Outcome::Failed(name, Failure::of_one(reason)),
        Prepared::Item(item) => {
            count(&counters.objects_total, 1);
            count(&counters.bytes_total, item.length);
            match sender.session().check_key(&item.key) {
                Err(why) => Outcome::Failed(item.name, Failure::of_one(why.to_string())),
                Ok(()) if dry_run => Outcome::Would(item),
                Ok(()) => send(sender, item, &files).await,
            }
        }
    });
    let mut sending = std::pin::pin!(sending.buffer_unordered(width.all.max(1)));
    let mut summary = Summary { dry_run: dry_run.then_some(0), ..Summary::default() };
    let mut refused: u64 = 0;
    while let Some(outcome) = sending.next().await {
        count(&counters.objects, 1);
        match outcome {
            Outcome::Sent(item, done) => {
                summary.sent = summary.sent.saturating_add(1);
                summary.bytes = summary.bytes.saturating_add(done.bytes);
                let document = json!({ "event": "object", "key": item.key, "status": "sent", "bytes": done.bytes });
                sender.progress().event(&document);
                arrived(&item)?;
            }
            Outcome::Skipped(item) => {
                summary.skipped = summary.skipped.saturating_add(1);
                let document = json!({ "event": "object", "key": item.key, "status": "skipped", "bytes": item.length });
                sender.progress().event(&document);
            }
            Outcome::Would(item) => {
                summary.dry_run = summary.dry_run.map(|n| n.saturating_add(1));
                summary.bytes = summary.bytes.saturating_add(item.length);
                arrived(&item)?;
            }
            Outcome::Failed(name, failure) => {
                summary.failed = summary.failed.saturating_add(1);
                let document =
                    json!({ "event": "object", "name": name, "status": "failed", "reason": failure.message });
                sender.progress().event(&document);
                sender.progress().line(&format!("error: {}: {}", escaped(&name), failure.message));
                if let Some(help) = failure.help.as_ref().filter(|_| failure.local) {
                    sender.progress().line(&format!("help: {help}"));
                }
                if failure.local {
                    continue;
                }
                refused = refused.saturating_add(1);
                if refused >= HOPELESS && summary.sent == 0 && summary.skipped == 0 {
                    return Err(Failure {
                        message: format!(
                            "the store accepted none of the first {HOPELESS} objects, so the rest wasn't tried: {}",
                            failure.message
                        ),
                        ..failure
                    });
                }
            }
        }
    }
    summary.retried = sender.session().retried.get();
    Ok(summary)
}

enum Outcome {
    Sent(Item, Done),
    Skipped(Item),
    Would(Item),
    Failed(String, Failure),
}

async fn send(sender: &Sender<'_>, item: Item, files: &Semaphore) -> Outcome {
    // Never closed, so a permit always becomes available.
    let _permit = match &item.content {
        Content::Held(..) => None,
        Content::File(..) => files.acquire().await.ok(),
    };
    if item.skip_existing {
        match sender.session().facts(&item.key).await {
            Ok(Some(facts)) if facts.length == Some(item.length) => {
                super::progress::Meter::new(sender.progress().counters.bytes.clone()).add(item.length);
                return Outcome::Skipped(item);
            }
            Ok(_) => {}
            Err(refused) => {
                let failure = sender.session().failure(refused, PUT, About::Object(&item.key));
                return Outcome::Failed(item.name, failure);
            }
        }
    }
    let done = match &item.content {
        Content::Held(bytes, digests) => match sender.check_resumable(&item.key, Path::new(&item.name), item.length) {
            Ok(()) => sender.small(&item.key, &item.content_type, bytes.clone(), digests).await,
            Err(failure) => Err(failure),
        },
        Content::File(path, seen) => sender.file(&item.key, &item.content_type, path, *seen).await,
    };
    match done {
        Ok(done) => Outcome::Sent(item, done),
        Err(failure) => Outcome::Failed(item.name, failure),
    }
}

/// Prints a batch's summary: JSON for programs, or a line for people on standard error.
///
/// # Errors
/// Standard output can't be written.
pub fn print_summary(summary: &Summary, json: bool, more: Value) -> std::io::Result<()> {
    if json {
        let mut document = summary.document();
        if let Value::Object(more) = more {
            document.extend(more);
        }
        return crate::output::print_json(&Value::Object(document));
    }
    note(summary.line());
    Ok(())
}

//! `upload events`: ingestion events and OpenTelemetry exports, grouped and named as Langfuse does.

use std::path::Path;

use bytes::Bytes;
use langfuse_blob_core::object::event::{Entity, Event, Options, Skipped, event_objects};
use langfuse_blob_core::object::otel::{self, Export};
use langfuse_blob_core::object::upload::Upload;
use langfuse_blob_core::storage::Algorithm;
use langfuse_blob_core::text::printable::escaped;
use langfuse_blob_core::variable::{Containers, UseCase};
use serde_json::json;
use tokio::sync::mpsc;

use super::upload_file::watched;
use super::{Done, Failure};
use crate::cli::UploadEvents;
use crate::client::Session;
use crate::exit::Exit;
use crate::local_file;
use crate::output::{eprint_line, note, print, shown};
use crate::replay_list::ReplayList;
use crate::upload::Sender;
use crate::upload::batch::{self, Content, Item, Prepared, Width};
use crate::upload::digest::Digests;
use crate::upload::progress::Progress;

/// How many skipped events are named individually.
const NAMED: usize = 20;

/// Runs the verb.
pub fn run(args: &UploadEvents) -> Done {
    let texts = args.paths.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let mut all = Upload::default();
    for (path, text) in args.paths.iter().zip(&texts) {
        let upload = Upload::read(text).map_err(|e| Failure::failed(format!("{path}: {e}")))?;
        all.events.extend(upload.events);
        all.exports.extend(upload.exports);
    }
    let session = Session::new(&args.sources, Some(&args.connect.connect_to), UseCase::Events, Containers::WORKER)?;
    let prefix = session.access.prefix.clone();
    let mut options = Options::new(&args.project);
    options.prefix = &prefix;
    if let Some(most) = session.settings.key_segment {
        options.max_segment_bytes = most;
    }
    let objects = event_objects(&all.events, &options);
    say_skipped(&objects.skipped);
    let exports = keyed_exports(&all.exports, &session, &args.project)?;
    let left_out = objects.skipped.len().saturating_add(all.exports.len().saturating_sub(exports.len()));

    let progress = Progress::new(args.transfer.progress);
    // All events are held in memory, and their size isn't limited.
    let width = Width::new(args.transfer.concurrency.or(Some(32)));
    let sender = Sender::new(&session, &progress, 4);
    let mut list = args.replay_list.as_deref().map(|path| ReplayList::create(path, &prefix)).transpose()?;
    let (to, from) = mpsc::channel(64);
    let algorithm = sender.algorithm();
    let feed = async {
        let events = objects.objects.iter().map(|object| {
            let mut body = Vec::new();
            object.write(&all.events, &mut body);
            (&object.key, body)
        });
        let exports = exports.iter().map(|(key, export)| {
            let mut body = Vec::new();
            export.write(&mut body);
            (key, body)
        });
        for (key, body) in events.chain(exports) {
            if to.send(item(key, body, algorithm)).await.is_err() {
                break;
            }
        }
        drop(to);
    };
    let arrived = |item: &Item| {
        if let Some(list) = &mut list {
            list.add(&item.key)?;
        }
        if args.transfer.json { Ok(()) } else { Ok(print(&format!("{}\n", shown(&item.key)))?) }
    };
    let work = async {
        if !args.transfer.dry_run {
            session.prepare_writes().await?;
        }
        let sending = batch::send_all(&sender, from, width, args.transfer.dry_run, arrived);
        let (summary, ()) = tokio::join!(watched(&progress, sending), feed);
        summary
    };
    let summary = match session.run(work, async || sender.abort().await) {
        Ok(summary) => summary,
        Err(failure) => {
            // Langfuse learns about the uploaded objects only from the list, so it is finished even after a failure.
            if let Some(list) = list {
                list.finish()?;
            }
            return Err(failure);
        }
    };
    let more =
        json!({ "bucket": session.access.place.bucket(), "events": all.events.len(), "skippedEvents": left_out });
    batch::print_summary(&summary, args.transfer.json, more)?;
    if let Some(list) = list {
        list.finish()?;
    }
    if summary.sent > 0 {
        let is_rejected = |event: &Event<'_>| matches!(event.entity(), Some(Entity::Trace | Entity::Observation));
        advise(args, &session, all.events.iter().any(is_rejected));
    }
    Ok(if summary.failed == 0 { Exit::Clean } else { Exit::Problems })
}

/// Names the events that aren't uploaded, the first of them individually.
fn say_skipped(skipped: &[Skipped]) {
    for skipped in skipped.iter().take(NAMED) {
        eprint_line(format!("skipped: event {}: {}", skipped.index.saturating_add(1), skipped.reason));
    }
    if skipped.len() > NAMED {
        eprint_line(format!("skipped: {} more events", skipped.len().saturating_sub(NAMED)));
    }
}

/// The OpenTelemetry exports that Langfuse accepts, with their object keys. Names the others.
fn keyed_exports<'e, 't>(
    exports: &'e [Export<'t>],
    session: &Session,
    project: &str,
) -> Result<Vec<(String, &'e Export<'t>)>, Failure> {
    let mut keyed = Vec::new();
    for (at, export) in exports.iter().enumerate() {
        if let Some(reason) = export.refusal() {
            eprint_line(format!("skipped: OpenTelemetry export {}: {reason}", at.saturating_add(1)));
            continue;
        }
        let mut random = [0; 16];
        getrandom::fill(&mut random)
            .map_err(|e| Failure::failed(format!("can't get random numbers from the system: {e}")))?;
        keyed.push((otel::key(&session.access.prefix, project, session.time()?, &otel::uuid(random)), export));
    }
    Ok(keyed)
}

/// An object held in memory.
fn item(key: &str, body: Vec<u8>, algorithm: Option<Algorithm>) -> Prepared {
    let digests = Digests::of(&body, algorithm);
    let length = body.len() as u64;
    let content = Content::Held(Bytes::from(body), digests);
    let (name, content_type) = (key.to_owned(), "application/json".to_owned());
    Prepared::Item(Item { key: name.clone(), name, content_type, length, content, skip_existing: false })
}

/// What Langfuse does with events that were sent another way than through its API.
fn advise(args: &UploadEvents, session: &Session, traces: bool) {
    if args.replay_list.is_none() {
        note(
            "note: Langfuse reads these objects only after their keys are replayed: run this again with --replay-list \
             replay.json to write a file for Langfuse's replay endpoint",
        );
    }
    if traces && session.settings.rejects_traces {
        note(
            "note: LANGFUSE_MIGRATION_V4_WRITE_MODE is events_only, so Langfuse's ingestion API rejects trace, span and \
             generation events; a replay accepts them, and they are shown about ten minutes later",
        );
    }
}

/// Maximum bytes of events: they are held in memory, and a pipe or a device may never end.
const LARGEST: u64 = 1 << 30;

fn read(path: &str) -> Result<String, Failure> {
    use local_file::Content;
    let name = if path == "-" { "standard input".to_owned() } else { escaped(path) };
    let cannot = |why: &str| Failure::usage(format!("{name} can't be read: {why}"));
    let content = if path == "-" {
        local_file::read_stream(std::io::stdin().lock(), LARGEST)
    } else {
        local_file::read_no_device(Path::new(path), LARGEST)
    };
    let bytes = match content.map_err(|e| cannot(&e.to_string()))? {
        Content::Regular(bytes) | Content::Stream(bytes) => bytes,
        Content::Directory => return Err(cannot("it is a directory")),
        Content::Special | Content::Outside => return Err(cannot("it is a device")),
        Content::TooLarge => {
            return Err(Failure::usage(format!("{name} is larger than 1 GiB; events are held in memory"))
                .help("Split it: `split -C 500M events.jsonl part-`, then upload the parts one after the other."));
        }
    };
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Failure::usage(format!("{name} isn't UTF-8: invalid byte at offset {at}"))
    })
}

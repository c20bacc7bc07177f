//! `upload events`: ingestion events and OpenTelemetry exports, grouped and named as Langfuse does.

use std::path::Path;

use bytes::Bytes;
use langfuse_blob_core::object::event::{Options, event_objects};
use langfuse_blob_core::object::otel;
use langfuse_blob_core::object::upload::Upload;
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
use crate::output::{print, say, shown};
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
    let session = Session::new(&args.how, UseCase::Events, Containers::WORKER)?;
    let prefix = session.access.prefix.clone();
    let mut options = Options::new(&args.project);
    options.prefix = &prefix;
    if let Some(most) = session.settings.key_segment {
        options.max_segment_bytes = most;
    }
    let objects = event_objects(&all.events, &options);
    for skipped in objects.skipped.iter().take(NAMED) {
        say(format!("skipped: event {}: {}", skipped.index.saturating_add(1), skipped.reason));
    }
    if objects.skipped.len() > NAMED {
        say(format!("skipped: {} more events", objects.skipped.len().saturating_sub(NAMED)));
    }
    let mut left_out = objects.skipped.len();

    let progress = Progress::new(args.transfer.progress);
    // All events are held in memory, and their size isn't limited.
    let width = Width::new(args.transfer.concurrency.or(Some(32)));
    let sender = Sender::new(&session, &progress, 4);
    let mut exports = Vec::new();
    for (at, export) in all.exports.iter().enumerate() {
        if let Some(reason) = export.refusal() {
            left_out = left_out.saturating_add(1);
            say(format!("skipped: OpenTelemetry export {}: {reason}", at.saturating_add(1)));
            continue;
        }
        let mut random = [0; 16];
        getrandom::fill(&mut random)
            .map_err(|e| Failure::failed(format!("can't get random numbers from the system: {e}")))?;
        exports.push((otel::key(&prefix, &args.project, session.time()?, &otel::uuid(random)), export));
    }
    let mut list = args.replay_list.as_deref().map(|path| ReplayList::create(path, &prefix)).transpose()?;
    let (to, from) = mpsc::channel(64);
    let algorithm = sender.algorithm();
    let item = |key: String, body: Vec<u8>| {
        let digests = Digests::of(&body, algorithm);
        let length = body.len() as u64;
        let content = Content::Held(Bytes::from(body), digests);
        let content_type = "application/json".to_owned();
        Prepared::Item(Item { name: key.clone(), key, content_type, length, content, skip_existing: false })
    };
    let feed = async {
        for object in &objects.objects {
            let mut body = Vec::new();
            object.write(&all.events, &mut body);
            if to.send(item(object.key.clone(), body)).await.is_err() {
                break;
            }
        }
        for (key, export) in &exports {
            let mut body = Vec::new();
            export.write(&mut body);
            if to.send(item(key.clone(), body)).await.is_err() {
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
            session.create_container().await?;
        }
        let sending = batch::send_all(&sender, from, width, args.transfer.dry_run, arrived);
        let (summary, ()) = tokio::join!(watched(&progress, sending), feed);
        summary
    };
    let summary = match session.run(work, async || sender.abort().await) {
        Ok(summary) => summary,
        Err(failure) => {
            // Langfuse learns about the uploaded objects only from the list, so it is finished even after a failure.
            if let Some(list) = list.filter(|list| !list.is_empty()) {
                list.finish()?;
            }
            return Err(failure);
        }
    };
    let more =
        json!({ "bucket": session.access.place.bucket(), "events": all.events.len(), "skippedEvents": left_out });
    batch::tell(&summary, args.transfer.json, more)?;
    if let Some(list) = list {
        list.finish()?;
    }
    if summary.sent > 0 {
        advise(args);
    }
    Ok(if summary.failed == 0 { Exit::Clean } else { Exit::Problems })
}

/// An upload alone queues nothing: prints what to do next.
fn advise(args: &UploadEvents) {
    say("note: Langfuse reads these objects only after their keys are replayed:");
    match args.replay_list.as_deref() {
        Some(path) if path.extension().is_some_and(|e| e == "json") => say(format!(
            "  while read -r keys; do curl -fsS -X POST \"$NEXTAUTH_URL/api/admin/ingestion-replay\" \
             -H \"Authorization: Bearer $ADMIN_API_KEY\" -H 'Content-Type: application/json' -d \"$keys\"; done < {}",
            path.display()
        )),
        Some(path) => say(format!("  pass {} to Langfuse's replayIngestionEventsV2 script", path.display())),
        None => say("  run this again with --replay-list replay.json to write a file for Langfuse's replay endpoint"),
    }
    say("  web needs ADMIN_API_KEY (the official compose file doesn't pass it on) and version 3.159.0 or later; \
         each request can have at most 1,000 keys");
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

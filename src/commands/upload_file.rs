//! `upload file`: a file, a folder or standard input into a bucket.

use std::path::{Path, PathBuf};

use langfuse_blob_core::object::media;
use langfuse_blob_core::text::mask::escaped;
use langfuse_blob_core::variable::Containers;
use serde_json::json;

use super::{Done, Failure};
use crate::cli::UploadFile;
use crate::exit::Exit;
use crate::output::{print, say};
use crate::storage::Session;
use crate::upload::batch::{self, Summary, Width};
use crate::upload::progress::Progress;
use crate::upload::{Sender, walk};

/// What a file is whose extension says nothing. Source: RFC 2046, 4.5.1.
const UNKNOWN: &str = "application/octet-stream";

/// Runs the verb.
pub fn run(args: &UploadFile) -> Done {
    let standard_input = args.path == "-";
    if standard_input && args.key.is_none() {
        return Err(
            Failure::usage("standard input has no name").help("Name the key: `langfuse-blob upload file - KEY`.")
        );
    }
    if standard_input && args.resume {
        return Err(Failure::usage(
            "standard input cannot be read a second time, so --resume has nothing to go on with",
        ));
    }
    let path = Path::new(&args.path);
    let is_folder = !standard_input
        && std::fs::metadata(path).map_err(|e| Failure::usage(format!("{} cannot be read: {e}", args.path)))?.is_dir();
    let session = Session::new(&args.how, args.use_case.into(), Containers::WORKER)?;
    let progress = Progress::new(args.transfer.progress);
    let mut sender = Sender::new(&session, &progress, args.transfer.concurrency.map_or(8, usize::from));
    sender.part_size = args.part_size;
    sender.resume = args.resume;
    if is_folder {
        // Large files have their parts, so that not every one of them takes the whole width.
        sender.concurrency = sender.concurrency.min(4);
        return folder(args, &session, &sender);
    }
    one(args, &session, &sender)
}

fn content_type(args: &UploadFile, name: &str) -> String {
    let told = || media::by_file_name(name).map_or(UNKNOWN, |kind| kind.name).to_owned();
    args.content_type.clone().unwrap_or_else(told)
}

fn one(args: &UploadFile, session: &Session, sender: &Sender<'_>) -> Done {
    let name = Path::new(&args.path).file_name().and_then(|n| n.to_str());
    let key = match (&args.key, name) {
        (Some(key), _) => key.clone(),
        (None, Some(name)) => format!("{}{name}", session.access.prefix),
        (None, None) => {
            return Err(Failure::usage(format!("{} has no name that could be a key", args.path))
                .help("Name the key behind it."));
        }
    };
    let content_type = content_type(args, if args.path == "-" { &key } else { &args.path });
    let bucket = session.access.place.bucket();
    let length = std::fs::metadata(&args.path).ok().map(|m| m.len());
    let mut summary = Summary { dry_run: args.transfer.dry_run.then_some(1), ..Summary::default() };
    let mut document = json!({ "bucket": bucket, "key": key });
    if args.transfer.dry_run {
        summary.bytes = length.unwrap_or(0);
        if !args.transfer.json {
            print(&format!("{}\n", escaped(&key)))?;
        }
        batch::tell(&summary, args.transfer.json, document)?;
        return Ok(Exit::Clean);
    }
    let done = session.run(
        async {
            session.create_container().await?;
            if let Some(length) = length.filter(|_| args.skip_existing && args.path != "-") {
                let facts = session.facts(&key).await.map_err(|e| session.failure(e, crate::upload::send::PUT))?;
                if facts.is_some_and(|facts| facts.length == Some(length)) {
                    return Ok(None);
                }
            }
            let counters = &sender.progress().counters;
            counters.bytes_total.store(length.unwrap_or(0), std::sync::atomic::Ordering::Relaxed);
            let work = async {
                match args.path.as_str() {
                    "-" => sender.stream(&key, &content_type, "standard input", std::io::stdin()).await,
                    path => sender.file(&key, &content_type, Path::new(path)).await,
                }
            };
            watched(sender.progress(), work).await.map(Some)
        },
        async || sender.give_up().await,
    )?;
    summary.retried = session.retried.get();
    match &done {
        Some(done) => {
            summary.sent = 1;
            summary.bytes = done.bytes;
            if let Some(map) = document.as_object_mut() {
                map.insert("etag".into(), done.etag.clone().into());
                map.insert("parts".into(), done.parts.into());
                map.insert("resumed".into(), done.resumed.into());
            }
            if !args.transfer.json {
                print(&format!("{}\n", escaped(&key)))?;
                if done.resumed > 0 {
                    say(format!("{} of {} parts were there already", done.resumed, done.parts));
                }
            }
        }
        None => summary.skipped = 1,
    }
    batch::tell(&summary, args.transfer.json, document)?;
    Ok(Exit::Clean)
}

fn folder(args: &UploadFile, session: &Session, sender: &Sender<'_>) -> Done {
    let mut prefix = args.key.clone().unwrap_or_else(|| session.access.prefix.clone());
    if !prefix.is_empty() && !prefix.ends_with('/') {
        prefix.push('/');
    }
    let chosen = args.content_type.clone();
    let prepare = move |found: &walk::Found, _: Option<&_>| {
        let told = || media::by_file_name(&found.name).map_or(UNKNOWN, |kind| kind.name).to_owned();
        Ok((format!("{prefix}{}", found.name), chosen.clone().unwrap_or_else(told)))
    };
    let items = batch::of_files(vec![PathBuf::from(&args.path)], sender.algorithm(), prepare, args.skip_existing);
    let arrived = |item: &batch::Item| {
        if args.transfer.json { Ok(()) } else { Ok(print(&format!("{}\n", escaped(&item.key)))?) }
    };
    let work = async {
        if !args.transfer.dry_run {
            session.create_container().await?;
        }
        let all = batch::send_all(sender, items, Width::new(args.transfer.concurrency), args.transfer.dry_run, arrived);
        watched(sender.progress(), all).await
    };
    let summary = session.run(work, async || sender.give_up().await)?;
    batch::tell(&summary, args.transfer.json, json!({ "bucket": session.access.place.bucket() }))?;
    Ok(if summary.failed == 0 { Exit::Clean } else { Exit::Problems })
}

/// Shows the progress of `work` while it runs.
pub async fn watched<T>(progress: &Progress, work: impl Future<Output = T>) -> T {
    let done = tokio::select! {
        done = work => done,
        never = progress.show() => match never {},
    };
    progress.end();
    done
}

//! `upload file`: upload a file, a directory or standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use langfuse_blob_core::object::media;
use langfuse_blob_core::text::printable::escaped;
use langfuse_blob_core::upload::Plan;
use langfuse_blob_core::variable::Containers;
use serde_json::json;

use super::{Done, Failure};
use crate::cli::UploadFile;
use crate::client::{About, Session};
use crate::exit::Exit;
use crate::output::{eprint_line, note, print, shell_word, shown};
use crate::upload::batch::{self, Summary, Width};
use crate::upload::progress::Progress;
use crate::upload::send::PUT;
use crate::upload::unchanged_file::kind;
use crate::upload::{Sender, walk};

/// The content type of unknown extensions. Source: RFC 2046, 4.5.1.
const UNKNOWN: &str = "application/octet-stream";

/// Runs the verb.
pub fn run(args: &UploadFile) -> Done {
    let standard_input = args.path == "-";
    if standard_input && args.key.is_none() {
        return Err(Failure::usage("no key for standard input").help("Add the key: `langfuse-blob upload file - KEY`."));
    }
    if standard_input && args.resume {
        return Err(Failure::usage(
            "standard input can't be read a second time, so it can't be uploaded with --resume",
        ));
    }
    let metadata = (!standard_input).then(|| std::fs::metadata(&args.path)).transpose();
    let metadata = metadata.map_err(|e| Failure::usage(format!("{} can't be read: {e}", args.path)))?;
    let is_folder = metadata.as_ref().is_some_and(std::fs::Metadata::is_dir);
    // Pipes and devices have no length and are read once, like standard input. A regular file's length is the object's.
    let length = metadata.as_ref().filter(|m| m.is_file()).map(std::fs::Metadata::len);
    if let Some(metadata) = metadata.as_ref().filter(|m| args.resume && !m.is_file() && !m.is_dir()) {
        return Err(Failure::usage(format!(
            "{} is {}, which can't be read a second time, so it can't be uploaded with --resume",
            args.path,
            kind(metadata)
        )));
    }
    let session = Session::new(&args.sources, Some(&args.connect.connect_to), args.use_case, Containers::WORKER)?;
    if args.part_size.is_some() {
        let plan = Plan::new(None, args.part_size, &session.access.place.limits());
        plan.map_err(|e| Failure::usage(format!("--part-size: {e}")))?;
    }
    let progress = Progress::new(args.transfer.progress);
    let mut sender = Sender::new(&session, &progress, args.transfer.concurrency.map_or(8, usize::from));
    sender.part_size = args.part_size;
    sender.resume = args.resume;
    if is_folder {
        // Large files are sent in parts, so each gets only some of the concurrency.
        sender.concurrency = sender.concurrency.min(4);
        return folder(args, &session, &sender);
    }
    one(args, &session, &sender, length)
}

fn content_type(args: &UploadFile, name: &str) -> String {
    let detected = || media::by_file_name(name).map_or(UNKNOWN, |kind| kind.name).to_owned();
    args.content_type.clone().unwrap_or_else(detected)
}

fn one(args: &UploadFile, session: &Session, sender: &Sender<'_>, length: Option<u64>) -> Done {
    let name = Path::new(&args.path).file_name().and_then(|n| n.to_str());
    let key = match (&args.key, name) {
        (Some(key), _) => key.clone(),
        (None, Some(name)) => format!("{}{name}", session.access.prefix),
        (None, None) => {
            return Err(
                Failure::usage(format!("{} has no name to use as the key", args.path)).help("Add the key after it.")
            );
        }
    };
    let content_type = content_type(args, if length.is_none() { &key } else { &args.path });
    let bucket = session.access.place.bucket();
    session.check_key(&key).map_err(|e| Failure::failed(format!("{}: {e}", escaped(&key))))?;
    let mut summary = Summary { dry_run: args.transfer.dry_run.then_some(1), ..Summary::default() };
    let mut document = json!({ "bucket": bucket, "key": key });
    if args.transfer.dry_run {
        summary.bytes = length.unwrap_or(0);
        if !args.transfer.json {
            print(&format!("{}\n", shown(&key)))?;
        }
        batch::print_summary(&summary, args.transfer.json, document)?;
        return Ok(Exit::Clean);
    }
    let done = session.run(
        async {
            session.prepare_writes().await?;
            if let Some(length) = length.filter(|_| args.skip_existing) {
                let facts = session.facts(&key).await.map_err(|e| session.failure(e, PUT, About::Object(&key)))?;
                if facts.is_some_and(|facts| facts.length == Some(length)) {
                    return Ok(None);
                }
            }
            let counters = &sender.progress().counters;
            counters.bytes_total.store(length.unwrap_or(0), std::sync::atomic::Ordering::Relaxed);
            let work = async {
                match (args.path.as_str(), length) {
                    ("-", _) => sender.stream(&key, &content_type, "standard input", io::stdin()).await,
                    (path, Some(_)) => sender.file(&key, &content_type, Path::new(path), None).await,
                    (path, None) => sender.stream(&key, &content_type, path, LazyFile::new(path)).await,
                }
            };
            watched(sender.progress(), work).await.map(Some)
        },
        async || sender.abort().await,
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
                print(&format!("{}\n", shown(&key)))?;
                if done.resumed > 0 {
                    note(format!("resumed: {} of {} parts were already there", done.resumed, done.parts));
                }
            }
        }
        None => summary.skipped = 1,
    }
    batch::print_summary(&summary, args.transfer.json, document)?;
    Ok(Exit::Clean)
}

/// A file that is opened on the first read, because opening a pipe blocks until it has a writer.
struct LazyFile {
    path: PathBuf,
    file: Option<File>,
}

impl LazyFile {
    fn new(path: &str) -> Self {
        Self { path: path.into(), file: None }
    }
}

impl Read for LazyFile {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.read(room),
            None => self.file.insert(File::open(&self.path)?).read(room),
        }
    }
}

fn folder(args: &UploadFile, session: &Session, sender: &Sender<'_>) -> Done {
    let mut prefix = args.key.clone().unwrap_or_else(|| session.access.prefix.clone());
    if !prefix.is_empty() && !prefix.ends_with('/') {
        prefix.push('/');
    }
    warn_of_doubled_prefix(args, &prefix, &session.access.prefix);
    let chosen = args.content_type.clone();
    let prepare = move |found: &walk::Found, _: Option<&_>| {
        let detected = || media::by_file_name(&found.name).map_or(UNKNOWN, |kind| kind.name).to_owned();
        Ok((format!("{prefix}{}", found.name), chosen.clone().unwrap_or_else(detected)))
    };
    let items =
        batch::of_files(vec![PathBuf::from(&args.path)], sender.algorithm(), prepare, args.skip_existing, false);
    let arrived = |item: &batch::Item| {
        if args.transfer.json { Ok(()) } else { Ok(print(&format!("{}\n", shown(&item.key)))?) }
    };
    let work = async {
        if !args.transfer.dry_run {
            session.prepare_writes().await?;
        }
        let all = batch::send_all(sender, items, Width::new(args.transfer.concurrency), args.transfer.dry_run, arrived);
        watched(sender.progress(), all).await
    };
    let summary = session.run(work, async || sender.abort().await)?;
    batch::print_summary(&summary, args.transfer.json, json!({ "bucket": session.access.place.bucket() }))?;
    Ok(if summary.failed == 0 { Exit::Clean } else { Exit::Problems })
}

/// A directory with whole keys, such as a backup, isn't meant to get the use case's prefix in front of them once more.
fn warn_of_doubled_prefix(args: &UploadFile, prefix: &str, usual: &str) {
    let path = Path::new(&args.path);
    if usual.is_empty() || !prefix.ends_with(usual) || !path.join(usual).is_dir() {
        return;
    }
    let (path, usual) = (escaped(&args.path), escaped(usual));
    eprint_line(format!("warning: {path} has a directory {usual}, so keys begin with {}{usual}", escaped(prefix)));
    let restore = format!("langfuse-blob upload file {} ''", shell_word(&args.path));
    eprint_line(format!("help: If its paths are whole keys, leave the prefix out: `{restore}`."));
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

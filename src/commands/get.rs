//! `get`: download an object, or all objects below a prefix.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use langfuse_blob_core::text::printable::escaped;
use langfuse_blob_core::variable::Containers;
use serde_json::json;

use super::elsewhere::nowhere;
use super::upload_file::watched;
use super::{Done, Failure};
use crate::cli::Get;
use crate::client::{About, Session};
use crate::destination::Destination;
use crate::download::batch::{Order, Summary, fill, get_all};
use crate::download::directory::Directory;
use crate::download::object::{Broken, GET, copy};
use crate::exit::Exit;
use crate::output::{note, print, print_json, shown};
use crate::upload::progress::{Meter, Progress};

/// How many objects are read at a time. SeaweedFS and the embedded store on two cores give no more with more.
const WIDTH: u16 = 32;

/// Runs the verb.
pub fn run(args: &Get) -> Done {
    if args.recursive {
        return all(args);
    }
    let path = args.path.as_deref().unwrap_or("-");
    if path == "-" {
        if args.json || args.skip_existing {
            let flag = if args.json { "--json" } else { "--skip-existing" };
            return Err(Failure::usage(format!("{flag} needs a file to write"))
                .help("Add its path after the key: the object itself goes to standard output otherwise."));
        }
        return to_standard_output(args);
    }
    one(args, path)
}

fn to_standard_output(args: &Get) -> Done {
    let session = Session::new(&args.sources, Some(&args.connect.connect_to), args.use_case, Containers::WORKER)?;
    session.run_simply(async {
        match copy(&session, &args.key, &mut std::io::stdout().lock(), &Meter::new(Arc::default())).await {
            // The reader closed the pipe: nothing left to do.
            Err(Broken::Write(e)) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            other => other.map(|_| ()).map_err(Failure::from),
        }
    })?;
    Ok(Exit::Clean)
}

fn one(args: &Get, path: &str) -> Done {
    let session = Session::new(&args.sources, Some(&args.connect.connect_to), args.use_case, Containers::WORKER)?;
    let progress = Progress::new(args.progress);
    let mut summary = Summary::default();
    let fails = |error: &dyn std::fmt::Display| Failure::failed(format!("{} can't be written: {error}", escaped(path)));
    let into = path.ends_with(std::path::is_separator) || Path::new(path).is_dir();
    let directory = into.then(|| Directory::open(Path::new(path)).map_err(|e| fails(&e))).transpose()?;
    let meter = Meter::new(progress.counters.bytes.clone());
    let work = async {
        let Some(directory) = &directory else {
            if args.skip_existing && exists(&session, &args.key, std::fs::metadata(path).ok().map(|m| m.len())).await? {
                return Ok((PathBuf::from(path), None));
            }
            let mut destination = Destination::open(Path::new(path)).map_err(|e| fails(&e))?;
            let copied = copy(&session, &args.key, &mut destination, &meter).await;
            let bytes = copied.map_err(|broken| match broken {
                Broken::Write(error) => fails(&error),
                Broken::Read(failure) => failure,
            })?;
            destination.finish().map_err(|e| fails(&e))?;
            return Ok((PathBuf::from(path), Some(bytes)));
        };
        let name = args.key.rsplit('/').next().unwrap_or("");
        if name.is_empty() {
            return Err(Failure::usage(format!("{} ends in /, so it has no name for a file", escaped(&args.key)))
                .help("Add -R to download all objects that begin with it, or name a file to write."));
        }
        let place =
            directory.place(name).map_err(|reason| Failure::failed(format!("{}: {reason}", escaped(&args.key))))?;
        let file = Path::new(path).join(name);
        if args.skip_existing && exists(&session, &args.key, place.existing).await? {
            return Ok((file, None));
        }
        fill(&session, &args.key, &place, &meter).await.map(|bytes| (file, Some(bytes)))
    };
    let written = session.run(watched(&progress, work), async || {
        if let Some(directory) = &directory {
            directory.settle().await;
        }
        "interrupted".to_owned()
    })?;
    let (file, bytes) = written;
    let file = file.to_string_lossy();
    summary.retried = session.retried.get();
    match bytes {
        Some(bytes) => (summary.written, summary.bytes) = (1, bytes),
        None => summary.skipped = 1,
    }
    if args.json {
        let more = json!({ "bucket": session.access.place.bucket(), "key": args.key, "path": file });
        print_json(&summary.document(more))?;
    } else if let Some(bytes) = bytes {
        note(format!("wrote {bytes} bytes to {file}"));
    } else {
        note(format!("skipped: {file} has the same size"));
    }
    Ok(Exit::Clean)
}

/// Whether a file of this length has the object's size.
async fn exists(session: &Session, key: &str, length: Option<u64>) -> Result<bool, Failure> {
    let Some(length) = length else { return Ok(false) };
    let facts = session.facts(key).await.map_err(|refused| session.failure(refused, GET, About::Object(key)))?;
    Ok(facts.is_some_and(|facts| facts.length == Some(length)))
}

fn all(args: &Get) -> Done {
    let path = args.path.as_deref().unwrap_or(".");
    if path == "-" {
        return Err(Failure::usage("-R writes files, so it needs a directory instead of `-`")
            .help("Name one: `langfuse-blob get -R PREFIX DIR`."));
    }
    let session = Session::new(&args.sources, Some(&args.connect.connect_to), args.use_case, Containers::WORKER)?;
    let directory = Directory::open(Path::new(path))
        .map_err(|e| Failure::failed(format!("{} can't be written: {e}", escaped(path))))?;
    let progress = Progress::new(args.progress);
    let order =
        Order { prefix: &args.key, width: args.concurrency.unwrap_or(WIDTH).into(), skip_existing: args.skip_existing };
    let counters = progress.counters.clone();
    let arrived = |name: &str| {
        let file = Path::new(path).join(name);
        if args.json { Ok(()) } else { Ok(print(&format!("{}\n", shown(&file.to_string_lossy())))?) }
    };
    let work = async {
        let done = watched(&progress, Box::pin(get_all(&session, order, &directory, &progress, arrived))).await?;
        let none = done == Summary { retried: done.retried, ..Summary::default() };
        if none { Err(nowhere(&session, &args.key).await.failure()) } else { Ok(done) }
    };
    let summary = session.run(work, async || {
        directory.settle().await;
        let done = counters.objects.load(std::sync::atomic::Ordering::Relaxed);
        format!("interrupted after {done} objects; files with their final names are complete")
    })?;
    if args.json {
        let more = json!({ "bucket": session.access.place.bucket(), "prefix": args.key, "path": path });
        print_json(&summary.document(more))?;
    } else {
        note(summary.line());
    }
    Ok(if summary.failed == 0 { Exit::Clean } else { Exit::Problems })
}

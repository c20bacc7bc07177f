//! `upload media`: content-addressed, to the bucket or through Langfuse's API.

use std::path::PathBuf;

use langfuse_blob_core::object::media::{self, Sha256};
use langfuse_blob_core::variable::{Containers, UseCase};
use serde_json::json;

use super::upload_file::watched;
use super::{Done, Failure};
use crate::cli::UploadMedia;
use crate::client::Session;
use crate::exit::Exit;
use crate::output::{eprint_line, print, shown};
use crate::upload::batch::{self, Item, Width};
use crate::upload::digest::Digests;
use crate::upload::media_file::{content_type, hash_of_range};
use crate::upload::progress::Progress;
use crate::upload::unchanged_file::UnchangedFile;
use crate::upload::{Sender, walk};

/// The default of `LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH`, in bytes.
const LONGEST: u64 = 1_000_000_000;

/// Runs the verb.
pub fn run(args: &UploadMedia) -> Done {
    for path in &args.paths {
        std::fs::metadata(path).map_err(|e| Failure::usage(format!("{path} can't be read: {e}")))?;
    }
    if let Some(name) = args.content_type.as_deref().filter(|name| media::by_name(name).is_none()) {
        return Err(Failure::usage(format!("Langfuse doesn't accept media of content type {name:?}"))
            .help("Use `application/octet-stream`, which is always accepted."));
    }
    match &args.host {
        Some(host) => super::media_api::run(args, host),
        None => into_bucket(args),
    }
}

fn into_bucket(args: &UploadMedia) -> Done {
    let session = Session::new(&args.sources, Some(&args.connect.connect_to), UseCase::Media, Containers::WORKER)?;
    let progress = Progress::new(args.transfer.progress);
    let sender = Sender::new(&session, &progress, 4);
    let longest = session.settings.media_length.unwrap_or(LONGEST);
    let prefix = session.access.prefix.clone();
    let project = args.project.clone().unwrap_or_default();
    let chosen = args.content_type.clone();
    let prepare = move |found: &walk::Found, digests: Option<&Digests>| {
        if found.length > longest {
            return Err(format!(
                "it has {} bytes, but LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH allows {longest}",
                found.length
            ));
        }
        let kind = content_type(chosen.as_deref(), &found.name)?;
        let hash = match digests {
            Some(digests) => hash_of(digests),
            None => hash_of_file(&found.path).map_err(|e| format!("it can't be read: {e}"))?,
        };
        let object = media::media_object(&hash, kind, &project, &prefix).map_err(|e| e.to_string())?;
        Ok((object.key, kind.to_owned()))
    };
    let roots = args.paths.iter().map(PathBuf::from).collect();
    // The key is derived from the content: an existing object is identical.
    let items = batch::of_files(roots, sender.algorithm(), prepare, true, true);
    let arrived = |item: &Item| {
        if args.transfer.json { Ok(()) } else { Ok(print(&format!("{}\n", shown(&item.key)))?) }
    };
    let width = Width::new(args.transfer.concurrency);
    let work = async {
        if !args.transfer.dry_run {
            session.prepare_writes().await?;
        }
        let all = batch::send_all(&sender, items, width, args.transfer.dry_run, arrived);
        watched(&progress, all).await
    };
    let summary = session.run(work, async || sender.abort().await)?;
    batch::print_summary(&summary, args.transfer.json, json!({ "bucket": session.access.place.bucket() }))?;
    if summary.sent > 0 {
        eprint_line(
            "warning: Langfuse shows and deletes only media in its database, and these objects aren't in it; \
             use --host, --public-key, --secret-key and --trace to upload through Langfuse",
        );
    }
    Ok(if summary.failed == 0 { Exit::Clean } else { Exit::Problems })
}

/// The SHA-256 among the digests.
fn hash_of(digests: &Digests) -> Sha256 {
    Sha256::from_digest(digests.sha256)
}

/// The SHA-256 of a file that is too large for memory.
fn hash_of_file(path: &std::path::Path) -> std::io::Result<Sha256> {
    hash_of_range(&UnchangedFile::open(path)?.whole())
}

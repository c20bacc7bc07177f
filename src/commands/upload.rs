//! `upload file`: one file into a bucket, in one signed request.

use std::io::Read as _;

use bytes::Bytes;
use langfuse_blob_core::sign::{KeyCache, Payload};
use langfuse_blob_core::storage::Signer;
use langfuse_blob_core::storage::cause::{Action, Circumstance};
use langfuse_blob_core::storage::put_object::PutObject;
use langfuse_blob_core::text::mask::escaped;
use langfuse_blob_core::variable::Containers;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Done, Failure};
use crate::cli::UploadFile;
use crate::exit::Exit;
use crate::output::{print, say};
use crate::storage::{Session, now};
use crate::transport::Body;

/// S3 takes 5 GiB in one request, but the body is held in memory here until it is hashed; larger files want parts.
const LARGEST: u64 = 256 * 1024 * 1024;

/// Runs the verb.
pub fn run(args: &UploadFile) -> Done {
    if args.path == "-" && args.key.is_none() {
        return Err(
            Failure::usage("standard input has no name").help("Name the key: `langfuse-blob upload file - KEY`.")
        );
    }
    let session = Session::new(&args.how, args.use_case.into(), Containers::WORKER)?;
    let body = read(&args.path)?;
    let name = args.path.rsplit(['/', '\\']).next().unwrap_or(&args.path);
    let key = args.key.clone().unwrap_or_else(|| format!("{}{name}", session.access.prefix));
    let digest = Sha256::digest(&body);
    let payload = Payload::of_digest(&digest);
    let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
    let mut keys = KeyCache::new();
    let mut signer = Signer { credentials: &session.access.credentials, keys: &mut keys, at: now()? };
    let operation = PutObject {
        key: &key,
        content_type: Some(&args.content_type),
        content_length: length,
        payload: &payload,
        checksum_sha256: None,
        encryption: session.access.encryption(),
        if_absent: false,
    };
    let head = operation
        .request(&session.access.target, &mut signer)
        .map_err(|e| Failure::failed(format!("{} cannot be sent: {e}", escaped(&key))))?;
    let request = head.map(|()| Body::from(Bytes::from(body)));
    let circumstance = Circumstance { action: Some(Action::Put), presigned: false };
    let answer = session.run(session.send(request, circumstance))?;
    let etag = answer.headers().get("etag").and_then(|v| v.to_str().ok()).unwrap_or("").trim_matches('"').to_owned();
    let bucket = &session.access.target.bucket;
    if args.json {
        let document =
            json!({ "bucket": bucket, "key": key, "bytes": length, "sha256": payload.as_str(), "etag": etag });
        print(&format!("{document}\n"))?;
    } else {
        print(&format!("{}\n", escaped(&key)))?;
        say(format!("put {length} bytes into {bucket} as {}", escaped(&key)));
    }
    Ok(Exit::Clean)
}

fn read(path: &str) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    let limit = LARGEST.saturating_add(1);
    let read = if path == "-" {
        std::io::stdin().lock().take(limit).read_to_end(&mut body)
    } else {
        std::fs::File::open(path).and_then(|file| {
            if file.metadata()?.is_dir() {
                return Err(std::io::Error::other("it is a folder; this verb takes one file"));
            }
            file.take(limit).read_to_end(&mut body)
        })
    };
    let read = read.map_err(|e| Failure::usage(format!("{path} cannot be read: {e}")))?;
    if u64::try_from(read).is_ok_and(|n| n > LARGEST) {
        return Err(Failure::failed(format!("{path} is larger than 256 MiB, the most that is sent in one request")));
    }
    Ok(body)
}

//! `get`: fetch an object.

use std::io::Write;

use langfuse_blob_core::sign::KeyCache;
use langfuse_blob_core::storage::Signer;
use langfuse_blob_core::storage::cause::{Action, Circumstance};
use langfuse_blob_core::storage::get_object::{ByteRange, GetObject};
use langfuse_blob_core::text::mask::escaped;
use langfuse_blob_core::variable::Containers;

use super::{Done, Failure};
use crate::cli::Get;
use crate::exit::Exit;
use crate::output::say;
use crate::storage::{Session, now};
use crate::transport::{Body, Incoming};

/// Runs the verb.
pub fn run(args: &Get) -> Done {
    let session = Session::new(&args.how, args.use_case.into(), Containers::WORKER)?;
    let mut keys = KeyCache::new();
    let mut signer = Signer { credentials: &session.access.credentials, keys: &mut keys, at: now()? };
    let operation = GetObject { key: &args.key, range: ByteRange::All, if_match: None };
    let head = operation
        .request(&session.access.target, &mut signer)
        .map_err(|e| Failure::failed(format!("{} cannot be fetched: {e}", escaped(&args.key))))?;
    let circumstance = Circumstance { action: Some(Action::Get), presigned: false };
    session.run(async {
        let answer = session.send(head.map(|()| Body::empty()), circumstance).await?;
        let body = answer.into_body();
        if args.path == "-" {
            match copy(body, &mut std::io::stdout().lock()).await {
                // The reader went away: there is nobody left to serve.
                Err(Broken::Write(e)) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
                other => other.map(|_| ()).map_err(Failure::from),
            }
        } else {
            let bytes = to_file(body, &args.path).await?;
            say(format!("wrote {bytes} bytes to {}", args.path));
            Ok(())
        }
    })?;
    Ok(Exit::Clean)
}

/// What can go wrong between the answer and its destination.
enum Broken {
    Read(String),
    Write(std::io::Error),
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Read(text) => Self::failed(text),
            Broken::Write(error) => Self::failed(format!("the object cannot be written: {error}")),
        }
    }
}

async fn copy(mut body: Incoming, out: &mut impl Write) -> Result<u64, Broken> {
    let mut bytes = 0_u64;
    while let Some(chunk) = body.chunk().await.map_err(|e| Broken::Read(e.to_string()))? {
        out.write_all(&chunk).map_err(Broken::Write)?;
        bytes = bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(0));
    }
    out.flush().map_err(Broken::Write)?;
    Ok(bytes)
}

/// Writes beside the file and renames: what carries the name is whole.
async fn to_file(body: Incoming, path: &str) -> Result<u64, Failure> {
    let temporary = format!("{path}.langfuse-blob-{}", std::process::id());
    let written = async {
        let mut file =
            std::fs::OpenOptions::new().write(true).create_new(true).open(&temporary).map_err(Broken::Write)?;
        let bytes = copy(body, &mut file).await?;
        std::fs::rename(&temporary, path).map_err(Broken::Write)?;
        Ok(bytes)
    }
    .await;
    written.map_err(|broken: Broken| {
        let _ = std::fs::remove_file(&temporary);
        broken.into()
    })
}

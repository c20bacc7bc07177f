//! `get`: fetch an object.

use std::io::Write;
use std::path::Path;

use langfuse_blob_core::storage::cause::{Action, Circumstance};
use langfuse_blob_core::storage::get_object::ByteRange;
use langfuse_blob_core::text::mask::escaped;
use langfuse_blob_core::variable::Containers;

use super::{Done, Failure};
use crate::cli::Get;
use crate::destination::Destination;
use crate::exit::Exit;
use crate::output::say;
use crate::storage::Session;

/// What a failure means while something is read.
const GET: Circumstance = Circumstance { action: Some(Action::Get), presigned: false };

/// How often a body that broke off is gone on with, without a byte having come in between.
const TRIES: u32 = 5;

/// Runs the verb.
pub fn run(args: &Get) -> Done {
    let session = Session::new(&args.how, args.use_case.into(), Containers::WORKER)?;
    session.run_simply(async {
        if args.path == "-" {
            match copy(&session, &args.key, &mut std::io::stdout().lock()).await {
                // The reader went away: there is nobody left to serve.
                Err(Broken::Write(e)) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
                other => other.map(|_| ()).map_err(Failure::from),
            }
        } else {
            let bytes = to_file(&session, &args.key, &args.path).await.map_err(|broken| match broken {
                Broken::Write(error) => Failure::failed(format!("{} cannot be written: {error}", args.path)),
                Broken::Read(failure) => failure,
            })?;
            say(format!("wrote {bytes} bytes to {}", args.path));
            Ok(())
        }
    })?;
    Ok(Exit::Clean)
}

/// What can go wrong between the answer and its destination.
enum Broken {
    Read(Failure),
    Write(std::io::Error),
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Read(failure) => failure,
            Broken::Write(error) => Self::failed(format!("the object cannot be written: {error}")),
        }
    }
}

/// Writes the object to `out`. Where the answer breaks off, the rest of the same object is asked for.
async fn copy(session: &Session, key: &str, out: &mut impl Write) -> Result<u64, Broken> {
    let (mut bytes, mut etag, mut tries) = (0_u64, None::<String>, 0_u32);
    loop {
        let range = if bytes == 0 { ByteRange::All } else { ByteRange::From(bytes) };
        let answer = session.read(key, range, etag.as_deref()).await;
        let answer = answer.map_err(|e| Broken::Read(session.failure(e, GET)))?;
        if bytes > 0 && answer.status() != http::StatusCode::PARTIAL_CONTENT {
            let message = format!("{}: the answer broke off, and the store does not give the rest alone", escaped(key));
            return Err(Broken::Read(Failure::failed(message)));
        }
        let named = answer.headers().get("etag").and_then(|v| v.to_str().ok()).map(str::to_owned);
        etag = etag.or(named);
        let mut body = answer.into_body();
        let cut = loop {
            match body.chunk().await {
                Ok(Some(chunk)) => {
                    out.write_all(&chunk).map_err(Broken::Write)?;
                    bytes = bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(0));
                    tries = 0;
                }
                Ok(None) => {
                    out.flush().map_err(Broken::Write)?;
                    return Ok(bytes);
                }
                Err(error) => break error,
            }
        };
        tries = tries.saturating_add(1);
        if tries >= TRIES || etag.is_none() {
            return Err(Broken::Read(Failure::failed(format!("{}: {cut}, after {bytes} bytes", escaped(key)))));
        }
    }
}

/// Writes the object where `path` leads: what carries the name of a file is whole.
async fn to_file(session: &Session, key: &str, path: &str) -> Result<u64, Broken> {
    let mut destination = Destination::open(Path::new(path)).map_err(Broken::Write)?;
    let bytes = copy(session, key, &mut destination).await?;
    destination.finish().map_err(Broken::Write)?;
    Ok(bytes)
}

//! `get`: download an object.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use langfuse_blob_core::storage::Download;
use langfuse_blob_core::storage::cause::{Action, Circumstance};
use langfuse_blob_core::storage::download::{DownloadError, Ended};
use langfuse_blob_core::storage::retry::{self, Attempt, Decision, Policy, Renewed, Repeat};
use langfuse_blob_core::text::printable::escaped;
use langfuse_blob_core::variable::Containers;

use super::{Done, Failure};
use crate::cli::Get;
use crate::client::{About, Refused, Session, random};
use crate::destination::Destination;
use crate::exit::Exit;
use crate::output::eprint_line;
use crate::transport::{Fault, TransportError};

/// The context for errors of reads.
const GET: Circumstance = Circumstance { action: Some(Action::Get), presigned: false };

/// Runs the verb.
pub fn run(args: &Get) -> Done {
    let session = Session::new(&args.sources, Some(&args.connect.connect_to), args.use_case, Containers::WORKER)?;
    session.run_simply(async {
        if args.path == "-" {
            match copy(&session, &args.key, &mut std::io::stdout().lock()).await {
                // The reader closed the pipe: nothing left to do.
                Err(Broken::Write(e)) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
                other => other.map(|_| ()).map_err(Failure::from),
            }
        } else {
            let bytes = to_file(&session, &args.key, &args.path).await.map_err(|broken| match broken {
                Broken::Write(error) => Failure::failed(format!("{} can't be written: {error}", args.path)),
                Broken::Read(failure) => failure,
            })?;
            eprint_line(format!("wrote {bytes} bytes to {}", args.path));
            Ok(())
        }
    })?;
    Ok(Exit::Clean)
}

/// What can go wrong between the response and its destination.
enum Broken {
    Read(Failure),
    Write(std::io::Error),
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Read(failure) => failure,
            Broken::Write(error) => Self::failed(format!("the object can't be written: {error}")),
        }
    }
}

/// Writes the object to `out`. If a response is cut off, requests the rest of the same object after a pause.
async fn copy(session: &Session, key: &str, out: &mut impl Write) -> Result<u64, Broken> {
    let (mut download, mut failing) = (Download::new(), Instant::now());
    let object = format!("object `{}` in bucket `{}`", escaped(key), escaped(session.access.place.bucket()));
    let wrong = |error: DownloadError| Broken::Read(Failure::failed(format!("can't read {object}: {error}")));
    loop {
        let answer = session.read(key, download.range(), download.if_match()).await;
        let answer = answer.map_err(|refused| Broken::Read(refusal(session, &download, key, refused)))?;
        let (head, mut body) = answer.into_parts();
        download.on_response(&head).map_err(wrong)?;
        let cut = loop {
            match body.chunk().await {
                Ok(Some(chunk)) => {
                    download.on_bytes(&chunk).map_err(wrong)?;
                    out.write_all(&chunk).map_err(Broken::Write)?;
                }
                Ok(None) => match download.on_end().map_err(wrong)? {
                    Ended::Whole => {
                        out.flush().map_err(Broken::Write)?;
                        return Ok(download.bytes());
                    }
                    Ended::Early => break TransportError { fault: Fault::BodyCut, detail: String::new() },
                },
                Err(error) => break error,
            }
        };
        let failures = download.on_failure();
        let decision = failures.map_or(Decision::GiveUp(retry::Reason::Permanent), |number| {
            if number == 1 {
                failing = Instant::now();
            }
            let (elapsed, failure, repeat) = (failing.elapsed(), retry::Failure::Fault(cut.fault), Repeat::Harmless);
            let attempt = Attempt { number, elapsed, failure, repeat, renewed: Renewed::default(), random: random() };
            Policy::default().decide(&attempt)
        });
        match decision {
            Decision::Again { after, .. } => tokio::time::sleep(after).await,
            Decision::GiveUp(reason) => {
                let of = download.total().map_or_else(String::new, |total| format!(" of {total}"));
                let why = match reason {
                    retry::Reason::Permanent if failures.is_none() => {
                        ", and its ETag is too weak to request the rest by".to_owned()
                    }
                    retry::Reason::Permanent => String::new(),
                    reason => format!(" ({reason})"),
                };
                let bytes = download.bytes();
                let message = format!("can't read {object}: {cut}, after {bytes}{of} bytes{why}");
                return Err(Broken::Read(Failure::failed(message)));
            }
        }
    }
}

/// Why the object, or the rest of it, can't be read.
fn refusal(session: &Session, download: &Download, key: &str, refused: Refused) -> Failure {
    let status = match &refused {
        Refused::Store(error) if download.bytes() > 0 => error.status,
        _ => 0,
    };
    let failure = session.failure(refused, GET, About::Object(key));
    match status {
        // A failed If-Match, a range past the end, a missing object: what was being read no longer exists.
        404 | 412 | 416 => Failure {
            message: format!("{} (it changed or was deleted while it was read)", failure.message),
            help: Some("Run the command again.".into()),
            ..failure
        },
        _ => failure,
    }
}

/// Writes the object to `path`. A file with its final name is complete.
async fn to_file(session: &Session, key: &str, path: &str) -> Result<u64, Broken> {
    let mut destination = Destination::open(Path::new(path)).map_err(Broken::Write)?;
    let bytes = copy(session, key, &mut destination).await?;
    destination.finish().map_err(Broken::Write)?;
    Ok(bytes)
}

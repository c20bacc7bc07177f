//! One object, read to its end.

use std::io::Write;
use std::time::Instant;

use langfuse_blob_core::storage::Download;
use langfuse_blob_core::storage::cause::{Action, Circumstance};
use langfuse_blob_core::storage::download::{DownloadError, Ended};
use langfuse_blob_core::storage::retry::{self, Attempt, Decision, Policy, Renewed, Repeat};
use langfuse_blob_core::text::printable::escaped;

use crate::client::{About, Refused, Session, details, random};
use crate::failure::Failure;
use crate::transport::{Fault, TransportError};
use crate::upload::progress::Meter;

/// The context for errors of reads.
pub const GET: Circumstance = Circumstance { action: Some(Action::Get), presigned: false };

/// What can go wrong between the response and its destination.
pub enum Broken {
    /// The object.
    Read(Failure),
    /// The file.
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

/// Writes the object to `out`, and counts its bytes. If a response is cut off, requests the rest of the same object after
/// a pause.
///
/// # Errors
/// [`Broken`].
pub async fn copy(session: &Session, key: &str, out: &mut impl Write, meter: &Meter) -> Result<u64, Broken> {
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
                    meter.add(chunk.len() as u64);
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
    let (gone, missing) = match &refused {
        // A missing object, a failed If-Match, a range past the end: what was being read no longer exists.
        Refused::Store(error) if download.bytes() > 0 && matches!(error.status, 404 | 412 | 416) => {
            let (key, bucket) = (escaped(key), escaped(session.access.place.bucket()));
            let missing = || format!("object `{key}` not found in bucket `{bucket}` ({})", details(error));
            (true, (error.status == 404).then(missing))
        }
        _ => (false, None),
    };
    let failure = session.failure(refused, GET, About::Object(key));
    if !gone {
        return failure;
    }
    let message = missing.as_ref().unwrap_or(&failure.message);
    let message = session.redact(&format!("{message} (it changed or was deleted while it was read)"));
    Failure { message, help: Some("Run the command again.".into()), ..failure }
}

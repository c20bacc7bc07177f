//! `upload media --host`: through Langfuse's API, so that its database includes the media.

use std::io::Read as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt as _;
use http::Request;
use http::response::Parts;
use langfuse_blob_core::object::media_api::{self, Announced, Api, Mention};
use langfuse_blob_core::storage::StoreError;
use langfuse_blob_core::storage::cause::{self, Circumstance};
use langfuse_blob_core::storage::retry::{self, Attempt, Decision, Policy, Renewed, Repeat};
use langfuse_blob_core::text::printable;
use langfuse_blob_core::text::printable::escaped;
use langfuse_blob_core::text::secret::Secret;
use serde_json::{Value, json};

use super::upload_file::watched;
use super::{Done, Failure};
use crate::cli::UploadMedia;
use crate::clock;
use crate::exit::Exit;
use crate::output::print;
use crate::request_log::Sent;
use crate::runtime::Runtime;
use crate::signals::Signals;
use crate::transport::{Body, Options, Transport};
use crate::upload::batch::{self, Summary};
use crate::upload::file_range::FileRange;
use crate::upload::media_file::{content_type, hash_of_range};
use crate::upload::progress::{Meter, Progress};
use crate::upload::unchanged_file::UnchangedFile;
use crate::upload::walk;

/// Maximum number of bytes read of a response.
const ANSWER: usize = 1024 * 1024;

/// Runs the verb.
pub fn run(args: &UploadMedia, host: &str) -> Done {
    let secret = match args.secret_key.as_deref() {
        Some("-") => line_of_input()?,
        Some(key) => Secret::new(key),
        None => Secret::new(""),
    };
    let public = args.public_key.as_deref().unwrap_or_default();
    let api = Api::new(host, public, &secret).map_err(|e| Failure::usage(e.to_string()))?;
    let mention = Mention {
        trace_id: args.trace.clone().unwrap_or_default(),
        observation_id: args.observation.clone(),
        field: args.field.clone(),
    };
    let extra_ca = std::env::var_os("NODE_EXTRA_CA_CERTS").map(Into::into);
    let options = Options { extra_ca, timeout: Duration::from_mins(1), ..Options::default() };
    let transport = Transport::new(&options).and_then(|t| t.connecting(&args.connect.connect_to));
    let transport = transport.map_err(|e| Failure::failed(e.to_string()))?;
    let progress = Progress::new(args.transfer.progress);
    let uploader = MediaUploader {
        transport,
        api,
        mention,
        chosen: args.content_type.clone(),
        retried: 0.into(),
        progress: &progress,
    };
    let runtime = Runtime::new()?;
    let (summary, media) = runtime.block_on(async {
        let mut signals = Signals::watched()?;
        tokio::select! {
            summary = watched(&progress, uploader.all(args)) => summary,
            () = signals.received() => Err(Failure::interrupted(
                "interrupted; Langfuse shows the media that were in flight as not yet uploaded",
            )),
        }
    })?;
    batch::print_summary(&summary, args.transfer.json, json!({ "host": host, "media": media }))?;
    Ok(if summary.failed == 0 { Exit::Clean } else { Exit::Problems })
}

fn line_of_input() -> Result<Secret, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(4096).read_to_string(&mut text);
    read.map_err(|e| Failure::usage(format!("the secret key can't be read from standard input: {e}")))?;
    Ok(Secret::new(text.lines().next().unwrap_or("")))
}

/// What is the same for all files.
struct MediaUploader<'p> {
    transport: Transport,
    api: Api,
    mention: Mention,
    chosen: Option<String>,
    retried: std::cell::Cell<u64>,
    progress: &'p Progress,
}

enum Outcome {
    /// The media ID and the number of bytes.
    Sent(String, u64),
    /// Langfuse already has it.
    Known(String),
    Would(u64),
}

/// A file that Langfuse has now, as `--json` prints it.
fn media(file: &str, id: &str, sent: bool) -> Value {
    json!({ "file": file, "mediaId": id, "sent": sent })
}

impl MediaUploader<'_> {
    async fn all(&self, args: &UploadMedia) -> Result<(Summary, Vec<Value>), Failure> {
        let mut media_ids = Vec::new();
        let dry_run = args.transfer.dry_run;
        let mut summary = Summary { dry_run: dry_run.then_some(0), ..Summary::default() };
        let files: Vec<_> = args.paths.iter().flat_map(|path| walk::files(&PathBuf::from(path))).collect();
        let sending = futures_util::stream::iter(files).map(async |found| match found {
            Ok(found) => {
                let name = found.path.display().to_string();
                (name, self.one(found, dry_run).await)
            }
            Err(unsent) => (unsent.path, Err(Failure::failed(unsent.reason))),
        });
        let mut sending = std::pin::pin!(sending.buffer_unordered(args.transfer.concurrency.map_or(8, usize::from)));
        while let Some((name, outcome)) = sending.next().await {
            match outcome {
                Ok(Outcome::Sent(id, bytes)) => {
                    summary.sent = summary.sent.saturating_add(1);
                    summary.bytes = summary.bytes.saturating_add(bytes);
                    if args.transfer.json {
                        media_ids.push(media(&name, &id, true));
                    } else {
                        print(&format!("{}\n", printable::line(&id)))?;
                    }
                }
                Ok(Outcome::Known(id)) => {
                    summary.skipped = summary.skipped.saturating_add(1);
                    if args.transfer.json {
                        media_ids.push(media(&name, &id, false));
                    }
                    self.progress.line(&format!("{}: Langfuse already has it, as {}", escaped(&name), escaped(&id)));
                }
                Ok(Outcome::Would(bytes)) => {
                    summary.dry_run = summary.dry_run.map(|n| n.saturating_add(1));
                    summary.bytes = summary.bytes.saturating_add(bytes);
                }
                Err(failure) => {
                    summary.failed = summary.failed.saturating_add(1);
                    self.progress.line(&format!("error: {}: {}", escaped(&name), failure.message));
                    if let Some(help) = &failure.help {
                        self.progress.line(&format!("help: {help}"));
                    }
                }
            }
        }
        summary.retried = self.retried.get();
        Ok((summary, media_ids))
    }

    async fn one(&self, found: walk::Found, dry_run: bool) -> Result<Outcome, Failure> {
        let kind = content_type(self.chosen.as_deref(), &found.name).map_err(Failure::failed)?;
        if found.length == 0 {
            return Err(Failure::of_one("it is empty, and Langfuse accepts no empty media"));
        }
        if dry_run {
            return Ok(Outcome::Would(found.length));
        }
        let unreadable = |e: std::io::Error| Failure::of_one(format!("it can't be read: {e}"));
        let file = UnchangedFile::open(&found.path).map_err(unreadable)?;
        let (region, length) = (file.whole(), file.length());
        let hash = tokio::task::spawn_blocking(move || hash_of_range(&region)).await;
        let hash = hash.map_err(std::io::Error::other).flatten();
        if file.has_changed() {
            return Err(file.changed());
        }
        let hash = hash.map_err(unreadable)?;
        let request = self.api.announce(&self.mention, kind, length, &hash);
        let request = request.map_err(|e| Failure::usage(e.to_string()))?;
        let held = || request.clone().map(|body| Body::from(Bytes::from(body)));
        let announced = self.ask("Langfuse", held, Announced::read).await?;
        let upload = announced.upload(kind, length, &hash).map_err(|e| Failure::failed(e.to_string()))?;
        let Some(upload) = upload else { return Ok(Outcome::Known(announced.media_id)) };
        let begun = Instant::now();
        let sent = self.put(&upload, &file.whole()).await;
        let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (status, said) = match &sent {
            Ok(status) => (Some(*status), None),
            Err((status, failure)) => (*status, Some(failure.message.as_str())),
        };
        // Without a response there is no status, and Langfuse accepts no report without one: for Langfuse, the file
        // stays not yet uploaded.
        let reported = match status {
            Some(status) => self.report(&announced.media_id, status, said, took).await,
            None => Ok(()),
        };
        if sent.is_err() && file.has_changed() {
            return Err(file.changed());
        }
        sent.map_err(|(_, failure)| failure)?;
        reported?;
        Ok(Outcome::Sent(announced.media_id, length))
    }

    async fn report(&self, id: &str, status: u16, said: Option<&str>, took: u64) -> Result<(), Failure> {
        let request = self.api.report(id, &now(), status, said, took);
        let request = request.map_err(|e| Failure::failed(e.to_string()))?;
        let held = || request.clone().map(|body| Body::from(Bytes::from(body)));
        let read = |head: &Parts, body: &[u8]| {
            if head.status.is_success() { Ok(()) } else { Err(media_api::refusal(head, body)) }
        };
        self.ask("Langfuse", held, read).await
    }

    async fn put(&self, head: &Request<()>, region: &FileRange) -> Result<u16, (Option<u16>, Failure)> {
        let meter = Meter::new(self.progress.counters.bytes.clone());
        let status = std::cell::Cell::new(None);
        let request = || {
            meter.restart();
            head.clone().map(|()| Body::stream(Some(region.length()), region.stream(meter.clone())))
        };
        let read = |head: &Parts, body: &[u8]| {
            status.set(Some(head.status.as_u16()));
            langfuse_blob_core::storage::accepted(head, body).map(|()| head.status.as_u16())
        };
        self.ask("the store", request, read).await.map_err(|failure| (status.get(), failure))
    }

    /// Sends a request with retries: all three requests are idempotent.
    async fn ask<T>(
        &self,
        whom: &str,
        request: impl Fn() -> Request<Body>,
        read: impl Fn(&Parts, &[u8]) -> Result<T, StoreError>,
    ) -> Result<T, Failure> {
        let begun = Instant::now();
        let mut number = 1;
        loop {
            let sent = async {
                let request = request();
                let line = Sent::new(&request);
                let answer = self.transport.send(request).await;
                line.ended(&answer);
                let (head, body) = answer?.into_parts();
                let body =
                    if head.status.is_success() { body.read(ANSWER).await } else { body.read_refusal(ANSWER).await };
                let body = body?;
                Ok::<_, crate::transport::TransportError>(read(&head, &body))
            };
            let (failure, attempt) = match sent.await {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(error)) => {
                    let presigned = Circumstance { action: None, presigned: whom != "Langfuse" };
                    let known = cause::of(&error, presigned).filter(|_| presigned.presigned);
                    let id = error
                        .request_id
                        .as_deref()
                        .map_or_else(String::new, |id| format!(" (request ID {})", escaped(id)));
                    let failure = Failure::failed(format!("{whom} refused: {error}{id}"));
                    let failure = known.map_or_else(|| failure.clone(), |known| failure.clone().help(known.remedy));
                    (failure, Err(error))
                }
                Err(error) => (Failure::failed(format!("{whom}: {error}")), Ok(error.fault)),
            };
            let failed = match &attempt {
                Ok(fault) => retry::Failure::Fault(*fault),
                Err(error) => retry::Failure::Store(error),
            };
            let attempt = Attempt {
                number,
                elapsed: begun.elapsed(),
                failure: failed,
                repeat: Repeat::Harmless,
                renewed: Renewed::default(),
                random: getrandom::u64().unwrap_or(u64::MAX),
            };
            match Policy::default().decide(&attempt) {
                Decision::Again { after, renewing: None } => tokio::time::sleep(after).await,
                Decision::Again { .. } | Decision::GiveUp(_) => return Err(failure),
            }
            number = number.saturating_add(1);
            self.retried.set(self.retried.get().saturating_add(1));
        }
    }
}

/// The time in the format of Langfuse's API.
fn now() -> String {
    let mut text = String::new();
    if let Some(at) = clock::now() {
        at.push_rfc3339(&mut text);
    }
    text
}

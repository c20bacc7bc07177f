//! One request with its retries: signed again for each attempt, retried according to the core's policy.

use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::response::Parts;
use http::{Request, Response};
use langfuse_blob_core::config::endpoint::Endpoint;
use langfuse_blob_core::connect::elsewhere;
use langfuse_blob_core::sign::Credentials;
use langfuse_blob_core::storage::access::{Identity, Place};
use langfuse_blob_core::storage::cause::{self, Action, Circumstance};
use langfuse_blob_core::storage::paging::PagingError;
use langfuse_blob_core::storage::retry::{Attempt, Decision, Failure as Failed, Policy, Renewal, Renewed, Repeat};
use langfuse_blob_core::storage::{RequestError, Signer, StoreError, Target, azure, clock, is_of_store};
use langfuse_blob_core::text::printable::escaped;

use super::Session;
use crate::failure::Failure;
use crate::request_log::Sent;
use crate::transport::{Body, Fault, Incoming, TransportError};

/// Maximum size of a document. A page of a listing has a few megabytes at most.
const ANSWER: usize = 32 * 1024 * 1024;

/// Maximum number of bytes read of an error response. S3's errors have a few hundred bytes.
const REFUSAL: usize = 64 * 1024;

/// How long a store may take to complete a multipart upload. S3 sends whitespace meanwhile, for "several minutes" with
/// many parts. Source: Amazon S3 API reference, "CompleteMultipartUpload".
const WORK: Duration = Duration::from_mins(15);

/// Where a request goes, and its signer.
pub enum At<'a, 's> {
    /// A bucket.
    S3(&'a Target, &'a mut Signer<'s>),
    /// A container.
    Azure(&'a azure::Target, azure::Signer<'s>),
}

/// Why a request failed.
#[derive(Debug)]
pub enum Refused {
    /// It can't be built.
    Request(RequestError),
    /// No response was received.
    Transport(TransportError),
    /// The store returned an error.
    Store(StoreError),
    /// A listing makes no progress.
    Paging(PagingError),
    /// A failure before anything was sent: no credentials, or an invalid clock.
    Before(Failure),
}

/// What a request is about, for its error message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum About<'a> {
    /// The bucket.
    Bucket,
    /// The keys with this prefix.
    Prefix(&'a str),
    /// The object with this key.
    Object(&'a str),
}

impl Refused {
    /// The store's error code, if the store returned an error.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Store(error) => error.code.as_deref(),
            _ => None,
        }
    }

    /// Whether the object doesn't exist. A response to HEAD has no body with an error code.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        match self {
            Self::Store(error) => is_missing(error),
            _ => false,
        }
    }
}

/// An S3 request without a body, or whose body the caller sets.
pub(super) fn of_s3(
    make: impl Fn(&Target, &mut Signer<'_>) -> Result<Request<()>, RequestError>,
) -> impl Fn(At<'_, '_>) -> Result<Request<Body>, RequestError> {
    move |at| match at {
        At::S3(target, signer) => Ok(make(target, signer)?.map(|()| Body::empty())),
        At::Azure(..) => Err(RequestError::Engine),
    }
}

/// An S3 request with a document as its body.
pub(super) fn of_s3_document(
    make: impl Fn(&Target, &mut Signer<'_>) -> Result<Request<Vec<u8>>, RequestError>,
) -> impl Fn(At<'_, '_>) -> Result<Request<Body>, RequestError> {
    move |at| match at {
        At::S3(target, signer) => Ok(make(target, signer)?.map(|body| Body::from(Bytes::from(body)))),
        At::Azure(..) => Err(RequestError::Engine),
    }
}

/// An Azure request without a body, or whose body the caller sets.
pub(super) fn of_azure(
    make: impl Fn(&azure::Target, &azure::Signer<'_>) -> Result<Request<()>, RequestError>,
) -> impl Fn(At<'_, '_>) -> Result<Request<Body>, RequestError> {
    move |at| match at {
        At::Azure(target, signer) => Ok(make(target, &signer)?.map(|()| Body::empty())),
        At::S3(..) => Err(RequestError::Engine),
    }
}

/// An Azure request with a document as its body.
pub(super) fn of_azure_document(
    make: impl Fn(&azure::Target, &azure::Signer<'_>) -> Result<Request<Vec<u8>>, RequestError>,
) -> impl Fn(At<'_, '_>) -> Result<Request<Body>, RequestError> {
    move |at| match at {
        At::Azure(target, signer) => Ok(make(target, &signer)?.map(|body| Body::from(Bytes::from(body)))),
        At::S3(..) => Err(RequestError::Engine),
    }
}

impl Session {
    /// Sends the request that `build` makes until `read` accepts the response or the policy stops retrying. `repeat`
    /// says whether a retry does harm if the first attempt succeeded unnoticed.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn ask<T>(
        &self,
        repeat: Repeat,
        build: impl Fn(At<'_, '_>) -> Result<Request<Body>, RequestError>,
        read: impl Fn(&Parts, &[u8]) -> Result<T, StoreError>,
    ) -> Result<T, Refused> {
        let answered = async |answer: Response<Incoming>| {
            let (head, body) = answer.into_parts();
            let succeeded = head.status.is_success();
            let body = if succeeded { body.read(ANSWER).await } else { body.read_refusal(REFUSAL).await };
            read(&head, &body.map_err(Refused::Transport)?).map_err(Refused::Store)
        };
        self.attempt(repeat, build, answered).await
    }

    /// Like [`Session::ask`], for a document that the store starts sending at once and finishes when the operation is
    /// done.
    ///
    /// # Errors
    /// [`Refused`].
    pub(super) async fn ask_for_work<T>(
        &self,
        repeat: Repeat,
        build: impl Fn(At<'_, '_>) -> Result<Request<Body>, RequestError>,
        read: impl Fn(&Parts, &[u8]) -> Result<T, StoreError>,
    ) -> Result<T, Refused> {
        let answered = async |answer: Response<Incoming>| {
            let (head, body) = answer.into_parts();
            let body = body.read_within(ANSWER, WORK).await.map_err(Refused::Transport)?;
            read(&head, &body).map_err(Refused::Store)
        };
        self.attempt(repeat, build, answered).await
    }

    /// Like [`Session::ask`], for a body that is too large for memory: only the response's head is checked.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn open(
        &self,
        repeat: Repeat,
        build: impl Fn(At<'_, '_>) -> Result<Request<Body>, RequestError>,
    ) -> Result<Response<Incoming>, Refused> {
        let answered = async |answer: Response<Incoming>| {
            let (head, body) = answer.into_parts();
            let succeeded = head.status.is_success();
            if succeeded && is_of_store(&head) {
                return Ok(Response::from_parts(head, body));
            }
            let body = body.read_refusal(REFUSAL).await.unwrap_or_default();
            let refusal = if succeeded {
                StoreError::unusable(
                    head.status,
                    &head.headers,
                    &body,
                    "it has neither an ETag nor a store's request ID",
                )
            } else {
                StoreError::read(head.status, &head.headers, &body)
            };
            Err(Refused::Store(refusal))
        };
        self.attempt(repeat, build, answered).await
    }

    async fn attempt<T>(
        &self,
        repeat: Repeat,
        build: impl Fn(At<'_, '_>) -> Result<Request<Body>, RequestError>,
        answered: impl AsyncFn(Response<Incoming>) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        let begun = Instant::now();
        let policy = Policy::default();
        let (mut number, mut renewed) = (1_u32, Renewed::default());
        loop {
            let request = self.signed(&build).await?;
            if !request.method().is_safe() {
                self.guard().await.map_err(Refused::Before)?;
            }
            let mut time_there = None;
            let sent = Sent::new(&request);
            let answer = self.transport.send(request).await;
            sent.ended(&answer);
            let done = match answer {
                Ok(answer) => {
                    time_there = clock::of_store(answer.headers());
                    answered(answer).await
                }
                Err(error) => Err(Refused::Transport(error)),
            };
            let refused = match done {
                Ok(done) => return Ok(done),
                Err(refused) => refused,
            };
            let failure = match &refused {
                Refused::Transport(error) => Failed::Fault(error.fault),
                Refused::Store(error) => Failed::Store(error),
                Refused::Request(_) | Refused::Paging(_) | Refused::Before(_) => return Err(refused),
            };
            let attempt = Attempt { number, elapsed: begun.elapsed(), failure, repeat, renewed, random: random() };
            let Decision::Again { after, renewing } = policy.decide(&attempt) else { return Err(refused) };
            match renewing {
                Some(Renewal::Clock) => {
                    let Some(there) = time_there else { return Err(refused) };
                    self.set_clock(there).map_err(Refused::Before)?;
                    renewed.clock = true;
                }
                Some(Renewal::Credentials) => {
                    let Some(chain) = &self.chain else { return Err(refused) };
                    chain.forget().await;
                    renewed.credentials = true;
                }
                None => tokio::time::sleep(after).await,
            }
            number = number.saturating_add(1);
            self.retried.set(self.retried.get().saturating_add(1));
        }
    }

    async fn signed(
        &self,
        build: &impl Fn(At<'_, '_>) -> Result<Request<Body>, RequestError>,
    ) -> Result<Request<Body>, Refused> {
        let at = self.time().map_err(Refused::Before)?;
        match &self.access.place {
            Place::S3 { target, .. } => {
                let credentials = self.credentials().await.map_err(Refused::Before)?;
                let keys = &mut *self.keys.borrow_mut();
                let mut signer = Signer { credentials: &credentials, keys, at };
                build(At::S3(target, &mut signer)).map_err(Refused::Request)
            }
            Place::Azure { target, credentials, .. } => {
                build(At::Azure(target, azure::Signer { credentials, at })).map_err(Refused::Request)
            }
        }
    }

    /// The current credentials.
    ///
    /// # Errors
    /// None are configured and the default chain finds none.
    pub(super) async fn credentials(&self) -> Result<Rc<Credentials>, Failure> {
        match (&self.chain, &self.access.place) {
            (None, Place::S3 { identity: Identity::Keys(_), .. }) => Ok(self.fixed.clone()),
            (Some(chain), _) => {
                let issued = chain.credentials().await.map_err(|e| no_credentials(self, &e.to_string()))?;
                Ok(Rc::new(issued.credentials))
            }
            (None, _) => Err(no_credentials(self, "none are configured")),
        }
    }

    /// What to do if the store isn't reached.
    fn way_out(&self, fault: Fault) -> String {
        let origin = self.access.place.origin();
        match &self.reached.route {
            Some(route) if route.is_automatic() => route.doubt(),
            Some(route) => format!("The request went to {}, as --connect-to says.", route.destination()),
            None if fault == Fault::NotFound && !self.reached.advice.is_empty() => self.reached.advice.clone(),
            None => {
                let elsewhere = match Endpoint::parse(&origin) {
                    Ok(endpoint) => elsewhere(endpoint.host, endpoint.effective_port()),
                    Err(_) => String::new(),
                };
                format!("Check that this machine can reach {origin}. {elsewhere}")
            }
        }
    }

    /// `refused` as a message for people: one sentence, and what to do.
    #[must_use]
    pub fn failure(&self, refused: Refused, circumstance: Circumstance, about: About<'_>) -> Failure {
        let place = &self.access.place;
        let origin = place.origin();
        let what = about.phrase(place.bucket());
        let cannot = || format!("can't {} {what}", verb(circumstance, about));
        match refused {
            Refused::Before(failure) => failure,
            Refused::Request(error) => Failure::of_one(format!("{}: {error}", cannot())),
            Refused::Paging(error) => Failure::failed(self.redact(&format!("{} on {origin}: {error}", cannot()))),
            Refused::Transport(error) if error.fault == Fault::ProxyUnreachable => {
                let remedy = cause::of_fault(error.fault).map_or("", |known| known.remedy);
                Failure::failed(self.redact(&format!("{} on {origin}: {error}", cannot()))).help(remedy)
            }
            Refused::Transport(error) => Failure::failed(self.redact(&format!("{} on {origin}: {error}", cannot())))
                .help(self.way_out(error.fault)),
            Refused::Store(error) => {
                if is_missing(&error)
                    && let About::Object(key) = about
                {
                    let (bucket, key_shown) = (escaped(place.bucket()), escaped(key));
                    let message = format!("{bucket}/{key_shown} doesn't exist ({})", details(&error));
                    return Failure::failed(self.redact(&message)).help(self.where_keys_are(key));
                }
                let id = error.request_id.as_deref().map(escaped);
                let said = error.to_string();
                let said = said.trim_end_matches('.');
                let in_brackets = id.as_ref().map_or_else(String::new, |id| format!(" (request ID {id})"));
                let message = format!("{} on {origin}: {said}{in_brackets}", cannot());
                let is_foreign = matches!(error.status, 401 | 403) || error.code.as_deref() == Some("NoSuchBucket");
                let doubt = self.reached.route.as_ref().filter(|route| is_foreign && route.is_automatic());
                let doubt = doubt.map_or_else(String::new, |route| format!(". {}", route.doubt()));
                let help = format!("{}{doubt}", self.next_step(&error, id.as_deref()));
                Failure::failed(self.redact(&message)).help(help)
            }
        }
    }

    /// How to find the key that was meant.
    fn where_keys_are(&self, key: &str) -> String {
        let directory = key.rfind('/').and_then(|at| key.get(..=at)).unwrap_or("");
        let usual = self.access.prefix.as_str();
        if usual.is_empty() || key.starts_with(usual) {
            return format!("List the keys there: `{}`", self.command("ls", &[directory]));
        }
        let list = self.command("ls", &[&format!("{usual}{directory}")]);
        format!("Keys are given whole and begin with {} here. List them: `{list}`", escaped(usual))
    }

    /// What to do about a store's error. The doctor's causes are about a deployment, so they don't fit one request.
    fn next_step(&self, error: &StoreError, request_id: Option<&str>) -> String {
        let code = error.code.as_deref().unwrap_or("");
        if matches!(error.status, 429 | 503) || matches!(code, "SlowDown" | "ServerBusy") {
            return "The store is overloaded or limits requests. Try again later, with fewer requests at a time."
                .into();
        }
        if error.status >= 500 || matches!(code, "InternalError" | "InternalServerError") {
            let id = request_id.map_or_else(String::new, |id| format!(" (request ID {id})"));
            return format!("The store had an internal error{id}. Look for it in the store's log.");
        }
        let doctor = format!("Find the cause: `{}`", self.command("doctor", &[]));
        let is_name = !code.is_empty() && code.chars().all(|c| c.is_ascii_alphanumeric());
        if is_name { format!("{doctor}. What the error means: `langfuse-blob explain {code}`") } else { doctor }
    }
}

impl About<'_> {
    fn object(self) -> String {
        match self {
            Self::Object(key) => format!("object `{}`", escaped(key)),
            Self::Prefix(_) | Self::Bucket => String::new(),
        }
    }

    fn phrase(self, bucket: &str) -> String {
        let bucket = escaped(bucket);
        match self {
            Self::Object(_) => format!("{} in bucket `{bucket}`", self.object()),
            Self::Prefix("") | Self::Bucket => format!("bucket `{bucket}`"),
            Self::Prefix(prefix) => format!("prefix `{}` of bucket `{bucket}`", escaped(prefix)),
        }
    }
}

/// What couldn't be done.
fn verb(circumstance: Circumstance, about: About<'_>) -> &'static str {
    let whole = about == About::Bucket;
    match circumstance.action {
        Some(Action::List) => "list",
        Some(Action::Get) => "read",
        Some(Action::Put) if whole => "write to",
        Some(Action::Put) => "write",
        Some(Action::Delete | Action::DeleteMany) if whole => "delete from",
        Some(Action::Delete | Action::DeleteMany) => "delete",
        Some(Action::Complete) => "complete the upload of",
        None => "use",
    }
}

/// The store's code, status and request ID, as far as known: `NoSuchKey, HTTP 404, request ID 17F3A1`.
#[must_use]
pub fn details(error: &StoreError) -> String {
    let code = error.code.as_deref().map_or_else(String::new, |code| format!("{}, ", escaped(code)));
    let id = error.request_id.as_deref().map_or_else(String::new, |id| format!(", request ID {}", escaped(id)));
    format!("{code}HTTP {}{id}", error.status)
}

fn is_missing(error: &StoreError) -> bool {
    matches!(error.code.as_deref(), Some("NoSuchKey" | "BlobNotFound")) || (error.status == 404 && error.code.is_none())
}

fn no_credentials(session: &Session, why: &str) -> Failure {
    let stem = session.access.use_case.stem();
    Failure::failed(format!(
        "no credentials: {stem}_ACCESS_KEY_ID and {stem}_SECRET_ACCESS_KEY aren't both set, and the AWS SDK's default credential chain has none ({why})"
    ))
    .help("Pass the configuration with --config or --env-file, or run this where the role is available.")
}

/// The jitter of retries. If the system provides no random numbers, each wait is as long as possible.
pub fn random() -> u64 {
    getrandom::u64().unwrap_or(u64::MAX)
}

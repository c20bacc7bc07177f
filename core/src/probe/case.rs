//! One use case while it's probed: what is known so far, and what was created and must be deleted.

use http::response::Parts;

use crate::config::endpoint::Endpoint;
use crate::sign::{Credentials, KeyCache, Timestamp, encode};
use crate::storage::access::{Identity, Place};
use crate::storage::cause::{Action, Circumstance};
use crate::storage::{Access, StoreError};
use crate::variable::{Role, UseCase, slot};

use super::artifact::Artifact;
use super::progress::Progress;
use super::result::{Next, Outcome, StepResult};
use super::signing::{Made, Signing};
use super::step::Step;
use super::subject::{Accesses, LocalCredentials, Subject};
use super::transport::{Answer, ProbeRequest};

/// How many seconds a clock may be off before the doctor mentions it; stores reject at more.
/// Source: Amazon S3 API reference, "Error responses", RequestTimeTooSkewed (15 minutes).
const NOTICED: u64 = 300;

/// A step that applies to a use case.
#[derive(Debug)]
pub(super) struct StepRun {
    pub step: Step,
    pub state: State,
    /// How many requests it has made.
    pub requests: u32,
}

/// A step's state.
#[derive(Clone, Debug)]
pub(super) enum State {
    /// It doesn't apply to this use case.
    NotApplicable,
    /// Not started.
    Waiting,
    /// A request is in flight.
    Running,
    /// Ended.
    Done(StepResult),
}

impl State {
    /// Whether nothing more will happen.
    pub(super) fn is_done(&self) -> bool {
        matches!(self, Self::Done(_) | Self::NotApplicable)
    }
}

/// What the first response said.
#[derive(Clone, Debug)]
pub(super) struct FirstResponse {
    /// Its error; `None` for a success.
    pub error: Option<StoreError>,
    /// By how many seconds the store's clock is ahead of this machine's.
    pub ahead: Option<i64>,
    /// The store's name, from its headers.
    pub server: String,
    /// Whether the store rejected the request for its time until it was signed with the store's time.
    pub was_skewed: bool,
    /// The cause proved by signing the request differently.
    pub proved: Option<(&'static str, String)>,
}

impl FirstResponse {
    /// Whether the clocks are too far apart.
    pub(super) fn is_skewed(&self) -> bool {
        self.ahead.is_some_and(|a| a.unsigned_abs() > NOTICED)
    }
}

/// Whether the bucket keeps old versions, as far as is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub(super) enum Versions {
    /// No sign of it.
    #[default]
    None,
    /// The bucket is set to.
    Enabled,
    /// It has kept some of ours.
    Kept,
}

/// Host and port of a URL, and whether it's https.
#[derive(Clone, Debug)]
pub(super) struct HostPort {
    pub host: String,
    pub port: u16,
    pub https: bool,
}

impl HostPort {
    fn of(url: &str) -> Option<Self> {
        let endpoint = Endpoint::parse(url).ok()?;
        Some(Self { host: endpoint.host.to_owned(), port: endpoint.effective_port(), https: endpoint.https })
    }
}

/// Facts about the other use cases that a step needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Neighbours {
    /// The hosts of all use cases. A proxy may replace one with another.
    pub hosts: Vec<String>,
    /// The prefixes of media in the same bucket.
    pub media_prefixes: Vec<String>,
    /// The prefix of events, if they're in the same bucket.
    pub event_prefix: Option<String>,
    /// Whether this use case queries the bucket's settings, rather than another one in the same bucket.
    pub queries_settings: bool,
}

/// The probing of one use case.
#[derive(Debug)]
pub(super) struct Case {
    pub subject: Subject,
    pub neighbours: Neighbours,
    pub random: [u8; 16],
    /// The prefix under which everything is written.
    pub root: String,
    /// Every step, in the order of reports.
    pub steps: Vec<StepRun>,
    pub first: Option<FirstResponse>,
    pub keys: KeyCache,
    pub link_keys: KeyCache,
    /// Added to this machine's time, in seconds.
    pub clock_offset: i64,
    /// What may exist in the store.
    pub artifacts: Vec<Artifact>,
    pub versions: Versions,
    /// Whether the identity may delete, once that's known.
    pub may_delete: Option<bool>,
    pub progress: Progress,
    pub interrupted: bool,
    /// The origin of the page that uploads, for the preflight.
    pub origin: Option<String>,
}

impl Case {
    pub(super) fn new(subject: Subject, neighbours: Neighbours, random: [u8; 16]) -> Self {
        let prefix = subject.access.as_ref().map(|a| a.requests.prefix.clone()).unwrap_or_default();
        let mut root = format!("{prefix}langfuse-doctor/");
        encode::push_hex(&mut root, &random);
        root.push('-');
        root.push_str(subject.use_case.name());
        root.push('/');
        Self {
            origin: subject.context.page.clone(),
            subject,
            neighbours,
            random,
            root,
            steps: Vec::new(),
            first: None,
            keys: KeyCache::new(),
            link_keys: KeyCache::new(),
            clock_offset: 0,
            artifacts: Vec::new(),
            versions: Versions::default(),
            may_delete: None,
            progress: Progress::default(),
            interrupted: false,
        }
    }

    pub(super) fn state(&self, step: Step) -> &State {
        self.steps.iter().find(|s| s.step == step).map_or(&State::NotApplicable, |s| &s.state)
    }

    pub(super) fn set(&mut self, step: Step, state: State) {
        if let Some(run) = self.steps.iter_mut().find(|s| s.step == step) {
            run.state = state;
        }
    }

    /// How many requests a step has made so far.
    pub(super) fn requests_made(&self, step: Step) -> u32 {
        self.steps.iter().find(|s| s.step == step).map_or(0, |s| s.requests)
    }

    pub(super) fn count_request(&mut self, step: Step) {
        if let Some(run) = self.steps.iter_mut().find(|s| s.step == step) {
            run.requests = run.requests.saturating_add(1);
        }
    }

    /// Whether `step` passed, possibly with a warning.
    pub(super) fn passed(&self, step: Step) -> bool {
        matches!(self.state(step), State::Done(v) if matches!(v.outcome, Outcome::Pass | Outcome::Warn))
    }

    /// Whether `step` failed.
    pub(super) fn failed(&self, step: Step) -> bool {
        matches!(self.state(step), State::Done(v) if v.outcome == Outcome::Fail)
    }

    /// Whether presigned URLs go to the same origin as requests.
    pub(super) fn links_share_origin(&self) -> bool {
        self.accesses().is_some_and(|a| a.requests.place.origin() == link_origin(&a.links))
    }

    pub(super) fn accesses(&self) -> Option<&Accesses> {
        self.subject.access.as_ref().ok()
    }

    pub(super) fn on_azure(&self) -> bool {
        self.accesses().is_some_and(|a| matches!(a.requests.place, Place::Azure { .. }))
    }

    /// Why `url` can only be reached from inside, judging by its name.
    pub(super) fn inside_only(&self, url: &str) -> Option<&'static str> {
        let context = &self.subject.context;
        let endpoint = Endpoint::parse(url).ok()?;
        match () {
            () if context.inside => None,
            () if context.route.as_ref().is_some_and(|r| r.host.eq_ignore_ascii_case(endpoint.host)) => None,
            () if endpoint.is_loopback() && context.in_container => Some("localhost is the container itself"),
            () if endpoint.is_internal() => Some("a name on the deployment's own network"),
            () => None,
        }
    }

    /// The address of requests, or of presigned URLs.
    pub(super) fn host_port(&self, links: bool) -> Option<HostPort> {
        let accesses = self.accesses()?;
        HostPort::of(&if links { link_origin(&accesses.links) } else { accesses.requests.place.origin() })
    }

    /// The full name of the variable of `role`.
    pub(super) fn variable(&self, role: Role) -> Option<String> {
        slot(self.subject.use_case, role).map(|v| v.name().to_owned())
    }

    /// The variable that sets the host of presigned URLs.
    pub(super) fn link_variable(&self) -> Option<String> {
        let role = if self.subject.use_case == UseCase::Exports { Role::ExternalEndpoint } else { Role::Endpoint };
        self.variable(role)
    }

    /// A key under the doctor's own prefix.
    pub(super) fn key(&self, name: &str) -> String {
        format!("{}{name}", self.root)
    }

    pub(super) fn time(&self, now: Timestamp) -> Timestamp {
        let seconds = now.unix().saturating_add_signed(self.clock_offset);
        Timestamp::from_unix(seconds).unwrap_or(now)
    }

    /// A request signed as the worker.
    pub(super) fn request(&mut self, now: Timestamp, make: impl FnOnce(&mut Signing<'_>) -> Made) -> Next {
        let at = self.time(now);
        let Ok(accesses) = &self.subject.access else { return StepResult::skip("no address").into() };
        let who = signer(&accesses.requests, &accesses.local_credentials);
        let mut signing = Signing { access: &accesses.requests, who, keys: &mut self.keys, at };
        match make(&mut signing) {
            Ok(request) => Next::Send(ProbeRequest::Http(request)),
            Err(error) => StepResult::invalid_request(&error).into(),
        }
    }

    /// Something signed as web.
    pub(super) fn as_web<T>(&mut self, now: Timestamp, make: impl FnOnce(&mut Signing<'_>) -> T) -> Option<T> {
        let at = self.time(now);
        let Ok(accesses) = &self.subject.access else { return None };
        let who = signer(&accesses.links, &accesses.local_credentials);
        Some(make(&mut Signing { access: &accesses.links, who, keys: &mut self.link_keys, at }))
    }

    /// Head and body of a response. A fault becomes a result.
    pub(super) fn response(&self, answer: Answer) -> Result<(Parts, Vec<u8>), StepResult> {
        match answer {
            Answer::Response(response) => Ok(response.into_parts()),
            Answer::Fault(fault, detail) => Err(StepResult::transport_failure(fault, &detail)),
            Answer::Done(_) => Err(StepResult::skip("no HTTP response")),
        }
    }

    /// Registers something to delete. Call this before the request that creates it.
    pub(super) fn track(&mut self, artifact: Artifact) {
        if !self.artifacts.contains(&artifact) {
            self.artifacts.push(artifact);
        }
    }

    /// It doesn't exist, or no longer.
    pub(super) fn untrack(&mut self, artifact: &Artifact) {
        self.artifacts.retain(|a| a != artifact);
    }

    /// A 4xx means that no object was created. A 5xx may come after the store created it.
    pub(super) fn untrack_rejected(&mut self, key: &str, error: &StoreError) {
        if matches!(error.status, 400..=499) {
            self.untrack(&Artifact::Object { key: key.to_owned() });
        }
    }

    /// Notes whether the store kept a version, according to a response's headers.
    pub(super) fn note_version(&mut self, head: &Parts) {
        let version = head.headers.get("x-amz-version-id").and_then(|v| v.to_str().ok());
        if version.is_some_and(|v| v != "null") {
            self.versions = Versions::Kept;
        }
    }
}

/// The credentials that sign for `access`.
fn signer<'a>(access: &'a Access, found: &'a LocalCredentials) -> Option<&'a Credentials> {
    match (&access.place, found) {
        (Place::S3 { identity: Identity::Keys(credentials), .. }, _)
        | (Place::S3 { .. }, LocalCredentials::Found { credentials, .. }) => Some(credentials),
        _ => None,
    }
}

/// `scheme://host[:port]` of presigned URLs.
pub(super) fn link_origin(access: &Access) -> String {
    match &access.place {
        Place::S3 { link_target, .. } => link_target.origin(),
        Place::Azure { target, external, .. } => {
            let origin = external.as_deref().and_then(|e| Endpoint::parse(e).ok().map(|e| e.origin()));
            origin.unwrap_or_else(|| target.origin())
        }
    }
}

/// During `action`.
pub(super) fn during(action: Action) -> Circumstance {
    Circumstance { action: Some(action), presigned: false }
}

/// On a presigned URL.
pub(super) fn during_presigned(action: Action) -> Circumstance {
    Circumstance { action: Some(action), presigned: true }
}

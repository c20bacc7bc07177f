//! One use case while it's probed: what is known so far, and what was created and must be deleted.

use http::response::Parts;

use crate::config::endpoint::Endpoint;
use crate::sign::{Credentials, KeyCache, Timestamp, encode};
use crate::storage::access::{Identity, Place};
use crate::storage::cause::{Action, Circumstance};
use crate::storage::{Access, Fault, StoreError};
use crate::variable::{Role, UseCase, slot};

use super::finding::{Next, Outcome, Verdict};
use super::request::{Made, Signing};
use super::step::{STEPS, Step};
use super::subject::{Accesses, Found, Subject};
use super::transport::{Answer, Ask};

/// A step's state.
#[derive(Clone, Debug)]
pub(super) enum State {
    /// It doesn't apply to this use case.
    Absent,
    /// Not started.
    Waiting,
    /// A request is in flight.
    Running,
    /// Ended.
    Over(Verdict),
}

/// What the first response said.
#[derive(Clone, Debug)]
pub(super) struct First {
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

/// Something that we may have created in the store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Thing {
    /// An object.
    Object {
        /// The full key.
        key: String,
    },
    /// One version of an object, or a delete marker.
    Version {
        /// The full key.
        key: String,
        /// The version ID.
        id: String,
    },
    /// A multipart upload; its ID is `None` if the response with it was lost.
    Upload {
        /// The full key.
        key: String,
        /// The upload ID.
        id: Option<String>,
    },
    /// Uncommitted blocks on Azure.
    Blocks {
        /// The full key.
        key: String,
    },
}

impl Thing {
    /// Its key.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Object { key } | Self::Version { key, .. } | Self::Upload { key, .. } | Self::Blocks { key } => key,
        }
    }

    /// `object`, `version`, `upload`, `blocks`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Object { .. } => "object",
            Self::Version { .. } => "version",
            Self::Upload { .. } => "upload",
            Self::Blocks { .. } => "blocks",
        }
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
    pub asks_facts: bool,
}

/// The probing of one use case.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts")]
pub(super) struct Case {
    pub subject: Subject,
    pub neighbours: Neighbours,
    /// The prefix under which everything is written.
    pub root: String,
    pub states: Vec<(Step, State, u32)>,
    pub first: Option<First>,
    pub keys: KeyCache,
    pub link_keys: KeyCache,
    /// Added to this machine's time, in seconds.
    pub ahead: i64,
    pub things: Vec<Thing>,
    /// What couldn't be deleted, and why.
    pub stuck: Vec<(Thing, String)>,
    /// Whether the bucket keeps versions.
    pub versioned: bool,
    /// Whether it keeps versions of our objects.
    pub kept_versions: bool,
    pub removable: Option<bool>,
    /// Ways to sign the first request that are still untried, last one first.
    pub variants: Vec<super::server::Variant>,
    /// The way in use now.
    pub trying: Option<super::server::Variant>,
    /// The first request's failure, while we find out whether the port speaks TLS.
    pub hung_up: Option<(Fault, String)>,
    pub uploads: super::parts::Uploads,
    pub removal: super::removal::Removal,
    pub interrupted: bool,
    pub read_only: bool,
    /// The origin of the page that uploads, for the preflight.
    pub origin: Option<String>,
}

impl Case {
    pub(super) fn new(subject: Subject, neighbours: Neighbours, random: &[u8; 16], read_only: bool) -> Self {
        let prefix = subject.access.as_ref().map(|a| a.requests.prefix.clone()).unwrap_or_default();
        let mut root = format!("{prefix}langfuse-doctor/");
        encode::push_hex(&mut root, random);
        root.push('-');
        root.push_str(subject.use_case.name());
        root.push('/');
        let mut case = Self {
            origin: subject.surroundings.page.clone(),
            subject,
            neighbours,
            root,
            states: Vec::new(),
            first: None,
            keys: KeyCache::new(),
            link_keys: KeyCache::new(),
            ahead: 0,
            things: Vec::new(),
            stuck: Vec::new(),
            versioned: false,
            kept_versions: false,
            removable: None,
            variants: Vec::new(),
            trying: None,
            hung_up: None,
            uploads: super::parts::Uploads::default(),
            removal: super::removal::Removal::default(),
            interrupted: false,
            read_only,
        };
        case.states = STEPS
            .iter()
            .map(|row| {
                let here = case.concerns(row.step);
                (row.step, if here { State::Waiting } else { State::Absent }, 0)
            })
            .collect();
        case
    }

    /// Whether `step` applies to this use case.
    fn concerns(&self, step: Step) -> bool {
        let row = step.row();
        let use_case = self.subject.use_case;
        if !row.use_cases.contains(&use_case) {
            return false;
        }
        let Ok(accesses) = &self.subject.access else { return step == Step::Configuration };
        if row.only_s3 && matches!(accesses.requests.place, Place::Azure { .. }) {
            return false;
        }
        let named = |url: &str| Endpoint::parse(url).is_ok_and(|e| e.ip.is_none());
        let secure = |url: &str| url.starts_with("https:");
        let (requests, links) = (accesses.requests.place.origin(), link_origin(&accesses.links));
        match step {
            Step::Resolve => named(&requests) || self.inside_only(&requests).is_some(),
            Step::Tls => secure(&requests),
            Step::LinkResolve => requests != links && named(&links),
            Step::LinkConnect => requests != links,
            Step::LinkTls => requests != links && secure(&links),
            Step::Versioning | Step::Lifecycle | Step::Encryption | Step::ObjectLock => self.neighbours.asks_facts,
            Step::Cleanup => !self.read_only,
            _ => true,
        }
    }

    pub(super) fn state(&self, step: Step) -> &State {
        self.states.iter().find(|(s, ..)| *s == step).map_or(&State::Absent, |(_, state, _)| state)
    }

    pub(super) fn set(&mut self, step: Step, state: State) {
        if let Some(cell) = self.states.iter_mut().find(|(s, ..)| *s == step) {
            cell.1 = state;
        }
    }

    /// How many requests a step has made so far.
    pub(super) fn turn(&self, step: Step) -> u32 {
        self.states.iter().find(|(s, ..)| *s == step).map_or(0, |(.., turn)| *turn)
    }

    pub(super) fn count_turn(&mut self, step: Step) {
        if let Some(cell) = self.states.iter_mut().find(|(s, ..)| *s == step) {
            cell.2 = cell.2.saturating_add(1);
        }
    }

    pub(super) fn is_over(&self, step: Step) -> bool {
        matches!(self.state(step), State::Over(_) | State::Absent)
    }

    /// Whether the steps after `step` may run; `None` while that's open. A step that doesn't apply passes on the result
    /// of the steps before it. If presigned URLs go to the same origin as requests, the requests' network steps count
    /// for both.
    pub(super) fn allows(&self, step: Step) -> Option<bool> {
        match self.state(step) {
            State::Over(verdict) => Some(verdict.open),
            State::Waiting | State::Running => None,
            State::Absent => {
                let mut allowed = Some(true);
                let same = [Step::Tls];
                let also: &[Step] = if step == Step::LinkResolve && self.links_go_the_same_way() { &same } else { &[] };
                for before in step.row().after.iter().chain(also) {
                    match self.allows(*before) {
                        Some(true) => {}
                        Some(false) => return Some(false),
                        None => allowed = None,
                    }
                }
                allowed
            }
        }
    }

    /// Whether `step` passed, possibly with a warning.
    pub(super) fn passed(&self, step: Step) -> bool {
        matches!(self.state(step), State::Over(v) if matches!(v.outcome, Outcome::Pass | Outcome::Warn))
    }

    /// Whether `step` failed.
    pub(super) fn failed(&self, step: Step) -> bool {
        matches!(self.state(step), State::Over(v) if v.outcome == Outcome::Fail)
    }

    fn links_go_the_same_way(&self) -> bool {
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
        let around = &self.subject.surroundings;
        let endpoint = Endpoint::parse(url).ok()?;
        match () {
            () if around.inside => None,
            () if endpoint.is_loopback() && around.in_container => Some("localhost is the container itself"),
            () if endpoint.is_internal() => Some("a name on the deployment's own network"),
            () => None,
        }
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
        let seconds = now.unix().saturating_add_signed(self.ahead);
        Timestamp::from_unix(seconds).unwrap_or(now)
    }

    /// A request signed as the worker.
    pub(super) fn request(&mut self, now: Timestamp, make: impl FnOnce(&mut Signing<'_>) -> Made) -> Next {
        let at = self.time(now);
        let Ok(accesses) = &self.subject.access else { return Verdict::skip("no address").into() };
        let who = signer(&accesses.requests, &accesses.found);
        let mut signing = Signing { access: &accesses.requests, who, keys: &mut self.keys, at };
        match make(&mut signing) {
            Ok(request) => Next::Ask(Ask::Http(request)),
            Err(error) => Verdict::impossible(&error).into(),
        }
    }

    /// Something signed as web.
    pub(super) fn as_web<T>(&mut self, now: Timestamp, make: impl FnOnce(&mut Signing<'_>) -> T) -> Option<T> {
        let at = self.time(now);
        let Ok(accesses) = &self.subject.access else { return None };
        let who = signer(&accesses.links, &accesses.found);
        Some(make(&mut Signing { access: &accesses.links, who, keys: &mut self.link_keys, at }))
    }

    /// Head and body of a response. A fault becomes a verdict.
    pub(super) fn response(&self, answer: Answer) -> Result<(Parts, Vec<u8>), Verdict> {
        match answer {
            Answer::Response(response) => Ok(response.into_parts()),
            Answer::Fault(fault, detail) => Err(Verdict::faulty(fault, &detail)),
            Answer::Done(_) => Err(Verdict::skip("no HTTP response")),
        }
    }

    pub(super) fn make(&mut self, thing: Thing) {
        if !self.things.contains(&thing) {
            self.things.push(thing);
        }
    }

    pub(super) fn unmake(&mut self, thing: &Thing) {
        self.things.retain(|t| t != thing);
    }
}

/// The credentials that sign for `access`.
fn signer<'a>(access: &'a Access, found: &'a Found) -> Option<&'a Credentials> {
    match (&access.place, found) {
        (Place::S3 { identity: Identity::Keys(credentials), .. }, _)
        | (Place::S3 { .. }, Found::Credentials { credentials, .. }) => Some(credentials),
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
pub(super) fn doing(action: Action) -> Circumstance {
    Circumstance { action: Some(action), presigned: false }
}

/// On a presigned URL.
pub(super) fn on_link(action: Action) -> Circumstance {
    Circumstance { action: Some(action), presigned: true }
}

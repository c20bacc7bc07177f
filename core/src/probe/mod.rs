//! The doctor as a sans-IO state machine.
//!
//! [`Probe::next`] returns every request that can be made now, for all use cases; the caller makes them in parallel and
//! passes each answer to [`Probe::answer`]. Time, randomness and credentials come in as arguments. The doctor touches
//! only what it created: every key is under a random prefix, `<prefix>langfuse-doctor/<random>-<use case>/`, and is
//! deleted at the end, even after [`Probe::interrupt`].
//!
//! A step is a [`Row`] with its functions, in a file of `steps/`; [`row`] lists them. Imports go one way only: what a
//! [`Case`] knows is below it, the steps are above it, and the table is above the steps. The findings are explained in
//! [`crate::storage::cause::CAUSES`].

mod artifact;
mod body;
mod case;
mod event;
mod merge;
mod progress;
pub mod report;
mod result;
mod row;
mod signing;
mod step;
mod steps;
pub mod subject;
mod table;
mod transport;

pub use artifact::Artifact;
pub use event::Event;
pub use result::Outcome;
pub use row::Row;
pub use step::Step;
pub use subject::{LocalCredentials, Plan, Subject};
pub use table::row;
pub use transport::{Answer, ProbeRequest, Ticket};

use crate::config::endpoint::Endpoint;
use crate::sign::Timestamp;
use crate::variable::UseCase;

use case::{Case, Neighbours, State, StepRun};
use result::{Next, StepResult};
use row::Work;

/// How to probe.
#[derive(Clone, Debug, Default)]
pub struct ProbeOptions {
    /// Write nothing.
    pub read_only: bool,
    /// The origin of the page that uploads media, instead of Langfuse's own.
    pub origin: Option<String>,
}

/// A running doctor.
#[derive(Debug)]
pub struct Probe {
    cases: Vec<Case>,
    idle: Vec<(UseCase, &'static str)>,
    read_only: bool,
    interrupted: bool,
}

/// A step that has ended, for progress output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FinishedStep {
    /// The use case.
    pub use_case: UseCase,
    /// The step.
    pub step: Step,
    /// Its outcome.
    pub outcome: Outcome,
}

impl Probe {
    /// Starts. `random` names the prefixes and must not be used twice.
    #[must_use]
    pub fn new(plan: Plan, options: ProbeOptions, random: [u8; 16]) -> Self {
        let ProbeOptions { read_only, origin } = options;
        let all: Vec<Subject> = plan.subjects;
        let cases = all
            .iter()
            .enumerate()
            .map(|(at, subject)| {
                let mut case = Case::new(subject.clone(), neighbours(&all, at), random);
                if origin.is_some() {
                    case.origin.clone_from(&origin);
                }
                case.steps = Step::ALL.iter().map(|step| planned(&case, *step, read_only)).collect();
                case
            })
            .collect();
        Self { cases, idle: plan.idle, read_only, interrupted: false }
    }

    /// Every request that can be made now. Empty while responses are pending, and at the end.
    pub fn next(&mut self, now: Timestamp) -> Vec<(Ticket, ProbeRequest)> {
        let read_only = self.read_only;
        let mut requests = Vec::new();
        for (at, case) in self.cases.iter_mut().enumerate() {
            // Steps that make no request may unblock others.
            while let Some(step) = ready(case) {
                let next = begin(case, step, read_only, now);
                if let Some(request) = settle(case, step, next) {
                    requests.push((Ticket { case: at, step }, request));
                }
            }
        }
        requests
    }

    /// Takes an answer. An answer without a request is ignored.
    pub fn answer(&mut self, ticket: Ticket, answer: Answer, now: Timestamp) -> Vec<(Ticket, ProbeRequest)> {
        let step = ticket.step;
        if let Some(case) = self.cases.get_mut(ticket.case).filter(|c| matches!(c.state(step), State::Running)) {
            let next = on_response(case, step, answer, now);
            if let Some(request) = settle(case, step, next) {
                return vec![(ticket, request)];
            }
        }
        self.next(now)
    }

    /// Starts nothing more except the cleanup. Pass in the answers that are still pending: what those requests created
    /// must be deleted, too.
    pub fn interrupt(&mut self) {
        self.interrupted = true;
        for case in &mut self.cases {
            case.interrupted = true;
            for run in &mut case.steps {
                if matches!(run.state, State::Waiting) && run.step != Step::Cleanup {
                    run.state = State::Done(StepResult::skip("interrupted"));
                }
            }
        }
    }

    /// Whether everything has ended.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.cases.iter().all(|case| case.steps.iter().all(|s| s.state.is_done()))
    }

    /// How many steps have ended, and how many there are.
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        let steps = || self.cases.iter().flat_map(|c| &c.steps).filter(|s| !matches!(s.state, State::NotApplicable));
        (steps().filter(|s| s.state.is_done()).count(), steps().count())
    }

    /// The steps that are waiting for a response, for progress output.
    #[must_use]
    pub fn running(&self) -> Vec<(UseCase, Step)> {
        let of = |case: &Case| {
            let use_case = case.subject.use_case;
            let running = case.steps.iter().filter(|s| matches!(s.state, State::Running));
            running.map(|s| (use_case, s.step)).collect::<Vec<_>>()
        };
        self.cases.iter().flat_map(of).collect()
    }

    /// The steps that have ended so far, in the order of the table.
    #[must_use]
    pub fn finished(&self) -> Vec<FinishedStep> {
        let of = |case: &Case| {
            let use_case = case.subject.use_case;
            let finished = case.steps.iter().filter_map(move |run| match &run.state {
                State::Done(result) => Some(FinishedStep { use_case, step: run.step, outcome: result.outcome }),
                _ => None,
            });
            finished.collect::<Vec<_>>()
        };
        self.cases.iter().flat_map(of).collect()
    }

    /// What this probe may have created in the store.
    #[must_use]
    pub fn artifacts(&self) -> Vec<(UseCase, Artifact)> {
        let of = |case: &Case| {
            let use_case = case.subject.use_case;
            case.artifacts.iter().map(|a| (use_case, a.clone())).collect::<Vec<_>>()
        };
        self.cases.iter().flat_map(of).collect()
    }
}

/// A step of `case` before it starts.
fn planned(case: &Case, step: Step, read_only: bool) -> StepRun {
    let applies = row(step).applies_to(case) && !(read_only && step == Step::Cleanup);
    StepRun { step, state: if applies { State::Waiting } else { State::NotApplicable }, requests: 0 }
}

/// The next step that can start.
fn ready(case: &Case) -> Option<Step> {
    let can_start = |step: Step| {
        if step == Step::Cleanup {
            return case.steps.iter().all(|other| other.step == Step::Cleanup || other.state.is_done());
        }
        let row = row(step);
        row.after.iter().all(|b| allows(case, *b).is_some()) && row.waits.iter().all(|b| case.state(*b).is_done())
    };
    let mut waiting = case.steps.iter().filter(|s| matches!(s.state, State::Waiting)).map(|s| s.step);
    waiting.find(|step| can_start(*step))
}

/// Whether the steps after `step` may run; `None` while that's open. A step that doesn't apply passes on the result
/// of the steps before it. If presigned URLs go to the same origin as requests, the requests' network steps count
/// for both.
fn allows(case: &Case, step: Step) -> Option<bool> {
    match case.state(step) {
        State::Done(result) => Some(result.unblocks),
        State::Waiting | State::Running => None,
        State::NotApplicable => {
            let mut allowed = Some(true);
            let same = [Step::Tls];
            let also: &[Step] = if step == Step::LinkResolve && case.links_share_origin() { &same } else { &[] };
            for before in row(step).after.iter().chain(also) {
                match allows(case, *before) {
                    Some(true) => {}
                    Some(false) => return Some(false),
                    None => allowed = None,
                }
            }
            allowed
        }
    }
}

fn begin(case: &mut Case, step: Step, read_only: bool, now: Timestamp) -> Next {
    let row = row(step);
    if step != Step::Cleanup {
        if let Some(before) = row.after.iter().find(|b| allows(case, **b) == Some(false)) {
            return StepResult::skip(format!("after {}", before.name())).into();
        }
    }
    if read_only && row.writes {
        return StepResult::skip_only("--read-only").into();
    }
    if row.bypasses_proxy && case.subject.context.through_proxy {
        return StepResult::skip_only("requests go through a proxy").into();
    }
    match row.work {
        Work::Evaluate(evaluate) => evaluate(case).into(),
        Work::Request { begin, .. } => begin(case, now),
    }
}

fn on_response(case: &mut Case, step: Step, answer: Answer, now: Timestamp) -> Next {
    match row(step).work {
        Work::Request { on_response, .. } => on_response(case, answer, now),
        Work::Evaluate(evaluate) => evaluate(case).into(),
    }
}

/// Ends or continues a step.
fn settle(case: &mut Case, step: Step, next: Next) -> Option<ProbeRequest> {
    match next {
        Next::Send(_) if case.interrupted && step != Step::Cleanup => {
            case.set(step, State::Done(StepResult::skip("interrupted")));
            None
        }
        Next::Send(request) => {
            case.count_request(step);
            case.set(step, State::Running);
            Some(request)
        }
        Next::Done(result) => {
            case.set(step, State::Done(result));
            None
        }
    }
}

/// What the subject at `at` needs to know about the others.
fn neighbours(all: &[Subject], at: usize) -> Neighbours {
    let mut out = Neighbours::default();
    let spot = |subject: &Subject| {
        let place = &subject.access.as_ref().ok()?.requests.place;
        Some((place.origin(), place.bucket().to_owned()))
    };
    let own = all.get(at).and_then(spot);
    for other in all {
        let Ok(accesses) = &other.access else { continue };
        for url in [accesses.requests.place.origin(), case::link_origin(&accesses.links)] {
            // The `Host` header.
            let host = url.split_once("://").map_or("", |(_, host)| host).to_owned();
            if Endpoint::parse(&url).is_ok() && !out.hosts.contains(&host) {
                out.hosts.push(host);
            }
        }
        if spot(other) != own {
            continue;
        }
        match other.use_case {
            UseCase::Media => out.media_prefixes.push(accesses.requests.prefix.clone()),
            UseCase::Events => out.event_prefix = Some(accesses.requests.prefix.clone()),
            _ => {}
        }
    }
    out.queries_settings = !all.iter().take(at).any(|other| spot(other) == own) && own.is_some();
    out
}

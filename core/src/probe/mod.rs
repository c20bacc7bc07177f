//! The doctor as a sans-IO state machine.
//!
//! [`Probe::next`] returns every request that can be made now, for all use cases; the caller makes them in parallel and
//! passes each answer to [`Probe::answer`]. Time, randomness and credentials come in as arguments. The doctor touches
//! only what it created: every key is under a random prefix, `<prefix>langfuse-doctor/<random>-<use case>/`, and is
//! deleted at the end, even after [`Probe::interrupt`].
//!
//! The steps are in [`step::STEPS`]; the findings are explained in [`crate::storage::cause::CAUSES`].

mod case;
mod csp;
mod facts;
mod finding;
mod link;
mod network;
mod object;
mod parts;
mod removal;
pub mod report;
mod request;
mod server;
pub mod step;
pub mod subject;
mod transport;

pub use case::Thing;
pub use finding::Outcome;
pub use step::{STEPS, Step};
pub use subject::{Found, Plan, Subject};
pub use transport::{Answer, Ask, Ticket};

use crate::config::endpoint::Endpoint;
use crate::report::Severity;
use crate::sign::Timestamp;
use crate::storage::access::Place;
use crate::storage::{NoAccess, azure};
use crate::variable::UseCase;

use case::{Case, Neighbours, State};
use finding::{Finding, Next, Verdict};

/// How to probe.
#[derive(Clone, Debug, Default)]
pub struct Options {
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
    random: [u8; 16],
    options: Options,
    interrupted: bool,
}

/// A step that has ended, for progress output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ended {
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
    pub fn new(plan: Plan, options: Options, random: [u8; 16]) -> Self {
        let all: Vec<Subject> = plan.subjects;
        let cases = all
            .iter()
            .enumerate()
            .map(|(at, subject)| {
                let mut case = Case::new(subject.clone(), neighbours(&all, at), &random, options.read_only);
                if options.origin.is_some() {
                    case.origin.clone_from(&options.origin);
                }
                case
            })
            .collect();
        Self { cases, idle: plan.idle, random, options, interrupted: false }
    }

    /// Every request that can be made now. Empty while responses are pending, and at the end.
    pub fn next(&mut self, now: Timestamp) -> Vec<(Ticket, Ask)> {
        let mut asked = Vec::new();
        for at in 0..self.cases.len() {
            // Steps that make no request may unblock others.
            while let Some(step) = self.cases.get(at).and_then(ready) {
                let next = self.begin(at, step, now);
                if let Some(ask) = self.settle(at, step, next) {
                    asked.push((Ticket { case: at, step }, ask));
                }
            }
        }
        asked
    }

    /// Takes an answer. An answer without a request is ignored.
    pub fn answer(&mut self, ticket: Ticket, answer: Answer, now: Timestamp) -> Vec<(Ticket, Ask)> {
        let Ticket { case: at, step } = ticket;
        let running = self.cases.get(at).is_some_and(|c| matches!(c.state(step), State::Running));
        if running {
            let next = self.hear(at, step, answer, now);
            if let Some(ask) = self.settle(at, step, next) {
                return vec![(ticket, ask)];
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
            for (step, state, _) in &mut case.states {
                if matches!(state, State::Waiting) && *step != Step::Cleanup {
                    *state = State::Over(Verdict::skip("interrupted"));
                }
            }
        }
    }

    /// Whether everything has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.cases.iter().all(|case| case.states.iter().all(|(_, state, _)| is_over(state)))
    }

    /// How many steps have ended, and how many there are.
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        let states = || self.cases.iter().flat_map(|c| &c.states).filter(|(_, s, _)| !matches!(s, State::Absent));
        (states().filter(|(_, s, _)| is_over(s)).count(), states().count())
    }

    /// The steps that are waiting for a response, for progress output.
    #[must_use]
    pub fn running(&self) -> Vec<(UseCase, Step)> {
        let of = |case: &Case| {
            let use_case = case.subject.use_case;
            let running = case.states.iter().filter(|(_, state, _)| matches!(state, State::Running));
            running.map(|(step, ..)| (use_case, *step)).collect::<Vec<_>>()
        };
        self.cases.iter().flat_map(of).collect()
    }

    /// The steps that have ended so far, in the order of the table.
    #[must_use]
    pub fn ended(&self) -> Vec<Ended> {
        let of = |case: &Case| {
            let use_case = case.subject.use_case;
            let over = case.states.iter().filter_map(move |(step, state, _)| match state {
                State::Over(verdict) => Some(Ended { use_case, step: *step, outcome: verdict.outcome }),
                _ => None,
            });
            over.collect::<Vec<_>>()
        };
        self.cases.iter().flat_map(of).collect()
    }

    /// What this probe may have created in the store.
    #[must_use]
    pub fn made(&self) -> Vec<(UseCase, Thing)> {
        let of = |case: &Case| {
            let use_case = case.subject.use_case;
            case.things.iter().map(|t| (use_case, t.clone())).collect::<Vec<_>>()
        };
        self.cases.iter().flat_map(of).collect()
    }

    /// Ends or continues a step.
    fn settle(&mut self, at: usize, step: Step, next: Next) -> Option<Ask> {
        let case = self.cases.get_mut(at)?;
        match next {
            Next::Ask(_) if case.interrupted && step != Step::Cleanup => {
                case.set(step, State::Over(Verdict::skip("interrupted")));
                None
            }
            Next::Ask(ask) => {
                case.count_turn(step);
                case.set(step, State::Running);
                Some(ask)
            }
            Next::End(verdict) => {
                case.set(step, State::Over(verdict));
                None
            }
        }
    }

    fn begin(&mut self, at: usize, step: Step, now: Timestamp) -> Next {
        let (read_only, random) = (self.options.read_only, self.random);
        let Some(case) = self.cases.get_mut(at) else { return Verdict::skip("").into() };
        let row = step.row();
        if step != Step::Cleanup {
            if let Some(before) = row.after.iter().find(|b| case.allows(**b) == Some(false)) {
                return Verdict::skip(format!("after {}", before.name())).into();
            }
        }
        if read_only && row.writes {
            return Verdict::pass_over("--read-only").into();
        }
        let way = matches!(
            step,
            Step::Resolve | Step::Connect | Step::Tls | Step::LinkResolve | Step::LinkConnect | Step::LinkTls
        );
        if case.subject.surroundings.through_proxy && way {
            return Verdict::pass_over("requests go through a proxy").into();
        }
        match step {
            Step::Configuration => configuration(case).into(),
            Step::Resolve | Step::Connect | Step::Tls | Step::LinkResolve | Step::LinkConnect | Step::LinkTls => {
                case.begin_way(step)
            }
            Step::Server => case.begin_server(now),
            Step::Clock => case.begin_clock(),
            Step::Identity => case.begin_identity(),
            Step::Region => case.begin_region(),
            Step::Bucket => case.begin_bucket(),
            Step::MissingKey => case.begin_missing_key(),
            Step::List => case.begin_list(now),
            Step::DeleteRight => case.begin_delete_right(now),
            Step::Put | Step::OddKey | Step::LongKey => case.begin_put(step, now),
            Step::Get => case.begin_get(now),
            Step::Parts => case.begin_parts(now, &random),
            Step::Abort => case.begin_abort(now),
            Step::LinkHost => case.begin_link_host(),
            Step::LinkGet => case.begin_link_get(now),
            Step::LinkPut | Step::LinkChecksum => case.begin_link_put(step, now),
            Step::Cors => case.begin_cors(now),
            Step::Csp => case.begin_csp(),
            Step::PublicAccess => case.begin_public_access(),
            Step::Versioning | Step::Lifecycle | Step::Encryption | Step::ObjectLock => case.begin_fact(step, now),
            Step::Delete => case.begin_delete(now),
            Step::Cleanup => case.begin_cleanup(now),
        }
    }

    fn hear(&mut self, at: usize, step: Step, answer: Answer, now: Timestamp) -> Next {
        let Some(case) = self.cases.get_mut(at) else { return Verdict::skip("").into() };
        match step {
            Step::Resolve | Step::Connect | Step::Tls | Step::LinkResolve | Step::LinkConnect | Step::LinkTls => {
                case.hear_way(step, answer)
            }
            Step::Server => case.hear_server(answer, now),
            Step::List => case.hear_list(answer),
            Step::DeleteRight => case.hear_delete_right(answer),
            Step::Put | Step::OddKey | Step::LongKey => case.hear_put(step, answer, now),
            Step::Get => case.hear_get(step, answer),
            Step::Parts => case.hear_parts(answer, now),
            Step::Abort => case.hear_abort(answer, now),
            Step::LinkGet => case.hear_link_get(answer),
            Step::LinkPut | Step::LinkChecksum => case.hear_link_put(step, answer),
            Step::Cors => case.hear_cors(answer),
            Step::Csp => case.hear_csp(answer),
            Step::PublicAccess => case.hear_public_access(answer),
            Step::Versioning | Step::Lifecycle | Step::Encryption | Step::ObjectLock => case.hear_fact(step, answer),
            Step::Delete => case.hear_delete(answer, now),
            Step::Cleanup => case.hear_cleanup(answer, now),
            // They make no request.
            Step::Configuration
            | Step::Clock
            | Step::Identity
            | Step::Region
            | Step::Bucket
            | Step::MissingKey
            | Step::LinkHost => Verdict::skip("").into(),
        }
    }
}

fn is_over(state: &State) -> bool {
    matches!(state, State::Over(_) | State::Absent)
}

/// The next step that can start.
fn ready(case: &Case) -> Option<Step> {
    case.states.iter().find_map(|(step, state, _)| {
        if !matches!(state, State::Waiting) {
            return None;
        }
        let ready = if *step == Step::Cleanup {
            case.states.iter().all(|(other, state, _)| *other == Step::Cleanup || is_over(state))
        } else {
            let row = step.row();
            row.after.iter().all(|b| case.allows(*b).is_some()) && row.waits.iter().all(|b| case.is_over(*b))
        };
        ready.then_some(*step)
    })
}

/// Whether the settings give an address and credentials.
fn configuration(case: &Case) -> Verdict {
    let accesses = match &case.subject.access {
        Ok(accesses) => accesses,
        Err(NoAccess::Engine(engine)) => {
            let finding = Finding::new("engine-not-probed", Severity::Hint).said(engine.name());
            return Verdict {
                finding: Some(finding),
                ..Verdict::skip(format!("{} isn't supported yet", engine.name()))
            };
        }
        Err(NoAccess::Azure(name, why)) if *why == azure::CredentialsError::Key.to_string() => {
            return Verdict::fail("azure-key-unreadable", "").about(Some((*name).to_owned()));
        }
        Err(error @ NoAccess::Hidden(name)) => {
            let command = format!("{}.", case.subject.surroundings.command);
            let finding = Finding::new("value-hidden", Severity::Hint).said(error.to_string()).more(command);
            let verdict = Verdict { finding: Some(finding), ..Verdict::skip("a required value isn't known here") };
            return verdict.about(Some(name.clone()));
        }
        Err(error) => {
            let variable = match error {
                NoAccess::Missing(name) | NoAccess::Target(name, _) | NoAccess::Azure(name, _) => (*name).to_owned(),
                NoAccess::Hidden(_) | NoAccess::Engine(_) => String::new(),
            };
            let slug = if variable.ends_with("_REGION") && matches!(error, NoAccess::Missing(_)) {
                "region-not-set"
            } else {
                "configuration-unusable"
            };
            return Verdict::fail(slug, error.to_string()).about(Some(variable));
        }
    };
    match &accesses.found {
        Found::Nobody(why) => {
            let around = &case.subject.surroundings;
            if around.inside || !accesses.requests.place.is_amazon() {
                return Verdict::fail("credentials-missing", why.clone());
            }
            let finding = Finding::new("identity-only-inside", Severity::Hint)
                .said(why.clone())
                .more(format!("{}.", around.command));
            Verdict {
                finding: Some(finding),
                ..Verdict::skip("no keys are set and this machine has none; the role exists only inside")
            }
        }
        _ => Verdict::pass(match &accesses.requests.place {
            Place::S3 { .. } => "S3",
            Place::Azure { .. } => "Azure Blob Storage",
        }),
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
    out.asks_facts = !all.iter().take(at).any(|other| spot(other) == own) && own.is_some();
    out
}

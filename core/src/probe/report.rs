//! The doctor's report, as data and as text. Findings are the same diagnostics as in `check`, printed by the same
//! renderer.

use std::fmt::{self, Write as _};

use serde::Serialize;

use crate::connect::{Route, Via, described};
use crate::redact::Redactor;
use crate::render::text;
use crate::report::{Diagnostic, Report, Severity, Summary};
use crate::source::Deployment;
use crate::storage::access::Place;
use crate::text::printable;
use crate::text::printable::escaped;
use crate::variable::UseCase;

use super::Probe;
use super::case::{Case, State, link_origin};
use super::result::{Outcome, StepResult};
use super::step::Step;
use super::table::row;

/// Width of a line of step names.
const WIDTH: usize = 80;

/// One step of one use case. In JSON every key is present, `null` if empty.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "DoctorStepReport"))]
#[serde(rename_all = "camelCase")]
pub struct StepReport {
    /// Its name.
    pub step: Step,
    /// How it ended.
    pub outcome: Outcome,
    /// A phrase; `null` for none.
    pub note: Option<String>,
    /// The cause, if one was found; `explain` prints it.
    #[cfg_attr(test, ts(type = "Cause | null"))]
    pub rule: Option<&'static str>,
    /// The steps that it waited for.
    pub after: Vec<Step>,
    /// How many requests it made, one after the other.
    pub round_trips: u32,
}

/// One use case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "DoctorUseCase"))]
#[serde(rename_all = "camelCase")]
pub struct UseCaseReport {
    /// Which use case.
    pub use_case: UseCase,
    /// `S3` or `Azure Blob Storage`; `null` if there is no address.
    #[cfg_attr(test, ts(type = r#""S3" | "Azure Blob Storage" | null"#))]
    pub engine: Option<&'static str>,
    /// Where requests go: scheme, host, port.
    pub origin: Option<String>,
    /// How requests reach that address, if not under its own name.
    pub connected_to: Option<ConnectedTo>,
    /// Where presigned URLs go.
    pub link_origin: Option<String>,
    /// Bucket or container.
    pub bucket: Option<String>,
    /// The prefix of its keys.
    pub prefix: Option<String>,
    /// What the server calls itself.
    pub server: Option<String>,
    /// The steps, in the order of the table.
    pub steps: Vec<StepReport>,
}

/// The connection of a use case's requests, if it goes elsewhere than to the endpoint's host and port.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "DoctorConnectedTo"))]
#[serde(rename_all = "camelCase")]
pub struct ConnectedTo {
    /// The endpoint's host and port.
    pub host: String,
    /// The host or address and port that the doctor connects to instead.
    pub address: String,
    /// Where a compose file publishes that port; `null` with `--connect-to`.
    pub published: Option<PublishedAt>,
}

/// Where a compose file publishes a port.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "DoctorPublishedAt"))]
#[serde(rename_all = "camelCase")]
pub struct PublishedAt {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

/// `minio:9000 via 127.0.0.1:9090, published in docker-compose.yml:153`.
impl fmt::Display for ConnectedTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let published = self.published.as_ref().map(|PublishedAt { file, line }| (file.as_str(), *line));
        f.write_str(&described(&self.host, &self.address, published))
    }
}

impl ConnectedTo {
    fn of(route: &Route) -> Self {
        let published = match &route.via {
            Via::Flag => None,
            Via::Published { file, line } => Some(PublishedAt { file: file.clone(), line: *line }),
        };
        Self { host: route.source(), address: route.destination(), published }
    }
}

/// A use case that isn't in use.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct IdleUseCase {
    /// Which use case.
    pub use_case: UseCase,
    /// Why, as a phrase.
    pub why: &'static str,
}

/// Something that couldn't be deleted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Leftover {
    /// The use case whose bucket it's in.
    pub use_case: UseCase,
    /// `object`, `version`, `upload`, `blocks`.
    #[cfg_attr(test, ts(type = r#""object" | "version" | "upload" | "blocks""#))]
    pub kind: &'static str,
    /// The full key, or the prefix.
    pub key: String,
    /// Why it is still there.
    pub why: String,
}

/// Number of steps by outcome.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StepCounts {
    /// Passed.
    pub passed: usize,
    /// With a warning.
    pub warned: usize,
    /// Failed.
    pub failed: usize,
    /// Not run, or inconclusive.
    pub skipped: usize,
}

/// The doctor's report.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "DoctorReport"))]
#[serde(rename_all = "camelCase")]
pub struct ProbeReport {
    /// Version of this format: 1.
    pub version: u32,
    /// The files that were read.
    pub read: Vec<crate::report::Read>,
    /// Whether it was interrupted.
    pub interrupted: bool,
    /// The use cases that were probed.
    pub use_cases: Vec<UseCaseReport>,
    /// The use cases that are in use and couldn't be tested from here: no store answered, and nothing is wrong.
    pub untested: Vec<UseCase>,
    /// The use cases that aren't in use.
    pub idle: Vec<IdleUseCase>,
    /// Number of steps by outcome.
    pub steps: StepCounts,
    /// What couldn't be deleted.
    pub left: Vec<Leftover>,
    /// The findings, as in `check`.
    #[cfg_attr(test, ts(type = "DoctorDiagnostic[]"))]
    pub diagnostics: Vec<Diagnostic>,
    /// Their number.
    pub summary: Summary,
}

impl StepCounts {
    fn add(&mut self, outcome: Outcome) {
        let count = match outcome {
            Outcome::Pass => &mut self.passed,
            Outcome::Warn => &mut self.warned,
            Outcome::Fail => &mut self.failed,
            Outcome::Skipped => &mut self.skipped,
        };
        *count = count.saturating_add(1);
    }
}

impl Probe {
    /// The report so far, with `redactor`'s secrets redacted.
    #[must_use]
    pub fn report(&self, deployment: &Deployment, redactor: &Redactor) -> ProbeReport {
        let mut diagnostics = Vec::new();
        let mut counts = StepCounts::default();
        let mut use_cases = Vec::new();
        for case in &self.cases {
            let mut steps = Vec::new();
            for run in &case.steps {
                let State::Done(result) = &run.state else { continue };
                counts.add(result.outcome);
                if let Some(finding) = &result.finding {
                    let subject = &case.subject;
                    let step = run.step.name();
                    let mut found = finding.diagnostic(step, subject.use_case, subject.containers, deployment);
                    if let (Severity::Error, Some(doubt)) = (found.severity, doubt(case, run.step)) {
                        let _ = write!(found.help, " {doubt}");
                    }
                    found.message = redactor.mask(&found.message);
                    found.help = redactor.mask(&found.help);
                    diagnostics.push(found);
                }
                steps.push(step_report(case, run.step, result, run.requests, redactor));
            }
            use_cases.push(use_case_report(case, steps, redactor));
        }
        let untested = |case: &&Case| {
            let use_case = case.subject.use_case;
            let is_error = |d: &Diagnostic| d.severity == Severity::Error && d.use_cases.contains(&use_case);
            case.first.is_none() && !diagnostics.iter().any(is_error)
        };
        let untested = self.cases.iter().filter(untested).map(|case| case.subject.use_case).collect();
        let left = |case: &Case| {
            let use_case = case.subject.use_case;
            let left = case.progress.cleanup.not_deleted.iter().map(move |(artifact, why)| Leftover {
                use_case,
                kind: artifact.kind(),
                key: redactor.mask(artifact.key()),
                why: redactor.mask(why),
            });
            left.collect::<Vec<_>>()
        };
        let read = deployment.texts.iter().map(crate::report::Read::of);
        let sorted = Report::new(read.collect(), diagnostics);
        ProbeReport {
            version: 1,
            interrupted: self.interrupted,
            use_cases,
            untested,
            idle: self.idle.iter().map(|(use_case, why)| IdleUseCase { use_case: *use_case, why }).collect(),
            steps: counts,
            left: self.cases.iter().flat_map(left).collect(),
            read: sorted.read,
            diagnostics: sorted.diagnostics,
            summary: sorted.summary,
        }
    }
}

/// Steps that fail if another project's store answers at a published port.
fn doubt(case: &Case, step: Step) -> Option<String> {
    let route = case.subject.context.route.as_ref().filter(|route| route.is_automatic())?;
    let is_about_store = matches!(step, Step::Tls | Step::Server | Step::Identity | Step::Region | Step::Bucket);
    is_about_store.then(|| route.doubt())
}

/// One step's part of the report.
fn step_report(case: &Case, step: Step, result: &StepResult, round_trips: u32, redactor: &Redactor) -> StepReport {
    let row = row(step);
    let before: Vec<Step> = if step == Step::Cleanup {
        case.steps.iter().filter(|s| s.step != step && s.state.is_done()).map(|s| s.step).collect()
    } else {
        row.after.iter().chain(row.waits).copied().collect()
    };
    StepReport {
        step,
        outcome: result.outcome,
        note: (!result.note.is_empty()).then(|| redactor.mask(&result.note)),
        rule: result.finding.as_ref().map(|f| f.cause.slug),
        after: before.into_iter().filter(|s| !matches!(case.state(*s), State::NotApplicable)).collect(),
        round_trips,
    }
}

/// One use case's part.
fn use_case_report(case: &Case, steps: Vec<StepReport>, redactor: &Redactor) -> UseCaseReport {
    let accesses = case.accesses();
    let place = accesses.map(|a| &a.requests.place);
    UseCaseReport {
        use_case: case.subject.use_case,
        engine: place.map(|p| match p {
            Place::S3 { .. } => "S3",
            Place::Azure { .. } => "Azure Blob Storage",
        }),
        origin: place.map(|p| redactor.mask(&p.origin())),
        connected_to: case.subject.context.route.as_ref().map(ConnectedTo::of),
        link_origin: accesses.map(|a| redactor.mask(&link_origin(&a.links))),
        bucket: place.map(|p| redactor.mask(p.bucket())),
        prefix: accesses.map(|a| redactor.mask(&a.requests.prefix)),
        server: case.first.as_ref().map(|f| redactor.mask(&f.server)),
        steps,
    }
}

impl ProbeReport {
    /// As indented JSON with a trailing newline.
    #[must_use]
    pub fn json(&self) -> String {
        // Strings and numbers only: serialization can't fail.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        printable::json(text)
    }

    /// As text: the use cases with their steps, then the findings.
    #[must_use]
    pub fn text(&self, deployment: &Deployment, style: text::Style) -> String {
        let mut out = String::new();
        for case in &self.use_cases {
            self.case(&mut out, case, style);
        }
        for idle in &self.idle {
            let _ = writeln!(out, "{:<9}  not in use: {}", idle.use_case.name(), escaped(idle.why));
        }
        let own: Vec<_> = self.diagnostics.clone();
        let report = Report { version: 1, read: self.read.clone(), diagnostics: own, summary: self.summary };
        out.push('\n');
        out.push_str(&text::render(&report, deployment, style));
        if !self.left.is_empty() {
            let _ = writeln!(out, "not deleted:");
            for left in &self.left {
                let _ = writeln!(
                    out,
                    "  {} {} ({}): {}",
                    left.kind,
                    escaped(&left.key),
                    left.use_case.name(),
                    escaped(&left.why)
                );
            }
        }
        if !self.untested.is_empty() {
            let names: Vec<&str> = self.untested.iter().map(|u| u.name()).collect();
            let tested = self.use_cases.len().saturating_sub(self.untested.len());
            let _ = writeln!(
                out,
                "not tested: {} ({tested} of {} use cases tested)",
                names.join(", "),
                self.use_cases.len()
            );
        }
        if self.interrupted {
            out.push_str("interrupted: unfinished steps have no result\n");
        }
        out
    }

    fn case(&self, out: &mut String, case: &UseCaseReport, style: text::Style) {
        let name = case.use_case.name();
        let place = match (&case.origin, &case.bucket, &case.prefix) {
            (Some(origin), Some(bucket), Some(prefix)) => {
                format!(
                    "{}, {} {}",
                    escaped(origin),
                    escaped(bucket),
                    if prefix.is_empty() { "no prefix".into() } else { escaped(prefix) }
                )
            }
            _ => "no address".to_owned(),
        };
        let links = case.link_origin.as_ref().filter(|l| Some(*l) != case.origin.as_ref());
        let links = links.map_or(String::new(), |l| format!(", links {}", escaped(l)));
        let server = case.server.as_ref().map_or(String::new(), |s| format!(" ({})", escaped(s)));
        let untested = if self.untested.contains(&case.use_case) { "not tested: " } else { "" };
        let _ = writeln!(out, "{name:<9}  {untested}{place}{links}{server}");
        if let Some(connected) = &case.connected_to {
            let _ = writeln!(out, "  {connected}");
        }
        for outcome in [Outcome::Fail, Outcome::Warn, Outcome::Pass] {
            let names: Vec<&str> = case.steps.iter().filter(|s| s.outcome == outcome).map(|s| s.step.name()).collect();
            wrapped(out, outcome, &names, style);
        }
        let skipped = case.steps.iter().filter(|s| s.outcome == Outcome::Skipped);
        let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
        for step in skipped {
            let why = escaped(step.note.as_deref().unwrap_or_default());
            // Steps skipped after another one need no separate reason.
            let why = if why.starts_with("after ") { String::new() } else { why };
            match reasons.iter_mut().find(|(w, _)| *w == why) {
                Some((_, steps)) => steps.push(step.step.name()),
                None => reasons.push((why, vec![step.step.name()])),
            }
        }
        for (why, steps) in &reasons {
            let mut names: Vec<String> = steps.iter().map(|s| (*s).to_owned()).collect();
            if let (false, Some(last)) = (why.is_empty(), names.last_mut()) {
                let _ = write!(last, " ({why})");
            }
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            wrapped(out, Outcome::Skipped, &names, style);
        }
    }
}

/// Writes the outcome followed by `names`, wrapped.
fn wrapped(out: &mut String, outcome: Outcome, names: &[&str], style: text::Style) {
    let label = format!("  {:<7}", outcome.name());
    let mut line = label.clone();
    let mut begun = false;
    for name in names {
        if begun && line.len().saturating_add(name.len()) >= WIDTH {
            out.push_str(line.trim_end());
            out.push('\n');
            line = " ".repeat(9);
        }
        line.push_str("  ");
        line.push_str(name);
        begun = true;
    }
    if begun {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    // Colored last: escape sequences would count as width.
    if let (true, Some(at)) = (style.colour && begun, out.rfind(&label)) {
        let code = match outcome {
            Outcome::Pass => "1;32",
            Outcome::Warn => "1;33",
            Outcome::Fail => "1;31",
            Outcome::Skipped => "1;34",
        };
        out.replace_range(at..at.saturating_add(label.len()), &format!("\u{1b}[{code}m{label}\u{1b}[0m"));
    }
}

//! The doctor's report, as data and as text. Findings are the same diagnostics as in `check`, printed by the same
//! renderer.

use std::fmt::Write as _;

use serde::Serialize;

use crate::redact::Redactor;
use crate::report::{Diagnostic, Report, Summary, text};
use crate::source::Deployment;
use crate::storage::access::Place;
use crate::text::printable;
use crate::text::printable::escaped;
use crate::variable::UseCase;

use super::case::{Case, State, link_origin};
use super::finding::Outcome;
use super::step::Step;
use super::{Probe, is_over};

/// Width of a line of step names.
const WIDTH: usize = 80;

/// One step of one use case. In JSON every key is present, `null` if empty.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepReport {
    /// Its name.
    pub step: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// A phrase; `null` for none.
    pub note: Option<String>,
    /// The cause, if one was found; `explain` prints it.
    pub rule: Option<&'static str>,
    /// The steps that it waited for.
    pub after: Vec<&'static str>,
    /// How many requests it made, one after the other.
    pub round_trips: u32,
}

/// One use case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseReport {
    /// Which use case.
    pub use_case: UseCase,
    /// `S3` or `Azure Blob Storage`; `null` if there is no address.
    pub engine: Option<&'static str>,
    /// Where requests go: scheme, host, port.
    pub origin: Option<String>,
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

/// A use case that isn't in use.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Idle {
    /// Which use case.
    pub use_case: UseCase,
    /// Why, as a phrase.
    pub why: &'static str,
}

/// Something that couldn't be deleted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Left {
    /// The use case whose bucket it's in.
    pub use_case: UseCase,
    /// `object`, `version`, `upload`, `blocks`.
    pub kind: &'static str,
    /// The full key, or the prefix.
    pub key: String,
    /// Why it is still there.
    pub why: String,
}

/// Number of steps by outcome.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
pub struct Counts {
    /// Passed.
    pub passed: usize,
    /// With a warning.
    pub warned: usize,
    /// Failed.
    pub failed: usize,
    /// Not run, or inconclusive.
    pub skipped: usize,
}

/// The whole report.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProbeReport {
    /// Version of this format: 1.
    pub version: u32,
    /// The files that were read.
    pub read: Vec<crate::report::Read>,
    /// Whether it was interrupted.
    pub interrupted: bool,
    /// The use cases that were probed.
    pub use_cases: Vec<CaseReport>,
    /// The use cases that aren't in use.
    pub idle: Vec<Idle>,
    /// Number of steps by outcome.
    pub steps: Counts,
    /// What couldn't be deleted.
    pub left: Vec<Left>,
    /// The findings, as in `check`.
    pub diagnostics: Vec<Diagnostic>,
    /// Their number.
    pub summary: Summary,
}

impl Probe {
    /// The report so far, with `masker`'s secrets redacted.
    #[must_use]
    pub fn report(&self, deployment: &Deployment, masker: &Redactor) -> ProbeReport {
        let mut diagnostics = Vec::new();
        let mut counts = Counts::default();
        let mut use_cases = Vec::new();
        for case in &self.cases {
            let mut steps = Vec::new();
            for (step, state, turns) in &case.states {
                let State::Over(verdict) = state else { continue };
                let count = match verdict.outcome {
                    Outcome::Pass => &mut counts.passed,
                    Outcome::Warn => &mut counts.warned,
                    Outcome::Fail => &mut counts.failed,
                    Outcome::Skipped => &mut counts.skipped,
                };
                *count = count.saturating_add(1);
                if let Some(finding) = &verdict.finding {
                    let subject = &case.subject;
                    let mut found = finding.diagnostic(step.name(), subject.use_case, subject.containers, deployment);
                    found.message = masker.mask(&found.message);
                    found.help = masker.mask(&found.help);
                    diagnostics.push(found);
                }
                let row = step.row();
                let before: Vec<Step> = if *step == Step::Cleanup {
                    let others = case.states.iter().filter(|(s, state, _)| *s != *step && is_over(state));
                    others.map(|(s, ..)| *s).collect()
                } else {
                    row.after.iter().chain(row.waits).copied().collect()
                };
                let there = |s: &Step| !matches!(case.state(*s), State::Absent);
                steps.push(StepReport {
                    step: step.name(),
                    outcome: verdict.outcome,
                    note: (!verdict.note.is_empty()).then(|| masker.mask(&verdict.note)),
                    rule: verdict.finding.as_ref().map(|f| f.cause.slug),
                    after: before.iter().filter(|s| there(s)).map(|s| s.name()).collect(),
                    round_trips: *turns,
                });
            }
            use_cases.push(case_report(case, steps, masker));
        }
        let left = |case: &Case| {
            let use_case = case.subject.use_case;
            let stuck = case.stuck.iter().map(move |(thing, why)| Left {
                use_case,
                kind: thing.kind(),
                key: masker.mask(thing.key()),
                why: masker.mask(why),
            });
            stuck.collect::<Vec<_>>()
        };
        let read = deployment.texts.iter().map(|t| crate::report::Read {
            file: t.name.clone(),
            kind: t.kind,
            containers: t.containers,
        });
        let sorted = Report::new(read.collect(), diagnostics);
        ProbeReport {
            version: 1,
            interrupted: self.interrupted,
            use_cases,
            idle: self.idle.iter().map(|(use_case, why)| Idle { use_case: *use_case, why }).collect(),
            steps: counts,
            left: self.cases.iter().flat_map(left).collect(),
            read: sorted.read,
            diagnostics: sorted.diagnostics,
            summary: sorted.summary,
        }
    }
}

fn case_report(case: &Case, steps: Vec<StepReport>, masker: &Redactor) -> CaseReport {
    let accesses = case.accesses();
    let place = accesses.map(|a| &a.requests.place);
    CaseReport {
        use_case: case.subject.use_case,
        engine: place.map(|p| match p {
            Place::S3 { .. } => "S3",
            Place::Azure { .. } => "Azure Blob Storage",
        }),
        origin: place.map(|p| masker.mask(&p.origin())),
        link_origin: accesses.map(|a| masker.mask(&link_origin(&a.links))),
        bucket: place.map(|p| masker.mask(p.bucket())),
        prefix: accesses.map(|a| masker.mask(&a.requests.prefix)),
        server: case.first.as_ref().map(|f| masker.mask(&f.server)),
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
        if self.interrupted {
            out.push_str("interrupted: unfinished steps have no result\n");
        }
        out
    }

    fn case(&self, out: &mut String, case: &CaseReport, style: text::Style) {
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
        let _ = writeln!(out, "{name:<9}  {place}{links}{server}");
        for outcome in [Outcome::Fail, Outcome::Warn, Outcome::Pass] {
            let names: Vec<&str> = case.steps.iter().filter(|s| s.outcome == outcome).map(|s| s.step).collect();
            wrapped(out, outcome, &names, style);
        }
        let skipped = case.steps.iter().filter(|s| s.outcome == Outcome::Skipped);
        let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
        for step in skipped {
            let why = escaped(step.note.as_deref().unwrap_or_default());
            // Steps skipped after another one need no separate reason.
            let why = if why.starts_with("after ") { String::new() } else { why };
            match reasons.iter_mut().find(|(w, _)| *w == why) {
                Some((_, steps)) => steps.push(step.step),
                None => reasons.push((why, vec![step.step])),
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

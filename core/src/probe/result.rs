//! Outcomes of steps, and their findings.

use crate::report::diagnostic::cause_address;
use crate::report::{Diagnostic, Impact, Severity};
use crate::source::Deployment;
use crate::storage::cause::{self, Cause, Circumstance};
use crate::storage::{Fault, RequestError, StoreError};
use crate::text::printable::escaped;
use crate::variable::{Containers, UseCase};

use super::transport::ProbeRequest;

/// How a step ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "StepOutcome"))]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// As expected.
    Pass,
    /// It works, but will cause trouble.
    Warn,
    /// It doesn't work.
    Fail,
    /// Not run, or inconclusive.
    Skipped,
}

impl Outcome {
    /// `pass`, `warn`, `fail`, `skipped`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
        }
    }
}

/// A cause that was found, with the error's own words.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub cause: &'static Cause,
    pub severity: Severity,
    /// The store's or the network library's own words; empty for none.
    pub detail: String,
    /// One more sentence of help; empty for none.
    pub extra_help: String,
    /// The variable, if it differs from the cause's.
    pub variable: Option<String>,
    /// Whether it's about presigned URLs, which web signs.
    pub presigned: bool,
}

/// The end of a step.
#[derive(Clone, Debug)]
pub(super) struct StepResult {
    pub outcome: Outcome,
    /// A phrase for people; may be empty.
    pub note: String,
    pub finding: Option<Finding>,
    /// Whether the steps after it still run.
    pub unblocks: bool,
}

/// What a step does next.
#[derive(Debug)]
pub(super) enum Next {
    Send(ProbeRequest),
    Done(StepResult),
}

/// A cause by its slug. A test finds slugs that don't exist.
pub(super) fn cause_named(slug: &str) -> &'static Cause {
    cause::by_slug(slug).unwrap_or(&cause::UNNAMED)
}

impl Finding {
    pub(super) fn new(slug: &str, severity: Severity) -> Self {
        Self::of(cause_named(slug), severity)
    }

    pub(super) fn of(cause: &'static Cause, severity: Severity) -> Self {
        Self { cause, severity, detail: String::new(), extra_help: String::new(), variable: None, presigned: false }
    }

    pub(super) fn detail(mut self, text: impl Into<String>) -> Self {
        self.detail = text.into();
        self
    }

    pub(super) fn extra_help(mut self, text: impl Into<String>) -> Self {
        self.extra_help = text.into();
        self
    }

    pub(super) fn presigned(mut self, yes: bool) -> Self {
        self.presigned = yes;
        self
    }

    /// As it appears in reports.
    pub(super) fn diagnostic(
        &self,
        step: &str,
        use_case: UseCase,
        containers: Containers,
        deployment: &Deployment,
    ) -> Diagnostic {
        let containers = if self.presigned { Containers::WEB } else { containers };
        let variable = self.variable.clone().or_else(|| self.cause.variable_of(use_case));
        let setting = variable.as_deref().and_then(|name| {
            let environment = deployment.environment(containers)?;
            environment.by_name(name)
        });
        let detail = self.detail.trim_end_matches('.');
        let found = if detail.is_empty() { String::new() } else { format!(" Found: {detail}.") };
        let extra_help = if self.extra_help.is_empty() { String::new() } else { format!(" {}", self.extra_help) };
        Diagnostic {
            rule: self.cause.slug.into(),
            severity: self.severity,
            impact: match self.severity {
                Severity::Error => Impact::Failure,
                Severity::Warning => Impact::Risk,
                Severity::Hint if self.cause.untested => Impact::Untested,
                Severity::Hint => Impact::Advice,
            },
            variable,
            containers,
            use_cases: vec![use_case],
            message: format!("{}, {step}: {}{found}", use_case.name(), self.cause.cause_for(use_case)),
            help: format!("{}{extra_help}", self.cause.remedy_for(use_case)),
            docs: cause_address(self.cause.slug),
            span: setting.and_then(crate::source::Setting::span).and_then(|s| deployment.locate(s)),
            related: Vec::new(),
            fix: None,
        }
    }
}

impl StepResult {
    pub(super) fn pass(note: impl Into<String>) -> Self {
        Self { outcome: Outcome::Pass, note: note.into(), finding: None, unblocks: true }
    }

    /// Inconclusive; the steps after it don't run.
    pub(super) fn skip(note: impl Into<String>) -> Self {
        Self { outcome: Outcome::Skipped, note: note.into(), finding: None, unblocks: false }
    }

    /// Inconclusive; the steps after it still run.
    pub(super) fn skip_only(note: impl Into<String>) -> Self {
        Self { unblocks: true, ..Self::skip(note) }
    }

    /// The outcome follows from the finding's severity.
    pub(super) fn found(finding: Finding) -> Self {
        let outcome = match finding.severity {
            Severity::Error => Outcome::Fail,
            Severity::Warning => Outcome::Warn,
            Severity::Hint => Outcome::Pass,
        };
        Self { outcome, note: finding.detail.clone(), unblocks: outcome != Outcome::Fail, finding: Some(finding) }
    }

    pub(super) fn fail(slug: &str, detail: impl Into<String>) -> Self {
        Self::found(Finding::new(slug, Severity::Error).detail(detail))
    }

    pub(super) fn warn(slug: &str, detail: impl Into<String>) -> Self {
        Self::found(Finding::new(slug, Severity::Warning).detail(detail))
    }

    /// An error response from the store.
    pub(super) fn error_response(error: &StoreError, circumstance: Circumstance) -> Self {
        let cause = cause::of(error, circumstance).unwrap_or_else(|| cause_named("request-refused"));
        let mut finding = Finding::of(cause, Severity::Error).detail(error.to_string());
        if let (Some(region), "region-wrong" | "bucket-elsewhere" | "region-of-another-endpoint") =
            (&error.region, cause.slug)
        {
            finding = finding.extra_help(format!("The store says `{}`.", escaped(region)));
        }
        Self::found(finding)
    }

    /// A failure of the transport.
    pub(super) fn transport_failure(fault: Fault, detail: &str) -> Self {
        let cause = cause::of_fault(fault).unwrap_or_else(|| cause_named("request-failed"));
        let detail =
            if detail.is_empty() { fault.sentence().to_owned() } else { format!("{} ({detail})", fault.sentence()) };
        Self::found(Finding::of(cause, Severity::Error).detail(detail))
    }

    /// A request that can't be built.
    pub(super) fn invalid_request(error: &RequestError) -> Self {
        Self::fail("request-impossible", error.to_string())
    }

    pub(super) fn unblocking(mut self) -> Self {
        self.unblocks = true;
        self
    }

    pub(super) fn presigned(mut self, yes: bool) -> Self {
        self.finding = self.finding.map(|f| f.presigned(yes));
        self
    }

    /// The same, about this variable.
    pub(super) fn about(mut self, variable: Option<String>) -> Self {
        if let (Some(finding), Some(variable)) = (&mut self.finding, variable) {
            finding.variable = Some(variable);
        }
        self
    }
}

impl From<StepResult> for Next {
    fn from(result: StepResult) -> Self {
        Self::Done(result)
    }
}

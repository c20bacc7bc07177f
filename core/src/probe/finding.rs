//! Outcomes of steps, and their findings.

use crate::report::{Diagnostic, Impact, Severity};
use crate::source::Deployment;
use crate::storage::cause::{self, Cause, Circumstance};
use crate::storage::{Fault, RequestError, StoreError};
use crate::text::printable::escaped;
use crate::variable::{Containers, UseCase};

use super::transport::Ask;

/// How a step ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
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
    pub said: String,
    /// One more sentence of help; empty for none.
    pub more: String,
    /// The variable, if it differs from the cause's.
    pub variable: Option<String>,
    /// Whether it's about presigned URLs, which web signs.
    pub of_links: bool,
}

/// The end of a step.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub outcome: Outcome,
    /// A phrase for people; may be empty.
    pub note: String,
    pub finding: Option<Finding>,
    /// Whether the steps after it still run.
    pub open: bool,
}

/// What a step does next.
#[derive(Debug)]
pub(super) enum Next {
    Ask(Ask),
    End(Verdict),
}

/// A cause by its slug. A test finds slugs that don't exist.
pub(super) fn named(slug: &str) -> &'static Cause {
    cause::by_slug(slug).unwrap_or(&cause::UNNAMED)
}

impl Finding {
    pub(super) fn new(slug: &str, severity: Severity) -> Self {
        Self::of(named(slug), severity)
    }

    pub(super) fn of(cause: &'static Cause, severity: Severity) -> Self {
        Self { cause, severity, said: String::new(), more: String::new(), variable: None, of_links: false }
    }

    pub(super) fn said(mut self, text: impl Into<String>) -> Self {
        self.said = text.into();
        self
    }

    pub(super) fn more(mut self, text: impl Into<String>) -> Self {
        self.more = text.into();
        self
    }

    pub(super) fn of_links(mut self, yes: bool) -> Self {
        self.of_links = yes;
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
        let containers = if self.of_links { Containers::WEB } else { containers };
        let variable = self.variable.clone().or_else(|| self.cause.variable_of(use_case));
        let setting = variable.as_deref().and_then(|name| {
            let environment = deployment.environment(containers)?;
            environment.by_name(name)
        });
        let said = self.said.trim_end_matches('.');
        let found = if said.is_empty() { String::new() } else { format!(" Found: {said}.") };
        let more = if self.more.is_empty() { String::new() } else { format!(" {}", self.more) };
        Diagnostic {
            rule: self.cause.slug,
            severity: self.severity,
            impact: match self.severity {
                Severity::Error => Impact::Failure,
                Severity::Warning => Impact::Risk,
                Severity::Hint => Impact::Advice,
            },
            variable,
            containers,
            use_case: Some(use_case),
            message: format!("{}, {step}: {}{found}", use_case.name(), self.cause.cause_for(use_case)),
            help: format!("{}{more}", self.cause.remedy_for(use_case)),
            docs: format!("langfuse-blob explain {}", self.cause.slug),
            span: setting.and_then(crate::source::Setting::span).and_then(|s| deployment.locate(s)),
            related: Vec::new(),
            fix: None,
        }
    }
}

impl Verdict {
    pub(super) fn pass(note: impl Into<String>) -> Self {
        Self { outcome: Outcome::Pass, note: note.into(), finding: None, open: true }
    }

    /// Inconclusive; the steps after it don't run.
    pub(super) fn skip(note: impl Into<String>) -> Self {
        Self { outcome: Outcome::Skipped, note: note.into(), finding: None, open: false }
    }

    /// Inconclusive; the steps after it still run.
    pub(super) fn pass_over(note: impl Into<String>) -> Self {
        Self { open: true, ..Self::skip(note) }
    }

    /// The outcome follows from the finding's severity.
    pub(super) fn found(finding: Finding) -> Self {
        let outcome = match finding.severity {
            Severity::Error => Outcome::Fail,
            Severity::Warning => Outcome::Warn,
            Severity::Hint => Outcome::Pass,
        };
        Self { outcome, note: finding.said.clone(), open: outcome != Outcome::Fail, finding: Some(finding) }
    }

    pub(super) fn fail(slug: &str, said: impl Into<String>) -> Self {
        Self::found(Finding::new(slug, Severity::Error).said(said))
    }

    pub(super) fn warn(slug: &str, said: impl Into<String>) -> Self {
        Self::found(Finding::new(slug, Severity::Warning).said(said))
    }

    /// An error response from the store.
    pub(super) fn refused(error: &StoreError, circumstance: Circumstance) -> Self {
        let cause = cause::of(error, circumstance).unwrap_or_else(|| named("request-refused"));
        let mut finding = Finding::of(cause, Severity::Error).said(error.to_string());
        if let (Some(region), "region-wrong" | "bucket-elsewhere" | "region-of-another-endpoint") =
            (&error.region, cause.slug)
        {
            finding = finding.more(format!("The store says `{}`.", escaped(region)));
        }
        Self::found(finding)
    }

    /// A failure of the transport.
    pub(super) fn faulty(fault: Fault, detail: &str) -> Self {
        let cause = cause::of_fault(fault).unwrap_or_else(|| named("request-failed"));
        let said =
            if detail.is_empty() { fault.sentence().to_owned() } else { format!("{} ({detail})", fault.sentence()) };
        Self::found(Finding::of(cause, Severity::Error).said(said))
    }

    /// A request that can't be built.
    pub(super) fn impossible(error: &RequestError) -> Self {
        Self::fail("request-impossible", error.to_string())
    }

    pub(super) fn opened(mut self) -> Self {
        self.open = true;
        self
    }

    pub(super) fn of_links(mut self, yes: bool) -> Self {
        self.finding = self.finding.map(|f| f.of_links(yes));
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

impl From<Verdict> for Next {
    fn from(verdict: Verdict) -> Self {
        Self::End(verdict)
    }
}

impl From<Result<Ask, Verdict>> for Next {
    fn from(asked: Result<Ask, Verdict>) -> Self {
        match asked {
            Ok(ask) => Self::Ask(ask),
            Err(verdict) => Self::End(verdict),
        }
    }
}

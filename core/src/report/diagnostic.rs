//! The parts of a report. Field names and order are those of the JSON format.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::order;
use crate::source::{Kind, Text};
use crate::text::span::Location;
use crate::variable::{Containers, UseCase};

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Works, but there is a better way, or something worth knowing.
    Hint,
    /// Works by chance, partly, or at a risk.
    Warning,
    /// Doesn't work.
    Error,
}

impl Severity {
    /// `error`, `warning`, `hint`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What will happen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Impact {
    /// Langfuse refuses to start: its own schema rejects the value.
    Startup,
    /// Langfuse starts, but a use case fails at run time.
    Failure,
    /// The setting has no effect.
    Ignored,
    /// Works, but risks data loss, exposure or cost.
    Risk,
    /// Works, but there is a better way.
    Advice,
    /// This tool or the real reader can't read a file.
    Unread,
    /// The doctor couldn't test it from here.
    Untested,
}

impl Impact {
    /// `startup`, `failure`, `ignored`, `risk`, `advice`, `unread`, `untested`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Startup => "startup",
            Self::Failure => "failure",
            Self::Ignored => "ignored",
            Self::Risk => "risk",
            Self::Advice => "advice",
            Self::Unread => "unread",
            Self::Untested => "untested",
        }
    }

    /// The consequence in words, for people.
    #[must_use]
    pub fn consequence(self, severity: Severity) -> &'static str {
        match self {
            Self::Startup => "Langfuse refuses to start",
            Self::Failure => "Langfuse starts, but storage fails at run time",
            Self::Ignored => "the setting has no effect",
            Self::Risk => "works, but risks data loss, exposure or cost",
            Self::Advice => "works; see help for a better setting",
            Self::Unread if severity == Severity::Error => "reading stops here; nothing in this file reaches Langfuse",
            Self::Unread => "what this file sets is unknown",
            Self::Untested => "not tested",
        }
    }
}

/// How far a fix can be trusted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// `--fix` applies it: what was meant is clear.
    Safe,
    /// Only with `--unsafe-fixes`: usually right, or it changes which objects an existing deployment finds.
    Unsafe,
    /// For a person to apply; it has no edits.
    Manual,
}

/// A replacement of bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Edit {
    /// What is replaced; of length 0 for an insertion.
    pub span: Location,
    /// The new text.
    pub replacement: String,
}

/// A fix for a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Fix {
    /// What it does, in the imperative.
    pub title: String,
    /// Whether `--fix` may apply it.
    pub applicability: Applicability,
    /// The edits, sorted and without overlap.
    pub edits: Vec<Edit>,
}

/// Another location related to a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Related {
    /// What is there.
    pub message: String,
    /// Where; `null` if it isn't in a file.
    pub span: Option<Location>,
}

/// Where the documentation is.
const DOCS: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs");

/// The address of the page of the rule `slug`.
#[must_use]
pub fn page_address(slug: &str) -> String {
    format!("{DOCS}/rules/{slug}.md")
}

/// The address of what the doctor's cause `slug` is about.
#[must_use]
pub fn cause_address(slug: &str) -> String {
    format!("{DOCS}/doctor.md#{slug}")
}

/// The slug of a rule, or of one of the doctor's causes.
pub type Slug = Cow<'static, str>;

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// Slug of the rule; `explain` prints its page.
    #[cfg_attr(test, ts(type = "Rule"))]
    pub rule: Slug,
    /// How severe.
    pub severity: Severity,
    /// What will happen.
    pub impact: Impact,
    /// The variable.
    pub variable: Option<String>,
    /// The containers.
    #[cfg_attr(test, ts(type = "Container[]"))]
    pub containers: Containers,
    /// The use cases that the mistake concerns; empty if it concerns none in particular.
    pub use_cases: Vec<UseCase>,
    /// One sentence: what's wrong, with the value (secrets redacted), and what's expected.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Where to read more: the address of the rule's page.
    pub docs: String,
    /// Where; `null` if it isn't in a file.
    pub span: Option<Location>,
    /// Related locations.
    pub related: Vec<Related>,
    /// The automatic fix.
    pub fix: Option<Fix>,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Read {
    /// Its name.
    pub file: String,
    /// What it was read as.
    #[cfg_attr(test, ts(type = "ReadFormat"))]
    pub kind: Kind,
    /// The containers it applies to.
    #[cfg_attr(test, ts(type = "Container[]"))]
    pub containers: Containers,
    /// Whether it's code of which only literal values are judged: nothing is reported as missing.
    #[serde(default)]
    pub excerpt: bool,
}

impl Read {
    /// What a report says of `text`.
    #[must_use]
    pub fn of(text: &Text) -> Self {
        Self { file: text.name.clone(), kind: text.kind, containers: text.containers, excerpt: text.kind.is_excerpt() }
    }
}

/// How many findings of each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Summary {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Hints.
    pub hints: usize,
}

/// All findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Report {
    /// Version of this format: 1.
    pub version: u32,
    /// What was read.
    pub read: Vec<Read>,
    /// The findings, sorted by file, offset and rule.
    pub diagnostics: Vec<Diagnostic>,
    /// Their number.
    pub summary: Summary,
}

impl Report {
    /// A report of findings, sorted and counted.
    #[must_use]
    pub fn new(read: Vec<Read>, mut diagnostics: Vec<Diagnostic>) -> Self {
        // Findings without a location come last: they read better there.
        let order = |d: &Diagnostic| {
            let place = d.span.as_ref().map(|s| (read.iter().position(|r| r.file == s.file), s.offset));
            (place.is_none(), place)
        };
        order::sort_by(&mut diagnostics, |a, b| {
            order(a)
                .cmp(&order(b))
                .then_with(|| a.rule.cmp(&b.rule))
                .then_with(|| a.variable.cmp(&b.variable))
                .then_with(|| a.message.cmp(&b.message))
        });
        let count = |s: Severity| diagnostics.iter().filter(|d| d.severity == s).count();
        let summary = Summary {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            hints: count(Severity::Hint),
        };
        Self { version: 1, read, diagnostics, summary }
    }

    /// This report with other findings, counted again.
    #[must_use]
    pub fn with(self, diagnostics: Vec<Diagnostic>) -> Self {
        Self::new(self.read, diagnostics)
    }

    /// Neither error nor warning.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.summary.errors == 0 && self.summary.warnings == 0
    }
}

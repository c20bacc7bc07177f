//! What a report consists of. Field names and order are the JSON format's.

use serde::{Deserialize, Deserializer, Serialize};

use crate::order;
use crate::source::Kind;
use crate::text::span::Location;
use crate::variable::{Containers, UseCase};

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Works; there is a better way, or something to know.
    Hint,
    /// Works by luck, partly, or dangerously.
    Warning,
    /// Will not work.
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
    /// It starts, and a use case fails at run time.
    Failure,
    /// The setting has no effect.
    Ignored,
    /// Data loss, exposure, or a trap that opens later.
    Risk,
    /// Works; there is a better way.
    Advice,
    /// A file can't be read by this tool or by its real reader, so what it sets is unknown.
    Unread,
}

impl Impact {
    /// `startup`, `failure`, `ignored`, `risk`, `advice`, `unread`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Startup => "startup",
            Self::Failure => "failure",
            Self::Ignored => "ignored",
            Self::Risk => "risk",
            Self::Advice => "advice",
            Self::Unread => "unread",
        }
    }

    /// The consequence as a sentence, for people.
    #[must_use]
    pub fn consequence(self) -> &'static str {
        match self {
            Self::Startup => "Langfuse refuses to start",
            Self::Failure => "Langfuse starts, but storage fails at run time",
            Self::Ignored => "the setting has no effect",
            Self::Risk => "works, but risks data loss, exposure or cost",
            Self::Advice => "works; see help for a better setting",
            Self::Unread => "what this file sets is unknown",
        }
    }
}

/// How far a fix can be trusted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// `--fix` applies it: the meaning is certain.
    Safe,
    /// Only with `--unsafe-fixes`: right in most cases, or it changes what an existing installation finds.
    Unsafe,
    /// For a person to carry out; it has no edits.
    Manual,
}

/// A replacement of bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Edit {
    /// What is replaced; of length 0 for an insertion.
    pub span: Location,
    /// By what.
    pub replacement: String,
}

/// A way to mend a finding.
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

/// Another place that has to do with a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Related {
    /// What is there.
    pub message: String,
    /// Where; `null` without text.
    pub span: Option<Location>,
}

/// Name of a rule that exists. (An alias, because serde would borrow a `&'static str` from what it reads.)
pub type Slug = &'static str;

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// Slug of the rule; `explain` prints its page.
    #[serde(deserialize_with = "known_rule")]
    #[cfg_attr(test, ts(type = "Rule"))]
    pub rule: Slug,
    /// How bad.
    pub severity: Severity,
    /// What will happen.
    pub impact: Impact,
    /// The variable in question.
    pub variable: Option<String>,
    /// The containers in question.
    #[cfg_attr(test, ts(type = "Container[]"))]
    pub containers: Containers,
    /// The storage purpose in question.
    pub use_case: Option<UseCase>,
    /// One sentence: what is wrong, with the value (secrets masked), and what was expected.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Where to read more: the command that explains the rule.
    pub docs: String,
    /// Where; `null` without text.
    pub span: Option<Location>,
    /// Other places that have to do with it.
    pub related: Vec<Related>,
    /// How to mend it by machine.
    pub fix: Option<Fix>,
}

/// The slug of a rule that exists: of a report that comes back, nothing else is taken.
fn known_rule<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    let slug = String::deserialize(deserializer)?;
    let rule = crate::rule::by_slug(&slug);
    rule.map(|r| r.slug).ok_or_else(|| serde::de::Error::custom(format_args!("there is no rule {slug:?}")))
}

/// A text that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Read {
    /// Its name.
    pub file: String,
    /// What it was read as.
    #[cfg_attr(test, ts(type = "ReadFormat"))]
    pub kind: Kind,
    /// The containers it speaks for.
    #[cfg_attr(test, ts(type = "Container[]"))]
    pub containers: Containers,
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

/// Everything that was found.
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
    /// A report of sorted findings with their count.
    #[must_use]
    pub fn new(read: Vec<Read>, mut diagnostics: Vec<Diagnostic>) -> Self {
        // What has no place comes last: it reads better there.
        let order = |d: &Diagnostic| {
            let place = d.span.as_ref().map(|s| (read.iter().position(|r| r.file == s.file), s.offset));
            (place.is_none(), place)
        };
        order::sort_by(&mut diagnostics, |a, b| {
            order(a)
                .cmp(&order(b))
                .then_with(|| a.rule.cmp(b.rule))
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

    /// Neither error nor warning.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.summary.errors == 0 && self.summary.warnings == 0
    }
}

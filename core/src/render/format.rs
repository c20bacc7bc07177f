//! The formats of a report.

use super::{github, json, sarif, text};
use crate::report::Report;
use crate::source::Deployment;

/// A report format. The comments of its values are their help texts on the command line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum ReportFormat {
    /// Human-readable.
    Text,
    /// Stable, for programs.
    Json,
    /// SARIF 2.1.0, with fixes.
    Sarif,
    /// Annotations for GitHub Actions.
    Github,
}

impl ReportFormat {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Text, Self::Json, Self::Sarif, Self::Github];

    /// Its name in `--format`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Formats `report` on `deployment` as the command `check` does.
    #[must_use]
    pub fn render(self, report: &Report, deployment: &Deployment, style: text::Style) -> String {
        match self {
            Self::Text => text::render(report, deployment, style),
            Self::Json => json::render(report),
            Self::Sarif => sarif::render(report),
            Self::Github => github::render(report),
        }
    }
}

//! The report as GitHub's workflow commands, which the runner turns into annotations on the lines.
//! Format: GitHub documentation, "Workflow commands for GitHub Actions".

use std::fmt::Write as _;

use crate::report::{Report, Severity};
use crate::text::printable::escaped;

/// Prints one command per finding.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for d in &report.diagnostics {
        let command = match d.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "notice",
        };
        let mut properties = format!("title={}", property(&format!("langfuse-blob: {}", d.rule)));
        if let Some(span) = &d.span {
            let _ = write!(
                properties,
                ",file={},line={},endLine={},col={},endColumn={}",
                property(&escaped(&span.file)),
                span.line,
                span.end_line,
                span.column,
                span.end_column
            );
        }
        let (message, help) = (escaped(&d.message), escaped(&d.help));
        let text = format!("{message}\n{}\n{help}\n{}", d.impact.consequence(d.severity), d.docs);
        let _ = writeln!(out, "::{command} {properties}::{}", data(&text));
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

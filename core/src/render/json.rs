//! The report as JSON: a stable format with every key present, `null` if empty.

use crate::report::Report;
use crate::text::printable;

/// Prints `report`, indented, with a trailing newline.
#[must_use]
pub fn render(report: &Report) -> String {
    // A report has only strings and numbers: it always serialises.
    let mut text = serde_json::to_string_pretty(report).unwrap_or_default();
    text.push('\n');
    printable::json(text)
}

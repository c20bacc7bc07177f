//! The report as JSON: the stable format, every key there, `null` where empty.

use super::Report;
use crate::text::printable;

/// Prints `report`, indented, with a line end.
#[must_use]
pub fn render(report: &Report) -> String {
    // A report holds texts and numbers only: it always serialises.
    let mut text = serde_json::to_string_pretty(report).unwrap_or_default();
    text.push('\n');
    printable::json(text)
}

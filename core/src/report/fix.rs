//! Applies fixes: byte edits that leave the rest of the file unchanged.

use std::collections::BTreeMap;

use super::{Applicability, Edit, Report};
use crate::order;

/// The text of each of `files` (name and text) that the fixes of `report` change. Unsafe fixes only on request.
/// A fix is applied completely or not at all; of two that overlap, the first is applied, the other waits for the next
/// run.
#[must_use]
pub fn apply<'f>(
    files: impl IntoIterator<Item = (&'f str, &'f str)>,
    report: &Report,
    include_unsafe: bool,
) -> BTreeMap<String, String> {
    let mut chosen: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
    for fix in report.diagnostics.iter().filter_map(|d| d.fix.as_ref()) {
        let wanted = match fix.applicability {
            Applicability::Safe => true,
            Applicability::Unsafe => include_unsafe,
            Applicability::Manual => false,
        };
        let free = fix.edits.iter().all(|e| {
            chosen
                .get(e.span.file.as_str())
                .is_none_or(|edits| edits.iter().all(|other| !overlap(e, other) || *other == e))
        });
        if wanted && free {
            for edit in &fix.edits {
                let edits = chosen.entry(edit.span.file.as_str()).or_default();
                if !edits.contains(&edit) {
                    edits.push(edit);
                }
            }
        }
    }
    let mut out = BTreeMap::new();
    for (name, text) in files {
        let Some(edits) = chosen.get_mut(name) else { continue };
        order::sort_by_key(edits, |e| e.span.offset);
        let mut changed = String::with_capacity(text.len());
        let mut at = 0;
        let mut valid = true;
        for edit in edits.iter() {
            let end = edit.span.offset.saturating_add(edit.span.length);
            match (text.get(at..edit.span.offset), text.get(edit.span.offset..end)) {
                (Some(before), Some(_)) => {
                    changed.push_str(before);
                    changed.push_str(&edit.replacement);
                    at = end;
                }
                // The report is about another version of the file.
                _ => valid = false,
            }
        }
        changed.push_str(text.get(at..).unwrap_or(""));
        if valid && changed != text {
            out.insert(name.to_owned(), changed);
        }
    }
    out
}

pub(crate) fn overlap(a: &Edit, b: &Edit) -> bool {
    let end = |e: &Edit| e.span.offset.saturating_add(e.span.length);
    // The result of two insertions at one place would depend on their order.
    a.span.offset == b.span.offset || (a.span.offset < end(b) && b.span.offset < end(a))
}

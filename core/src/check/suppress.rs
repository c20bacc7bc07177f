//! Suppression by comment: `# langfuse-blob: ignore RULE[, RULE] [-- reason]` at the end of a line or alone above it,
//! `# langfuse-blob: ignore-file [RULE, …]` above the first entry of a file. In code, `//` begins a comment as well.

use std::collections::BTreeMap;

use crate::report::diagnostic::page_address;
use crate::report::{Diagnostic, Impact, Severity};
use crate::rule;
use crate::source::{Deployment, Text};
use crate::text::span::{Location, Span};
use crate::text::suggest::nearest;
use crate::variable::Containers;

const MARK: &str = "langfuse-blob:";

/// How many comments without effect are reported individually.
const MOST: usize = 500;

/// One rule named in one comment.
struct Suppression {
    /// The slug as written, and where; empty for all rules.
    slug: String,
    span: Span,
    /// The line it applies to, 0-based; `None`: the whole file.
    line: Option<usize>,
    used: bool,
}

/// Removes findings that comments suppress and reports comments that suppress nothing.
pub fn apply(deployment: &Deployment, diagnostics: &mut Vec<Diagnostic>, ignored: &[String]) {
    for (number, text) in deployment.texts.iter().enumerate() {
        if text.kind.is_json() || !text.text.contains(MARK) {
            continue;
        }
        let mut suppressions = read(number, text);
        let mut by_line: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        for (i, s) in suppressions.iter().enumerate() {
            by_line.entry(s.line).or_default().push(i);
        }
        diagnostics.retain(|d| {
            let Some(span) = d.span.as_ref().filter(|s| s.file == text.name) else { return true };
            let line = Some(span.line.saturating_sub(1));
            let mut keep = true;
            for i in [None, line].into_iter().filter_map(|line| by_line.get(&line)).flatten() {
                let Some(s) = suppressions.get_mut(*i).filter(|s| s.slug.is_empty() || s.slug == d.rule) else {
                    continue;
                };
                s.used = true;
                keep = false;
            }
            keep
        });
        let mut unused = suppressions.iter().filter(|s| !s.used && !ignored.contains(&s.slug));
        diagnostics.extend(unused.by_ref().take(MOST).map(|s| report(deployment, text, s)));
        let more = unused.count();
        if more > 0 {
            let message = format!("{more} more comments suppress nothing");
            diagnostics.push(diagnostic(text, message, "Delete the ones above and check again.".into(), None));
        }
    }
}

fn read(number: usize, text: &Text) -> Vec<Suppression> {
    let mut out = Vec::new();
    let mut at = 0_usize;
    let mut seen_entry = false;
    let lines: Vec<&str> = text.text.split_inclusive('\n').collect();
    let marks: &[&str] = if text.kind.is_excerpt() { &["#", "//"] } else { &["#"] };
    let begins = |line: &str| marks.iter().any(|mark| line.starts_with(mark));
    let next_entry = next_entries(&lines, &begins);
    for (index, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start_matches('\u{feff}').trim();
        let alone = begins(trimmed);
        if let Some((rules, start)) = comment(line, marks) {
            let (whole_file, rules, start) = match rules.strip_prefix("ignore-file") {
                Some(rest) => (true, rest, start.saturating_add("ignore-file".len())),
                None => match rules.strip_prefix("ignore") {
                    Some(rest) => (false, rest, start.saturating_add("ignore".len())),
                    None => {
                        at = at.saturating_add(line.len());
                        continue;
                    }
                },
            };
            let target = match (whole_file, alone) {
                (true, _) if seen_entry => Some(usize::MAX),
                (true, _) => None,
                (false, false) => Some(index),
                (false, true) => Some(next_entry.get(index).copied().unwrap_or(usize::MAX)),
            };
            let list = rules.split("--").next().unwrap_or("").trim_end();
            let base = at.saturating_add(start);
            out.extend(named(number, base, list).into_iter().map(|(slug, span)| Suppression {
                slug,
                span,
                line: target,
                used: false,
            }));
        }
        seen_entry |= !trimmed.is_empty() && !alone;
        at = at.saturating_add(line.len());
    }
    out
}

/// The text after a comment's marker, and its first byte in the line.
fn comment<'l>(line: &'l str, marks: &[&str]) -> Option<(&'l str, usize)> {
    let mark = line.find(MARK)?;
    let before = line.get(..mark)?.trim_end();
    let hash = marks.iter().find_map(|mark| before.strip_suffix(mark))?;
    // Only a real comment counts: at the line's start or after whitespace.
    if !(hash.is_empty() || hash.ends_with([' ', '\t', '\u{feff}'])) {
        return None;
    }
    let after = mark.saturating_add(MARK.len());
    let rest = line.get(after..)?;
    let trimmed = rest.trim_start();
    Some((trimmed, after.saturating_add(rest.len().saturating_sub(trimmed.len()))))
}

/// The slugs of a list with their spans; one empty slug for an empty list.
fn named(number: usize, base: usize, list: &str) -> Vec<(String, Span)> {
    let mut out = Vec::new();
    let mut at = base;
    for part in list.split(',') {
        let slug = part.trim();
        let start = at.saturating_add(part.len().saturating_sub(part.trim_start().len()));
        if !slug.is_empty() {
            out.push((slug.to_owned(), Span::new(number, start, start.saturating_add(slug.len()))));
        }
        at = at.saturating_add(part.len()).saturating_add(1);
    }
    if out.is_empty() {
        out.push((String::new(), Span::at(number, base)));
    }
    out
}

/// For each line, the next one that is neither empty nor a comment.
fn next_entries(lines: &[&str], begins: &dyn Fn(&str) -> bool) -> Vec<usize> {
    let mut next = usize::MAX;
    let mut out: Vec<usize> = lines
        .iter()
        .enumerate()
        .rev()
        .map(|(index, line)| {
            let after = next;
            let trimmed = line.trim_start();
            if !trimmed.is_empty() && !begins(trimmed) {
                next = index;
            }
            after
        })
        .collect();
    out.reverse();
    out
}

fn report(deployment: &Deployment, text: &Text, s: &Suppression) -> Diagnostic {
    let unknown = !s.slug.is_empty() && rule::by_slug(&s.slug).is_none();
    let meant = nearest(&s.slug, rule::all().map(|r| r.slug)).filter(|_| unknown);
    let message = unused(Some(&s.slug), unknown);
    let help = match meant {
        Some(meant) => format!("Did you mean `{meant}`?"),
        None if unknown => "List the rules with `langfuse-blob explain`.".to_owned(),
        None => "Delete the comment.".to_owned(),
    };
    diagnostic(text, message, help, deployment.locate(s.span))
}

/// The diagnostic for a comment that only suppresses the rule `slug`; `None` for one that can't be shown.
pub(crate) fn unused(slug: Option<&str>, unknown: bool) -> String {
    let shown = crate::text::printable::quoted(slug.unwrap_or(crate::text::secret::REDACTED));
    match (unknown, slug == Some("")) {
        (true, false) => format!("this comment suppresses {shown}, an unknown rule"),
        (_, true) => "this comment suppresses nothing: no rule reports anything here".to_owned(),
        (false, false) => format!("this comment suppresses {shown}, which reports nothing here"),
    }
}

fn diagnostic(text: &Text, message: String, help: String, span: Option<Location>) -> Diagnostic {
    Diagnostic {
        rule: rule::suppression::UNUSED_SUPPRESSION.slug.into(),
        severity: Severity::Warning,
        impact: Impact::Ignored,
        variable: None,
        containers: if text.containers.is_empty() { Containers::BOTH } else { text.containers },
        use_cases: Vec::new(),
        message,
        help,
        docs: page_address(rule::suppression::UNUSED_SUPPRESSION.slug),
        span,
        related: Vec::new(),
        fix: None,
    }
}

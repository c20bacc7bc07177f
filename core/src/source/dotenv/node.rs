//! npm dotenv's regular expression.

use std::borrow::Cow;

use super::assignment::{Assignment, DotenvError, Sink};
use crate::text::number::is_js_space;

/// Matches npm dotenv's expression by hand, alternative by alternative, from every line start:
/// `^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'…'|\s*"…"|\s*`…`|[^#\r\n]+)?\s*(?:#.*)?$`, flags `mg`.
pub(super) fn lex<'t>(text: &'t str, sink: &mut Sink<'_, 't>) -> Option<DotenvError> {
    let mut at = 0;
    loop {
        if is_line_start(text, at) {
            if let Some((assignment, end)) = node_line(text, at) {
                if !sink(assignment) {
                    return None;
                }
                // The next match may begin where this one ended: at a line's end, never its start.
                at = next_line_start(text, end);
                continue;
            }
        }
        let next = next_line_start(text, at);
        if next <= at || next > text.len() {
            return None;
        }
        at = next;
        if at == text.len() {
            return None;
        }
    }
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

fn is_line_start(text: &str, at: usize) -> bool {
    at == 0 || text.get(..at).and_then(|t| t.chars().next_back()).is_some_and(is_line_end)
}

fn next_line_start(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    match rest.char_indices().find(|(_, c)| is_line_end(*c)) {
        Some((i, c)) => {
            let mut next = at.saturating_add(i).saturating_add(c.len_utf8());
            // dotenv turns `\r\n` into `\n` before it parses.
            if c == '\r' && text.as_bytes().get(next) == Some(&b'\n') {
                next = next.saturating_add(1);
            }
            next
        }
        None => text.len(),
    }
}

fn skip_spaces(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    at.saturating_add(rest.find(|c| !is_js_space(c)).unwrap_or(rest.len()))
}

fn node_line(text: &str, line: usize) -> Option<(Assignment<'_>, usize)> {
    let start = skip_spaces(text, line);
    let rest = text.get(start..)?;
    // `export` may itself be the name, if no other follows.
    let exported = rest.strip_prefix("export").filter(|r| r.starts_with(is_js_space));
    let with_export = exported.and_then(|_| node_name(text, skip_spaces(text, start.saturating_add("export".len()))));
    with_export.or_else(|| node_name(text, start))
}

fn node_name(text: &str, start: usize) -> Option<(Assignment<'_>, usize)> {
    let rest = text.get(start..)?;
    let length =
        rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))).unwrap_or(rest.len());
    if length == 0 {
        return None;
    }
    let name = (start, start.saturating_add(length));
    let after = skip_spaces(text, name.1);
    if text.as_bytes().get(after) == Some(&b'=') {
        return node_value(text, name, after.saturating_add(1));
    }
    if text.as_bytes().get(name.1) == Some(&b':') {
        let space = name.1.saturating_add(1);
        let c = text.get(space..)?.chars().next().filter(|c| is_js_space(*c))?;
        // One whitespace character; to dotenv, `\r\n` is one.
        let length = if text.get(space..)?.starts_with("\r\n") { 2 } else { c.len_utf8() };
        return node_value(text, name, space.saturating_add(length));
    }
    None
}

fn node_value(text: &str, name: (usize, usize), raw_start: usize) -> Option<(Assignment<'_>, usize)> {
    let start = skip_spaces(text, raw_start);
    let quote = text.get(start..)?.chars().next().filter(|c| matches!(c, '\'' | '"' | '`'));
    if let Some(quote) = quote {
        // Quoted: up to any later quote after which the line ends; the expression backtracks from the last to the first
        // only over escaped ones, so the first unescaped quote decides, then each escaped one before it.
        for end in node_quote_ends(text, start, quote) {
            if let Some(line_end) = node_tail(text, end.saturating_add(1)) {
                let value = (start.saturating_add(1), end);
                let inner = text.get(value.0..value.1).unwrap_or("");
                return Some((node_assignment(name, value, (raw_start, line_end), Some(quote), inner), line_end));
            }
        }
    }
    // Bare: everything up to `#` or the line's end. It may begin with whitespace, but not cross a line.
    let rest = text.get(raw_start..)?;
    let stop = rest.find(['#', '\r', '\n']).unwrap_or(rest.len());
    let bare_end = raw_start.saturating_add(stop);
    let raw = rest.get(..stop).unwrap_or("");
    if stop > 0 {
        let line_end = node_tail(text, bare_end)?;
        let trimmed = raw.trim_matches(is_js_space);
        let value_start = raw_start.saturating_add(raw.len().saturating_sub(raw.trim_start_matches(is_js_space).len()));
        let mut value = (value_start, value_start.saturating_add(trimmed.len()));
        let mut quote = None;
        let mut inner = trimmed;
        // A quoted value followed by something unexpected still loses its quotes if it ends as it began.
        if let Some(q) = trimmed.chars().next().filter(|c| matches!(c, '\'' | '"' | '`')) {
            if trimmed.len() > 1 && trimmed.ends_with(q) {
                quote = Some(q);
                value = (value.0.saturating_add(1), value.1.saturating_sub(1));
                inner = text.get(value.0..value.1).unwrap_or("");
            }
        }
        let mut assignment = node_assignment(name, value, (raw_start, line_end), quote, inner);
        // `\n` is expanded if the value begins with a double quote, closed or not.
        if trimmed.starts_with('"') && quote.is_none() {
            assignment.text = Some(node_escapes(trimmed));
        }
        return Some((assignment, line_end));
    }
    let line_end = node_tail(text, raw_start)?;
    Some((node_assignment(name, (raw_start, raw_start), (raw_start, raw_start), None, ""), line_end))
}

fn node_quote_ends(text: &str, start: usize, quote: char) -> Vec<usize> {
    let inner = start.saturating_add(1);
    let mut ends = Vec::new();
    let mut previous = '\0';
    for (i, c) in text.get(inner..).unwrap_or("").char_indices() {
        if c == quote {
            let at = inner.saturating_add(i);
            if previous == '\\' {
                ends.insert(0, at);
            } else {
                ends.insert(0, at);
                break;
            }
        }
        previous = c;
    }
    ends
}

/// `\s*(?:#.*)?$`: where the match ends, if only whitespace and a comment come before.
fn node_tail(text: &str, at: usize) -> Option<usize> {
    let after = skip_spaces(text, at);
    let rest = text.get(after..)?;
    if rest.starts_with('#') {
        let end = rest.find(is_line_end).unwrap_or(rest.len());
        return Some(after.saturating_add(end));
    }
    if rest.is_empty() {
        return Some(text.len());
    }
    // Whitespace may have crossed lines; then the line ended at the first line end in it.
    text.get(at..after)?.char_indices().rfind(|(_, c)| is_line_end(*c)).map(|(i, _)| at.saturating_add(i))
}

fn node_assignment(
    name: (usize, usize),
    value: (usize, usize),
    raw: (usize, usize),
    quote: Option<char>,
    inner: &str,
) -> Assignment<'_> {
    let text = if quote == Some('"') { node_escapes(inner) } else { node_lines(Cow::Borrowed(inner)) };
    Assignment { name, value, raw, quote, text: Some(text), expands: false, is_plain: false, var: None }
}

fn node_escapes(inner: &str) -> Cow<'_, str> {
    let lines = node_lines(Cow::Borrowed(inner));
    // Line ends first, so that what `\\r` expands to is kept.
    if lines.contains('\\') { Cow::Owned(lines.replace("\\n", "\n").replace("\\r", "\r")) } else { lines }
}

/// dotenv reads `\r\n` and `\r` as `\n`.
fn node_lines(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { text }
}

//! compose-go's dotenv package, as `docker compose` uses it.

use std::borrow::Cow;

use super::assignment::{Assignment, DotenvError, Sink};
use super::plain::dull_line;
use crate::text::printable::escaped;

/// `text` up to its first line end.
fn line_of(text: &str) -> &str {
    text.find('\n').and_then(|at| text.get(..at)).unwrap_or(text)
}

/// Go's `unicode.IsSpace`.
pub(super) fn is_go_space(c: char) -> bool {
    matches!(
        c,
        '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// Whitespace that doesn't end a statement in compose-go's parser.
fn is_inner_space(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

pub(super) fn lex<'t>(text: &'t str, sink: &mut Sink<'_, 't>) -> Option<DotenvError> {
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    loop {
        if let Some((assignment, next)) = dull_line(text, at) {
            if !sink(assignment) {
                return None;
            }
            at = next;
            continue;
        }
        let start = statement_start(text, at)?;
        match compose_statement(text, start) {
            Ok((assignment, next)) => {
                if assignment.is_some_and(|a| !sink(a)) {
                    return None;
                }
                at = next;
            }
            Err(error) => return Some(error),
        }
    }
}

/// The first byte at or after `at` that is neither whitespace nor in a comment.
fn statement_start(text: &str, mut at: usize) -> Option<usize> {
    loop {
        let rest = text.get(at..)?;
        at = at.saturating_add(rest.find(|c| !is_go_space(c))?);
        if text.as_bytes().get(at) != Some(&b'#') {
            return Some(at);
        }
        at = at.saturating_add(text.get(at..)?.find('\n')?);
    }
}

type Statement<'t> = (Option<Assignment<'t>>, usize);

fn compose_statement(text: &str, statement: usize) -> Result<Statement<'_>, DotenvError> {
    let line_end =
        |from: usize| text.get(from..).and_then(|t| t.find('\n')).map_or(text.len(), |n| from.saturating_add(n));
    let mut start = statement;
    if let Some(after) = text.get(statement..).and_then(|t| t.strip_prefix("export")) {
        if after.starts_with([' ', '\t', '\n', '\u{c}', '\r']) {
            let trimmed = after.trim_start_matches(is_inner_space);
            start = text.len().saturating_sub(trimmed.len());
        }
    }
    let rest = text.get(start..).unwrap_or("");
    let mut end = None;
    // Names are nearly always plain ASCII; only what follows is scanned character by character.
    let ascii = rest.bytes().position(|b| !(b.is_ascii_alphanumeric() || b == b'_')).unwrap_or(0);
    for (i, c) in rest.get(ascii..).unwrap_or("").char_indices() {
        let i = ascii.saturating_add(i);
        match c {
            c if is_inner_space(c) => {}
            '=' | ':' | '\n' => {
                end = Some((i, c));
                break;
            }
            '_' | '.' | '-' | '[' | ']' => {}
            c if c.is_alphabetic() || c.is_numeric() => {}
            c => {
                let at = start.saturating_add(i);
                return Err(DotenvError {
                    start: at,
                    end: at.saturating_add(c.len_utf8()),
                    message: format!("`{}` isn't allowed in a variable name", escaped(&c.to_string())),
                });
            }
        }
    }
    // At the end of the text without a separator the name is empty and the rest its value, as in the real parser.
    let (name_end, separator) = end.map_or((0, '='), |(i, c)| (i, c));
    let next = if end.is_some() { start.saturating_add(name_end).saturating_add(1) } else { start };
    let key = rest.get(..name_end).unwrap_or("").trim_end_matches(is_go_space);
    let name = (start, start.saturating_add(key.len()));
    if key.contains(' ') {
        return Err(DotenvError {
            start,
            end: line_end(start),
            message: "a variable name can't contain a space, and a line without `=` is read as a name".into(),
        });
    }
    if separator == '\n' {
        let bare = Assignment {
            name,
            value: (name.1, name.1),
            raw: (name.1, name.1),
            quote: None,
            text: None,
            expands: false,
            is_plain: false,
            var: None,
        };
        return Ok(((!key.is_empty()).then_some(bare), next));
    }
    let from = text.get(next..).unwrap_or("");
    let value_start = next.saturating_add(from.len().saturating_sub(from.trim_start_matches(is_inner_space).len()));
    let (assignment, next) = compose_value(text, name, next, value_start)?;
    Ok((Some(assignment), next))
}

fn compose_value(
    text: &str,
    name: (usize, usize),
    raw_start: usize,
    start: usize,
) -> Result<(Assignment<'_>, usize), DotenvError> {
    let rest = text.get(start..).unwrap_or("");
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let Some(quote) = quote else {
        let line = line_of(rest);
        let comment = if line.contains('#') { line.find(" #") } else { None };
        let value = comment.and_then(|at| line.get(..at)).unwrap_or(line);
        let value = if value.ends_with(|c: char| c.is_ascii_alphanumeric()) {
            value
        } else {
            value.trim_end_matches(is_go_space)
        };
        let line_end = start.saturating_add(line.len());
        let assignment = Assignment {
            name,
            value: (start, start.saturating_add(value.len())),
            raw: (raw_start, line_end),
            quote: None,
            text: Some(Cow::Borrowed(value)),
            expands: true,
            is_plain: false,
            var: None,
        };
        return Ok((assignment, line_end.saturating_add(1).min(text.len())));
    };
    let inner = start.saturating_add(1);
    let mut escaped = false;
    let mut unescaped: Option<String> = None;
    for (i, c) in text.get(inner..).unwrap_or("").char_indices() {
        let at = inner.saturating_add(i);
        if c == '\\' && !escaped {
            escaped = true;
            if unescaped.is_none() {
                unescaped = Some(text.get(inner..at).unwrap_or("").to_owned());
            }
            continue;
        }
        if c == quote && !escaped {
            let plain = text.get(inner..at).unwrap_or("");
            let body: Cow<'_, str> = unescaped.map_or(Cow::Borrowed(plain), Cow::Owned);
            let body = if quote == '"' && body.contains('\\') { Cow::Owned(expand_escapes(&body)) } else { body };
            let next = at.saturating_add(1);
            let line_end = text.get(next..).and_then(|t| t.find('\n')).map_or(text.len(), |n| next.saturating_add(n));
            let assignment = Assignment {
                name,
                value: (inner, at),
                raw: (raw_start, line_end),
                quote: Some(quote),
                text: Some(body),
                expands: quote == '"',
                is_plain: false,
                var: None,
            };
            return Ok((assignment, next));
        }
        if let Some(out) = &mut unescaped {
            if escaped && c != quote {
                out.push('\\');
            }
            out.push(c);
        }
        escaped = false;
    }
    let line_end = text.get(start..).and_then(|t| t.find('\n')).map_or(text.len(), |n| start.saturating_add(n));
    Err(DotenvError {
        start,
        end: line_end,
        message: format!("the value begins with `{quote}`, but the closing `{quote}` is missing"),
    })
}

/// The escapes of a double-quoted value. `\$` becomes `$$`, which the expansion turns into `$`.
fn expand_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let next = from.chars().nth(1);
        let simple = match next {
            Some('a') => Some("\u{7}"),
            Some('b') => Some("\u{8}"),
            Some('f') => Some("\u{c}"),
            Some('n') => Some("\n"),
            Some('r') => Some("\r"),
            Some('t') => Some("\t"),
            Some('v') => Some("\u{b}"),
            Some('"') => Some("\""),
            Some('\\') => Some("\\"),
            Some('$') => Some("$$"),
            _ => None,
        };
        let after = from.get(1..).unwrap_or("");
        if let Some(simple) = simple {
            out.push_str(simple);
            rest = after.get(1..).unwrap_or("");
        } else if next == Some('0') {
            // `\0` and up to three digits: three octal digits are a character, anything else loses its zero.
            let digits = after.get(1..).unwrap_or("");
            let count = digits.bytes().take(3).take_while(u8::is_ascii_digit).count();
            let octal = digits.get(..count).unwrap_or("");
            let character = (count == 3).then(|| u32::from_str_radix(octal, 8).ok().filter(|n| *n <= 255)).flatten();
            match character.and_then(char::from_u32) {
                Some(c) => out.push(c),
                None => {
                    out.push('\\');
                    out.push_str(octal);
                }
            }
            rest = digits.get(count..).unwrap_or("");
        } else {
            out.push('\\');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

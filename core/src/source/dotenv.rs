//! Dotenv files in three dialects, each parsed as its own program does: compose-go's dotenv package, docker's kvfile,
//! npm dotenv's regular expression. Lossless: every byte of the file belongs to exactly one [`Piece`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Dialect;
use super::template::{self, Lookup, TemplateError};
use crate::text::number::is_js_space;
use crate::variable::{Var, find};

/// One assignment, or a bare name whose value comes from the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment<'t> {
    /// Bytes of the name.
    pub name: (usize, usize),
    /// Bytes of the value without quotes.
    pub value: (usize, usize),
    /// Bytes from the separator to the end of what belongs to the value, quotes and comment included.
    pub raw: (usize, usize),
    /// The quote around the value.
    pub quote: Option<char>,
    /// The value before `$` is expanded; `None` for a bare name.
    pub text: Option<Cow<'t, str>>,
    /// Whether `$` is expanded in it.
    pub expands: bool,
    /// Whether the line is plain `NAME=value`, which every program reads the same way.
    pub dull: bool,
}

impl Assignment<'_> {
    /// The name.
    #[must_use]
    pub fn name<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.name.0..self.name.1).unwrap_or("")
    }
}

/// Why the dialect's program refuses the whole file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DotenvError {
    /// First byte of the error.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// What is wrong.
    pub message: String,
}

/// The assignments of a file, up to the error at which its program stops.
#[derive(Clone, Debug, Default)]
pub struct Lexed<'t> {
    /// In file order.
    pub assignments: Vec<Assignment<'t>>,
    /// Set if the program refuses the file.
    pub error: Option<DotenvError>,
}

/// Parses `text` as `dialect`'s program would.
#[must_use]
pub fn lex(text: &str, dialect: Dialect) -> Lexed<'_> {
    let mut assignments = Vec::new();
    let error = each(text, dialect, &mut |a| {
        assignments.push(a);
        true
    });
    Lexed { assignments, error }
}

/// Receives an assignment; returns whether to continue.
pub type Sink<'s, 't> = dyn FnMut(Assignment<'t>) -> bool + 's;

/// Passes the assignments of `text` on one by one, because a file may have millions. If the program behind
/// `dialect` refuses the file, returns its error.
pub fn each<'t>(text: &'t str, dialect: Dialect, sink: &mut Sink<'_, 't>) -> Option<DotenvError> {
    match dialect {
        Dialect::Compose => lex_compose(text, sink),
        Dialect::Docker => lex_docker(text, sink),
        Dialect::Node => lex_node(text, sink),
    }
}

/// The variables of `text` in order, expanded; `environment` resolves names that the file doesn't set earlier.
///
/// # Errors
/// If `dialect`'s program would refuse the file.
pub fn values(text: &str, dialect: Dialect, environment: &Lookup<'_>) -> Result<Vec<(String, String)>, DotenvError> {
    let mut all = Vec::new();
    each_value(text, dialect, environment, |a, value| all.push((a.name(text).to_owned(), value)))?;
    Ok(all)
}

/// The last value of each variable in the table, in the order in which the names first appear.
///
/// # Errors
/// As [`values`].
pub fn known_values(text: &str, dialect: Dialect) -> Result<Vec<(Var, String)>, DotenvError> {
    let mut all: Vec<(Var, String)> = Vec::new();
    each_value(text, dialect, &|_| None, |a, value| {
        let Some(var) = find(a.name(text)) else { return };
        match all.iter_mut().find(|(v, _)| *v == var) {
            Some((_, old)) => *old = value,
            None => all.push((var, value)),
        }
    })?;
    Ok(all)
}

fn each_value<'t>(
    text: &'t str,
    dialect: Dialect,
    environment: &Lookup<'_>,
    mut take: impl FnMut(&Assignment<'t>, String),
) -> Result<(), DotenvError> {
    let mut earlier = Earlier::of(text);
    let mut failed = None;
    let error = each(text, dialect, &mut |a| match value(text, &a, &earlier, environment, &mut |_| {}) {
        Ok(Some(value)) => {
            earlier.set(a.name(text), &value);
            take(&a, value);
            true
        }
        Ok(None) => true,
        Err(error) => {
            failed = Some(error);
            false
        }
    });
    failed.or(error).map_or(Ok(()), Err)
}

/// What a file has set so far, for later `$` references; nothing is kept for a file without any.
#[derive(Debug)]
pub struct Earlier(Option<BTreeMap<String, String>>);

impl Earlier {
    /// Before the first assignment of `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(text.contains('$').then(BTreeMap::new))
    }

    /// Keeps the value of `name`.
    pub fn set(&mut self, name: &str, value: &str) {
        let Some(values) = &mut self.0 else { return };
        match values.get_mut(name) {
            Some(old) => value.clone_into(old),
            None => {
                values.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn get(&self, name: &str) -> Option<String> {
        self.0.as_ref()?.get(name).cloned()
    }
}

/// The value of `assignment`, expanded with `environment` first and `earlier` assignments second.
///
/// # Errors
/// A template that can't be expanded.
pub fn value(
    text: &str,
    assignment: &Assignment<'_>,
    earlier: &Earlier,
    environment: &Lookup<'_>,
    unset: &mut dyn FnMut(&str),
) -> Result<Option<String>, DotenvError> {
    let Some(raw) = &assignment.text else {
        return Ok(environment(assignment.name(text)));
    };
    if !assignment.expands || !raw.contains('$') {
        return Ok(Some(raw.clone().into_owned()));
    }
    let lookup = |name: &str| environment(name).or_else(|| earlier.get(name));
    let fail = |e: TemplateError| DotenvError {
        start: assignment.value.0,
        end: assignment.value.1,
        message: template_message(&e),
    };
    template::expand(raw, &lookup, unset).map(Some).map_err(fail)
}

/// A template error as a sentence.
#[must_use]
pub fn template_message(error: &TemplateError) -> String {
    match error {
        TemplateError::Invalid => "`${` is followed by an invalid name, or has no closing brace".into(),
        TemplateError::TooDeep => {
            format!("more than {} nested variables, `${{A:-${{B:-…}}}}`", template::DEEPEST)
        }
        TemplateError::TooLong => "a value is larger than 1 MiB once its variables are expanded".into(),
        TemplateError::Required { name, reason } if reason.is_empty() => {
            format!("the required variable `{name}` is not set")
        }
        TemplateError::Required { name, reason } => format!("the required variable `{name}` is not set: {reason}"),
    }
}

/// A piece of a file, for printing it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Whitespace, comments, `export`, separators, anything after a value.
    Trivia(&'t str),
    /// A variable's name.
    Name(&'t str),
    /// A value with its quotes.
    Value(&'t str),
}

/// The whole file in pieces; joined, they are the file.
#[must_use]
pub fn pieces(text: &str, dialect: Dialect) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut at = 0;
    let slice = |a: usize, b: usize| text.get(a..b).unwrap_or("");
    for a in lex(text, dialect).assignments {
        let quote = a.quote.map_or(0, char::len_utf8);
        let (start, end) = (a.value.0.saturating_sub(quote), a.value.1.saturating_add(quote));
        out.push(Piece::Trivia(slice(at, a.name.0)));
        out.push(Piece::Name(slice(a.name.0, a.name.1)));
        at = a.name.1;
        if a.text.is_some() && start >= at {
            out.push(Piece::Trivia(slice(at, start)));
            out.push(Piece::Value(slice(start, end)));
            at = end;
        }
    }
    out.push(Piece::Trivia(slice(at, text.len())));
    out
}

// --- docker compose ---------------------------------------------------------------------------------------------

/// `text` up to its first line end.
fn line_of(text: &str) -> &str {
    text.find('\n').and_then(|at| text.get(..at)).unwrap_or(text)
}

/// Go's `unicode.IsSpace`.
fn is_go_space(c: char) -> bool {
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

fn lex_compose<'t>(text: &'t str, sink: &mut Sink<'_, 't>) -> Option<DotenvError> {
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

/// The fast path for plain `NAME=value`, which nearly every line is: it doesn't go through the line character
/// by character. Anything that may mean more is left to the full parser.
fn dull_line(text: &str, at: usize) -> Option<(Assignment<'_>, usize)> {
    let rest = text.as_bytes().get(at..)?;
    let name = rest.iter().position(|b| class(*b) & NAME == 0).filter(|n| *n > 0)?;
    if rest.get(name) != Some(&b'=') {
        return None;
    }
    let start = name.saturating_add(1);
    let tail = rest.get(start..)?;
    let length = memchr::memchr(b'\n', tail).unwrap_or(tail.len());
    let value = tail.get(..length)?;
    // No early exit: scanning the whole value is faster than a branch per byte.
    if value.is_empty() || value.iter().fold(PLAIN, |all, b| all & class(*b)) == 0 {
        return None;
    }
    let (start, end) = (at.saturating_add(start), at.saturating_add(start).saturating_add(length));
    let assignment = Assignment {
        name: (at, at.saturating_add(name)),
        value: (start, end),
        raw: (start, end),
        quote: None,
        text: Some(Cow::Borrowed(text.get(start..end)?)),
        expands: true,
        dull: true,
    };
    Some((assignment, end.saturating_add(1).min(text.len())))
}

/// Whether every program takes all characters of `text` literally.
pub(super) fn is_dull(text: &str) -> bool {
    text.bytes().fold(PLAIN, |all, b| all & class(b)) != 0
}

/// A byte of a name.
const NAME: u8 = 1;
/// A byte that every program takes literally: printable ASCII except quotes, `$`, `#`, backslash and space.
const PLAIN: u8 = 2;

#[allow(clippy::indexing_slicing, reason = "a byte is always within 256 cells")]
fn class(byte: u8) -> u8 {
    CLASSES[byte as usize]
}

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte: u8 = 0x21;
    while byte < 0x7f {
        let plain = !matches!(byte, b'"' | b'\'' | b'`' | b'$' | b'#' | b'\\');
        let name = byte.is_ascii_alphanumeric() || byte == b'_';
        #[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        {
            classes[byte as usize] = if plain { PLAIN } else { 0 } | if name { NAME } else { 0 };
        }
        byte += 1;
    }
    classes
};

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
                    message: format!(
                        "`{}` isn't allowed in a variable name",
                        crate::text::printable::escaped(&c.to_string())
                    ),
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
            dull: false,
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
            dull: false,
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
                dull: false,
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

// --- docker run --env-file --------------------------------------------------------------------------------------

/// The longest line docker reads: Go's `bufio.Scanner` fails on a longer one.
const DOCKER_LINE: usize = 64 * 1024;

fn lex_docker<'t>(text: &'t str, sink: &mut Sink<'_, 't>) -> Option<DotenvError> {
    let mut at = 0;
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    while at < text.len() {
        let rest = text.get(at..).unwrap_or("");
        let length = rest.find('\n').unwrap_or(rest.len());
        let next = at.saturating_add(length).saturating_add(1);
        if length >= DOCKER_LINE {
            return Some(DotenvError {
                start: at,
                end: at.saturating_add(length),
                message: "the line is longer than the 65,536 bytes that docker reads".into(),
            });
        }
        let line = rest.get(..length).unwrap_or("");
        let line = line.strip_suffix('\r').unwrap_or(line);
        let skipped = if at == 0 { bom } else { 0 };
        let line_start = at.saturating_add(skipped);
        let body = line.get(skipped..).unwrap_or("");
        let trimmed = body.trim_start_matches(is_go_space);
        let start = line_start.saturating_add(body.len().saturating_sub(trimmed.len()));
        at = next;
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let (name, value) = trimmed.split_once('=').map_or((trimmed, None), |(n, v)| (n, Some(v)));
        let name_end = start.saturating_add(name.len());
        if name.is_empty() || name.contains([' ', '\t']) {
            let message = if name.is_empty() {
                "the line has no name before `=`".into()
            } else {
                "docker refuses names that contain whitespace, which includes `export NAME`".into()
            };
            return Some(DotenvError { start, end: start.saturating_add(trimmed.len()), message });
        }
        let value_start = name_end.saturating_add(usize::from(value.is_some()));
        let value_end = value_start.saturating_add(value.map_or(0, str::len));
        let goes_on = sink(Assignment {
            name: (start, name_end),
            value: (value_start, value_end),
            raw: (value_start, value_end),
            quote: None,
            text: value.map(Cow::Borrowed),
            expands: false,
            dull: false,
        });
        if !goes_on {
            break;
        }
    }
    None
}

// --- npm dotenv -------------------------------------------------------------------------------------------------

/// Matches npm dotenv's expression by hand, alternative by alternative, from every line start:
/// `^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'…'|\s*"…"|\s*`…`|[^#\r\n]+)?\s*(?:#.*)?$`, flags `mg`.
fn lex_node<'t>(text: &'t str, sink: &mut Sink<'_, 't>) -> Option<DotenvError> {
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
    Assignment { name, value, raw, quote, text: Some(text), expands: false, dull: false }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn compose(text: &str) -> Result<Vec<(String, String)>, DotenvError> {
        values(text, Dialect::Compose, &|_| None)
    }

    #[test]
    fn escapes_of_a_double_quoted_value() {
        for (text, value) in [
            (r#"A="\0123\041""#, "S\\41"),
            (r#"A="\x\c""#, "\\x\\c"),
            (r#"A="\\n""#, "\\n"),
            (r#"A="\"q\"""#, "\"q\""),
            (r"A='it\'s \n'", r"it's \n"),
            (r#"A="\$B""#, "$B"),
            (r#"A="\0""#, "\\"),
        ] {
            assert_eq!(compose(text).unwrap(), [("A".to_owned(), value.to_owned())], "{text}");
        }
    }

    #[test]
    fn npm_dotenv_keeps_an_escaped_carriage_return() {
        for (text, value) in [("A=\"\\r\"", "\r"), ("A=\"x\r\ny\\r\\n\"", "x\ny\r\n"), ("A=\"\\r&-", "\"\r&-")] {
            let read = values(text, Dialect::Node, &|_| None).unwrap();
            assert_eq!(read, [("A".to_owned(), value.to_owned())], "{text:?}");
        }
    }

    #[test]
    fn npm_dotenv_takes_the_next_line_after_a_lone_colon() {
        for text in ["A:\nB\n", "A:\r\nB\r\n"] {
            let read = values(text, Dialect::Node, &|_| None).unwrap();
            assert_eq!(read, [("A".to_owned(), "B".to_owned())], "{text:?}");
        }
    }

    #[test]
    fn every_dialect_prints_back_what_it_read() {
        let text = "\u{feff}export A=1 # c\r\nB: 'x\ny' # d\n\n# only\nC=\"q\\\"r\" tail\nD\nE=\n";
        for dialect in [Dialect::Compose, Dialect::Docker, Dialect::Node] {
            let printed: String = pieces(text, dialect)
                .into_iter()
                .map(|p| match p {
                    Piece::Trivia(t) | Piece::Name(t) | Piece::Value(t) => t,
                })
                .collect();
            assert_eq!(printed, text, "{dialect:?}");
        }
    }

    #[test]
    fn a_bare_name_takes_the_shells_value() {
        let shell = |n: &str| (n == "A").then(|| "shell".to_owned());
        let read = values("A\nB=$A\n", Dialect::Compose, &shell).unwrap();
        assert_eq!(read, [("A".to_owned(), "shell".to_owned()), ("B".to_owned(), "shell".to_owned())]);
    }
}

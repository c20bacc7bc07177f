//! Names and values in a line of any format.

use crate::text::span::floor;

/// A name and its surroundings.
pub(super) struct Name<'t> {
    pub(super) text: &'t str,
    /// First byte in the line.
    pub(super) start: usize,
    /// First byte after the separator.
    pub(super) value: usize,
    pub(super) separator: Separator,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    Equals,
    Colon,
    /// `${NAME:-…}` and the like; whether the rest is an error message.
    Template {
        message: bool,
    },
    /// `?name=` or `&name=` in a URL.
    Query,
}

/// A value's style.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Up to the end of the line or to the next entry.
    Whole,
    Quoted,
    /// A quote opens it, but isn't closed on the line.
    Unclosed(char),
    /// `|` or `>`: the lines below.
    Block,
    /// It may follow on the next lines.
    Nothing,
    /// A mapping or a list on the same line.
    Flow,
}

/// A value in a line.
pub(super) struct Written {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) form: Form,
}

impl Written {
    /// `flow`: where the line is, if it is in flow style around `name`; `templates`: those of the line.
    pub(super) fn read(
        line: &str,
        name: &Name<'_>,
        next: Option<usize>,
        flow: Option<Cursor>,
        templates: &[(usize, usize)],
    ) -> Self {
        let rest = line.get(name.value..).unwrap_or("");
        let trimmed = rest.trim_start_matches([' ', '\t']);
        let start = line.len().saturating_sub(trimmed.len());
        let done = |end: usize, form: Form| Self { start, end: end.max(start), form };
        if let Separator::Template { .. } = name.separator {
            let inner = templates.partition_point(|(from, _)| *from <= name.start);
            let end = inner.checked_sub(1).and_then(|i| templates.get(i)).map_or(line.len(), |(_, to)| *to);
            return done(end, Form::Whole);
        }
        if name.separator == Separator::Query {
            let near = trimmed.get(..floor(trimmed, NEAR)).unwrap_or(trimmed);
            let length = near.find(['&', ';', '#', ' ', '"', '\'']).unwrap_or(trimmed.len());
            return done(start.saturating_add(length), Form::Whole);
        }
        let yaml = name.separator == Separator::Colon;
        match trimmed.chars().next() {
            None => return done(start, Form::Nothing),
            Some('#') if yaml => return done(start, Form::Nothing),
            Some('|' | '>') if yaml => return done(start, Form::Block),
            Some('{' | '[') if yaml => return done(line.len(), Form::Flow),
            Some(quote @ ('"' | '\'' | '`')) => {
                let start = start.saturating_add(1);
                return match closing(line, start, quote) {
                    Some(end) => Self { start, end, form: Form::Quoted },
                    None => Self { start, end: line.len(), form: Form::Unclosed(quote) },
                };
            }
            _ => {}
        }
        let end = match next {
            _ if flow.is_some_and(|c| c.quote.is_some()) => {
                let quote = flow.and_then(|c| c.quote).unwrap_or('"');
                closing(line, start, quote).unwrap_or(line.len())
            }
            _ if flow.is_some() => own_end(line, start, None),
            Some(next) if next > start && !yaml => next,
            _ => line.len(),
        };
        let end = line.get(..end).map_or(end, |t| t.trim_end_matches([' ', '\t']).len());
        done(end, Form::Whole)
    }
}

/// The names of `line` that a separator follows, in order.
pub(super) fn names(line: &str) -> Vec<Name<'_>> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut out = Vec::new();
    let mut at = 0_usize;
    let mut first = true;
    while let Some(found) = line.get(at..).and_then(|t| t.find(is_name)) {
        let start = at.saturating_add(found);
        let rest = line.get(start..).unwrap_or("");
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        at = start.saturating_add(length);
        let Some(text) = rest.get(..length) else { continue };
        let before = line.get(..start).unwrap_or("");
        if before.ends_with("${") {
            // The operator's dash may have been parsed as part of the name.
            let (text, rest) = match text.split_once('-') {
                Some((name, _)) => (name, rest.get(name.len()..).unwrap_or("")),
                None => (text, rest.get(length..).unwrap_or("")),
            };
            let message = rest.trim_start_matches(':').starts_with('?');
            let operator = rest.len().saturating_sub(rest.trim_start_matches(':').len()).saturating_add(1);
            if rest.trim_start_matches(':').starts_with(['-', '?', '+']) {
                let value = start.saturating_add(text.len()).saturating_add(operator);
                at = value;
                out.push(Name { text, start, value, separator: Separator::Template { message } });
            }
            continue;
        }
        let text = text.trim_start_matches('-');
        let after = line.get(at..).unwrap_or("");
        let before = if std::mem::take(&mut first) { before } else { near(before) };
        let Some((separator, length)) = separator(before, after) else { continue };
        out.push(Name { text, start, value: at.saturating_add(length), separator });
    }
    out
}

/// The end of the text before a name that isn't the line's first: the rest says nothing about the separator.
fn near(before: &str) -> &str {
    const ENOUGH: usize = 8;
    let from = floor(before, before.len().saturating_sub(ENOUGH));
    // Never empty and never only decoration, unlike at the beginning of a line.
    before.get(from..).filter(|end| !end.trim_matches(is_decoration).is_empty()).unwrap_or("_ ")
}

fn is_decoration(c: char) -> bool {
    matches!(c, ' ' | '\t' | '-' | '"' | '\'' | '\u{feff}')
}

/// The separator after a name and where it ends.
pub(super) fn separator(before: &str, after: &str) -> Option<(Separator, usize)> {
    let unquoted = after.strip_prefix("\\\"").or_else(|| after.strip_prefix(['"', '\''])).unwrap_or(after);
    let rest = unquoted.trim_start_matches([' ', '\t']);
    let length = after.len().saturating_sub(rest.len());
    let query = before.ends_with(['?', '&', ';']) || before.ends_with("%3F") || before.ends_with("%26");
    for mark in ["=", "%3D", "%3d"] {
        if rest.starts_with(mark) {
            let kind = if query { Separator::Query } else { Separator::Equals };
            return Some((kind, length.saturating_add(mark.len())));
        }
    }
    let value = rest.strip_prefix(':')?;
    let quoted = unquoted.len() < after.len();
    let at_start = before.trim_matches(is_decoration).is_empty();
    let apart = value.is_empty() || value.starts_with([' ', '\t', '"', '\'', '{', '[', '\\']);
    (apart || quoted || (at_start && !value.starts_with("//"))).then(|| (Separator::Colon, length.saturating_add(1)))
}

/// Where `quote` closes the text that begins at `from`; after a backslash, or doubled, it doesn't.
pub(super) fn closing(line: &str, from: usize, quote: char) -> Option<usize> {
    let mut chars = line.get(from..)?.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        if c == '\\' && quote != '\'' {
            chars.next();
        } else if c == quote {
            let doubled = quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == quote);
            if !doubled {
                return Some(from.saturating_add(i));
            }
            chars.next();
        }
    }
    None
}

/// One past the bracket that closes the one at `from`, or the end of the line.
pub(super) fn flow_end(line: &str, from: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = from;
    while let Some(c) = line.get(at..).and_then(|rest| rest.chars().next()) {
        at = at.saturating_add(c.len_utf8());
        match c {
            '{' | '[' => depth = depth.saturating_add(1),
            '}' | ']' => depth = depth.saturating_sub(1),
            '"' | '\'' => at = closing(line, at, c).map_or(line.len(), |end| end.saturating_add(1)),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    line.len()
}

/// Tracks flow style and quotes on a line up to a byte. Never moves back, so that a line costs linear time.
#[derive(Clone, Copy)]
pub(super) struct Cursor {
    at: usize,
    /// Brackets that are open.
    pub(super) depth: usize,
    /// The quote that is open.
    pub(super) quote: Option<char>,
    templates: usize,
    before: char,
}

impl Cursor {
    /// At the beginning of a line; `inside` something that an earlier line opened.
    pub(super) fn new(inside: bool) -> Self {
        Self { at: 0, depth: usize::from(inside), quote: None, templates: 0, before: ' ' }
    }

    /// Advances to the byte `to` of `line`.
    pub(super) fn advance(&mut self, line: &str, to: usize) {
        while self.at < to {
            let Some(c) = line.get(self.at..).and_then(|rest| rest.chars().next()) else { return };
            self.at = self.at.saturating_add(c.len_utf8());
            match (self.quote, c) {
                (Some('"' | '`'), '\\') => self.at = self.at.saturating_add(1),
                (Some(quote), c) if c == quote => self.quote = None,
                (None, '"' | '\'' | '`') if opens_quote(self.before) => self.quote = Some(c),
                (None, '{') if self.before == '$' => self.templates = self.templates.saturating_add(1),
                (None, '}') if self.templates > 0 => self.templates = self.templates.saturating_sub(1),
                (None, '{' | '[') => self.depth = self.depth.saturating_add(1),
                (None, '}' | ']') => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            self.before = c;
        }
    }
}

/// Whether a quote after `before` opens a string; elsewhere it's an apostrophe.
fn opens_quote(before: char) -> bool {
    before.is_whitespace() || matches!(before, '{' | '[' | '(' | ',' | ':' | '=' | '-' | '\'' | '"')
}

/// How many bytes are searched for the end of a URL parameter; a longer one extends to the end of the line.
const NEAR: usize = 8192;

/// Like [`own_end`], including what follows a comma unless it's a named entry: then the comma is part of the value.
pub(super) fn entry_end(line: &str, from: usize, quote: Option<char>) -> usize {
    let mut end = own_end(line, from, quote);
    while line.get(end..).is_some_and(|rest| rest.starts_with(',')) {
        let next = end.saturating_add(1);
        let rest = line.get(next..).unwrap_or("");
        let length = rest.find([',', ':', '=', '{', '[', '}', ']']).unwrap_or(rest.len());
        let named = rest.get(length..).is_some_and(|r| r.starts_with([':', '=', '{', '[']));
        if named || rest.get(..length).is_none_or(|text| text.trim().is_empty()) {
            break;
        }
        end = next.saturating_add(length);
    }
    end
}

/// Where the flow-style entry that contains the byte `from` ends: at its comma, or at the closing bracket. A comment
/// belongs to it with the rest of the line. `quote`: the one that is open at `from`.
fn own_end(line: &str, from: usize, quote: Option<char>) -> usize {
    let mut at = match quote {
        Some(quote) => closing(line, from, quote).map_or(line.len(), |end| end.saturating_add(1)),
        None => from,
    };
    let (mut depth, mut templates, mut before) = (0_usize, 0_usize, ' ');
    while let Some(c) = line.get(at..).and_then(|rest| rest.chars().next()) {
        let here = at;
        at = at.saturating_add(c.len_utf8());
        match c {
            '#' if before.is_whitespace() && here > from => return line.len(),
            '{' if before == '$' => templates = templates.saturating_add(1),
            '}' if templates > 0 => templates = templates.saturating_sub(1),
            ',' if depth == 0 && templates == 0 => return here,
            '}' | ']' if depth == 0 => return here,
            '{' | '[' => depth = depth.saturating_add(1),
            '}' | ']' => depth = depth.saturating_sub(1),
            '"' | '\'' | '`' if opens_quote(before) => {
                at = closing(line, at, c).map_or(line.len(), |end| end.saturating_add(1));
            }
            _ => {}
        }
        before = c;
    }
    line.len()
}

/// Where flow style ends on a line: after the last bracket, or at a comment.
pub(super) fn line_close(line: &str, json: bool) -> usize {
    let mut cursor = Cursor::new(false);
    let mut close = None;
    for (at, c) in line.char_indices() {
        cursor.advance(line, at);
        if cursor.quote.is_some() {
            continue;
        }
        if c == '#' && !json && cursor.before.is_whitespace() {
            return at;
        }
        if matches!(c, '}' | ']') && cursor.templates == 0 && cursor.depth <= 1 {
            close = Some(at.saturating_add(1));
        } else if matches!(c, '{' | '[') {
            close = None;
        }
    }
    // A comma or further brackets are part of the string.
    let rest = |at: usize| line.get(at..).is_some_and(|r| r.starts_with([',', '}', ']']));
    close.filter(|at| cursor.quote.is_none() && !rest(*at)).unwrap_or(line.len())
}

/// The templates of a line: first byte inside and the closing brace, or the end of the line if it's never closed.
/// Sorted by where they begin.
pub(super) fn templates(line: &str) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    if !line.contains("${") {
        return out;
    }
    let mut open: Vec<usize> = Vec::new();
    let mut before = b' ';
    for (at, b) in line.bytes().enumerate() {
        match b {
            b'{' if before == b'$' => {
                open.push(out.len());
                out.push((at.saturating_add(1), line.len()));
            }
            b'}' => {
                if let Some(range) = open.pop().and_then(|i| out.get_mut(i)) {
                    range.1 = at;
                }
            }
            _ => {}
        }
        before = b;
    }
    out
}

/// Where the template ends; `text` begins with its inside.
fn template_end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' if text.get(..at).is_some_and(|before| before.ends_with('$')) => depth = depth.saturating_add(1),
            '}' if depth == 0 => return Some(at),
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The literal parts of a value: all but the names in `${NAME}`, `${NAME:-text}` and the like.
pub(super) fn literal_parts(value: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut at = 0_usize;
    while let Some(found) = value.get(at..).and_then(|rest| rest.find("${")) {
        let start = at.saturating_add(found);
        let inner = start.saturating_add(2);
        let Some(length) = value.get(inner..).and_then(template_end) else { break };
        let end = inner.saturating_add(length);
        let text = value.get(inner..end).unwrap_or("");
        let name = text.split([':', '-', '?', '+']).next().unwrap_or("");
        if is_shell_name(name) {
            let words = text.get(name.len()..).unwrap_or("").trim_start_matches([':', '-', '?', '+']);
            out.push((at, start));
            out.push((end.saturating_sub(words.len()), end));
        } else {
            out.push((at, end.saturating_add(1)));
        }
        at = end.saturating_add(1);
    }
    out.push((at, value.len()));
    out
}

/// Whether it looks like a shell variable's name.
pub(super) fn is_shell_name(name: &str) -> bool {
    name.bytes().all(|b| b == b'_' || b.is_ascii_uppercase() || b.is_ascii_digit())
        && name.contains('_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// Where a comment begins after a value without quotes.
pub(super) fn comment(value: &str) -> Option<usize> {
    [" #", "\t#"].iter().filter_map(|mark| value.find(mark)).min()
}

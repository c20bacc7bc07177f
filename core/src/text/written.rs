//! Names and values as a line has them, whatever format the line is in.

/// A name with what stands around it.
pub(super) struct Name<'t> {
    pub(super) text: &'t str,
    /// First byte in the line.
    pub(super) start: usize,
    /// First byte behind the separator.
    pub(super) value: usize,
    pub(super) separator: Separator,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    Equals,
    Colon,
    /// `${NAME:-…}` and its kin; whether the rest is the message of an error.
    Template {
        message: bool,
    },
    /// `?name=` or `&name=` in a link.
    Query,
}

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Up to the end of the line or to the next entry.
    Whole,
    Quoted,
    /// A quote opens it and none on the line ends it.
    Unclosed(char),
    /// `|` or `>`: the lines below.
    Block,
    /// It may follow below.
    Nothing,
    /// A mapping or a list on the same line.
    Flow,
}

/// A value as a line has it.
pub(super) struct Written {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) form: Form,
}

impl Written {
    pub(super) fn read(line: &str, name: &Name<'_>, next: Option<usize>) -> Self {
        let rest = line.get(name.value..).unwrap_or("");
        let trimmed = rest.trim_start_matches([' ', '\t']);
        let start = line.len().saturating_sub(trimmed.len());
        let done = |end: usize, form: Form| Self { start, end: end.max(start), form };
        if let Separator::Template { .. } = name.separator {
            let end = template_end(trimmed).map_or(line.len(), |n| start.saturating_add(n));
            return done(end, Form::Whole);
        }
        if name.separator == Separator::Query {
            let length = trimmed.find(['&', ';', '#', ' ', '"', '\'']).unwrap_or(trimmed.len());
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
        let before = line.get(..name.start).unwrap_or("");
        let flow = yaml && (before.contains('{') || before.contains('['));
        let end = match next {
            _ if flow => trimmed.find([',', '}', ']']).map_or(line.len(), |n| start.saturating_add(n)),
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
    while let Some(found) = line.get(at..).and_then(|t| t.find(is_name)) {
        let start = at.saturating_add(found);
        let rest = line.get(start..).unwrap_or("");
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        at = start.saturating_add(length);
        let Some(text) = rest.get(..length) else { continue };
        let before = line.get(..start).unwrap_or("");
        if before.ends_with("${") {
            // The operator's dash may have been taken for a part of the name.
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
        let Some((separator, length)) = separator(before, after) else { continue };
        out.push(Name { text, start, value: at.saturating_add(length), separator });
    }
    out
}

/// The separator behind a name and how far it reaches.
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
    let at_start = before.trim_matches([' ', '\t', '-', '"', '\'', '\u{feff}']).is_empty();
    let apart = value.is_empty() || value.starts_with([' ', '\t', '"', '\'', '{', '[', '\\']);
    (apart || quoted || (at_start && !value.starts_with("//"))).then(|| (Separator::Colon, length.saturating_add(1)))
}

/// Where `quote` ends what begins at `from`; behind a backslash, or doubled, it does not.
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

/// One past the bracket that ends what the one at `from` opens, or the end of the line.
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

/// Where the template ends whose inside `text` begins with.
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

/// What of a value is text of its own: all but the names in `${NAME}`, `${NAME:-text}` and their kin.
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

/// A name as shells' variables usually have it.
pub(super) fn is_shell_name(name: &str) -> bool {
    name.bytes().all(|b| b == b'_' || b.is_ascii_uppercase() || b.is_ascii_digit())
        && name.contains('_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// Where a comment begins behind a value without quotes.
pub(super) fn comment(value: &str) -> Option<usize> {
    [" #", "\t#"].iter().filter_map(|mark| value.find(mark)).min()
}

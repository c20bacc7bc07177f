//! Assignments in scripts, templates and multi-line strings, found line by line.

use super::language::Lines;
use super::names::{Names, Rank};
use super::token::{Escape, decoded};
use super::{Found, FoundValue};

/// What only a running program knows the outcome of.
const EXPANDED: [&str; 6] = ["$", "`", "{{", "{%", "%{", "<%"];

/// Programs that search and replace: what they have as names and values is neither.
const EDITORS: [(&str, &str); 5] =
    [("sed ", "| sed "), ("grep ", "| grep "), ("awk ", "| awk "), ("perl ", "| perl "), ("yq ", "| yq ")];

/// How many lines later the value may follow that belongs to a `--set` of a name.
const MOST_FURTHER: usize = 2;

/// Longer lines aren't written by people, and each name in a line costs as much as the line is long.
const LONGEST_LINE: usize = 4096;

/// Finds what the part `range` of `text` sets. In a program's `strict` strings only what begins a line counts: the rest
/// may be prose.
pub(super) fn read(
    text: &str,
    range: (usize, usize),
    format: &Lines,
    strict: bool,
    names: &Names,
    out: &mut Vec<Found>,
) {
    let lines = split(text, range);
    let comments = comments(text, range, format);
    let mut heredoc: Option<&str> = None;
    let mut in_env = false;
    for (number, line) in lines.iter().enumerate() {
        let trimmed = line.text.trim_start();
        if line.text.len() > LONGEST_LINE {
            continue;
        }
        if heredoc.is_some_and(|mark| line.text.trim() == mark) {
            heredoc = None;
            continue;
        }
        let script = format.script && heredoc.is_none();
        let continued = in_env;
        // A comment in an instruction of several lines doesn't end it.
        if continued && (trimmed.is_empty() || trimmed.starts_with('#')) {
            continue;
        }
        if format.dockerfile && heredoc.is_none() {
            let env = continued || trimmed.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("env "));
            in_env = env && line.text.trim_end().ends_with('\\');
            if !env && !trimmed.starts_with("RUN ") {
                continue;
            }
        }
        if trimmed.starts_with('#') || format.control.iter().any(|c| trimmed.starts_with(c) && is_alone(trimmed, c)) {
            continue;
        }
        if !strict && EDITORS.iter().any(|(first, piped)| trimmed.starts_with(first) || trimmed.contains(piped)) {
            continue;
        }
        let here = Here { text, lines: &lines, number, line, script, strict, format, continued };
        let comment = comment_at(line.text);
        for (start, end) in words(line.text) {
            let inside = |(from, to): &(usize, usize)| {
                let at = line.start.saturating_add(start);
                *from <= at && at < *to
            };
            let Some(rank) = line.text.get(start..end).and_then(|word| names.rank(word)) else { continue };
            if comments.iter().any(inside) || comment.is_some_and(|at| at < start) {
                continue;
            }
            if let Some(value) = here.value(start, end) {
                let name = (line.start.saturating_add(start), line.start.saturating_add(end));
                if value.text.as_deref().is_none_or(|text| names.rank(text) != Some(Rank::Setting)) {
                    out.push(Found { rank, name, value });
                }
            }
        }
        if script {
            heredoc = heredoc_mark(line.text);
        }
    }
}

#[derive(Clone, Copy)]
struct Line<'t> {
    start: usize,
    /// Without its line end.
    text: &'t str,
}

fn split(text: &str, (from, to): (usize, usize)) -> Vec<Line<'_>> {
    let mut start = from;
    let mut all = Vec::new();
    for line in text.get(from..to).unwrap_or("").split_inclusive('\n') {
        let mut content = line.trim_end_matches(['\n', '\r']);
        let mut begin = start;
        if begin == 0 && content.starts_with('\u{feff}') {
            content = content.trim_start_matches('\u{feff}');
            begin = '\u{feff}'.len_utf8();
        }
        all.push(Line { start: begin, text: content });
        start = start.saturating_add(line.len());
    }
    all
}

/// The template language's comments.
fn comments(text: &str, (from, to): (usize, usize), format: &Lines) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    for (open, close) in format.comments {
        let mut at = from;
        while let Some(found) = text.get(at..to).and_then(|rest| rest.find(open)) {
            let start = at.saturating_add(found);
            let inner = start.saturating_add(open.len());
            let end = text.get(inner..to).and_then(|rest| rest.find(close));
            let end = end.map_or(to, |n| inner.saturating_add(n).saturating_add(close.len()));
            all.push((start, end));
            at = end;
        }
    }
    all
}

/// Whether a line sets nothing beside its template code.
fn is_alone(trimmed: &str, open: &str) -> bool {
    let close = match open {
        "{{" => "}}",
        "{%" => "%}",
        _ => "}",
    };
    let mut rest = trimmed;
    while let Some((before, inner)) = rest.split_once(open) {
        if before.contains(['=', ':']) {
            return false;
        }
        rest = inner.split_once(close).map_or("", |(_, after)| after);
    }
    !rest.contains(['=', ':'])
}

/// Start and end of each word.
fn words(line: &str) -> Vec<(usize, usize)> {
    let is_word = |b: u8| b == b'_' || b.is_ascii_alphanumeric();
    let mut all = Vec::new();
    let mut start = None;
    for (at, byte) in line.bytes().enumerate() {
        match (start, is_word(byte)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                all.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    all.extend(start.map(|from| (from, line.len())));
    all
}

/// Where the comment begins that ends a line.
fn comment_at(line: &str) -> Option<usize> {
    let mut quote: Option<char> = None;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match quote {
            Some(q) if c == q => quote = None,
            None if matches!(c, '"' | '\'') && matches!(before, ' ' | '\t' | '=' | ':' | '(' | '[' | '{' | ',') => {
                quote = Some(c);
            }
            None if c == '#' && matches!(before, ' ' | '\t') => return Some(at),
            _ => {}
        }
        before = c;
    }
    None
}

/// What ends the heredoc that begins on a line.
fn heredoc_mark(line: &str) -> Option<&str> {
    let (before, rest) = line.split_once("<<")?;
    if rest.starts_with('<') || before.ends_with('<') || comment_at(line).is_some_and(|at| at < before.len()) {
        return None;
    }
    let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start().trim_start_matches(['"', '\'', '\\']);
    let end = rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    rest.get(..end).filter(|mark| mark.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()))
}

/// A line with what is around it.
struct Here<'h> {
    text: &'h str,
    lines: &'h [Line<'h>],
    number: usize,
    line: &'h Line<'h>,
    script: bool,
    strict: bool,
    format: &'h Lines,
    /// Whether the line continues the one before it.
    continued: bool,
}

impl Here<'_> {
    /// The value of the name at `start..end` of the line, if it's set there.
    fn value(&self, start: usize, end: usize) -> Option<FoundValue> {
        let line = self.line.text;
        let before = line.get(..start)?;
        let quote = before.chars().next_back().filter(|c| matches!(c, '"' | '\''));
        let outside = quote.map_or(before, |q| before.strip_suffix(q).unwrap_or(before));
        if before.ends_with(['$', '/', '-', '<', '%', '@']) || before.ends_with("${") || before.ends_with("%{") {
            return None;
        }
        // In an expression of the template language.
        let opened = |open: &str, close: &str| before.rfind(open) > before.rfind(close);
        if before.contains("{{") && opened("{{", "}}") || before.contains("${") && opened("${", "}") {
            return None;
        }
        let closed = quote.is_some_and(|q| line.get(end..).is_some_and(|rest| rest.starts_with(q)));
        let after = end.saturating_add(usize::from(closed));
        let rest = line.get(after..)?;
        if let Some(key) = name_key(outside) {
            return Some(self.named(&key, after));
        }
        let head = outside.trim().trim_start_matches(['-', ' ']);
        let starts =
            head.is_empty() || matches!(head, "export" | "set" | "ENV" | "Environment=" | "declare -x" | "readonly");
        if self.strict
            && !starts
            && !matches!(head, "e" | "env" | "docker run -e")
            && !head.ends_with(" -e")
            && !head.ends_with("--env")
        {
            return None;
        }
        if rest.starts_with('=') && !rest.starts_with("==") {
            let at = after.saturating_add(1);
            return Some(match quote.filter(|_| !closed) {
                Some(quote) => self.until(at, quote),
                None if starts && !self.script && !head.ends_with("export") => self.to_line_end(at),
                None => self.shell_word(at),
            });
        }
        if self.script {
            // `ENV NAME value`
            let env = self.format.dockerfile && !self.continued && head.eq_ignore_ascii_case("env");
            let spaced = rest.starts_with([' ', '\t']) && !rest.trim_start().is_empty();
            let at = after.saturating_add(rest.len().saturating_sub(rest.trim_start().len()));
            if env && spaced {
                return Some(self.to_line_end(at));
            }
            // `set_env NAME value`: a function of the script's own.
            let setter = ["set", "add", "put", "write", "ensure"].iter().any(|verb| head.contains(verb));
            let is_call = setter && head != "unset" && !head.contains(char::is_whitespace);
            return (is_call && spaced).then(|| self.shell_word(at));
        }
        let spaces = rest.len().saturating_sub(rest.trim_start().len());
        let at = after.saturating_add(spaces).saturating_add(1);
        let operator = rest.trim_start();
        if operator.starts_with('=') && !operator.starts_with("==") && starts {
            return Some(self.to_line_end(at));
        }
        let is_key = operator.strip_prefix(':').is_some_and(|v| v.is_empty() || v.starts_with([' ', '\t']) || closed);
        let flow = head.ends_with(['{', ',']);
        if is_key && (starts || flow || head.is_empty()) {
            let value = self.scalar(at);
            // A sentence about the variable.
            if self.strict && value.text.as_deref().is_some_and(|text| text.contains(' ')) {
                return None;
            }
            return Some(value);
        }
        None
    }

    fn unknown(&self, at: usize) -> FoundValue {
        FoundValue::unknown(self.line.start.saturating_add(at))
    }

    /// The literal at `start..end` of the line, unless something expands it.
    fn literal(&self, start: usize, end: usize, escape: Escape) -> FoundValue {
        let raw = self.line.text.get(start..end).unwrap_or("");
        if EXPANDED.iter().any(|mark| raw.contains(mark)) {
            return self.unknown(start);
        }
        let Some(value) = decoded(raw, escape) else { return self.unknown(start) };
        let base = self.line.start;
        FoundValue::literal(self.text, value, base.saturating_add(start), base.saturating_add(end))
    }

    /// A value up to the quote around the assignment.
    fn until(&self, at: usize, quote: char) -> FoundValue {
        let rest = self.line.text.get(at..).unwrap_or("");
        match rest.find(quote) {
            Some(length) if !rest.get(..length).is_some_and(|v| v.contains('\\')) => {
                self.literal(at, at.saturating_add(length), Escape::None)
            }
            _ => self.unknown(at),
        }
    }

    /// A value up to the end of the line or its comment, quoted or not.
    fn to_line_end(&self, at: usize) -> FoundValue {
        let rest = self.line.text.get(at..).unwrap_or("");
        let at = at.saturating_add(rest.len().saturating_sub(rest.trim_start().len()));
        let rest = rest.trim_start();
        if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            return self.quoted(at, quote, |after| {
                let after = after.trim_start();
                after.is_empty() || after.starts_with(['#', ',', '\\'])
            });
        }
        let end = comment_at(rest).unwrap_or(rest.len());
        let value = rest.get(..end).unwrap_or("").trim_end();
        if value.contains('\\') {
            return self.unknown(at);
        }
        self.literal(at, at.saturating_add(value.len()), Escape::None)
    }

    /// A quoted value; `ends` says whether the value is complete before this rest of the line.
    fn quoted(&self, at: usize, quote: char, ends: impl Fn(&str) -> bool) -> FoundValue {
        let start = at.saturating_add(1);
        let inner = self.line.text.get(start..).unwrap_or("");
        let mut escaped = false;
        for (n, c) in inner.char_indices() {
            if escaped {
                escaped = false;
            } else if c == '\\' && quote == '"' {
                escaped = true;
            } else if c == quote {
                let after = inner.get(n.saturating_add(1)..).unwrap_or("");
                let escape = if quote == '"' { Escape::Backslash } else { Escape::None };
                return if ends(after) {
                    self.literal(start, start.saturating_add(n), escape)
                } else {
                    self.unknown(at)
                };
            }
        }
        self.unknown(at)
    }

    /// A value that ends with its word, as in a shell.
    fn shell_word(&self, at: usize) -> FoundValue {
        let rest = self.line.text.get(at..).unwrap_or("");
        if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            let ends =
                |after: &str| after.is_empty() || after.starts_with([' ', '\t', ';', ')', ',', '&', '|', '>', '\\']);
            return self.quoted(at, quote, ends);
        }
        let sets = ["--set", "env-vars"].into_iter().any(|flag| self.line.text.contains(flag));
        let stops = |c: char| {
            c.is_whitespace() || matches!(c, ';' | '|' | '&' | '<' | '>' | '(' | ')' | '"' | '\'') || (sets && c == ',')
        };
        let end = rest.find(stops).unwrap_or(rest.len());
        let value = rest.get(..end).unwrap_or("");
        if value.contains('\\')
            || rest.get(end..).is_some_and(|after| after.starts_with(['(', '"', '\''])) && !value.is_empty()
        {
            return self.unknown(at);
        }
        self.literal(at, at.saturating_add(end), Escape::None)
    }

    /// A scalar of YAML or JSON.
    fn scalar(&self, at: usize) -> FoundValue {
        let rest = self.line.text.get(at..).unwrap_or("");
        let at = at.saturating_add(rest.len().saturating_sub(rest.trim_start().len()));
        let rest = rest.trim_start();
        let before = self.line.text.get(..at).unwrap_or("");
        let flow = before.rfind('{') > before.rfind('}') || before.trim_start().starts_with('"');
        match rest.chars().next() {
            None | Some('|' | '>' | '&' | '*' | '!' | '{' | '[' | '#') => self.unknown(at),
            Some(quote @ ('"' | '\'')) => self.quoted(at, quote, |after| {
                let after = after.trim_start();
                after.is_empty() || after.starts_with([',', '}', ']', '#'])
            }),
            Some(_) => {
                let mut end = comment_at(rest).unwrap_or(rest.len());
                if flow {
                    end = rest.find([',', '}']).unwrap_or(end).min(end);
                }
                let value = rest.get(..end).unwrap_or("").trim_end();
                if matches!(value, "null" | "~" | "") {
                    return self.unknown(at);
                }
                self.literal(at, at.saturating_add(value.len()), Escape::None)
            }
        }
    }

    /// The value beside a name that ends at `after`; its key is at `key`.
    fn named(&self, key: &Key, after: usize) -> FoundValue {
        let line = self.line.text;
        if key.operator == '=' {
            // `--set env[0].name=NAME,env[0].value=value`, the second of which may be on a line of its own.
            let path = format!("{}value=", line.get(key.path..key.start).unwrap_or(""));
            let next = self.number.saturating_add(1);
            let further = self.lines.get(next..).unwrap_or(&[]).iter().take(MOST_FURTHER).map(|line| (line, 0));
            for (line, from) in std::iter::once((self.line, after)).chain(further) {
                let Some(n) = line.text.get(from..).and_then(|rest| rest.find(&path)) else { continue };
                let at = from.saturating_add(n).saturating_add(path.len());
                let rest = line.text.get(at..).unwrap_or("");
                let end = rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | '"' | '\'' | '\\'));
                let end = at.saturating_add(end.unwrap_or(rest.len()));
                return Here { line, ..*self }.literal(at, end, Escape::None);
            }
            return self.unknown(after);
        }
        if let Some(at) = value_key(line, after) {
            return self.scalar(at);
        }
        let column = key.start;
        for line in self.lines.get(self.number.saturating_add(1)..).unwrap_or(&[]) {
            match beside(line, column, self.format) {
                Beside::Value(at) => return Here { line, ..*self }.scalar(at),
                Beside::Other => {}
                Beside::End => break,
            }
        }
        let begins = line.get(..column).is_some_and(|b| b.contains(['-', '{']));
        for line in self.lines.get(..self.number).unwrap_or(&[]).iter().rev().take_while(|_| !begins) {
            match beside(line, column, self.format) {
                Beside::Value(at) => return Here { line, ..*self }.scalar(at),
                Beside::Other => {}
                Beside::End => {
                    let item = line.text.trim_start();
                    let first = item.strip_prefix('-').is_some_and(|i| i.trim_start().starts_with("value:"));
                    if first && let Some(at) = value_key(line.text, 0) {
                        return Here { line, ..*self }.scalar(at);
                    }
                    break;
                }
            }
        }
        self.unknown(after)
    }
}

/// The key `name` before a variable's name.
struct Key {
    /// Its column.
    start: usize,
    /// Where the path begins that it ends.
    path: usize,
    operator: char,
}

/// The key `name` at the end of what is before a variable's name.
fn name_key(before: &str) -> Option<Key> {
    let trimmed = before.trim_end();
    let operator = trimmed.chars().next_back().filter(|c| matches!(c, ':' | '='))?;
    let key = trimmed.strip_suffix(operator)?.trim_end();
    let bare = key.strip_suffix(['"', '\'']).unwrap_or(key);
    let word = bare.get(bare.len().checked_sub(4)?..)?;
    if !word.eq_ignore_ascii_case("name") {
        return None;
    }
    let mut start = bare.len().saturating_sub(4);
    let prefix = bare.get(..start)?;
    if prefix.ends_with(|c: char| c == '_' || c == '-' || c.is_ascii_alphanumeric()) {
        return None;
    }
    if prefix.ends_with(['"', '\'']) {
        start = start.saturating_sub(1);
    }
    let path = prefix.rfind([' ', ',', '"', '\'', '=']).map_or(0, |n| n.saturating_add(1));
    Some(Key { start, path, operator })
}

/// One past the colon of the key `value` in a line, from `from` on, before another entry begins.
fn value_key(line: &str, from: usize) -> Option<usize> {
    let rest = line.get(from..)?;
    let end = rest.find('}').unwrap_or(rest.len());
    let rest = rest.get(..end)?;
    for (at, _) in rest.match_indices("value").chain(rest.match_indices("Value")) {
        let before = rest.get(..at)?.chars().next_back();
        let after = rest.get(at.saturating_add(5)..)?.trim_start_matches(['"', '\'']).trim_start();
        if after.starts_with(':') && before.is_none_or(|c| matches!(c, ' ' | '\t' | ',' | '{' | '"' | '\'' | '-')) {
            let colon = end.min(rest.len()).saturating_sub(after.len());
            return Some(from.saturating_add(colon).saturating_add(1));
        }
    }
    None
}

enum Beside {
    /// The entry's value begins here.
    Value(usize),
    /// Another key of the entry, or nothing.
    Other,
    /// The entry has ended.
    End,
}

/// What a line is to the entry whose key `name` is in that column.
fn beside(line: &Line<'_>, column: usize, format: &Lines) -> Beside {
    let trimmed = line.text.trim_start();
    let indent = line.text.len().saturating_sub(trimmed.len());
    if trimmed.is_empty() || trimmed.starts_with('#') || format.control.iter().any(|c| trimmed.starts_with(c)) {
        return Beside::Other;
    }
    let bare = trimmed.trim_start_matches(['"', '\'']);
    if indent < column || trimmed.starts_with(['}', ']']) || bare.starts_with("name") {
        return Beside::End;
    }
    if indent == column
        && (bare.starts_with("value") || bare.starts_with("Value"))
        && let Some(at) = value_key(line.text, 0)
    {
        return Beside::Value(at);
    }
    Beside::Other
}

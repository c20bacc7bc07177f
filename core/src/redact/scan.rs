//! Finds secrets in a file by its text alone: by the names before them, and the URLs and private keys around
//! them. No reader has to accept the file first, so a refused one doesn't leak anything either.

use std::cell::Cell;

use super::entry::{
    Cursor, Form, Name, Separator, Written, closing, comment, entry_end, flow_end, is_shell_name, line_close,
    literal_parts, names, templates,
};
use super::is_public_key_id;
use super::url::{bare_user_info, fragment, signed_values, user_info};
use crate::order;
use crate::source::Kind as TextKind;
use crate::variable::{Kind, find, is_storage_name, may_hold_a_secret, names_a_key_id, names_a_secret};

/// Bytes of a text.
pub type Range = (usize, usize);

/// The parts of a file that must not be shown.
#[derive(Debug, Default)]
pub struct Exposed {
    /// Secrets, sorted, without overlap.
    pub secrets: Vec<Range>,
    /// Values of unknown variables, and anything after a secret on its line: comments, text after the closing quote.
    /// They're redacted in place only; a bucket may have the same name.
    pub doubtful: Vec<Range>,
}

/// The bytes of `text` that must not be shown. `kind` is the file type, `None` for the value of a variable. A text that
/// its reader `refused` can only be judged by its content: there, anything random enough to be a key counts as one.
#[must_use]
pub fn exposed(text: &str, kind: Option<TextKind>, refused: bool) -> Exposed {
    let sealed_texts = refused && holds_secret_object(text);
    let mut scan = Scan { kind, refused, sealed_texts, ..Scan::default() };
    let mut at = 0_usize;
    for line in text.split_inclusive('\n') {
        scan.line(at, line.trim_end_matches(['\n', '\r']));
        at = at.saturating_add(line.len());
    }
    Exposed { secrets: merged(scan.secrets), doubtful: scan.doubtful }
}

/// Sorts ranges and joins those that touch or overlap.
#[must_use]
pub fn merged(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.retain(|(start, end)| start < end);
    order::sort(&mut ranges);
    let mut out: Vec<Range> = Vec::with_capacity(ranges.len());
    for (start, end) in ranges {
        match out.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => out.push((start, end)),
        }
    }
    out
}

/// Whether `text` contains a Kubernetes Secret.
fn holds_secret_object(text: &str) -> bool {
    text.match_indices("kind").any(|(at, found)| {
        let rest = text.get(at.saturating_add(found.len())..).unwrap_or("");
        let rest = rest.trim_start_matches(['"', '\'']).trim_start();
        rest.strip_prefix(':').is_some_and(|r| r.trim_start_matches([' ', '\t', '"', '\'']).starts_with("Secret"))
    })
}

/// Longer values of a URL's parameters are examined once.
const LONGEST_PART: usize = 4096;

/// Shorter pieces of a URL's fragment may be anything: they're only redacted in the URL.
const SHORTEST_FRAGMENT: usize = 8;

/// What continues from one line to the next.
#[derive(Clone, Copy, Default)]
enum Open {
    /// Nothing.
    #[default]
    No,
    /// A secret's entry that began at this column: lines that are indented more, or aren't entries, belong to it.
    Entry(usize),
    /// A secret's block scalar: all lines that are indented more.
    Block(usize),
    /// A secret in this quote, which isn't closed yet.
    Quote(char),
}

/// What a name says about its value.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Sort {
    /// A public setting.
    Public,
    /// A secret.
    Secret,
    /// A key ID: a secret unless it looks like a key ID.
    KeyId,
    /// An unknown variable.
    Doubtful,
    /// Nothing.
    #[default]
    Plain,
}

#[derive(Default)]
struct Scan {
    kind: Option<TextKind>,
    refused: bool,
    secrets: Vec<Range>,
    doubtful: Vec<Range>,
    open: Open,
    /// What the name before `open` says.
    opener: Sort,
    /// The end of what's already redacted on this line.
    covered: usize,
    /// Inside a private key's armour.
    armoured: bool,
    /// `name: SECRET` was read and its `value:` may follow.
    named: Option<Sort>,
    /// A `value:` whose `name:` may follow, and the rest after the value.
    unnamed: Option<(Range, Range)>,
    /// Whether the values of every `data:` are redacted because the objects include Secrets.
    sealed_texts: bool,
    /// Column of such a `data:`, while its entries last.
    data: Option<usize>,
}

/// A line whose names are examined.
struct Line<'t> {
    /// First byte in the text.
    base: usize,
    text: &'t str,
    /// Column of its entry.
    column: usize,
    templates: Vec<Range>,
    /// Whether what follows its last bracket is redacted already.
    closed: Cell<bool>,
}

impl Scan {
    fn hide(&mut self, range: Range, sort: Sort) {
        let list = if sort == Sort::Doubtful { &mut self.doubtful } else { &mut self.secrets };
        list.push(range);
    }

    fn line(&mut self, base: usize, line: &str) {
        let trimmed = line.trim_start_matches([' ', '\t', '\u{feff}']);
        let column = line.len().saturating_sub(trimmed.len());
        let whole = (base.saturating_add(column), base.saturating_add(line.trim_end().len()));
        self.armour(base, line);
        self.links(base, line);
        if trimmed.is_empty() {
            return;
        }
        // A list's dash is part of the indentation.
        let entry = trimmed.trim_start_matches("- ").trim_start();
        let dashed = entry.len() < trimmed.len();
        let key_column = line.len().saturating_sub(entry.len());
        if dashed {
            self.named = None;
            self.unnamed = None;
        }
        if self.data.is_some_and(|at| column <= at) {
            self.data = None;
        }
        let names = names(line);
        let own = names.first().is_some_and(|n| n.start <= key_column.saturating_add(1) || starts_entry(line, n.start));
        match self.open {
            Open::Quote(quote) => {
                let known = names.first().filter(|n| n.start == 0).is_some_and(|n| find(n.text).is_some());
                let end = closing(line, 0, quote);
                if !known {
                    self.hide((base, base.saturating_add(end.unwrap_or(line.len()))), self.opener);
                    if let Some(end) = end {
                        self.open = Open::No;
                        self.tail(base, line, end.saturating_add(1), line.len());
                    }
                    return;
                }
                self.open = Open::No;
            }
            Open::Block(at) if column > at => {
                self.hide(whole, self.opener);
                return;
            }
            Open::Entry(at)
                if !own && !trimmed.starts_with('#') && (column > at || !is_shell_name(trimmed.trim_end())) =>
            {
                if !is_structure(trimmed) {
                    self.hide(whole, self.opener);
                }
                return;
            }
            Open::Entry(at) if column > at => {}
            _ if own || column == 0 => self.open = Open::No,
            _ => {}
        }
        self.covered = 0;
        // `A=x B=y`: the second one has its own name. The end of a base64 string may look like one.
        let apart = |n: &&Name<'_>| line.get(..n.start).is_some_and(|before| before.ends_with([' ', '\t']));
        let mut starts = names.iter().filter(apart).map(|n| n.start).peekable();
        let mut cursor = Cursor::new(self.is_json());
        let at = Line { base, text: line, column: key_column, templates: templates(line), closed: Cell::new(false) };
        for (i, name) in names.iter().enumerate() {
            while starts.next_if(|start| *start <= name.start).is_some() {}
            // Skip what's already redacted; this also keeps a long line from costing quadratic time.
            if name.start < self.covered {
                continue;
            }
            let next = starts.peek().copied();
            if self.has_flow() {
                cursor.advance(line, name.value);
            }
            self.entry(&at, name, next, i == 0 && own, cursor);
        }
        if self.refused && !names.iter().any(|n| sort_of(n, self.kind) == Sort::Public) {
            self.random_words(base, line);
        }
    }

    /// Whether a line may have several entries, each with its own end, as in JSON and YAML's flow style.
    fn has_flow(&self) -> bool {
        self.kind.is_some_and(TextKind::has_flow)
    }

    /// Redacts what follows a secret: a comment may contain the old one, text after a closing quote the rest of it.
    fn tail(&mut self, base: usize, line: &str, from: usize, to: usize) {
        let text = line.get(from..to).unwrap_or("");
        if text.trim().is_empty() {
            return;
        }
        self.doubtful.push((base.saturating_add(from), base.saturating_add(to)));
        // Directly after the closing quote, it was meant to be part of the value.
        let glued = text.find(char::is_whitespace).unwrap_or(text.len());
        let own = text.get(..glued).unwrap_or("").trim_end_matches(['"', '\'', '`', ',', ';', '}', ']']);
        if !own.contains([',', ':', '=']) {
            self.secrets.push((base.saturating_add(from), base.saturating_add(from).saturating_add(own.len())));
        }
        self.random_words(base.saturating_add(from), text);
    }

    /// Examines what follows one name of a line.
    fn entry(&mut self, at: &Line<'_>, name: &Name<'_>, next: Option<usize>, own: bool, cursor: Cursor) {
        let Line { base, text: line, column, .. } = *at;
        let in_flow = self.has_flow() && cursor.depth > 0;
        let mut value = Written::read(line, name, next, in_flow.then_some(cursor), &at.templates);
        let yaml = name.separator == Separator::Colon;
        let mut sort = sort_of(name, self.kind);
        if yaml && (name.text.eq_ignore_ascii_case("name") || self.has_keys() && name.text.eq_ignore_ascii_case("key"))
        {
            let text = line.get(value.start..value.end).unwrap_or("").split_whitespace().next().unwrap_or("");
            let names = Name { text, start: 0, value: 0, separator: Separator::Equals };
            let named = sort_of(&names, self.kind);
            let is_name = name.text.eq_ignore_ascii_case("name") || self.kind == Some(TextKind::Render);
            if is_name || is_shell_name(text) || find(text).is_some() {
                match self.unnamed.take() {
                    Some((value, tail)) if matches!(named, Sort::Secret | Sort::Doubtful) => {
                        self.hide(value, named);
                        self.doubtful.push(tail);
                    }
                    _ => self.named = Some(named),
                }
                return;
            }
        }
        if yaml && (name.text.eq_ignore_ascii_case("value") || name.text == "plain_value") {
            match (self.open, self.named.take()) {
                (_, Some(named)) => sort = named,
                (Open::Entry(at), None) if column > at || !own => sort = self.opener,
                (_, None) => {
                    let after = value.end.saturating_add(usize::from(value.form == Form::Quoted));
                    let shift = |n: usize| base.saturating_add(n);
                    let end = if in_flow { entry_end(line, after, cursor.quote) } else { line.len() };
                    self.unnamed = Some(((shift(value.start), shift(value.end)), (shift(after), shift(end))));
                    return;
                }
            }
        }
        // The name of a setting isn't a secret, under any key: `secretKey: LANGFUSE_…`.
        let written = line.get(value.start..value.end).unwrap_or("");
        if matches!(sort, Sort::Secret | Sort::Doubtful) && is_shell_name(written) && is_storage_name(written) {
            return;
        }
        if self.sealed_texts && yaml && matches!(name.text, "data" | "stringData") {
            self.data = Some(column);
            if value.end > value.start {
                self.secrets.push((base.saturating_add(value.start), base.saturating_add(line.len())));
            }
            return;
        }
        if self.data.is_some() && sort == Sort::Plain {
            sort = Sort::Secret;
        }
        // In JSON, everything under a secret's name belongs to the secret.
        if sort == Sort::Plain
            && self.is_json()
            && let Open::Entry(at) = self.open
            && column > at
        {
            sort = self.opener;
        }
        if sort == Sort::Plain && name.separator != Separator::Query {
            return;
        }
        // A URL of such a length is examined once, not again at each of its parts.
        if sort == Sort::Plain && value.end.saturating_sub(value.start) > LONGEST_PART {
            self.covered = value.end;
        }
        if value.form == Form::Whole && !self.refused {
            let text = line.get(value.start..value.end).unwrap_or("");
            value.end = comment(text).map_or(value.end, |n| value.start.saturating_add(n));
        }
        // One past the value with its quotes: the rest of the entry from there on belongs to it.
        let after = match value.form {
            Form::Quoted => value.end.saturating_add(1),
            Form::Flow if !matches!(sort, Sort::Public | Sort::Plain) => flow_end(line, value.start),
            _ => value.end,
        };
        let range = (base.saturating_add(value.start), base.saturating_add(value.end));
        let text = line.get(value.start..value.end).unwrap_or("");
        let is_endpoint = sort == Sort::Public && find(name.text).is_some_and(|v| v.row().kind == Kind::Endpoint);
        if let Some((info, _)) = is_endpoint.then(|| bare_user_info(text)).flatten() {
            let start = range.0.saturating_add(text.find(info).unwrap_or(0));
            self.secrets.push((start, start.saturating_add(info.len())));
        }
        if is_endpoint && let Some((start, end)) = fragment(text) {
            self.fragment(range.0, text, start, end);
        }
        if sort == Sort::Doubtful || (sort == Sort::Plain && name.separator == Separator::Query) {
            self.random_words(range.0, text);
        }
        if matches!(sort, Sort::Public | Sort::Plain) {
            return;
        }
        let inner = matches!(name.separator, Separator::Query | Separator::Template { .. });
        let hidden = match sort {
            Sort::KeyId => !is_public_key_id(text),
            _ => !matches!(text, "true" | "false" | "null" | "~"),
        };
        if own && hidden {
            self.opener = sort;
        }
        // A reason has several words; a single one may be a default with the wrong operator before it.
        if name.separator == (Separator::Template { message: true }) && text.contains(char::is_whitespace) {
            return;
        }
        if hidden {
            self.value(at, name, &value, sort, own);
        }
        if inner {
            self.covered = value.end;
            return;
        }
        let end = if in_flow { entry_end(line, after, cursor.quote) } else { line.len() };
        let from = match value.form {
            Form::Block => after.saturating_add(1),
            // If everything after it is redacted as well, its quotes would only look like a separate value.
            Form::Quoted if hidden && line.get(after..end).is_some_and(|rest| !rest.trim().is_empty()) => {
                self.doubtful.push((range.0.saturating_sub(1), base.saturating_add(end)));
                after
            }
            // The text before a comment stays separate from it.
            _ if !hidden => {
                let rest = line.get(after..end).unwrap_or("");
                end.saturating_sub(rest.trim_start().len())
            }
            _ => after,
        };
        self.tail(base, line, from, end);
        self.covered = end;
        if in_flow && !at.closed.replace(true) {
            let close = line_close(line, self.is_json());
            self.tail(base, line, close, line.len());
        }
    }

    /// Redacts the value of one name.
    fn value(&mut self, at: &Line<'_>, name: &Name<'_>, value: &Written, sort: Sort, own: bool) {
        let Line { base, text: line, column, .. } = *at;
        let range = (base.saturating_add(value.start), base.saturating_add(value.end));
        match value.form {
            Form::Block => {
                self.opener = sort;
                self.open = Open::Block(column);
            }
            Form::Unclosed(quote) => {
                self.hide(range, sort);
                self.opener = sort;
                self.open = Open::Quote(quote);
            }
            Form::Nothing | Form::Flow => {
                if value.form == Form::Flow {
                    self.hide((range.0, base.saturating_add(flow_end(line, value.start))), sort);
                }
                if own {
                    self.open = Open::Entry(column);
                }
            }
            Form::Whole | Form::Quoted => {
                let text = line.get(value.start..value.end).unwrap_or("");
                let parts = if self.refused { vec![(0, text.len())] } else { literal_parts(text) };
                for (start, end) in parts {
                    self.hide((range.0.saturating_add(start), range.0.saturating_add(end)), sort);
                }
                if own && !matches!(name.separator, Separator::Query | Separator::Template { .. }) {
                    self.open = Open::Entry(column);
                }
            }
        }
    }

    /// Whether `key:` may name a variable.
    fn has_keys(&self) -> bool {
        self.is_json() || self.kind == Some(TextKind::Render)
    }

    fn is_json(&self) -> bool {
        self.kind.is_some_and(TextKind::is_json)
    }

    /// Redacts a URL's fragment, which may be a token; what looks like one is also searched for elsewhere.
    fn fragment(&mut self, base: usize, text: &str, start: usize, end: usize) {
        self.doubtful.push((base.saturating_add(start), base.saturating_add(end)));
        let mut at = start;
        for piece in text.get(start..end).unwrap_or("").split_inclusive(['=', '&', '/', '#', '?']) {
            let from = base.saturating_add(at);
            at = at.saturating_add(piece.len());
            let piece = piece.trim_end_matches(['=', '&', '/', '#', '?']);
            if piece.len() >= SHORTEST_FRAGMENT {
                self.secrets.push((from, from.saturating_add(piece.len())));
            }
        }
    }

    /// A private key between its PEM markers.
    fn armour(&mut self, base: usize, line: &str) {
        const BEGIN: &str = "-----BEGIN ";
        const KEY: &str = "PRIVATE KEY";
        const END: &str = "-----END ";
        /// `ENCRYPTED PRIVATE KEY` and the like aren't longer.
        const LONGEST: usize = 48;
        if !self.armoured && !line.contains(BEGIN) {
            return;
        }
        let mut at = 0;
        loop {
            let rest = line.get(at..).unwrap_or("");
            let opens = |from: &usize| {
                let words = rest.as_bytes().get(from.saturating_add(BEGIN.len())..).unwrap_or(&[]);
                words.get(..words.len().min(LONGEST)).unwrap_or(words).windows(KEY.len()).any(|w| w == KEY.as_bytes())
            };
            let start = if self.armoured { Some(0) } else { rest.match_indices(BEGIN).map(|(i, _)| i).find(opens) };
            let Some(start) = start else { return };
            let from = at.saturating_add(start);
            let end =
                line.get(from..).and_then(|t| t.find(END)).map(|n| from.saturating_add(n).saturating_add(END.len()));
            self.armoured = end.is_none();
            self.secrets.push((base.saturating_add(from), base.saturating_add(end.unwrap_or(line.len()))));
            match end {
                Some(end) => at = end,
                None => return,
            }
        }
    }

    /// User-info, signatures and fragments of URLs, in values of any name.
    fn links(&mut self, base: usize, line: &str) {
        let shift = |(start, end): Range| (base.saturating_add(start), base.saturating_add(end));
        let literal = |(start, _): &Range| line.get(*start..).is_some_and(|value| !value.starts_with("${"));
        self.secrets.extend(signed_values(line).into_iter().filter(literal).map(shift));
        let mut seen = 0;
        for (at, mark) in line.match_indices("://") {
            // A URL inside a URL: the outer one's last `@` is also the inner one's.
            if at < seen {
                continue;
            }
            let start = at.saturating_add(mark.len());
            let rest = line.get(start..).unwrap_or("");
            let length = rest.find([' ', '\t', '"', '\'', '`', ',', '}', '<', '>']).unwrap_or(rest.len());
            seen = start.saturating_add(length);
            let link = rest.get(..length).unwrap_or("");
            if let Some((info, _)) = user_info(link) {
                self.secrets.push(shift((start, start.saturating_add(info.len()))));
            }
            if let Some((from, to)) = fragment(link) {
                self.fragment(base.saturating_add(start), link, from, to);
            }
        }
    }

    /// Redacts words that look random.
    fn random_words(&mut self, base: usize, line: &str) {
        let mut at = 0_usize;
        for word in line.split_inclusive(|c| !is_word(c)) {
            let start = base.saturating_add(at);
            at = at.saturating_add(word.len());
            let word = word.trim_end_matches(|c| !is_word(c));
            if is_random(word) {
                self.secrets.push((start, start.saturating_add(word.len())));
            }
        }
    }
}

fn sort_of(name: &Name<'_>, kind: Option<TextKind>) -> Sort {
    if let Some(row) = find(name.text).map(crate::variable::Var::row) {
        return match row.kind {
            _ if row.secret => Sort::Secret,
            Kind::KeyId => Sort::KeyId,
            _ => Sort::Public,
        };
    }
    if name.separator == Separator::Colon && is_reference(name.text, kind) {
        return Sort::Plain;
    }
    if names_a_key_id(name.text) {
        return Sort::KeyId;
    }
    if !names_a_secret(name.text) {
        let doubtful = is_shell_name(name.text) && may_hold_a_secret(name.text);
        return if doubtful { Sort::Doubtful } else { Sort::Plain };
    }
    Sort::Secret
}

/// Keys that name where a secret is stored, in manifests and chart values. In uppercase a name is a variable's, and an
/// object of variables refers to nothing.
fn is_reference(name: &str, kind: Option<TextKind>) -> bool {
    if kind.is_some_and(TextKind::is_json) || !name.contains(|c: char| c.is_ascii_lowercase()) {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    matches!(lower.as_str(), "key" | "keys" | "secret" | "secrets" | "automountserviceaccounttoken")
        || [
            "ref",
            "existingsecret",
            "existingsecretkey",
            "secretname",
            "configsecret",
            "usersecretkey",
            "passwordsecretkey",
        ]
        .iter()
        .any(|end| lower.ends_with(end))
}

/// Whether the name at `start` begins an entry: only quotes, dashes, `export` and the like come before it.
fn starts_entry(line: &str, start: usize) -> bool {
    let before = line.get(..start).unwrap_or("");
    let before = before.trim_matches([' ', '\t', '-', '"', '\'', '{', ',', '#', '\u{feff}']);
    matches!(before, "" | "export" | "ENV" | "set")
}

/// Only brackets, quotes and commas.
fn is_structure(line: &str) -> bool {
    line.chars()
        .all(|c| matches!(c, '{' | '}' | '[' | ']' | '(' | ')' | ',' | '"' | '\'' | '`' | ' ' | '-' | '|' | '.'))
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '_' | '-')
}

/// At least 16 characters of base64 or hexadecimal, with digits and either both cases or a length that no word has.
pub(super) fn is_random(word: &str) -> bool {
    let word = word.trim_matches(['-', '_', '=', '/', '+']);
    let has = |class: fn(&u8) -> bool| word.as_bytes().iter().any(class);
    let (digit, upper, lower) = (has(u8::is_ascii_digit), has(u8::is_ascii_uppercase), has(u8::is_ascii_lowercase));
    let name = find(word).is_some() || (word.contains('_') && !lower);
    word.len() >= 16
        && digit
        && word.chars().all(is_word)
        && !name
        && ((upper && lower) || (word.len() >= 24 && !word.contains(['-', '_', '/'])))
}

#[cfg(test)]
mod tests {
    use super::{Exposed, TextKind, exposed, merged};

    const SECRET: &str = "kD9xQw7ZpL2mNv4RtY8s";

    fn hidden(text: &str, refused: bool) -> String {
        hidden_in(text, Some(TextKind::K8s).filter(|_| text.contains(": ")), refused)
    }

    fn hidden_in(text: &str, kind: Option<TextKind>, refused: bool) -> String {
        let mut out = String::new();
        let mut at = 0;
        let Exposed { secrets, doubtful } = exposed(text, kind, refused);
        for (start, end) in merged([secrets, doubtful].concat()) {
            out.push_str(&text[at..start]);
            out.push('*');
            at = end;
        }
        out + &text[at..]
    }

    #[test]
    fn finds_what_follows_a_secrets_name() {
        for (text, shown) in [
            ("A_SECRET=kD9xQw7Z p", "A_SECRET=*"),
            ("export MY_TOKEN='a b' # c", "export MY_TOKEN=*"),
            ("A_SECRET=ab # c", "A_SECRET=*"),
            ("B=1 A_PASSWORD=x C=2", "B=1 A_PASSWORD=*"),
            ("secretAccessKey: x y", "secretAccessKey: *"),
            ("secretAccessKey:\n  value: x\n  other: y\nz: 1", "secretAccessKey:\n  value: *\n  other: y\nz: 1"),
            (
                "  - name: MY_SECRET\n    value: x\n  - name: B\n    value: y",
                "  - name: MY_SECRET\n    value: *\n  - name: B\n    value: y",
            ),
            ("- value: x\n  name: MY_SECRET", "- value: *\n  name: MY_SECRET"),
            ("a: {my_token: x, b: y}", "a: {my_token: *, b: y}"),
            ("a: {my_token: {value: x, b: '}'}, b: y}", "a: {my_token: *, b: y}"),
            ("LANGFUSE_S3_TKN=x\nS3_BUKET=y\nS3_SK=z", "LANGFUSE_S3_TKN=*\nS3_BUKET=y\nS3_SK=*"),
            ("a: ${MY_SECRET:-x}", "a: ${MY_SECRET:-*}"),
            ("A_SECRET=${B_X:-x}${B_Y}z", "A_SECRET=${B_X:-*}${B_Y}*"),
            ("A_SECRET=a${bc}d # e", "A_SECRET=*"),
            ("MINIO_ROOT_USER=minio # c", "MINIO_ROOT_USER=minio *"),
            ("a: ${MY_SECRET:?word}", "a: ${MY_SECRET:?*}"),
            ("a: ${MY_SECRET:?set it in .env}", "a: ${MY_SECRET:?set it in .env}"),
            ("E=https://h/?a=b&token=x&c=d", "E=https://h/?a=b&token=*&c=d"),
            ("B=1 # A_SECRET=a b=c", "B=1 # A_SECRET=*"),
            ("E=https://h/?code=aB3dE5gH7jK9mN1p&c=d", "E=https://h/?code=*&c=d"),
            ("E=https://u:p@h/", "E=https://*@h/"),
            ("AWS_ENDPOINT_URL='u:p/q@h:9/'", "AWS_ENDPOINT_URL='*@h:9/'"),
            ("my_secret: |\n  a\n  b: c\nd: e", "my_secret: |\n  *\n  *\nd: e"),
            ("my_secret: a\n  b\nd: e", "my_secret: *\n  *\nd: e"),
            ("A_SECRET='a\nb'\nC=d", "A_SECRET='*\n*'\nC=d"),
            ("secretKeyRef: {name: s, key: a}", "secretKeyRef: {name: s, key: a}"),
            ("LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES=64", "LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES=64"),
            ("AWS_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P", "AWS_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P"),
            ("AWS_ACCESS_KEY_ID=x/y", "AWS_ACCESS_KEY_ID=*"),
        ] {
            assert_eq!(hidden(text, false), shown);
        }
    }

    #[test]
    fn what_follows_a_secret_on_its_line_is_redacted() {
        let mut all = Vec::new();
        for (text, shown) in [
            ("A_KEY=\"ab\"REAL", "A_KEY=*"),
            ("A_KEY='x'REAL 'y' z", "A_KEY=*"),
            ("A_KEY=\"x\" REAL", "A_KEY=*"),
            ("A_KEY=\"new\" # old: REAL", "A_KEY=*"),
            ("A_KEY=\"new\"   ", "A_KEY=\"*\"   "),
            ("A_KEY= # REAL", "A_KEY= *"),
            ("A_KEY=true # REAL", "A_KEY=true *"),
            ("# A_KEY=x REAL\nB=1", "# A_KEY=*\nB=1"),
            ("E=https://h/#REALREAL9", "E=https://h/#*"),
            ("AWS_ENDPOINT_URL=h:9/#tok # c", "AWS_ENDPOINT_URL=h:9/#* # c"),
            ("A_SECRET='a\nb'REAL\nC=d", "A_SECRET='*\n*'*\nC=d"),
            ("AKEY:x REAL", "AKEY:*"),
        ] {
            all.push((TextKind::Dotenv, text, shown));
        }
        for (text, shown) in [
            ("{\"A_KEY\":\"x\\\"y\",\"B\":\"z\"}", "{\"A_KEY\":\"*\",\"B\":\"z\"}"),
            ("{\"MY_TOKEN\":[\"]\"],\"B\":\"y\"}", "{\"MY_TOKEN\":*,\"B\":\"y\"}"),
            ("{\"n\":{\"SECRET\":\"x\",\"B\":\"y\"}}", "{\"n\":{\"SECRET\":\"*\",\"B\":\"y\"}}"),
            ("{\"n\":{\"secret\":\"x\",\"B\":\"y\"}}", "{\"n\":{\"secret\":\"*\",\"B\":\"y\"}}"),
            ("\"A_KEY\": \"x\", \"B\": \"y\"}", "\"A_KEY\": \"*\", \"B\": \"y\"}"),
            ("{\"A_KEY\":\"x\", REAL,\"B\":\"y\"}", "{\"A_KEY\":*,\"B\":\"y\"}"),
            ("{\"A_KEY\":\"x\"REAL,\"B\":\"y\"}", "{\"A_KEY\":*,\"B\":\"y\"}"),
            ("{\"A_KEY\":\"x\"} REAL", "{\"A_KEY\":\"*\"}*"),
            (
                "[{\"name\":\"A_KEY\",\"value\":\"x\"},{\"Value\":\"y\",\"Name\":\"A_KEY\"},{\"key\":\"A_KEY\",\"value\":\"z\"}]",
                "[{\"name\":\"A_KEY\",\"value\":\"*\"},{\"Value\":\"*\",\"Name\":\"A_KEY\"},{\"key\":\"A_KEY\",\"value\":\"*\"}]",
            ),
            (
                "{\n\"A_KEY\": {\n  \"x\": \"REAL\"\n},\n\"B\": \"y\"}",
                "{\n\"A_KEY\": *\n  \"x\": \"*\"\n},\n\"B\": \"y\"}",
            ),
        ] {
            all.push((TextKind::Json, text, shown));
        }
        for (text, shown) in [
            ("A_KEY: x # REAL", "A_KEY: *"),
            ("A_KEY: 'x' # REAL", "A_KEY: *"),
            ("A_KEY: |- # REAL\n  a\nb: c", "A_KEY: |*\n  *\nb: c"),
            ("- A_KEY=x # REAL", "- A_KEY=*"),
            ("e: {A_KEY: x, B: y} # REAL", "e: {A_KEY: *, B: y} *"),
            ("e: {A_KEY: ${A_B:-x}REAL, B: y}", "e: {A_KEY: ${A_B:-*}*, B: y}"),
            ("e: {A_KEY: ab, REAL, B: y}", "e: {A_KEY: *, B: y}"),
            ("e: ['A_KEY=x REAL', \"B=y\"]", "e: ['A_KEY=*, \"B=y\"]"),
            ("- {name: A_KEY, value: x}   # REAL", "- {name: A_KEY, value: *}   *"),
            ("- name: A_KEY\n  value: 'x' # REAL", "- name: A_KEY\n  value: *"),
            ("- value: x # REAL\n  name: A_KEY", "- value: *\n  name: A_KEY"),
            ("secretAccessKey: # REAL\n  value: x", "secretAccessKey: *\n  value: *"),
            ("SECRET: x", "SECRET: *"),
        ] {
            all.push((TextKind::Compose, text, shown));
        }
        let seen = all.into_iter().map(|(kind, text, shown)| (hidden_in(text, Some(kind), false), shown));
        let wrong: Vec<_> = seen.filter(|(hidden, shown)| hidden != shown).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn finds_private_keys() {
        let text = "X=a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\nY=b\n";
        assert_eq!(hidden(text, false), "X=a\n*\n*\n*\n*RSA PRIVATE KEY-----\nY=b\n");
    }

    #[test]
    fn a_refused_text_shows_nothing_random() {
        for text in [
            format!("{SECRET}\n"),
            format!("services\n  x {SECRET}\n"),
            format!("A_SECRET=x\n{SECRET}\n"),
            format!("kind: Secret\ndata:\n  any: {SECRET}\n\tb: c"),
            format!("{{\"kind\":\"Secret\",\"data\":{{\"any\":\"{SECRET}\"}}"),
        ] {
            assert!(!hidden(&text, true).contains(SECRET), "{text}\n{}", hidden(&text, true));
        }
        let text = "services:\n  langfuse-web:\n    image: docker.langfuse.com/langfuse/langfuse-worker:4\n";
        assert_eq!(hidden(text, true), text);
    }
}

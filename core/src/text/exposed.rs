//! Where secrets stand in a text, told from the text alone: by the names before them, the links and the keys around
//! them. No reader has to accept the text first, so a refused one gives nothing away either.

use super::mask::{bare_user_info, is_public_key_id, signed_values, user_info};
use super::written::{Form, Name, Separator, Written, closing, comment, flow_end, is_shell_name, literal_parts, names};
use crate::text::order;
use crate::variable::{Kind, find, may_hold_a_secret, names_a_key_id, names_a_secret};

/// Bytes of a text.
pub type Range = (usize, usize);

/// What must not be shown of a text.
#[derive(Debug, Default)]
pub struct Exposed {
    /// Secrets, sorted, without overlap.
    pub secrets: Vec<Range>,
    /// Values of variables that nobody knows. They are hidden where they stand and are no secrets elsewhere: a bucket may
    /// be called the same.
    pub doubtful: Vec<Range>,
}

/// The bytes that must not be shown of `text`. Of a text that its reader `refused`, nothing is known but what it looks
/// like: there, what is random enough to be a key is taken for one.
#[must_use]
pub fn exposed(text: &str, refused: bool) -> Exposed {
    let sealed_texts = refused && holds_secret_object(text);
    let mut scan = Scan { refused, sealed_texts, ..Scan::default() };
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

/// Whether a Kubernetes Secret stands somewhere in `text`.
fn holds_secret_object(text: &str) -> bool {
    text.match_indices("kind").any(|(at, found)| {
        let rest = text.get(at.saturating_add(found.len())..).unwrap_or("");
        let rest = rest.trim_start_matches(['"', '\'']).trim_start();
        rest.strip_prefix(':').is_some_and(|r| r.trim_start_matches([' ', '\t', '"', '\'']).starts_with("Secret"))
    })
}

/// What goes on from one line to the next.
#[derive(Clone, Copy, Default)]
enum Open {
    /// Nothing.
    #[default]
    No,
    /// A secret's entry that began at this column: what is indented more, or is no entry of its own, belongs to it.
    Entry(usize),
    /// A block scalar of a secret: all that is indented more.
    Block(usize),
    /// A secret in this quote, which no line has ended so far.
    Quote(char),
}

/// What a name says about its value.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Sort {
    /// A setting that may be read by anybody.
    Public,
    /// A secret.
    Secret,
    /// A key id: a secret unless it looks like a key id.
    KeyId,
    /// A variable that nobody knows.
    Doubtful,
    /// Nothing.
    #[default]
    Plain,
}

#[derive(Default)]
struct Scan {
    refused: bool,
    secrets: Vec<Range>,
    doubtful: Vec<Range>,
    open: Open,
    /// What the name said behind which `open` opened.
    opener: Sort,
    /// Where the secret's mapping or list ends that is open on this line.
    flow: usize,
    /// Where a comment begins on this line; its end, if none does.
    noted: usize,
    /// Inside a private key's armour.
    armoured: bool,
    /// `name: SECRET` was read and its `value:` may follow.
    named: Option<Sort>,
    /// A `value:` whose `name:` may follow.
    unnamed: Option<Range>,
    /// Whether the values of every `data:` are hidden, as Secrets are among the objects.
    sealed_texts: bool,
    /// Column of such a `data:`, while its entries last.
    data: Option<usize>,
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
                    self.open = if end.is_some() { Open::No } else { self.open };
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
        self.flow = 0;
        self.noted = comment(line).unwrap_or(line.len());
        // `A=x B=y`: the second one has a name of its own. The end of a base64 text may look like one.
        let apart = |n: &&Name<'_>| line.get(..n.start).is_some_and(|before| before.ends_with([' ', '\t']));
        let mut starts = names.iter().filter(apart).map(|n| n.start).peekable();
        for (i, name) in names.iter().enumerate() {
            while starts.next_if(|start| *start <= name.start).is_some() {}
            let next = starts.peek().copied();
            self.entry(base, line, key_column, name, next, i == 0 && own);
        }
        if self.refused && !names.iter().any(|n| sort_of(n) == Sort::Public) {
            self.random_words(base, line);
        }
    }

    /// Judges what follows one name of a line.
    fn entry(&mut self, base: usize, line: &str, column: usize, name: &Name<'_>, next: Option<usize>, own: bool) {
        let mut value = Written::read(line, name, next);
        if value.form == Form::Whole && !self.refused {
            let text = line.get(value.start..value.end).unwrap_or("");
            value.end = comment(text).map_or(value.end, |n| value.start.saturating_add(n));
        }
        let range = (base.saturating_add(value.start), base.saturating_add(value.end));
        let text = line.get(value.start..value.end).unwrap_or("");
        let yaml = name.separator == Separator::Colon;
        let mut sort = sort_of(name);
        if yaml && name.text == "name" {
            let names = Name { text, start: 0, value: 0, separator: Separator::Equals };
            let named = sort_of(&names);
            match self.unnamed.take() {
                Some(value) if matches!(named, Sort::Secret | Sort::Doubtful) => self.hide(value, named),
                _ => self.named = Some(named),
            }
            return;
        }
        if yaml && matches!(name.text, "value" | "plain_value") {
            match (self.open, self.named.take()) {
                (_, Some(named)) => sort = named,
                (_, None) if name.start < self.flow => sort = Sort::Secret,
                (Open::Entry(at), None) if column > at || !own => sort = self.opener,
                (_, None) => self.unnamed = Some(range),
            }
        }
        if self.sealed_texts && yaml && matches!(name.text, "data" | "stringData") {
            self.data = Some(column);
            if !text.is_empty() {
                self.secrets.push((range.0, base.saturating_add(line.len())));
            }
            return;
        }
        if self.data.is_some() && sort == Sort::Plain {
            sort = Sort::Secret;
        }
        let is_endpoint = sort == Sort::Public && find(name.text).is_some_and(|v| v.row().kind == Kind::Endpoint);
        if let Some((info, _)) = is_endpoint.then(|| bare_user_info(text)).flatten() {
            let start = range.0.saturating_add(text.find(info).unwrap_or(0));
            self.secrets.push((start, start.saturating_add(info.len())));
        }
        let unknown = sort == Sort::Doubtful || (sort == Sort::Plain && name.separator == Separator::Query);
        if unknown {
            self.random_words(range.0, text);
        }
        let hidden = match sort {
            Sort::Public | Sort::Plain => false,
            Sort::KeyId => !is_public_key_id(text),
            Sort::Secret | Sort::Doubtful => !matches!(text, "true" | "false" | "null" | "~"),
        };
        if !hidden {
            return;
        }
        if own {
            self.opener = sort;
        }
        // A reason is told in words; a single one may be a default with the wrong operator before it.
        if name.separator == (Separator::Template { message: true }) && text.contains(char::is_whitespace) {
            return;
        }
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
                if value.form == Form::Flow && value.start >= self.flow {
                    self.flow = flow_end(line, value.start);
                    self.hide((range.0, base.saturating_add(self.flow)), sort);
                }
                if own {
                    self.open = Open::Entry(column);
                }
            }
            Form::Whole | Form::Quoted => {
                let before = line.get(..name.start).unwrap_or("");
                if before.trim_start().starts_with('#') || self.noted < name.start {
                    // Free text: who knows where the value ends.
                    self.doubtful.push((range.0, base.saturating_add(line.len())));
                }
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

    /// A private key between its marks.
    fn armour(&mut self, base: usize, line: &str) {
        const BEGIN: &str = "-----BEGIN ";
        const KEY: &str = "PRIVATE KEY";
        const END: &str = "-----END ";
        let mut at = 0;
        loop {
            let rest = line.get(at..).unwrap_or("");
            let start = if self.armoured { Some(0) } else { rest.find(BEGIN).filter(|_| rest.contains(KEY)) };
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

    /// User-info and signatures of links, which stand in values of any name.
    fn links(&mut self, base: usize, line: &str) {
        let shift = |(start, end): Range| (base.saturating_add(start), base.saturating_add(end));
        let literal = |(start, _): &Range| line.get(*start..).is_some_and(|value| !value.starts_with("${"));
        self.secrets.extend(signed_values(line).into_iter().filter(literal).map(shift));
        for (at, mark) in line.match_indices("://") {
            let start = at.saturating_add(mark.len());
            let rest = line.get(start..).unwrap_or("");
            let length = rest.find([' ', '\t', '"', '\'', '`', ',', '}', '<', '>']).unwrap_or(rest.len());
            if let Some((info, _)) = rest.get(..length).and_then(user_info) {
                self.secrets.push(shift((start, start.saturating_add(info.len()))));
            }
        }
    }

    /// Words that nobody would think of.
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

fn sort_of(name: &Name<'_>) -> Sort {
    if let Some(row) = find(name.text).map(crate::variable::Var::row) {
        return match row.kind {
            _ if row.secret => Sort::Secret,
            Kind::KeyId => Sort::KeyId,
            _ => Sort::Public,
        };
    }
    if name.separator == Separator::Colon && is_reference(name.text) {
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

/// Keys that say where a secret is kept, in manifests and values of charts.
fn is_reference(name: &str) -> bool {
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

/// Whether the name at `start` begins an entry: nothing but quotes, dashes, `export` and the like stands before it.
fn starts_entry(line: &str, start: usize) -> bool {
    let before = line.get(..start).unwrap_or("");
    let before = before.trim_matches([' ', '\t', '-', '"', '\'', '{', ',', '#', '\u{feff}']);
    matches!(before, "" | "export" | "ENV" | "set")
}

/// Brackets, quotes and commas alone.
fn is_structure(line: &str) -> bool {
    line.chars()
        .all(|c| matches!(c, '{' | '}' | '[' | ']' | '(' | ')' | ',' | '"' | '\'' | '`' | ' ' | '-' | '|' | '.'))
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '_' | '-')
}

/// Sixteen characters or more of base64 or hexadecimal with digits in them, and both cases or a length that no word has.
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
    use super::{Exposed, exposed, merged};

    const SECRET: &str = "kD9xQw7ZpL2mNv4RtY8s";

    fn hidden(text: &str, refused: bool) -> String {
        let mut out = String::new();
        let mut at = 0;
        let Exposed { secrets, doubtful } = exposed(text, refused);
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
            ("export MY_TOKEN='a b' # c", "export MY_TOKEN='*' # c"),
            ("A_SECRET=ab # c", "A_SECRET=* # c"),
            ("B=1 A_PASSWORD=x C=2", "B=1 A_PASSWORD=* C=2"),
            ("secretAccessKey: x y", "secretAccessKey: *"),
            ("secretAccessKey:\n  value: x\n  other: y\nz: 1", "secretAccessKey:\n  value: *\n  other: y\nz: 1"),
            (
                "  - name: MY_SECRET\n    value: x\n  - name: B\n    value: y",
                "  - name: MY_SECRET\n    value: *\n  - name: B\n    value: y",
            ),
            ("- value: x\n  name: MY_SECRET", "- value: *\n  name: MY_SECRET"),
            ("{\"A_KEY\":\"x\\\"y\",\"B\":\"z\"}", "{\"A_KEY\":\"*\",\"B\":\"z\"}"),
            ("a: {my_token: x, b: y}", "a: {my_token: *, b: y}"),
            ("a: {my_token: {value: x, b: '}'}, b: y}", "a: {my_token: *, b: y}"),
            ("{\"MY_TOKEN\":[\"]\"],\"B\":\"y\"}", "{\"MY_TOKEN\":*,\"B\":\"y\"}"),
            ("LANGFUSE_S3_TKN=x\nS3_BUKET=y\nS3_SK=z", "LANGFUSE_S3_TKN=*\nS3_BUKET=y\nS3_SK=*"),
            ("a: ${MY_SECRET:-x}", "a: ${MY_SECRET:-*}"),
            ("A_SECRET=${B_X:-x}${B_Y}z", "A_SECRET=${B_X:-*}${B_Y}*"),
            ("A_SECRET=a${bc}d # e", "A_SECRET=* # e"),
            ("MINIO_ROOT_USER=minio # c", "MINIO_ROOT_USER=minio # c"),
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

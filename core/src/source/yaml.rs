//! YAML with the location of every node.
//!
//! Nodes live in one list and aliases point into it, so an alias bomb costs no more than its source and a cycle is
//! detected where it's written. Nothing here recurses into the input.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle};

/// Number of a node.
pub type Id = usize;

/// A node and its bytes.
#[derive(Debug)]
pub struct Node {
    /// What it is.
    pub data: Data,
    /// First byte; of a quoted scalar, the quote.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Its tag, such as `!!str` or `!reset`; empty for none.
    pub tag: String,
}

/// What a node is.
#[derive(Debug)]
pub enum Data {
    /// A scalar with its text and style.
    Scalar(String, ScalarStyle),
    /// A mapping: keys and values in file order.
    Map(Vec<(Id, Id)>),
    /// A sequence.
    Seq(Vec<Id>),
    /// An alias of that node.
    Alias(Id),
}

/// One entry of a mapping with merge keys followed.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key's text.
    pub key: Rc<str>,
    /// The key's node.
    pub key_id: Id,
    /// The value's node.
    pub value: Id,
}

/// Why a file isn't YAML, or not YAML that its reader accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    /// First byte of the error.
    pub at: usize,
    /// What is wrong.
    pub message: String,
}

/// A YAML file.
#[derive(Debug, Default)]
pub struct Yaml {
    nodes: Vec<Node>,
    /// The root of each document.
    pub documents: Vec<Id>,
    /// Whether a key may appear twice; the last one counts.
    last_wins: bool,
    merged: std::cell::RefCell<BTreeMap<Id, Rc<Vec<Entry>>>>,
}

/// The deepest nesting that is read. Real files have a dozen levels.
const DEEPEST: usize = 512;

/// A collection that hasn't ended yet.
struct Open {
    id: Id,
    key: Option<Id>,
    anchor: usize,
}

impl Yaml {
    /// Reads `text` as compose-go and helm do: the escape `\\/` and values that JSON can't express are refused as well.
    ///
    /// # Errors
    /// Where [`Self::parse`] fails, at an infinity or NaN, at `\\/` in double quotes.
    pub fn parse_go(text: &str) -> Result<Self, YamlError> {
        Self::parse_with(text, false)?.into_json_rules(text)
    }

    /// Reads `text` as helm does: as [`Self::parse_go`], but of duplicate keys the last one counts.
    ///
    /// # Errors
    /// As [`Self::parse_go`].
    pub fn parse_helm(text: &str) -> Result<Self, YamlError> {
        Self::parse_with(text, true)?.into_json_rules(text)
    }

    /// Reads JSON. Tabs are whitespace there and invalid in strings; duplicate keys are valid, and the last one counts.
    ///
    /// # Errors
    /// If it isn't valid.
    pub fn parse_json(text: &str) -> Result<Self, YamlError> {
        if text.contains('\t') {
            return Self::parse_with(&text.replace('\t', " "), true);
        }
        Self::parse_with(text, true)
    }

    /// One value under a path of keys, as if it were a document: `key` and `value` are the bytes that say so.
    #[must_use]
    pub fn of_path(path: &[&str], text: &str, style: ScalarStyle, key: (usize, usize), value: (usize, usize)) -> Self {
        let mut yaml = Self::default();
        let node = |data, (start, end): (usize, usize)| Node { data, start, end, tag: String::new() };
        let mut inner = yaml.push(node(Data::Scalar(text.to_owned(), style), value));
        for name in path.iter().rev() {
            let name = yaml.push(node(Data::Scalar((*name).to_owned(), ScalarStyle::Plain), key));
            inner = yaml.push(node(Data::Map(vec![(name, inner)]), (key.0, value.1)));
        }
        yaml.documents.push(inner);
        yaml
    }

    /// Moves every node by that many bytes: the text was in another one.
    pub fn shift(&mut self, by: usize) {
        for node in &mut self.nodes {
            (node.start, node.end) = (node.start.saturating_add(by), node.end.saturating_add(by));
        }
    }

    /// Moves every node to the bytes of the scalar that the text was in.
    pub fn relocate(&mut self, start: usize, end: usize) {
        for node in &mut self.nodes {
            (node.start, node.end) = (start, end);
        }
    }

    fn into_json_rules(self, text: &str) -> Result<Self, YamlError> {
        let yaml = self;
        for node in &yaml.nodes {
            let Data::Scalar(content, style) = &node.data else { continue };
            let message = match style {
                ScalarStyle::Plain if node.tag.is_empty() && is_beyond_json(content) => {
                    "YAML parses this as infinity or NaN; put quotes around it if it's a string"
                }
                ScalarStyle::DoubleQuoted if text.get(node.start..node.end).is_some_and(escapes_slash) => {
                    "`\\/` isn't an escape here; write `/`"
                }
                _ => continue,
            };
            return Err(YamlError { at: node.start, message: message.into() });
        }
        Ok(yaml)
    }

    /// Whether a mapping has a collection as a key, as `{{ name }}` without quotes is one.
    #[must_use]
    pub fn has_collection_as_key(&self) -> bool {
        let is_collection = |id: &Id| self.node(*id).is_some_and(|n| matches!(n.data, Data::Map(_) | Data::Seq(_)));
        self.nodes
            .iter()
            .any(|n| matches!(&n.data, Data::Map(pairs) if pairs.iter().any(|(key, _)| is_collection(key))))
    }

    /// Reads `text`.
    ///
    /// # Errors
    /// If it isn't YAML, if an alias points to a node that contains it, or if a mapping has a duplicate key.
    pub fn parse(text: &str) -> Result<Self, YamlError> {
        Self::parse_with(text, false)
    }

    fn parse_with(text: &str, last_wins: bool) -> Result<Self, YamlError> {
        let offsets = Offsets::new(text);
        let mut yaml = Self { last_wins, ..Self::default() };
        let mut anchors: BTreeMap<usize, Id> = BTreeMap::new();
        let mut open: Vec<Open> = Vec::new();
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let skipped = usize::from(body.len() < text.len());
        let mut parser = Parser::new_from_str(body);
        loop {
            let (event, span) = match parser.next_event() {
                None => break,
                Some(Ok(event)) => event,
                Some(Err(error)) => {
                    let at = offsets.byte(error.marker().index().saturating_add(skipped));
                    let message = match error.info() {
                        info if info.contains("recursion limit") => "nested too many levels deep",
                        info => info,
                    };
                    return Err(YamlError { at, message: message.into() });
                }
            };
            let start = offsets.byte(span.start.index().saturating_add(skipped));
            let end = offsets.byte(span.end.index().saturating_add(skipped));
            let tag = |tag: Option<std::borrow::Cow<'_, saphyr_parser::Tag>>| {
                tag.map_or(String::new(), |t| format!("{}{}", t.handle, t.suffix))
            };
            match event {
                Event::Scalar(content, style, anchor, scalar_tag) => {
                    let start = behind_properties(text, start, end);
                    let end = quoted_end(text, start, style).unwrap_or(end);
                    let data = Data::Scalar(content.into_owned(), style);
                    let id = yaml.push(Node { data, start, end, tag: tag(scalar_tag) });
                    if anchor > 0 {
                        anchors.insert(anchor, id);
                    }
                    yaml.attach(&mut open, id);
                }
                Event::Alias(anchor) => {
                    if open.iter().any(|o| o.anchor == anchor) {
                        return Err(YamlError {
                            at: start,
                            message: "this alias is inside the node it points to".into(),
                        });
                    }
                    let Some(target) = anchors.get(&anchor).copied() else {
                        return Err(YamlError { at: start, message: "this alias points to no anchor".into() });
                    };
                    let id = yaml.push(Node { data: Data::Alias(target), start, end, tag: String::new() });
                    yaml.attach(&mut open, id);
                }
                Event::SequenceStart(anchor, node_tag) => {
                    let id = yaml.push(Node { data: Data::Seq(Vec::new()), start, end, tag: tag(node_tag) });
                    yaml.begin(&mut open, &mut anchors, id, anchor, start)?;
                }
                Event::MappingStart(anchor, node_tag) => {
                    let id = yaml.push(Node { data: Data::Map(Vec::new()), start, end, tag: tag(node_tag) });
                    yaml.begin(&mut open, &mut anchors, id, anchor, start)?;
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    if let Some(closed) = open.pop() {
                        if let Some(node) = yaml.nodes.get_mut(closed.id) {
                            node.end = end.max(node.end);
                        }
                        yaml.unique_keys(closed.id)?;
                        yaml.attach(&mut open, closed.id);
                    }
                }
                Event::Nothing
                | Event::StreamStart
                | Event::StreamEnd
                | Event::DocumentStart(_)
                | Event::DocumentEnd => {}
            }
        }
        yaml.nodes.shrink_to_fit();
        Ok(yaml)
    }

    fn push(&mut self, node: Node) -> Id {
        self.nodes.push(node);
        self.nodes.len().saturating_sub(1)
    }

    fn begin(
        &mut self,
        open: &mut Vec<Open>,
        anchors: &mut BTreeMap<usize, Id>,
        id: Id,
        anchor: usize,
        at: usize,
    ) -> Result<(), YamlError> {
        if open.len() >= DEEPEST {
            return Err(YamlError { at, message: format!("nested more than {DEEPEST} levels deep") });
        }
        if anchor > 0 {
            anchors.insert(anchor, id);
        }
        open.push(Open { id, key: None, anchor });
        Ok(())
    }

    /// Adds a finished node to the open collection, or makes it a document's root.
    fn attach(&mut self, open: &mut [Open], id: Id) {
        let Some(parent) = open.last_mut() else {
            self.documents.push(id);
            return;
        };
        match self.nodes.get_mut(parent.id).map(|n| &mut n.data) {
            Some(Data::Seq(items)) => items.push(id),
            Some(Data::Map(entries)) => match parent.key.take() {
                None => parent.key = Some(id),
                Some(key) => entries.push((key, id)),
            },
            _ => {}
        }
    }

    /// Every Go reader but helm's refuses duplicate keys. Thousands of keys must not cost quadratic time.
    fn unique_keys(&self, id: Id) -> Result<(), YamlError> {
        let Some(Node { data: Data::Map(entries), .. }) = self.nodes.get(id) else { return Ok(()) };
        let mut seen = BTreeSet::new();
        for (key, value) in entries {
            let Some(Node { data: Data::Scalar(text, _), start, .. }) = self.nodes.get(*key) else { continue };
            if self.is_merge(*key) {
                let merges = self.is_map(*value) || self.seq(*value).is_some_and(|s| s.iter().all(|i| self.is_map(*i)));
                if !merges {
                    return Err(YamlError {
                        at: *start,
                        message: "`<<` expects a mapping or a list of mappings".into(),
                    });
                }
            } else if !seen.insert(text.as_str()) && !self.last_wins {
                let shown = crate::text::printable::quoted(text);
                return Err(YamlError {
                    at: *start,
                    message: format!("the key {shown} appears twice in the same mapping"),
                });
            }
        }
        Ok(())
    }

    /// The node `id`, with aliases resolved.
    #[must_use]
    pub fn node(&self, id: Id) -> Option<&Node> {
        match self.nodes.get(id)? {
            Node { data: Data::Alias(target), .. } => self.nodes.get(*target),
            node => Some(node),
        }
    }

    /// The node `id` as written: aliases aren't resolved.
    #[must_use]
    pub fn written(&self, id: Id) -> Option<&Node> {
        self.nodes.get(id)
    }

    /// The target of an alias, else `id` itself.
    #[must_use]
    pub fn target(&self, id: Id) -> Id {
        match self.nodes.get(id) {
            Some(Node { data: Data::Alias(target), .. }) => *target,
            _ => id,
        }
    }

    /// Whether the key `id` is a merge key: `<<` without quotes.
    #[must_use]
    pub fn is_merge(&self, id: Id) -> bool {
        matches!(self.nodes.get(id), Some(Node { data: Data::Scalar(text, style), tag, .. })
            if text == "<<" && (*style == ScalarStyle::Plain && tag.is_empty() || tag.ends_with("merge")))
    }

    /// The entries of a mapping as written, merge keys among them.
    #[must_use]
    pub fn pairs(&self, id: Id) -> &[(Id, Id)] {
        match self.node(id) {
            Some(Node { data: Data::Map(pairs), .. }) => pairs,
            _ => &[],
        }
    }

    /// The text and style of a scalar.
    #[must_use]
    pub fn scalar(&self, id: Id) -> Option<(&str, ScalarStyle)> {
        match &self.node(id)?.data {
            Data::Scalar(text, style) => Some((text, *style)),
            _ => None,
        }
    }

    /// The elements of a sequence.
    #[must_use]
    pub fn seq(&self, id: Id) -> Option<&[Id]> {
        match &self.node(id)?.data {
            Data::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// Whether `id` is a mapping.
    #[must_use]
    pub fn is_map(&self, id: Id) -> bool {
        matches!(self.node(id), Some(Node { data: Data::Map(_), .. }))
    }

    /// The entries of a mapping, merge keys followed: its own keys first, then those of `<<` that it does not have.
    /// Each mapping is merged once, however many aliases point to it.
    #[must_use]
    pub fn entries(&self, id: Id) -> Rc<Vec<Entry>> {
        self.entries_at(id, 0)
    }

    fn entries_at(&self, id: Id, depth: usize) -> Rc<Vec<Entry>> {
        let id = self.target(id);
        if let Some(known) = self.merged.borrow().get(&id) {
            return Rc::clone(known);
        }
        let Some(Node { data: Data::Map(pairs), .. }) = self.nodes.get(id) else { return Rc::default() };
        let mut entries: Vec<Entry> = Vec::with_capacity(pairs.len());
        let mut bases: Vec<Id> = Vec::new();
        for (key, value) in pairs {
            match self.scalar(*key) {
                Some(_) if self.is_merge(*key) => match self.seq(*value) {
                    Some(items) => bases.extend(items),
                    None => bases.push(*value),
                },
                Some((text, _)) => entries.push(Entry { key: Rc::from(text), key_id: *key, value: *value }),
                None => {}
            }
        }
        if self.last_wins {
            let mut seen = BTreeSet::new();
            entries.reverse();
            entries.retain(|e| seen.insert(Rc::clone(&e.key)));
            entries.reverse();
        }
        if depth < DEEPEST && !bases.is_empty() {
            let mut seen: BTreeSet<Rc<str>> = crate::order::filled(entries.iter().map(|e| Rc::clone(&e.key)));
            for base in bases {
                for entry in self.entries_at(base, depth.saturating_add(1)).iter() {
                    if seen.insert(Rc::clone(&entry.key)) {
                        entries.push(entry.clone());
                    }
                }
            }
        }
        let entries = Rc::new(entries);
        self.merged.borrow_mut().insert(id, Rc::clone(&entries));
        entries
    }

    /// The value under `key` of a mapping.
    #[must_use]
    pub fn get(&self, id: Id, key: &str) -> Option<Id> {
        self.entry(id, key).map(|e| e.value)
    }

    /// The entry under `key` of a mapping.
    #[must_use]
    pub fn entry(&self, id: Id, key: &str) -> Option<Entry> {
        self.entries(id).iter().find(|e| &*e.key == key).cloned()
    }

    /// The value at a path of keys.
    #[must_use]
    pub fn path(&self, id: Id, keys: &[&str]) -> Option<Id> {
        keys.iter().try_fold(id, |at, key| self.get(at, key))
    }

    /// Whether the node is a plain `null`, `~` or empty.
    #[must_use]
    pub fn is_null(&self, id: Id) -> bool {
        self.node(id).is_some_and(|n| {
            matches!(&n.data, Data::Scalar(text, ScalarStyle::Plain) if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL") && n.tag.is_empty())
        })
    }

    /// The bytes of a scalar's content, without quotes; and its quote.
    #[must_use]
    pub fn content(&self, id: Id) -> (usize, usize, Option<char>) {
        let Some(node) = self.written(id) else { return (0, 0, None) };
        let quote = match &node.data {
            Data::Scalar(_, ScalarStyle::SingleQuoted) => Some('\''),
            Data::Scalar(_, ScalarStyle::DoubleQuoted) => Some('"'),
            _ => None,
        };
        match quote {
            Some(_) => {
                (node.start.saturating_add(1), node.end.saturating_sub(1).max(node.start.saturating_add(1)), quote)
            }
            None => (node.start, node.end, None),
        }
    }
}

/// `.inf` and `.nan`, which JSON can't express.
fn is_beyond_json(text: &str) -> bool {
    matches!(text, ".nan" | ".NaN" | ".NAN")
        || matches!(text.strip_prefix(['+', '-']).unwrap_or(text), ".inf" | ".Inf" | ".INF")
}

/// Where a scalar's content begins; its anchor and tag, if any, begin at `start`.
fn behind_properties(text: &str, start: usize, end: usize) -> usize {
    let mut rest = text.get(start..end).unwrap_or("");
    loop {
        let trimmed = rest.trim_start();
        rest = match trimmed.chars().next() {
            Some('&' | '!') => trimmed.trim_start_matches(|c: char| !c.is_whitespace()),
            Some('#') => trimmed.trim_start_matches(|c| c != '\n'),
            _ => return end.saturating_sub(trimmed.len()),
        };
    }
}

/// One past the quote that ends the scalar at `start`. The parser's own mark is after the spaces and the comment that
/// follow on the line.
fn quoted_end(text: &str, start: usize, style: ScalarStyle) -> Option<usize> {
    let quote = match style {
        ScalarStyle::SingleQuoted => b'\'',
        ScalarStyle::DoubleQuoted => b'"',
        _ => return None,
    };
    let mut bytes = text.as_bytes().get(start..)?.iter().enumerate().skip(1).peekable();
    while let Some((at, byte)) = bytes.next() {
        if quote == b'"' && *byte == b'\\' {
            bytes.next();
        } else if *byte == quote {
            // A literal single quote is written twice.
            if quote == b'\'' && bytes.next_if(|(_, next)| **next == quote).is_some() {
                continue;
            }
            return Some(start.saturating_add(at).saturating_add(1));
        }
    }
    None
}

/// Whether a double-quoted scalar contains `\/`.
fn escapes_slash(quoted: &str) -> bool {
    let mut escaped = false;
    quoted.bytes().any(|b| {
        let found = escaped && b == b'/';
        escaped = !escaped && b == b'\\';
        found
    })
}

/// Bytes of characters: the parser counts characters.
enum Offsets {
    /// One byte each.
    Ascii(usize),
    /// First byte of every character, and the end.
    Table(Vec<usize>),
}

impl Offsets {
    fn new(text: &str) -> Self {
        if text.is_ascii() {
            return Self::Ascii(text.len());
        }
        Self::Table(text.char_indices().map(|(i, _)| i).chain([text.len()]).collect())
    }

    fn byte(&self, character: usize) -> usize {
        match self {
            Self::Ascii(length) => character.min(*length),
            Self::Table(table) => table.get(character).or(table.last()).copied().unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, yaml: &Yaml, id: Id) -> String {
        let (start, end, _) = yaml.content(id);
        text[start..end].to_owned()
    }

    #[test]
    fn spans_are_the_scalars_bytes() {
        let text = "# ü\na: plain # c\nb: 'q ''q'\"\n".replace('"', "")
            + "c: \"é\\n\"\nd:\n  - x\n  - y: z\ne: >-\n  folded\n  text\nf:\n";
        let yaml = Yaml::parse(&text).unwrap();
        let root = yaml.documents[0];
        let at = |k: &str| yaml.get(root, k).unwrap();
        assert_eq!(written(&text, &yaml, at("a")), "plain");
        assert_eq!(written(&text, &yaml, at("b")), "q ''q");
        assert_eq!(written(&text, &yaml, at("c")), "é\\n");
        assert_eq!(yaml.scalar(at("c")).unwrap().0, "é\n");
        assert_eq!(written(&text, &yaml, yaml.seq(at("d")).unwrap()[0]), "x");
        assert!(yaml.is_null(at("f")));
        let entry = yaml.entry(root, "a").unwrap();
        assert_eq!(written(&text, &yaml, entry.key_id), "a");
    }

    #[test]
    fn spans_end_with_the_scalar_and_begin_behind_its_anchor() {
        let text = "a: 'x'  # c\nb: \"y\\\"z\" # 'd'\nc: 'it''s' \nd: {e: \"f\" , g: &h 'i' }\nj: &k l # m\nn: !!str &o\n  p\nq: &r\n";
        let commented = Yaml::parse(text).unwrap();
        let quoted = |path: &[&str]| written(text, &commented, commented.path(commented.documents[0], path).unwrap());
        let found = [["a"].as_slice(), &["b"], &["c"], &["d", "e"], &["d", "g"]].map(&quoted);
        assert_eq!(found, ["x", "y\\\"z", "it''s", "f", "i"]);
        assert_eq!([["j"], ["n"], ["q"]].map(|path| quoted(&path)), ["l", "p", ""]);
    }

    #[test]
    fn merge_keys_give_way_to_the_mappings_own() {
        let text = "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  <<: [*x, *y]\n  a: 9\n";
        let yaml = Yaml::parse(text).unwrap();
        let z = yaml.get(yaml.documents[0], "z").unwrap();
        let read: Vec<(String, String)> =
            yaml.entries(z).iter().map(|e| (e.key.to_string(), yaml.scalar(e.value).unwrap().0.to_owned())).collect();
        assert_eq!(
            read,
            [("a".into(), "9".into()), ("b".into(), "2".into()), ("c".into(), "4".into())] as [(String, String); 3]
        );
    }

    #[test]
    fn cycles_bombs_and_depth_end() {
        assert!(Yaml::parse("a: &a [*a]\n").unwrap_err().message.contains("inside"));
        assert!(Yaml::parse("a: *b\n").is_err());
        assert!(Yaml::parse(&"[".repeat(100_000)).is_err());
        assert!(Yaml::parse(&"- ".repeat(5_000)).is_err());
        let mut bomb = String::from("a0: &a0 {k: v}\n");
        for i in 1..40 {
            use std::fmt::Write as _;
            let before = i - 1;
            writeln!(bomb, "a{i}: &a{i} {{<<: [*a{before}, *a{before}, *a{before}], k{i}: [*a{before}, *a{before}]}}")
                .unwrap();
        }
        let yaml = Yaml::parse(&bomb).unwrap();
        let last = yaml.get(yaml.documents[0], "a39").unwrap();
        assert_eq!(yaml.entries(last).len(), 40);
        assert!(Yaml::parse("a: 1\na: 2\n").unwrap_err().message.contains("twice"));
    }

    #[test]
    fn go_readers_refuse_more() {
        for text in
            ["a: .inf\n", "a: -.Inf\n", "a: .nan\n", "a: \"x\\/\"\n", "<<:\na: 1\n", "<<: 5\n", "<<: [[{a: 1}]]\n"]
        {
            assert!(Yaml::parse_go(text).is_err(), "{text}");
        }
        for text in ["a: '.inf'\n", "a: \"\\\\/\"\n", "<<: {a: 1}\n", "<<: []\n", "\"<<\": 5\n", "a: /\n"] {
            assert!(Yaml::parse_go(text).is_ok(), "{text}");
        }
        let twice = "a: {b: 1}\nc: 2\na: 3\n";
        assert!(Yaml::parse_go(twice).is_err());
        let yaml = Yaml::parse_helm(twice).unwrap();
        assert_eq!(yaml.scalar(yaml.get(yaml.documents[0], "a").unwrap()).unwrap().0, "3");
        let yaml = Yaml::parse("\"<<\": {a: 1}\n").unwrap();
        assert!(yaml.get(yaml.documents[0], "a").is_none());
    }

    #[test]
    fn a_long_line_is_read() {
        let text = format!("a: {}\nb: \"{}\"\n", "x".repeat(2_000_000), "y z".repeat(1_000_000));
        let yaml = Yaml::parse(&text).unwrap();
        assert_eq!(yaml.scalar(yaml.get(yaml.documents[0], "a").unwrap()).unwrap().0.len(), 2_000_000);
    }
}

//! A JSON object of variables, or `{ "web": {…}, "worker": {…} }`, with the location of every value.

use super::environment::{Entries, Environment};
use super::reader::Reader;
use super::setting::{Place, Setting, Value};
use crate::text::span::Span;
use crate::variable::Containers;

/// The deepest nesting that is read; deeper input is refused, not recursed into.
const DEEPEST: usize = 64;

/// A parsed value with its bytes.
enum Node {
    /// A string, unescaped.
    Text(String),
    /// A number, `true`, `false`: as written.
    Word,
    /// `null`.
    Null,
    /// Members: key, bytes of the key without quotes, value.
    Object(Vec<(String, (usize, usize), Spanned)>),
    /// Elements are not examined.
    Array,
}

struct Spanned {
    node: Node,
    start: usize,
    end: usize,
}

struct JsonError {
    at: usize,
    message: &'static str,
}

/// Reads file number `file`. Numbers and booleans count as strings, `null` as unset.
pub(super) fn read(reader: &mut Reader<'_>, file: usize, containers: Containers) -> Vec<(Containers, Environment)> {
    let Some(text) = reader.deployment.texts.get(file).map(|t| t.text.clone()) else { return Vec::new() };
    let mut parser = Parser { text: &text, at: if text.starts_with('\u{feff}') { 3 } else { 0 } };
    let root = parser.document();
    let members = match root {
        Ok(Spanned { node: Node::Object(members), .. }) => members,
        Ok(_) => {
            reader.unsuited(file, "the JSON isn't an object", "Write an object of variables: `{\"NAME\": \"value\"}`.");
            return Vec::new();
        }
        Err(error) => {
            let span = Span::new(file, error.at, error.at.saturating_add(1).min(text.len()));
            reader.refuse(Some(span), format!("invalid JSON: {}", error.message), "Fix the syntax here.");
            return Vec::new();
        }
    };
    let parts = ["web", "worker"];
    let split = !members.is_empty()
        && members.iter().all(|(k, _, v)| parts.contains(&k.as_str()) && matches!(v.node, Node::Object(_)));
    if split {
        return members
            .into_iter()
            .filter_map(|(key, _, value)| {
                let container = if key == "web" { Containers::WEB } else { Containers::WORKER };
                let Node::Object(inner) = value.node else { return None };
                containers.meets(container).then(|| (container, environment(reader, file, &text, inner)))
            })
            .collect();
    }
    if is_foreign(&members) {
        reader.unsuited(
            file,
            "the JSON contains objects or lists, not variables",
            "Write an object of variables, `{\"NAME\": \"value\"}`, or one each for `web` and `worker`. For the output of `docker compose config` use `--input compose`, for a Kubernetes object `--input k8s`.",
        );
        return Vec::new();
    }
    vec![(containers, environment(reader, file, &text, members))]
}

/// Whether an object with nested values has no variable's name: it describes something else.
fn is_foreign(members: &[(String, (usize, usize), Spanned)]) -> bool {
    let is_variable = |name: &str| Setting::new(name.to_owned(), Value::Unknown).is_storage();
    let nested = members.iter().any(|(_, _, value)| matches!(value.node, Node::Object(_) | Node::Array));
    nested && !members.iter().any(|(name, _, _)| is_variable(name))
}

fn environment(
    reader: &mut Reader<'_>,
    file: usize,
    text: &str,
    members: Vec<(String, (usize, usize), Spanned)>,
) -> Environment {
    let mut environment = Environment::default();
    let mut listed = Entries::default();
    for (key, key_bytes, value) in members {
        let written = text.get(value.start..value.end).unwrap_or("");
        let (content, bytes, quote) = match value.node {
            Node::Text(content) => (content, (value.start.saturating_add(1), value.end.saturating_sub(1)), Some('"')),
            Node::Word => (written.to_owned(), (value.start, value.end), None),
            Node::Null => continue,
            Node::Object(_) | Node::Array => {
                if crate::variable::find(&key).is_some() {
                    let span = Span::new(file, value.start, value.end);
                    reader.refuse(
                        Some(span),
                        format!("`{key}` is an object or a list, expected a string"),
                        "Write a string.",
                    );
                }
                continue;
            }
        };
        let plain = text.get(bytes.0..bytes.1) == Some(content.as_str());
        let place = Place {
            name: Span::new(file, key_bytes.0, key_bytes.1),
            value: Span::new(file, bytes.0, bytes.1),
            entry: None,
            plain,
            quote,
            named: true,
        };
        listed.put(&mut environment, Setting::new(key, Value::Known(content)).at(place));
    }
    reader.keep_duplicates(listed);
    environment
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl Parser<'_> {
    fn document(&mut self) -> Result<Spanned, JsonError> {
        let value = self.value(0)?;
        self.spaces();
        if self.at < self.text.len() { Err(self.error("unexpected content after the value")) } else { Ok(value) }
    }

    fn error(&self, message: &'static str) -> JsonError {
        JsonError { at: self.at, message }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.step();
        }
    }

    fn value(&mut self, depth: usize) -> Result<Spanned, JsonError> {
        if depth > DEEPEST {
            return Err(self.error("nested too deeply"));
        }
        self.spaces();
        let start = self.at;
        let node = match self.peek() {
            Some(b'"') => Node::Text(self.string()?.0),
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'-' | b'0'..=b'9' | b'a'..=b'z') => self.word()?,
            None => return Err(self.error("expected a value, found the end of the file")),
            Some(_) => return Err(self.error("expected a value")),
        };
        Ok(Spanned { node, start, end: self.at })
    }

    fn word(&mut self) -> Result<Node, JsonError> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.')) {
            self.step();
        }
        let word = self.text.get(start..self.at).unwrap_or("");
        match word {
            "null" => Ok(Node::Null),
            "true" | "false" => Ok(Node::Word),
            _ if serde_json::from_str::<serde_json::Number>(word).is_ok() => Ok(Node::Word),
            _ => Err(JsonError { at: start, message: "expected a number, true, false or null; strings need quotes" }),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Node, JsonError> {
        self.step();
        let mut members = Vec::new();
        loop {
            self.spaces();
            match self.peek() {
                Some(b'}') if members.is_empty() => {
                    self.step();
                    return Ok(Node::Object(members));
                }
                Some(b'"') => {}
                _ => return Err(self.error("expected a key in double quotes")),
            }
            let (key, bytes) = self.string()?;
            self.spaces();
            if self.peek() != Some(b':') {
                return Err(self.error("expected `:` after the key"));
            }
            self.step();
            let value = self.value(depth.saturating_add(1))?;
            members.push((key, bytes, value));
            self.spaces();
            match self.peek() {
                Some(b',') => self.step(),
                Some(b'}') => {
                    self.step();
                    return Ok(Node::Object(members));
                }
                _ => return Err(self.error("expected `,` or `}`")),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Node, JsonError> {
        self.step();
        let mut first = true;
        loop {
            self.spaces();
            if first && self.peek() == Some(b']') {
                self.step();
                return Ok(Node::Array);
            }
            first = false;
            self.value(depth.saturating_add(1))?;
            self.spaces();
            match self.peek() {
                Some(b',') => self.step(),
                Some(b']') => {
                    self.step();
                    return Ok(Node::Array);
                }
                _ => return Err(self.error("expected `,` or `]`")),
            }
        }
    }

    /// A string and the bytes between its quotes. serde_json decodes the escapes.
    fn string(&mut self) -> Result<(String, (usize, usize)), JsonError> {
        let start = self.at;
        self.step();
        loop {
            match self.peek() {
                None => return Err(JsonError { at: start, message: "the closing quote of this string is missing" }),
                Some(b'\\') => {
                    self.step();
                    self.step();
                }
                Some(b'"') => break,
                Some(_) => self.step(),
            }
        }
        self.step();
        let written = self.text.get(start..self.at).unwrap_or("");
        let content = serde_json::from_str(written)
            .map_err(|_| JsonError { at: start, message: "invalid escape or control character in this string" })?;
        Ok((content, (start.saturating_add(1), self.at.saturating_sub(1))))
    }
}

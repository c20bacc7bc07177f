//! `JSON.parse`, in one pass over the text.

use std::fmt;

use memchr::{memchr_iter, memchr2};

use super::string::{four_digits, pair, push_code_unit};
use super::{Builder, Number, Object, Text, Value};

/// The maximum nesting depth. Deeper values are rejected: each level takes stack to read, write and drop, and
/// JavaScript's own `JSON.stringify` fails some thousand levels deeper.
pub const DEEPEST: usize = 512;

/// Why JSON is invalid or not supported here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct JsonError {
    /// The byte offset.
    pub at: usize,
    /// What's wrong, without a final period.
    pub message: &'static str,
}

impl JsonError {
    /// The line of `text`, counted from 1.
    #[must_use]
    pub fn line(&self, text: &str) -> usize {
        let before = text.as_bytes().get(..self.at).unwrap_or(text.as_bytes());
        memchr_iter(b'\n', before).count().saturating_add(1)
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid JSON at byte {}: {}", self.at, self.message)
    }
}

impl std::error::Error for JsonError {}

/// Parses one value, with optional whitespace around it.
///
/// # Errors
/// [`JsonError`] if `JSON.parse` would throw, or if values are nested deeper than [`DEEPEST`].
pub fn parse(text: &str) -> Result<Value<'_>, JsonError> {
    let mut parser = Parser::new(text);
    let value = parser.value(0)?;
    parser.end()?;
    Ok(value)
}

/// A text and the position in it.
pub(in crate::object) struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Parser<'t> {
    pub(in crate::object) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    pub(in crate::object) fn at(&self) -> usize {
        self.at
    }

    /// The text from `start` up to here.
    pub(in crate::object) fn since(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or("")
    }

    pub(in crate::object) fn error<T>(&self, message: &'static str) -> Result<T, JsonError> {
        Err(JsonError { at: self.at, message })
    }

    /// The next byte that isn't whitespace.
    pub(in crate::object) fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.step(1);
        }
    }

    pub(in crate::object) fn step(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    /// Only whitespace may follow.
    pub(in crate::object) fn end(&mut self) -> Result<(), JsonError> {
        if self.peek().is_some() { self.error("unexpected data after the value") } else { Ok(()) }
    }

    pub(in crate::object) fn value(&mut self, depth: usize) -> Result<Value<'t>, JsonError> {
        match self.peek() {
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'{') => {
                let mut members = Builder::default();
                self.members(depth, |parser, name| {
                    members.push(name, parser.value(depth.saturating_add(1))?);
                    Ok(())
                })?;
                Ok(Value::Object(members.finish()))
            }
            Some(b'[') => {
                let mut elements = Vec::new();
                self.elements(depth, |parser| {
                    elements.push(parser.value(depth.saturating_add(1))?);
                    Ok(())
                })?;
                Ok(Value::Array(elements))
            }
            Some(b'-' | b'0'..=b'9') => Ok(Value::Number(Number::of_literal(self.number()?))),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(_) => self.error("expected a value"),
            None => self.error("expected a value, found the end"),
        }
    }

    /// Parses the object that begins here; `each` parses the value of a name.
    pub(in crate::object) fn members(
        &mut self,
        depth: usize,
        mut each: impl FnMut(&mut Self, Text<'t>) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        self.open(depth)?;
        if self.peek() == Some(b'}') {
            self.step(1);
            return Ok(());
        }
        loop {
            match self.peek() {
                Some(b'"') => {}
                Some(_) => return self.error("expected a name in double quotes"),
                None => return self.error("unterminated object"),
            }
            let name = self.string()?;
            if self.peek() != Some(b':') {
                return self.error("expected `:` after the name");
            }
            self.step(1);
            each(self, name)?;
            match self.peek() {
                Some(b',') => self.step(1),
                Some(b'}') => {
                    self.step(1);
                    return Ok(());
                }
                Some(_) => return self.error("expected `,` or `}`"),
                None => return self.error("unterminated object"),
            }
        }
    }

    /// Parses the array that begins here; `each` parses an element.
    pub(in crate::object) fn elements(
        &mut self,
        depth: usize,
        mut each: impl FnMut(&mut Self) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        self.open(depth)?;
        if self.peek() == Some(b']') {
            self.step(1);
            return Ok(());
        }
        loop {
            each(self)?;
            match self.peek() {
                Some(b',') => self.step(1),
                Some(b']') => {
                    self.step(1);
                    return Ok(());
                }
                Some(_) => return self.error("expected `,` or `]`"),
                None => return self.error("unterminated array"),
            }
        }
    }

    fn open(&mut self, depth: usize) -> Result<(), JsonError> {
        if depth >= DEEPEST {
            return self.error("nested more than 512 levels deep");
        }
        self.step(1);
        Ok(())
    }

    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or(&[])
    }

    fn word(&mut self, word: &str, value: Value<'t>) -> Result<Value<'t>, JsonError> {
        if self.rest().starts_with(word.as_bytes()) {
            self.step(word.len());
            return Ok(value);
        }
        self.error("expected a number, true, false or null; strings need quotes")
    }

    fn number(&mut self) -> Result<&'t str, JsonError> {
        let start = self.at;
        if self.rest().first() == Some(&b'-') {
            self.step(1);
        }
        match self.rest() {
            [b'0', b'0'..=b'9', ..] => return self.error("a number has a leading zero"),
            _ => self.digits()?,
        }
        if self.rest().first() == Some(&b'.') {
            self.step(1);
            self.digits()?;
        }
        if let [b'e' | b'E', rest @ ..] = self.rest() {
            self.step(if matches!(rest.first(), Some(b'+' | b'-')) { 2 } else { 1 });
            self.digits()?;
        }
        Ok(self.since(start))
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let count = self.rest().iter().take_while(|b| b.is_ascii_digit()).count();
        if count == 0 {
            return self.error("expected a digit");
        }
        self.step(count);
        Ok(())
    }

    fn string(&mut self) -> Result<Text<'t>, JsonError> {
        self.step(1);
        let (mut special, mut before) = self.special()?;
        if special == b'"' {
            self.step(1);
            return Ok(Text::plain(before));
        }
        let mut decoded = Vec::with_capacity(before.len().saturating_mul(2).saturating_add(16));
        loop {
            decoded.extend_from_slice(before.as_bytes());
            if special == b'"' {
                self.step(1);
                return Ok(Text::decoded(decoded));
            }
            self.escape(&mut decoded)?;
            (special, before) = self.special()?;
        }
    }

    /// Advances past the next quote or backslash; returns it and what precedes it.
    fn special(&mut self) -> Result<(u8, &'t str), JsonError> {
        let rest = self.rest();
        let found = memchr2(b'"', b'\\', rest);
        let before = rest.get(..found.unwrap_or(rest.len())).unwrap_or(rest);
        // No early exit inside, so that the compiler can vectorize the loop.
        if before.iter().fold(0, |any, b| any | u8::from(*b < 0x20)) != 0 {
            self.step(before.iter().position(|b| *b < 0x20).unwrap_or(0));
            return self.error("a control character in a string must be escaped");
        }
        let start = self.at;
        self.step(before.len());
        match found.and_then(|at| rest.get(at)) {
            Some(byte) => Ok((*byte, self.since(start))),
            None => self.error("unterminated string"),
        }
    }

    /// Parses the escape sequence that begins here.
    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), JsonError> {
        let byte = match self.rest() {
            [_, byte @ (b'"' | b'\\' | b'/'), ..] => *byte,
            [_, b'b', ..] => 0x08,
            [_, b'f', ..] => 0x0c,
            [_, b'n', ..] => b'\n',
            [_, b'r', ..] => b'\r',
            [_, b't', ..] => b'\t',
            [_, b'u', digits @ ..] => {
                let Some((unit, after)) = four_digits(digits) else {
                    return self.error("expected four hexadecimal digits after `\\u`");
                };
                let low = after.strip_prefix(b"\\u").and_then(four_digits);
                if let Some(c) = low.and_then(|(low, _)| pair(unit, low)) {
                    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    self.step(12);
                } else {
                    push_code_unit(unit, out);
                    self.step(6);
                }
                return Ok(());
            }
            [_] => {
                self.step(1);
                return self.error("unterminated string");
            }
            _ => return self.error("invalid escape sequence"),
        };
        out.push(byte);
        self.step(2);
        Ok(())
    }
}

impl<'t> Object<'t> {
    /// Parses one object, with optional whitespace around it.
    ///
    /// # Errors
    /// As [`parse`], and for any other value.
    pub fn parse(text: &'t str) -> Result<Self, JsonError> {
        match parse(text)? {
            Value::Object(object) => Ok(object),
            _ => Err(JsonError { at: 0, message: "expected an object" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_what_json_parse_rejects() {
        for text in [
            "",
            " ",
            "{",
            "[",
            "[1",
            "[1,]",
            "[,1]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "'a'",
            "\"a",
            "\"\\",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\t\"",
            "01",
            "-",
            "+1",
            "1.",
            ".5",
            "1e",
            "1e+",
            "tru",
            "nul",
            "NaN",
            "undefined",
            "1 2",
            "{} {}",
            "\u{feff}1",
            "\u{a0}1",
            "[1}",
            "{\"a\":1]",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn depth_is_limited() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(DEEPEST)).is_ok());
        assert!(parse(&nested(DEEPEST.saturating_add(1))).unwrap_err().message.contains(&DEEPEST.to_string()));
        assert!(parse(&"{\"a\":[".repeat(500_000)).is_err());
    }

    #[test]
    fn errors_have_a_line() {
        let text = "{\n\"a\": 1,\n\"b\": x}";
        assert_eq!(parse(text).unwrap_err().line(text), 3);
    }

    #[test]
    fn surrogates_are_paired_or_kept() {
        for (text, json) in [
            (r#""\ud83d\ude00""#, "\"😀\""),
            (r#""\ud83d\ud83d\ude00""#, "\"\\ud83d😀\""),
            (r#""\ude00\ud83d""#, "\"\\ude00\\ud83d\""),
            (r#""\uD83Dx\u0000\u007f\u2028""#, "\"\\ud83dx\\u0000\u{7f}\u{2028}\""),
            (r#""\/\b\f\n\r\t\"\\""#, "\"/\\b\\f\\n\\r\\t\\\"\\\\\""),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), json);
        }
    }
}

//! Rows to export, read from a stream in chunks of any size: a JSON array, JSON Lines or CSV.
//!
//! Only one row is in memory at a time.

mod csv;
mod frame;

use std::fmt;
use std::slice;

use memchr::{memchr_iter, memrchr};

use super::export::Format;
use super::js::{self, JsonError, Object, Value};
use crate::text::printable::quoted;
use frame::Frame;

/// The longest row in bytes: 512 MiB, about the longest string that Langfuse's own runtime can hold.
pub const LONGEST_ROW: usize = 512 << 20;

const MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// Why reading failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowError {
    /// The row, counted from 1, without the CSV header.
    pub row: u64,
    /// The line, counted from 1.
    pub line: u64,
    /// What is wrong.
    pub cause: Cause,
}

/// What is wrong with a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cause {
    /// Invalid JSON.
    Json(JsonError),
    /// JSON, but not an object.
    NoObject,
    /// Invalid UTF-8.
    Utf8,
    /// It exceeds the maximum length, in bytes.
    TooLong(usize),
    /// The given format is a JSON array, but the input isn't one.
    NoList,
    /// The input ends inside the array.
    OpenList,
    /// Something follows the array.
    AfterList,
    /// A row of the array is missing.
    Missing,
    /// The input ends inside a quoted field.
    OpenQuote,
    /// Something follows a quoted field before the next comma.
    AfterQuote,
    /// The header has two columns with this name.
    Twice(String),
    /// The number of fields differs from the header's.
    Fields {
        /// Its fields.
        found: usize,
        /// The header's.
        header: usize,
    },
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { row, line, cause } = self;
        write!(f, "row {row}, line {line}: {cause}")
    }
}

impl std::error::Error for RowError {}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => write!(f, "invalid JSON: {}", error.message),
            Self::NoObject => f.write_str("expected an object"),
            Self::Utf8 => f.write_str("invalid UTF-8"),
            Self::TooLong(most) => write!(f, "longer than {most} bytes"),
            Self::NoList => f.write_str("expected `[`, the start of a JSON array"),
            Self::OpenList => f.write_str("expected `]` at the end of the array"),
            Self::AfterList => f.write_str("unexpected data after the array"),
            Self::Missing => f.write_str("expected a row"),
            Self::OpenQuote => f.write_str("unterminated quoted field"),
            Self::AfterQuote => f.write_str("expected a comma or the end of the line after a quoted field"),
            Self::Twice(name) => {
                write!(f, "the header has two columns named {}: rename one of them", quoted(name))
            }
            Self::Fields { found, header } => write!(f, "it has {found} fields, but the header has {header}"),
        }
    }
}

/// Reads rows from a stream.
///
/// JSON Lines has one object per line; empty lines are ignored. A CSV has a header, quoted fields may contain anything,
/// and every value is a string. A leading byte order mark is ignored in all formats.
#[derive(Debug)]
pub struct Reader {
    frame: Frame,
    /// The beginning of the incomplete row.
    carry: Vec<u8>,
    longest: usize,
    place: Place,
    header: Option<csv::Header>,
}

/// The position in the stream.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Completed rows.
    rows: u64,
    /// The line on which the next row begins.
    line: u64,
}

impl Place {
    /// An error in the row that begins here, `lines` after its first line.
    fn error<T>(self, lines: u64, cause: Cause) -> Result<T, RowError> {
        Err(RowError { row: self.rows.saturating_add(1), line: self.line.saturating_add(lines), cause })
    }
}

impl Reader {
    /// Starts a stream. Without a format, it's detected from the first character: `[` for an array, `{` for JSON Lines,
    /// anything else for CSV.
    #[must_use]
    pub fn new(format: Option<Format>) -> Self {
        Self {
            frame: Frame::Start { format, mark: 0 },
            carry: Vec::new(),
            longest: LONGEST_ROW,
            place: Place { rows: 0, line: 1 },
            header: None,
        }
    }

    /// Sets the maximum row length in bytes, instead of [`LONGEST_ROW`].
    #[must_use]
    pub fn longest(self, bytes: usize) -> Self {
        Self { longest: bytes, ..self }
    }

    /// Takes the next chunk and calls `each` with every row that it completes.
    ///
    /// # Errors
    /// [`RowError`] at the first invalid row. The reader can't be used after that.
    pub fn feed(&mut self, piece: &[u8], mut each: impl FnMut(&Object<'_>)) -> Result<(), RowError> {
        let mut rest = self.begin(piece)?;
        while !rest.is_empty() {
            let Some((head, tail)) = self.frame.end(rest).and_then(|end| rest.split_at_checked(end)) else {
                if self.carry.len().saturating_add(rest.len()) > self.longest {
                    return self.place.error(0, Cause::TooLong(self.longest));
                }
                self.carry.extend_from_slice(rest);
                return Ok(());
            };
            if self.carry.is_empty() {
                self.record(head, &mut each)?;
            } else {
                let mut carry = std::mem::take(&mut self.carry);
                carry.extend_from_slice(head);
                self.record(&carry, &mut each)?;
                carry.clear();
                self.carry = carry;
            }
            rest = tail;
        }
        Ok(())
    }

    /// Ends the stream; returns the number of rows.
    ///
    /// # Errors
    /// [`RowError`] if the stream ends inside a row.
    pub fn finish(mut self, mut each: impl FnMut(&Object<'_>)) -> Result<u64, RowError> {
        let carry = std::mem::take(&mut self.carry);
        match self.frame {
            Frame::Start { mark: 1 | 2, .. } => self.place.error(0, Cause::Utf8)?,
            Frame::Start { format: Some(Format::Json), .. } => self.place.error(0, Cause::NoList)?,
            Frame::List(_) => self.place.error(newlines(&carry), Cause::OpenList)?,
            Frame::Table(csv::Frame::Quoted) => self.place.error(0, Cause::OpenQuote)?,
            Frame::Start { .. } | Frame::Lines | Frame::Table(_) | Frame::Done => self.record(&carry, &mut each)?,
        }
        Ok(self.place.rows)
    }

    /// Skips what precedes the rows and detects their format; returns the rest of the chunk.
    fn begin<'p>(&mut self, piece: &'p [u8]) -> Result<&'p [u8], RowError> {
        let Frame::Start { format, mark } = &mut self.frame else { return Ok(piece) };
        let mut rest = piece;
        while let Some(tail) = MARK.get(*mark).and_then(|b| rest.strip_prefix(slice::from_ref(b))) {
            *mark = mark.saturating_add(1);
            rest = tail;
        }
        if rest.is_empty() {
            return Ok(rest);
        }
        // The first bytes of a byte order mark may also begin another character.
        let letter = MARK.get(..*mark).filter(|_| matches!(*mark, 1 | 2)).unwrap_or(&[]);
        let blank = if letter.is_empty() { rest.iter().take_while(|b| is_blank(**b)).count() } else { 0 };
        *mark = MARK.len();
        let format = *format;
        let (blank, text) = rest.split_at_checked(blank).unwrap_or((&[], rest));
        let last = blank.get(memrchr(b'\n', blank).map_or(0, |at| at.saturating_add(1))..).unwrap_or(&[]);
        if last.len() < blank.len() {
            self.place.line = self.place.line.saturating_add(newlines(blank));
            self.carry.clear();
        }
        if self.carry.len().saturating_add(last.len()) > self.longest {
            return self.place.error(0, Cause::TooLong(self.longest));
        }
        self.carry.extend_from_slice(last);
        self.carry.extend_from_slice(letter);
        let detected = match (letter, text) {
            ([], []) => return Ok(text),
            ([], [b'[', ..]) => Format::Json,
            ([], [b'{', ..]) => Format::Jsonl,
            _ => Format::Csv,
        };
        match format.unwrap_or(detected) {
            Format::Csv => self.frame = Frame::Table(csv::Frame::default()),
            Format::Jsonl => self.frame = Frame::Lines,
            Format::Json => {
                self.carry.clear();
                let list = text.strip_prefix(b"[").filter(|_| letter.is_empty());
                let Some(list) = list else { return self.place.error(0, Cause::NoList) };
                self.frame = Frame::List(frame::List::default());
                return Ok(list);
            }
        }
        Ok(text)
    }

    /// Handles a record: a row with its last byte, or an empty one.
    fn record(&mut self, record: &[u8], each: &mut impl FnMut(&Object<'_>)) -> Result<(), RowError> {
        let place = self.place;
        if matches!(self.frame, Frame::Done) {
            // Its end is that of a chunk, which may be inside a character.
            let blank = record.iter().take_while(|b| is_blank(**b)).count();
            let lines = newlines(record.get(..blank).unwrap_or(&[]));
            if blank < record.len() {
                return place.error(lines, Cause::AfterList);
            }
            self.place.line = place.line.saturating_add(lines);
            return Ok(());
        }
        let Ok(text) = std::str::from_utf8(record) else {
            let valid = record.utf8_chunks().next().map_or(0, |chunk| newlines(chunk.valid().as_bytes()));
            return place.error(valid, Cause::Utf8);
        };
        if record.len() > self.longest {
            return place.error(0, Cause::TooLong(self.longest));
        }
        self.place.line = place.line.saturating_add(newlines(record));
        let is_row = match &mut self.frame {
            Frame::Start { .. } | Frame::Lines => {
                let row = text.trim_matches(BLANKS);
                !row.is_empty() && json(text, row, place, each)?
            }
            Frame::List(list) => {
                let closed = list.closed();
                let inner = text.strip_suffix([',', ']', '}']).unwrap_or(text);
                let row = inner.trim_matches(BLANKS);
                if closed {
                    self.frame = Frame::Done;
                }
                match row.is_empty() {
                    true if closed && place.rows == 0 && text.ends_with(']') => false,
                    true => return place.error(newlines(inner.as_bytes()), Cause::Missing),
                    false if text.ends_with('}') => {
                        return place.error(newlines(inner.as_bytes()), Cause::OpenList);
                    }
                    false => json(text, row, place, each)?,
                }
            }
            Frame::Table(table) => {
                *table = csv::Frame::default();
                let row = text.strip_suffix('\n').unwrap_or(text);
                let row = row.strip_suffix('\r').unwrap_or(row);
                !row.is_empty() && table_row(&mut self.header, row, place, each)?
            }
            Frame::Done => false,
        };
        if is_row {
            self.place.rows = place.rows.saturating_add(1);
        }
        Ok(())
    }
}

/// Parses `row`, a part of the record `text`.
fn json(text: &str, row: &str, place: Place, each: &mut impl FnMut(&Object<'_>)) -> Result<bool, RowError> {
    let begins = text.len().saturating_sub(text.trim_start_matches(BLANKS).len());
    let lines = |at: usize| newlines(text.as_bytes().get(..begins.saturating_add(at)).unwrap_or(&[]));
    match js::parse(row) {
        Ok(Value::Object(object)) => each(&object),
        Ok(_) => return place.error(lines(0), Cause::NoObject),
        Err(error) => return place.error(lines(error.at), Cause::Json(error)),
    }
    Ok(true)
}

/// Parses a CSV record: the header first. Returns whether it was a row.
fn table_row(
    header: &mut Option<csv::Header>,
    row: &str,
    place: Place,
    each: &mut impl FnMut(&Object<'_>),
) -> Result<bool, RowError> {
    let fields = csv::fields(row).or_else(|cause| place.error(0, cause))?;
    let Some(header) = header else {
        *header = Some(csv::Header::new(fields).or_else(|cause| place.error(0, cause))?);
        return Ok(false);
    };
    let found = fields.len();
    match header.object(fields) {
        Some(object) => each(&object),
        None => return place.error(0, Cause::Fields { found, header: header.len() }),
    }
    Ok(true)
}

fn newlines(bytes: &[u8]) -> u64 {
    u64::try_from(memchr_iter(b'\n', bytes).count()).unwrap_or(u64::MAX)
}

/// JSON's whitespace.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

fn is_blank(byte: u8) -> bool {
    BLANKS.contains(&char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8], piece: usize, format: Option<Format>) -> Result<Vec<String>, String> {
        let mut rows = Vec::new();
        let mut reader = Reader::new(format).longest(100);
        for piece in text.chunks(piece) {
            reader.feed(piece, |row| rows.push(Value::Object(row.clone()).to_string())).map_err(|e| e.to_string())?;
        }
        let count =
            reader.finish(|row| rows.push(Value::Object(row.clone()).to_string())).map_err(|e| e.to_string())?;
        assert_eq!(count, u64::try_from(rows.len()).unwrap());
        Ok(rows)
    }

    /// The result doesn't depend on the chunk size.
    fn outcome(text: &str) -> Result<Vec<String>, String> {
        let whole = read(text.as_bytes(), usize::MAX, None);
        for piece in 1..=text.len() {
            assert_eq!(read(text.as_bytes(), piece, None), whole, "{text} in pieces of {piece}");
        }
        whole
    }

    #[test]
    fn each_format_gives_its_rows() {
        let rows: &[&str] = &[r#"{"a":"1","b":"]},\"x"}"#, r#"{"a":"é","b":""}"#];
        for text in [
            "[{\"a\":\"1\",\"b\":\"]},\\\"x\"},\n {\"b\":0,\"a\":\"é\",\"b\":\"\"}]\n",
            "\u{feff}\n  [ {\"a\":\"1\",\"b\":\"]},\\\"x\"} , {\"a\":\"é\",\"b\":\"\"} ] ",
            "{\"a\":\"1\",\"b\":\"]},\\\"x\"}\n\n{\"a\":\"é\",\"b\":\"\"}",
            "\u{feff}{\"a\":\"1\",\"b\":\"]},\\\"x\"}\r\n{\"a\":\"é\",\"b\":\"\"}\r\n",
            "a,b\n1,\"]},\"\"x\"\n\"é\",\n",
            "\u{feff}\"a\",b\r\n\"1\",\"]},\"\"x\"\r\n\r\né,\"\"",
        ] {
            let mut expected = rows.iter().map(|r| (*r).to_owned()).collect::<Vec<_>>();
            if text.contains("\"b\":0") {
                expected[1] = r#"{"b":"","a":"é"}"#.into();
            }
            assert_eq!(outcome(text), Ok(expected), "{text}");
        }
        for text in ["", " \n", "\u{feff}", "[]", "[ \n ]", "a,b\n"] {
            assert_eq!(outcome(text), Ok(Vec::new()), "{text}");
        }
    }

    #[test]
    fn csv_rows_are_objects_like_others() {
        assert_eq!(outcome("b,2,10\n1,2,\"x\ny\"\n").unwrap(), [r#"{"2":"2","10":"x\ny","b":"1"}"#]);
        assert_eq!(outcome("a\n5\" disk\n").unwrap(), [r#"{"a":"5\" disk"}"#]);
    }

    #[test]
    fn errors_name_row_and_line() {
        for (text, error) in [
            ("{\"a\":1}\n{\"a\":}\n", "row 2, line 2: invalid JSON: expected a value"),
            ("{\n\"a\":1}\n", "row 1, line 1: invalid JSON: unterminated object"),
            ("[{},\n\n{\"a\"\n:x}]", "row 2, line 4: invalid JSON: expected a value"),
            ("[{},\n7]", "row 2, line 2: expected an object"),
            ("[{},\n]", "row 2, line 2: expected a row"),
            ("[{}\n", "row 1, line 2: expected `]` at the end of the array"),
            ("[{}]\n[{}]", "row 2, line 2: unexpected data after the array"),
            ("[{}}", "row 1, line 1: expected `]` at the end of the array"),
            ("a,b\n1,2\n\n1,2,3\n", "row 2, line 4: it has 3 fields, but the header has 2"),
            ("id,name,id\n1,2,3\n", "row 1, line 1: the header has two columns named `id`: rename one of them"),
            ("a\n\"x\n", "row 1, line 2: unterminated quoted field"),
            ("a\n\"x\"y\n", "row 1, line 2: expected a comma or the end of the line after a quoted field"),
        ] {
            assert_eq!(outcome(text), Err(error.to_owned()), "{text}");
        }
        assert_eq!(
            outcome(&format!("[{{\"a\":\"{}\"}}]", "x".repeat(200))).unwrap_err(),
            "row 1, line 1: longer than 100 bytes"
        );
        assert_eq!(read(b"a\n\xff\n", 9, None), Err("row 1, line 2: invalid UTF-8".into()));
        assert_eq!(read(b"\xef\xbbx", 9, None), Err("row 1, line 1: invalid UTF-8".into()));
        assert_eq!(read(b"\xef\xbb", 9, None), Err("row 1, line 1: invalid UTF-8".into()));
        assert_eq!(outcome("[]\n[\"®\"]"), Err("row 1, line 2: unexpected data after the array".into()));
        assert_eq!(outcome("\u{fec1}\n1").unwrap(), ["{\"\u{fec1}\":\"1\"}"]);
        assert_eq!(
            read(b" {}", 9, Some(Format::Json)),
            Err("row 1, line 1: expected `[`, the start of a JSON array".into())
        );
    }

    #[test]
    fn an_explicit_format_is_not_detected() {
        assert_eq!(read(b"[a],{b}\n1,2", 9, Some(Format::Csv)).unwrap(), [r#"{"[a]":"1","{b}":"2"}"#]);
        assert!(read(b"[{}]", 9, Some(Format::Jsonl)).is_err());
    }
}

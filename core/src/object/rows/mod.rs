//! Rows to export, read from a text that arrives in pieces of any size: a JSON array, JSON Lines or CSV.
//!
//! One row is held at a time, so that memory does not grow with the text.

mod csv;
mod frame;

use std::fmt;
use std::slice;

use memchr::{memchr_iter, memrchr};

use super::export::Format;
use super::js::{self, JsonError, Object, Value};
use crate::text::mask::quoted;
use frame::Frame;

/// The longest row in bytes: 512 MiB, about the longest string that Langfuse's own runtime can hold.
pub const LONGEST_ROW: usize = 512 << 20;

const MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// Why the rows end early.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowError {
    /// The row, counted from 1; the header of a CSV is none.
    pub row: u64,
    /// The line, counted from 1.
    pub line: u64,
    /// What is wrong.
    pub cause: Cause,
}

/// What is wrong with a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cause {
    /// It is no JSON.
    Json(JsonError),
    /// It is JSON, but no object.
    NoObject,
    /// It is not UTF-8.
    Utf8,
    /// It is longer than a row may be, in bytes.
    TooLong(usize),
    /// A text was announced as a JSON array and is none.
    NoList,
    /// The text ends inside the array.
    OpenList,
    /// Something follows the array.
    AfterList,
    /// Nothing stands where a row of the array should be.
    Missing,
    /// The text ends inside a quoted field.
    OpenQuote,
    /// Something stands between the end of a quoted field and the next comma.
    AfterQuote,
    /// The header has a column of this name twice.
    Twice(String),
    /// It has another number of fields than the header.
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
            Self::Json(error) => write!(f, "it is no JSON: {}", error.message),
            Self::NoObject => f.write_str("a row is an object of names and values"),
            Self::Utf8 => f.write_str("it is not UTF-8"),
            Self::TooLong(most) => write!(f, "it has more than {most} bytes"),
            Self::NoList => f.write_str("a JSON array begins with `[`"),
            Self::OpenList => f.write_str("the text ends before the `]` of the array"),
            Self::AfterList => f.write_str("something follows the `]` of the array"),
            Self::Missing => f.write_str("a row should stand here"),
            Self::OpenQuote => f.write_str("the text ends inside a quoted field"),
            Self::AfterQuote => f.write_str("a comma or the end of the line should follow a quoted field"),
            Self::Twice(name) => {
                write!(
                    f,
                    "the header has two columns named {}, and an object has one: rename one of them",
                    quoted(name)
                )
            }
            Self::Fields { found, header } => write!(f, "it has {found} fields, and the header {header}"),
        }
    }
}

/// Reads rows from pieces of a text.
///
/// JSON Lines has one object a line; empty lines are passed by. A CSV has the names in its first line, fields may stand
/// in double quotes and then hold anything, and every value is a string. In all three a byte order mark in front is
/// passed by.
#[derive(Debug)]
pub struct Reader {
    frame: Frame,
    /// The beginning of the row that is not complete.
    carry: Vec<u8>,
    longest: usize,
    place: Place,
    header: Option<csv::Header>,
}

/// How far a text is read.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Rows that are complete.
    rows: u64,
    /// The line in which the next one begins.
    line: u64,
}

impl Place {
    /// An error in the row that begins here, `lines` below its beginning.
    fn error<T>(self, lines: u64, cause: Cause) -> Result<T, RowError> {
        Err(RowError { row: self.rows.saturating_add(1), line: self.line.saturating_add(lines), cause })
    }
}

impl Reader {
    /// Before the first piece. Without a format it is told from the first character: `[` begins an array, `{` JSON
    /// Lines, anything else a CSV.
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

    /// Refuses rows above this number of bytes, instead of those above [`LONGEST_ROW`].
    #[must_use]
    pub fn longest(self, bytes: usize) -> Self {
        Self { longest: bytes, ..self }
    }

    /// Takes the next piece and calls `each` with every row that it completes.
    ///
    /// # Errors
    /// [`RowError`] at the first row that can't be read. The reader is of no use after it.
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

    /// Takes the end of the text; gives the number of rows.
    ///
    /// # Errors
    /// [`RowError`] where the text ends inside a row.
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

    /// Passes by what stands in front of the rows and settles their format; gives what is left of the piece.
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
        // The first bytes of a mark may be those of a letter instead.
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
        let told = match (letter, text) {
            ([], []) => return Ok(text),
            ([], [b'[', ..]) => Format::Json,
            ([], [b'{', ..]) => Format::Jsonl,
            _ => Format::Csv,
        };
        match format.unwrap_or(told) {
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

    /// Takes a record: a row with the byte that ends it, or something empty.
    fn record(&mut self, record: &[u8], each: &mut impl FnMut(&Object<'_>)) -> Result<(), RowError> {
        let place = self.place;
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
            Frame::Done => match text.trim_start_matches(BLANKS) {
                "" => false,
                more => {
                    let before = text.len().saturating_sub(more.len());
                    return place.error(newlines(record.get(..before).unwrap_or(&[])), Cause::AfterList);
                }
            },
        };
        if is_row {
            self.place.rows = place.rows.saturating_add(1);
        }
        Ok(())
    }
}

/// Reads `row`, a part of the record `text`.
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

/// Reads a line of a CSV: the header first. Says whether it was a row.
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

/// JSON's white space.
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

    /// In pieces of every size the outcome is the same.
    fn outcome(text: &str) -> Result<Vec<String>, String> {
        let whole = read(text.as_bytes(), usize::MAX, None);
        for piece in 1..=text.len() {
            assert_eq!(read(text.as_bytes(), piece, None), whole, "{text} in pieces of {piece}");
        }
        whole
    }

    #[test]
    fn each_form_gives_its_rows() {
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
    fn a_table_is_an_object_like_others() {
        assert_eq!(outcome("b,2,10\n1,2,\"x\ny\"\n").unwrap(), [r#"{"2":"2","10":"x\ny","b":"1"}"#]);
        assert_eq!(outcome("a\n5\" disk\n").unwrap(), [r#"{"a":"5\" disk"}"#]);
    }

    #[test]
    fn errors_name_row_and_line() {
        for (text, error) in [
            ("{\"a\":1}\n{\"a\":}\n", "row 2, line 2: it is no JSON: a value should stand here"),
            ("{\n\"a\":1}\n", "row 1, line 1: it is no JSON: it ends inside an object"),
            ("[{},\n\n{\"a\"\n:x}]", "row 2, line 4: it is no JSON: a value should stand here"),
            ("[{},\n7]", "row 2, line 2: a row is an object of names and values"),
            ("[{},\n]", "row 2, line 2: a row should stand here"),
            ("[{}\n", "row 1, line 2: the text ends before the `]` of the array"),
            ("[{}]\n[{}]", "row 2, line 2: something follows the `]` of the array"),
            ("[{}}", "row 1, line 1: the text ends before the `]` of the array"),
            ("a,b\n1,2\n\n1,2,3\n", "row 2, line 4: it has 3 fields, and the header 2"),
            (
                "id,name,id\n1,2,3\n",
                "row 1, line 1: the header has two columns named `id`, and an object has one: rename one of them",
            ),
            ("a\n\"x\n", "row 1, line 2: the text ends inside a quoted field"),
            ("a\n\"x\"y\n", "row 1, line 2: a comma or the end of the line should follow a quoted field"),
        ] {
            assert_eq!(outcome(text), Err(error.to_owned()), "{text}");
        }
        assert_eq!(
            outcome(&format!("[{{\"a\":\"{}\"}}]", "x".repeat(200))).unwrap_err(),
            "row 1, line 1: it has more than 100 bytes"
        );
        assert_eq!(read(b"a\n\xff\n", 9, None), Err("row 1, line 2: it is not UTF-8".into()));
        assert_eq!(read(b"\xef\xbbx", 9, None), Err("row 1, line 1: it is not UTF-8".into()));
        assert_eq!(read(b"\xef\xbb", 9, None), Err("row 1, line 1: it is not UTF-8".into()));
        assert_eq!(outcome("\u{fec1}\n1").unwrap(), ["{\"\u{fec1}\":\"1\"}"]);
        assert_eq!(read(b" {}", 9, Some(Format::Json)), Err("row 1, line 1: a JSON array begins with `[`".into()));
    }

    #[test]
    fn a_format_that_is_said_is_not_guessed() {
        assert_eq!(read(b"[a],{b}\n1,2", 9, Some(Format::Csv)).unwrap(), [r#"{"[a]":"1","{b}":"2"}"#]);
        assert!(read(b"[{}]", 9, Some(Format::Jsonl)).is_err());
    }
}

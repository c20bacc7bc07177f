//! Finds where a row ends, in one pass over bytes that arrive in chunks of any size.

use memchr::{memchr, memchr2};

use super::csv;
use crate::object::export::Format;

/// The format, and the position in it where the last chunk ended.
#[derive(Debug)]
pub(super) enum Frame {
    /// Only whitespace so far, and this many bytes of the byte order mark.
    Start { format: Option<Format>, mark: usize },
    /// JSON Lines.
    Lines,
    /// Inside a JSON array.
    List(List),
    /// CSV.
    Table(csv::Frame),
    /// After the array.
    Done,
}

impl Frame {
    /// The number of bytes up to the end of the row, including its last byte; `None` if it continues.
    pub(super) fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        match self {
            Self::Lines => memchr(b'\n', bytes).map(|at| at.saturating_add(1)),
            Self::List(list) => list.end(bytes),
            Self::Table(table) => table.end(bytes),
            Self::Start { .. } | Self::Done => Some(bytes.len()),
        }
    }
}

/// A position inside an array.
#[derive(Default, Debug)]
pub(super) struct List {
    /// Open brackets and braces inside the row.
    depth: usize,
    string: bool,
    escaped: bool,
    closed: bool,
}

impl List {
    /// Whether the array ended after the last row.
    pub(super) fn closed(&self) -> bool {
        self.closed
    }

    fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at: usize = 0;
        loop {
            let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
            if self.escaped {
                self.escaped = false;
                at = at.saturating_add(1);
                continue;
            }
            let found = if self.string {
                memchr2(b'"', b'\\', rest)
            } else {
                rest.iter().position(|b| matches!(b, b'"' | b',' | b'[' | b']' | b'{' | b'}'))
            }?;
            at = at.saturating_add(found).saturating_add(1);
            match rest.get(found) {
                Some(b'\\') => self.escaped = true,
                Some(b'"') => self.string = !self.string,
                Some(b'[' | b'{') => self.depth = self.depth.saturating_add(1),
                Some(byte) if self.depth == 0 => {
                    self.closed = *byte != b',';
                    return Some(at);
                }
                Some(b',') | None => {}
                Some(_) => self.depth = self.depth.saturating_sub(1),
            }
        }
    }
}

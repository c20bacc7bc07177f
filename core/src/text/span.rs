//! Positions in a text, in every unit that a reader of a report may need.

use serde::{Deserialize, Serialize};

/// A half-open byte range of one file of a [`Deployment`](crate::source::Deployment).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Index of the file in the deployment's list of texts.
    pub file: usize,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The range `start..end` of `file`; a reversed range becomes empty.
    #[must_use]
    pub fn new(file: usize, start: usize, end: usize) -> Self {
        Self { file, start, end: end.max(start) }
    }

    /// An empty span, for an insertion.
    #[must_use]
    pub fn at(file: usize, offset: usize) -> Self {
        Self { file, start: offset, end: offset }
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether it covers no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// A [`Span`] spelt out: 1-based lines, 1-based columns in Unicode scalar values, offset and length in bytes,
/// and the same pair in UTF-16 code units for editors.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// Name of the file as it was given.
    pub file: String,
    /// First line, 1-based.
    pub line: usize,
    /// First column, 1-based, in Unicode scalar values.
    pub column: usize,
    /// Line of the end, 1-based.
    pub end_line: usize,
    /// Column of the end (exclusive), 1-based.
    pub end_column: usize,
    /// First byte.
    pub offset: usize,
    /// Bytes covered.
    pub length: usize,
    /// First UTF-16 code unit.
    pub utf16_offset: usize,
    /// UTF-16 code units covered.
    pub utf16_length: usize,
}

/// Starts of the lines of one text, to turn byte offsets into lines and columns.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
    /// UTF-16 code units before each line; empty where every byte is one.
    utf16: Vec<usize>,
}

impl LineIndex {
    /// Reads `text` once. A line ends at `\n`; a `\r` before it belongs to the line.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i.saturating_add(1)));
        let mut utf16 = Vec::new();
        if !text.is_ascii() {
            let mut units = 0_usize;
            for line in text.split_inclusive('\n') {
                utf16.push(units);
                units = units.saturating_add(units_of(line));
            }
            utf16.push(units);
        }
        Self { starts, utf16 }
    }

    /// UTF-16 code units before `offset`.
    fn utf16_offset(&self, text: &str, offset: usize) -> usize {
        if self.utf16.is_empty() {
            return offset;
        }
        let line = self.line(offset);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let before = self.utf16.get(line).copied().unwrap_or(0);
        before.saturating_add(text.get(start..offset).map_or(0, units_of))
    }

    /// The 0-based line that holds the byte at `offset`.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|s| *s <= offset).saturating_sub(1)
    }

    /// The byte range of the 0-based `line` without its line end; empty when there is no such line.
    #[must_use]
    pub fn range<'t>(&self, text: &'t str, line: usize) -> (usize, &'t str) {
        let start = self.starts.get(line).copied().unwrap_or(text.len());
        let end = self.starts.get(line.saturating_add(1)).copied().unwrap_or(text.len());
        let slice = text.get(start..end).unwrap_or("");
        (start, slice.trim_end_matches(['\n', '\r']))
    }

    /// Spells out `span` of `text`, which is called `file`.
    #[must_use]
    pub fn locate(&self, file: &str, text: &str, span: Span) -> Location {
        let start = floor(text, span.start);
        let end = floor(text, span.end).max(start);
        let column = |offset: usize| {
            let line = self.line(offset);
            let line_start = self.starts.get(line).copied().unwrap_or(0);
            let chars = text.get(line_start..offset).map_or(0, |s| s.chars().count());
            (line.saturating_add(1), chars.saturating_add(1))
        };
        let (line, col) = column(start);
        let (end_line, end_column) = column(end);
        let (utf16_start, utf16_end) = (self.utf16_offset(text, start), self.utf16_offset(text, end));
        Location {
            file: file.to_owned(),
            line,
            column: col,
            end_line,
            end_column,
            offset: start,
            length: end.saturating_sub(start),
            utf16_offset: utf16_start,
            utf16_length: utf16_end.saturating_sub(utf16_start),
        }
    }
}

fn units_of(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The nearest char boundary at or below `offset`.
#[must_use]
pub fn floor(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at = at.saturating_sub(1);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_scalars_and_utf16_counts_units() {
        let text = "A=1\nB=😀x\n";
        let index = LineIndex::new(text);
        let at = index.locate(".env", text, Span::new(0, 6, 11));
        assert_eq!((at.line, at.column, at.end_line, at.end_column), (2, 3, 2, 5));
        assert_eq!((at.offset, at.length, at.utf16_offset, at.utf16_length), (6, 5, 6, 3));
    }

    #[test]
    fn an_offset_inside_a_character_is_moved_to_its_start() {
        let text = "é";
        let at = LineIndex::new(text).locate("f", text, Span::new(0, 1, 99));
        assert_eq!((at.column, at.offset, at.length), (1, 0, 2));
    }
}

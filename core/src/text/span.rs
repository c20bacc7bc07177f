//! Positions in a file, in every unit that a report's reader may need.

use serde::{Deserialize, Serialize};

/// A half-open byte range of one file of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Index of the file in the deployment's list of files.
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

    /// Whether it's empty.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// A [`Span`] in full: 1-based lines, 1-based columns in Unicode scalar values, offset and length in bytes,
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

/// Line starts of one file, to convert byte offsets to lines and columns.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
    /// Counts before every [`STEP`]th byte, so that counting in a long line starts at the nearest one; empty if
    /// every byte is a character.
    marks: Vec<Count>,
}

/// Bytes between two counts.
const STEP: usize = 1024;

/// Characters and UTF-16 code units.
#[derive(Clone, Copy, Default, Debug)]
struct Count {
    chars: usize,
    units: usize,
}

impl Count {
    /// This and what begins in `bytes`.
    fn and(self, bytes: &[u8]) -> Self {
        let first = bytes.iter().filter(|b| !matches!(b, 0x80..=0xbf)).count();
        let pairs = bytes.iter().filter(|b| **b >= 0xf0).count();
        let chars = self.chars.saturating_add(first);
        Self { chars, units: self.units.saturating_add(first).saturating_add(pairs) }
    }
}

impl LineIndex {
    /// Reads `text` once. A line ends at `\n`; a `\r` before it belongs to the line.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i.saturating_add(1)));
        let mut marks = Vec::new();
        if !text.is_ascii() {
            let mut before = Count::default();
            for piece in text.as_bytes().chunks(STEP) {
                marks.push(before);
                before = before.and(piece);
            }
        }
        Self { starts, marks }
    }

    /// The counts before the byte at `offset`.
    fn before(&self, text: &str, offset: usize) -> Count {
        let mark = (offset / STEP).min(self.marks.len().saturating_sub(1));
        match self.marks.get(mark) {
            None => Count { chars: offset, units: offset },
            Some(count) => count.and(text.as_bytes().get(mark.saturating_mul(STEP)..offset).unwrap_or(&[])),
        }
    }

    /// The 0-based line that contains the byte at `offset`.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|s| *s <= offset).saturating_sub(1)
    }

    /// The byte range of the 0-based `line` without its line end; empty if there is no such line.
    #[must_use]
    pub fn range<'t>(&self, text: &'t str, line: usize) -> (usize, &'t str) {
        let start = self.starts.get(line).copied().unwrap_or(text.len());
        let end = self.starts.get(line.saturating_add(1)).copied().unwrap_or(text.len());
        let slice = text.get(start..end).unwrap_or("");
        (start, slice.trim_end_matches(['\n', '\r']))
    }

    /// The location of `span` in `text`, the content of `file`.
    #[must_use]
    pub fn locate(&self, file: &str, text: &str, span: Span) -> Location {
        let start = floor(text, span.start);
        let end = floor(text, span.end).max(start);
        // Editors don't count a byte order mark.
        let first = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let column = |offset: usize| {
            let line = self.line(offset);
            let line_start = self.starts.get(line).copied().unwrap_or(0).max(first);
            let chars = self.before(text, offset).chars.saturating_sub(self.before(text, line_start).chars);
            (line.saturating_add(1), chars.saturating_add(1))
        };
        let (line, col) = column(start);
        let (end_line, end_column) = column(end);
        let (utf16_start, utf16_end) = (self.before(text, start).units, self.before(text, end).units);
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
    fn a_long_line_is_counted_from_the_nearest_mark() {
        let text = format!("{}\n{}", "é😀x".repeat(700), "a😀".repeat(900));
        let index = LineIndex::new(&text);
        for (offset, _) in text.char_indices().step_by(7) {
            let at = index.locate("f", &text, Span::at(0, offset));
            let before = &text[..offset];
            let line = before.rsplit('\n').next().unwrap_or("");
            assert_eq!(at.column, line.chars().count() + 1, "{offset}");
            assert_eq!(at.utf16_offset, before.encode_utf16().count(), "{offset}");
        }
    }

    #[test]
    fn an_offset_inside_a_character_is_moved_to_its_start() {
        let text = "é";
        let at = LineIndex::new(text).locate("f", text, Span::new(0, 1, 99));
        assert_eq!((at.column, at.offset, at.length), (1, 0, 2));
    }
}

//! A file that was read.

use std::cell::OnceCell;

use super::kind::Kind;
use crate::text::span::LineIndex;
use crate::variable::Containers;

/// A file that was read.
#[derive(Debug)]
pub struct Text {
    /// Its name as it was given.
    pub name: String,
    /// What it was read as.
    pub kind: Kind,
    /// The containers it applies to.
    pub containers: Containers,
    /// The content. A byte-order mark is kept, so that offsets are those of the file.
    pub text: String,
    lines: OnceCell<LineIndex>,
}

impl Text {
    /// A file with its name and kind.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: Kind, containers: Containers, text: impl Into<String>) -> Self {
        Self { name: name.into(), kind, containers, text: text.into(), lines: OnceCell::new() }
    }

    /// Its lines, indexed at the first call.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }
}

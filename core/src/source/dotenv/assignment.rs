//! What the three parsers find.

use std::borrow::Cow;

use crate::variable::Var;

/// One assignment, or a bare name whose value comes from the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment<'t> {
    /// Bytes of the name.
    pub name: (usize, usize),
    /// Bytes of the value without quotes.
    pub value: (usize, usize),
    /// Bytes from the separator to the end of what belongs to the value, quotes and comment included.
    pub raw: (usize, usize),
    /// The quote around the value.
    pub quote: Option<char>,
    /// The value before `$` is expanded; `None` for a bare name.
    pub text: Option<Cow<'t, str>>,
    /// Whether `$` is expanded in it.
    pub expands: bool,
    /// Whether the line is plain `NAME=value`, which every program reads the same way.
    pub is_plain: bool,
    /// The row of the name, if the parser has looked it up.
    pub var: Option<Var>,
}

impl Assignment<'_> {
    /// The name.
    #[must_use]
    pub fn name<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.name.0..self.name.1).unwrap_or("")
    }
}

/// Why the dialect's program refuses the whole file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DotenvError {
    /// First byte of the error.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// What is wrong.
    pub message: String,
}

/// Receives an assignment; returns whether to continue.
pub type Sink<'s, 't> = dyn FnMut(Assignment<'t>) -> bool + 's;

//! A variable with its value, where it is, and where it comes from.

use std::borrow::Cow;

use super::dotenv;
use crate::text::span::Span;
use crate::variable::{Var, find, is_storage_name, names_a_secret};

/// A variable's value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// This string.
    Known(String),
    /// A key of a Kubernetes Secret or ConfigMap that isn't in the files.
    Reference {
        /// Name of the object.
        name: String,
        /// Key in it.
        key: String,
        /// Whether the object is a Secret.
        secret: bool,
    },
    /// Set, but the value isn't visible here.
    Unknown,
}

/// Where a setting is in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The name, or the key that means it.
    pub name: Span,
    /// The value without quotes; empty if there is none.
    pub value: Span,
    /// The whole entry, line end included, for a deletion; `None` if deleting it would break the file.
    pub entry: Option<Span>,
    /// Whether the bytes at `value` are the value itself, so that replacing them replaces it.
    pub plain: bool,
    /// The quote around the value, if any.
    pub quote: Option<char>,
    /// Whether the bytes at `name` are the variable's full name.
    pub named: bool,
}

/// A variable with its value and place.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Name as written.
    pub name: Cow<'static, str>,
    /// Its row in the table, if it has one.
    pub var: Option<Var>,
    /// Its value.
    pub value: Value,
    /// Its location; `None` for the process environment and for objects.
    pub place: Option<Place>,
    /// Where a wrapper passes it on, if that is elsewhere.
    pub via: Option<Span>,
    /// Where the value comes from.
    pub origin: Origin,
    /// Whether its reader knows the value to be printable ASCII without quote, space, `$`, `#` and backslash, so that
    /// rules about those characters can skip it.
    pub is_plain: bool,
    /// Whether it's in a Kubernetes Secret: then it's a secret unless the table says otherwise.
    pub from_secret: bool,
}

/// Where a value comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A file that the operator wrote.
    File,
    /// The wrapper itself: a default in a compose file, a value of the chart.
    Wrapper,
    /// The environment of this process.
    Process,
}

impl Setting {
    /// Whether the value comes from the wrapper itself.
    #[must_use]
    pub fn from_wrapper(&self) -> bool {
        self.origin == Origin::Wrapper
    }

    /// Whether the value comes from the environment of this process, not from a file.
    #[must_use]
    pub fn from_process(&self) -> bool {
        self.origin == Origin::Process
    }

    /// A setting without a location.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>, value: Value) -> Self {
        Self::of(&name.into(), value)
    }

    /// A setting without a location; a name in the table isn't copied.
    #[must_use]
    pub fn of(name: &str, value: Value) -> Self {
        match find(name) {
            Some(var) => Self::of_row(var, value),
            None => Self::named(Cow::Owned(name.to_owned()), None, value),
        }
    }

    /// A setting of a row of the table, without a location.
    #[must_use]
    pub fn of_row(var: Var, value: Value) -> Self {
        Self::named(Cow::Borrowed(var.name()), Some(var), value)
    }

    const fn named(name: Cow<'static, str>, var: Option<Var>, value: Value) -> Self {
        Self { name, var, value, place: None, via: None, origin: Origin::File, is_plain: false, from_secret: false }
    }

    /// A variable as a program has it: without a location, and passed to the container as is.
    #[must_use]
    pub fn plain(name: &str, value: Value) -> Self {
        let is_plain = matches!(&value, Value::Known(text) if dotenv::is_plain_text(text));
        Self { is_plain, ..Self::of(name, value) }
    }

    /// The same setting with this location.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// The value, if it is known and not empty.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Known(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// The value, if it may contain a quote, a space, `$`, `#` or a backslash.
    #[must_use]
    pub fn text_with_special_chars(&self) -> Option<&str> {
        if self.is_plain { None } else { self.text() }
    }

    /// Whether it counts as set: Langfuse drops empty variables first.
    #[must_use]
    pub fn is_set(&self) -> bool {
        !matches!(&self.value, Value::Known(text) if text.is_empty())
    }

    /// Where diagnostics point: at the value if there is one, else at the name.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.place.map(|p| if p.value.is_empty() { p.name } else { p.value })
    }

    /// Whether the value must not be printed.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.var.map_or_else(|| self.from_secret || names_a_secret(&self.name), |v| v.row().secret)
    }

    /// Whether the variable is storage-related, by table or by name.
    #[must_use]
    pub fn is_storage(&self) -> bool {
        self.var.is_some() || is_storage_name(&self.name) || self.name.starts_with("AWS_")
    }

    /// Whether it has a value under a name that Langfuse doesn't read.
    pub(super) fn is_unrecognized(&self) -> bool {
        self.is_set() && self.var.is_none_or(|v| v.row().unused)
    }
}

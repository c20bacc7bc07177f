//! CSV records (RFC 4180) as objects.

use std::borrow::Cow;
use std::collections::BTreeSet;

use memchr::{memchr, memchr2};

use super::Cause;
use crate::object::js::{self, Object, Text, Value};

/// A position in a record.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Frame {
    /// Before a field.
    #[default]
    Field,
    /// In an unquoted field; a quote in it is an ordinary character.
    Plain,
    /// Between quotes.
    Quoted,
    /// After a quote inside quotes: the closing quote, or the first of a doubled one.
    Quote,
}

impl Frame {
    /// The number of bytes up to the end of the record, including the line feed.
    pub(super) fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at: usize = 0;
        loop {
            let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
            let found = match self {
                Self::Field | Self::Quote => 0,
                Self::Plain => memchr2(b',', b'\n', rest)?,
                Self::Quoted => memchr(b'"', rest)?,
            };
            at = at.saturating_add(found).saturating_add(1);
            *self = match (*self, rest.get(found)) {
                (Self::Field | Self::Quote, Some(b'"')) => Self::Quoted,
                (Self::Quoted, _) => Self::Quote,
                (_, Some(b',')) => Self::Field,
                (_, Some(b'\n')) => return Some(at),
                _ => Self::Plain,
            };
        }
    }
}

/// The fields of a record without its line end.
pub(super) fn fields(line: &str) -> Result<Vec<Cow<'_, str>>, Cause> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let Some(quoted) = rest.strip_prefix('"') else {
            let Some((field, after)) = rest.split_once(',') else {
                fields.push(Cow::Borrowed(rest));
                return Ok(fields);
            };
            fields.push(Cow::Borrowed(field));
            rest = after;
            continue;
        };
        let mut field = String::new();
        let (mut before, mut after) = quoted.split_once('"').ok_or(Cause::OpenQuote)?;
        while let Some(more) = after.strip_prefix('"') {
            field.push_str(before);
            field.push('"');
            (before, after) = more.split_once('"').ok_or(Cause::OpenQuote)?;
        }
        field.push_str(before);
        fields.push(Cow::Owned(field));
        match after.strip_prefix(',') {
            Some(after) => rest = after,
            None if after.is_empty() => return Ok(fields),
            None => return Err(Cause::AfterQuote),
        }
    }
}

/// The column names.
#[derive(Debug)]
pub(super) struct Header {
    columns: usize,
    /// The names in the order of an object's members, each with its column.
    names: Vec<(Text<'static>, usize)>,
}

impl Header {
    /// Duplicate column names are rejected: an object would keep only one of the values.
    pub(super) fn new(names: Vec<Cow<'_, str>>) -> Result<Self, Cause> {
        let columns = names.len();
        let mut seen = BTreeSet::new();
        for name in &names {
            if !seen.insert(name.as_ref()) {
                return Err(Cause::Twice(name.to_string()));
            }
        }
        let names = names.into_iter().map(|name| Text::from(name.into_owned()));
        Ok(Self { columns, names: js::settle(names.zip(0..)) })
    }

    pub(super) fn len(&self) -> usize {
        self.columns
    }

    /// The row of these fields; `None` if their number differs from the header's.
    pub(super) fn object<'r>(&'r self, mut fields: Vec<Cow<'r, str>>) -> Option<Object<'r>> {
        if fields.len() != self.columns {
            return None;
        }
        let members = self.names.iter().map(|(name, column)| {
            let field = fields.get_mut(*column).map(std::mem::take).unwrap_or_default();
            (name.borrowed(), Value::String(text(field)))
        });
        Some(Object::in_order(members.collect()))
    }
}

fn text(field: Cow<'_, str>) -> Text<'_> {
    match field {
        Cow::Borrowed(text) => Text::from(text),
        Cow::Owned(text) => Text::from(text),
    }
}

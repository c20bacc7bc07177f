//! Why nothing was written.

use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::field::Id;

/// Why nothing was written. Messages name fields by their flags, such as `--store-public-url`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Error {
    /// Required answers are missing.
    Missing(Vec<Id>),
    /// An invalid answer.
    Wrong(Wrong),
}

/// An invalid answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wrong {
    /// The field to change; `None` if several answers conflict.
    pub field: Option<Id>,
    /// What is wrong, without the field's name and without secrets.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The rule of `check` that would report it.
    pub rule: Option<&'static str>,
}

impl Error {
    /// An invalid answer.
    pub(super) fn wrong(field: Id, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Wrong(Wrong { field: Some(field), message: message.into(), help: help.into(), rule: None })
    }

    /// Conflicting answers.
    pub(super) fn together(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Wrong(Wrong { field: None, message: message.into(), help: help.into(), rule: None })
    }

    /// The fields to answer or to change, in order.
    #[must_use]
    pub fn fields(&self) -> Vec<Id> {
        match self {
            Self::Missing(fields) => fields.clone(),
            Self::Wrong(wrong) => wrong.field.into_iter().collect(),
        }
    }

    /// What to do.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Missing(fields) => fields
                .iter()
                .map(|id| {
                    let field = id.field();
                    let example =
                        if field.example.is_empty() { String::new() } else { format!(", such as `{}`", field.example) };
                    format!("--{}: {}{example}", field.name, field.help.trim_end_matches('.'))
                })
                .collect::<Vec<_>>()
                .join("\n      "),
            Self::Wrong(wrong) => wrong.help.clone(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(fields) => {
                f.write_str("missing: ")?;
                for (at, id) in fields.iter().enumerate() {
                    let comma = if at == 0 { "" } else { ", " };
                    write!(f, "{comma}--{}", id.name())?;
                }
                Ok(())
            }
            Self::Wrong(Wrong { field, message, rule, .. }) => {
                if let Some(field) = field {
                    write!(f, "--{}: ", field.name())?;
                }
                f.write_str(message)?;
                rule.map_or(Ok(()), |rule| write!(f, " ({rule})"))
            }
        }
    }
}

impl std::error::Error for Error {}

/// `{ message, help, fields, rule }`, for APIs; fields by their API options.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rule = match self {
            Self::Wrong(wrong) => wrong.rule,
            Self::Missing(_) => None,
        };
        let mut out = serializer.serialize_struct("Error", 4)?;
        out.serialize_field("message", &self.to_string())?;
        out.serialize_field("help", &self.help())?;
        out.serialize_field("fields", &self.fields().into_iter().map(Id::option).collect::<Vec<_>>())?;
        out.serialize_field("rule", &rule)?;
        out.end()
    }
}

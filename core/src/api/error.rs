//! Errors.

use serde::Serialize;

use crate::generate;
use crate::source::ReadError;

/// Why a call failed. Bindings throw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Error {
    /// The kind of error, for programs.
    pub code: Code,
    /// One sentence, without secrets.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The options that it concerns, by their names in programs.
    pub fields: Vec<String>,
    /// The rule of `check` behind it.
    pub rule: Option<&'static str>,
}

/// The kind of error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The input isn't text, isn't JSON, or has the wrong shape.
    InvalidInput,
    /// An option is unknown, or its value is invalid.
    InvalidOption,
    /// A file isn't text.
    Undecodable,
    /// The request can't be signed.
    InvalidRequest,
    /// The topic is unknown.
    UnknownTopic,
    /// `generate` needs another answer.
    MissingAnswer,
    /// `generate` can't use an answer.
    WrongAnswer,
}

impl Error {
    /// An error without a help.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None, fields: Vec::new(), rule: None }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Invalid JSON, or JSON of the wrong shape. Leaves out line and column: a program wrote it, so they don't help.
    pub(super) fn json(code: Code, what: &str, error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let text = text.split(" at line ").next().unwrap_or(&text);
        Self::new(code, format!("{what}: {text}"))
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Only strings, so serializing never fails.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        let help = error.help().map(str::to_owned);
        let code = match error {
            ReadError::Undecodable { .. } => Code::Undecodable,
            ReadError::Unopenable { .. } | ReadError::Foreign { .. } | ReadError::Unsuited { .. } => Code::InvalidInput,
        };
        Self { help, ..Self::new(code, error.to_string()) }
    }
}

impl From<generate::Error> for Error {
    fn from(error: generate::Error) -> Self {
        let (code, rule) = match &error {
            generate::Error::Missing(_) => (Code::MissingAnswer, None),
            generate::Error::Wrong(wrong) => (Code::WrongAnswer, wrong.rule),
        };
        let fields = error.fields().into_iter().map(generate::Id::option).collect();
        Self { code, message: error.to_string(), help: Some(error.help()), fields, rule }
    }
}

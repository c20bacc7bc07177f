//! Why a call was refused.

use serde::Serialize;

use crate::check::Examined;
use crate::generate;

/// Why a call was refused: what a program in another language throws.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Error {
    /// For programs.
    pub code: Code,
    /// One sentence, without secrets.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The options in question, as programs call them.
    pub fields: Vec<String>,
    /// The rule of `check` that stands behind it.
    pub rule: Option<&'static str>,
}

/// What kind of refusal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The thing to be worked on is none: not text, not JSON, of the wrong shape.
    InvalidInput,
    /// An option is not known, or its value is none that it takes.
    InvalidOption,
    /// A file is no text.
    Undecodable,
    /// A request that cannot be signed.
    InvalidRequest,
    /// Nothing is called so.
    UnknownTopic,
    /// `generate` needs an answer first.
    MissingAnswer,
    /// `generate` cannot write what was answered.
    WrongAnswer,
}

impl Error {
    /// A refusal.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None, fields: Vec::new(), rule: None }
    }

    /// The same with what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A JSON text that does not say what is expected. Its place is left out: the text was made by a program.
    pub(super) fn json(code: Code, what: &str, error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let text = text.split(" at line ").next().unwrap_or(&text);
        Self::new(code, format!("{what}: {text}"))
    }

    /// Why an input was not judged.
    pub(super) fn unread(examined: Examined) -> Self {
        match examined {
            Examined::Undecodable { file, message } => Self::new(Code::Undecodable, format!("{file}: {message}")),
            Examined::Wants(wants) => {
                let names: Vec<String> = wants.into_iter().map(|w| w.path).collect();
                Self::new(Code::InvalidInput, format!("these files are wanted too: {}", names.join(", ")))
            }
            Examined::Done(..) => Self::new(Code::InvalidInput, "nothing was read"),
        }
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Texts only: it always serialises.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

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

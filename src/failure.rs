//! Why a verb fails, below everything that can fail.

use langfuse_blob_core::command;
use langfuse_blob_core::source::Deployment;
use langfuse_blob_core::text::printable::escaped;

use crate::exit::Exit;

/// Why a verb failed. The texts are for people.
#[derive(Clone, Debug)]
pub struct Failure {
    /// One sentence.
    pub message: String,
    /// What to do next; escaped, so its line breaks are the program's own.
    pub help: Option<String>,
    /// The exit code.
    pub exit: Exit,
    /// Whether the reason is local to one file or key and says nothing about others.
    pub local: bool,
}

impl Failure {
    /// Wrong usage.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, exit: Exit::Usage, local: false }
    }

    /// An operation that failed.
    pub fn failed(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, exit: Exit::Problems, local: false }
    }

    /// Work interrupted by a signal.
    pub fn interrupted(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, exit: Exit::Interrupted, local: false }
    }

    /// One file or one key that can't be sent.
    pub fn of_one(message: impl Into<String>) -> Self {
        Self { local: true, ..Self::failed(message) }
    }

    /// The same with what to do next.
    #[must_use]
    pub fn help(mut self, help: impl AsRef<str>) -> Self {
        self.help = Some(escaped(help.as_ref()));
        self
    }
}

impl From<command::CommandError> for Failure {
    fn from(error: command::CommandError) -> Self {
        Self { message: error.message, help: error.help, exit: error.exit, local: false }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::failed(format!("the output can't be written: {error}"))
    }
}

/// The result of a verb.
pub type Done = Result<Exit, Failure>;

/// Fails if the program that reads a file in production would reject it.
pub(crate) fn readable(deployment: &Deployment) -> Result<(), Failure> {
    let Some(refusal) = deployment.refusals.first() else { return Ok(()) };
    let at =
        refusal.span.and_then(|s| deployment.locate(s)).map_or(String::new(), |l| format!("{}:{}: ", l.file, l.line));
    Err(Failure::failed(format!("{at}{}", refusal.message)).help(refusal.help.clone()))
}

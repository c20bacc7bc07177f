//! The verbs: each turns its arguments into a call of the core and prints the result.

pub mod check;
pub mod completions;
pub mod demo;
pub mod doctor;
pub mod explain;
pub mod export;
pub mod generate;
pub mod get;
pub mod ls;
pub mod man;
mod media_api;
pub mod presign;
pub mod rm;
pub mod schema;
pub mod show;
pub mod store;
pub mod upload_events;
pub mod upload_file;
pub mod upload_media;
pub mod wizard;

use langfuse_blob_core::command::{self, Command};
use langfuse_blob_core::source::Deployment;
use langfuse_blob_core::text::printable::escaped;

use crate::exit::Exit;
use crate::files;
use crate::output::{print, say, tell};

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

impl From<command::Failure> for Failure {
    fn from(failure: command::Failure) -> Self {
        Self { message: failure.message, help: failure.help, exit: failure.exit, local: false }
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

/// Runs a verb of the core: writes its files, and prints its output and messages.
fn run(command: &Command) -> Done {
    let done = files::drive(|around| command::run(command, around))?;
    deliver(&done)
}

fn deliver(done: &command::Done) -> Done {
    for write in &done.writes {
        files::replace(write)?;
        say(format!("fixed {}", escaped(&write.name)));
    }
    print(&done.out)?;
    done.talk.iter().for_each(tell);
    Ok(done.exit)
}

//! Questions on a terminal. They go to standard error: standard output is the file's.

use std::io::{self, BufRead, IsTerminal, Write};

use langfuse_blob_core::generate::{Answers, Draft, Error, Format, Id, Kind, missing};

use super::{Failure, refused};
use crate::output::say;

/// Whether there is somebody to ask.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for what `format` cannot be written without, until nothing is missing.
///
/// # Errors
/// The terminal was closed, or cannot take a secret without showing it.
pub fn complete(format: Format, answers: &mut Answers, random: &[u8]) -> Result<(), Failure> {
    loop {
        let wanted = missing(&Draft::new(format, answers, random));
        let Some(id) = wanted.first().copied() else { return Ok(()) };
        let Some(line) = ask(id)? else { return Err(refused(&Error::Missing(wanted))) };
        if line.is_empty() {
            say("An answer is needed; Ctrl-C ends it.");
        } else if let Err(error) = answers.set(id, &line) {
            say(error.to_string());
            error.help().lines().for_each(say);
        }
    }
}

fn pose(id: Id) {
    let field = id.field();
    say("");
    say(field.help);
    for (word, meaning) in field.kind.choices() {
        say(format!("  {word:<20} {meaning}"));
    }
    if !field.example.is_empty() {
        say(format!("  such as {}", field.example));
    }
    let mut err = io::stderr().lock();
    // Where standard error is closed nobody sees the question, and nobody answers.
    let _ = write!(err, "{}: ", field.label).and_then(|()| err.flush());
}

/// One line without its end; `None` at the end of the input.
fn ask(id: Id) -> Result<Option<String>, Failure> {
    // Before the question is there, so that the quickest answer is not shown.
    let silence = if id.field().kind == Kind::Secret { Some(Silence::begin(id)?) } else { None };
    pose(id);
    let mut line = String::new();
    let length = io::stdin().lock().read_line(&mut line);
    if silence.is_some() {
        // The line end that the terminal did not show.
        say("");
    }
    let length = length.map_err(|e| Failure::failed(format!("the terminal cannot be read: {e}")))?;
    Ok((length > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// A terminal that does not show what is typed, until this is dropped.
struct Silence {
    #[cfg(unix)]
    before: rustix::termios::Termios,
}

#[cfg(unix)]
impl Silence {
    fn begin(_: Id) -> Result<Self, Failure> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let fail = |e: rustix::io::Errno| Failure::failed(format!("the terminal cannot be silenced: {e}"));
        let before = tcgetattr(io::stdin()).map_err(fail)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent).map_err(fail)?;
        Ok(Self { before })
    }
}

#[cfg(unix)]
impl Drop for Silence {
    fn drop(&mut self) {
        // A terminal that went away has nothing to restore.
        let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, &self.before);
    }
}

#[cfg(not(unix))]
impl Silence {
    fn begin(id: Id) -> Result<Self, Failure> {
        let variable = id.variable().unwrap_or_default();
        Err(Failure::usage(format!("--{} is not asked for here: the terminal would show it", id.name()))
            .help(format!("Set {variable}, or give `-` and write it to standard input.")))
    }
}

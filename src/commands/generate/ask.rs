//! Questions on a terminal. They go to standard error, because standard output is for the generated file.

use std::io::{self, BufRead, IsTerminal, Write};

use langfuse_blob_core::generate::{AnswerKind, Answers, Error, FormState, Id, OutputFormat, Question};

use super::{Failure, refused};
use crate::output::eprint_line;

/// Whether somebody can be asked: standard input and standard error are terminals.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for every answer that `format` can't be generated without, and for the decisions.
///
/// # Errors
/// The terminal was closed, or it can't hide a secret while it's typed.
pub fn complete(format: OutputFormat, answers: &mut Answers) -> Result<(), Failure> {
    // An answer without effect stays in `answers`, which `generate` then rejects; the questions don't depend on it.
    let mut counting = answers.clone();
    loop {
        let form = FormState::new(format, &counting);
        let Some(question) = form.next_question() else { return Ok(()) };
        let Some(line) = ask(question)? else {
            return Err(refused(&Error::Missing(form.missing().iter().map(|q| q.id).collect())));
        };
        // Only a question that isn't required has a default here.
        let line = if line.is_empty() { question.default.clone().unwrap_or(line) } else { line };
        if line.is_empty() {
            eprint_line("An answer is needed; Ctrl-C quits.");
        } else if let Err(error) = answers.set(question.id, &line) {
            eprint_line(error.to_string());
            error.help().lines().for_each(eprint_line);
        } else {
            let mut next = form.accepted.clone();
            // Valid, as it was just set.
            let _ = next.set(question.id, &line);
            counting = next;
        }
    }
}

fn print_question(question: &Question) {
    eprint_line("");
    eprint_line(question.help);
    for choice in &question.choices {
        eprint_line(format!("  {:<20} {}", choice.value, choice.meaning));
    }
    if !question.example.is_empty() {
        eprint_line(format!("  such as {}", question.example));
    }
    let mut err = io::stderr().lock();
    // If standard error is closed, nobody sees the question, and reading the answer fails.
    let _ = match &question.default {
        Some(default) => write!(err, "{} [{default}]: ", question.label),
        None => write!(err, "{}: ", question.label),
    }
    .and_then(|()| err.flush());
}

/// One line without its line break; `None` at the end of the input.
fn ask(question: &Question) -> Result<Option<String>, Failure> {
    // Before the question is printed, so that an answer typed at once isn't shown.
    let is_secret = question.id.field().kind == AnswerKind::Secret;
    let no_echo = if is_secret { Some(NoEcho::begin(question.id)?) } else { None };
    print_question(question);
    let mut line = String::new();
    let length = io::stdin().lock().read_line(&mut line);
    if no_echo.is_some() {
        // The line break that the terminal didn't show.
        eprint_line("");
    }
    let length = length.map_err(|e| Failure::failed(format!("can't read from the terminal: {e}")))?;
    Ok((length > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Turns off the terminal's echo until this is dropped.
struct NoEcho {
    #[cfg(unix)]
    before: rustix::termios::Termios,
}

#[cfg(unix)]
impl NoEcho {
    fn begin(_: Id) -> Result<Self, Failure> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let fail = |e: rustix::io::Errno| Failure::failed(format!("can't turn off the terminal's echo: {e}"));
        let before = tcgetattr(io::stdin()).map_err(fail)?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet).map_err(fail)?;
        Ok(Self { before })
    }
}

#[cfg(unix)]
impl Drop for NoEcho {
    fn drop(&mut self) {
        // If the terminal is gone, there's nothing to restore.
        let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, &self.before);
    }
}

#[cfg(not(unix))]
impl NoEcho {
    fn begin(id: Id) -> Result<Self, Failure> {
        let variable = id.variable().unwrap_or_default();
        Err(Failure::usage(format!("can't ask for --{}: the terminal would show it", id.name()))
            .help(format!("Set {variable}, or pass `-` and write the secret to standard input.")))
    }
}

//! `generate`: working configuration for a store, or rules and permissions for the store itself.

use super::gather::standard_input;
use super::{CommandError, Context, Exit, Generate, Output};
use crate::generate::{AnswerKind, Answers, Error, FIELDS, OutputFormat, generate};

/// The answers from the flags; secrets without a flag come from the environment.
///
/// # Errors
/// An invalid answer.
pub fn answers(arguments: &Generate, context: &Context<'_>) -> Result<Answers, CommandError> {
    let mut answers = Answers::new();
    let mut input_taken = false;
    for (id, text) in &arguments.given {
        if id.field().kind != AnswerKind::Secret || text != "-" {
            answers.set(*id, text).map_err(|e| refused(&e))?;
            continue;
        }
        if std::mem::replace(&mut input_taken, true) {
            let message = format!("--{}: another flag already reads standard input", id.name());
            return Err(CommandError::usage(message));
        }
        let unreadable = |e: &str| CommandError::usage(format!("--{}: can't read standard input: {e}", id.name()));
        let bytes = standard_input(context, unreadable)?;
        let text = String::from_utf8(bytes).map_err(|_| unreadable("stream did not contain valid UTF-8"))?;
        answers.set(*id, text.trim_end_matches(['\r', '\n'])).map_err(|e| refused(&e))?;
    }
    for field in FIELDS {
        let Some(variable) = field.id.variable() else { continue };
        if answers.get(field.id).is_some() || !(field.applies)(&answers.draft(arguments.format, &[])) {
            continue;
        }
        match context.variables.get(&variable) {
            // Where the environment is read, invalid UTF-8 is replaced by this character.
            Some(text) if text.contains('\u{fffd}') => {
                return Err(CommandError::usage(format!("{variable} isn't valid UTF-8")));
            }
            Some(text) => answers.set(field.id, text).map_err(|e| refused(&e))?,
            None => {}
        }
    }
    Ok(answers)
}

/// Generates `format`.
///
/// # Errors
/// A missing or invalid answer.
pub fn write(format: OutputFormat, answers: &Answers, random: &[u8]) -> Result<Output, CommandError> {
    let generated = generate(format, answers, random).map_err(|e| refused(&e))?;
    let stderr = generated.notes.iter().map(|note| format!("note: {note}")).collect();
    Ok(Output { writes: Vec::new(), stdout: generated.text.expose().to_owned(), stderr, exit: Exit::Clean })
}

/// A missing or invalid answer is wrong usage.
pub fn refused(error: &Error) -> CommandError {
    CommandError::usage(error.to_string()).help_lines(&error.help())
}

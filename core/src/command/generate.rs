//! `generate`: working configuration for a store, or rules and permissions for the store itself.

use super::gather::{gather_if_any, standard_input};
use super::{CommandError, Context, Existing, Exit, Generate, Output, Sources};
use crate::generate::{AnswerKind, Answers, Error, FIELDS, Id, OutputFormat, generate, take};
use crate::text::printable::part;

/// What was taken from the files of a deployment.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// The files.
    files: Vec<String>,
    /// The answers to these questions.
    fields: Vec<Id>,
    /// Why nothing was, although there are files.
    problem: Option<String>,
}

impl Taken {
    /// Lines for standard error.
    #[must_use]
    pub fn lines(&self, answers: &Answers) -> Vec<String> {
        if let Some(problem) = &self.problem {
            return vec![format!("warning: nothing is taken from the deployment in this directory: {}", part(problem))];
        }
        if self.fields.is_empty() {
            return Vec::new();
        }
        let said = |id: &Id| match id.field().kind {
            AnswerKind::Secret | AnswerKind::Url | AnswerKind::Word | AnswerKind::Label | AnswerKind::Flag => {
                format!("--{}", id.name())
            }
            _ => match answers.get(*id).unwrap_or_default() {
                "" => format!("--{}=", id.name()),
                text => format!("--{} {text}", id.name()),
            },
        };
        let flags: Vec<String> = self.fields.iter().map(said).collect();
        vec![format!("note: Taken from {}: {}.", self.names(), part(&flags.join(", ")))]
    }

    fn names(&self) -> String {
        part(&self.files.join(", ")).into_owned()
    }

    /// `error`, with the files that a wrong answer comes from.
    fn explain(&self, error: &Error) -> CommandError {
        let wrong: Vec<String> =
            error.fields().iter().filter(|id| self.fields.contains(id)).map(|id| format!("--{}", id.name())).collect();
        if wrong.is_empty() {
            return refused(error);
        }
        let source = format!("{} comes from {}; a flag overrides it.", wrong.join(", "), self.names());
        CommandError::usage(error.to_string()).help_lines(&format!("{}\n      {source}", error.help()))
    }
}

/// The answers: from the flags; secrets without a flag from the environment; the rest from the files of a deployment.
///
/// # Errors
/// An invalid answer, or a named file that can't be read.
pub fn answers(arguments: &Generate, context: &Context<'_>) -> Result<(Answers, Taken), CommandError> {
    let mut answers = flags(arguments, context)?;
    let given: Vec<Id> = answers.given().collect();
    let mut taken = taken(arguments, context, &mut answers)?;
    for field in FIELDS {
        let Some(variable) = field.id.variable() else { continue };
        if given.contains(&field.id) || !(field.applies)(&answers.draft(arguments.format, &[])) {
            continue;
        }
        match context.variables.get(&variable) {
            // Where the environment is read, invalid UTF-8 is replaced by this character.
            Some(text) if text.contains('\u{fffd}') => {
                return Err(CommandError::usage(format!("{variable} isn't valid UTF-8")));
            }
            Some(text) => {
                answers.set(field.id, text).map_err(|e| refused(&e))?;
                taken.fields.retain(|id| *id != field.id);
            }
            None => {}
        }
    }
    Ok((answers, taken))
}

fn flags(arguments: &Generate, context: &Context<'_>) -> Result<Answers, CommandError> {
    let mut answers = Answers::new();
    let mut input_taken = arguments.existing.config.iter().any(|name| name == "-");
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
    Ok(answers)
}

/// Adds what the named files say, or, for a format about the store of an existing deployment, the one in this directory.
fn taken(arguments: &Generate, context: &Context<'_>, answers: &mut Answers) -> Result<Taken, CommandError> {
    let Existing { config, env_file, trust_config } = arguments.existing.clone();
    let named = !config.is_empty() || !env_file.is_empty();
    let sources = Sources { config, env_file, trust_config, ..Sources::default() };
    if !named && !arguments.format.completes_deployment() {
        return Ok(Taken::default());
    }
    let gathered = match gather_if_any(&sources, context) {
        Ok(Some(gathered)) => gathered,
        Ok(None) => return Ok(Taken::default()),
        Err(error) if named => return Err(error),
        // The flags may say everything.
        Err(error) => return Ok(Taken { problem: Some(error.message), ..Taken::default() }),
    };
    // Their texts aren't redacted here.
    if gathered.deployment.environments.is_empty() {
        let problem = "it configures no Langfuse container; `langfuse-blob check` says why".to_owned();
        return if named {
            Err(CommandError::usage(problem))
        } else {
            Ok(Taken { problem: Some(problem), ..Taken::default() })
        };
    }
    let fields = take(answers, arguments.format, &gathered.deployment);
    let mut files: Vec<String> = gathered.deployment.texts.iter().map(|text| text.name.clone()).collect();
    files.dedup();
    Ok(Taken { files, fields, problem: None })
}

/// Generates `format`.
///
/// # Errors
/// A missing or invalid answer.
pub fn write(format: OutputFormat, answers: &Answers, taken: &Taken, random: &[u8]) -> Result<Output, CommandError> {
    let generated = generate(format, answers, random).map_err(|e| taken.explain(&e))?;
    let stderr = generated.notes.iter().map(|note| format!("note: {note}")).collect();
    Ok(Output { writes: Vec::new(), stdout: generated.text.expose().to_owned(), stderr, exit: Exit::Clean })
}

/// A missing or invalid answer is wrong usage.
pub fn refused(error: &Error) -> CommandError {
    CommandError::usage(error.to_string()).help_lines(&error.help())
}

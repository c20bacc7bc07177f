//! Configuration written, for programs.

use serde_json::Value;

use super::{Code, Error, Options, Subject};
use crate::generate::{self, Answers, Format, Output, Question};

/// Writes `format` with `options`, a JSON object of answers. `random`: bytes that nobody can guess, 24 at least.
///
/// # Errors
/// What is missing, or the answer that cannot be.
pub fn generate(format: &str, options: &str, random: &[u8]) -> Result<Output, Error> {
    let format = Format::parse(format)?;
    Ok(generate::generate(format, &answers(options)?, random)?)
}

/// What can be asked for `format` after `options`, a JSON object of answers.
///
/// # Errors
/// There is no such format, or an answer cannot be.
pub fn questions(format: &str, options: &str) -> Result<Vec<Question>, Error> {
    Ok(generate::questions(Format::parse(format)?, &answers(options)?))
}

/// The answers that would make the configuration `subject`, by option; secrets are among them.
///
/// # Errors
/// As [`super::check`].
pub fn recall(subject: &Subject, options: &Options) -> Result<Value, Error> {
    let (deployment, _) = super::examine(subject, options)?;
    Ok(generate::recall(&deployment).to_json())
}

fn answers(options: &str) -> Result<Answers, Error> {
    let options: Value = super::from_json(Code::InvalidOption, "these are no options", options)?;
    Ok(Answers::from_json(&options)?)
}

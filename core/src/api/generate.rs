//! Generated configuration, for programs.

use serde_json::Value;

use super::{Code, Error, Options, Subject};
use crate::generate::{self, Answers, Output, OutputFormat, Question};

/// Generates `format` from `options`, a JSON object of answers. `random`: at least 24 unpredictable bytes.
///
/// # Errors
/// An answer is missing or invalid.
pub fn generate(format: &str, options: &str, random: &[u8]) -> Result<Output, Error> {
    let format = OutputFormat::parse(format)?;
    Ok(generate::generate(format, &answers(options)?, random)?)
}

/// The questions for `format` after `options`, a JSON object of answers.
///
/// # Errors
/// The format is unknown, or an answer is invalid.
pub fn questions(format: &str, options: &str) -> Result<Vec<Question>, Error> {
    Ok(generate::questions(OutputFormat::parse(format)?, &answers(options)?))
}

/// The answers that would generate the configuration `subject`, by option. Includes secrets.
///
/// # Errors
/// As [`super::check`].
pub fn recall(subject: &Subject, options: &Options) -> Result<Value, Error> {
    let (deployment, _) = super::examine(subject, options)?;
    Ok(generate::recall(&deployment).to_json())
}

fn answers(options: &str) -> Result<Answers, Error> {
    let options: Value = super::from_json(Code::InvalidOption, "invalid options", options)?;
    Ok(Answers::from_json(&options)?)
}

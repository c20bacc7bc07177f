//! Generated configuration, for programs.

use serde::Serialize;
use serde_json::Value;

use super::{Code, Error, Options, Subject};
use crate::generate::{self, Answers, FormState, FormatFacts, GeneratedFiles, Id, Output, OutputFormat, Question};
use crate::source::Wrapper;

/// Generates `format` from `options`, a JSON object of answers. `random`: at least 24 unpredictable bytes.
///
/// # Errors
/// An answer is missing or invalid.
pub fn generate(format: &str, options: &str, random: &[u8]) -> Result<Output, Error> {
    let format = OutputFormat::parse(format)?;
    Ok(generate::generate(format, &answers(options)?, random)?)
}

/// Like [`generate`], with all files of the format.
///
/// # Errors
/// As [`generate`].
pub fn generate_files(format: &str, options: &str, random: &[u8]) -> Result<GeneratedFiles, Error> {
    let format = OutputFormat::parse(format)?;
    Ok(generate::generate_files(format, &answers(options)?, random)?)
}

/// What a form shows after some answers.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Questions {
    /// The questions that apply, in order.
    pub questions: Vec<Question>,
    /// The valid answers to them, by option. Includes secrets.
    #[cfg_attr(test, ts(type = "Record<string, string>"))]
    pub accepted: Value,
    /// The invalid answers. Valid answers to questions that don't apply are in neither list: they have no effect.
    pub rejected: Vec<Rejected>,
}

/// An invalid answer.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Rejected {
    /// Its option; one that doesn't exist is returned as given.
    pub option: String,
    /// What is wrong with it.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// The questions for `format` after `options`, a JSON object of answers, and what becomes of the answers.
///
/// # Errors
/// The format is unknown, or `options` isn't an object. Invalid answers are part of the result.
pub fn questions(format: &str, options: &str) -> Result<Questions, Error> {
    let format = OutputFormat::parse(format)?;
    let (answers, rejected) = Answers::valid_in(&parsed(options)?)?;
    let FormState { questions, accepted, .. } = FormState::new(format, &answers);
    let rejected = rejected.into_iter().map(|(name, error)| Rejected {
        option: Id::from_name(&name).map_or(name, Id::option),
        message: error.to_string(),
        help: error.help(),
    });
    Ok(Questions { questions, accepted: accepted.to_json(), rejected: rejected.collect() })
}

/// The formats for a deployment method, `raw` if empty: those that configure Langfuse, the main one first, then those
/// for the store.
///
/// # Errors
/// The deployment method is unknown.
pub fn formats(deployment: &str) -> Result<Vec<FormatFacts>, Error> {
    let deployment = match deployment {
        "" => Wrapper::Raw,
        name => Wrapper::from_name(name).ok_or_else(|| {
            Error::new(Code::InvalidOption, format!("unknown deployment method {name:?}"))
                .help("Use one of raw, compose, helm, k8s.")
        })?,
    };
    Ok(generate::formats(deployment))
}

/// A password for a store, like the one that [`generate`] makes. `random`: at least 20 unpredictable bytes.
///
/// # Errors
/// Too few bytes.
pub fn password(random: &[u8]) -> Result<String, Error> {
    generate::password(random).ok_or_else(|| Error::new(Code::InvalidInput, "expected 20 random bytes"))
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
    Ok(Answers::from_json(&parsed(options)?)?)
}

fn parsed(options: &str) -> Result<Value, Error> {
    super::from_json(Code::InvalidOption, "invalid options", options)
}

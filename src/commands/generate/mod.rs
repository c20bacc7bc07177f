//! `generate`: correct configuration for a store, or rules and rights for the store itself.

mod ask;
mod flags;

use std::io::Read;

use langfuse_blob_core::generate::{Answers, Draft, Error, FIELDS, Format, Kind, generate};

pub use flags::{Fields, formats};

use super::{Done, Failure};
use crate::cli::Generate as Arguments;
use crate::exit::Exit;
use crate::output::{print, say};

/// Runs the verb.
pub fn run(args: &Arguments) -> Done {
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).map_err(|e| Failure::failed(format!("no random numbers from the system: {e}")))?;
    let mut answers = answers(args.format, &args.fields)?;
    if ask::can_ask() {
        ask::complete(args.format, &mut answers, &random)?;
    }
    let output = generate(args.format, &answers, &random).map_err(|e| refused(&e))?;
    print(output.text.expose())?;
    for note in output.notes {
        say(format!("note: {note}"));
    }
    Ok(Exit::Clean)
}

/// What the flags say, and for secrets that no flag gives, the environment.
fn answers(format: Format, fields: &Fields) -> Result<Answers, Failure> {
    let mut answers = Answers::new();
    let mut input_taken = false;
    for (id, text) in fields.given() {
        if id.field().kind != Kind::Secret || text != "-" {
            answers.set(*id, text).map_err(|e| refused(&e))?;
            continue;
        }
        if std::mem::replace(&mut input_taken, true) {
            return Err(Failure::usage(format!("--{}: standard input is already read for another flag", id.name())));
        }
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .map_err(|e| Failure::usage(format!("--{}: standard input cannot be read: {e}", id.name())))?;
        answers.set(*id, text.trim_end_matches(['\r', '\n'])).map_err(|e| refused(&e))?;
    }
    for field in FIELDS {
        let Some(variable) = field.id.variable() else { continue };
        if answers.get(field.id).is_some() || !(field.applies)(&Draft::new(format, &answers, &[])) {
            continue;
        }
        match std::env::var(&variable) {
            Ok(text) => answers.set(field.id, &text).map_err(|e| refused(&e))?,
            Err(std::env::VarError::NotPresent) => {}
            Err(std::env::VarError::NotUnicode(_)) => {
                return Err(Failure::usage(format!("{variable} is no UTF-8 text")));
            }
        }
    }
    Ok(answers)
}

/// An answer that is missing or cannot be is wrong usage.
fn refused(error: &Error) -> Failure {
    Failure::usage(error.to_string()).help(error.help())
}

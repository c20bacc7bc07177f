//! `generate`: Langfuse configuration for a store, or policies and rules for the store itself.

mod ask;

use langfuse_blob_core::command::{self, generate};
use langfuse_blob_core::generate::Error;

use super::{Done, Failure, deliver};
use crate::cli::Generate as Arguments;
use crate::files;
use crate::output::eprint_line;

/// Runs the verb.
pub fn run(args: &Arguments) -> Done {
    let arguments =
        command::Generate { format: args.format, given: args.fields.given().to_vec(), existing: args.existing.clone() };
    let context = files::context()?;
    let (mut answers, taken) = generate::answers(&arguments, &context)?;
    // Before the questions, which it shortens.
    taken.lines(&answers).iter().for_each(eprint_line);
    if ask::can_ask() {
        ask::complete(args.format, &mut answers)?;
    }
    deliver(&generate::write(args.format, &answers, &taken, &context.random)?)
}

/// A missing or invalid answer is wrong usage.
fn refused(error: &Error) -> Failure {
    generate::refused(error).into()
}

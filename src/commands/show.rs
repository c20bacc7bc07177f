//! `show`: what each container receives, and where each value comes from.

use langfuse_blob_core::command::{self, Command};

use super::Done;
use crate::cli::{Show, TextOrJson};

/// Runs the verb.
pub fn run(args: &Show) -> Done {
    let command = Command::Show(command::Show {
        sources: args.configuration.sources(),
        reveal: args.reveal,
        json: args.json || matches!(args.format, TextOrJson::Json),
    });
    let output = command::run(&command, &super::context_for(args.output.as_deref())?)?;
    super::deliver_to(&output, args.output.as_deref())
}

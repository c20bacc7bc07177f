//! `explain`: a rule, a variable, an error code, a guide.

use langfuse_blob_core::command::Command;

use super::Done;
use crate::cli::Explain;

/// Runs the verb.
pub fn run(args: &Explain) -> Done {
    super::run(&Command::Explain(args.topic.clone()))
}

//! `check`: say what is wrong with a configuration, and mend it if asked.

use langfuse_blob_core::command::{self, Command};

use super::Done;
use crate::cli::Check;

/// Runs the verb.
pub fn run(args: &Check) -> Done {
    super::run(&Command::Check(command::Check {
        sources: args.sources.how.sources(&args.sources.files),
        format: args.format.into(),
        fix: args.fix,
        unsafe_fixes: args.unsafe_fixes,
        strict: args.strict,
        ignore: args.ignore.clone(),
    }))
}

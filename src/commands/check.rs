//! `check`: what's wrong with a configuration, and the fixes on request.

use langfuse_blob_core::command::{self, Command};
use langfuse_blob_core::render::ReportFormat;

use super::Done;
use crate::cli::Check;

/// Runs the verb.
pub fn run(args: &Check) -> Done {
    super::run(&Command::Check(command::Check {
        sources: args.configuration.sources(),
        format: if args.json { ReportFormat::Json } else { args.format },
        fix: args.fix,
        unsafe_fixes: args.unsafe_fixes,
        strict: args.strict,
        ignore: args.ignore.clone(),
    }))
}

//! `schema`: the JSON Schema of the environment variables.

use langfuse_blob_core::command::Command;

use super::Done;

/// Runs the verb.
pub fn run() -> Done {
    super::run(&Command::Schema)
}

//! `schema`: the JSON Schema of an environment.

use langfuse_blob_core::command::Command;

use super::Done;

/// Runs the verb.
pub fn run() -> Done {
    super::run(&Command::Schema)
}

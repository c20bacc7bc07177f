//! `schema`: the JSON Schema of an environment.

use super::Done;
use crate::exit::Exit;
use crate::output::print;

/// Runs the verb.
pub fn run() -> Done {
    let schema = langfuse_blob_core::schema::schema();
    print(&format!("{}\n", serde_json::to_string_pretty(&schema).unwrap_or_default()))?;
    Ok(Exit::Clean)
}

//! How the command ends.

pub use langfuse_blob_core::command::Exit;

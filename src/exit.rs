//! Exit codes.

pub use langfuse_blob_core::command::Exit;

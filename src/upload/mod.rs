//! Uploading files: finding and reading them, splitting them into parts, resume state, progress.

pub mod batch;
pub mod digest;
pub mod file_range;
pub mod journal;
pub mod media_file;
pub mod progress;
pub mod send;
pub mod standard_input;
pub mod unchanged_file;
pub mod walk;

pub use send::Sender;

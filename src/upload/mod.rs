//! Uploading files: finding and reading them, splitting them into parts, resume state, progress.

pub mod batch;
pub mod digest;
pub mod journal;
pub mod progress;
pub mod region;
pub mod send;
pub mod standard_input;
pub mod steady;
pub mod walk;

pub use send::Sender;

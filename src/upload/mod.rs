//! Sending files: what is found on disk, how it is read, in which parts it goes out, what is remembered, what is shown.

pub mod batch;
pub mod digest;
pub mod file_range;
pub mod journal;
pub mod progress;
pub mod send;
pub mod standard_input;
pub mod unchanged_file;
pub mod walk;

pub use send::Sender;

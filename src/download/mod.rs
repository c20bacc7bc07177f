//! Downloads: one object, or many into a directory.

pub mod batch;
pub mod directory;
mod family;
mod local_name;
pub mod object;

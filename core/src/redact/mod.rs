//! Keeps secrets out of everything that is printed about a deployment: by variable, by the pattern of a name, and by
//! position in a URL or a file. Above [`crate::source`] and [`crate::config`], which know what a setting is.

pub(crate) mod entry;
pub mod redactor;
pub mod scan;
pub(crate) mod url;
mod value;

pub use redactor::Redactor;
pub use value::{hides, is_public_key_id, public_part, shown};

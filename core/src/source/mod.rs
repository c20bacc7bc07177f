//! Reading: takes files and the shell's variables, returns what each container receives, each value with its location.
//!
//! Pure: a reader that needs another file (an `env_file`, an override, the `.env` next to a compose file) asks
//! [`crate::files::Files`] for it.

pub mod compose;
mod defaults;
mod deployment;
pub mod detect;
mod discover;
pub mod dotenv;
mod dotenv_file;
mod environment;
mod envlist;
mod error;
mod excerpt;
mod facts;
mod file;
pub mod helm;
mod image;
mod input;
mod json;
mod k8s;
mod kind;
mod layers;
mod manifest;
pub(crate) mod outside;
mod path;
mod platform;
mod read;
mod reader;
mod reference;
mod replica;
mod scalar;
mod setting;
pub mod template;
mod wrapper;
pub mod yaml;

pub use deployment::Deployment;
pub use discover::{Undiscovered, discover, discover_project};
pub use environment::{Duplicate, Entries, Environment};
pub use error::ReadError;
pub use excerpt::language::Language;
pub use facts::{
    BundledStore, ChartBasis, ChartFacts, ChartStore, ComposeFacts, HelmFacts, IneffectiveKind, IneffectiveValue, Line,
    Missing, PublishedPort, Refusal, RefusedBy, Unopened, UnopenedFile,
};
pub use file::Text;
pub use input::{Given, Input, Options};
pub use kind::{Dialect, Kind, Wrapper};
pub use read::{of_environment, read};
pub use replica::Replica;
pub use setting::{Origin, Place, Setting, Value};

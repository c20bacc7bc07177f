//! The native side of langfuse-blob: command line, files, HTTP transport, embedded store. The knowledge about Langfuse
//! and S3 is in `langfuse-blob-core`.
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

pub mod cli;
mod client;
mod clock;
mod commands;
pub mod credentials;
mod destination;
mod doctor;
mod download;
pub mod embedded_store;
pub mod exit;
mod failure;
mod files;
mod local_file;
mod output;
mod reach;
mod replay_list;
mod request_log;
mod run;
mod runtime;
mod signals;
mod state_directory;
mod temporary;
pub mod transport;
mod trust;
mod upload;
mod verbosity;
mod wizard;

pub use run::run;

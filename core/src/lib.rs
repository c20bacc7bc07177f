//! The pure core of langfuse-blob: it reads, checks and signs the blob-storage configuration of a Langfuse deployment.
//!
//! Time and the shell's variables are arguments, and so is the way to open a file ([`files`]); reports and requests are
//! returned as data. Nothing here opens a file or a socket or reads a clock, and everything builds for
//! `wasm32-unknown-unknown`.
//!
//! The pipeline: [`source`] reads files into what each container receives, [`config`] resolves that as Langfuse
//! does, [`rule`] checks it, [`report`] prints the findings. [`variable`] and [`provider`] are the tables that
//! everything else is derived from.
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

pub mod api;
pub mod check;
pub mod checksum;
pub mod command;
pub mod config;
pub mod connect;
pub mod duration;
#[cfg(feature = "pages")]
pub mod explain;
pub mod files;
#[cfg(feature = "clap")]
mod flag_values;
pub mod generate;
pub mod object;
pub mod order;
pub mod probe;
pub mod provider;
pub mod redact;
pub mod render;
pub mod report;
pub mod resolve;
pub mod rule;
#[cfg(feature = "pages")]
pub mod schema;
pub mod sign;
pub mod source;
pub mod storage;
pub mod sts;
pub mod text;
pub mod timestamp;
pub mod upload;
pub mod variable;

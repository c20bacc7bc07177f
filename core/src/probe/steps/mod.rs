//! The steps by topic: each is a [`Row`](super::row::Row) beside its functions.

pub(super) mod bucket_settings;
pub(super) mod cleanup;
pub(super) mod configuration;
pub(super) mod csp;
pub(super) mod multipart;
pub(super) mod network;
pub(super) mod object;
pub(super) mod presigned;
pub(super) mod server;

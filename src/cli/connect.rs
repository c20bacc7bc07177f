//! The flags of every verb that talks to the store.

use clap::Args;
use langfuse_blob_core::connect::ConnectTo;

#[derive(Debug, Args, Clone, Default)]
pub struct Connect {
    /// For HOST:PORT, connect to ADDR:PORT instead, as in curl; repeatable
    ///
    /// For a store that this machine reaches under another address, such as a published port or a tunnel:
    /// minio:9000:127.0.0.1:9090. An empty HOST or PORT stands for any, an empty ADDR or PORT for the request's own; write
    /// IPv6 addresses in brackets. Requests, signatures and the name on the certificate stay the endpoint's. Without the
    /// flag, the port that the compose file publishes is used if the endpoint's host doesn't resolve here.
    #[arg(long, value_name = "HOST:PORT:ADDR:PORT", hide_short_help = true)]
    pub connect_to: Vec<ConnectTo>,
}

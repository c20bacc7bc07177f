//! Reaching a store whose name only the deployment's own network resolves: which address of this machine to connect to
//! instead, and what to say where there is none. Only the TCP connection changes; requests, the Host header, the name on
//! the certificate and signatures stay those that Langfuse sends.

mod advice;
mod connect_to;
mod route;

pub use advice::{advice, elsewhere};
pub use connect_to::{ConnectTo, ConnectToError};
pub use route::{Route, Via, described, published};

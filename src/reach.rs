//! How this machine reaches a store whose host only the deployment's own network resolves.

use std::net::{IpAddr, UdpSocket};

use langfuse_blob_core::config::endpoint::Endpoint;
use langfuse_blob_core::connect::{ConnectTo, Route, advice, published};
use langfuse_blob_core::source::Deployment;
use langfuse_blob_core::storage::Fault;

use crate::transport::Transport;
use crate::trust;

/// How a store is reached.
#[derive(Clone, Default, Debug)]
pub struct Reached {
    /// Where connections go, if not to the endpoint's own host and port.
    pub route: Option<Route>,
    /// What to do if the endpoint's host doesn't resolve: sentences for people.
    pub advice: String,
}

/// How to reach `origin` (scheme, host, port) of `deployment`: as `flags` say; else through the port that the compose
/// file publishes, if the host doesn't resolve here and Docker runs on this machine; else directly.
pub async fn reach(deployment: &Deployment, flags: &[ConnectTo], transport: &Transport, origin: &str) -> Reached {
    let Ok(endpoint) = Endpoint::parse(origin) else { return Reached::default() };
    let (host, port) = (endpoint.host, endpoint.effective_port());
    if let Some(route) = Route::by_flag(flags, host, port) {
        return Reached { route: Some(route), advice: String::new() };
    }
    let elsewhere = trust::process("DOCKER_HOST").filter(|value| !is_local_engine(value));
    let advice = advice(deployment, host, port, elsewhere.as_deref());
    let direct = Reached { route: None, advice };
    if elsewhere.is_some() || endpoint.ip.is_some() {
        return direct;
    }
    let Some(route) = published(deployment, host, port, &is_of_this_machine) else { return direct };
    match transport.resolve(host).await {
        Err(error) if error.fault == Fault::NotFound => Reached { route: Some(route), ..direct },
        _ => direct,
    }
}

/// Whether a `DOCKER_HOST` is this machine's engine.
fn is_local_engine(docker_host: &str) -> bool {
    docker_host.is_empty() || ["unix://", "npipe://", "fd://"].iter().any(|scheme| docker_host.starts_with(scheme))
}

/// Whether a socket can be bound to the address, as Docker does.
fn is_of_this_machine(address: IpAddr) -> bool {
    address.is_loopback() || UdpSocket::bind((address, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_and_addresses_of_other_machines_are_not_local() {
        for (docker_host, local) in [
            ("", true),
            ("unix:///var/run/docker.sock", true),
            ("npipe:////./pipe/docker_engine", true),
            ("ssh://me@vm", false),
            ("tcp://127.0.0.1:2375", false),
        ] {
            assert_eq!(is_local_engine(docker_host), local, "{docker_host}");
        }
        assert!(is_of_this_machine([127, 0, 0, 1].into()));
        assert!(!is_of_this_machine([192, 0, 2, 1].into()));
    }
}

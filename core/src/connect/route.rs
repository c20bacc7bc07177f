//! How a connection reaches the store, if not under the endpoint's own name.

use std::fmt;
use std::net::IpAddr;

use super::connect_to::{ConnectTo, bracketed};
use crate::source::{Deployment, PublishedPort};
use crate::text::printable::escaped;

/// A connection that goes elsewhere than to the endpoint's host and port.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Route {
    /// The endpoint's host, without brackets.
    pub host: String,
    /// The endpoint's port.
    pub port: u16,
    /// The host or address that is connected to, without brackets.
    pub address: String,
    /// The port there.
    pub address_port: u16,
    /// Who says so.
    pub via: Via,
}

/// Who says where a connection goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Via {
    /// `--connect-to`.
    Flag,
    /// The port that a compose file publishes.
    Published {
        /// The file's name.
        file: String,
        /// The line, from 1.
        line: usize,
    },
}

impl Route {
    /// The route that the first fitting one of `rules` sets.
    #[must_use]
    pub fn by_flag(rules: &[ConnectTo], host: &str, port: u16) -> Option<Self> {
        let (address, address_port) = rules.iter().find_map(|rule| rule.destination(host, port))?;
        Some(Self { host: host.to_owned(), port, address, address_port, via: Via::Flag })
    }

    /// Whether it was chosen without being asked for.
    #[must_use]
    pub fn is_automatic(&self) -> bool {
        self.via != Via::Flag
    }

    /// The rule that sets it.
    #[must_use]
    pub fn rule(&self) -> ConnectTo {
        ConnectTo::new(&self.host, self.port, &self.address, self.address_port)
    }

    /// `minio:9000`.
    #[must_use]
    pub fn source(&self) -> String {
        format!("{}:{}", bracketed(&self.host), self.port)
    }

    /// What to do where another project's store, or none, answers at a published port: one or two sentences.
    #[must_use]
    pub fn doubt(&self) -> String {
        let (from, to) = (self.source(), self.destination());
        format!(
            "The request went to {to}: make sure that this project runs (`docker compose ps`) and that no other one has \
             that port, or set the address with `--connect-to {from}:ADDR:PORT`."
        )
    }

    /// `127.0.0.1:9090`.
    #[must_use]
    pub fn destination(&self) -> String {
        format!("{}:{}", bracketed(&self.address), self.address_port)
    }
}

/// `minio:9000 via 127.0.0.1:9090, published in docker-compose.yml:153`.
impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let published = match &self.via {
            Via::Flag => None,
            Via::Published { file, line } => Some((file.as_str(), *line)),
        };
        f.write_str(&described(&self.source(), &self.destination(), published))
    }
}

/// How `host` is reached via `address`, both with their ports, in one phrase; `published` is file and line.
#[must_use]
pub fn described(host: &str, address: &str, published: Option<(&str, usize)>) -> String {
    let why = published.map_or_else(
        || "set by --connect-to".to_owned(),
        |(file, line)| format!("published in {}:{line}", escaped(file)),
    );
    format!("{} via {}, {why}", escaped(host), escaped(address))
}

/// The route to `host` and `port` through the port that the deployment's own compose file publishes, if it publishes
/// exactly one fixed TCP port of the one service with that name. `is_local` says whether an address is this machine's:
/// Docker can't bind a port to any other one.
#[must_use]
pub fn published(deployment: &Deployment, host: &str, port: u16, is_local: &dyn Fn(IpAddr) -> bool) -> Option<Route> {
    let [one] = all(deployment, host, port).try_into().ok()?;
    let address = address(&one.host_ip)?;
    if !is_local(address) {
        return None;
    }
    let location = deployment.locate(one.span)?;
    Some(Route {
        host: host.to_owned(),
        port,
        address: address.to_string(),
        address_port: one.port?,
        via: Via::Published { file: location.file, line: location.line },
    })
}

/// Every publication of a service's TCP port. Names of two services are ambiguous inside as well, so their ports count
/// together.
pub(super) fn all<'d>(deployment: &'d Deployment, host: &str, port: u16) -> Vec<&'d PublishedPort> {
    let published = deployment.compose.iter().flat_map(|compose| &compose.published);
    let is_named = |p: &&PublishedPort| p.hosts.iter().any(|name| name.eq_ignore_ascii_case(host));
    published.filter(is_named).filter(|p| p.tcp && p.target == port).collect()
}

/// The address at which this machine reaches a port that is bound to `host_ip`: loopback for all addresses.
fn address(host_ip: &str) -> Option<IpAddr> {
    match host_ip {
        "" | "0.0.0.0" => Some(IpAddr::from([127, 0, 0, 1])),
        "::" => "::1".parse().ok(),
        other => other.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::source::{Given, Input, Options, read};

    fn deployment(store: &str) -> Deployment {
        let text = format!(
            "services:\n  langfuse-web:\n    image: langfuse/langfuse:4\n    environment: {{LANGFUSE_S3_EVENT_UPLOAD_BUCKET: b}}\n  minio:\n    \
             image: minio/minio\n{store}"
        );
        let given = Given::Bytes(text.into_bytes());
        let input = Input { name: "docker-compose.yml".into(), given, kind: None, container: None };
        read(&[input], &Options::default(), &BTreeMap::<&str, &str>::new()).unwrap()
    }

    fn route(ports: &str, host: &str, port: u16) -> Option<String> {
        let deployment = deployment(&format!("    ports: {ports}\n"));
        let is_local = |ip: IpAddr| ip.is_loopback() || ip.to_string() == "10.0.0.7";
        published(&deployment, host, port, &is_local).map(|route| route.destination())
    }

    #[test]
    fn exactly_one_fixed_tcp_port_is_used() {
        for (ports, expected) in [
            ("[\"9090:9000\", \"9091:9001\"]", Some("127.0.0.1:9090")),
            ("[\"0.0.0.0:9090:9000\"]", Some("127.0.0.1:9090")),
            ("[\"[::]:9090:9000\"]", Some("[::1]:9090")),
            ("[\"10.0.0.7:9090:9000\"]", Some("10.0.0.7:9090")),
            ("[\"10.0.0.8:9090:9000\"]", None),
            ("[\"9090:9000/udp\"]", None),
            ("[\"9090:9000/udp\", \"9092:9000\"]", Some("127.0.0.1:9092")),
            ("[\"9090:9000\", \"9092:9000\"]", None),
            ("[9000]", None),
            ("[\"9090-9099:9000\"]", None),
            ("[]", None),
        ] {
            assert_eq!(route(ports, "minio", 9000).as_deref(), expected, "{ports}");
        }
        assert_eq!(route("[\"9090:9000\"]", "minio", 9001), None);
        assert_eq!(route("[\"9090:9000\"]", "other", 9000), None);
        assert_eq!(route("[\"9090:9000\"]", "MINIO", 9000).as_deref(), Some("127.0.0.1:9090"));
    }

    #[test]
    fn it_says_where_it_is_published() {
        let deployment = deployment("    ports:\n      - 9090:9000\n");
        let route = published(&deployment, "minio", 9000, &|_| true).unwrap();
        assert_eq!(route.to_string(), "minio:9000 via 127.0.0.1:9090, published in docker-compose.yml:8");
        assert_eq!(route.rule().to_string(), "minio:9000:127.0.0.1:9090");
    }

    #[test]
    fn two_services_of_one_name_are_not_told_apart() {
        let store =
            "    ports: [\"9090:9000\"]\n  other:\n    image: x\n    hostname: minio\n    ports: [\"9092:9000\"]\n";
        assert_eq!(published(&deployment(store), "minio", 9000, &|_| true), None);
    }

    #[test]
    fn a_flag_wins_in_its_order() {
        let rules = ["minio:9000:a:1", "::b:2"].map(|rule| rule.parse().unwrap());
        assert_eq!(Route::by_flag(&rules, "minio", 9000).unwrap().destination(), "a:1");
        assert_eq!(Route::by_flag(&rules, "store", 80).unwrap().destination(), "b:2");
        assert_eq!(Route::by_flag(&rules[..1], "store", 80), None);
    }
}

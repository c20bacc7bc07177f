//! Connections that go elsewhere than requests say (`--connect-to`): the request stays as it was signed, with its Host
//! header, and TLS still checks the endpoint's name.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use http::header::HOST;
use http::request::Parts;
use http::{HeaderValue, Uri};
use langfuse_blob_core::connect::ConnectTo;
use langfuse_blob_core::storage::Fault;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

use super::{Transport, TransportError};

/// A rule and its connections: those of a client of its own, because the same host and port may be meant elsewhere.
#[derive(Debug)]
pub(super) struct Routed {
    rule: ConnectTo,
    client: reqwest::Client,
}

impl Transport {
    /// The same, where connections follow the first fitting one of `rules`. Those bypass proxies: the address is one that
    /// this machine reaches.
    ///
    /// # Errors
    /// As [`Transport::new`].
    pub fn connecting(&self, rules: &[ConnectTo]) -> Result<Self, TransportError> {
        let routed = |rule: &ConnectTo| {
            // With HTTP/2, the port of the connection would be the request's.
            let mut tls = self.tls.clone();
            tls.alpn_protocols.clear();
            let client =
                reqwest::Client::builder().no_proxy().http1_only().dns_resolver(Arc::new(Lookup(rule.clone())));
            let client = Self::client(client, tls, self.timeout)?;
            Ok(Routed { rule: rule.clone(), client })
        };
        let routes = rules.iter().map(routed).collect::<Result<Arc<[Routed]>, TransportError>>()?;
        Ok(Self { routes, ..self.clone() })
    }

    /// Where a connection to `host` and `port` goes.
    pub(super) fn destination(&self, host: &str, port: u16) -> (String, u16) {
        let routed = self.routes.iter().find_map(|routed| routed.rule.destination(host, port));
        routed.unwrap_or_else(|| (host.to_owned(), port))
    }

    /// The client that sends the request, whose URL then says where it connects; `None` for the usual one.
    pub(super) fn route(&self, parts: &mut Parts) -> Result<Option<&reqwest::Client>, TransportError> {
        let Some(authority) = parts.uri.authority() else { return Ok(None) };
        let secure = parts.uri.scheme_str() == Some("https");
        let default = if secure { 443 } else { 80 };
        let port = authority.port_u16().unwrap_or(default);
        let host = authority.host();
        let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
        let found = self.routes.iter().find_map(|routed| Some((routed, routed.rule.destination(bare, port)?)));
        let Some((routed, (address, address_port))) = found else { return Ok(None) };
        // What hyper sends: without the scheme's own port.
        let name = if port == default { host.to_owned() } else { format!("{host}:{port}") };
        let connected = if bare.parse::<IpAddr>().is_err() {
            // The name stays for TLS; the client's resolver looks the address up.
            host.to_owned()
        } else if secure {
            let detail = "a connection over https to an IP address can't go elsewhere: give the endpoint a host name";
            return Err(TransportError { fault: Fault::Opaque, detail: detail.into() });
        } else if address.contains(':') {
            format!("[{address}]")
        } else {
            address
        };
        let opaque = |e: &dyn fmt::Display| TransportError { fault: Fault::Opaque, detail: e.to_string() };
        let name = HeaderValue::try_from(name).map_err(|e| opaque(&e))?;
        let mut uri = std::mem::take(&mut parts.uri).into_parts();
        uri.authority = Some(format!("{connected}:{address_port}").parse().map_err(|e| opaque(&e))?);
        parts.uri = Uri::from_parts(uri).map_err(|e| opaque(&e))?;
        parts.headers.entry(HOST).or_insert(name);
        Ok(Some(&routed.client))
    }
}

/// Resolves every name to the rule's address.
#[derive(Debug)]
struct Lookup(ConnectTo);

impl Resolve for Lookup {
    fn resolve(&self, name: Name) -> Resolving {
        let host = self.0.address().unwrap_or_else(|| name.as_str()).to_owned();
        Box::pin(async move {
            let found: Vec<_> = lookup_host((host, 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

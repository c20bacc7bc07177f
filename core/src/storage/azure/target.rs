//! Where requests go: scheme, host and path of a container, as the Azure SDK for JavaScript makes them.

use std::fmt;

use crate::config::endpoint::{Endpoint, EndpointError};
use crate::sign::encode;
use crate::storage::target::{self, TargetError as PlaceError};

/// Emulator ports: there the SDK reads the account from the path, at any host.
/// Source: `PathStylePorts` of `@azure/storage-blob` 12.26.0.
const EMULATOR_PORTS: [u16; 20] = [
    10000, 10001, 10002, 10003, 10004, 10100, 10101, 10102, 10103, 10104, 11000, 11001, 11002, 11003, 11004, 11100,
    11101, 11102, 11103, 11104,
];

/// A container at an account's blob service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// The container.
    pub container: String,
    https: bool,
    host: String,
    base: String,
    named: String,
}

/// Why there is no target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TargetError {
    /// No endpoint: Azure's contains the account, so there is no default.
    EndpointMissing,
    /// The endpoint isn't a URL, or its host or path can't be sent.
    Endpoint(PlaceError),
    /// The endpoint has a query, such as a shared access signature. The SDK would keep it and also sign.
    EndpointQuery,
    /// The endpoint is an IP address or has an emulator's port, so the path must name the account, but it's empty.
    AccountNotInPath,
    /// No container.
    ContainerMissing,
    /// A container name that would resolve to another path.
    Container,
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EndpointMissing => "the endpoint is empty; Azure's is `https://<account>.blob.core.windows.net`",
            Self::Endpoint(error) => return error.fmt(f),
            Self::EndpointQuery => "the endpoint has a query: remove the `?` and everything after it",
            Self::AccountNotInPath => {
                "the endpoint lacks the account: with an IP address or an emulator's port it belongs in the path, as in \
                 `http://127.0.0.1:10000/devstoreaccount1`"
            }
            Self::ContainerMissing => "the container is empty",
            Self::Container => "the container name is `.` or `..`, or contains a slash",
        })
    }
}

impl std::error::Error for TargetError {}

impl From<PlaceError> for TargetError {
    fn from(error: PlaceError) -> Self {
        Self::Endpoint(error)
    }
}

impl From<EndpointError> for TargetError {
    fn from(error: EndpointError) -> Self {
        Self::Endpoint(PlaceError::Endpoint(error))
    }
}

impl Target {
    /// `container` at `endpoint`. User-info and fragment of the endpoint are ignored.
    ///
    /// # Errors
    /// [`TargetError`] if no request could arrive. Azure itself checks the rest, such as which names a container
    /// may have.
    pub fn new(endpoint: &str, container: &str) -> Result<Self, TargetError> {
        if endpoint.trim().is_empty() {
            return Err(TargetError::EndpointMissing);
        }
        if container.is_empty() {
            return Err(TargetError::ContainerMissing);
        }
        if container.contains(['/', '\\']) || matches!(container, "." | "..") {
            return Err(TargetError::Container);
        }
        let endpoint = Endpoint::parse(endpoint)?;
        if endpoint.query.is_some() {
            return Err(TargetError::EndpointQuery);
        }
        let host = target::host_of(&endpoint)?;
        let account_path = target::base_of(&endpoint)?;
        let named = named_in_links(&endpoint, &host, &account_path, container)?;
        let mut base = account_path;
        base.push('/');
        encode::push_url_path(&mut base, container);
        Ok(Self { container: container.to_owned(), https: endpoint.https, host, base, named })
    }

    /// The `Host` header: with the port only if it isn't the scheme's default.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// `scheme://host[:port]`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.url("", "")
    }

    /// The path of the container, percent-encoded.
    pub(super) fn container_path(&self) -> &str {
        &self.base
    }

    /// The path of `key`, percent-encoded.
    #[must_use]
    pub fn path(&self, key: &str) -> String {
        let mut out = String::with_capacity(self.base.len().saturating_add(key.len()).saturating_add(16));
        out.push_str(&self.base);
        out.push('/');
        encode::push_url_path(&mut out, key);
        out
    }

    /// The URL of an encoded path and query; an empty query adds nothing.
    #[must_use]
    pub fn url(&self, path: &str, query: &str) -> String {
        let parts = [self.host.len(), path.len(), query.len(), 16];
        let mut out = String::with_capacity(parts.into_iter().fold(0, usize::saturating_add));
        out.push_str(if self.https { "https://" } else { "http://" });
        out.push_str(&self.host);
        out.push_str(path);
        if !query.is_empty() {
            out.push('?');
            out.push_str(query);
        }
        out
    }

    /// `link` with `external` in place of this container's URL, as Langfuse rewrites the URLs of exports. An external
    /// endpoint must end in the container, because Langfuse cuts that off as well.
    #[must_use]
    pub fn externally(&self, link: &str, external: &str) -> String {
        let own = self.url(&self.base, "");
        link.strip_prefix(own.as_str()).map_or_else(|| link.to_owned(), |rest| format!("{external}{rest}"))
    }

    /// `/container`, as a presigned URL's signature names it.
    pub(super) fn named_in_links(&self) -> &str {
        &self.named
    }
}

/// The container's path in a presigned URL's signature. The SDK derives it from the URL: without the
/// first segment where that is the account, and with the endpoint's whole path elsewhere, also at custom hosts.
fn named_in_links(
    endpoint: &Endpoint<'_>,
    host: &str,
    account_path: &str,
    container: &str,
) -> Result<String, TargetError> {
    let decoded = encode::decode(account_path, false);
    let path = String::from_utf8_lossy(&decoded);
    let is_azure = endpoint.host.split('.').nth(1) == Some("blob");
    // The SDK sees the port as a URL parser returns it: none if it's the scheme's default, which no emulator's is.
    let in_path = endpoint.ip.is_some()
        || matches!(host.split(':').next(), Some("localhost" | "host.docker.internal"))
        || endpoint.port.is_some_and(|port| EMULATOR_PORTS.contains(&port));
    if is_azure || !in_path {
        return Ok(format!("{path}/{container}"));
    }
    let account = path.strip_prefix('/').filter(|p| !p.is_empty()).ok_or(TargetError::AccountNotInPath)?;
    let below = account.find('/').and_then(|at| account.get(at..)).unwrap_or("");
    Ok(format!("{below}/{container}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(endpoint: &str) -> Result<(String, String), TargetError> {
        Target::new(endpoint, "events").map(|t| (t.url(&t.path("k"), ""), t.named_in_links().to_owned()))
    }

    #[test]
    fn the_account_stands_in_the_host_or_in_the_path() {
        for (endpoint, url, named) in [
            ("https://acct.blob.core.windows.net", "https://acct.blob.core.windows.net/events/k", "/events"),
            (" https://Acct.blob.core.windows.net:443/ ", "https://acct.blob.core.windows.net/events/k", "/events"),
            ("http://127.0.0.1:10000/devstoreaccount1", "http://127.0.0.1:10000/devstoreaccount1/events/k", "/events"),
            ("http://[::1]:9/acct/", "http://[::1]:9/acct/events/k", "/events"),
            ("http://azurite:10000/acct", "http://azurite:10000/acct/events/k", "/events"),
            ("http://localhost/acct", "http://localhost/acct/events/k", "/events"),
            ("https://files.example", "https://files.example/events/k", "/events"),
            // The SDK takes the account for the container here, and its links do not work.
            ("http://azurite:8080/acct", "http://azurite:8080/acct/events/k", "/acct/events"),
            ("https://u:p@files.example/a%20b#f", "https://files.example/a%20b/events/k", "/a b/events"),
        ] {
            assert_eq!(target(endpoint), Ok((url.to_owned(), named.to_owned())), "{endpoint}");
        }
    }

    #[test]
    fn refuses_what_is_no_place() {
        for (endpoint, error) in [
            (" ", TargetError::EndpointMissing),
            ("acct.blob.core.windows.net", TargetError::Endpoint(PlaceError::Endpoint(EndpointError::NoScheme))),
            ("https://acct.blob.core.windows.net?sv=1&sig=x", TargetError::EndpointQuery),
            ("http://127.0.0.1:10000", TargetError::AccountNotInPath),
            ("http://azurite:10000/", TargetError::AccountNotInPath),
            ("https://h/a/../b", TargetError::Endpoint(PlaceError::Path)),
        ] {
            assert_eq!(target(endpoint), Err(error), "{endpoint}");
        }
        for (container, error) in [
            ("", TargetError::ContainerMissing),
            ("a/b", TargetError::Container),
            ("a\\b", TargetError::Container),
            ("..", TargetError::Container),
        ] {
            assert_eq!(Target::new("https://h", container), Err(error), "{container}");
        }
    }

    #[test]
    fn keys_are_encoded_as_the_sdk_encodes_them() {
        let target = Target::new("https://h", "$web").unwrap();
        assert_eq!(target.path("/a b//ü+%#?'\"😀.\\./"), "/%24web//a%20b//%C3%BC%2B%25%23%3F%27%22%F0%9F%98%80.%5C./");
    }
}

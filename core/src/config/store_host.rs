//! The host name that reports propose for a store that browsers must reach: one and the same in every finding.

use super::Config;
use super::endpoint::Endpoint;

impl Config<'_> {
    /// A URL at which browsers could reach the store: `https://store.acme.com` beside `https://langfuse.acme.com`, and
    /// `https://store.example.com` if `NEXTAUTH_URL` names no domain. Only a proposal: nothing says that it exists.
    #[must_use]
    pub fn proposed_store_url(&self) -> String {
        let host = self.public_url.as_ref().filter(|url| !url.is_loopback() && url.ip.is_none());
        let domain = host.and_then(domain).unwrap_or_else(|| "example.com".to_owned());
        format!("https://store.{domain}")
    }
}

/// The domain in which a store's name goes beside the page's: `acme.com` of `langfuse.acme.com`, and all of `acme.com` and
/// `acme.co.uk`, which are domains themselves.
fn domain(url: &Endpoint<'_>) -> Option<String> {
    let host = url.host.trim_end_matches('.').to_ascii_lowercase();
    let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    let (_, parent) = host.split_once('.').filter(|_| plain)?;
    // Below most two-letter countries, `co`, `com`, `org` and the like are no one's own.
    let is_suffix = match parent.split_once('.') {
        None => true,
        Some((second, top)) => top.len() == 2 && second.len() <= 3,
    };
    Some(if is_suffix { host } else { parent.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_is_beside_the_page() {
        for (page, expected) in [
            ("https://langfuse.acme.com", Some("acme.com")),
            ("https://LANGFUSE.eu.acme.com:8443/base", Some("eu.acme.com")),
            ("https://acme.com", Some("acme.com")),
            ("https://acme.co.uk", Some("acme.co.uk")),
            ("https://langfuse.acme.co.uk", Some("acme.co.uk")),
            ("https://langfuse.corp", Some("langfuse.corp")),
            ("http://vm", None),
        ] {
            let url = Endpoint::parse(page).unwrap();
            assert_eq!(domain(&url).as_deref(), expected, "{page}");
        }
    }
}

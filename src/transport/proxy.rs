//! Which proxy a request goes through: if the proxy is unreachable, the store isn't to blame.

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use langfuse_blob_core::storage::Fault;

use super::error::TransportError;

/// `error`, attributed to the proxy if the proxy is unreachable: with a proxy, this machine resolves no other name and
/// opens no other connection.
pub(super) fn blamed(error: TransportError, uri: &Uri) -> TransportError {
    if !matches!(error.fault, Fault::NotFound | Fault::Refused) {
        return error;
    }
    let Some(proxy) = Matcher::from_system().intercept(uri) else { return error };
    // Without what precedes an `@`: it may be a password.
    let host = proxy.uri().host().unwrap_or_default();
    let port = proxy.uri().port_u16().map_or_else(String::new, |port| format!(":{port}"));
    let variable = |name: &str| std::env::var(name).ok();
    let named = named_by(uri.scheme_str().unwrap_or_default(), &variable);
    let detail = format!("{host}{port}, set by {}: {}; NO_PROXY exempts hosts", named, error.detail);
    TransportError { fault: Fault::ProxyUnreachable, detail }
}

/// The variable that sets the proxy for a scheme, in hyper-util's order: upper case first, empty counts as unset.
fn named_by(scheme: &str, variable: &dyn Fn(&str) -> Option<String>) -> String {
    let own = format!("{scheme}_proxy");
    for lower in [own.as_str(), "all_proxy"] {
        for name in [lower.to_ascii_uppercase(), lower.to_owned()] {
            match variable(&name) {
                Some(value) if value.is_empty() => break,
                Some(_) => return name,
                None => {}
            }
        }
    }
    "the system's network configuration".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_is_named() {
        let named = |set: &[(&str, &str)], scheme| {
            named_by(scheme, &|name| set.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(named(&[("http_proxy", "x")], "http"), "http_proxy");
        assert_eq!(named(&[("http_proxy", "x"), ("HTTP_PROXY", "y")], "http"), "HTTP_PROXY");
        assert_eq!(named(&[("http_proxy", "x"), ("all_proxy", "y")], "https"), "all_proxy");
        assert_eq!(named(&[("HTTPS_PROXY", ""), ("ALL_PROXY", "y")], "https"), "ALL_PROXY");
        assert_eq!(named(&[], "https"), "the system's network configuration");
    }
}

//! Authorizes requests.

use std::fmt;

use hyper::Method;
use hyper::header::{COOKIE, HOST, HeaderMap, HeaderName, ORIGIN};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Authorizes requests by host, origin, token and cookie. Both secrets are valid for one run.
#[derive(Clone)]
pub struct Auth {
    port: u16,
    token: String,
    session: String,
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth").field("port", &self.port).finish_non_exhaustive()
    }
}

/// How to handle a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// Answer it.
    Enter,
    /// It has the token: set the cookie, and redirect to the URL without the token.
    Exchange,
    /// Refuse it, for this reason.
    Refuse(&'static str),
}

impl Auth {
    /// An instance with new secrets.
    ///
    /// # Errors
    /// The system provides no random numbers.
    pub fn new(port: u16) -> Result<Self, getrandom::Error> {
        Ok(Self { port, token: random()?, session: random()? })
    }

    /// The URL to open.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/?token={}", self.port, self.token)
    }

    pub(super) fn verdict(&self, method: &Method, query: Option<&str>, headers: &HeaderMap) -> Verdict {
        let Some(host) = one(headers, HOST).filter(|host| self.names().iter().any(|name| name == host)) else {
            return Verdict::Refuse("unexpected Host header: open the URL that langfuse-blob printed");
        };
        if headers.contains_key(ORIGIN) || *method == Method::POST {
            let own = format!("http://{host}");
            if one(headers, ORIGIN) != Some(own.as_str()) {
                return Verdict::Refuse("cross-origin request: only this server's own page may send it");
            }
        }
        if *method == Method::POST && one(headers, SEC_FETCH_SITE).is_some_and(|site| site != "same-origin") {
            return Verdict::Refuse("cross-origin request: only this server's own page may send it");
        }
        let token = query.unwrap_or("").split('&').find_map(|pair| pair.strip_prefix("token="));
        let known = self.has_cookie(headers);
        if *method == Method::GET && token.is_some_and(|token| known || same(token, &self.token)) {
            return Verdict::Exchange;
        }
        if known {
            return Verdict::Enter;
        }
        Verdict::Refuse("missing or invalid token: open the URL that langfuse-blob printed")
    }

    /// The value of `Set-Cookie`. Cookies ignore ports, so the name includes the port.
    pub(super) fn cookie(&self) -> String {
        format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie_name(), self.session)
    }

    fn cookie_name(&self) -> String {
        format!("langfuse-blob-{}", self.port)
    }

    fn names(&self) -> [String; 2] {
        ["127.0.0.1", "localhost"].map(|name| format!("{name}:{}", self.port))
    }

    fn has_cookie(&self, headers: &HeaderMap) -> bool {
        let name = self.cookie_name();
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .any(|(n, value)| n == name && same(value, &self.session))
    }
}

/// The value of a header; `None` if it's missing or repeated.
fn one(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut all = headers.get_all(name).iter();
    let value = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(value)
}

/// Compares in constant time, so that the duration doesn't reveal how much is right.
fn same(given: &str, wanted: &str) -> bool {
    given.len() == wanted.len() && given.bytes().zip(wanted.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

/// 128 random bits as hexadecimal digits.
pub(super) fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|b| format!("{b:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auth() -> Auth {
        Auth { port: 4000, token: "t0ken".into(), session: "s3ssion".into() }
    }

    fn headers(list: &[(HeaderName, &str)]) -> HeaderMap {
        list.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_token_is_exchanged_for_a_cookie() {
        let auth = auth();
        let host = (HOST, "127.0.0.1:4000");
        assert_eq!(
            auth.verdict(&Method::GET, Some("token=t0ken"), &headers(std::slice::from_ref(&host))),
            Verdict::Exchange
        );
        let cookie = (COOKIE, "other=1; langfuse-blob-4000=s3ssion");
        assert_eq!(auth.verdict(&Method::GET, None, &headers(&[host.clone(), cookie])), Verdict::Enter);
        assert!(auth.cookie().contains("HttpOnly; SameSite=Strict"));
        for query in [None, Some("token="), Some("token=t0keN"), Some("token=t0ken0"), Some("tokens=t0ken")] {
            assert!(matches!(
                auth.verdict(&Method::GET, query, &headers(std::slice::from_ref(&host))),
                Verdict::Refuse(_)
            ));
        }
        assert!(matches!(auth.verdict(&Method::POST, Some("token=t0ken"), &headers(&[host])), Verdict::Refuse(_)));
    }

    #[test]
    fn foreign_hosts_and_origins_are_refused() {
        let auth = auth();
        let cookie = (COOKIE, "langfuse-blob-4000=s3ssion");
        for host in ["evil.example:4000", "127.0.0.1", "127.0.0.1:4001", "localhost.evil.example:4000", "[::1]:4000"] {
            let headers = headers(&[(HOST, host), cookie.clone()]);
            assert!(matches!(auth.verdict(&Method::GET, None, &headers), Verdict::Refuse(_)), "{host}");
        }
        let own = (HOST, "localhost:4000");
        for origin in ["http://evil.example", "null", "http://127.0.0.1:4000", "https://localhost:4000"] {
            let headers = headers(&[own.clone(), cookie.clone(), (ORIGIN, origin)]);
            assert!(matches!(auth.verdict(&Method::POST, None, &headers), Verdict::Refuse(_)), "{origin}");
        }
        let fine = headers(&[own.clone(), cookie.clone(), (ORIGIN, "http://localhost:4000")]);
        assert_eq!(auth.verdict(&Method::POST, None, &fine), Verdict::Enter);
        // Browsers always send Origin with a POST, so a POST without one isn't from our page.
        assert!(matches!(auth.verdict(&Method::POST, None, &headers(&[own, cookie])), Verdict::Refuse(_)));
    }
}

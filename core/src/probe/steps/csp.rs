//! Whether Langfuse's page may show and upload media at the presigned URLs' host, according to the page's
//! Content-Security-Policy, which is built into Langfuse's image.
//!
//! Source of the matching: W3C, "Content Security Policy Level 3", 6.7.2; paths are ignored, Langfuse's policy has
//! none.

use http::{HeaderMap, Method};

use crate::config::endpoint::Endpoint;
use crate::probe::case::{Case, link_origin};
use crate::probe::result::{Next, StepResult};
use crate::probe::row::{Row, Work};
use crate::probe::signing::anonymous;
use crate::probe::step::Step;
use crate::probe::transport::{Answer, ProbeRequest};
use crate::sign::Timestamp;
use crate::variable::UseCase::Media;

/// The header.
const HEADER: &str = "content-security-policy";

/// The directives that control what the page does with media.
const DIRECTIVES: [&str; 3] = ["img-src", "media-src", "connect-src"];

/// Langfuse's public pages; the first may redirect to the second.
const PAGES: [&str; 2] = ["/", "/auth/sign-in"];

pub(in crate::probe) static CSP: Row = Row {
    use_cases: &[Media],
    after: &[Step::LinkHost],
    ..Row::new(
        Step::Csp,
        "Langfuse's page: does its Content-Security-Policy allow media from and uploads to the presigned URLs' host?",
        Work::Request { begin: |case, _| request_page(case, 0), on_response },
    )
};

fn request_page(case: &Case, at: usize) -> Next {
    let Some(origin) = &case.origin else {
        return StepResult::skip_only("no page origin: pass --origin, or set NEXTAUTH_URL").into();
    };
    let Some(page) = PAGES.get(at) else {
        return StepResult::skip_only(format!("{origin} sends no policy")).into();
    };
    match anonymous(Method::GET, &format!("{origin}{page}"), &[], Vec::new()) {
        Ok(request) => Next::Send(ProbeRequest::Http(request)),
        Err(why) => StepResult::skip_only(why).into(),
    }
}

fn on_response(case: &mut Case, answer: Answer, _: Timestamp) -> Next {
    let Ok((head, _)) = case.response(answer) else {
        return StepResult::skip_only("Langfuse's page can't be reached from here").into();
    };
    if !head.headers.contains_key(HEADER) {
        return request_page(case, usize::try_from(case.requests_made(Step::Csp)).unwrap_or(usize::MAX));
    }
    let (Some(accesses), Some(page)) = (case.accesses(), &case.origin) else { return StepResult::skip("").into() };
    let store = link_origin(&accesses.links);
    let blocked: Vec<&str> = DIRECTIVES.into_iter().filter(|d| !allows(&head.headers, d, &store, page)).collect();
    if blocked.is_empty() {
        return StepResult::pass(format!("{page} allows {store}")).into();
    }
    let detail = format!("{} of {page} doesn't allow {store}", blocked.join(", "));
    StepResult::warn("csp-blocks-store", detail).about(case.link_variable()).presigned(true).into()
}

/// Whether every policy in `headers` allows `store` on `page` under `directive`.
fn allows(headers: &HeaderMap, directive: &str, store: &str, page: &str) -> bool {
    let values = headers.get_all(HEADER).iter().filter_map(|v| v.to_str().ok());
    values.flat_map(|v| v.split(',')).all(|policy| {
        let directives = || policy.split(';').filter_map(|d| d.trim().split_once(char::is_whitespace));
        let of = |name: &str| directives().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, sources)| sources);
        let Some(sources) = of(directive).or_else(|| of("default-src")) else { return true };
        sources.split_ascii_whitespace().any(|source| matches(source, store, page))
    })
}

fn matches(source: &str, store: &str, page: &str) -> bool {
    let Ok(store_url) = Endpoint::parse(store) else { return false };
    let scheme = if store_url.https { "https" } else { "http" };
    match source {
        "*" => return true,
        "'self'" => return store.eq_ignore_ascii_case(page),
        _ if source.starts_with('\'') => return false,
        _ => {}
    }
    if let Some(wanted) = source.strip_suffix(':') {
        return wanted.eq_ignore_ascii_case(scheme) || (wanted.eq_ignore_ascii_case("http") && scheme == "https");
    }
    let (wanted, rest) = source.split_once("://").unwrap_or((page.split(':').next().unwrap_or("https"), source));
    let same = wanted.eq_ignore_ascii_case(scheme) || (wanted.eq_ignore_ascii_case("http") && scheme == "https");
    let host_port = rest.split('/').next().unwrap_or(rest);
    let (host, port) = host_port.rsplit_once(':').map_or((host_port, None), |(h, p)| (h, Some(p)));
    let named = match host.strip_prefix('*') {
        Some("") => true,
        Some(suffix) => store_url.host.to_ascii_lowercase().ends_with(&suffix.to_ascii_lowercase()),
        None => store_url.host.eq_ignore_ascii_case(host),
    };
    let own = store_url.effective_port();
    let through = match port {
        Some("*") => true,
        Some(port) => port.parse() == Ok(own),
        None => own == if store_url.https { 443 } else { 80 },
    };
    same && named && through
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(policy: &str, directive: &str, store: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, policy.parse().unwrap());
        allows(&headers, directive, store, "https://langfuse.example")
    }

    #[test]
    fn sources_are_matched_as_browsers_do() {
        // As Langfuse v4.16.0 has it, shortened.
        let policy = "default-src 'self' https:; img-src 'self' https: blob: data: http://localhost:*; \
            connect-src 'self' https://*.amazonaws.com https://storage.googleapis.com http://localhost:*; frame-src 'none'";
        for (directive, store, expected) in [
            ("img-src", "https://media.example", true),
            ("img-src", "http://media.example", false),
            ("img-src", "http://localhost:9090", true),
            ("img-src", "http://127.0.0.1:9090", false),
            ("media-src", "https://media.example", true),
            ("connect-src", "https://media.example", false),
            ("connect-src", "https://b.s3.eu-west-1.amazonaws.com", true),
            ("connect-src", "https://storage.googleapis.com", true),
            ("connect-src", "https://storage.googleapis.com:8443", false),
            ("connect-src", "https://langfuse.example", true),
            ("frame-src", "https://media.example", false),
        ] {
            assert_eq!(allowed(policy, directive, store), expected, "{directive} {store}");
        }
        assert!(allowed("frame-src 'none'", "img-src", "http://anything"));
        assert!(allowed("img-src *", "img-src", "http://anything"));
        assert!(!allowed("img-src 'none', img-src *", "img-src", "http://anything"));
        assert!(allowed("img-src media.example", "img-src", "https://media.example"));
    }
}

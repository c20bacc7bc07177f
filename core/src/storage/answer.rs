//! What makes a response a success. The status alone doesn't: S3 sends 200 before a copy or an upload has ended,
//! a console returns its start page for every path, and a proxy its login page.

use http::HeaderMap;
use http::response::Parts;

use super::StoreError;
use super::error::Body;
use super::xml;

/// The error in `head` and `body`, at any status.
pub(super) fn refusal(head: &Parts, body: &[u8]) -> StoreError {
    StoreError::read(head.status, &head.headers, body)
}

/// A response with a success status that is invalid.
pub(super) fn unusable(head: &Parts, body: &[u8], why: &'static str) -> StoreError {
    StoreError::unusable(head.status, &head.headers, body, why)
}

/// Checks the response to a request that returns no document: a 2xx without an error document, a web page or
/// anything else that looks like markup.
///
/// # Errors
/// [`StoreError`] for any other response.
pub fn accepted(head: &Parts, body: &[u8]) -> Result<(), StoreError> {
    let error = refusal(head, body);
    if !head.status.is_success() || matches!(error.body, Body::Document | Body::Html) {
        return Err(error);
    }
    let markup = body.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'<');
    if markup { Err(unusable(head, body, "unexpected document")) } else { Ok(()) }
}

/// Whether a success has a store's headers. The body is the object's own bytes, so only these headers distinguish it
/// from the page of a server that returns one for every path. Every store sends an `ETag`; the IDs are for a store
/// behind a proxy that removes it.
#[must_use]
pub fn is_of_store(head: &Parts) -> bool {
    const IDS: [&str; 4] = ["x-amz-request-id", "x-amz-id-2", "x-ms-request-id", "x-guploader-uploadid"];
    let filled = |name: &str| head.headers.get(name).is_some_and(|value| !value.is_empty());
    filled("etag") || IDS.into_iter().any(filled)
}

/// The `ETag` of something written. Every store sends it; a server that doesn't has stored nothing.
pub(super) fn etag(head: &Parts, body: &[u8]) -> Result<String, StoreError> {
    text(&head.headers, "etag").ok_or_else(|| unusable(head, body, "no ETag"))
}

/// A header's value; `None` if it's missing, empty or not ASCII.
pub(super) fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|v| v.to_str().ok()).filter(|t| !t.is_empty()).map(str::to_owned)
}

/// Parses the document of a success with the root `root`: `visit` is called at the end of every element with the names
/// below the root and the element's own text. Don't use what was visited unless this returns `Ok`.
pub(super) fn document(
    head: &Parts,
    body: &[u8],
    root: &str,
    mut visit: impl FnMut(&[&str], &str),
) -> Result<(), StoreError> {
    if !head.status.is_success() {
        return Err(refusal(head, body));
    }
    let Ok(text) = std::str::from_utf8(body) else { return Err(unusable(head, body, "it isn't UTF-8")) };
    if text.trim().is_empty() {
        return Err(unusable(head, body, "its body is empty"));
    }
    let mut other = false;
    let walked = xml::walk(text, |path, own| {
        let Some((first, below)) = path.split_first() else { return };
        if first == root {
            let names: Vec<&str> = below.iter().map(String::as_str).collect();
            visit(&names, own);
        } else {
            other = true;
        }
    });
    match walked {
        Ok(()) if other => Err(unusable(head, body, "unexpected document type")),
        Ok(()) => Ok(()),
        Err(xml::Malformed) => Err(unusable(head, body, "malformed XML")),
    }
}

/// Parses the document of a success with a reader that doesn't need the head.
///
/// # Errors
/// [`StoreError`] for any other response, or if it's malformed.
pub fn read_document<T>(
    head: &Parts,
    body: &[u8],
    read: impl FnOnce(&[u8]) -> Result<T, xml::Malformed>,
) -> Result<T, StoreError> {
    let error = refusal(head, body);
    if !head.status.is_success() || matches!(error.body, Body::Document | Body::Html) {
        return Err(error);
    }
    read(body).map_err(|xml::Malformed| unusable(head, body, "malformed or unexpected document"))
}

/// Whether it's `true`, as stores write it.
pub(super) fn is_true(own: &str) -> bool {
    own.trim().eq_ignore_ascii_case("true")
}

/// The text of an optional element; an empty one counts as missing.
pub(super) fn filled(own: &str) -> Option<String> {
    (!own.trim().is_empty()).then(|| own.trim().to_owned())
}

/// The `ETag` of an element, with the quotes that conditions need and SeaweedFS omits.
pub(super) fn element_etag(own: &str) -> Option<String> {
    let etag = filled(own)?;
    Some(if etag.ends_with('"') { etag } else { format!("\"{etag}\"") })
}

#[cfg(test)]
pub(super) mod tests {
    use http::{Request, Response};

    use super::*;
    use crate::sign::{Credentials, KeyCache, Timestamp};
    use crate::storage::{RequestError, Signer, Target};
    use crate::text::secret::Secret;

    /// The head of an answer.
    pub fn head(status: u16, headers: &[(&str, &str)]) -> Parts {
        let mut builder = Response::builder().status(status);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.body(()).unwrap().into_parts().0
    }

    /// A request for the bucket `langfuse` on a store in path style, as somebody signs it.
    pub fn built<T>(build: impl FnOnce(&Target, &mut Signer<'_>) -> T) -> T {
        let target = Target::new(Some("http://store:9000"), "us-east-1", "langfuse", true).unwrap();
        let secret = Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        let credentials = Credentials { access_key_id: "AK".into(), secret, session_token: None };
        let mut keys = KeyCache::new();
        let at = Timestamp::from_unix(1_369_353_600).unwrap();
        build(&target, &mut Signer { credentials: &credentials, keys: &mut keys, at })
    }

    /// Method and what follows the host.
    pub fn line<B>(request: &Result<Request<B>, RequestError>) -> String {
        let request = request.as_ref().map_err(ToString::to_string).unwrap();
        format!("{} {}", request.method(), request.uri().path_and_query().unwrap())
    }

    /// A header of a request; empty where there is none.
    pub fn sent<'r, B>(request: &'r Result<Request<B>, RequestError>, name: &str) -> &'r str {
        request.as_ref().unwrap().headers().get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// Answers that call themselves a success and must count as none, for every reader.
    pub const FALSE_SUCCESSES: [&str; 4] = [
        "<?xml version=\"1.0\"?>\n<Error><Code>InternalError</Code><Message>We encountered an error.</Message></Error>",
        "<!doctype html><html><body>MinIO Console</body></html>",
        "<Error></Error>",
        "<Unheard/>",
    ];

    #[test]
    fn a_success_without_a_document_says_nothing() {
        for (status, body) in [(200, ""), (204, ""), (200, "  \n"), (200, "{\"ok\":true}")] {
            assert_eq!(accepted(&head(status, &[]), body.as_bytes()), Ok(()), "{body}");
        }
        for body in FALSE_SUCCESSES {
            assert!(accepted(&head(200, &[]), body.as_bytes()).is_err(), "{body}");
        }
        assert_eq!(accepted(&head(503, &[]), b"").unwrap_err().status, 503);
        assert!(accepted(&head(307, &[]), b"").is_err());
        let declared = head(200, &[("content-type", "text/html")]);
        assert_eq!(accepted(&declared, b"Sign in").unwrap_err().body, Body::Html);
        assert_eq!(accepted(&declared, b""), Ok(()));
    }

    #[test]
    fn an_object_comes_with_the_sign_of_a_store() {
        for (name, value, expected) in [
            ("etag", "\"e\"", true),
            ("x-amz-request-id", "R", true),
            ("x-ms-request-id", "z", true),
            ("etag", "", false),
            ("content-type", "text/html", false),
        ] {
            assert_eq!(is_of_store(&head(200, &[(name, value)])), expected, "{name}");
        }
    }

    #[test]
    fn documents_are_whole_and_of_their_kind() {
        let read = |status, body: &str| {
            let mut seen = Vec::new();
            document(&head(status, &[]), body.as_bytes(), "R", |path, own| {
                seen.push(format!("{}={own}", path.join("/")));
            })
            .map(|()| seen)
        };
        assert_eq!(read(200, "<x:R xmlns:x=\"u\"><A><B>1</B></A></x:R>").unwrap(), ["A/B=1", "A=", "="]);
        for (body, why) in [
            ("", "its body is empty"),
            (" \n ", "its body is empty"),
            ("<R><A>1</A>", "malformed XML"),
            ("R", "malformed XML"),
            ("<S><A/></S>", "unexpected document type"),
        ] {
            assert_eq!(read(200, body).unwrap_err().body, Body::Unusable(why), "{body}");
        }
        let error = read(200, FALSE_SUCCESSES[0]).unwrap_err();
        assert_eq!((error.label().as_str(), error.is_temporary()), ("InternalError", true));
        assert_eq!(read(200, FALSE_SUCCESSES[1]).unwrap_err().body, Body::Html);
        assert_eq!(read(404, "<R/>").unwrap_err().status, 404);
        let latin = document(&head(200, &[]), b"<R>\xe9</R>", "R", |_, _| ()).unwrap_err();
        assert_eq!(latin.to_string(), "HTTP 200: invalid response: it isn't UTF-8");
    }
}

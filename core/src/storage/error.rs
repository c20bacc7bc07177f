//! A store's error response: status, headers and body, parsed into one typed error.

use std::fmt;

use http::{HeaderMap, StatusCode};

use super::xml;
use crate::text::printable::escaped;

/// How much of a body is read. S3's errors have a few hundred bytes.
const LOOKED_AT: usize = 64 * 1024;

/// The longest string that is kept of a response, in characters.
const KEPT: usize = 1_000;

/// The kind of an error response's body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Body {
    /// Empty, as after a HEAD request.
    Empty,
    /// An error document.
    Document,
    /// A web page: the response of a console, a login page or a proxy.
    Html,
    /// Something else.
    Other,
    /// The response has a success status but is invalid; why, as a phrase.
    Unusable(&'static str),
}

/// An error response. Its strings are the store's and may be anything: `Display` escapes control characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoreError {
    /// The HTTP status.
    pub status: u16,
    /// `NoSuchBucket`; `None` if the response has none.
    pub code: Option<String>,
    /// The store's message; empty if the response has none.
    pub message: String,
    /// More details, from `<Details>` (Google, Cloudflare) or `<AuthenticationErrorDetail>` (Azure).
    pub details: Option<String>,
    /// The request ID, by which the store's operator finds the request.
    pub request_id: Option<String>,
    /// The region that the store expects.
    pub region: Option<String>,
    /// The host that the store redirects to.
    pub endpoint: Option<String>,
    /// Seconds to wait before the next attempt, from `Retry-After`.
    pub retry_after: Option<u64>,
    /// The kind of its body.
    pub body: Body,
}

impl StoreError {
    /// Parses an error response.
    #[must_use]
    pub fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let header = |name| headers.get(name).and_then(|v| v.to_str().ok()).filter(|t| !t.is_empty()).map(kept);
        let text = String::from_utf8_lossy(body.get(..LOOKED_AT).unwrap_or(body));
        let document = Document::read(&text);
        let kind = if document.is_error() {
            Body::Document
        } else if is_html(&text, headers) {
            Body::Html
        } else if text.trim().is_empty() {
            Body::Empty
        } else {
            Body::Other
        };
        // MinIO and Azure also send the error in headers, which is all there is after a HEAD request.
        let code = document.code.or_else(|| header("x-minio-error-code")).or_else(|| header("x-ms-error-code"));
        let described = header("x-minio-error-desc").map(|d| d.trim_matches('"').to_owned());
        let message = document.message.or(described).unwrap_or_default();
        let region = header("x-amz-bucket-region").or(document.region).or_else(|| expected_region(&message));
        Self {
            status: status.as_u16(),
            code,
            details: document.details,
            request_id: document
                .request_id
                .or_else(|| header("x-amz-request-id"))
                .or_else(|| header("x-ms-request-id"))
                .or_else(|| header("x-guploader-uploadid")),
            region: region.filter(|r| is_region(r)),
            endpoint: document.endpoint,
            retry_after: header("retry-after").and_then(|t| t.trim().parse().ok()),
            body: kind,
            message,
        }
    }

    /// The error in a response with a success status: S3 sends 200 before it has finished a copy or completed an
    /// upload.
    #[must_use]
    pub fn in_success(headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        let error = Self::read(StatusCode::OK, headers, body);
        (error.body == Body::Document).then_some(error)
    }

    /// A response with a success status that is invalid because of `why`; or the error or the web page that it
    /// turns out to be.
    #[must_use]
    pub fn unusable(status: StatusCode, headers: &HeaderMap, body: &[u8], why: &'static str) -> Self {
        let mut error = Self::read(status, headers, body);
        if !matches!(error.body, Body::Document | Body::Html) {
            error.body = Body::Unusable(why);
        }
        error
    }

    /// The code, or else the status: `HTTP 403`.
    #[must_use]
    pub fn label(&self) -> String {
        self.code.as_deref().map_or_else(|| format!("HTTP {}", self.status), escaped)
    }

    /// Whether the same request may succeed later.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        const CODES: [&str; 9] = [
            "InternalError",
            "OperationAborted",
            "RequestTimeout",
            "ServerBusy",
            "ServiceUnavailable",
            "SlowDown",
            "Throttling",
            "ThrottlingException",
            "TooManyRequests",
        ];
        matches!(self.status, 408 | 429 | 500 | 502..=504) || self.code.as_deref().is_some_and(|c| CODES.contains(&c))
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label())?;
        if self.code.is_some() {
            write!(f, " (HTTP {})", self.status)?;
        }
        match (self.message.is_empty(), self.body) {
            (false, _) => write!(f, ": {}", escaped(&self.message))?,
            (true, Body::Html) => f.write_str(": a web page instead of a store's response")?,
            (true, Body::Unusable(why)) => write!(f, ": invalid response: {why}")?,
            (true, _) => {}
        }
        self.details.iter().try_for_each(|d| write!(f, " ({})", escaped(d)))
    }
}

impl std::error::Error for StoreError {}

#[derive(Default)]
struct Document {
    code: Option<String>,
    message: Option<String>,
    details: Option<String>,
    request_id: Option<String>,
    region: Option<String>,
    endpoint: Option<String>,
}

impl Document {
    /// Parses `<Error>`, alone or inside `<ErrorResponse>` (STS). Of a truncated document, what came before counts.
    fn read(text: &str) -> Self {
        let mut document = Self::default();
        let mut other_root = false;
        let _ = xml::walk(text, |path, own| {
            let place = match path {
                [error, leaf] if error == "Error" => leaf,
                [response, error, leaf] if response == "ErrorResponse" && error == "Error" => leaf,
                [response, leaf] if response == "ErrorResponse" => leaf,
                [root, ..] => {
                    other_root |= root != "Error" && root != "ErrorResponse";
                    return;
                }
                [] => return,
            };
            let field = match place.as_str() {
                "Code" => &mut document.code,
                "Message" => &mut document.message,
                "Details" => &mut document.details,
                // Azure's reason for a refused signature. Some of them quote the signature and the string to sign.
                "AuthenticationErrorDetail" if !says_string_to_sign(own) => &mut document.details,
                "RequestId" => &mut document.request_id,
                "Region" => &mut document.region,
                "Endpoint" => &mut document.endpoint,
                _ => return,
            };
            // Azure repeats the request ID and the time below its message.
            let own = own.split("\nRequestId:").next().unwrap_or(own).trim();
            if field.is_none() && !own.is_empty() {
                *field = Some(kept(own));
            }
        });
        if other_root { Self::default() } else { document }
    }

    fn is_error(&self) -> bool {
        self.code.is_some() || self.message.is_some()
    }
}

fn says_string_to_sign(text: &str) -> bool {
    text.to_ascii_lowercase().contains("string to sign")
}

fn kept(text: &str) -> String {
    text.chars().take(KEPT).collect()
}

fn is_html(text: &str, headers: &HeaderMap) -> bool {
    let declared = headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or("");
    let starts = |prefix: &str| {
        let start = text.trim_start().as_bytes().get(..prefix.len());
        start.is_some_and(|s| s.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    starts("<!doctype html") || starts("<html") || (declared.starts_with("text/html") && !text.trim().is_empty())
}

/// The region in "the region 'us-east-1' is wrong; expecting 'eu-west-1'".
fn expected_region(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("expecting '")?;
    rest.split_once('\'').map(|(region, _)| region.to_owned())
}

fn is_region(text: &str) -> bool {
    (1..=63).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn read(status: u16, headers: &[(&'static str, &str)], body: &[u8]) -> StoreError {
        let headers = headers.iter().map(|(n, v)| (n.parse().unwrap(), HeaderValue::from_str(v).unwrap())).collect();
        StoreError::read(StatusCode::from_u16(status).unwrap(), &headers, body)
    }

    #[test]
    fn reads_what_s3_says() {
        let body = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AuthorizationHeaderMalformed</Code>\
            <Message>The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'\
            </Message><Region>eu-west-1</Region><RequestId>R1</RequestId><HostId>h</HostId></Error>";
        let error = read(400, &[("x-amz-request-id", "R2")], body);
        assert_eq!(error.code.as_deref(), Some("AuthorizationHeaderMalformed"));
        assert_eq!((error.region.as_deref(), error.request_id.as_deref()), (Some("eu-west-1"), Some("R1")));
        assert_eq!((error.body, error.is_temporary()), (Body::Document, false));
        assert!(error.to_string().starts_with("AuthorizationHeaderMalformed (HTTP 400): The authorization header"));

        let message = b"<Error><Code>X</Code><Message>expecting 'a/b'</Message></Error>";
        assert_eq!(read(400, &[], message).region, None);
        let sts = b"<ErrorResponse><Error><Code>ExpiredToken</Code></Error><RequestId>q</RequestId></ErrorResponse>";
        let sts = read(403, &[], sts);
        assert_eq!((sts.label().as_str(), sts.request_id.as_deref()), ("ExpiredToken", Some("q")));
    }

    #[test]
    fn reads_headers_where_there_is_no_body() {
        let error = read(301, &[("x-amz-bucket-region", "eu-central-1")], b"");
        assert_eq!((error.label().as_str(), error.region.as_deref()), ("HTTP 301", Some("eu-central-1")));
        let minio = [("x-minio-error-code", "NoSuchBucket"), ("x-minio-error-desc", "\"gone\"")];
        assert_eq!(read(404, &minio, b"").to_string(), "NoSuchBucket (HTTP 404): gone");
        let azure = read(404, &[("x-ms-error-code", "ContainerNotFound"), ("x-ms-request-id", "z")], b"");
        assert_eq!((azure.label().as_str(), azure.request_id.as_deref()), ("ContainerNotFound", Some("z")));
        let busy = read(503, &[("retry-after", "7")], b"");
        assert_eq!((busy.retry_after, busy.is_temporary(), busy.body), (Some(7), true, Body::Empty));
    }

    #[test]
    fn reads_what_azure_says() {
        let refused = |detail: &str| {
            let body = format!(
                "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>AuthenticationFailed</Code>\
                 <Message>Server failed to authenticate the request.\nRequestId:r-1\nTime:2026-01-31T08:00:00.1Z\
                 </Message><AuthenticationErrorDetail>{detail}</AuthenticationErrorDetail></Error>"
            );
            read(403, &[("x-ms-request-id", "r-1"), ("x-ms-error-code", "AuthenticationFailed")], body.as_bytes())
        };
        let late = refused("Request date header too old: 'Fri, 30 Jan 2026 08:00:00 GMT'");
        assert_eq!((late.code.as_deref(), late.request_id.as_deref()), (Some("AuthenticationFailed"), Some("r-1")));
        assert_eq!(late.message, "Server failed to authenticate the request.");
        assert!(late.to_string().ends_with("(Request date header too old: 'Fri, 30 Jan 2026 08:00:00 GMT')"));
        let wrong = refused("The MAC signature c2ln is not the same. Server used following string to sign: 'PUT'.");
        assert_eq!(wrong.details, None);
    }

    #[test]
    fn a_success_may_hide_a_refusal() {
        let none = HeaderMap::new();
        let error = StoreError::in_success(&none, b"  <Error><Code>InternalError</Code></Error>").unwrap();
        assert!(error.is_temporary());
        for body in [
            b"<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>".as_slice(),
            b"<DeleteResult><Error><Code>AccessDenied</Code></Error></DeleteResult>",
            b"",
        ] {
            assert_eq!(StoreError::in_success(&none, body), None);
        }
    }

    #[test]
    fn hostile_bodies_give_a_sensible_error() {
        let page = read(200, &[], b"\n<!DOCTYPE html><html><body>Sign in<br></body></html>");
        assert_eq!(
            (page.body, page.to_string().as_str()),
            (Body::Html, "HTTP 200: a web page instead of a store's response")
        );
        assert_eq!(read(403, &[("content-type", "text/html")], b"<b>no").body, Body::Html);
        assert_eq!(read(500, &[], b"{\"error\":1}").body, Body::Other);
        let cut = read(403, &[], b"<Error><Code>AccessDenied</Code><Message>Acc");
        assert_eq!((cut.label().as_str(), cut.message.as_str()), ("AccessDenied", ""));
        let odd = read(403, &[], b"<Error><Code>A\xff\x1b[31m</Code><Message>&#27;]0;x&#7;</Message></Error>");
        assert!(!odd.to_string().contains('\u{1b}') && odd.body == Body::Document, "{odd}");
        let bomb = b"<!DOCTYPE e [<!ENTITY a \"aaaa\">]><Error><Message>&a;</Message><Code>X</Code></Error>";
        assert_eq!(read(400, &[], bomb).body, Body::Other);
        let mut huge = b"<Error><Code>SlowDown</Code><Message>".to_vec();
        huge.resize(10 * 1024 * 1024, b'x');
        assert_eq!(read(503, &[], &huge).label(), "SlowDown");
        huge.splice(..0, b"<Error><Code>".iter().copied());
        assert_eq!(read(503, &[], &huge).label(), "HTTP 503");
        let long = format!("<Error><Message>{}</Message></Error>", "é".repeat(30_000));
        assert_eq!(read(400, &[], long.as_bytes()).message.chars().count(), KEPT);
    }

    proptest! {
        #[test]
        fn no_body_stops_the_program(body in proptest::collection::vec(any::<u8>(), 0..300), status in 100_u16..600) {
            let _ = read(status, &[], &body).to_string();
        }

        #[test]
        fn no_document_stops_the_program(body in "(<|</|>|&|;|#|Error|Code|Message|!\\[CDATA\\[|\\]\\]|!--| |x|\\?|é){0,40}") {
            let _ = read(400, &[], body.as_bytes()).to_string();
        }
    }
}

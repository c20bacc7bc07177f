//! What wraps s3s: CORS, the region check, request IDs and error messages.

use std::sync::Arc;

use bytes::Bytes;
use hyper::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use hyper::{Method, Request, StatusCode};
use s3s::service::S3Service;
use s3s::{Body, HttpResponse};

use super::cors;
use super::disk;
use super::error;
use super::region::{self, Refusal};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-request-id");
const BUCKET_REGION: HeaderName = HeaderName::from_static("x-amz-bucket-region");

// Errors are a few hundred bytes; anything larger is an object.
const ERROR_MAX_BYTES: usize = 16 * 1024;

/// Handles every request.
#[derive(Debug, Clone)]
pub(super) struct Middleware {
    pub s3: S3Service,
    pub region: Arc<str>,
}

impl Middleware {
    /// Answers one request. It can't fail: an error is a response.
    pub(super) async fn answer(&self, request: Request<Body>) -> HttpResponse {
        let request_id = disk::unique_name().to_ascii_uppercase();
        let origin = request.headers().get(ORIGIN).cloned();
        let mut response = if request.method() == Method::OPTIONS {
            preflight(request.headers(), &request_id)
        } else if let Some(refusal) = self.refuse(&request) {
            refused(StatusCode::BAD_REQUEST, &refusal, &request_id)
        } else if let Ok(mut response) = self.s3.call(request).await {
            add_message(&mut response);
            correct_status(&mut response);
            response
        } else {
            let refusal = plain("InternalError", "We encountered an internal error. Please try again.");
            refused(StatusCode::INTERNAL_SERVER_ERROR, &refusal, &request_id)
        };
        if let Ok(value) = HeaderValue::try_from(request_id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        if let Some(origin) = origin
            && !response.headers().contains_key(hyper::header::ACCESS_CONTROL_ALLOW_ORIGIN)
        {
            cors::expose(response.headers_mut(), &origin);
        }
        response
    }

    fn refuse(&self, request: &Request<Body>) -> Option<Refusal> {
        if request.method() == Method::POST && is_form(request.headers()) {
            // s3s would buffer the whole file in memory.
            return Some(plain(
                "InvalidRequest",
                "This store doesn't support uploads from HTML forms; use a presigned PUT",
            ));
        }
        region::check(request.uri().query(), request.headers(), &self.region)
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("multipart/form-data"))
}

fn plain(code: &'static str, message: &str) -> Refusal {
    Refusal { code, message: message.to_owned(), region: None }
}

fn preflight(request: &HeaderMap, request_id: &str) -> HttpResponse {
    match cors::preflight(request) {
        Some(headers) => {
            let mut response = HttpResponse::new(Body::empty());
            *response.headers_mut() = headers;
            response
        }
        None => refused(
            StatusCode::BAD_REQUEST,
            &plain("BadRequest", "Insufficient information. Origin request header needed."),
            request_id,
        ),
    }
}

fn refused(status: StatusCode, refusal: &Refusal, request_id: &str) -> HttpResponse {
    let region =
        refusal.region.as_deref().map(|region| format!("<Region>{}</Region>", escape(region))).unwrap_or_default();
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message>{region}<RequestId>{request_id}</RequestId></Error>",
        refusal.code,
        escape(&refusal.message),
    );
    let mut response = HttpResponse::new(Body::from(Bytes::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    if let Some(region) = &refusal.region
        && let Ok(region) = HeaderValue::try_from(region)
    {
        headers.insert(BUCKET_REGION, region);
    }
    response
}

/// Adds S3's message to an error that s3s raised without one.
fn add_message(response: &mut HttpResponse) {
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return;
    }
    let Some(bytes) = response.body().bytes().filter(|bytes| bytes.len() <= ERROR_MAX_BYTES) else {
        return;
    };
    let Some(text) = std::str::from_utf8(&bytes).ok().and_then(with_message) else {
        return;
    };
    *response.body_mut() = Body::from(Bytes::from(text));
    response.headers_mut().remove(CONTENT_LENGTH);
}

/// s3s answers a HEAD of a range with 200, regardless of the operation's status.
fn correct_status(response: &mut HttpResponse) {
    if response.status() == StatusCode::OK && response.headers().contains_key(CONTENT_RANGE) {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
}

fn with_message(xml: &str) -> Option<String> {
    let (before, rest) = xml.split_once("<Code>")?;
    let (code, after) = rest.split_once("</Code>")?;
    if after.contains("<Message>") {
        return None;
    }
    let message = escape(error::default_message(code)?);
    Some(format!("{before}<Code>{code}</Code><Message>{message}</Message>{after}"))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_errors_without_a_message_change() {
        let bare = "<Error><Code>KeyTooLongError</Code></Error>";
        assert_eq!(
            with_message(bare).unwrap(),
            "<Error><Code>KeyTooLongError</Code><Message>Your key is too long</Message></Error>"
        );
        assert_eq!(with_message("<Error><Code>NoSuchKey</Code><Message>x</Message></Error>"), None);
        assert_eq!(with_message("<Error><Code>Unheard</Code></Error>"), None);
        assert_eq!(with_message("no xml"), None);
    }

    #[test]
    fn a_region_from_a_client_is_escaped() {
        let refusal = Refusal { code: "C", message: "'<a>&'".to_owned(), region: Some("r".to_owned()) };
        let response = refused(StatusCode::BAD_REQUEST, &refusal, "1");
        let body = response.body().bytes().unwrap();
        let text = std::str::from_utf8(&body).unwrap();
        assert!(text.contains("<Message>'&lt;a&gt;&amp;'</Message><Region>r</Region>"));
    }
}

//! Langfuse's own media upload: announce the file to its API, upload it to the presigned URL in the response, and
//! report the result to the API. Only this adds the media file to Langfuse's database; writing the object alone
//! doesn't.
//!
//! Source: the media endpoints of Langfuse's public API (`/api/public/media`), as its SDKs use them.

use std::fmt;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::response::Parts;
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use serde::{Deserialize, Serialize};

use super::media::Sha256;
use crate::config::endpoint::Endpoint;
use crate::storage::StoreError;
use crate::text::base64;
use crate::text::secret::Secret;

/// A Langfuse API, called with a project's keys.
#[derive(Clone, Debug)]
pub struct Api {
    base: String,
    authorization: Secret,
}

/// Why the API can't be called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ApiError {
    /// The host isn't a URL.
    Host,
    /// A key contains a character that's invalid in a header.
    Key,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => "the host isn't a URL; expected one such as https://langfuse.example",
            Self::Key => "the public or the secret key contains an invalid character",
        })
    }
}

impl std::error::Error for ApiError {}

/// The fields that can reference a media file.
pub const FIELDS: [&str; 3] = ["input", "output", "metadata"];

/// What the media file belongs to, and where it's referenced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mention {
    /// The trace.
    pub trace_id: String,
    /// The observation in the trace.
    pub observation_id: Option<String>,
    /// One of [`FIELDS`].
    pub field: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Announcement<'a> {
    trace_id: &'a str,
    observation_id: Option<&'a str>,
    field: &'a str,
    content_type: &'a str,
    content_length: u64,
    sha256_hash: &'a str,
}

/// Langfuse's response to an announcement.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Announced {
    /// The media ID.
    pub media_id: String,
    /// Where to upload it; `None` if Langfuse already has it.
    pub upload_url: Option<String>,
}

/// The URL contains a signature, so it's redacted.
impl fmt::Debug for Announced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let link = self.upload_url.as_ref().map(|_| crate::text::secret::REDACTED);
        f.debug_struct("Announced").field("media_id", &self.media_id).field("upload_url", &link).finish()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    uploaded_at: &'a str,
    upload_http_status: u16,
    upload_http_error: Option<&'a str>,
    upload_time_ms: u64,
}

impl Api {
    /// The API at `host`, a URL with or without a path.
    ///
    /// # Errors
    /// [`ApiError`].
    pub fn new(host: &str, public_key: &str, secret_key: &Secret) -> Result<Self, ApiError> {
        let host = host.trim().trim_end_matches('/');
        Endpoint::parse(host).map_err(|_| ApiError::Host)?;
        let authorization =
            format!("Basic {}", base64::encode(format!("{public_key}:{}", secret_key.expose()).as_bytes()));
        HeaderValue::from_str(&authorization).map_err(|_| ApiError::Key)?;
        Ok(Self { base: host.to_owned(), authorization: Secret::new(authorization) })
    }

    /// Announces a file to Langfuse. Idempotent.
    ///
    /// # Errors
    /// [`ApiError::Host`] if the URL is invalid.
    pub fn announce(
        &self,
        mention: &Mention,
        content_type: &str,
        content_length: u64,
        sha256: &Sha256,
    ) -> Result<Request<Vec<u8>>, ApiError> {
        let announcement = Announcement {
            trace_id: &mention.trace_id,
            observation_id: mention.observation_id.as_deref(),
            field: &mention.field,
            content_type,
            content_length,
            sha256_hash: &sha256.base64(),
        };
        self.request(Method::POST, "/api/public/media", &announcement)
    }

    /// Reports the upload of `media_id` to Langfuse: its time, HTTP status, the store's error, and its duration.
    ///
    /// # Errors
    /// [`ApiError::Host`] if the URL is invalid.
    pub fn report(
        &self,
        media_id: &str,
        uploaded_at: &str,
        status: u16,
        error: Option<&str>,
        milliseconds: u64,
    ) -> Result<Request<Vec<u8>>, ApiError> {
        let outcome =
            Outcome { uploaded_at, upload_http_status: status, upload_http_error: error, upload_time_ms: milliseconds };
        let mut path = String::from("/api/public/media/");
        crate::sign::encode::push_query(&mut path, media_id);
        self.request(Method::PATCH, &path, &outcome)
    }

    fn request(&self, method: Method, path: &str, body: &impl Serialize) -> Result<Request<Vec<u8>>, ApiError> {
        let mut request = Request::new(serde_json::to_vec(body).unwrap_or_default());
        *request.method_mut() = method;
        *request.uri_mut() = format!("{}{path}", self.base).parse().map_err(|_| ApiError::Host)?;
        let mut authorization = HeaderValue::from_str(self.authorization.expose()).map_err(|_| ApiError::Key)?;
        authorization.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, authorization);
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(request)
    }
}

impl Announced {
    /// Parses Langfuse's response.
    ///
    /// # Errors
    /// [`StoreError`] for an error, and for a success that isn't a response of this API.
    pub fn read(head: &Parts, body: &[u8]) -> Result<Self, StoreError> {
        if !head.status.is_success() {
            return Err(refusal(head, body));
        }
        serde_json::from_slice(body).map_err(|_| {
            StoreError::unusable(head.status, &head.headers, body, "it isn't a response of Langfuse's media API")
        })
    }

    /// The head of the upload, for a body of `content_length` bytes: the headers that Langfuse's SDKs send. Google's
    /// URLs sign only the content type.
    ///
    /// # Errors
    /// [`ApiError::Host`] if Langfuse's URL is invalid.
    pub fn upload(
        &self,
        content_type: &str,
        content_length: u64,
        sha256: &Sha256,
    ) -> Result<Option<Request<()>>, ApiError> {
        let Some(url) = &self.upload_url else { return Ok(None) };
        let uri: Uri = url.parse().map_err(|_| ApiError::Host)?;
        let google = uri.host() == Some("storage.googleapis.com");
        let (length, sha256) = (content_length.to_string(), sha256.base64());
        let headers = [
            ("content-type", content_type),
            ("content-length", &length),
            ("x-amz-checksum-sha256", &sha256),
            ("x-ms-blob-type", "BlockBlob"),
        ];
        let mut request = Request::new(());
        *request.method_mut() = Method::PUT;
        *request.uri_mut() = uri;
        for (name, value) in headers.into_iter().filter(|(name, _)| !google || name.starts_with("content-")) {
            let value = HeaderValue::from_str(value).map_err(|_| ApiError::Key)?;
            request.headers_mut().insert(HeaderName::from_static(name), value);
        }
        Ok(Some(request))
    }
}

/// An error response from Langfuse: JSON with a message.
#[must_use]
pub fn refusal(head: &Parts, body: &[u8]) -> StoreError {
    #[derive(Deserialize)]
    struct Said {
        message: Option<String>,
        error: Option<serde_json::Value>,
    }
    let mut error = StoreError::read(head.status, &head.headers, body);
    if let Ok(said) = serde_json::from_slice::<Said>(body) {
        let text = said.message.or_else(|| said.error.as_ref().and_then(|e| e.as_str()).map(str::to_owned));
        error.message = text.unwrap_or_default();
    }
    error
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;

    fn api() -> Api {
        Api::new("https://langfuse.example/base/", "pk-lf-1", &Secret::new("sk-lf-2")).unwrap()
    }

    fn head(status: u16) -> Parts {
        Response::builder().status(status).body(()).unwrap().into_parts().0
    }

    #[test]
    fn announces_uploads_and_reports() {
        let mention = Mention { trace_id: "t".into(), observation_id: None, field: "input".into() };
        let hash = Sha256::of(b"x");
        let request = api().announce(&mention, "image/png", 1, &hash).unwrap();
        assert_eq!(request.uri(), "https://langfuse.example/base/api/public/media");
        assert_eq!(request.headers()["authorization"], "Basic cGstbGYtMTpzay1sZi0y");
        let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        let expected = serde_json::json!({
            "traceId": "t", "observationId": null, "field": "input", "contentType": "image/png", "contentLength": 1,
            "sha256Hash": hash.base64(),
        });
        assert_eq!(body, expected);
        let announced = Announced::read(&head(201), br#"{"mediaId":"m","uploadUrl":"https://s/k?sig=1"}"#).unwrap();
        assert!(!format!("{announced:?}").contains("sig="));
        let upload = announced.upload("image/png", 1, &hash).unwrap().unwrap();
        assert_eq!((upload.method(), upload.headers().len()), (&Method::PUT, 4));
        let google = Announced { upload_url: Some("https://storage.googleapis.com/b/k?x".into()), ..announced };
        assert_eq!(google.upload("image/png", 1, &hash).unwrap().unwrap().headers().len(), 2);
        let there = Announced::read(&head(200), br#"{"mediaId":"m","uploadUrl":null}"#).unwrap();
        assert!(there.upload("image/png", 1, &hash).unwrap().is_none());
        let report = api().report("m/1", "2026-01-31T00:00:00Z", 200, None, 5).unwrap();
        assert_eq!(report.uri().path(), "/base/api/public/media/m%2F1");
    }

    #[test]
    fn errors_carry_langfuses_message() {
        let error = Announced::read(&head(401), br#"{"message":"Invalid credentials"}"#).unwrap_err();
        assert_eq!(error.to_string(), "HTTP 401: Invalid credentials");
        assert!(Announced::read(&head(200), b"<html>login</html>").is_err());
        assert_eq!(Api::new("langfuse.example", "p", &Secret::new("s")).unwrap_err(), ApiError::Host);
        assert!(!format!("{:?}", api()).contains("c2st"));
    }
}

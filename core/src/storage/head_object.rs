//! Asks for an object's facts without its bytes.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>

use http::{HeaderMap, Method, Request};

use super::{RequestError, Signer, Target, head};
use crate::sign::Payload;

/// A question for an object's facts.
#[derive(Clone, Copy, Debug)]
pub struct HeadObject<'a> {
    /// The whole key.
    pub key: &'a str,
}

impl HeadObject<'_> {
    /// The head to send.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent.
    pub fn request(&self, target: &Target, signer: &mut Signer<'_>) -> Result<Request<()>, RequestError> {
        head(Method::HEAD, target, self.key, "", &[], &Payload::EMPTY, signer)
    }
}

/// What an answer's headers say about an object; of a read and of a write too. `None` where the store doesn't say.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ObjectFacts {
    /// Bytes of the body that follows; of the object, where all of it was asked for.
    pub length: Option<u64>,
    /// The `ETag`, quotes included.
    pub etag: Option<String>,
    /// The content type.
    pub content_type: Option<String>,
    /// The time of the last write, as HTTP writes it.
    pub last_modified: Option<String>,
    /// The server-side encryption in force.
    pub sse: Option<String>,
    /// The SHA-256 that the store keeps, in base64.
    pub checksum_sha256: Option<String>,
}

impl ObjectFacts {
    /// Reads `headers`.
    #[must_use]
    pub fn read(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        Self {
            length: text("content-length").and_then(|t| t.parse().ok()),
            etag: text("etag"),
            content_type: text("content-type"),
            last_modified: text("last-modified"),
            sse: text("x-amz-server-side-encryption"),
            checksum_sha256: text("x-amz-checksum-sha256"),
        }
    }
}

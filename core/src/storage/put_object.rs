//! Writes an object in one request.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>

use http::{Method, Request};

use super::{Encryption, RequestError, Signer, Target, head};
use crate::sign::Payload;

/// A write.
#[derive(Clone, Copy, Debug)]
pub struct PutObject<'a> {
    /// The whole key.
    pub key: &'a str,
    /// What the object is.
    pub content_type: Option<&'a str>,
    /// The body's length in bytes. Stores refuse a body of unknown length.
    pub content_length: u64,
    /// The body's SHA-256, or [`Payload::UNSIGNED`] where it can't be read twice.
    pub payload: &'a Payload,
    /// The body's SHA-256 in base64, for the store to check and keep. Langfuse sends none.
    pub checksum_sha256: Option<&'a str>,
    /// Server-side encryption.
    pub encryption: Encryption<'a>,
    /// Writes only where the key is free (`If-None-Match: *`).
    pub if_absent: bool,
}

impl PutObject<'_> {
    /// The head to send before the body.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent or a header that can't be one.
    pub fn request(&self, target: &Target, signer: &mut Signer<'_>) -> Result<Request<()>, RequestError> {
        let length = self.content_length.to_string();
        let mut headers = vec![("content-length", length.as_str())];
        headers.extend(self.content_type.map(|v| ("content-type", v)));
        headers.extend(self.checksum_sha256.map(|v| ("x-amz-checksum-sha256", v)));
        headers.extend(self.encryption.headers());
        headers.extend(self.if_absent.then_some(("if-none-match", "*")));
        head(Method::PUT, target, self.key, "x-id=PutObject", &headers, self.payload, signer)
    }
}

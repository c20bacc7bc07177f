//! Reads an object's metadata without its bytes.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>

use http::response::Parts;
use http::{HeaderMap, Method, Request};

use super::{Checksum, RequestError, Signer, StoreError, Target, answer, head};
use crate::sign::Payload;

/// A request for an object's metadata.
#[derive(Clone, Copy, Debug)]
pub struct HeadObject<'a> {
    /// The full object key.
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

    /// Parses the metadata. The response has no body, so only a missing `ETag` shows that it isn't a store's.
    ///
    /// # Errors
    /// [`StoreError`] if the store refuses, which it does without a message, or if it isn't a store's response.
    pub fn read(&self, head: &Parts) -> Result<ObjectFacts, StoreError> {
        answer::accepted(head, b"")?;
        answer::etag(head, b"")?;
        Ok(ObjectFacts::read(&head.headers))
    }
}

/// An object's metadata in response headers, also those of a read or a write. `None` if the store doesn't send it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ObjectFacts {
    /// The length of the body that follows; of the object, if all of it was requested.
    pub length: Option<u64>,
    /// The `ETag`, quotes included.
    pub etag: Option<String>,
    /// The content type.
    pub content_type: Option<String>,
    /// The time of the last write, as an HTTP date.
    pub last_modified: Option<String>,
    /// The object's server-side encryption.
    pub sse: Option<String>,
    /// The checksums that the store keeps and sends.
    pub checksums: Vec<Checksum>,
    /// The version, in a bucket with versioning.
    pub version_id: Option<String>,
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
            checksums: Checksum::in_headers(headers),
            version_id: text("x-amz-version-id"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::head;
    use super::*;

    #[test]
    fn reads_the_facts() {
        let operation = HeadObject { key: "k" };
        let facts = [
            ("content-length", "5"),
            ("etag", "\"e\""),
            ("content-type", "text/plain"),
            ("last-modified", "Wed, 12 Oct 2009 17:50:00 GMT"),
            ("x-amz-checksum-crc32", "AAAAAA=="),
            ("x-amz-version-id", "v"),
        ];
        let facts = operation.read(&head(200, &facts)).unwrap();
        assert_eq!((facts.length, facts.etag.as_deref()), (Some(5), Some("\"e\"")));
        assert_eq!((facts.checksums.len(), facts.version_id.as_deref()), (1, Some("v")));
        assert_eq!(operation.read(&head(404, &[])).unwrap_err().status, 404);
        assert!(operation.read(&head(200, &[("content-type", "text/html")])).is_err());
    }
}

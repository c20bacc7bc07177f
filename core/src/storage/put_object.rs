//! Writes an object in one request.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>

use http::response::Parts;
use http::{Method, Request};

use super::head_object::ObjectFacts;
use super::{Checksum, Encryption, RequestError, Signer, StoreError, Target, answer, head};
use crate::sign::Payload;

/// A write.
#[derive(Clone, Copy, Debug)]
pub struct PutObject<'a> {
    /// The full object key.
    pub key: &'a str,
    /// The content type.
    pub content_type: Option<&'a str>,
    /// The body's length in bytes. Stores refuse a body of unknown length.
    pub content_length: u64,
    /// The body's SHA-256, or [`Payload::UNSIGNED`] if it can't be read twice.
    pub payload: &'a Payload,
    /// The body's checksum, for the store to verify and keep. Langfuse sends none.
    pub checksum: Option<&'a Checksum>,
    /// Server-side encryption.
    pub encryption: Encryption<'a>,
    /// Writes only if the key doesn't exist (`If-None-Match: *`).
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
        headers.extend(self.checksum.map(Checksum::header));
        headers.extend(self.encryption.headers());
        headers.extend(self.if_absent.then_some(("if-none-match", "*")));
        head(Method::PUT, target, self.key, "x-id=PutObject", &headers, self.payload, signer)
    }

    /// Parses the metadata of the stored object; [`ObjectFacts::etag`] is always set.
    ///
    /// # Errors
    /// [`StoreError`] if the store refuses, if the success isn't a store's, or if the
    /// checksum in the response differs from the one sent.
    pub fn read(&self, head: &Parts, body: &[u8]) -> Result<ObjectFacts, StoreError> {
        answer::accepted(head, body)?;
        let facts = ObjectFacts { etag: Some(answer::etag(head, body)?), ..ObjectFacts::read(&head.headers) };
        if self.checksum.is_some_and(|sent| facts.checksums.iter().any(|kept| sent.contradicts(kept))) {
            return Err(answer::unusable(head, body, "its checksum differs from the one that was sent"));
        }
        Ok(facts)
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::{FALSE_SUCCESSES, built, head, sent};
    use super::super::{Algorithm, error::Body};
    use super::*;

    #[test]
    fn a_success_alone_stores_nothing() {
        let checksum = Checksum::of(Algorithm::Sha256, b"a");
        let operation = PutObject {
            key: "k",
            content_type: None,
            content_length: 1,
            payload: &Payload::UNSIGNED,
            checksum: Some(&checksum),
            encryption: Encryption::default(),
            if_absent: false,
        };
        let request = built(|target, signer| operation.request(target, signer));
        assert_eq!(sent(&request, "x-amz-checksum-sha256"), checksum.value());

        let etag = ("etag", "\"e\"");
        let facts = operation.read(&head(200, &[etag, ("x-amz-server-side-encryption", "AES256")]), b"").unwrap();
        assert_eq!((facts.etag.as_deref(), facts.sse.as_deref()), (Some("\"e\""), Some("AES256")));
        assert_eq!(operation.read(&head(200, &[]), b"").unwrap_err().body, Body::Unusable("no ETag"));
        let other = Checksum::of(Algorithm::Sha256, b"b");
        let other = head(200, &[etag, other.header()]);
        assert!(matches!(operation.read(&other, b"").unwrap_err().body, Body::Unusable(_)));
        assert!(PutObject { checksum: None, ..operation }.read(&other, b"").is_ok());
        for body in FALSE_SUCCESSES {
            assert!(operation.read(&head(200, &[etag]), body.as_bytes()).is_err(), "{body}");
        }
    }
}

//! Uploads one part. A second part with the same number replaces the first.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html>

use http::response::Parts;
use http::{Method, Request};

use super::query::Query;
use super::{Checksum, Part, PartNumber, RequestError, Signer, StoreError, Target, answer, head};
use crate::sign::Payload;

/// A part to send.
#[derive(Clone, Copy, Debug)]
pub struct UploadPart<'a> {
    /// The full object key.
    pub key: &'a str,
    /// The upload ID.
    pub upload_id: &'a str,
    /// The part's number.
    pub number: PartNumber,
    /// The part's length in bytes.
    pub content_length: u64,
    /// The part's SHA-256, or [`Payload::UNSIGNED`].
    pub payload: &'a Payload,
    /// The part's checksum, for the store to verify.
    pub checksum: Option<&'a Checksum>,
}

impl UploadPart<'_> {
    /// The head to send before the part.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent.
    pub fn request(&self, target: &Target, signer: &mut Signer<'_>) -> Result<Request<()>, RequestError> {
        let length = self.content_length.to_string();
        let mut headers = vec![("content-length", length.as_str())];
        headers.extend(self.checksum.map(Checksum::header));
        let query =
            Query::new("x-id=UploadPart").with("partNumber", &self.number.to_string()).with("uploadId", self.upload_id);
        head(Method::PUT, target, self.key, query.as_str(), &headers, self.payload, signer)
    }

    /// Parses the stored part.
    ///
    /// # Errors
    /// [`StoreError`] if the store refuses, sends no `ETag`, or its checksum differs from the one sent.
    pub fn read(&self, head: &Parts, body: &[u8]) -> Result<Part, StoreError> {
        answer::accepted(head, body)?;
        let etag = answer::etag(head, body)?;
        let kept = Checksum::in_headers(&head.headers);
        if self.checksum.is_some_and(|sent| kept.iter().any(|k| sent.contradicts(k))) {
            return Err(answer::unusable(head, body, "its checksum differs from the one that was sent"));
        }
        let checksum = self.checksum.filter(|c| c.algorithm.element().is_some()).cloned();
        let checksum = checksum.or_else(|| kept.into_iter().next());
        Ok(Part { number: self.number, etag, size: self.content_length, checksum })
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::{FALSE_SUCCESSES, built, head, line, sent};
    use super::super::{Algorithm, error::Body};
    use super::*;

    #[test]
    fn a_part_is_addressed_and_checked() {
        let checksum = Checksum::of(Algorithm::Crc32c, b"part");
        let operation = UploadPart {
            key: "k",
            upload_id: "a/b+c=",
            number: PartNumber::new(7).unwrap(),
            content_length: 4,
            payload: &Payload::UNSIGNED,
            checksum: Some(&checksum),
        };
        let request = built(|target, signer| operation.request(target, signer));
        assert_eq!(line(&request), "PUT /langfuse/k?x-id=UploadPart&partNumber=7&uploadId=a%2Fb%2Bc%3D");
        assert_eq!(sent(&request, "x-amz-checksum-crc32c"), checksum.value());
        assert_eq!(sent(&request, "content-length"), "4");
        assert_eq!(sent(&request, "x-amz-content-sha256"), "UNSIGNED-PAYLOAD");

        let part = operation.read(&head(200, &[("etag", "\"e\"")]), b"").unwrap();
        assert_eq!((part.number.get(), part.etag.as_str(), part.size), (7, "\"e\"", 4));
        assert_eq!(part.checksum.as_ref(), Some(&checksum));
        let other = head(200, &[("etag", "\"e\""), ("x-amz-checksum-crc32c", "AAAAAA==")]);
        assert!(matches!(operation.read(&other, b"").unwrap_err().body, Body::Unusable(_)));
        assert_eq!(operation.read(&head(200, &[]), b"").unwrap_err().body, Body::Unusable("no ETag"));
        for body in FALSE_SUCCESSES {
            assert!(operation.read(&head(200, &[("etag", "\"e\"")]), body.as_bytes()).is_err(), "{body}");
        }
        let unasked = UploadPart { checksum: None, ..operation };
        let kept = unasked.read(&other, b"").unwrap().checksum.unwrap();
        assert_eq!(kept.to_string(), "CRC32C AAAAAA==");
    }
}

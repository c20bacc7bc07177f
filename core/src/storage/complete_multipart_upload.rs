//! Completes a multipart upload. S3 sends 200 before it's done, so the body decides.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html>

use std::fmt::Write as _;

use http::response::Parts;
use http::{Method, Request};
use md5::{Digest as _, Md5};

use super::query::Query;
use super::{Checksum, Part, RequestError, Signer, StoreError, Target, answer, head, xml};
use crate::checksum::Scope;
use crate::sign::Payload;
use crate::sign::encode::push_hex;

/// An upload to complete.
#[derive(Clone, Copy, Debug)]
pub struct CompleteMultipartUpload<'a> {
    /// The full object key.
    pub key: &'a str,
    /// The upload ID.
    pub upload_id: &'a str,
    /// All its parts, in ascending order.
    pub parts: &'a [Part],
    /// Whether to send the parts' checksums: required if the upload was created with them.
    pub with_checksums: bool,
    /// The whole object's checksum, if the upload was created with one that covers the object's bytes.
    pub full_object: Option<&'a Checksum>,
    /// Completes only if the key doesn't exist (`If-None-Match: *`).
    pub if_absent: bool,
}

/// The object of a completed upload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completed {
    /// Its `ETag`, quotes included.
    pub etag: String,
    /// Its URL as the store sends it; often the address behind a proxy.
    pub location: Option<String>,
    /// Its checksum, if the store keeps one.
    pub checksum: Option<Checksum>,
    /// Its version, in a bucket with versioning.
    pub version_id: Option<String>,
}

impl CompleteMultipartUpload<'_> {
    /// The request, with its body.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent, or for no parts or parts out of order.
    pub fn request(&self, target: &Target, signer: &mut Signer<'_>) -> Result<Request<Vec<u8>>, RequestError> {
        let ascending = self.parts.windows(2).all(|pair| match pair {
            [one, next] => one.number < next.number,
            _ => true,
        });
        if self.parts.is_empty() || !ascending {
            return Err(RequestError::PartOrder);
        }
        let body = self.body();
        let mut headers = vec![("content-type", "application/xml")];
        headers.extend(self.full_object.map(Checksum::header));
        headers.extend(self.full_object.map(|_| ("x-amz-checksum-type", Scope::FullObject.name())));
        headers.extend(self.if_absent.then_some(("if-none-match", "*")));
        let query = Query::new("").with("uploadId", self.upload_id);
        let payload = Payload::of(body.as_bytes());
        let head = head(Method::POST, target, self.key, query.as_str(), &headers, &payload, signer)?;
        Ok(head.map(|()| body.into_bytes()))
    }

    fn body(&self) -> String {
        let mut out = String::with_capacity(self.parts.len().saturating_mul(160).saturating_add(160));
        let _ = write!(out, "<CompleteMultipartUpload xmlns=\"{}\">", xml::NAMESPACE);
        for part in self.parts {
            out.push_str("<Part><ETag>");
            xml::push_escaped(&mut out, &part.etag);
            out.push_str("</ETag>");
            let checksum = part.checksum.as_ref().filter(|_| self.with_checksums);
            if let Some((checksum, element)) = checksum.and_then(|c| c.algorithm.element().map(|e| (c, e))) {
                let _ = write!(out, "<{element}>{}</{element}>", checksum.value());
            }
            let _ = write!(out, "<PartNumber>{}</PartNumber></Part>", part.number);
        }
        out.push_str("</CompleteMultipartUpload>");
        out
    }

    /// Parses the response.
    ///
    /// # Errors
    /// [`StoreError`] if the store refuses, also with a 200; if there is no `ETag`, or the checksum of the whole
    /// differs from the one sent.
    pub fn read(&self, head: &Parts, body: &[u8]) -> Result<Completed, StoreError> {
        let (mut etag, mut location, mut checksum) = (None, None, None);
        answer::document(head, body, "CompleteMultipartUploadResult", |path, own| match path {
            ["ETag"] => etag = answer::element_etag(own),
            ["Location"] => location = answer::filled(own),
            [name] => checksum = Checksum::in_element(name, own).or(checksum.take()),
            _ => {}
        })?;
        let checksum = checksum.or_else(|| Checksum::in_headers(&head.headers).into_iter().next());
        if self.full_object.zip(checksum.as_ref()).is_some_and(|(sent, kept)| sent.contradicts(kept)) {
            return Err(answer::unusable(head, body, "its checksum differs from the one that was sent"));
        }
        let etag = etag.ok_or_else(|| answer::unusable(head, body, "no ETag"))?;
        Ok(Completed { etag, location, checksum, version_id: answer::text(&head.headers, "x-amz-version-id") })
    }
}

/// The `ETag`, without quotes, that S3 gives an object of parts with these `ETag`s: the MD5 of their MD5s, and their
/// number. `None` if the parts' aren't MD5s, as with KMS encryption or at stores with other `ETag`s.
///
/// Source: Amazon S3 user guide, "Checking object integrity in Amazon S3".
#[must_use]
pub fn etag_of(parts: &[&str]) -> Option<String> {
    let mut digests = Md5::new();
    for part in parts {
        let digits = part.trim_matches('"');
        let digest =
            u128::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 32 && !digits.starts_with('+'))?;
        digests.update(digest.to_be_bytes());
    }
    let mut etag = String::with_capacity(40);
    push_hex(&mut etag, &digests.finalize());
    let _ = write!(etag, "-{}", parts.len());
    (!parts.is_empty()).then_some(etag)
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::{FALSE_SUCCESSES, built, head, line, sent};
    use super::super::{Algorithm, PartNumber, error::Body};
    use super::*;

    fn part(number: u64, etag: &str, bytes: &[u8]) -> Part {
        Part {
            number: PartNumber::new(number).unwrap(),
            etag: etag.into(),
            size: bytes.len() as u64,
            checksum: Some(Checksum::of(Algorithm::Crc32, bytes)),
        }
    }

    fn operation(parts: &[Part]) -> CompleteMultipartUpload<'_> {
        CompleteMultipartUpload {
            key: "k",
            upload_id: "u",
            parts,
            with_checksums: false,
            full_object: None,
            if_absent: false,
        }
    }

    #[test]
    fn names_the_parts_in_order() {
        let parts = [part(1, "\"a\"", b"1"), part(3, "b&<", b"2")];
        let request = built(|target, signer| operation(&parts).request(target, signer));
        assert_eq!(line(&request), "POST /langfuse/k?uploadId=u");
        let body = String::from_utf8(request.as_ref().unwrap().body().clone()).unwrap();
        assert_eq!(
            body,
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Part><ETag>&quot;a&quot;</ETag>\
             <PartNumber>1</PartNumber></Part><Part><ETag>b&amp;&lt;</ETag><PartNumber>3</PartNumber></Part>\
             </CompleteMultipartUpload>"
        );
        assert_eq!(sent(&request, "x-amz-content-sha256"), Payload::of(body.as_bytes()).as_str());

        let whole = Checksum::of(Algorithm::Crc32, b"12");
        let full = CompleteMultipartUpload {
            with_checksums: true,
            full_object: Some(&whole),
            if_absent: true,
            ..operation(&parts)
        };
        let request = built(|target, signer| full.request(target, signer));
        assert_eq!(sent(&request, "x-amz-checksum-crc32"), whole.value());
        assert_eq!(sent(&request, "x-amz-checksum-type"), "FULL_OBJECT");
        assert_eq!(sent(&request, "if-none-match"), "*");
        let body = String::from_utf8(request.unwrap().into_body()).unwrap();
        assert!(body.contains("</ETag><ChecksumCRC32>g9zvtw==</ChecksumCRC32><PartNumber>1<"), "{body}");

        let twice = [part(2, "a", b""), part(2, "b", b"")];
        for parts in [&[] as &[Part], &twice] {
            let refused = built(|target, signer| operation(parts).request(target, signer));
            assert_eq!(refused.unwrap_err(), RequestError::PartOrder);
        }
    }

    #[test]
    fn the_body_decides() {
        let parts = [part(1, "a", b"1")];
        let operation = operation(&parts);
        let aws = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n   \n<CompleteMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
            <Location>http://b.s3.amazonaws.com/k</Location><Bucket>b</Bucket><Key>k</Key><ETag>&quot;abc-2&quot;</ETag>\
            <ChecksumCRC32>AAAAAA==-2</ChecksumCRC32><ChecksumType>COMPOSITE</ChecksumType></CompleteMultipartUploadResult>";
        let done = operation.read(&head(200, &[("x-amz-version-id", "v1")]), aws.as_bytes()).unwrap();
        assert_eq!((done.etag.as_str(), done.version_id.as_deref()), ("\"abc-2\"", Some("v1")));
        assert_eq!(done.location.as_deref(), Some("http://b.s3.amazonaws.com/k"));
        assert_eq!(done.checksum.unwrap().value(), "AAAAAA==-2");

        // White space keeps the connection open while the parts are put together.
        let late = format!("    \n   {}", FALSE_SUCCESSES[0]);
        let error = operation.read(&head(200, &[]), late.as_bytes()).unwrap_err();
        assert_eq!((error.label().as_str(), error.is_temporary()), ("InternalError", true));
        let empty = operation.read(&head(200, &[]), b"   \n").unwrap_err();
        assert_eq!(empty.body, Body::Unusable("its body is empty"));
        for body in FALSE_SUCCESSES.into_iter().chain(["<CompleteMultipartUploadResult/>", &aws[..260]]) {
            assert!(operation.read(&head(200, &[]), body.as_bytes()).is_err(), "{body}");
        }
        let whole = Checksum::parse(Algorithm::Crc32, "AAAAAQ==").unwrap();
        let full = CompleteMultipartUpload { full_object: Some(&whole), ..operation };
        let other = aws.replace("==-2<", "==<");
        assert!(matches!(full.read(&head(200, &[]), other.as_bytes()).unwrap_err().body, Body::Unusable(_)));
        assert!(full.read(&head(200, &[]), aws.as_bytes()).is_ok());
    }
}

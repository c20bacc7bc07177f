//! Copies an object within a store, up to 5 GiB. S3 sends 200 before it's done, so the body decides.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html>

use http::response::Parts;
use http::{Method, Request};

use super::{Encryption, RequestError, Signer, StoreError, Target, answer, head, key};
use crate::sign::{Payload, Timestamp, encode};

/// A copy, with content type and metadata.
#[derive(Clone, Copy, Debug)]
pub struct CopyObject<'a> {
    /// The source bucket, in the same store.
    pub from_bucket: &'a str,
    /// The source's full key.
    pub from_key: &'a str,
    /// Copies only the object with this `ETag`.
    pub from_etag: Option<&'a str>,
    /// The copy's full key.
    pub key: &'a str,
    /// Server-side encryption of the copy.
    pub encryption: Encryption<'a>,
}

/// A completed copy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Copied {
    /// Its `ETag`, quotes included.
    pub etag: String,
    /// When it was made.
    pub last_modified: Option<Timestamp>,
}

impl CopyObject<'_> {
    /// The head to send.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent.
    pub fn request(&self, target: &Target, signer: &mut Signer<'_>) -> Result<Request<()>, RequestError> {
        key::check(self.from_key)?;
        // Stores decode it like a path, in which a plus is a plus; percent-encoded, it's one at every store.
        let mut source = String::new();
        encode::push_query(&mut source, self.from_bucket);
        source.push('/');
        encode::push_path(&mut source, self.from_key);
        let mut headers = vec![("x-amz-copy-source", source.as_str())];
        headers.extend(self.from_etag.map(|v| ("x-amz-copy-source-if-match", v)));
        headers.extend(self.encryption.headers());
        head(Method::PUT, target, self.key, "x-id=CopyObject", &headers, &Payload::EMPTY, signer)
    }

    /// Parses the response.
    ///
    /// # Errors
    /// [`StoreError`] if the store refuses, also with a 200, or sends no `ETag`.
    pub fn read(&self, head: &Parts, body: &[u8]) -> Result<Copied, StoreError> {
        let (mut etag, mut last_modified) = (None, None);
        answer::document(head, body, "CopyObjectResult", |path, own| match path {
            ["ETag"] => etag = answer::element_etag(own),
            ["LastModified"] => last_modified = Timestamp::parse(own.trim()).ok(),
            _ => {}
        })?;
        let etag = etag.ok_or_else(|| answer::unusable(head, body, "no ETag"))?;
        Ok(Copied { etag, last_modified })
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::{FALSE_SUCCESSES, built, head, line, sent};
    use super::super::error::Body;
    use super::*;

    const COPY: CopyObject<'_> = CopyObject {
        from_bucket: "langfuse",
        from_key: "otel/a b+c/é%2F.json",
        from_etag: Some("\"e\""),
        key: "otel/x",
        encryption: Encryption { sse: Some("AES256"), kms_key_id: None },
    };

    #[test]
    fn the_source_is_encoded_like_a_path() {
        let request = built(|target, signer| COPY.request(target, signer));
        assert_eq!(line(&request), "PUT /langfuse/otel/x?x-id=CopyObject");
        assert_eq!(sent(&request, "x-amz-copy-source"), "langfuse/otel/a%20b%2Bc/%C3%A9%252F.json");
        assert_eq!(sent(&request, "x-amz-copy-source-if-match"), "\"e\"");
        assert_eq!(sent(&request, "x-amz-server-side-encryption"), "AES256");
        let dots = CopyObject { from_key: "../other/secret", ..COPY };
        assert!(matches!(built(|t, s| dots.request(t, s)), Err(RequestError::Key(_))));
    }

    #[test]
    fn the_body_decides() {
        let aws = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n<CopyObjectResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
            <LastModified>2009-10-28T22:32:00.000Z</LastModified><ETag>\"9b2c\"</ETag></CopyObjectResult>";
        let copied = COPY.read(&head(200, &[]), aws.as_bytes()).unwrap();
        assert_eq!(copied.etag, "\"9b2c\"");
        assert_eq!(copied.last_modified.unwrap().to_string(), "20091028T223200Z");
        let bare = b"<CopyObjectResult><ETag>9b2c</ETag></CopyObjectResult>";
        assert_eq!(COPY.read(&head(200, &[]), bare).unwrap().etag, copied.etag);
        let error = COPY.read(&head(200, &[]), FALSE_SUCCESSES[0].as_bytes()).unwrap_err();
        assert_eq!((error.label().as_str(), error.is_temporary()), ("InternalError", true));
        let empty = COPY.read(&head(200, &[]), b"").unwrap_err();
        assert_eq!(empty.body, Body::Unusable("its body is empty"));
        for body in FALSE_SUCCESSES.into_iter().chain(["<CopyObjectResult/>", &aws[..150]]) {
            assert!(COPY.read(&head(200, &[]), body.as_bytes()).is_err(), "{body}");
        }
    }
}

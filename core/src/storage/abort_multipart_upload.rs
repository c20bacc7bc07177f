//! Aborts a multipart upload and frees its parts. A part in flight may still arrive afterwards, so use
//! [`super::list_parts`] to be sure.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html>

use http::response::Parts;
use http::{Method, Request};

use super::query::Query;
use super::{RequestError, Signer, StoreError, Target, answer, head};
use crate::sign::Payload;

/// An upload to abort.
#[derive(Clone, Copy, Debug)]
pub struct AbortMultipartUpload<'a> {
    /// The full object key.
    pub key: &'a str,
    /// The upload ID.
    pub upload_id: &'a str,
}

impl AbortMultipartUpload<'_> {
    /// The head to send.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent.
    pub fn request(&self, target: &Target, signer: &mut Signer<'_>) -> Result<Request<()>, RequestError> {
        let query = Query::new("x-id=AbortMultipartUpload").with("uploadId", self.upload_id);
        head(Method::DELETE, target, self.key, query.as_str(), &[], &Payload::EMPTY, signer)
    }

    /// Succeeds if the upload is gone, also if it was gone before: a retried request finds none.
    ///
    /// # Errors
    /// [`StoreError`] if the store refuses.
    pub fn read(&self, head: &Parts, body: &[u8]) -> Result<(), StoreError> {
        match answer::accepted(head, body) {
            Err(error) if error.code.as_deref() == Some("NoSuchUpload") => Ok(()),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::{FALSE_SUCCESSES, built, head, line};
    use super::*;

    #[test]
    fn an_upload_that_is_gone_is_aborted() {
        let operation = AbortMultipartUpload { key: "a/b", upload_id: "u+" };
        let request = built(|target, signer| operation.request(target, signer));
        assert_eq!(line(&request), "DELETE /langfuse/a/b?x-id=AbortMultipartUpload&uploadId=u%2B");
        assert_eq!(operation.read(&head(204, &[]), b""), Ok(()));
        assert_eq!(operation.read(&head(404, &[]), b"<Error><Code>NoSuchUpload</Code></Error>"), Ok(()));
        for (status, body) in [(404, "<Error><Code>NoSuchBucket</Code></Error>"), (404, ""), (403, "")] {
            assert!(operation.read(&head(status, &[]), body.as_bytes()).is_err(), "{status} {body}");
        }
        for body in FALSE_SUCCESSES {
            assert!(operation.read(&head(200, &[]), body.as_bytes()).is_err(), "{body}");
        }
    }
}

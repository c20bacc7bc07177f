//! Deletes an object. Deleting one that doesn't exist succeeds.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html>

use http::response::Parts;
use http::{Method, Request};

use super::query::Query;
use super::{RequestError, Signer, StoreError, Target, answer, head};
use crate::sign::Payload;

/// A deletion.
#[derive(Clone, Copy, Debug)]
pub struct DeleteObject<'a> {
    /// The full object key.
    pub key: &'a str,
    /// Permanently deletes only this version: without it, a versioned bucket keeps the object and adds a delete marker.
    pub version: Option<&'a str>,
}

impl DeleteObject<'_> {
    /// The head to send.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent.
    pub fn request(&self, target: &Target, signer: &mut Signer<'_>) -> Result<Request<()>, RequestError> {
        let query = Query::new("x-id=DeleteObject").with_some("versionId", self.version);
        head(Method::DELETE, target, self.key, query.as_str(), &[], &Payload::EMPTY, signer)
    }

    /// Checks that it is gone.
    ///
    /// # Errors
    /// [`StoreError`] if the store refuses, or the success isn't a store's. Stores that return
    /// `NoSuchKey` for an object that doesn't exist (Google) mean that it's gone.
    pub fn read(&self, head: &Parts, body: &[u8]) -> Result<(), StoreError> {
        match answer::accepted(head, body) {
            Err(error) if error.code.as_deref() == Some("NoSuchKey") => Ok(()),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::{FALSE_SUCCESSES, head};
    use super::*;

    #[test]
    fn what_is_not_there_is_gone() {
        let operation = DeleteObject { key: "k", version: None };
        assert_eq!(operation.read(&head(204, &[]), b""), Ok(()));
        assert_eq!(operation.read(&head(404, &[]), b"<Error><Code>NoSuchKey</Code></Error>"), Ok(()));
        assert!(operation.read(&head(404, &[]), b"<Error><Code>NoSuchBucket</Code></Error>").is_err());
        assert!(operation.read(&head(404, &[]), b"").is_err());
        for body in FALSE_SUCCESSES {
            assert!(operation.read(&head(200, &[]), body.as_bytes()).is_err(), "{body}");
        }
    }
}

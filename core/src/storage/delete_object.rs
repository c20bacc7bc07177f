//! Deletes an object. Deleting one that isn't there succeeds.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html>

use http::{Method, Request};

use super::{RequestError, Signer, Target, head};
use crate::sign::Payload;

/// A deletion.
#[derive(Clone, Copy, Debug)]
pub struct DeleteObject<'a> {
    /// The whole key.
    pub key: &'a str,
}

impl DeleteObject<'_> {
    /// The head to send.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent.
    pub fn request(&self, target: &Target, signer: &mut Signer<'_>) -> Result<Request<()>, RequestError> {
        head(Method::DELETE, target, self.key, "x-id=DeleteObject", &[], &Payload::EMPTY, signer)
    }
}

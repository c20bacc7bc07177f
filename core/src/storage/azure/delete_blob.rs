//! Deletes a blob. Snapshots prevent that (`SnapshotsPresent`), as for Langfuse.
//!
//! <https://learn.microsoft.com/rest/api/storageservices/delete-blob>

use http::{Method, Request};

use super::{Signer, Target, blob};
use crate::storage::{RequestError, StoreError};

/// A deletion.
#[derive(Clone, Copy, Debug)]
pub struct DeleteBlob<'a> {
    /// The full object key.
    pub key: &'a str,
    /// Deletes only the blob with this `ETag`.
    pub if_match: Option<&'a str>,
}

impl DeleteBlob<'_> {
    /// The head to send.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent or a header that can't be one.
    pub fn request(&self, target: &Target, signer: &Signer<'_>) -> Result<Request<()>, RequestError> {
        let headers: Vec<_> = self.if_match.map(|v| ("if-match", v)).into_iter().collect();
        blob(Method::DELETE, target, self.key, &[], &headers, signer)
    }
}

/// Whether the error means that the blob doesn't exist, which S3 reports as a success.
#[must_use]
pub fn was_absent(error: &StoreError) -> bool {
    error.code.as_deref() == Some("BlobNotFound")
}

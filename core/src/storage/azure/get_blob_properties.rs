//! Reads a blob's properties without its bytes.
//!
//! <https://learn.microsoft.com/rest/api/storageservices/get-blob-properties>

use http::{HeaderMap, Method, Request};

use super::copy_blob::CopyState;
use super::{Signer, Target, blob};
use crate::storage::RequestError;
use crate::storage::head_object::ObjectFacts;

/// A request for a blob's properties.
#[derive(Clone, Copy, Debug)]
pub struct GetBlobProperties<'a> {
    /// The full object key.
    pub key: &'a str,
}

impl GetBlobProperties<'_> {
    /// The head to send.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent.
    pub fn request(&self, target: &Target, signer: &Signer<'_>) -> Result<Request<()>, RequestError> {
        blob(Method::HEAD, target, self.key, &[], &[], signer)
    }
}

/// A blob's properties in response headers, also those of a read or a write. `None` if Azure doesn't send them.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct BlobFacts {
    /// What other stores send as well. On Azure encryption is always on, regardless of the request.
    pub object: ObjectFacts,
    /// The MD5 of the whole blob in base64, if one was sent with it.
    pub content_md5: Option<String>,
    /// The status of the last copy to this blob.
    pub copy: Option<CopyState>,
}

impl BlobFacts {
    /// Reads `headers`.
    #[must_use]
    pub fn read(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        Self {
            object: ObjectFacts::read(headers),
            // With a range, the plain header is the range's.
            content_md5: text("x-ms-blob-content-md5").or_else(|| text("content-md5")),
            copy: CopyState::read(headers),
        }
    }
}

//! Writes a block blob in one request. Uncommitted blocks of the same name are gone afterwards.
//!
//! <https://learn.microsoft.com/rest/api/storageservices/put-blob>

use http::{Method, Request};

use super::{Checksum, Signer, Target, blob};
use crate::storage::RequestError;

/// The largest body in bytes. Source: "Put Blob", for versions from 2019-12-12 on.
pub const LARGEST: u64 = 5000 * 1024 * 1024;

/// A write.
#[derive(Clone, Copy, Debug)]
pub struct PutBlob<'a> {
    /// The full object key.
    pub key: &'a str,
    /// The content type; `application/octet-stream` by default.
    pub content_type: Option<&'a str>,
    /// The body's length in bytes.
    pub content_length: u64,
    /// The body's digest, for Azure to check. Langfuse sends none.
    pub checksum: Option<Checksum<'a>>,
    /// Writes only if the key doesn't exist (`If-None-Match: *`); otherwise `BlobAlreadyExists`.
    pub if_absent: bool,
}

impl PutBlob<'_> {
    /// The head to send before the body.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent or a header that can't be one.
    pub fn request(&self, target: &Target, signer: &Signer<'_>) -> Result<Request<()>, RequestError> {
        let length = self.content_length.to_string();
        let mut headers = vec![("content-length", length.as_str()), ("x-ms-blob-type", "BlockBlob")];
        headers.extend(self.content_type.map(|v| ("x-ms-blob-content-type", v)));
        headers.extend(self.checksum.map(Checksum::header));
        headers.extend(self.if_absent.then_some(("if-none-match", "*")));
        blob(Method::PUT, target, self.key, &[], &headers, signer)
    }
}

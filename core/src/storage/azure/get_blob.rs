//! Reads a blob, or a part of one.
//!
//! <https://learn.microsoft.com/rest/api/storageservices/get-blob>

use http::{Method, Request};

use super::{Signer, Target, blob};
use crate::storage::RequestError;
use crate::storage::get_object::ByteRange;

/// A read.
#[derive(Clone, Copy, Debug)]
pub struct GetBlob<'a> {
    /// The full object key.
    pub key: &'a str,
    /// Which bytes; not [`ByteRange::Last`]. For an empty blob only all of them: else `InvalidRange`.
    pub range: ByteRange,
    /// Reads only the blob with this `ETag`: required to resume a read.
    pub if_match: Option<&'a str>,
}

impl GetBlob<'_> {
    /// The head to send.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent, a header that can't be one, or a range from the end.
    pub fn request(&self, target: &Target, signer: &Signer<'_>) -> Result<Request<()>, RequestError> {
        if matches!(self.range, ByteRange::Last(_)) {
            return Err(RequestError::SuffixRange);
        }
        let range = self.range.header();
        let mut headers = Vec::new();
        headers.extend(range.as_deref().map(|v| ("x-ms-range", v)));
        headers.extend(self.if_match.map(|v| ("if-match", v)));
        blob(Method::GET, target, self.key, &[], &headers, signer)
    }
}

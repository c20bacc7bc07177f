//! Uploads a block, which belongs to the blob once [`super::put_block_list`] names it.
//!
//! <https://learn.microsoft.com/rest/api/storageservices/put-block>

use http::{Method, Request};

use super::{BlockId, Checksum, Signer, Target, blob};
use crate::storage::RequestError;

/// The largest block in bytes. Source: "Put Block", for versions from 2019-12-12 on.
pub const LARGEST: u64 = 4000 * 1024 * 1024;

/// A block.
#[derive(Clone, Copy, Debug)]
pub struct PutBlock<'a> {
    /// The full object key.
    pub key: &'a str,
    /// The block ID. A second block with the same ID replaces the first.
    pub block: &'a BlockId,
    /// The body's length in bytes; at least one.
    pub content_length: u64,
    /// The body's digest, for Azure to check.
    pub checksum: Option<Checksum<'a>>,
}

impl PutBlock<'_> {
    /// The head to send before the body.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent or a header that can't be one.
    pub fn request(&self, target: &Target, signer: &Signer<'_>) -> Result<Request<()>, RequestError> {
        let length = self.content_length.to_string();
        let mut headers = vec![("content-length", length.as_str())];
        headers.extend(self.checksum.map(Checksum::header));
        let query = [("comp", "block"), ("blockid", self.block.as_str())];
        blob(Method::PUT, target, self.key, &query, &headers, signer)
    }
}

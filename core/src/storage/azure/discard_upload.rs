//! Discards an incomplete upload: its uncommitted blocks.
//!
//! Azure has no operation for it. It removes such blocks a week after the last of them arrived, or at once
//! when a blob is committed under their name. So if no blob has that name, an empty block list is committed, which
//! creates an empty blob, which is then deleted: [`DiscardUpload::claim`], then [`DiscardUpload::release`] with
//! the `ETag` of the first response. Neither affects
//! a blob that somebody else has committed meanwhile: the first fails with `BlobAlreadyExists`, the second with
//! `ConditionNotMet`.
//!
//! If a blob has that name, its uncommitted blocks can't be removed without rewriting the blob, and are left to
//! Azure. To find what can be discarded: [`super::list_blobs`] with `uncommitted`, and of the empty ones those
//! whose [`super::get_block_list`] has uncommitted blocks only.

use http::Request;

use super::delete_blob::DeleteBlob;
use super::put_block_list::PutBlockList;
use super::{Signer, Target};
use crate::storage::RequestError;

/// An upload to discard.
#[derive(Clone, Copy, Debug)]
pub struct DiscardUpload<'a> {
    /// The full object key.
    pub key: &'a str,
}

impl DiscardUpload<'_> {
    /// The complete first request: an empty blob in the blocks' place. It's committed as a block list, because
    /// Azurite counts uncommitted blocks as a blob when one is put.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent.
    pub fn claim(&self, target: &Target, signer: &Signer<'_>) -> Result<Request<Vec<u8>>, RequestError> {
        let empty = PutBlockList { key: self.key, blocks: &[], content_type: None, content_md5: None, if_absent: true };
        empty.request(target, signer)
    }

    /// The second one deletes the empty blob with the `ETag` from the first response.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent or an `ETag` that can't be one.
    pub fn release(&self, etag: &str, target: &Target, signer: &Signer<'_>) -> Result<Request<()>, RequestError> {
        DeleteBlob { key: self.key, if_match: Some(etag) }.request(target, signer)
    }
}

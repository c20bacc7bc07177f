//! Discards what an upload that was never completed has left: uncommitted blocks.
//!
//! Azure has no operation for it. It collects such blocks a week after the last of them came, and drops them at once
//! when something is committed under their name. So where no blob has that name, an empty list of blocks is committed, which
//! makes an empty blob, and that is deleted again: [`DiscardUpload::claim`], then [`DiscardUpload::release`] with the `ETag` of the first answer. Neither touches
//! a blob that somebody else has committed meanwhile: the first is refused with `BlobAlreadyExists`, the second with
//! `ConditionNotMet`.
//!
//! Where a blob has that name, its uncommitted blocks cannot be dropped without writing the blob again, and are left to
//! Azure. To find what can be discarded: [`super::list_blobs`] with `uncommitted`, and of the empty ones those
//! whose [`super::get_block_list`] has uncommitted blocks only.

use http::Request;

use super::delete_blob::DeleteBlob;
use super::put_block_list::PutBlockList;
use super::{Signer, Target};
use crate::storage::RequestError;

/// A discarding.
#[derive(Clone, Copy, Debug)]
pub struct DiscardUpload<'a> {
    /// The whole key.
    pub key: &'a str,
}

impl DiscardUpload<'_> {
    /// The first request, whole: an empty blob in the blocks' place. It is committed as a list of blocks, because
    /// Azurite counts uncommitted blocks as a blob where one is put.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent.
    pub fn claim(&self, target: &Target, signer: &Signer<'_>) -> Result<Request<Vec<u8>>, RequestError> {
        let empty = PutBlockList { key: self.key, blocks: &[], content_type: None, content_md5: None, if_absent: true };
        empty.request(target, signer)
    }

    /// The second one: the empty blob, of which the first one's answer gave the `ETag`, is deleted.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent or an `ETag` that can't be one.
    pub fn release(&self, etag: &str, target: &Target, signer: &Signer<'_>) -> Result<Request<()>, RequestError> {
        DeleteBlob { key: self.key, if_match: Some(etag) }.request(target, signer)
    }
}

//! What is in a bucket: objects, and uploads that were never completed.

use langfuse_blob_core::sign::Timestamp;
use langfuse_blob_core::storage::access::Place;
use langfuse_blob_core::storage::azure::get_block_list::{BlockList, GetBlockList};
use langfuse_blob_core::storage::azure::list_blobs::{BlobPage, ListBlobs};
use langfuse_blob_core::storage::list_multipart_uploads::{self, ListMultipartUploads};
use langfuse_blob_core::storage::list_objects::{self, ListObjects};
use langfuse_blob_core::storage::read_document;
use langfuse_blob_core::storage::retry::Repeat;

use super::exchange::{of_azure, of_s3};
use super::{Refused, Session};

/// A listed object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// The whole key.
    pub key: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// The last write.
    pub modified: Option<Timestamp>,
    /// Its `ETag`, without the quotes.
    pub etag: Option<String>,
}

/// An upload that was begun and neither completed nor given up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unfinished {
    /// The whole key.
    pub key: String,
    /// The upload's id; on Azure there is none.
    pub upload_id: Option<String>,
    /// When it was begun, where the store says so.
    pub begun: Option<Timestamp>,
}

impl Session {
    /// Hands every object whose key begins with `prefix` to `take`, in the store's order, a page at a time.
    ///
    /// # Errors
    /// [`Refused`], or what `take` says.
    pub async fn list<E: From<Refused>>(
        &self,
        prefix: &str,
        mut take: impl FnMut(Vec<Listed>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut next: Option<String> = None;
        loop {
            let (page, after) = match &self.access.place {
                Place::S3 { .. } => {
                    let list = ListObjects { prefix, continuation: next.as_deref(), ..ListObjects::default() };
                    let page =
                        self.ask(Repeat::Harmless, of_s3(|t, s| list.request(t, s)), |h, b| list.read(h, b)).await?;
                    (page.entries.into_iter().map(of_entry).collect(), page.next)
                }
                Place::Azure { .. } => {
                    let list = ListBlobs { prefix, marker: next.as_deref(), ..ListBlobs::default() };
                    let page = self.blobs(&list).await?;
                    (page.blobs.into_iter().map(of_blob).collect(), page.next)
                }
            };
            take(page)?;
            if after.is_none() {
                return Ok(());
            }
            next = after;
        }
    }

    /// Every unfinished upload whose key begins with `prefix`.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn unfinished(&self, prefix: &str) -> Result<Vec<Unfinished>, Refused> {
        let mut found = Vec::new();
        if let Place::Azure { .. } = &self.access.place {
            let mut next: Option<String> = None;
            loop {
                let list = ListBlobs { prefix, marker: next.as_deref(), uncommitted: true, ..ListBlobs::default() };
                let page = self.blobs(&list).await?;
                for blob in page.blobs.iter().filter(|b| b.may_be_uncommitted()) {
                    let blocks = self.blocks(&blob.key).await?;
                    if blocks.committed.is_empty() && !blocks.uncommitted.is_empty() {
                        found.push(Unfinished { key: blob.key.clone(), upload_id: None, begun: blob.last_modified });
                    }
                }
                match page.next {
                    Some(after) => next = Some(after),
                    None => return Ok(found),
                }
            }
        }
        let mut after: Option<list_multipart_uploads::Marker> = None;
        loop {
            let list = ListMultipartUploads { prefix, after: after.as_ref(), most: None };
            let page = self.ask(Repeat::Harmless, of_s3(|t, s| list.request(t, s)), |h, b| list.read(h, b)).await?;
            let uploads = page.uploads.into_iter();
            found.extend(uploads.map(|u| Unfinished { key: u.key, upload_id: Some(u.upload_id), begun: u.initiated }));
            match page.next {
                Some(marker) => after = Some(marker),
                None => return Ok(found),
            }
        }
    }

    async fn blobs(&self, list: &ListBlobs<'_>) -> Result<BlobPage, Refused> {
        let build = of_azure(|target, signer| list.request(target, signer));
        self.ask(Repeat::Harmless, build, |head, body| read_document(head, body, BlobPage::read)).await
    }

    /// The blocks of a blob on Azure.
    pub(super) async fn blocks(&self, key: &str) -> Result<BlockList, Refused> {
        let build = of_azure(|target, signer| GetBlockList { key }.request(target, signer));
        self.ask(Repeat::Harmless, build, |head, body| read_document(head, body, BlockList::read)).await
    }
}

fn of_entry(entry: list_objects::Entry) -> Listed {
    Listed {
        key: entry.key,
        bytes: entry.size,
        modified: entry.last_modified,
        etag: entry.etag.as_deref().map(unquoted),
    }
}

fn of_blob(blob: langfuse_blob_core::storage::azure::list_blobs::ListedBlob) -> Listed {
    Listed { key: blob.key, bytes: blob.size, modified: blob.last_modified, etag: blob.etag.as_deref().map(unquoted) }
}

fn unquoted(etag: &str) -> String {
    etag.trim_matches('"').to_owned()
}

//! What is in a bucket: objects, and incomplete multipart uploads.

use langfuse_blob_core::sign::Timestamp;
use langfuse_blob_core::storage::access::Place;
use langfuse_blob_core::storage::azure::get_block_list::{BlockList, GetBlockList};
use langfuse_blob_core::storage::azure::list_blobs::{BlobPage, ListBlobs, ListedBlob};
use langfuse_blob_core::storage::cause::{Action, Circumstance};
use langfuse_blob_core::storage::list_multipart_uploads::{self, ListMultipartUploads};
use langfuse_blob_core::storage::list_objects::{self, ListObjects};
use langfuse_blob_core::storage::paging::{Order, Paging};
use langfuse_blob_core::storage::read_document;
use langfuse_blob_core::storage::retry::Repeat;

use super::exchange::{of_azure, of_s3};
use super::{About, Refused, Session};
use crate::failure::Failure;

/// A listed object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// The full key.
    pub key: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// The last write.
    pub modified: Option<Timestamp>,
    /// Its `ETag`, without the quotes.
    pub etag: Option<String>,
}

/// A multipart upload that was neither completed nor aborted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IncompleteUpload {
    /// The full key.
    pub key: String,
    /// The upload ID; Azure has none.
    pub upload_id: Option<String>,
    /// When it was started, if the store says so.
    pub begun: Option<Timestamp>,
}

/// How much of what starts with a prefix a listing has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// Every object.
    All,
    /// Objects without a `/` after the prefix; the others only by their common prefixes.
    Level,
}

/// A page of a listing.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Page {
    /// The objects, in the store's order.
    pub objects: Vec<Listed>,
    /// The common prefixes, each ending in `/`, in the store's order. Only with [`Depth::Level`].
    pub prefixes: Vec<String>,
}

/// Why a listing ends before its last page.
#[derive(Debug)]
pub enum Stop {
    /// Nothing more is wanted.
    Enough,
    /// The listing failed.
    Refused(Refused),
    /// What is done with a page failed.
    Failure(Failure),
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Failure(error.into())
    }
}

impl Session {
    /// How a listing of what begins with `prefix` ended, for people.
    ///
    /// # Errors
    /// It failed, or what was done with a page.
    pub fn listed(&self, end: Result<(), Stop>, prefix: &str) -> Result<(), Failure> {
        const LIST: Circumstance = Circumstance { action: Some(Action::List), presigned: false };
        match end {
            Ok(()) | Err(Stop::Enough) => Ok(()),
            Err(Stop::Refused(refused)) => Err(self.failure(refused, LIST, About::Prefix(prefix))),
            Err(Stop::Failure(failure)) => Err(failure),
        }
    }

    /// Passes all objects whose keys start with `prefix` to `take`, in the store's order, one page at a time.
    ///
    /// # Errors
    /// [`Refused`], or an error of `take`.
    pub async fn list<E: From<Refused>>(
        &self,
        prefix: &str,
        mut take: impl FnMut(Vec<Listed>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.list_by(prefix, Depth::All, None, async |page| take(page.objects)).await
    }

    /// Passes what starts with `prefix` to `take`, one page at a time. `most`: how many keys and common prefixes a page
    /// may have, where the caller needs only a few.
    ///
    /// # Errors
    /// [`Refused`], or an error of `take`.
    pub async fn list_by<E: From<Refused>>(
        &self,
        prefix: &str,
        depth: Depth,
        most: Option<u16>,
        mut take: impl AsyncFnMut(Page) -> Result<(), E>,
    ) -> Result<(), E> {
        let delimiter = (depth == Depth::Level).then_some("/");
        let mut paging = Paging::new(self.access.place.listing_order());
        let mut next: Option<String> = None;
        let mut last_prefix: Option<String> = None;
        loop {
            let (mut page, after) = self.page(prefix, delimiter, most, next.as_deref()).await?;
            let items = page.objects.iter().map(|object| (object.key.as_str(), ""));
            // A store may name a prefix again on the page after, where its keys continue.
            if last_prefix.is_some() && page.prefixes.first() == last_prefix.as_ref() {
                page.prefixes.remove(0);
            }
            let prefixes = page.prefixes.iter().map(String::as_str);
            paging.on_page(prefix, items, prefixes, after.as_deref()).map_err(Refused::Paging)?;
            last_prefix = page.prefixes.last().cloned().or(last_prefix);
            take(page).await?;
            if after.is_none() {
                return Ok(());
            }
            next = after;
        }
    }

    /// One page, and the token of the next one.
    async fn page(
        &self,
        prefix: &str,
        delimiter: Option<&str>,
        most: Option<u16>,
        next: Option<&str>,
    ) -> Result<(Page, Option<String>), Refused> {
        match &self.access.place {
            Place::S3 { .. } => {
                // More than 1,000 is refused by some stores; without a number, they send that many.
                let most = most.filter(|most| *most < 1_000);
                let list = ListObjects { prefix, delimiter, continuation: next, most, ..ListObjects::default() };
                let read = self.ask(Repeat::Harmless, of_s3(|t, s| list.request(t, s)), |h, b| list.read(h, b)).await?;
                let objects = read.entries.into_iter().map(of_entry).collect();
                Ok((Page { objects, prefixes: read.common_prefixes }, read.next))
            }
            Place::Azure { .. } => {
                let max_results = most.map(u32::from);
                let list = ListBlobs { prefix, delimiter, marker: next, max_results, ..ListBlobs::default() };
                let read = self.blobs(&list).await?;
                let objects = read.blobs.into_iter().map(of_blob).collect();
                Ok((Page { objects, prefixes: read.common_prefixes }, read.next))
            }
        }
    }

    /// Passes all incomplete uploads whose keys start with `prefix` to `take`, one page at a time.
    ///
    /// # Errors
    /// [`Refused`], or an error of `take`.
    pub async fn incomplete_uploads<E: From<Refused>>(
        &self,
        prefix: &str,
        take: impl AsyncFnMut(Vec<IncompleteUpload>) -> Result<(), E>,
    ) -> Result<(), E> {
        match &self.access.place {
            Place::S3 { .. } => self.unfinished_on_s3(prefix, take).await,
            Place::Azure { .. } => self.unfinished_on_azure(prefix, take).await,
        }
    }

    async fn unfinished_on_s3<E: From<Refused>>(
        &self,
        prefix: &str,
        mut take: impl AsyncFnMut(Vec<IncompleteUpload>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut paging = Paging::new(Order::Unknown);
        let mut after: Option<list_multipart_uploads::Marker> = None;
        loop {
            let list = ListMultipartUploads { prefix, after: after.as_ref(), most: None };
            let page = self.ask(Repeat::Harmless, of_s3(|t, s| list.request(t, s)), |h, b| list.read(h, b)).await?;
            let items = page.uploads.iter().map(|upload| (upload.key.as_str(), upload.upload_id.as_str()));
            let token = page.next.as_ref().map(|m| format!("{}\0{}", m.key, m.upload_id.as_deref().unwrap_or("")));
            // The caller may be about to abort them, so none outside the prefix may be among them.
            paging.on_page(prefix, items, [], token.as_deref()).map_err(Refused::Paging)?;
            let of = |u: list_multipart_uploads::Upload| IncompleteUpload {
                key: u.key,
                upload_id: Some(u.upload_id),
                begun: u.initiated,
            };
            take(page.uploads.into_iter().map(of).collect()).await?;
            match page.next {
                Some(marker) => after = Some(marker),
                None => return Ok(()),
            }
        }
    }

    async fn unfinished_on_azure<E: From<Refused>>(
        &self,
        prefix: &str,
        mut take: impl AsyncFnMut(Vec<IncompleteUpload>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut paging = Paging::new(Order::Unknown);
        let mut next: Option<String> = None;
        loop {
            let list = ListBlobs { prefix, marker: next.as_deref(), uncommitted: true, ..ListBlobs::default() };
            let page = self.blobs(&list).await?;
            let items = page.blobs.iter().map(|blob| (blob.key.as_str(), ""));
            paging.on_page(prefix, items, [], page.next.as_deref()).map_err(Refused::Paging)?;
            let mut found = Vec::new();
            for blob in page.blobs.into_iter().filter(ListedBlob::may_be_uncommitted) {
                let blocks = self.blocks(&blob.key).await?;
                if blocks.committed.is_empty() && !blocks.uncommitted.is_empty() {
                    found.push(IncompleteUpload { key: blob.key, upload_id: None, begun: blob.last_modified });
                }
            }
            take(found).await?;
            match page.next {
                Some(after) => next = Some(after),
                None => return Ok(()),
            }
        }
    }

    pub(super) async fn blobs(&self, list: &ListBlobs<'_>) -> Result<BlobPage, Refused> {
        let build = of_azure(|target, signer| list.request(target, signer));
        self.ask(Repeat::Harmless, build, |head, body| read_document(head, body, BlobPage::read)).await
    }

    /// The blocks of an Azure blob.
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

fn of_blob(blob: ListedBlob) -> Listed {
    Listed { key: blob.key, bytes: blob.size, modified: blob.last_modified, etag: blob.etag.as_deref().map(unquoted) }
}

fn unquoted(etag: &str) -> String {
    etag.trim_matches('"').to_owned()
}

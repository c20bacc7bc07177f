//! An upload in parts: begin, send, see what is there, complete, give up.

use std::time::Duration;

use langfuse_blob_core::sign::Payload;
use langfuse_blob_core::storage::abort_multipart_upload::AbortMultipartUpload;
use langfuse_blob_core::storage::access::Place;
use langfuse_blob_core::storage::azure::discard_upload::DiscardUpload;
use langfuse_blob_core::storage::azure::put_block::PutBlock;
use langfuse_blob_core::storage::azure::put_block_list::PutBlockList;
use langfuse_blob_core::storage::azure::{BlockId, UploadId};
use langfuse_blob_core::storage::cause::{Action, Circumstance};
use langfuse_blob_core::storage::checksum::{self, Scope};
use langfuse_blob_core::storage::complete_multipart_upload::{CompleteMultipartUpload, etag_of};
use langfuse_blob_core::storage::create_multipart_upload::CreateMultipartUpload;
use langfuse_blob_core::storage::list_parts::ListParts;
use langfuse_blob_core::storage::retry::Repeat;
use langfuse_blob_core::storage::upload_part::UploadPart;
use langfuse_blob_core::storage::{Algorithm, Checksum, Part, PartNumber, RequestError, accepted};

use super::exchange::{of_azure, of_azure_document, of_s3, of_s3_document};
use super::object::{azure_checksum, etag};
use super::{About, Refused, Session};
use crate::failure::Failure;
use crate::transport::Body;

/// An upload that was begun.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Upload {
    /// The whole key.
    pub key: String,
    /// The store's name for it; on Azure, ours.
    pub id: String,
}

/// How long a block may take to arrive whose request was on its way when the upload was given up, and how often that is
/// looked for.
const LATE: Duration = Duration::from_millis(200);
const LATE_BLOCKS: usize = 4;

const PUT: Circumstance = Circumstance { action: Some(Action::Put), presigned: false };

impl Session {
    /// The checksum that a body carries to this store, and what the whole object's covers.
    #[must_use]
    pub fn checksum(&self) -> Option<(Algorithm, Scope)> {
        match &self.access.place {
            Place::S3 { provider, .. } => {
                let algorithm = provider.and_then(|p| p.storage.upload_checksum)?;
                Some((algorithm, algorithm.default_scope()))
            }
            Place::Azure { .. } => Some((Algorithm::Md5, Scope::Composite)),
        }
    }

    /// Begins an upload. It stays, and may cost, until it is completed or given up.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn begin(&self, key: &str, content_type: &str) -> Result<Upload, Refused> {
        let id = match &self.access.place {
            Place::S3 { .. } => {
                let encryption = self.access.encryption();
                let checksum = self.checksum();
                let begin = CreateMultipartUpload { key, content_type: Some(content_type), encryption, checksum };
                let build = of_s3(|target, signer| begin.request(target, signer));
                self.ask(Repeat::Harmful, build, |head, body| begin.read(head, body)).await?
            }
            Place::Azure { .. } => {
                let mut random = [0; 16];
                getrandom::fill(&mut random)
                    .map_err(|e| Refused::Before(Failure::failed(format!("no random numbers from the system: {e}"))))?;
                UploadId::new(random).as_str().to_owned()
            }
        };
        Ok(Upload { key: key.to_owned(), id })
    }

    /// Sends a part; sent again under its number, it replaces the first one.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn send_part(
        &self,
        upload: &Upload,
        number: PartNumber,
        length: u64,
        payload: &Payload,
        checksum: Option<&Checksum>,
        body: impl Fn() -> Body,
    ) -> Result<Part, Refused> {
        let Upload { key, id } = upload;
        match &self.access.place {
            Place::S3 { .. } => {
                let part = UploadPart { key, upload_id: id, number, content_length: length, payload, checksum };
                let build = of_s3(|target, signer| part.request(target, signer));
                let build = |at: super::At<'_, '_>| build(at).map(|request| request.map(|_| body()));
                self.ask(Repeat::Harmless, build, |head, body| part.read(head, body)).await
            }
            Place::Azure { .. } => {
                let block = block(id, number)?;
                let part = PutBlock { key, block: &block, content_length: length, checksum: azure_checksum(checksum) };
                let build = of_azure(|target, signer| part.request(target, signer));
                let build = |at: super::At<'_, '_>| build(at).map(|request| request.map(|_| body()));
                self.ask(Repeat::Harmless, build, accepted).await?;
                Ok(Part { number, etag: block.to_string(), size: length, checksum: checksum.cloned() })
            }
        }
    }

    /// The parts that the store has, in ascending order. None, too, where there is no such upload on Azure.
    ///
    /// # Errors
    /// [`Refused`]; on S3 with `NoSuchUpload` where it was completed or given up meanwhile.
    pub async fn parts(&self, upload: &Upload) -> Result<Vec<Part>, Refused> {
        let Upload { key, id } = upload;
        let mut parts = Vec::new();
        if let Place::Azure { .. } = &self.access.place {
            let own = UploadId::parse(id);
            let blocks = match self.blocks(key).await {
                Ok(blocks) => blocks.uncommitted,
                Err(refused) if refused.is_missing() => Vec::new(),
                Err(refused) => return Err(refused),
            };
            for block in blocks {
                let number = own.as_ref().and_then(|own| own.number_of(&block.id));
                if let Some(number) = number.and_then(|n| PartNumber::new(n.into())) {
                    parts.push(Part { number, etag: block.id.to_string(), size: block.size, checksum: None });
                }
            }
            parts.sort_by_key(|part| part.number);
            return Ok(parts);
        }
        let mut after = None;
        loop {
            let list = ListParts { key, upload_id: id, after, most: None };
            let build = of_s3(|target, signer| list.request(target, signer));
            let page = self.ask(Repeat::Harmless, build, |head, body| list.read(head, body)).await?;
            parts.extend(page.parts);
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(parts),
            }
        }
    }

    /// Makes an object of `parts`, which are all of it, in ascending order. Gives the `ETag`.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn complete(&self, upload: &Upload, parts: &[Part], content_type: &str) -> Result<String, Refused> {
        let Upload { key, id } = upload;
        let done = match &self.access.place {
            Place::S3 { .. } => {
                let whole = match self.checksum() {
                    Some((algorithm, Scope::FullObject)) => checksum::full_object(
                        algorithm,
                        parts.iter().filter_map(|part| Some((part.checksum.as_ref()?, part.size))),
                    ),
                    _ => None,
                };
                let with_checksums = parts.iter().all(|part| part.checksum.is_some());
                let end = CompleteMultipartUpload {
                    key,
                    upload_id: id,
                    parts,
                    with_checksums,
                    full_object: whole.as_ref().filter(|_| with_checksums),
                    if_absent: false,
                };
                let build = of_s3_document(|target, signer| end.request(target, signer));
                self.ask_for_work(Repeat::Harmful, build, |head, body| end.read(head, body)).await.map(|done| done.etag)
            }
            Place::Azure { .. } => {
                let blocks = parts.iter().map(|part| block(id, part.number)).collect::<Result<Vec<_>, _>>()?;
                let content_type = Some(content_type);
                let end = PutBlockList { key, blocks: &blocks, content_type, content_md5: None, if_absent: false };
                let build = of_azure_document(|target, signer| end.request(target, signer));
                // A second list of the same blocks finds them committed.
                self.ask(Repeat::Harmless, build, etag).await
            }
        };
        match done {
            // The answer may have been lost after the store had done its work: the object says so.
            Err(refused) if matches!(refused, Refused::Transport(_)) || refused.code() == Some("NoSuchUpload") => {
                let expected = etag_of(&parts.iter().map(|part| part.etag.as_str()).collect::<Vec<_>>());
                let there = self.facts(key).await.ok().flatten().and_then(|facts| facts.etag);
                there.filter(|etag| Some(etag.trim_matches('"')) == expected.as_deref()).ok_or(refused)
            }
            other => other,
        }
    }

    /// Gives an upload up: its parts are removed. One that is gone is given up already.
    ///
    /// # Errors
    /// [`Refused`]; on Azure with `BlobAlreadyExists` where an older blob of that name keeps its place, and the blocks
    /// go by themselves after a week.
    pub async fn give_up(&self, key: &str, id: Option<&str>) -> Result<(), Refused> {
        match (&self.access.place, id) {
            (Place::S3 { .. }, Some(upload_id)) => {
                let end = AbortMultipartUpload { key, upload_id };
                let build = of_s3(|target, signer| end.request(target, signer));
                self.ask(Repeat::Harmless, build, |head, body| end.read(head, body)).await
            }
            (Place::S3 { .. }, None) => Err(Refused::Request(RequestError::PartOrder)),
            (Place::Azure { .. }, _) => {
                let discard = DiscardUpload { key };
                let claim = of_azure_document(|target, signer| discard.claim(target, signer));
                let etag = self.ask(Repeat::Harmful, claim, etag).await?;
                let release = of_azure(|target, signer| discard.release(&etag, target, signer));
                self.ask(Repeat::Harmless, release, accepted).await
            }
        }
    }

    /// [`Session::give_up`] of an upload whose last requests were broken off: what arrives late is removed as well.
    ///
    /// # Errors
    /// Why it stays, in one sentence.
    pub async fn give_up_surely(&self, upload: &Upload) -> Result<(), Failure> {
        let mut given_up = self.give_up(&upload.key, Some(&upload.id)).await;
        if let Place::Azure { .. } = &self.access.place {
            // A block whose request the store had in full when we hung up arrives after all, and Azure knows no upload
            // that it could be too late for.
            for _ in 0..LATE_BLOCKS {
                tokio::time::sleep(LATE).await;
                let blocks = self.blocks(&upload.key).await;
                if given_up.is_ok() && blocks.is_ok_and(|b| !b.uncommitted.is_empty()) {
                    given_up = self.give_up(&upload.key, Some(&upload.id)).await;
                }
            }
        }
        given_up.map_err(|refused| self.failure(refused, PUT, About::Object(&upload.key)))
    }
}

fn block(id: &str, number: PartNumber) -> Result<BlockId, Refused> {
    let upload = UploadId::parse(id).ok_or(Refused::Request(RequestError::PartOrder))?;
    Ok(upload.block(number.get().into()))
}

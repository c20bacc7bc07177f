//! One object: write, read, head, delete, presign.

use futures_util::StreamExt as _;
use http::Response;
use http::response::Parts;
use langfuse_blob_core::sign::{Payload, Timestamp};
use langfuse_blob_core::storage::access::Place;
use langfuse_blob_core::storage::azure::delete_blob::DeleteBlob;
use langfuse_blob_core::storage::azure::get_blob::GetBlob;
use langfuse_blob_core::storage::azure::get_blob_properties::GetBlobProperties;
use langfuse_blob_core::storage::azure::put_blob::PutBlob;
use langfuse_blob_core::storage::azure::{self};
use langfuse_blob_core::storage::cause::{Action, Circumstance};
use langfuse_blob_core::storage::delete_object::DeleteObject;
use langfuse_blob_core::storage::delete_objects::{self, DeleteObjects};
use langfuse_blob_core::storage::get_object::{ByteRange, GetObject};
use langfuse_blob_core::storage::head_object::{HeadObject, ObjectFacts};
use langfuse_blob_core::storage::presign::{self, Operation};
use langfuse_blob_core::storage::put_object::PutObject;
use langfuse_blob_core::storage::retry::Repeat;
use langfuse_blob_core::storage::{Checksum, Signer, StoreError, accepted};
use langfuse_blob_core::text::printable::escaped;

use super::exchange::of_s3_document;
use super::{About, At, Refused, Session};
use crate::failure::Failure;
use crate::transport::{Body, Incoming};

/// A write in a single request.
#[derive(Clone, Copy, Debug)]
pub struct Write<'a> {
    /// The full key.
    pub key: &'a str,
    /// Its content type.
    pub content_type: &'a str,
    /// Its length in bytes.
    pub length: u64,
    /// Its SHA-256, which the signature covers.
    pub payload: &'a Payload,
    /// The checksum for the store to verify and keep, if it accepts one.
    pub checksum: Option<&'a Checksum>,
}

fn doing(action: Action) -> Circumstance {
    Circumstance { action: Some(action), presigned: false }
}

const HARMLESS: Repeat = Repeat::Harmless;

impl Session {
    /// Writes an object; `body` is called for each attempt. Returns the `ETag`.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn write(&self, write: &Write<'_>, body: impl Fn() -> Body) -> Result<String, Refused> {
        let s3 = PutObject {
            key: write.key,
            content_type: Some(write.content_type),
            content_length: write.length,
            payload: write.payload,
            checksum: write.checksum,
            encryption: self.access.encryption(),
            if_absent: false,
        };
        let on_azure = PutBlob {
            key: write.key,
            content_type: Some(write.content_type),
            content_length: write.length,
            checksum: azure_checksum(write.checksum),
            if_absent: false,
        };
        let build = |at: At<'_, '_>| {
            let head = match at {
                At::S3(target, signer) => s3.request(target, signer),
                At::Azure(target, signer) => on_azure.request(target, &signer),
            };
            Ok(head?.map(|()| body()))
        };
        match &self.access.place {
            Place::S3 { .. } => {
                self.ask(HARMLESS, build, |head, body| s3.read(head, body).map(|facts| facts.etag)).await
            }
            Place::Azure { .. } => self.ask(HARMLESS, build, etag).await.map(Some),
        }
        .map(Option::unwrap_or_default)
    }

    /// Starts to read an object.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn read(
        &self,
        key: &str,
        range: ByteRange,
        if_match: Option<&str>,
    ) -> Result<Response<Incoming>, Refused> {
        // Only from stores known to keep checksums; a range of an object has a different one.
        let keeps = self.checksum().is_some_and(|(algorithm, _)| algorithm.element().is_some());
        let with_checksum = keeps && range == ByteRange::All;
        self.open(HARMLESS, |at| {
            let head = match at {
                At::S3(target, signer) => GetObject { key, range, if_match, with_checksum }.request(target, signer),
                At::Azure(target, signer) => GetBlob { key, range, if_match }.request(target, &signer),
            };
            Ok(head?.map(|()| Body::empty()))
        })
        .await
    }

    /// The facts about an object; `None` if it doesn't exist.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn facts(&self, key: &str) -> Result<Option<ObjectFacts>, Refused> {
        let build = |at: At<'_, '_>| {
            let head = match at {
                At::S3(target, signer) => HeadObject { key }.request(target, signer),
                At::Azure(target, signer) => GetBlobProperties { key }.request(target, &signer),
            };
            Ok(head?.map(|()| Body::empty()))
        };
        // S3 and Azure use the same headers for the facts that are needed here.
        match self.ask(HARMLESS, build, |head, _| HeadObject { key }.read(head)).await {
            Ok(facts) => Ok(Some(facts)),
            Err(refused) if refused.is_missing() => Ok(None),
            Err(refused) => Err(refused),
        }
    }

    /// Deletes an object; a missing one counts as deleted.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn remove(&self, key: &str) -> Result<(), Refused> {
        let build = |at: At<'_, '_>| {
            let head = match at {
                At::S3(target, signer) => DeleteObject { key, version: None }.request(target, signer),
                At::Azure(target, signer) => DeleteBlob { key, if_match: None }.request(target, &signer),
            };
            Ok(head?.map(|()| Body::empty()))
        };
        match &self.access.place {
            Place::S3 { .. } => {
                self.ask(HARMLESS, build, |head, body| DeleteObject { key, version: None }.read(head, body)).await
            }
            Place::Azure { .. } => {
                let read = |head: &Parts, body: &[u8]| match accepted(head, body) {
                    Err(error) if azure::delete_blob::was_absent(&error) => Ok(()),
                    other => other,
                };
                self.ask(HARMLESS, build, read).await
            }
        }
    }

    /// Deletes many objects in as few requests as the store allows. Returns those that remain, with the reason.
    pub async fn remove_many(&self, keys: &[String]) -> Vec<(String, Failure)> {
        let mut stayed = Vec::new();
        let together =
            matches!(&self.access.place, Place::S3 { provider, .. } if provider.is_none_or(|p| p.storage.delete_many));
        let mut one_by_one: Vec<&String> = Vec::new();
        if together {
            for chunk in keys.chunks(delete_objects::MOST) {
                match self.remove_together(chunk).await {
                    Ok(failed) => stayed.extend(failed),
                    // Some stores don't support the request, and its XML can't hold some keys.
                    Err(Refused::Request(_)) => one_by_one.extend(chunk),
                    Err(Refused::Store(error))
                        if matches!(error.status, 405 | 501) || error.code.as_deref() == Some("NotImplemented") =>
                    {
                        one_by_one.extend(chunk);
                    }
                    Err(refused) => {
                        let failure = self.failure(refused, doing(Action::DeleteMany), About::Bucket);
                        stayed.extend(chunk.iter().map(|key| (key.clone(), failure.clone())));
                    }
                }
            }
        } else {
            one_by_one.extend(keys);
        }
        let alone = futures_util::stream::iter(one_by_one).map(async |key| (key, self.remove(key).await));
        let mut alone = alone.buffer_unordered(16);
        while let Some((key, done)) = alone.next().await {
            if let Err(refused) = done {
                stayed.push((key.clone(), self.failure(refused, doing(Action::Delete), About::Object(key))));
            }
        }
        stayed
    }

    async fn remove_together(&self, keys: &[String]) -> Result<Vec<(String, Failure)>, Refused> {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let many = DeleteObjects { keys: &keys, quiet: false, checksum: self.access.delete_checksum };
        let build = of_s3_document(|target, signer| many.request(target, signer));
        let failed = self.ask(HARMLESS, build, |head, body| many.read(head, body)).await?;
        let said = |f: &delete_objects::Failed| {
            let code = f.code.as_deref().map_or_else(|| "no code".into(), escaped);
            let bucket = escaped(self.access.place.bucket());
            Failure::failed(
                self.redact(&format!("not deleted from bucket `{bucket}`: {code}: {}", escaped(&f.message))),
            )
        };
        Ok(failed.iter().map(|f| (f.key.clone(), said(f))).collect())
    }

    /// A presigned URL for `key`, for the endpoint that browsers use.
    ///
    /// # Errors
    /// The URL can't be signed, or there are no credentials.
    pub async fn link(
        &self,
        key: &str,
        operation: &Operation<'_>,
        expires_in: u32,
        at: Timestamp,
    ) -> Result<String, Failure> {
        let cannot = |e: &dyn std::fmt::Display| Failure::failed(format!("{} can't be signed: {e}", escaped(key)));
        match &self.access.place {
            Place::S3 { link_target, .. } => {
                let credentials = self.credentials().await?;
                let keys = &mut *self.keys.borrow_mut();
                let mut signer = Signer { credentials: &credentials, keys, at };
                presign::presign_at(link_target, key, operation, expires_in, &mut signer).map_err(|e| cannot(&e))
            }
            Place::Azure { target, credentials, external, .. } => {
                let signer = azure::Signer { credentials, at };
                let link = azure::presign_at(target, key, operation, expires_in, &signer).map_err(|e| cannot(&e))?;
                Ok(external.as_deref().map_or_else(|| link.clone(), |external| target.externally(&link, external)))
            }
        }
    }

    /// When the current credentials expire; `None` if they don't, or it isn't known.
    ///
    /// # Errors
    /// There are no credentials.
    pub async fn credentials_end(&self) -> Result<Option<Timestamp>, Failure> {
        match &self.chain {
            Some(chain) => {
                let issued = chain.credentials().await.map_err(|e| Failure::failed(e.to_string()))?;
                Ok(issued.expires)
            }
            None => Ok(None),
        }
    }
}

/// Of S3's checksums, Azure accepts only MD5.
pub(super) fn azure_checksum(checksum: Option<&Checksum>) -> Option<azure::Checksum<'_>> {
    checksum
        .filter(|c| c.algorithm == langfuse_blob_core::storage::Algorithm::Md5)
        .map(|c| azure::Checksum::Md5(c.value()))
}

/// The `ETag` of a write on Azure.
pub(super) fn etag(head: &Parts, body: &[u8]) -> Result<String, StoreError> {
    accepted(head, body)?;
    Ok(ObjectFacts::read(&head.headers).etag.unwrap_or_default())
}

//! The doctor's requests, for both engines, and the parsers of their responses.

use http::response::Parts;
use http::{Method, Request};

use crate::sign::{Credentials, KeyCache, Payload, Timestamp};
use crate::storage::access::Place;
use crate::storage::bucket_facts::Question;
use crate::storage::delete_objects::DeleteObjects;
use crate::storage::get_object::{ByteRange, GetObject};
use crate::storage::list_multipart_uploads::ListMultipartUploads;
use crate::storage::list_object_versions::ListObjectVersions;
use crate::storage::list_objects::ListObjects;
use crate::storage::presign::{Operation, presign_at};
use crate::storage::put_object::PutObject;
use crate::storage::{
    Access, Algorithm, Encryption, RequestError, Signer, StoreError, Target, abort_multipart_upload, accepted, azure,
    complete_multipart_upload, create_multipart_upload, delete_object, upload_part,
};
use crate::storage::{Part, PartNumber};

/// Lifetime of the doctor's presigned URLs in seconds: long enough for a slow store, too short to be useful to others.
const LINK_LIFE: u32 = 300;

pub(super) type Made = Result<Request<Vec<u8>>, RequestError>;

/// Signs requests for one access.
pub(super) struct Signing<'c> {
    pub access: &'c Access,
    /// The credentials on S3.
    pub who: Option<&'c Credentials>,
    pub keys: &'c mut KeyCache,
    pub at: Timestamp,
}

impl Signing<'_> {
    fn s3<T>(
        &mut self,
        make: impl FnOnce(&Target, &mut Signer<'_>) -> Result<T, RequestError>,
    ) -> Result<T, RequestError> {
        let (Place::S3 { target, .. }, Some(credentials)) = (&self.access.place, self.who) else {
            return Err(RequestError::Engine);
        };
        make(target, &mut Signer { credentials, keys: self.keys, at: self.at })
    }

    fn azure<T>(
        &self,
        make: impl FnOnce(&azure::Target, &azure::Signer<'_>) -> Result<T, RequestError>,
    ) -> Result<T, RequestError> {
        let Place::Azure { target, credentials, .. } = &self.access.place else { return Err(RequestError::Engine) };
        make(target, &azure::Signer { credentials, at: self.at })
    }

    fn on_azure(&self) -> bool {
        matches!(self.access.place, Place::Azure { .. })
    }

    pub(super) fn get(&mut self, key: &str) -> Made {
        let made = if self.on_azure() {
            self.azure(|t, s| azure::get_blob::GetBlob { key, range: ByteRange::All, if_match: None }.request(t, s))
        } else {
            self.s3(|t, s| GetObject { key, range: ByteRange::All, if_match: None, with_checksum: false }.request(t, s))
        };
        bodiless(made)
    }

    /// The same GET, signed for `variant` but sent to the real target.
    pub(super) fn get_as(&mut self, key: &str, variant: &Target) -> Made {
        bodiless(self.s3(|target, signer| {
            let mut request = GetObject { key, range: ByteRange::All, if_match: None, with_checksum: false }
                .request(variant, signer)?;
            let query = request.uri().query().unwrap_or("").to_owned();
            *request.uri_mut() = target.url(&target.path(key), &query).parse().map_err(|_| RequestError::Url)?;
            Ok(request)
        }))
    }

    /// A PUT with the use case's encryption.
    pub(super) fn put(&mut self, key: &str, content_type: &str, body: Vec<u8>) -> Made {
        self.put_with(key, content_type, body, self.access.encryption())
    }

    /// The same without encryption.
    pub(super) fn put_plain(&mut self, key: &str, content_type: &str, body: Vec<u8>) -> Made {
        self.put_with(key, content_type, body, Encryption::default())
    }

    fn put_with(&mut self, key: &str, content_type: &str, body: Vec<u8>, encryption: Encryption<'_>) -> Made {
        let content_length = u64::try_from(body.len()).unwrap_or(u64::MAX);
        let made = if self.on_azure() {
            self.azure(|t, s| {
                let content_type = Some(content_type);
                let put =
                    azure::put_blob::PutBlob { key, content_type, content_length, checksum: None, if_absent: false };
                put.request(t, s)
            })
        } else {
            self.s3(|t, s| {
                let payload = Payload::of(&body);
                let put = PutObject {
                    key,
                    content_type: Some(content_type),
                    content_length,
                    payload: &payload,
                    checksum: None,
                    encryption,
                    if_absent: false,
                };
                put.request(t, s)
            })
        };
        made.map(|request| request.map(|()| body))
    }

    pub(super) fn delete(&mut self, key: &str, version: Option<&str>) -> Made {
        bodiless(if self.on_azure() {
            self.azure(|t, s| azure::delete_blob::DeleteBlob { key, if_match: None }.request(t, s))
        } else {
            self.s3(|t, s| delete_object::DeleteObject { key, version }.request(t, s))
        })
    }

    pub(super) fn delete_many(&mut self, keys: &[&str], checksum: Algorithm) -> Made {
        self.s3(|t, s| DeleteObjects { keys, quiet: false, checksum }.request(t, s))
    }

    pub(super) fn list(&mut self, prefix: &str) -> Made {
        bodiless(if self.on_azure() {
            let list = azure::list_blobs::ListBlobs { prefix, max_results: Some(1), ..Default::default() };
            self.azure(|t, s| list.request(t, s))
        } else {
            let list = ListObjects { prefix, most: Some(1), ..Default::default() };
            self.s3(|t, s| list.request(t, s))
        })
    }

    pub(super) fn versions(&mut self, prefix: &str) -> Made {
        bodiless(self.s3(|t, s| ListObjectVersions { prefix }.request(t, s)))
    }

    pub(super) fn uploads(&mut self, key: &str) -> Made {
        bodiless(self.s3(|t, s| ListMultipartUploads { prefix: key, after: None, most: None }.request(t, s)))
    }

    pub(super) fn begin_upload(&mut self, key: &str) -> Made {
        let encryption = self.access.encryption();
        bodiless(self.s3(|t, s| {
            let create = create_multipart_upload::CreateMultipartUpload {
                key,
                content_type: Some("text/csv; charset=utf-8"),
                encryption,
                checksum: None,
            };
            create.request(t, s)
        }))
    }

    pub(super) fn part(&mut self, key: &str, upload_id: &str, number: PartNumber, body: Vec<u8>) -> Made {
        let content_length = u64::try_from(body.len()).unwrap_or(u64::MAX);
        let made = self.s3(|t, s| {
            let payload = Payload::of(&body);
            let part =
                upload_part::UploadPart { key, upload_id, number, content_length, payload: &payload, checksum: None };
            part.request(t, s)
        });
        made.map(|request| request.map(|()| body))
    }

    pub(super) fn complete(&mut self, key: &str, upload_id: &str, parts: &[Part]) -> Made {
        self.s3(|t, s| complete(key, upload_id, parts).request(t, s))
    }

    pub(super) fn abort(&mut self, key: &str, upload_id: &str) -> Made {
        bodiless(self.s3(|t, s| abort_multipart_upload::AbortMultipartUpload { key, upload_id }.request(t, s)))
    }

    pub(super) fn block(&mut self, key: &str, block: &azure::BlockId, body: Vec<u8>) -> Made {
        let content_length = u64::try_from(body.len()).unwrap_or(u64::MAX);
        let made =
            self.azure(|t, s| azure::put_block::PutBlock { key, block, content_length, checksum: None }.request(t, s));
        made.map(|request| request.map(|()| body))
    }

    pub(super) fn commit(&mut self, key: &str, blocks: &[azure::BlockId]) -> Made {
        self.azure(|t, s| {
            let content_type = Some("text/csv; charset=utf-8");
            azure::put_block_list::PutBlockList { key, blocks, content_type, content_md5: None, if_absent: false }
                .request(t, s)
        })
    }

    /// Replaces uncommitted blocks with an empty blob, which can be deleted.
    pub(super) fn claim(&mut self, key: &str) -> Made {
        self.azure(|t, s| azure::discard_upload::DiscardUpload { key }.claim(t, s))
    }

    pub(super) fn bucket_setting(&mut self, question: Question) -> Made {
        bodiless(self.s3(|t, s| question.request(t, s)))
    }

    /// A presigned URL as web makes it.
    pub(super) fn link(&mut self, key: &str, operation: &Operation<'_>) -> Result<String, String> {
        match &self.access.place {
            Place::S3 { link_target, .. } => {
                let credentials = self.who.ok_or("no credentials to sign with")?;
                let mut signer = Signer { credentials, keys: self.keys, at: self.at };
                presign_at(link_target, key, operation, LINK_LIFE, &mut signer).map_err(|e| e.to_string())
            }
            Place::Azure { target, credentials, external, .. } => {
                let signer = azure::Signer { credentials, at: self.at };
                let link = azure::presign_at(target, key, operation, LINK_LIFE, &signer).map_err(|e| e.to_string())?;
                Ok(external.as_deref().map_or_else(|| link.clone(), |e| target.externally(&link, e)))
            }
        }
    }
}

fn bodiless(made: Result<Request<()>, RequestError>) -> Made {
    made.map(|request| request.map(|()| Vec::new()))
}

fn complete<'a>(
    key: &'a str,
    upload_id: &'a str,
    parts: &'a [Part],
) -> complete_multipart_upload::CompleteMultipartUpload<'a> {
    complete_multipart_upload::CompleteMultipartUpload {
        key,
        upload_id,
        parts,
        with_checksums: false,
        full_object: None,
        if_absent: false,
    }
}

// Response parsers are methods of the operations and don't use their fields here, so keys are empty.

/// Reads a listing.
pub(super) fn read_list(on_azure: bool, head: &Parts, body: &[u8]) -> Result<(), StoreError> {
    if on_azure {
        crate::storage::read_document(head, body, azure::list_blobs::BlobPage::read).map(|_| ())
    } else {
        ListObjects::default().read(head, body).map(|_| ())
    }
}

/// Version and encryption of a written object.
pub(super) fn read_put(
    on_azure: bool,
    head: &Parts,
    body: &[u8],
) -> Result<crate::storage::head_object::ObjectFacts, StoreError> {
    if on_azure {
        accepted(head, body)?;
        return Ok(crate::storage::head_object::ObjectFacts::read(&head.headers));
    }
    let put = PutObject {
        key: "",
        content_type: None,
        content_length: 0,
        payload: &Payload::EMPTY,
        checksum: None,
        encryption: Encryption::default(),
        if_absent: false,
    };
    put.read(head, body)
}

/// Whether the object was deleted, or was already absent.
pub(super) fn read_delete(on_azure: bool, head: &Parts, body: &[u8]) -> Result<(), StoreError> {
    if on_azure {
        match accepted(head, body) {
            Err(error) if azure::delete_blob::was_absent(&error) => Ok(()),
            other => other,
        }
    } else {
        delete_object::DeleteObject { key: "", version: None }.read(head, body)
    }
}

pub(super) fn read_deleted_many(
    keys: &[&str],
    head: &Parts,
    body: &[u8],
) -> Result<Vec<crate::storage::delete_objects::Failed>, StoreError> {
    DeleteObjects { keys, quiet: false, checksum: Algorithm::Crc32 }.read(head, body)
}

pub(super) fn read_upload(head: &Parts, body: &[u8]) -> Result<String, StoreError> {
    create_multipart_upload::CreateMultipartUpload {
        key: "",
        content_type: None,
        encryption: Encryption::default(),
        checksum: None,
    }
    .read(head, body)
}

pub(super) fn read_part(number: PartNumber, size: usize, head: &Parts, body: &[u8]) -> Result<Part, StoreError> {
    upload_part::UploadPart {
        key: "",
        upload_id: "",
        number,
        content_length: u64::try_from(size).unwrap_or(u64::MAX),
        payload: &Payload::EMPTY,
        checksum: None,
    }
    .read(head, body)
}

pub(super) fn read_completed(head: &Parts, body: &[u8]) -> Result<(), StoreError> {
    complete("", "", &[]).read(head, body).map(|_| ())
}

pub(super) fn read_aborted(head: &Parts, body: &[u8]) -> Result<(), StoreError> {
    abort_multipart_upload::AbortMultipartUpload { key: "", upload_id: "" }.read(head, body)
}

/// A request without credentials.
pub(super) fn anonymous(
    method: Method,
    url: &str,
    headers: &[(&'static str, &str)],
    body: Vec<u8>,
) -> Result<Request<Vec<u8>>, String> {
    let mut builder = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body).map_err(|e| e.to_string())
}

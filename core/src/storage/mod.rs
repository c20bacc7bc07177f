//! S3 operations as pure request builders and response parsers, one per file: an operation builds a signed head, the
//! caller sends it with the body, and passes the response back to be parsed.
//!
//! Keys, headers and URLs are the ones that the AWS SDK inside Langfuse makes; below [`azure`], the Azure SDK.

pub mod abort_multipart_upload;
pub mod access;
mod answer;
pub mod azure;
pub mod bucket_facts;
pub mod cause;
pub mod clock;
pub mod complete_multipart_upload;
pub mod copy_object;
pub mod create_multipart_upload;
pub mod delete_object;
pub mod delete_objects;
pub mod download;
pub mod error;
pub mod fault;
pub mod get_object;
pub mod head_object;
pub mod key;
pub mod list_multipart_uploads;
pub mod list_object_versions;
pub mod list_objects;
pub mod list_parts;
pub mod paging;
pub mod part;
pub mod presign;
pub mod put_object;
mod query;
pub mod retry;
pub mod target;
pub mod upload_part;
pub mod xml;

use std::fmt;

use http::{HeaderName, HeaderValue, Method, Request};

pub use crate::checksum::{Algorithm, Checksum};
pub use access::{Access, NoAccess};
pub use answer::{accepted, is_of_store, read_document};
pub use download::Download;
pub use error::StoreError;
pub use fault::Fault;
pub use key::KeyError;
pub use part::{Part, PartNumber};
pub use target::{Target, TargetError};

use crate::sign::{self, Credentials, KeyCache, Payload, S3, Scope, SignError, Signable, Timestamp};

/// Who signs requests, and when.
#[derive(Debug)]
pub struct Signer<'a> {
    /// The credentials.
    pub credentials: &'a Credentials,
    /// The keys derived from them so far.
    pub keys: &'a mut KeyCache,
    /// The time in the signature.
    pub at: Timestamp,
}

/// Server-side encryption that a write requests, as Langfuse's `_SSE` and `_SSE_KMS_KEY_ID` set it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Encryption<'a> {
    /// `AES256` or `aws:kms`; `None` leaves it to the bucket.
    pub sse: Option<&'a str>,
    /// The KMS key; sent with `aws:kms` only, as Langfuse does.
    pub kms_key_id: Option<&'a str>,
}

impl<'a> Encryption<'a> {
    /// The headers that request it.
    fn headers(&self) -> impl Iterator<Item = (&'static str, &'a str)> {
        let sse = self.sse.filter(|s| !s.is_empty());
        let key = self.kms_key_id.filter(|k| !k.is_empty() && sse == Some("aws:kms"));
        sse.map(|s| ("x-amz-server-side-encryption", s))
            .into_iter()
            .chain(key.map(|k| ("x-amz-server-side-encryption-aws-kms-key-id", k)))
    }
}

/// Why a request can't be built.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RequestError {
    /// The key can't be sent.
    Key(KeyError),
    /// The request can't be signed.
    Sign(SignError),
    /// The operation belongs to the other engine.
    Engine,
    /// Azure doesn't support ranges from the end.
    SuffixRange,
    /// The URL is invalid: in practice, longer than 65,534 bytes.
    Url,
    /// The key contains a character that XML can't carry, but the operation sends keys in a document.
    KeyInDocument,
    /// A batch deletion has no keys, or more than [`delete_objects::MOST`]. How many.
    KeyCount(usize),
    /// There are no parts, or they aren't in ascending order.
    PartOrder,
}

impl From<KeyError> for RequestError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl From<SignError> for RequestError {
    fn from(error: SignError) -> Self {
        Self::Sign(error)
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(error) => error.fmt(f),
            Self::Sign(error) => error.fmt(f),
            Self::Engine => f.write_str("this store's API doesn't support the operation"),
            Self::SuffixRange => {
                f.write_str("Azure doesn't support ranges from the end: get the length first, then request a range")
            }
            Self::Url => f.write_str("the request's URL is too long"),
            Self::KeyInDocument => f.write_str("the key contains a control character that this operation can't send"),
            Self::KeyCount(count) => {
                write!(f, "a request can delete 1 to {} objects, not {count}", delete_objects::MOST)
            }
            Self::PartOrder => f.write_str("to complete an upload, give at least one part, in ascending order"),
        }
    }
}

impl std::error::Error for RequestError {}

/// A head for `key` at `target`, signed in its headers. `host` is left to the transport, which takes it from the URL.
fn head(
    method: Method,
    target: &Target,
    key: &str,
    query: &str,
    headers: &[(&'static str, &str)],
    payload: &Payload,
    signer: &mut Signer<'_>,
) -> Result<Request<()>, RequestError> {
    key::check(key)?;
    signed(method, target, key, query, headers, payload, signer)
}

/// A head for the bucket itself.
fn bucket_head(
    method: Method,
    target: &Target,
    query: &str,
    headers: &[(&'static str, &str)],
    payload: &Payload,
    signer: &mut Signer<'_>,
) -> Result<Request<()>, RequestError> {
    signed(method, target, "", query, headers, payload, signer)
}

fn signed(
    method: Method,
    target: &Target,
    key: &str,
    query: &str,
    headers: &[(&'static str, &str)],
    payload: &Payload,
    signer: &mut Signer<'_>,
) -> Result<Request<()>, RequestError> {
    let path = target.path(key);
    let scope = Scope { region: target.signing_region(), service: S3, at: signer.at };
    let signable = Signable { method: method.as_str(), host: target.host(), path: &path, query, headers, payload };
    let added = sign::header::sign(&signable, &scope, signer.credentials, signer.keys)?;

    let mut request = Request::new(());
    *request.method_mut() = method;
    *request.uri_mut() = target.url(&path, query).parse().map_err(|_| RequestError::Url)?;
    for (name, value) in headers.iter().copied().chain(added.iter()) {
        let mut text = HeaderValue::from_str(value).map_err(|_| SignError::Header(name.to_owned()))?;
        // Debug output of a request shows its headers.
        text.set_sensitive(matches!(name, "authorization" | "x-amz-security-token"));
        request.headers_mut().insert(HeaderName::from_static(name), text);
    }
    Ok(request)
}

//! Presigned URLs, byte for byte as `@aws-sdk/s3-request-presigner` makes them for Langfuse.

use std::fmt;

use super::target::{Target, TargetError};
use super::{Encryption, KeyError, Signer};
use crate::sign::{self, Credentials, KeyCache, Payload, S3, Scope, SignError, Signable, Timestamp, encode};

/// What a presigned URL does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operation<'a> {
    /// Downloads the object.
    Get {
        /// How a browser shows it.
        disposition: Disposition<'a>,
    },
    /// Uploads the object. Every header set here must be sent with it, with this value.
    Put(Upload<'a>),
}

/// How a browser shows a download.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Disposition<'a> {
    /// Inline, as Langfuse shows media.
    #[default]
    Inline,
    /// As a file named after the full key, like Langfuse's exports.
    Attachment,
    /// As a file with this name.
    AttachmentNamed(&'a str),
}

/// The signed headers of an upload.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Upload<'a> {
    /// `content-type`.
    pub content_type: Option<&'a str>,
    /// `content-length`, in bytes.
    pub content_length: Option<u64>,
    /// `x-amz-checksum-sha256`: the SHA-256 in base64.
    pub sha256: Option<&'a str>,
    /// Server-side encryption.
    pub encryption: Encryption<'a>,
}

/// A request for a presigned URL.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What it does.
    pub operation: Operation<'a>,
    /// The store's URL; `None` or empty for Amazon S3.
    pub endpoint: Option<&'a str>,
    /// The region.
    pub region: &'a str,
    /// The bucket.
    pub bucket: &'a str,
    /// The key. `.` and `..` segments are kept, as the SDK keeps them.
    pub key: &'a str,
    /// Whether path style is requested.
    pub force_path_style: bool,
    /// Who signs.
    pub credentials: &'a Credentials,
    /// Seconds until the URL expires; at most [`sign::query::LONGEST`]. 0 expires at once, which the SDK allows.
    pub expires_in: u32,
    /// The time at which its validity begins.
    pub at: Timestamp,
}

/// Why there is no presigned URL.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PresignError {
    /// Endpoint, region or bucket.
    Target(TargetError),
    /// The key is empty.
    Key(KeyError),
    /// A part of the signature.
    Sign(SignError),
}

impl From<TargetError> for PresignError {
    fn from(error: TargetError) -> Self {
        Self::Target(error)
    }
}

impl From<SignError> for PresignError {
    fn from(error: SignError) -> Self {
        Self::Sign(error)
    }
}

impl fmt::Display for PresignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target(error) => error.fmt(f),
            Self::Key(error) => error.fmt(f),
            Self::Sign(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PresignError {}

/// The presigned URL for `request`. Reuse `keys` for the next one.
///
/// # Errors
/// [`PresignError`] if the SDK also refuses or the URL would be for another object.
pub fn presign(request: &Request<'_>, keys: &mut KeyCache) -> Result<String, PresignError> {
    let target = Target::new(request.endpoint, request.region, request.bucket, request.force_path_style)?;
    let mut signer = Signer { credentials: request.credentials, keys, at: request.at };
    presign_at(&target, request.key, &request.operation, request.expires_in, &mut signer)
}

/// The presigned URL for `key` at a reused `target`.
///
/// # Errors
/// Like [`presign`].
pub fn presign_at(
    target: &Target,
    key: &str,
    operation: &Operation<'_>,
    expires_in: u32,
    signer: &mut Signer<'_>,
) -> Result<String, PresignError> {
    if key.is_empty() {
        return Err(PresignError::Key(KeyError::Empty));
    }
    let path = target.path(key);
    // The SDK puts these two into the URL before it signs, so that they are signed.
    let mut query = String::from("X-Amz-Content-Sha256=UNSIGNED-PAYLOAD&x-id=");
    let mut headers = Vec::new();
    let length;
    let method = match operation {
        Operation::Get { disposition } => {
            query.push_str("GetObject");
            let name = match disposition {
                Disposition::Inline => None,
                Disposition::Attachment => Some(key),
                Disposition::AttachmentNamed(name) => Some(*name),
            };
            if let Some(name) = name {
                // The name isn't escaped, as in Langfuse, and browsers read `"q"` as it is.
                query.push_str("&response-content-disposition=");
                encode::push_query(&mut query, "attachment; filename=\"");
                encode::push_query(&mut query, name);
                encode::push_query(&mut query, "\"");
            }
            "GET"
        }
        Operation::Put(upload) => {
            query.push_str("PutObject");
            length = upload.content_length.map(|n| n.to_string());
            headers.extend(upload.content_type.map(|v| ("content-type", v)));
            headers.extend(length.as_deref().map(|v| ("content-length", v)));
            headers.extend(upload.sha256.map(|v| ("x-amz-checksum-sha256", v)));
            headers.extend(upload.encryption.headers());
            "PUT"
        }
    };
    let signable = Signable {
        method,
        host: target.host(),
        path: &path,
        query: &query,
        headers: &headers,
        payload: &Payload::UNSIGNED,
    };
    let scope = Scope { region: target.signing_region(), service: S3, at: signer.at };
    let query = sign::query::sign(&signable, expires_in, &scope, signer.credentials, signer.keys)?;
    Ok(target.url(&path, &query))
}

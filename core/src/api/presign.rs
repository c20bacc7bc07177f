//! Presigned URLs, for programs.

use serde::Deserialize;

use super::{Code, Error};
use crate::sign::{Credentials, KeyCache, Timestamp};
use crate::storage::Encryption;
use crate::storage::presign::{self, Disposition, Operation, Request, Upload};
use crate::text::secret::Secret;

/// A request for a presigned URL. S3 only.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(rename_all = "camelCase")]
pub struct PresignRequest {
    /// Whether to download or upload.
    pub op: Op,
    /// The URL of the store; omit it for Amazon S3.
    pub endpoint: Option<String>,
    /// The region.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// The full object key.
    pub key: String,
    /// Whether the bucket goes into the path instead of the host name.
    pub force_path_style: Option<bool>,
    /// The access key ID.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The session token of temporary credentials.
    pub session_token: Option<String>,
    /// How many seconds the URL is valid, at most 604800; 3600 by default. Also accepted as `expires`, like the flag.
    #[serde(alias = "expires")]
    pub expires_in: Option<u64>,
    /// The time from which the URL is valid, such as `2026-01-31T12:00:00Z`; now by default.
    #[cfg_attr(test, ts(optional, type = "string | number | Date | null"))]
    pub date: Option<Moment>,
    /// Makes browsers save a download, under the object's name or the given one.
    #[cfg_attr(test, ts(optional, type = "boolean | string | null"))]
    pub attachment: Option<Attachment>,
    /// The content type that an upload must be sent with.
    pub content_type: Option<String>,
    /// The length in bytes that an upload must have.
    pub content_length: Option<u64>,
    /// The SHA-256 in base64 that an upload must have.
    pub sha256: Option<String>,
    /// Server-side encryption of an upload: `AES256` or `aws:kms`.
    pub sse: Option<String>,
    /// The KMS key; sent only with `aws:kms`.
    pub kms_key_id: Option<String>,
}

/// What a presigned URL does.
#[derive(Clone, Copy, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Op {
    /// Downloads.
    Get,
    /// Uploads.
    Put,
}

/// Whether browsers save a download.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Attachment {
    /// Under the object's name, or not at all.
    Switch(bool),
    /// Under this name.
    Name(String),
}

/// A point in time: a string, or milliseconds since 1970.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Moment {
    /// In RFC 3339 or the format of `X-Amz-Date`.
    Text(String),
    /// What `Date.now()` gives.
    Millis(f64),
}

impl Moment {
    fn timestamp(&self) -> Result<Timestamp, Error> {
        let read = match self {
            Self::Text(text) => Timestamp::parse(text),
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "casts saturate, and out-of-range times are rejected"
            )]
            Self::Millis(millis) => {
                Timestamp::from_unix(if *millis >= 0.0 { (millis / 1000.0) as u64 } else { u64::MAX })
            }
        };
        read.map_err(|e| Error::new(Code::InvalidRequest, format!("`date` is {e}")))
    }
}

/// The time of signing. The core has no clock: bindings set the current time if the caller gave none.
pub(super) fn moment(date: Option<&Moment>) -> Result<Timestamp, Error> {
    date.ok_or_else(|| Error::new(Code::InvalidRequest, "`date` is missing"))?.timestamp()
}

/// Signs the URL for `request` (JSON). `keys` caches signing keys across calls.
///
/// # Errors
/// The request is invalid, or one that the AWS SDK wouldn't sign either.
pub fn presign(request: &str, keys: &mut KeyCache) -> Result<String, Error> {
    let request: PresignRequest = super::from_json(Code::InvalidRequest, "invalid presign request", request)?;
    let operation = match request.op {
        Op::Get => Operation::Get {
            disposition: match &request.attachment {
                None | Some(Attachment::Switch(false)) => Disposition::Inline,
                Some(Attachment::Switch(true)) => Disposition::Attachment,
                Some(Attachment::Name(name)) => Disposition::AttachmentNamed(name),
            },
        },
        Op::Put => Operation::Put(Upload {
            content_type: request.content_type.as_deref(),
            content_length: request.content_length,
            sha256: request.sha256.as_deref(),
            encryption: Encryption { sse: request.sse.as_deref(), kms_key_id: request.kms_key_id.as_deref() },
        }),
    };
    let expires_in = request.expires_in.unwrap_or(3600);
    let request = Request {
        operation,
        endpoint: request.endpoint.as_deref(),
        region: &request.region,
        bucket: &request.bucket,
        key: &request.key,
        force_path_style: request.force_path_style.unwrap_or(false),
        credentials: &credentials(request.access_key_id, request.secret_access_key, request.session_token),
        // A number that doesn't fit is longer than the maximum, and is rejected as such.
        expires_in: u32::try_from(expires_in).unwrap_or(u32::MAX),
        at: moment(request.date.as_ref())?,
    };
    presign::presign(&request, keys).map_err(|e| Error::new(Code::InvalidRequest, e.to_string()))
}

pub(super) fn credentials(access_key_id: String, secret: String, session_token: Option<String>) -> Credentials {
    Credentials { access_key_id, secret: Secret::new(secret), session_token: session_token.map(Secret::new) }
}

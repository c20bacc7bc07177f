//! The same on Azure Blob Storage, whose client Langfuse uses with `LANGFUSE_USE_AZURE_BLOB=true`: the bucket is a
//! container, the key ID is the account, the secret key is one of its two keys.
//!
//! What S3 calls a multipart upload is a blob with uncommitted blocks. [`put_block`] is the part, [`put_block_list`]
//! the completion, [`get_block_list`] the list of parts, [`list_blobs`] with `uncommitted` the list of uploads. There
//! is no upload ID, so block IDs contain one ([`block_id`]), and there is no abort:
//! [`discard_upload`] replaces it.
//!
//! Keys are deleted one by one, as Langfuse does: the batch operation is a multipart request with one signature for
//! each blob, and saves only connections.

pub mod block_id;
pub mod copy_blob;
pub mod create_container;
mod credentials;
pub mod delete_blob;
pub mod discard_upload;
pub mod get_blob;
pub mod get_blob_properties;
pub mod get_block_list;
pub mod get_container_properties;
pub mod list_blobs;
pub mod put_blob;
pub mod put_block;
pub mod put_block_list;
pub mod service_sas;
pub mod shared_key;
mod target;

use http::{HeaderName, HeaderValue, Method, Request};

pub use block_id::{BlockId, UploadId};
pub use credentials::{AccountKey, Credentials, CredentialsError};
pub use service_sas::presign_at;
pub use target::{Target, TargetError};

use super::RequestError;
use super::key;
use crate::sign::{SignError, Timestamp, encode};
use shared_key::Signable;

/// The protocol version, in `x-ms-version` and in the `sv` of presigned URLs. Source: `@azure/storage-blob` 12.26.0.
pub const VERSION: &str = "2025-01-05";

/// Who signs requests, and when.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// The account and its key.
    pub credentials: &'a Credentials,
    /// The time in the signature. Azure accepts a difference of fifteen minutes.
    pub at: Timestamp,
}

/// A digest of a request's body, in base64, for Azure to check. It accepts one of the two, not both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Checksum<'a> {
    /// MD5. [`put_blob`] keeps it with the blob.
    Md5(&'a str),
    /// Azure's CRC-64.
    Crc64(&'a str),
}

impl<'a> Checksum<'a> {
    fn header(self) -> (&'static str, &'a str) {
        match self {
            Self::Md5(digest) => ("content-md5", digest),
            Self::Crc64(digest) => ("x-ms-content-crc64", digest),
        }
    }
}

/// A head for the blob `key`.
fn blob(
    method: Method,
    target: &Target,
    key: &str,
    query: &[(&str, &str)],
    headers: &[(&'static str, &str)],
    signer: &Signer<'_>,
) -> Result<Request<()>, RequestError> {
    key::check_on_azure(key)?;
    head(method, target, &target.path(key), query, headers, signer)
}

/// A head for the container.
fn container(
    method: Method,
    target: &Target,
    query: &[(&str, &str)],
    headers: &[(&'static str, &str)],
    signer: &Signer<'_>,
) -> Result<Request<()>, RequestError> {
    head(method, target, target.container_path(), query, headers, signer)
}

/// A signed head. `query` is not encoded yet, and `host` is left to the transport, which takes it from the URL.
fn head(
    method: Method,
    target: &Target,
    path: &str,
    query: &[(&str, &str)],
    headers: &[(&'static str, &str)],
    signer: &Signer<'_>,
) -> Result<Request<()>, RequestError> {
    let mut date = String::with_capacity(29);
    signer.at.push_http(&mut date);
    let more = [("x-ms-date", date.as_str()), ("x-ms-version", VERSION)];
    // Whitespace around a value is lost in transit, so it must not be signed.
    let headers: Vec<_> = headers.iter().chain(&more).map(|(name, value)| (*name, value.trim())).collect();
    let signable = Signable { method: method.as_str(), path, query, headers: &headers };
    let authorization = shared_key::authorization(&signable, signer.credentials);

    let mut request = Request::new(());
    *request.method_mut() = method;
    *request.uri_mut() = target.url(path, &encoded(query)).parse().map_err(|_| RequestError::Url)?;
    for (name, value) in headers.into_iter().chain([("authorization", authorization.as_str())]) {
        let mut text = HeaderValue::from_str(value).map_err(|_| SignError::Header(name.to_owned()))?;
        // Debug output of a request shows its headers.
        text.set_sensitive(name == "authorization");
        request.headers_mut().insert(HeaderName::from_static(name), text);
    }
    Ok(request)
}

fn encoded(query: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, value) in query {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(name);
        out.push('=');
        encode::push_query(&mut out, value);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::secret::Secret;

    #[test]
    fn a_request_carries_what_was_signed() {
        let credentials = Credentials::new("acct", &Secret::new("SmVmZQ==")).unwrap();
        let signer = Signer { credentials: &credentials, at: Timestamp::parse("2026-01-31T08:00:00Z").unwrap() };
        let target = Target::new("https://acct.blob.core.windows.net", "c").unwrap();
        let query = [("comp", "block"), ("blockid", "a+/=")];
        let headers = [("content-length", "3"), ("x-ms-blob-content-type", " text/plain ")];
        let request = blob(Method::PUT, &target, "a b", &query, &headers, &signer).unwrap();
        assert_eq!(
            request.uri().to_string(),
            "https://acct.blob.core.windows.net/c/a%20b?comp=block&blockid=a%2B%2F%3D"
        );
        let signed = Signable {
            method: "PUT",
            path: "/c/a%20b",
            query: &query,
            headers: &[
                ("content-length", "3"),
                ("x-ms-blob-content-type", "text/plain"),
                ("x-ms-date", "Sat, 31 Jan 2026 08:00:00 GMT"),
                ("x-ms-version", "2025-01-05"),
            ],
        };
        let authorization = request.headers().get("authorization").unwrap();
        assert_eq!(authorization, shared_key::authorization(&signed, &credentials).as_str());
        assert!(authorization.is_sensitive());
        assert_eq!(request.headers().len(), 5);
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let credentials = Credentials::new("acct", &Secret::new("SmVmZQ==")).unwrap();
        let signer = Signer { credentials: &credentials, at: Timestamp::from_unix(0).unwrap() };
        let target = Target::new("https://h", "c").unwrap();
        let get = |key, headers: &[(&'static str, &str)]| {
            blob(Method::GET, &target, key, &[], headers, &signer).map(|_| ()).unwrap_err()
        };
        assert_eq!(get("a/../b", &[]), RequestError::Key(key::KeyError::DotSegment));
        assert_eq!(get("", &[]), RequestError::Key(key::KeyError::Empty));
        let forged = [("if-match", "\"a\"\nx-ms-date:1")];
        assert_eq!(get("a", &forged), RequestError::Sign(SignError::Header("if-match".into())));
        let range = crate::storage::get_object::ByteRange::Last(1);
        let suffix = get_blob::GetBlob { key: "a", range, if_match: None };
        assert_eq!(suffix.request(&target, &signer).map(|_| ()), Err(RequestError::SuffixRange));
    }
}

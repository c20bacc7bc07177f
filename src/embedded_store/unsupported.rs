//! Refuses requests for unsupported features, instead of ignoring them.

use hyper::HeaderMap;
use s3s::{S3Error, S3ErrorCode, S3Result};

const REFUSED_PREFIXES: [&str; 3] =
    ["x-amz-server-side-encryption", "x-amz-object-lock-", "x-amz-copy-source-server-side-encryption"];

const REFUSED: [&str; 3] = ["x-amz-tagging", "x-amz-website-redirect-location", "x-amz-write-offset-bytes"];

/// Checks the headers of a request that stores an object.
///
/// Errors: `NotImplemented` naming the header, `InvalidStorageClass`, `AccessControlListNotSupported`.
pub(super) fn check_headers(headers: &HeaderMap) -> S3Result<()> {
    for name in headers.keys() {
        let name = name.as_str();
        if REFUSED.contains(&name) || REFUSED_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
            return Err(S3Error::with_message(
                S3ErrorCode::NotImplemented,
                format!("This store doesn't support the header {name}"),
            ));
        }
    }
    let value = |name: &str| headers.get(name).map(hyper::header::HeaderValue::as_bytes);
    if value("x-amz-storage-class").is_some_and(|class| class != b"STANDARD") {
        return Err(S3Error::with_message(
            S3ErrorCode::InvalidStorageClass,
            "The storage class you specified is not valid",
        ));
    }
    if value("x-amz-acl").is_some_and(|acl| acl != b"private" && acl != b"bucket-owner-full-control") {
        return Err(S3Error::with_message(
            S3ErrorCode::AccessControlListNotSupported,
            "The bucket does not allow ACLs",
        ));
    }
    Ok(())
}

/// Refuses any version ID but `null`, S3's name for the only version while versioning is off.
pub(super) fn check_version(version_id: Option<&str>) -> S3Result<()> {
    match version_id {
        None | Some("null") => Ok(()),
        Some(_) => Err(S3Error::with_message(S3ErrorCode::InvalidArgument, "Invalid version id specified")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::{HeaderName, HeaderValue};

    fn refused(name: &'static str, value: &'static str) -> Option<S3ErrorCode> {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        check_headers(&headers).err().map(|error| error.code().clone())
    }

    #[test]
    fn unsupported_headers_are_refused() {
        let not_implemented = Some(S3ErrorCode::NotImplemented);
        assert_eq!(refused("x-amz-server-side-encryption", "aws:kms"), not_implemented);
        assert_eq!(refused("x-amz-server-side-encryption-customer-key", "k"), not_implemented);
        assert_eq!(refused("x-amz-tagging", "a=b"), not_implemented);
        assert_eq!(refused("x-amz-storage-class", "GLACIER"), Some(S3ErrorCode::InvalidStorageClass));
        assert_eq!(refused("x-amz-storage-class", "STANDARD"), None);
        assert_eq!(refused("x-amz-acl", "public-read"), Some(S3ErrorCode::AccessControlListNotSupported));
        assert_eq!(refused("x-amz-acl", "private"), None);
        assert_eq!(refused("x-amz-meta-a", "b"), None);
    }

    #[test]
    fn versions() {
        assert!(check_version(None).is_ok());
        assert!(check_version(Some("null")).is_ok());
        assert!(check_version(Some("1")).is_err());
    }
}

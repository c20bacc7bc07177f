//! Errors: [`Error`] for the caller, S3 errors for the client.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use s3s::{S3Error, S3ErrorCode};

use crate::output::eprint_line;

/// Why the store couldn't be opened or stopped serving.
///
/// No variant carries the secret access key.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A name in `Options::buckets` violates S3's bucket naming rules.
    BucketName(String),
    /// The region has characters other than lower-case letters, digits and hyphens.
    Region(String),
    /// The access key ID is empty or has characters that aren't allowed in a credential scope.
    AccessKeyId,
    /// The secret access key is empty.
    SecretAccessKey,
    /// Another running store holds this data directory.
    InUse(PathBuf),
    /// A file or directory couldn't be read or written.
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system reported.
        source: io::Error,
    },
    /// The listener stopped accepting connections.
    Accept(io::Error),
}

impl Error {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BucketName(name) => write!(
                f,
                "'{name}' is not a valid bucket name: use 3 to 63 lower-case letters, digits, dots and hyphens"
            ),
            Self::Region(region) => {
                write!(f, "'{region}' is not a valid region: use lower-case letters, digits and hyphens")
            }
            Self::AccessKeyId => f.write_str("the access key ID must be letters, digits and '-', '_' or '.'"),
            Self::SecretAccessKey => f.write_str("the secret access key must not be empty"),
            Self::InUse(path) => write!(f, "another store is already using {}", path.display()),
            Self::Io { path, source } => write!(f, "{}: {source}", path.display()),
            Self::Accept(source) => write!(f, "cannot accept connections: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } | Self::Accept(source) => Some(source),
            _ => None,
        }
    }
}

/// Turns a disk error into the `InternalError` that the client gets, and prints it to standard error, the store's only log.
pub(super) fn internal(source: io::Error) -> S3Error {
    eprint_line(format!("error: disk: {source}"));
    let message = match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "The store's disk is full.",
        _ => "We encountered an internal error. Please try again.",
    };
    let mut error = S3Error::with_message(S3ErrorCode::InternalError, message);
    error.set_source(Box::new(source));
    error
}

/// The `NoSuchBucket` response.
pub(super) fn no_such_bucket() -> S3Error {
    S3Error::with_message(S3ErrorCode::NoSuchBucket, "The specified bucket does not exist")
}

/// The `NoSuchKey` response.
pub(super) fn no_such_key() -> S3Error {
    S3Error::with_message(S3ErrorCode::NoSuchKey, "The specified key does not exist.")
}

/// The `NoSuchUpload` response.
pub(super) fn no_such_upload() -> S3Error {
    S3Error::with_message(
        S3ErrorCode::NoSuchUpload,
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    )
}

/// S3's message for errors that s3s raises without one.
pub(super) fn default_message(code: &str) -> Option<&'static str> {
    Some(match code {
        "SignatureDoesNotMatch" => {
            "The request signature we calculated does not match the signature you provided. Check your key and signing method."
        }
        "InvalidBucketName" => "The specified bucket is not valid.",
        "KeyTooLongError" => "Your key is too long",
        "InvalidURI" => "Couldn't parse the specified URI.",
        "MalformedXML" => "The XML you provided was not well-formed or did not validate against our published schema",
        "MethodNotAllowed" => "The specified method is not allowed against this resource.",
        "MissingContentLength" => "You must provide the Content-Length HTTP header.",
        "MissingRequestBodyError" => "Request Body is empty",
        "MaxMessageLengthExceeded" => "Your request was too big.",
        "IncompleteBody" => "You did not provide the number of bytes specified by the Content-Length HTTP header",
        "NotImplemented" => "A header or operation you provided implies functionality that is not implemented",
        "InternalError" => "We encountered an internal error. Please try again.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_named() {
        let error = internal(io::ErrorKind::StorageFull.into());
        assert_eq!((error.code(), error.message()), (&S3ErrorCode::InternalError, Some("The store's disk is full.")));
    }
}

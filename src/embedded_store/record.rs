//! The metadata of an object.

use std::collections::BTreeMap;

use s3s::dto::{Metadata, Timestamp};
use s3s::{S3Error, S3ErrorCode, S3Result};
use serde::{Deserialize, Serialize};

use super::checksum::{Checksums, Kind};

const USER_METADATA_MAX_BYTES: usize = 2048;

/// S3's content type for an object that was stored without one.
pub(super) const DEFAULT_CONTENT_TYPE: &str = "binary/octet-stream";

/// The headers that a client stores with an object and gets back with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredHeaders {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_disposition: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_encoding: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// Without the `x-amz-meta-` prefix, names in lower case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub user_metadata: BTreeMap<String, String>,
}

impl StoredHeaders {
    /// Refuses user metadata above S3's limit, and removes the transfer encoding from the content encoding.
    pub(super) fn checked(mut self) -> S3Result<Self> {
        let size = self
            .user_metadata
            .iter()
            .fold(0_usize, |sum, (name, value)| sum.saturating_add(name.len()).saturating_add(value.len()));
        if size > USER_METADATA_MAX_BYTES {
            return Err(S3Error::with_message(
                S3ErrorCode::MetadataTooLarge,
                "Your metadata headers exceed the maximum allowed metadata size",
            ));
        }
        self.content_encoding = self.content_encoding.and_then(|codings| {
            let kept: Vec<_> = codings
                .split(',')
                .map(str::trim)
                .filter(|coding| !coding.is_empty() && *coding != "aws-chunked")
                .collect();
            (!kept.is_empty()).then(|| kept.join(","))
        });
        Ok(self)
    }

    /// The user metadata for a response.
    pub(super) fn metadata(&self) -> Option<Metadata> {
        let map: Metadata = self.user_metadata.clone().into_iter().collect();
        (!map.is_empty()).then_some(map)
    }
}

/// Collects the stored headers of a request.
macro_rules! stored_headers {
    ($input:expr) => {
        $crate::embedded_store::record::StoredHeaders {
            content_type: $input.content_type.clone(),
            cache_control: $input.cache_control.clone(),
            content_disposition: $input.content_disposition.clone(),
            content_encoding: $input.content_encoding.clone(),
            content_language: $input.content_language.clone(),
            expires: $input.expires.clone(),
            user_metadata: $input.metadata.clone().unwrap_or_default().into_iter().collect(),
        }
        .checked()
    };
}
pub(super) use stored_headers;

/// An object's metadata file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Object {
    pub key: String,
    /// In bytes.
    pub size: u64,
    /// Without the quotes.
    pub etag: String,
    /// Milliseconds since the Unix epoch.
    pub last_modified_ms: u64,
    /// The name of the file with the bytes, in the same directory. With the name here, one rename replaces
    /// bytes and metadata together.
    pub data_file: String,
    #[serde(flatten)]
    pub headers: StoredHeaders,
    #[serde(default, skip_serializing_if = "Checksums::is_empty")]
    pub checksums: Checksums,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum_kind: Option<Kind>,
    /// The size of each part in bytes, if the object was a multipart upload.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub part_sizes: Vec<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_encoding(coding: &str) -> Option<String> {
        let headers = StoredHeaders { content_encoding: Some(coding.to_owned()), ..StoredHeaders::default() };
        headers.checked().unwrap().content_encoding
    }

    #[test]
    fn aws_chunked_is_not_kept() {
        assert_eq!(with_encoding("aws-chunked"), None);
        assert_eq!(with_encoding("gzip, aws-chunked").as_deref(), Some("gzip"));
        assert_eq!(with_encoding("gzip").as_deref(), Some("gzip"));
    }

    #[test]
    fn user_metadata_has_a_limit() {
        let mut headers = StoredHeaders::default();
        headers.user_metadata.insert("k".to_owned(), "v".repeat(2047));
        assert!(headers.clone().checked().is_ok());
        headers.user_metadata.insert("l".to_owned(), String::new());
        assert!(headers.checked().is_err());
    }

    #[test]
    fn a_record_survives_json() {
        let object = Object {
            key: "a+b/\"\u{1F600}\u{1}".to_owned(),
            size: u64::MAX,
            etag: "0-1".to_owned(),
            last_modified_ms: 1,
            data_file: "f".to_owned(),
            headers: StoredHeaders {
                expires: Some(crate::embedded_store::clock::timestamp(1000)),
                ..StoredHeaders::default()
            },
            checksums: Checksums::default(),
            checksum_kind: Some(Kind::FullObject),
            part_sizes: vec![1, 2],
        };
        let text = serde_json::to_string(&object).unwrap();
        assert_eq!(serde_json::from_str::<Object>(&text).unwrap(), object);
    }
}

//! Where a store's S3 API differs from Amazon's, for the operations that we use.

use crate::storage::Algorithm;
use crate::upload::Limits;

/// What a store supports.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Storage {
    /// Its limits for single and multipart uploads.
    pub limits: Limits,
    /// Whether all parts of an upload except the last must have the same size.
    pub equal_parts: bool,
    /// The checksum to send with uploads. `None`: the store isn't known to support any, and only the signed SHA-256
    /// protects the body.
    pub upload_checksum: Option<Algorithm>,
    /// Whether it supports deleting multiple objects in one request.
    pub delete_many: bool,
}

impl Storage {
    /// As a phrase: the checksum, and the restrictions.
    #[must_use]
    pub fn describe(&self) -> String {
        let mut out = match self.upload_checksum {
            Some(algorithm) => format!("with {}", algorithm.name()),
            None => "with the signed SHA-256 only".into(),
        };
        if self.equal_parts {
            out.push_str("; parts of equal size");
        }
        if !self.delete_many {
            out.push_str("; deletes one by one");
        }
        out
    }
}

/// For an unknown store: Amazon's limits, and nothing that older stores reject.
pub const COMMON: Storage =
    Storage { limits: Limits::S3, equal_parts: false, upload_checksum: None, delete_many: true };

/// Amazon's own checksum, which combines the parts' checksums into the object's.
pub const WITH_CRC64: Storage = Storage { upload_checksum: Some(Algorithm::Crc64Nvme), ..COMMON };

/// The checksum that stores supported before CRC64NVME.
pub const WITH_CRC32C: Storage = Storage { upload_checksum: Some(Algorithm::Crc32c), ..COMMON };

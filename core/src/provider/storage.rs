//! Where a store's S3 API differs from Amazon's, for the operations that are made at it.

use crate::storage::Algorithm;
use crate::upload::Limits;

/// What a store takes and what it refuses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Storage {
    /// What it takes in one request and in parts.
    pub limits: Limits,
    /// Whether all parts of an upload but the last have to be of one length.
    pub equal_parts: bool,
    /// The checksum that bodies carry. `None`: the store is not known to take any, and a body is checked by its signed
    /// SHA-256 alone.
    pub upload_checksum: Option<Algorithm>,
    /// Whether it deletes many objects in one request.
    pub delete_many: bool,
}

impl Storage {
    /// As a phrase: what bodies carry, and what is not done there.
    #[must_use]
    pub fn describe(&self) -> String {
        let mut out = match self.upload_checksum {
            Some(algorithm) => format!("with {}", algorithm.name()),
            None => "with the signed SHA-256 alone".into(),
        };
        if self.equal_parts {
            out.push_str("; parts of one length");
        }
        if !self.delete_many {
            out.push_str("; deletes one by one");
        }
        out
    }
}

/// What is asked of a store that nothing is known about: Amazon's limits, and nothing that an older store refuses.
pub const COMMON: Storage =
    Storage { limits: Limits::S3, equal_parts: false, upload_checksum: None, delete_many: true };

/// Amazon's own checksum, which joins those of the parts into one of the object.
pub const WITH_CRC64: Storage = Storage { upload_checksum: Some(Algorithm::Crc64Nvme), ..COMMON };

/// The checksum that stores learned before CRC64NVME.
pub const WITH_CRC32C: Storage = Storage { upload_checksum: Some(Algorithm::Crc32c), ..COMMON };

//! What a body is known by before it is sent.

use std::io;

use bytes::Bytes;
use langfuse_blob_core::sign::Payload;
use langfuse_blob_core::storage::checksum::Hasher;
use langfuse_blob_core::storage::{Algorithm, Checksum};
use sha2::{Digest as _, Sha256};

use super::file_range::FileRange;

/// The digests of a body.
#[derive(Clone, Debug)]
pub struct Digests {
    /// The SHA-256.
    pub sha256: [u8; 32],
    /// The same, as the signature covers it: a store that checks it keeps no other body.
    pub payload: Payload,
    /// The checksum that the store keeps, where it takes one.
    pub checksum: Option<Checksum>,
}

impl Digests {
    /// Those of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8], algorithm: Option<Algorithm>) -> Self {
        let mut running = Running::new(algorithm);
        running.update(bytes);
        running.finish()
    }

    /// Those of a stretch of a file, read on a thread where that may block.
    ///
    /// # Errors
    /// Where the file can't be read, or has become shorter.
    pub async fn of_region(region: FileRange, algorithm: Option<Algorithm>) -> io::Result<Self> {
        let read = tokio::task::spawn_blocking(move || {
            let mut running = Running::new(algorithm);
            region.read(|slice| running.update(slice))?;
            Ok(running.finish())
        });
        read.await.map_err(io::Error::other)?
    }

    /// Those of bytes that are many enough to block.
    ///
    /// # Errors
    /// Where the thread came to grief.
    pub async fn of_many(bytes: Bytes, algorithm: Option<Algorithm>) -> io::Result<Self> {
        tokio::task::spawn_blocking(move || Self::of(&bytes, algorithm)).await.map_err(io::Error::other)
    }
}

struct Running {
    sha256: Sha256,
    checksum: Option<Hasher>,
}

impl Running {
    fn new(algorithm: Option<Algorithm>) -> Self {
        Self { sha256: Sha256::new(), checksum: algorithm.map(Hasher::new) }
    }

    fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        if let Some(checksum) = &mut self.checksum {
            checksum.update(bytes);
        }
    }

    fn finish(self) -> Digests {
        let sha256: [u8; 32] = self.sha256.finalize().into();
        Digests { sha256, payload: Payload::of_digest(&sha256), checksum: self.checksum.map(Hasher::finish) }
    }
}

//! Sends a range of a file as a response body, in pieces of bounded size.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;

use bytes::Bytes;
use futures_util::stream;
use s3s::dto::StreamingBlob;

const PIECE_BYTES: u64 = 256 * 1024;

struct Rest {
    file: File,
    /// In bytes.
    remaining: u64,
    started_at: Option<u64>,
}

impl Rest {
    fn next(mut self) -> io::Result<(Bytes, Self)> {
        if let Some(offset) = self.started_at.take() {
            self.file.seek(SeekFrom::Start(offset))?;
        }
        let len = self.remaining.min(PIECE_BYTES);
        let mut piece = vec![0; usize::try_from(len).unwrap_or(0)];
        self.file.read_exact(&mut piece)?;
        self.remaining = self.remaining.saturating_sub(len);
        Ok((piece.into(), self))
    }
}

/// The bytes of `file` in `range`, read while they're sent.
pub(super) fn stream(file: File, range: &Range<u64>) -> StreamingBlob {
    let rest = Rest { file, remaining: range.end.saturating_sub(range.start), started_at: Some(range.start) };
    StreamingBlob::wrap(stream::try_unfold(rest, |rest| async move {
        if rest.remaining == 0 {
            return Ok(None);
        }
        tokio::task::spawn_blocking(move || rest.next().map(Some))
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error)))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded_store::disk::tests::Scratch;
    use futures_util::StreamExt as _;

    async fn read(range: Range<u64>) -> Vec<u8> {
        let scratch = Scratch::new();
        let path = scratch.0.join("f");
        let content: Vec<u8> = (0..=255).cycle().take(600_000).collect();
        std::fs::write(&path, &content).unwrap();
        let mut stream = stream(File::open(&path).unwrap(), &range);
        let mut read = Vec::new();
        while let Some(piece) = stream.next().await {
            read.extend_from_slice(&piece.unwrap());
        }
        let range = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
        assert_eq!(read, content[range]);
        read
    }

    #[tokio::test]
    async fn ranges_are_exact() {
        assert_eq!(read(0..0).await.len(), 0);
        assert_eq!(read(0..600_000).await.len(), 600_000);
        assert_eq!(read(599_999..600_000).await.len(), 1);
        read(1..262_145).await;
    }
}

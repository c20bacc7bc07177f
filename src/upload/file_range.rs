//! A byte range of a file as a body: read once for its digests, then again while it is sent.

use std::fs::File;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
#[cfg(test)]
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use tokio::task::JoinHandle;

use super::progress::Meter;

/// How much is read at a time.
const SLICE: u64 = 256 * 1024;

/// A byte range of a file.
#[derive(Clone, Debug)]
pub struct FileRange {
    file: Arc<File>,
    first: u64,
    length: u64,
}

impl FileRange {
    /// `length` bytes starting at `first`.
    #[must_use]
    pub fn new(file: Arc<File>, first: u64, length: u64) -> Self {
        Self { file, first, length }
    }

    /// Its length in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Passes all bytes to `take`, in order. Blocks.
    ///
    /// # Errors
    /// The file can't be read, or has become shorter.
    pub fn read(&self, mut take: impl FnMut(&[u8])) -> io::Result<()> {
        let mut buffer = vec![0; usize::try_from(self.length.min(SLICE)).unwrap_or(0)];
        let mut done = 0;
        while done < self.length {
            let want = usize::try_from(self.length.saturating_sub(done)).unwrap_or(usize::MAX).min(buffer.len());
            let room = buffer.get_mut(..want).unwrap_or_default();
            let got = read_at(&self.file, room, self.first.saturating_add(done))?;
            if got == 0 {
                return Err(shorter());
            }
            take(room.get(..got).unwrap_or_default());
            done = done.saturating_add(got as u64);
        }
        Ok(())
    }

    /// The bytes as a stream; `meter` counts them as they are read.
    #[must_use]
    pub fn stream(&self, meter: Meter) -> Sending {
        Sending { region: self.clone(), done: 0, reading: None, meter }
    }
}

fn shorter() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the file has become shorter while it was read")
}

/// Reads at `offset`, independent of the file's position.
#[cfg(unix)]
pub(super) fn read_at(file: &File, room: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, room, offset)
}

/// Reads at `offset`, independent of the file's position.
#[cfg(windows)]
pub(super) fn read_at(file: &File, room: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, room, offset)
}

/// A range being sent. Reads run on the runtime's blocking threads, one slice ahead of the connection.
#[derive(Debug)]
pub struct Sending {
    region: FileRange,
    done: u64,
    reading: Option<JoinHandle<io::Result<Bytes>>>,
    meter: Meter,
}

impl Stream for Sending {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let left = this.region.length.saturating_sub(this.done);
        if left == 0 {
            return Poll::Ready(None);
        }
        let reading = this.reading.get_or_insert_with(|| {
            let (file, first) = (this.region.file.clone(), this.region.first.saturating_add(this.done));
            let want = usize::try_from(left.min(SLICE)).unwrap_or(0);
            tokio::task::spawn_blocking(move || {
                let mut slice = vec![0; want];
                let got = read_at(&file, &mut slice, first)?;
                slice.truncate(got);
                if got == 0 { Err(shorter()) } else { Ok(slice.into()) }
            })
        });
        let read = match Pin::new(reading).poll(cx) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(read) => read,
        };
        this.reading = None;
        let slice = read.map_err(io::Error::other).flatten();
        if let Ok(slice) = &slice {
            let bytes = slice.len() as u64;
            this.done = this.done.saturating_add(bytes);
            this.meter.add(bytes);
        }
        Poll::Ready(Some(slice))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use futures_util::TryStreamExt as _;

    use tempfile::{TempDir, tempdir};

    use super::*;

    fn file(directory: &TempDir, bytes: &[u8]) -> Arc<File> {
        let path = directory.path().join("f");
        File::create(&path).unwrap().write_all(bytes).unwrap();
        Arc::new(File::open(path).unwrap())
    }

    #[tokio::test]
    async fn yields_the_same_range_twice() {
        let directory = tempdir().unwrap();
        let bytes: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
        let file = file(&directory, &bytes);
        for (first, length) in [(0, 1_000_000), (1, 999_999), (300_000, 262_144), (7, 1), (1_000_000, 0)] {
            let region = FileRange::new(file.clone(), first, length);
            let mut read = Vec::new();
            region.read(|slice| read.extend_from_slice(slice)).unwrap();
            let sent = Arc::new(AtomicU64::new(0));
            let meter = Meter::new(sent.clone());
            let streamed: Vec<Bytes> = region.stream(meter.clone()).try_collect().await.unwrap();
            let wanted = &bytes[usize::try_from(first).unwrap()..usize::try_from(first + length).unwrap()];
            assert_eq!(read, wanted);
            assert_eq!(streamed.concat(), wanted);
            assert_eq!(sent.load(Ordering::Relaxed), length);
            meter.restart();
            assert_eq!(sent.load(Ordering::Relaxed), 0);
        }
    }

    #[tokio::test]
    async fn a_truncated_file_is_an_error() {
        let directory = tempdir().unwrap();
        let region = FileRange::new(file(&directory, b"abc"), 0, 4);
        assert_eq!(region.read(|_| {}).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        let streamed: Result<Vec<Bytes>, _> = region.stream(Meter::new(Arc::default())).try_collect().await;
        assert_eq!(streamed.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}

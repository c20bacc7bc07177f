//! Streams a request body to a temporary file, in pieces of bounded size, and checks it against its declared length
//! and checksums.

use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::StreamExt as _;
use s3s::dto::StreamingBlob;
use s3s::{S3Error, S3ErrorCode, S3Result, StdError, TrailingHeaders};

use super::checksum::{self, Algorithm, Checksums, Digests};
use super::disk::{self, TempFile};
use super::error;

/// The maximum body of one `PutObject` or `UploadPart`: 5 GiB.
pub(super) const UPLOAD_MAX_BYTES: u64 = 5 * 1024 * 1024 * 1024;

// Large enough that passing a batch to another thread is cheap, small enough for many concurrent uploads.
const BATCH_BYTES: usize = 512 * 1024;

// Without a limit, a client that sends single bytes would cost more memory for the slices than for the bytes.
const BATCH_PIECES: usize = 256;

/// What the client declared about a body.
#[derive(Default)]
pub(super) struct Declared {
    /// In bytes, after any chunked encoding is removed.
    pub length: Option<i64>,
    /// Base64, from Content-MD5.
    pub md5: Option<String>,
    pub checksums: Checksums,
    /// Where checksums appear once the body has been read.
    pub trailers: Option<TrailingHeaders>,
    /// The value of x-amz-trailer.
    pub trailer_names: Option<String>,
    /// A checksum to calculate even without a declared value.
    pub wanted: Option<Algorithm>,
}

/// A body on disk that matches what was declared.
pub(super) struct Received {
    pub temp: TempFile,
    /// In bytes.
    pub size: u64,
    pub md5: [u8; 16],
    pub checksums: Checksums,
}

/// A temporary file and the digests of its content.
pub(super) struct Sink {
    temp: TempFile,
    digests: Digests,
    size: u64,
}

impl Sink {
    const COPY_BYTES: usize = 256 * 1024;

    pub(super) fn create(dir: &Path, algorithms: impl Iterator<Item = Algorithm>) -> io::Result<Self> {
        Ok(Self { temp: TempFile::create(dir)?, digests: Digests::new(algorithms), size: 0 })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.temp.write_all(bytes)?;
        self.digests.update(bytes);
        self.size = self.size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        Ok(())
    }

    /// Writes all of `from`.
    pub(super) fn copy_from(&mut self, from: &mut impl Read) -> io::Result<()> {
        let mut buffer = vec![0; Self::COPY_BYTES];
        loop {
            let read = match from.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            self.write(buffer.get(..read).unwrap_or_default())?;
        }
    }

    pub(super) fn finish(self) -> Received {
        let (md5, checksums) = self.digests.finish();
        Received { temp: self.temp, size: self.size, md5, checksums }
    }
}

/// Streams `body` to a temporary file in `dir`.
///
/// Errors: `BadDigest` if a digest differs, `InvalidDigest` or `InvalidRequest` if one is malformed,
/// `IncompleteBody` if bytes are missing, `EntityTooLarge` above 5 GiB.
pub(super) async fn receive(dir: PathBuf, body: Option<StreamingBlob>, declared: Declared) -> S3Result<Received> {
    declared.check_form()?;
    let algorithms = declared.algorithms();
    let mut sink = disk::blocking(move || Sink::create(&dir, algorithms.into_iter()).map_err(error::internal)).await?;
    if let Some(mut body) = body {
        let mut batch = Vec::new();
        let mut pending: usize = 0;
        let mut total: u64 = 0;
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(broken_body)?;
            pending = pending.saturating_add(piece.len());
            total = total.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
            if total > UPLOAD_MAX_BYTES {
                return Err(too_large());
            }
            batch.push(piece);
            if pending >= BATCH_BYTES || batch.len() >= BATCH_PIECES {
                sink = write_batch(sink, std::mem::take(&mut batch)).await?;
                pending = 0;
            }
        }
        sink = write_batch(sink, batch).await?;
    }
    let received = sink.finish();
    declared.check(&received)?;
    Ok(received)
}

async fn write_batch(mut sink: Sink, batch: Vec<Bytes>) -> S3Result<Sink> {
    if batch.is_empty() {
        return Ok(sink);
    }
    disk::blocking(move || {
        for piece in batch {
            sink.write(&piece).map_err(error::internal)?;
        }
        Ok(sink)
    })
    .await
}

impl Declared {
    fn check_form(&self) -> S3Result<()> {
        if self.length.and_then(|length| u64::try_from(length).ok()) > Some(UPLOAD_MAX_BYTES) {
            return Err(too_large());
        }
        if let Some(md5) = &self.md5
            && checksum::decode(md5).is_none_or(|digest| digest.len() != 16)
        {
            return Err(S3Error::with_message(
                S3ErrorCode::InvalidDigest,
                "The Content-MD5 you specified was invalid.",
            ));
        }
        self.checksums.check_form()
    }

    fn trailing_algorithms(&self) -> impl Iterator<Item = Algorithm> {
        let names = self.trailer_names.as_deref().unwrap_or("");
        Algorithm::ALL
            .into_iter()
            .filter(move |algorithm| names.split(',').any(|name| name.trim().eq_ignore_ascii_case(algorithm.header())))
    }

    fn algorithms(&self) -> Vec<Algorithm> {
        self.checksums.algorithms().chain(self.trailing_algorithms()).chain(self.wanted).collect()
    }

    fn check(&self, received: &Received) -> S3Result<()> {
        if let Some(length) = self.length
            && u64::try_from(length).ok() != Some(received.size)
        {
            return Err(incomplete_body());
        }
        if let Some(md5) = &self.md5
            && checksum::decode(md5).as_deref() != Some(received.md5.as_slice())
        {
            return Err(S3Error::with_message(
                S3ErrorCode::BadDigest,
                "The Content-MD5 you specified did not match what we received.",
            ));
        }
        received.checksums.check_declared(&self.checksums)?;
        let mut trailing = Checksums::default();
        for algorithm in self.trailing_algorithms() {
            let value = self.trailers.as_ref().and_then(|trailers| {
                trailers.read(|map| {
                    let value = map.get(algorithm.header())?;
                    value.to_str().ok().map(str::to_owned)
                })?
            });
            let value = value.ok_or_else(|| {
                S3Error::with_message(
                    S3ErrorCode::InvalidRequest,
                    format!("The trailer {} was declared but not sent.", algorithm.header()),
                )
            })?;
            trailing.insert(algorithm, value);
        }
        trailing.check_form()?;
        received.checksums.check_declared(&trailing)
    }
}

fn too_large() -> S3Error {
    S3Error::with_message(S3ErrorCode::EntityTooLarge, "Your proposed upload exceeds the maximum allowed object size.")
}

fn incomplete_body() -> S3Error {
    S3Error::with_message(
        S3ErrorCode::IncompleteBody,
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
    )
}

/// Maps an error while reading a body. s3s keeps these error types private, so only their text can be inspected.
fn broken_body(source: StdError) -> S3Error {
    let text = source.to_string();
    let mut error = if text.contains("Sha256Mismatch") {
        let mut error = S3Error::with_message(
            S3ErrorCode::Custom("XAmzContentSHA256Mismatch".into()),
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        );
        error.set_status_code(hyper::StatusCode::BAD_REQUEST);
        error
    } else if text.contains("SignatureMismatch") {
        S3Error::with_message(
            S3ErrorCode::SignatureDoesNotMatch,
            "The chunk signature we calculated does not match the signature you provided.",
        )
    } else if text.contains("FormatError") || text.contains("TooLarge") || text.contains("TooMany") {
        S3Error::with_message(S3ErrorCode::InvalidRequest, "The aws-chunked body is malformed.")
    } else {
        incomplete_body()
    };
    error.set_source(source);
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded_store::disk::tests::Scratch;
    use s3s::Body;

    async fn take(declared: Declared) -> S3Result<Received> {
        let scratch = Scratch::new();
        let body = StreamingBlob::from(Body::from(Bytes::from_static(b"hello")));
        receive(scratch.0.clone(), Some(body), declared).await
    }

    #[tokio::test]
    async fn a_matching_md5_passes() {
        let declared =
            Declared { md5: Some("XUFAKrxLKna5cZ2REBfFkg==".to_owned()), length: Some(5), ..Declared::default() };
        let received = take(declared).await.unwrap();
        assert_eq!(received.size, 5);
        assert_eq!(disk::hex(&received.md5), "5d41402abc4b2a76b9719d911017c592");
    }

    #[tokio::test]
    async fn wrong_declarations_are_refused() {
        let md5 = |value: &str| Declared { md5: Some(value.to_owned()), ..Declared::default() };
        let length = |length| Declared { length: Some(length), ..Declared::default() };
        let trailer = Declared { trailer_names: Some("x-amz-checksum-crc32".to_owned()), ..Declared::default() };
        let cases = [
            (md5("AAAAAAAAAAAAAAAAAAAAAA=="), S3ErrorCode::BadDigest),
            (md5("short"), S3ErrorCode::InvalidDigest),
            (length(6), S3ErrorCode::IncompleteBody),
            (length(-1), S3ErrorCode::IncompleteBody),
            (length(i64::MAX), S3ErrorCode::EntityTooLarge),
            (trailer, S3ErrorCode::InvalidRequest),
        ];
        for (declared, code) in cases {
            let error = take(declared).await.err().unwrap();
            assert_eq!(*error.code(), code);
        }
    }
}

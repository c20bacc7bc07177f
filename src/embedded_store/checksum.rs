//! The S3 checksums: CRC32, CRC32C, CRC64NVME, SHA1 and SHA256, kept as base64, as in the headers.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Md5, Sha1, Sha256};
use s3s::dto::ChecksumType;
use s3s::{S3Error, S3ErrorCode, S3Result};
use serde::{Deserialize, Serialize};

/// A checksum algorithm that S3 supports, with S3's name for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Algorithm {
    Crc32,
    Crc32c,
    Crc64nvme,
    Sha1,
    Sha256,
}

impl Algorithm {
    pub(super) const ALL: [Self; 5] = [Self::Crc32, Self::Crc32c, Self::Crc64nvme, Self::Sha1, Self::Sha256];

    /// The name in `x-amz-checksum-algorithm` and in XML.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// The header or trailer that carries the value.
    pub(super) const fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    const fn digest_len(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64nvme => 8,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// Finds an algorithm by its S3 name; an unknown name is an `InvalidRequest`.
    pub(super) fn parse(name: &str) -> S3Result<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| {
                S3Error::with_message(
                    S3ErrorCode::InvalidRequest,
                    "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
                )
            })
    }
}

/// Whether a checksum covers an object's bytes, or the checksums of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Kind {
    Composite,
    FullObject,
}

impl Kind {
    /// The same for a response.
    pub(super) fn dto(self) -> ChecksumType {
        ChecksumType::from_static(match self {
            Self::Composite => ChecksumType::COMPOSITE,
            Self::FullObject => ChecksumType::FULL_OBJECT,
        })
    }
}

/// Checksums by algorithm, each in base64 (a composite one followed by `-` and the number of parts).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Checksums(BTreeMap<Algorithm, String>);

impl Checksums {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, algorithm: Algorithm) -> Option<&str> {
        self.0.get(&algorithm).map(String::as_str)
    }

    pub(super) fn insert(&mut self, algorithm: Algorithm, value: String) {
        self.0.insert(algorithm, value);
    }

    pub(super) fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        self.0.keys().copied()
    }

    /// Refuses invalid values and, like S3, more than one checksum.
    pub(super) fn check_form(&self) -> S3Result<()> {
        if self.0.len() > 1 {
            return Err(S3Error::with_message(
                S3ErrorCode::InvalidRequest,
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
            ));
        }
        for (algorithm, value) in &self.0 {
            if decode(value).is_none_or(|digest| digest.len() != algorithm.digest_len()) {
                return Err(S3Error::with_message(
                    S3ErrorCode::InvalidRequest,
                    format!("Value for {} header is invalid.", algorithm.header()),
                ));
            }
        }
        Ok(())
    }

    /// Compares the client's checksums with the calculated ones; a mismatch is a `BadDigest`.
    pub(super) fn check_declared(&self, declared: &Self) -> S3Result<()> {
        for (algorithm, value) in &declared.0 {
            if self.get(*algorithm) != Some(value.as_str()) {
                return Err(S3Error::with_message(
                    S3ErrorCode::BadDigest,
                    format!("The {} you specified did not match the calculated checksum.", algorithm.name()),
                ));
            }
        }
        Ok(())
    }
}

/// Collects the five checksum fields of a request.
macro_rules! declared_checksums {
    ($input:expr) => {{
        use $crate::embedded_store::checksum::{Algorithm, Checksums};
        let mut declared = Checksums::default();
        let fields = [
            (Algorithm::Crc32, &$input.checksum_crc32),
            (Algorithm::Crc32c, &$input.checksum_crc32c),
            (Algorithm::Crc64nvme, &$input.checksum_crc64nvme),
            (Algorithm::Sha1, &$input.checksum_sha1),
            (Algorithm::Sha256, &$input.checksum_sha256),
        ];
        for (algorithm, value) in fields {
            if let Some(value) = value {
                declared.insert(algorithm, value.clone());
            }
        }
        declared
    }};
}
pub(super) use declared_checksums;

/// Fills the five checksum fields of a response.
macro_rules! answer_checksums {
    ($output:expr, $checksums:expr) => {{
        use $crate::embedded_store::checksum::Algorithm;
        let checksums = $checksums;
        $output.checksum_crc32 = checksums.get(Algorithm::Crc32).map(str::to_owned);
        $output.checksum_crc32c = checksums.get(Algorithm::Crc32c).map(str::to_owned);
        $output.checksum_crc64nvme = checksums.get(Algorithm::Crc64nvme).map(str::to_owned);
        $output.checksum_sha1 = checksums.get(Algorithm::Sha1).map(str::to_owned);
        $output.checksum_sha256 = checksums.get(Algorithm::Sha256).map(str::to_owned);
    }};
}
pub(super) use answer_checksums;

/// The MD5 and any checksums of one body, calculated while it streams through.
pub(super) struct Digests {
    md5: Md5,
    checksums: ChecksumHasher,
}

impl Digests {
    pub(super) fn new(algorithms: impl Iterator<Item = Algorithm>) -> Self {
        Self { md5: Md5::new(), checksums: hasher(algorithms) }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.checksums.update(bytes);
    }

    /// The MD5 as raw bytes, and the checksums.
    pub(super) fn finish(self) -> ([u8; 16], Checksums) {
        (self.md5.finalize(), finish(self.checksums))
    }
}

fn hasher(algorithms: impl Iterator<Item = Algorithm>) -> ChecksumHasher {
    let mut hasher = ChecksumHasher::default();
    for algorithm in algorithms {
        match algorithm {
            Algorithm::Crc32 => hasher.crc32 = Some(Crc32::new()),
            Algorithm::Crc32c => hasher.crc32c = Some(Crc32c::new()),
            Algorithm::Crc64nvme => hasher.crc64nvme = Some(Crc64Nvme::new()),
            Algorithm::Sha1 => hasher.sha1 = Some(Sha1::new()),
            Algorithm::Sha256 => hasher.sha256 = Some(Sha256::new()),
        }
    }
    hasher
}

fn finish(hasher: ChecksumHasher) -> Checksums {
    let sums = hasher.finalize();
    declared_checksums!(sums)
}

/// The checksum of the parts' checksums, as S3 returns it for a composite upload.
///
/// None if a part lacks the checksum.
pub(super) fn composite<'a>(algorithm: Algorithm, parts: impl Iterator<Item = &'a Checksums>) -> Option<String> {
    let mut hasher = hasher(std::iter::once(algorithm));
    let mut count: usize = 0;
    for part in parts {
        hasher.update(&decode(part.get(algorithm)?)?);
        count = count.saturating_add(1);
    }
    let sums = finish(hasher);
    Some(format!("{}-{count}", sums.get(algorithm)?))
}

/// The bytes of a base64 string; None if it's invalid.
pub(super) fn decode(base64: &str) -> Option<Vec<u8>> {
    STANDARD.decode(base64).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digests(algorithm: Algorithm, bytes: &[u8]) -> Checksums {
        let mut digests = Digests::new(std::iter::once(algorithm));
        digests.update(bytes);
        digests.finish().1
    }

    #[test]
    fn known_check_values() {
        // The published check values of each algorithm for the nine digits.
        let crc32 = digests(Algorithm::Crc32, b"123456789");
        assert_eq!(decode(crc32.get(Algorithm::Crc32).unwrap()).unwrap(), 0xCBF4_3926_u32.to_be_bytes());
        let crc32c = digests(Algorithm::Crc32c, b"123456789");
        assert_eq!(decode(crc32c.get(Algorithm::Crc32c).unwrap()).unwrap(), 0xE306_9283_u32.to_be_bytes());
        let crc64 = digests(Algorithm::Crc64nvme, b"123456789");
        assert_eq!(decode(crc64.get(Algorithm::Crc64nvme).unwrap()).unwrap(), 0xAE8B_1486_0A79_9888_u64.to_be_bytes());
    }

    #[test]
    fn a_wrong_checksum_is_a_bad_digest() {
        let right = digests(Algorithm::Sha256, b"a");
        let wrong = digests(Algorithm::Sha256, b"b");
        assert!(right.check_declared(&right).is_ok());
        let error = right.check_declared(&wrong).unwrap_err();
        assert_eq!(*error.code(), S3ErrorCode::BadDigest);
    }

    #[test]
    fn malformed_values_are_refused() {
        for value in ["", "AAAA", "not base64", "AAAAAA=="] {
            let mut declared = Checksums::default();
            declared.insert(Algorithm::Crc32, value.to_owned());
            assert_eq!(declared.check_form().is_ok(), value == "AAAAAA==", "{value}");
        }
        let mut two = digests(Algorithm::Sha1, b"");
        two.insert(Algorithm::Crc32, "AAAAAA==".to_owned());
        assert!(two.check_form().is_err());
    }

    #[test]
    fn composite_counts_parts() {
        let parts = [digests(Algorithm::Crc32, b"a"), digests(Algorithm::Crc32, b"b")];
        assert!(composite(Algorithm::Crc32, parts.iter()).unwrap().ends_with("==-2"));
        assert_eq!(composite(Algorithm::Sha1, parts.iter()), None);
    }

    #[test]
    fn names_round_trip() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::parse(algorithm.name()).unwrap(), algorithm);
            let json = serde_json::to_string(&algorithm).unwrap();
            assert_eq!(json, format!("\"{}\"", algorithm.name()));
        }
        assert!(Algorithm::parse("MD5").is_err());
    }
}

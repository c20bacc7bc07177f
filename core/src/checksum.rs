//! The checksums with which a store verifies bodies: their names, incremental calculation, and how those
//! of an upload's parts combine.
//!
//! Source: Amazon S3 user guide, "Checking object integrity for data uploads in Amazon S3".

use std::fmt;

use crc_fast::CrcAlgorithm;
use http::HeaderMap;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::text::base64;

/// How a checksum is calculated.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Algorithm {
    /// The CRC of Ethernet and gzip.
    Crc32,
    /// CRC-32C (Castagnoli).
    Crc32c,
    /// The 64-bit CRC of NVMe.
    Crc64Nvme,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// MD5, sent as `content-md5`: the store verifies the body with it and doesn't store it.
    Md5,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Crc32, Self::Crc32c, Self::Crc64Nvme, Self::Sha1, Self::Sha256, Self::Md5];

    /// As S3 and `LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM` write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Md5 => "MD5",
        }
    }

    /// The algorithm of that name, in uppercase.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.name() == name)
    }

    /// The header that carries the checksum.
    #[must_use]
    pub fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
            Self::Md5 => "content-md5",
        }
    }

    /// The element of that name in a document; MD5 has none.
    #[must_use]
    pub fn element(self) -> Option<&'static str> {
        match self {
            Self::Crc32 => Some("ChecksumCRC32"),
            Self::Crc32c => Some("ChecksumCRC32C"),
            Self::Crc64Nvme => Some("ChecksumCRC64NVME"),
            Self::Sha1 => Some("ChecksumSHA1"),
            Self::Sha256 => Some("ChecksumSHA256"),
            Self::Md5 => None,
        }
    }

    /// The length of its value in bytes.
    #[must_use]
    pub fn size(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64Nvme => 8,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Md5 => 16,
        }
    }

    /// S3's default for an upload's checksum. CRC64NVME supports only the whole object,
    /// SHA-1 and SHA-256 only the parts.
    #[must_use]
    pub fn default_scope(self) -> Scope {
        if self == Self::Crc64Nvme { Scope::FullObject } else { Scope::Composite }
    }

    fn crc(self) -> Option<CrcAlgorithm> {
        match self {
            Self::Crc32 => Some(CrcAlgorithm::Crc32IsoHdlc),
            Self::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
            Self::Crc64Nvme => Some(CrcAlgorithm::Crc64Nvme),
            Self::Sha1 | Self::Sha256 | Self::Md5 => None,
        }
    }
}

/// What the checksum of a multipart upload covers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// The checksums of the parts, one after the other.
    Composite,
    /// The object's bytes.
    FullObject,
}

impl Scope {
    /// As `x-amz-checksum-type` carries it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Composite => "COMPOSITE",
            Self::FullObject => "FULL_OBJECT",
        }
    }

    /// The scope of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Composite, Self::FullObject].into_iter().find(|s| s.name() == name)
    }
}

/// A checksum in base64; a composite one has the number of parts after a dash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checksum {
    /// How it was calculated.
    pub algorithm: Algorithm,
    value: String,
}

impl Checksum {
    /// The checksum of `bytes`.
    #[must_use]
    pub fn of(algorithm: Algorithm, bytes: &[u8]) -> Self {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(bytes);
        hasher.finish()
    }

    /// Parses base64, with or without `-` and a number. `None` if the length is wrong.
    #[must_use]
    pub fn parse(algorithm: Algorithm, text: &str) -> Option<Self> {
        let (value, parts) = text.split_once('-').map_or((text, None), |(value, parts)| (value, Some(parts)));
        let counted = parts.is_none_or(|p| p.parse::<u16>().is_ok_and(|n| n > 0));
        let whole = base64::decode(value).is_some_and(|bytes| bytes.len() == algorithm.size());
        (counted && whole).then(|| Self { algorithm, value: text.to_owned() })
    }

    /// The checksums in a response's headers, except `content-md5`, which isn't a property of the object.
    #[must_use]
    pub fn in_headers(headers: &HeaderMap) -> Vec<Self> {
        let named = Algorithm::ALL.into_iter().filter(|a| a.element().is_some());
        named.filter_map(|a| Self::parse(a, headers.get(a.header())?.to_str().ok()?)).collect()
    }

    /// The checksum in the element `name`, from its text.
    #[must_use]
    pub fn in_element(name: &str, text: &str) -> Option<Self> {
        let algorithm = Algorithm::ALL.into_iter().find(|a| a.element() == Some(name))?;
        Self::parse(algorithm, text.trim())
    }

    /// The base64, with the number of parts if it has one.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Name and value of the header that carries it.
    #[must_use]
    pub fn header(&self) -> (&'static str, &str) {
        (self.algorithm.header(), &self.value)
    }

    /// Whether `other` contradicts this one: the same algorithm and kind, another value.
    #[must_use]
    pub fn contradicts(&self, other: &Self) -> bool {
        let kind = |c: &Self| (c.algorithm, c.value.contains('-'));
        kind(self) == kind(other) && self.value != other.value
    }

    fn bytes(&self) -> Option<Vec<u8>> {
        base64::decode(&self.value)
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.algorithm.name(), self.value)
    }
}

/// An incremental checksum.
#[derive(Clone)]
pub struct Hasher {
    algorithm: Algorithm,
    state: State,
}

#[derive(Clone)]
enum State {
    Crc(crc_fast::Digest),
    Sha1(Sha1),
    Sha256(Sha256),
    Md5(Md5),
}

impl Hasher {
    /// One without any bytes.
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        let state = match (algorithm.crc(), algorithm) {
            (Some(crc), _) => State::Crc(crc_fast::Digest::new(crc)),
            (None, Algorithm::Sha1) => State::Sha1(Sha1::new()),
            (None, Algorithm::Md5) => State::Md5(Md5::new()),
            (None, _) => State::Sha256(Sha256::new()),
        };
        Self { algorithm, state }
    }

    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Crc(crc) => crc.update(bytes),
            State::Sha1(sha1) => sha1.update(bytes),
            State::Sha256(sha256) => sha256.update(bytes),
            State::Md5(md5) => md5.update(bytes),
        }
    }

    /// The checksum of the bytes so far.
    #[must_use]
    pub fn finish(self) -> Checksum {
        let value = match self.state {
            State::Crc(crc) => of_crc(self.algorithm, crc.finalize()),
            State::Sha1(sha1) => base64::encode(&sha1.finalize()),
            State::Sha256(sha256) => base64::encode(&sha256.finalize()),
            State::Md5(md5) => base64::encode(&md5.finalize()),
        };
        Checksum { algorithm: self.algorithm, value }
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// The composite checksum of an upload's parts, in their order, as S3 stores it: of their checksums, with their number.
/// `None` without parts, or if one has another algorithm or is itself composite.
#[must_use]
pub fn composite<'a>(algorithm: Algorithm, parts: impl IntoIterator<Item = &'a Checksum>) -> Option<Checksum> {
    let mut hasher = Hasher::new(algorithm);
    let mut count: usize = 0;
    for part in parts {
        if part.algorithm != algorithm {
            return None;
        }
        hasher.update(&part.bytes()?);
        count = count.saturating_add(1);
    }
    let value = format!("{}-{count}", hasher.finish().value);
    (count > 0).then_some(Checksum { algorithm, value })
}

/// The CRC of the whole object from those of its parts and their lengths in bytes, in their order. `None` without
/// parts, for an algorithm that isn't a CRC, or if a part has another one.
#[must_use]
pub fn full_object<'a>(algorithm: Algorithm, parts: impl IntoIterator<Item = (&'a Checksum, u64)>) -> Option<Checksum> {
    let crc = algorithm.crc()?;
    let mut whole: Option<u64> = None;
    for (part, length) in parts {
        if part.algorithm != algorithm {
            return None;
        }
        let next = part.bytes()?.iter().fold(0_u64, |n, b| (n << 8) | u64::from(*b));
        whole = Some(whole.map_or(next, |sum| crc_fast::checksum_combine(crc, sum, next, length)));
    }
    Some(Checksum { algorithm, value: of_crc(algorithm, whole?) })
}

/// The base64 of a CRC, most significant byte first.
fn of_crc(algorithm: Algorithm, crc: u64) -> String {
    let bytes = crc.to_be_bytes();
    base64::encode(bytes.get(bytes.len().saturating_sub(algorithm.size())..).unwrap_or(&bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_published_check_values() {
        for (algorithm, hex) in [
            (Algorithm::Crc32, "cbf43926"),
            (Algorithm::Crc32c, "e3069283"),
            (Algorithm::Crc64Nvme, "ae8b14860a799888"),
            (Algorithm::Sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
            (Algorithm::Sha256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"),
            (Algorithm::Md5, "25f9e794323b453885f5181f1b624d0b"),
        ] {
            let bytes: Vec<u8> =
                (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
            let checksum = Checksum::of(algorithm, b"123456789");
            assert_eq!(checksum.value(), base64::encode(&bytes), "{algorithm:?}");
            assert_eq!(bytes.len(), algorithm.size());
            assert_eq!(Checksum::parse(algorithm, checksum.value()), Some(checksum));
            assert_eq!(Algorithm::by_name(algorithm.name()), Some(algorithm));
        }
        assert_eq!(Algorithm::by_name("crc32"), None);
    }

    #[test]
    fn values_of_another_length_are_none() {
        for text in ["", "AAAA", "AAAAAA==-", "AAAAAA==-0", "AAAAAA==-x", "-2", "AAAAAAAAAAA="] {
            assert_eq!(Checksum::parse(Algorithm::Crc32, text), None, "{text}");
        }
        for text in ["AAAAAA==", "AAAAAA==-2", "AAAAAA==-10000"] {
            assert!(Checksum::parse(Algorithm::Crc32, text).is_some(), "{text}");
        }
    }

    #[test]
    fn headers_and_elements_name_checksums() {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-checksum-crc32", "AAAAAA==".parse().unwrap());
        headers.insert("x-amz-checksum-sha256", "no".parse().unwrap());
        headers.insert("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==".parse().unwrap());
        let named = Checksum::in_headers(&headers);
        assert_eq!(named.iter().map(ToString::to_string).collect::<Vec<_>>(), ["CRC32 AAAAAA=="]);
        assert_eq!(Checksum::in_element("ChecksumCRC32", " AAAAAA==\n").as_ref(), named.first());
        assert_eq!(Checksum::in_element("ChecksumMD5", "1B2M2Y8AsgTpgAmY7PhCfg=="), None);
        let composite = Checksum::parse(Algorithm::Crc32, "AAAAAQ==-2").unwrap();
        assert!(!named[0].contradicts(&composite) && !named[0].contradicts(&named[0]));
        assert!(named[0].contradicts(&Checksum::of(Algorithm::Crc32, b"a")));
    }

    #[test]
    fn parts_give_a_checksum_of_checksums() {
        let parts = [Checksum::of(Algorithm::Sha256, b"a"), Checksum::of(Algorithm::Sha256, b"b")];
        let mut both = Sha256::digest(b"a").to_vec();
        both.extend(Sha256::digest(b"b"));
        let expected = format!("{}-2", base64::encode(&Sha256::digest(&both)));
        assert_eq!(composite(Algorithm::Sha256, &parts).unwrap().value(), expected);
        assert_eq!(composite(Algorithm::Sha1, &parts), None);
        assert_eq!(composite(Algorithm::Sha256, []), None);
        let of_parts = composite(Algorithm::Sha256, &parts).unwrap();
        assert_eq!(composite(Algorithm::Sha256, [&of_parts]), None);
        assert_eq!(full_object(Algorithm::Sha256, [(&parts[0], 1)]), None);
        assert_eq!(full_object(Algorithm::Crc32, []), None);
    }

    proptest! {
        #[test]
        fn the_crcs_of_parts_are_that_of_the_whole(parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..2000), 1..5)) {
            for algorithm in [Algorithm::Crc32, Algorithm::Crc32c, Algorithm::Crc64Nvme] {
                let sums: Vec<_> = parts.iter().map(|p| (Checksum::of(algorithm, p), p.len() as u64)).collect();
                let whole = full_object(algorithm, sums.iter().map(|(c, n)| (c, *n))).unwrap();
                prop_assert_eq!(whole, Checksum::of(algorithm, &parts.concat()));
            }
        }

        #[test]
        fn pieces_change_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..500), at in 0_usize..500) {
            for algorithm in Algorithm::ALL {
                let mut hasher = Hasher::new(algorithm);
                let (head, tail) = bytes.split_at(at.min(bytes.len()));
                hasher.update(head);
                hasher.update(tail);
                prop_assert_eq!(hasher.finish(), Checksum::of(algorithm, &bytes));
            }
        }
    }
}

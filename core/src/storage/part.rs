//! The parts of an upload.

use std::fmt;
use std::num::NonZeroU16;

use super::Checksum;

/// The number of a part: 1 to 10,000. Source: Amazon S3 user guide, "Amazon S3 multipart upload limits".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PartNumber(NonZeroU16);

impl PartNumber {
    /// The last one.
    pub const LAST: u16 = 10_000;

    /// The part number; `None` if it's out of range.
    #[must_use]
    pub fn new(number: u64) -> Option<Self> {
        let number = u16::try_from(number).ok().filter(|n| *n <= Self::LAST)?;
        NonZeroU16::new(number).map(Self)
    }

    /// As a number.
    #[must_use]
    pub fn get(self) -> u16 {
        self.0.get()
    }
}

impl fmt::Display for PartNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An uploaded part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// Its number.
    pub number: PartNumber,
    /// Its `ETag` as the store sent it, quotes included.
    pub etag: String,
    /// Its length in bytes.
    pub size: u64,
    /// Its checksum, if the upload has one.
    pub checksum: Option<Checksum>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_from_one_to_ten_thousand() {
        for number in [0, 10_001, 65_536, u64::MAX] {
            assert_eq!(PartNumber::new(number), None, "{number}");
        }
        assert_eq!(PartNumber::new(10_000).unwrap().get(), PartNumber::LAST);
        assert!(PartNumber::new(2) > PartNumber::new(1));
    }
}

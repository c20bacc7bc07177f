//! How a body is split: one request, or parts.

use std::fmt;

/// One MiB, in bytes.
pub const MIB: u64 = 1024 * 1024;

/// The default part size, if the length allows it. Parts of a file are streamed from it while they
/// are sent, so the size doesn't cost memory; it's what a retry has to send again.
pub const USUAL: u64 = 16 * MIB;

/// A store's limits, in bytes and in parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// The largest body of one request.
    pub single: u64,
    /// The smallest part, except the last one.
    pub part_min: u64,
    /// The largest part.
    pub part_max: u64,
    /// The maximum number of parts.
    pub parts: u32,
}

impl Limits {
    /// Amazon S3 and compatible stores: 5 GiB per request, parts of 5 MiB to 5 GiB, at most 10,000.
    /// Source: Amazon S3 user guide, "Amazon S3 multipart upload limits".
    pub const S3: Self = Self { single: 5 * 1024 * MIB, part_min: 5 * MIB, part_max: 5 * 1024 * MIB, parts: 10_000 };

    /// Azure Blob: 5,000 MiB per request, blocks of up to 4,000 MiB. It accepts 50,000; 10,000 are used, the highest
    /// part number, which is enough for 39 TB.
    /// Source: Azure documentation, "Scalability and performance targets for Blob storage".
    pub const AZURE: Self = Self { single: 5_000 * MIB, part_min: 1, part_max: 4_000 * MIB, parts: 10_000 };
}

/// How a body is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Plan {
    /// In one request.
    Single,
    /// In parts of this size, the last one shorter. Their number is unknown as long as the length is.
    Parts {
        /// The size of every part but the last, in bytes.
        size: u64,
    },
}

/// Why a body can't be split.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PlanError {
    /// The requested part size is outside the store's limits: requested, smallest, largest.
    Size(u64, u64, u64),
    /// The object is too large for the store: its length and the maximum.
    TooLarge(u64, u64),
    /// Too many parts for the store: the maximum, and the smallest part size that works.
    TooMany(u32, u64),
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(asked, least, most) => {
                write!(f, "a part size of {asked} bytes isn't possible: the store accepts {least} to {most}")
            }
            Self::TooLarge(length, most) => {
                write!(f, "the object has {length} bytes, but the store accepts at most {most}")
            }
            Self::TooMany(parts, size) => {
                write!(f, "the store accepts at most {parts} parts: use a part size of {size} bytes or more")
            }
        }
    }
}

impl std::error::Error for PlanError {}

impl Plan {
    /// The plan for `length` bytes (`None`: not known yet), with the requested part size, if any.
    ///
    /// # Errors
    /// [`PlanError`] if the store doesn't accept such parts or such an object.
    pub fn new(length: Option<u64>, asked: Option<u64>, limits: &Limits) -> Result<Self, PlanError> {
        if let Some(size) = asked.filter(|s| !(limits.part_min..=limits.part_max).contains(s)) {
            return Err(PlanError::Size(size, limits.part_min, limits.part_max));
        }
        let usual = asked.unwrap_or(USUAL.clamp(limits.part_min, limits.part_max));
        let Some(length) = length else { return Ok(Self::Parts { size: usual }) };
        if length <= usual && length <= limits.single {
            return Ok(Self::Single);
        }
        let largest = limits.part_max.saturating_mul(limits.parts.into());
        if length > largest {
            return Err(PlanError::TooLarge(length, largest));
        }
        // The smallest sufficient size, in whole MiB.
        let least = length.div_ceil(limits.parts.max(1).into()).next_multiple_of(MIB).min(limits.part_max);
        match asked {
            Some(size) if size < least => Err(PlanError::TooMany(limits.parts, least)),
            Some(size) => Ok(Self::Parts { size }),
            None => Ok(Self::Parts { size: usual.max(least) }),
        }
    }
}

/// The first byte and the length of part `number`, counted from 1, in a body of `length` bytes. `None` past
/// the end; an empty body has no parts.
#[must_use]
pub fn part(number: u32, size: u64, length: u64) -> Option<(u64, u64)> {
    let first = u64::from(number.checked_sub(1)?).checked_mul(size)?;
    let left = length.checked_sub(first).filter(|left| *left > 0)?;
    Some((first, left.min(size)))
}

/// How many parts of `size` bytes a body of `length` bytes has.
#[must_use]
pub fn count(size: u64, length: u64) -> u64 {
    length.div_ceil(size.max(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn small_bodies_go_in_one_request() {
        let plan = |length, asked| Plan::new(length, asked, &Limits::S3);
        assert_eq!(plan(Some(0), None), Ok(Plan::Single));
        assert_eq!(plan(Some(USUAL), None), Ok(Plan::Single));
        assert_eq!(plan(Some(USUAL + 1), None), Ok(Plan::Parts { size: USUAL }));
        assert_eq!(plan(Some(6 * MIB), Some(5 * MIB)), Ok(Plan::Parts { size: 5 * MIB }));
        assert_eq!(plan(None, None), Ok(Plan::Parts { size: USUAL }));
    }

    #[test]
    fn what_the_store_does_not_take_is_refused() {
        let plan = |length, asked| Plan::new(length, asked, &Limits::S3);
        assert_eq!(plan(Some(1), Some(MIB)), Err(PlanError::Size(MIB, 5 * MIB, 5 * 1024 * MIB)));
        let tebi = 1024 * 1024 * MIB;
        assert_eq!(plan(Some(tebi), None), Ok(Plan::Parts { size: 105 * MIB }));
        assert_eq!(plan(Some(tebi), Some(5 * MIB)), Err(PlanError::TooMany(10_000, 105 * MIB)));
        assert!(matches!(plan(Some(60 * tebi), None), Err(PlanError::TooLarge(..))));
    }

    proptest! {
        #[test]
        fn parts_cover_the_body_once(length in 0_u64..200 * 1024 * MIB, asked in proptest::option::of(5 * MIB..200 * MIB)) {
            let Ok(Plan::Parts { size }) = Plan::new(Some(length), asked, &Limits::S3) else { return Ok(()) };
            let count = u32::try_from(count(size, length)).unwrap();
            prop_assert!(count <= Limits::S3.parts);
            let mut next = 0;
            for number in 1..=count {
                let (first, bytes) = part(number, size, length).unwrap();
                prop_assert_eq!(first, next);
                prop_assert!(bytes == size || number == count);
                next += bytes;
            }
            prop_assert_eq!(next, length);
            prop_assert_eq!(part(count + 1, size, length), None);
            prop_assert_eq!(part(0, size, length), None);
        }
    }
}

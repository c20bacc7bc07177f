//! Block IDs. All block IDs of one blob have the same length, and Azure has no upload that they belong to; so
//! ours contain an upload ID and a number, and have the same length as the Azure SDK's.

use std::fmt;

use crate::sign::encode;
use crate::text::base64;

/// Bytes of a block ID before base64. Source: `generateBlockID` of `@azure/storage-blob` 12.26.0.
const LENGTH: usize = 48;

/// The longest block ID that Azure accepts, in bytes before base64. Source: "Put Block".
const LONGEST: usize = 64;

/// Identifies the blocks of one upload: 32 hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UploadId(String);

impl UploadId {
    /// A new one.
    #[must_use]
    pub fn new(random: [u8; 16]) -> Self {
        let mut digits = String::with_capacity(32);
        encode::push_hex(&mut digits, &random);
        Self(digits)
    }

    /// Parses an ID; `None` if it isn't one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (text.len() == 32 && text.bytes().all(digit)).then(|| Self(text.to_owned()))
    }

    /// Its digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The ID of this upload's block `number`.
    #[must_use]
    pub fn block(&self, number: u32) -> BlockId {
        BlockId(base64::encode(format!("{}{number:016}", self.0).as_bytes()))
    }

    /// The number of a block of this upload; `None` for another upload's block.
    #[must_use]
    pub fn number_of(&self, block: &BlockId) -> Option<u32> {
        let bytes = base64::decode(&block.0).filter(|bytes| bytes.len() == LENGTH)?;
        let number = bytes.strip_prefix(self.0.as_bytes())?;
        std::str::from_utf8(number).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
    }
}

/// A block ID: base64.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BlockId(String);

impl BlockId {
    /// Parses any client's block ID; `None` if Azure wouldn't accept it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let spaced = text.contains(|c: char| c.is_ascii_whitespace());
        let length = base64::decode(text).filter(|_| !spaced)?.len();
        (1..=LONGEST).contains(&length).then(|| Self(text.to_owned()))
    }

    /// Its base64.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_knows_its_upload_and_number() {
        let (upload, other) = (UploadId::new([0xab; 16]), UploadId::new([1; 16]));
        assert_eq!(UploadId::parse(upload.as_str()).as_ref(), Some(&upload));
        for number in [0, 1, 49_999, u32::MAX] {
            let block = upload.block(number);
            assert_eq!(block.as_str().len(), 64);
            assert_eq!((upload.number_of(&block), other.number_of(&block)), (Some(number), None));
            assert_eq!(BlockId::parse(block.as_str()).as_ref(), Some(&block));
        }
        let sdk = BlockId::parse(&base64::encode(format!("{:0>48}", "1").as_bytes())).unwrap();
        assert_eq!(upload.number_of(&sdk), None);
        for text in ["", "<a>", "AA AA", &base64::encode(&[0; 65])] {
            assert_eq!(BlockId::parse(text), None, "{text}");
        }
        for text in ["", "AB", &"A".repeat(32), &"a".repeat(33)] {
            assert_eq!(UploadId::parse(text), None, "{text}");
        }
    }
}

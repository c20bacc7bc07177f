//! Reads an object, or a part of one.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>

use http::{Method, Request};

use super::{RequestError, Signer, Target, head};
use crate::sign::Payload;

/// A read.
#[derive(Clone, Copy, Debug)]
pub struct GetObject<'a> {
    /// The full object key.
    pub key: &'a str,
    /// Which bytes.
    pub range: ByteRange,
    /// Reads only the object with this `ETag`: required to resume a read.
    pub if_match: Option<&'a str>,
    /// Requests the object's stored checksum (`x-amz-checksum-mode`).
    pub with_checksum: bool,
}

/// Which bytes of an object.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum ByteRange {
    /// All.
    #[default]
    All,
    /// From this one, counted from 0, to the end.
    From(u64),
    /// From the first to the last one, both included.
    Between(u64, u64),
    /// This many at the end.
    Last(u64),
}

impl ByteRange {
    pub(super) fn header(self) -> Option<String> {
        match self {
            Self::All => None,
            Self::From(first) => Some(format!("bytes={first}-")),
            Self::Between(first, last) => Some(format!("bytes={first}-{last}")),
            Self::Last(count) => Some(format!("bytes=-{count}")),
        }
    }
}

impl GetObject<'_> {
    /// The head to send.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent or a header that can't be one.
    pub fn request(&self, target: &Target, signer: &mut Signer<'_>) -> Result<Request<()>, RequestError> {
        let range = self.range.header();
        let mut headers = Vec::new();
        headers.extend(range.as_deref().map(|v| ("range", v)));
        headers.extend(self.if_match.map(|v| ("if-match", v)));
        headers.extend(self.with_checksum.then_some(("x-amz-checksum-mode", "ENABLED")));
        head(Method::GET, target, self.key, "x-id=GetObject", &headers, &Payload::EMPTY, signer)
    }
}

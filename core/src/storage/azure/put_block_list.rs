//! Commits blocks as a blob. Blocks that aren't listed are removed, committed or not.
//!
//! <https://learn.microsoft.com/rest/api/storageservices/put-block-list>

use http::{Method, Request};

use super::{BlockId, Signer, Target, blob};
use crate::storage::RequestError;

/// The maximum number of blocks of a blob. Source: "Put Block List".
pub const MOST: usize = 50_000;

/// A list of blocks.
#[derive(Clone, Copy, Debug)]
pub struct PutBlockList<'a> {
    /// The full object key.
    pub key: &'a str,
    /// The blocks in the order of their bytes.
    pub blocks: &'a [BlockId],
    /// The content type; `application/octet-stream` by default.
    pub content_type: Option<&'a str>,
    /// The MD5 of the whole blob in base64, stored with it. Azure doesn't check it.
    pub content_md5: Option<&'a str>,
    /// Writes only if the key doesn't exist (`If-None-Match: *`); otherwise `BlobAlreadyExists`.
    pub if_absent: bool,
}

impl PutBlockList<'_> {
    /// The whole request.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent or a header that can't be one.
    pub fn request(&self, target: &Target, signer: &Signer<'_>) -> Result<Request<Vec<u8>>, RequestError> {
        let mut body = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
        for block in self.blocks {
            // `Latest` finds blocks that an earlier attempt, whose response was lost, has already committed.
            for part in ["<Latest>", block.as_str(), "</Latest>"] {
                body.push_str(part);
            }
        }
        body.push_str("</BlockList>");
        let length = body.len().to_string();
        let mut headers = vec![("content-length", length.as_str()), ("content-type", "application/xml")];
        headers.extend(self.content_type.map(|v| ("x-ms-blob-content-type", v)));
        headers.extend(self.content_md5.map(|v| ("x-ms-blob-content-md5", v)));
        headers.extend(self.if_absent.then_some(("if-none-match", "*")));
        let head = blob(Method::PUT, target, self.key, &[("comp", "blocklist")], &headers, signer)?;
        Ok(head.map(|()| body.into_bytes()))
    }
}

//! Copies a blob within an account, content type included. A copy may continue after the response.
//!
//! <https://learn.microsoft.com/rest/api/storageservices/copy-blob>

use http::{HeaderMap, Method, Request};

use super::{Signer, Target, blob};
use crate::storage::{RequestError, key};

/// A copy.
#[derive(Clone, Copy, Debug)]
pub struct CopyBlob<'a> {
    /// The container of the source, in the same account.
    pub source: &'a Target,
    /// The source's full key.
    pub source_key: &'a str,
    /// The copy's full key.
    pub key: &'a str,
    /// Copies only the blob with this `ETag`.
    pub source_if_match: Option<&'a str>,
    /// Writes only if the key doesn't exist (`If-None-Match: *`); otherwise `BlobAlreadyExists`.
    pub if_absent: bool,
}

impl CopyBlob<'_> {
    /// The whole request; `target` is the copy's container.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent or a header that can't be one.
    pub fn request(&self, target: &Target, signer: &Signer<'_>) -> Result<Request<()>, RequestError> {
        key::check_on_azure(self.source_key)?;
        let source = self.source.url(&self.source.path(self.source_key), "");
        let mut headers = vec![("content-length", "0"), ("x-ms-copy-source", source.as_str())];
        headers.extend(self.source_if_match.map(|v| ("x-ms-source-if-match", v)));
        headers.extend(self.if_absent.then_some(("if-none-match", "*")));
        blob(Method::PUT, target, self.key, &[], &headers, signer)
    }
}

/// A copy's status.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CopyState {
    /// It is complete.
    Done,
    /// It's pending: poll the copy's [`super::get_blob_properties`] until it has ended.
    Pending,
    /// It failed or was aborted, and the copy is empty. Azure's description.
    Failed(String),
}

impl CopyState {
    /// Parses response headers; `None` if they don't mention a copy.
    #[must_use]
    pub fn read(headers: &HeaderMap) -> Option<Self> {
        let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
        Some(match text("x-ms-copy-status")? {
            "success" => Self::Done,
            "pending" => Self::Pending,
            other => Self::Failed(text("x-ms-copy-status-description").unwrap_or(other).to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_copy_may_go_on() {
        let read = |headers: &[(&'static str, &'static str)]| {
            CopyState::read(&headers.iter().map(|(n, v)| (n.parse().unwrap(), HeaderValue::from_static(v))).collect())
        };
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[("x-ms-copy-status", "success")]), Some(CopyState::Done));
        assert_eq!(read(&[("x-ms-copy-status", "pending")]), Some(CopyState::Pending));
        assert_eq!(read(&[("x-ms-copy-status", "aborted")]), Some(CopyState::Failed("aborted".into())));
        let failed = [("x-ms-copy-status", "failed"), ("x-ms-copy-status-description", "404 BlobNotFound")];
        assert_eq!(read(&failed), Some(CopyState::Failed("404 BlobNotFound".into())));
    }
}

//! Presigned URLs: the service SAS, byte for byte as `@azure/storage-blob` 12.26.0 makes it for
//! Langfuse.
//!
//! Source: Azure Storage REST API, "Create a service SAS", for versions from 2020-12-06 on.

use super::{Credentials, Signer, Target, VERSION};
use crate::sign::{Timestamp, encode};
use crate::storage::presign::{Disposition, Operation};
use crate::storage::{KeyError, RequestError, key};

/// What a presigned URL allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Permission {
    /// Reading the blob.
    Read,
    /// Writing it: any content of any length, which Azure can't restrict.
    Write,
}

impl Permission {
    fn letter(self) -> &'static str {
        match self {
            Self::Read => "r",
            Self::Write => "w",
        }
    }
}

/// A signature for one blob.
#[derive(Clone, Copy, Debug)]
pub struct ServiceSas<'a> {
    /// What it allows.
    pub permission: Permission,
    /// When it begins; `None` begins at once, by Azure's clock.
    pub starts: Option<Timestamp>,
    /// When it ends.
    pub expires: Timestamp,
    /// The `Content-Disposition` of the response.
    pub content_disposition: Option<&'a str>,
    /// The `Content-Type` of the response.
    pub content_type: Option<&'a str>,
}

impl ServiceSas<'_> {
    /// The presigned URL for `key`. A backslash in it is signed as a slash, as Azure reads it.
    ///
    /// # Errors
    /// [`RequestError`] for a key that a URL can't contain.
    pub fn link(&self, target: &Target, key: &str, credentials: &Credentials) -> Result<String, RequestError> {
        key::check_on_azure(key)?;
        let time = |at: Timestamp| {
            let mut text = String::with_capacity(20);
            at.push_rfc3339(&mut text);
            text
        };
        let starts = self.starts.map_or_else(String::new, time);
        let expires = time(self.expires);
        let disposition = self.content_disposition.unwrap_or("");
        let content_type = self.content_type.unwrap_or("");
        let container = target.named_in_links();
        let name = format!("/blob/{}{container}/{}", credentials.account(), key.replace('\\', "/"));
        let permission = self.permission.letter();
        // The empty ones: stored policy, addresses, protocol; snapshot and encryption scope; cache control; encoding
        // and language.
        let signed = [
            permission,
            &starts,
            &expires,
            &name,
            "",
            "",
            "",
            VERSION,
            "b",
            "",
            "",
            "",
            disposition,
            "",
            "",
            content_type,
        ];
        let signature = credentials.key().sign(&signed.join("\n"));
        let mut query = String::with_capacity(256);
        for (name, value) in [
            ("sv", VERSION),
            ("st", &starts),
            ("se", &expires),
            ("sr", "b"),
            ("sp", permission),
            ("sig", &signature),
            ("rscd", disposition),
            ("rsct", content_type),
        ] {
            if value.is_empty() {
                continue;
            }
            if !query.is_empty() {
                query.push('&');
            }
            query.push_str(name);
            query.push('=');
            encode::push_url_query(&mut query, value);
        }
        Ok(target.url(&target.path(key), &query))
    }
}

/// The URL for `key` that Langfuse would make, valid for `expires_in` seconds. Of an upload's headers only the content
/// type is signed, and only as the response's: length, hash and encryption exist only on S3. The uploader must send
/// `x-ms-blob-type: BlockBlob`.
///
/// # Errors
/// [`RequestError`] for a key that a URL can't contain.
pub fn presign_at(
    target: &Target,
    key: &str,
    operation: &Operation<'_>,
    expires_in: u32,
    signer: &Signer<'_>,
) -> Result<String, RequestError> {
    if key.is_empty() {
        return Err(KeyError::Empty.into());
    }
    let (permission, name, content_type) = match operation {
        Operation::Get { disposition: Disposition::Inline } => (Permission::Read, None, None),
        Operation::Get { disposition: Disposition::Attachment } => (Permission::Read, Some(key), None),
        Operation::Get { disposition: Disposition::AttachmentNamed(name) } => (Permission::Read, Some(*name), None),
        Operation::Put(upload) => (Permission::Write, None, upload.content_type),
    };
    // The name isn't escaped, as in Langfuse.
    let disposition = name.map(|name| format!("attachment; filename=\"{name}\""));
    let sas = ServiceSas {
        permission,
        starts: None,
        expires: signer.at.after(expires_in),
        content_disposition: disposition.as_deref(),
        content_type,
    };
    sas.link(target, key, signer.credentials)
}

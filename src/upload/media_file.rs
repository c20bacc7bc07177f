//! What a media file is to Langfuse: its content type, and the hash that names it.

use langfuse_blob_core::object::media::{self, Sha256};

use super::file_range::FileRange;

/// The content type of a file, or why Langfuse doesn't accept it.
pub fn content_type(chosen: Option<&str>, name: &str) -> Result<&'static str, String> {
    let kind = match chosen {
        Some(name) => media::by_name(name),
        None => media::by_file_name(name),
    };
    kind.map(|kind| kind.name)
        .ok_or_else(|| "Langfuse accepts no content type for this extension; set one with --content-type".into())
}

/// The SHA-256 of a file's content.
pub fn hash_of_range(range: &FileRange) -> std::io::Result<Sha256> {
    use sha2::Digest as _;

    let mut hash = sha2::Sha256::new();
    range.read(|slice| hash.update(slice))?;
    Ok(Sha256::from_digest(hash.finalize().into()))
}

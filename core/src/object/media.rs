//! Media: content-addressed, so that a project stores each file once.

use std::fmt;

use sha2::Digest;

use crate::text::base64;

/// Characters of a media ID: 132 bits of the hash.
const ID_LENGTH: usize = 22;

/// A content type that Langfuse accepts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MediaType {
    /// The content type, without parameters.
    pub name: &'static str,
    /// The extension of the key.
    pub extension: &'static str,
    /// Further extensions of this type.
    more: &'static [&'static str],
}

const fn row(name: &'static str, extension: &'static str) -> MediaType {
    MediaType { name, extension, more: &[] }
}

impl MediaType {
    const fn or(mut self, more: &'static [&'static str]) -> Self {
        self.more = more;
        self
    }
}

/// Every content type that Langfuse accepts, with the extension that it gives the key (`domain/media.ts`). If a file's
/// extension fits several, the first one applies.
pub const TYPES: [MediaType; 52] = [
    row("image/png", "png"),
    row("image/jpeg", "jpeg").or(&["jpg", "jpe", "jfif"]),
    row("image/jpg", "jpg"),
    row("image/webp", "webp"),
    row("image/gif", "gif"),
    row("image/svg+xml", "svg"),
    row("image/tiff", "tiff").or(&["tif"]),
    row("image/bmp", "bmp"),
    row("image/avif", "avif"),
    row("image/heic", "heic"),
    row("audio/mpeg", "mp3"),
    row("audio/mp3", "mp3"),
    row("audio/wav", "wav"),
    row("audio/ogg", "ogg"),
    row("audio/oga", "oga"),
    row("audio/aac", "aac"),
    row("audio/mp4", "m4a"),
    row("audio/flac", "flac"),
    row("audio/opus", "opus"),
    row("audio/webm", "weba"),
    row("video/mp4", "mp4").or(&["m4v"]),
    row("video/webm", "webm"),
    row("video/ogg", "ogv"),
    row("video/mpeg", "mpeg").or(&["mpg"]),
    row("video/quicktime", "mov").or(&["qt"]),
    row("video/x-msvideo", "avi"),
    row("video/x-matroska", "mkv"),
    row("text/plain", "txt").or(&["text", "log"]),
    row("text/html", "html").or(&["htm"]),
    row("text/css", "css"),
    row("text/csv", "csv"),
    row("text/markdown", "md").or(&["markdown"]),
    row("text/x-python", "py"),
    row("application/javascript", "js").or(&["mjs"]),
    row("text/x-typescript", "ts"),
    row("application/x-yaml", "yaml").or(&["yml"]),
    row("application/pdf", "pdf"),
    row("application/msword", "doc"),
    row("application/vnd.ms-excel", "xls"),
    row("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    row("application/zip", "zip"),
    row("application/json", "json"),
    row("application/xml", "xml"),
    row("application/octet-stream", "bin"),
    row("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    row("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
    row("application/rtf", "rtf"),
    row("application/x-ndjson", "jsonl").or(&["ndjson"]),
    row("application/vnd.apache.parquet", "parquet"),
    row("application/gzip", "gz"),
    row("application/x-tar", "tar"),
    row("application/x-7z-compressed", "7z"),
];

/// The type of this name; Langfuse accepts no other spelling.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static MediaType> {
    TYPES.iter().find(|t| t.name == name)
}

/// The type of a file, by its extension, ignoring case.
#[must_use]
pub fn by_file_name(name: &str) -> Option<&'static MediaType> {
    let (_, extension) = name.rsplit_once('.')?;
    let is = |known: &&str| known.eq_ignore_ascii_case(extension);
    TYPES.iter().find(|t| is(&t.extension) || t.more.iter().any(is))
}

/// The SHA-256 of a media file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// Of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// From a digest computed elsewhere.
    #[must_use]
    pub fn from_digest(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// Parses base64 as Langfuse's media API uses it: 44 characters, including padding.
    ///
    /// # Errors
    /// [`MediaError::Hash`] for anything else.
    pub fn parse(text: &str) -> Result<Self, MediaError> {
        let bytes = base64::decode(text).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        // Re-encoding must give the same string: one hash, one encoding, one media ID.
        bytes.map(Self).filter(|hash| hash.base64() == text).ok_or(MediaError::Hash)
    }

    /// The digest.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.0
    }

    /// As in the media API and in `x-amz-checksum-sha256`.
    #[must_use]
    pub fn base64(&self) -> String {
        base64::encode(&self.0)
    }
}

/// Why a media file has no key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MediaError {
    /// Langfuse doesn't accept this content type.
    ContentType(String),
    /// The hash isn't a base64 SHA-256.
    Hash,
}

impl fmt::Display for MediaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ContentType(name) => {
                write!(
                    f,
                    "Langfuse doesn't accept media of the content type `{name}`; application/octet-stream always works"
                )
            }
            Self::Hash => f.write_str("the hash isn't a base64 SHA-256 (44 characters)"),
        }
    }
}

impl std::error::Error for MediaError {}

/// The names of a media file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MediaObject {
    /// The ID by which traces refer to it.
    pub media_id: String,
    /// The full key.
    pub key: String,
    /// The hash in base64.
    pub sha256: String,
}

/// The object of a media file. `prefix` is `LANGFUSE_S3_MEDIA_UPLOAD_PREFIX`, prepended literally.
///
/// # Errors
/// [`MediaError::ContentType`] for a content type that Langfuse doesn't accept.
pub fn media_object(
    sha256: &Sha256,
    content_type: &str,
    project_id: &str,
    prefix: &str,
) -> Result<MediaObject, MediaError> {
    let kind = by_name(content_type).ok_or_else(|| MediaError::ContentType(content_type.into()))?;
    let sha256 = sha256.base64();
    let url_safe = |c| match c {
        '+' => '-',
        '/' => '_',
        c => c,
    };
    let media_id: String = sha256.chars().take(ID_LENGTH).map(url_safe).collect();
    let key = format!("{prefix}{project_id}/{media_id}.{}", kind.extension);
    Ok(MediaObject { media_id, key, sha256 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_has_one_encoding() {
        let hash = Sha256::of(b"x");
        let text = hash.base64();
        assert_eq!(Sha256::parse(&text), Ok(hash));
        for wrong in ["", "x", text.trim_end_matches('='), &text.replace('=', " ="), &text[4..]] {
            assert_eq!(Sha256::parse(wrong), Err(MediaError::Hash), "{wrong}");
        }
    }

    #[test]
    fn extensions_determine_the_type() {
        for (name, kind) in [
            ("a.JPG", "image/jpeg"),
            ("a.b.jpeg", "image/jpeg"),
            ("a.mp3", "audio/mpeg"),
            ("a.yml", "application/x-yaml"),
            ("a.ndjson", "application/x-ndjson"),
        ] {
            assert_eq!(by_file_name(name).map(|t| t.name), Some(kind), "{name}");
        }
        assert_eq!(by_file_name("Makefile"), None);
        assert_eq!(by_file_name("a.exe"), None);
    }

    #[test]
    fn other_content_types_are_rejected() {
        for name in ["image/PNG", "text/plain; charset=utf-8", ""] {
            let error = media_object(&Sha256::of(b""), name, "p", "").unwrap_err();
            assert!(error.to_string().contains(&format!("`{name}`")));
        }
    }

    #[test]
    fn types_are_unique() {
        for kind in &TYPES {
            assert_eq!(TYPES.iter().filter(|t| t.name == kind.name).count(), 1, "{}", kind.name);
        }
    }
}

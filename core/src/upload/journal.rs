//! The resume state of a multipart upload: one JSON document per line, the upload itself first and then every part that
//! the store has acknowledged.
//!
//! It never contains credentials or signatures: a later process uses its own.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::plan::{self, Limits};

/// The version of the format.
const VERSION: u32 = 1;

/// The upload that a journal belongs to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Upload {
    version: u32,
    /// The store: `scheme://host[:port]`.
    pub origin: String,
    /// The bucket or container.
    pub bucket: String,
    /// The full object key.
    pub key: String,
    /// The upload ID; on Azure, the prefix of its block IDs.
    pub upload_id: String,
    /// Bytes of every part but the last.
    pub part_size: u64,
    /// The file as it was when the upload began.
    pub file: File,
}

/// Identifies a file and its version, to detect changes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// Its absolute path.
    pub path: String,
    /// Its length in bytes.
    pub length: u64,
    /// Its modification time in nanoseconds since 1970; a string, because it exceeds JSON's exact numbers.
    pub modified: String,
}

/// A part that the store has acknowledged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// Its number, counted from 1.
    pub part: u32,
    /// Its `ETag`, quotes included.
    pub etag: String,
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// The checksum that was sent with it, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<String>,
}

/// A parsed journal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Journal {
    /// The upload.
    pub upload: Upload,
    /// Its parts by number.
    pub parts: BTreeMap<u32, Part>,
}

/// Why a journal can't be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JournalError {
    /// The first line is missing or is not an upload.
    Upload,
    /// It was written by a newer version of this program.
    Version(u32),
    /// A line that is not the last one is not a part. The line, counted from 1.
    Line(usize),
    /// It belongs to another upload than expected: what differs.
    Other(&'static str),
    /// The store doesn't accept parts of this size, or not as many as the file would have.
    PartSize(u64),
    /// The file has no part with this number.
    PartNumber(u32),
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Upload => f.write_str("the resume state is damaged: its first line isn't an upload"),
            Self::Version(version) => {
                write!(f, "the resume state has format {version}, but this version supports only format {VERSION}")
            }
            Self::Line(line) => write!(f, "the resume state is damaged: line {line} isn't a part"),
            Self::Other(what) => write!(f, "the resume state is damaged: it belongs to another {what}"),
            Self::PartSize(size) => write!(f, "the resume state is damaged: it has parts of {size} bytes"),
            Self::PartNumber(number) => write!(f, "the resume state is damaged: the file has no part {number}"),
        }
    }
}

impl std::error::Error for JournalError {}

impl Upload {
    /// An upload in the current format.
    #[must_use]
    pub fn new(origin: String, bucket: String, key: String, upload_id: String, part_size: u64, file: File) -> Self {
        Self { version: VERSION, origin, bucket, key, upload_id, part_size, file }
    }

    /// The journal's first line, with the line end.
    #[must_use]
    pub fn line(&self) -> String {
        line(self)
    }
}

impl Part {
    /// Its line in the journal, with the line end.
    #[must_use]
    pub fn line(&self) -> String {
        line(self)
    }
}

fn line(value: &impl Serialize) -> String {
    // Only strings and numbers, so serialising can't fail.
    let mut text = serde_json::to_string(value).unwrap_or_default();
    text.push('\n');
    text
}

impl Journal {
    /// Whether `text` is what a process leaves that is killed before it has written the first line: nothing to resume.
    #[must_use]
    pub fn is_unborn(text: &str) -> bool {
        const BEGINNING: &str = "{\"version\":";
        !text.contains('\n') && (text.starts_with(BEGINNING) || BEGINNING.starts_with(text))
    }

    /// Parses a journal. An incomplete last line, as a killed process leaves it, is ignored.
    ///
    /// # Errors
    /// [`JournalError`] for anything else that isn't a journal.
    pub fn parse(text: &str) -> Result<Self, JournalError> {
        let mut lines = text.split_inclusive('\n').filter(|l| l.ends_with('\n'));
        let first = lines.next().ok_or(JournalError::Upload)?;
        let version: serde_json::Value = serde_json::from_str(first).map_err(|_| JournalError::Upload)?;
        match version.get("version").and_then(serde_json::Value::as_u64).map(u32::try_from) {
            Some(Ok(VERSION)) => {}
            Some(Ok(other)) => return Err(JournalError::Version(other)),
            _ => return Err(JournalError::Upload),
        }
        let upload: Upload = serde_json::from_str(first).map_err(|_| JournalError::Upload)?;
        let mut parts = BTreeMap::new();
        for (at, line) in lines.enumerate() {
            let part: Part = serde_json::from_str(line).map_err(|_| JournalError::Line(at.saturating_add(2)))?;
            parts.insert(part.part, part);
        }
        Ok(Self { upload, parts })
    }

    /// Checks that it belongs to an upload of the file at `path` to `key`: the upload resumes with its part size.
    ///
    /// # Errors
    /// [`JournalError::Other`], [`JournalError::PartSize`], [`JournalError::PartNumber`].
    pub fn check(
        &self,
        origin: &str,
        bucket: &str,
        key: &str,
        path: &str,
        limits: &Limits,
    ) -> Result<(), JournalError> {
        let upload = &self.upload;
        for (found, expected, what) in [
            (&upload.origin, origin, "store"),
            (&upload.bucket, bucket, "bucket"),
            (&upload.key, key, "key"),
            (&upload.file.path, path, "file"),
        ] {
            if found != expected {
                return Err(JournalError::Other(what));
            }
        }
        let size = upload.part_size;
        let count = plan::count(size, upload.file.length);
        if !(limits.part_min.max(1)..=limits.part_max).contains(&size) || !(1..=limits.parts.into()).contains(&count) {
            return Err(JournalError::PartSize(size));
        }
        let beyond = |number: &&u32| **number == 0 || u64::from(**number) > count;
        self.parts.keys().find(beyond).map_or(Ok(()), |number| Err(JournalError::PartNumber(*number)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn upload() -> Upload {
        let file = File { path: "/data/dump 日.bin".into(), length: 40, modified: "1790000000123456789".into() };
        Upload::new("https://s3.example".into(), "b".into(), "k\n\"é".into(), "id/+=".into(), 16, file)
    }

    fn part(number: u32) -> Part {
        Part { part: number, etag: "\"e\"".into(), sha256: "00".into(), checksum: (number == 2).then(|| "c".into()) }
    }

    #[test]
    fn reads_what_it_writes() {
        let text = upload().line() + &part(2).line() + &part(1).line();
        let read = Journal::parse(&text).unwrap();
        assert_eq!(read.upload, upload());
        assert_eq!(read.parts.into_values().collect::<Vec<_>>(), [part(1), part(2)]);
    }

    #[test]
    fn a_cut_first_line_is_no_journal() {
        let line = upload().line();
        for cut in 0..line.len() {
            if line.is_char_boundary(cut) {
                assert!(Journal::is_unborn(&line[..cut]), "{cut}");
            }
        }
        for text in [line.as_str(), "\n", "x", "{\"upload\":", "{\"version\":1}\n"] {
            assert!(!Journal::is_unborn(text), "{text}");
        }
    }

    #[test]
    fn a_cut_last_line_costs_that_part_alone() {
        let whole = upload().line() + &part(1).line();
        for cut in 1..part(2).line().len() {
            let text = whole.clone() + &part(2).line()[..cut];
            assert_eq!(Journal::parse(&text).unwrap().parts.len(), 1, "{cut}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        assert_eq!(Journal::parse(""), Err(JournalError::Upload));
        assert_eq!(Journal::parse("{}\n"), Err(JournalError::Upload));
        assert_eq!(Journal::parse("{\"version\":7}\n"), Err(JournalError::Version(7)));
        assert_eq!(Journal::parse(&(upload().line() + "{}\n")), Err(JournalError::Line(2)));
    }

    #[test]
    fn a_journal_of_something_else_is_refused() {
        const MIB: u64 = 1024 * 1024;
        let good = || {
            let file = File { path: "/f".into(), length: 40 * MIB, modified: "1".into() };
            let upload = Upload::new("https://s3.example".into(), "b".into(), "k".into(), "id".into(), 16 * MIB, file);
            Journal { upload, parts: [1, 3].map(|number| (number, part(number))).into() }
        };
        let check = |journal: &Journal| journal.check("https://s3.example", "b", "k", "/f", &Limits::S3);
        assert_eq!(check(&good()), Ok(()));
        let changed = |change: &dyn Fn(&mut Journal)| {
            let mut journal = good();
            change(&mut journal);
            check(&journal).unwrap_err()
        };
        assert_eq!(changed(&|j| j.upload.origin.push('x')), JournalError::Other("store"));
        assert_eq!(changed(&|j| j.upload.bucket.push('x')), JournalError::Other("bucket"));
        assert_eq!(changed(&|j| j.upload.key.push('x')), JournalError::Other("key"));
        assert_eq!(changed(&|j| j.upload.file.path.push('x')), JournalError::Other("file"));
        for size in [0, 1, 5 * MIB - 1, u64::MAX] {
            assert_eq!(changed(&|j| j.upload.part_size = size), JournalError::PartSize(size));
        }
        for length in [0, u64::MAX] {
            assert_eq!(changed(&|j| j.upload.file.length = length), JournalError::PartSize(16 * MIB));
        }
        for number in [0, 4, u32::MAX] {
            let changed = changed(&|j| drop(j.parts.insert(number, part(number))));
            assert_eq!(changed, JournalError::PartNumber(number));
        }
        assert!(good().check("https://s3.example", "b", "k", "/f", &Limits::AZURE).is_ok());
    }

    proptest! {
        #[test]
        fn no_text_stops_the_program(text in "\\PC{0,200}") {
            let _ = Journal::parse(&text);
            let _ = Journal::parse(&(upload().line() + &text + "\n"));
        }
    }
}

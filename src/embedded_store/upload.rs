//! One multipart upload: its directory and its parts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::Mutex;

use s3s::{S3Error, S3ErrorCode, S3Result};
use serde::{Deserialize, Serialize};

use super::checksum::{Algorithm, Checksums, Kind};
use super::clock;
use super::disk;
use super::error::{self, internal};
use super::receive::Received;
use super::record::StoredHeaders;

const RECORD_FILE: &str = "upload.json";
const PART_SUFFIX: &str = ".part.json";

const PART_NUMBER_MAX: i32 = 10_000;

/// Refuses a part number outside 1 to 10,000.
pub(super) fn check_part_number(number: i32) -> S3Result<()> {
    if (1..=PART_NUMBER_MAX).contains(&number) {
        Ok(())
    } else {
        Err(S3Error::with_message(
            S3ErrorCode::InvalidArgument,
            "Part number must be an integer between 1 and 10000, inclusive",
        ))
    }
}

/// An upload's metadata file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct UploadRecord {
    pub id: String,
    pub key: String,
    /// Milliseconds since the Unix epoch.
    pub initiated_ms: u64,
    pub headers: StoredHeaders,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<Algorithm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum_kind: Option<Kind>,
}

/// A part's metadata file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Part {
    /// 1 to 10,000.
    pub number: i32,
    /// In bytes.
    pub size: u64,
    /// Hex MD5, without quotes.
    pub etag: String,
    /// Milliseconds since the Unix epoch.
    pub last_modified_ms: u64,
    /// The file with the bytes, in the same directory.
    pub data_file: String,
    #[serde(default, skip_serializing_if = "Checksums::is_empty")]
    pub checksums: Checksums,
}

/// Parts by number.
pub(super) type Parts = BTreeMap<i32, Part>;

/// A multipart upload in progress.
#[derive(Debug)]
pub(super) struct Upload {
    pub record: UploadRecord,
    pub dir: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    // While an upload is being completed or aborted, its parts must not change.
    closed: bool,
    parts: Parts,
}

impl Upload {
    /// Creates the directory of a new upload.
    pub(super) fn create(dir: PathBuf, record: UploadRecord) -> io::Result<Self> {
        disk::create_dir(&dir)?;
        disk::write_json(&dir.join(RECORD_FILE), &record)?;
        Ok(Self { record, dir, state: Mutex::default() })
    }

    /// Loads an upload and removes what a crash left half-written.
    pub(super) fn load(dir: PathBuf, id: &str) -> io::Result<Self> {
        let record: UploadRecord = disk::read_json(&dir.join(RECORD_FILE))?;
        if record.id != id {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let names = disk::names_without_stale(&dir)?;
        let mut parts = Parts::new();
        let mut in_use = BTreeSet::new();
        for name in names.iter().filter(|name| name.ends_with(PART_SUFFIX)) {
            let part: Part = disk::read_json(&dir.join(name))?;
            let is_name = !part.data_file.contains(['/', '\\']);
            if !is_name || fs::metadata(dir.join(&part.data_file))?.len() != part.size {
                return Err(io::ErrorKind::InvalidData.into());
            }
            in_use.insert(part.data_file.clone());
            parts.insert(part.number, part);
        }
        for name in &names {
            if name != RECORD_FILE && !name.ends_with(PART_SUFFIX) && !in_use.contains(name) {
                fs::remove_file(dir.join(name))?;
            }
        }
        Ok(Self { record, dir, state: Mutex::new(State { closed: false, parts }) })
    }

    /// Lets `look` read the parts.
    pub(super) fn parts<R>(&self, look: impl FnOnce(&Parts) -> R) -> R {
        look(&disk::lock(&self.state).parts)
    }

    /// Adds a part, replacing the one of that number; `NoSuchUpload` once the upload has ended.
    pub(super) fn commit(&self, number: i32, received: Received) -> S3Result<Part> {
        let mut state = disk::lock(&self.state);
        if state.closed {
            return Err(error::no_such_upload());
        }
        let part = Part {
            number,
            size: received.size,
            etag: disk::hex(&received.md5),
            last_modified_ms: clock::now_ms(),
            data_file: format!("{number:05}.{}", disk::unique_name()),
            checksums: received.checksums,
        };
        let data = self.dir.join(&part.data_file);
        received.temp.keep(&data).map_err(internal)?;
        if let Err(source) = disk::write_json(&self.dir.join(format!("{number:05}{PART_SUFFIX}")), &part) {
            let _ = fs::remove_file(&data);
            return Err(internal(source));
        }
        if let Some(replaced) = state.parts.insert(number, part.clone()) {
            let _ = fs::remove_file(self.dir.join(replaced.data_file));
        }
        Ok(part)
    }

    /// Closes the upload to new parts and returns the existing ones; `NoSuchUpload` if it's closed already.
    pub(super) fn close(&self) -> S3Result<Parts> {
        let mut state = disk::lock(&self.state);
        if state.closed {
            return Err(error::no_such_upload());
        }
        state.closed = true;
        Ok(state.parts.clone())
    }

    /// Accepts parts again, after a failed completion.
    pub(super) fn reopen(&self) {
        disk::lock(&self.state).closed = false;
    }

    /// The bytes of `part`.
    pub(super) fn open(&self, part: &Part) -> io::Result<File> {
        File::open(self.dir.join(&part.data_file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_numbers() {
        assert!(check_part_number(1).is_ok() && check_part_number(10_000).is_ok());
        assert!(check_part_number(0).is_err() && check_part_number(10_001).is_err());
    }
}

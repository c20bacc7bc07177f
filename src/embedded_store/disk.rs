//! Files: names that can't escape their directory, and atomic writes.

use std::collections::hash_map::RandomState;
use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File};
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use s3s::crypto::{Checksum as _, Sha256};
use s3s::{S3Error, S3ErrorCode, S3Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::clock;

const TEMP_PREFIX: &str = ".tmp-";

/// Lower-case hex of `bytes`.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The hex SHA-256 of an object key: a valid file name of fixed length for every key.
pub(super) fn key_hash(key: &str) -> String {
    hex(Sha256::checksum(key.as_bytes()).as_ref())
}

/// A name that no other call returns, in this run or another; later names sort after earlier ones.
pub(super) fn unique_name() -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let random = RandomState::new().build_hasher().finish();
    format!("{:012x}{count:08x}{random:016x}", clock::now_ms())
}

/// Locks `mutex`. A poisoned lock is fine: every change is a single step, so the data is still consistent.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs file access on a blocking thread. It runs to completion even if the client disconnects.
pub(super) async fn blocking<T, F>(work: F) -> S3Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> S3Result<T> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(S3Error::with_source(S3ErrorCode::InternalError, Box::new(error))),
    }
}

/// Creates `path` and its parents; on Unix only the owner can read them.
pub(super) fn create_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// A file being written; it's removed on drop unless it's kept.
#[derive(Debug)]
pub(super) struct TempFile {
    file: Option<File>,
    path: PathBuf,
}

impl TempFile {
    /// Creates a file in `dir`, the directory of its final name, so that the rename stays on one file system.
    pub(super) fn create(dir: &Path) -> io::Result<Self> {
        let path = dir.join(format!("{TEMP_PREFIX}{}", unique_name()));
        let file = File::options().write(true).create_new(true).open(&path)?;
        Ok(Self { file: Some(file), path })
    }

    /// Renames the file to its final name in one step, replacing any file of that name.
    pub(super) fn keep(mut self, target: &Path) -> io::Result<()> {
        self.file = None;
        fs::rename(&self.path, target)
    }
}

impl io::Write for TempFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.file.as_mut() {
            Some(file) => file.write(bytes),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), File::flush)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        self.file = None;
        // After `keep` the name no longer exists; the next start removes leftovers.
        let _ = fs::remove_file(&self.path);
    }
}

/// Writes `value` as JSON to `target` in one step.
pub(super) fn write_json<T: Serialize>(target: &Path, value: &T) -> io::Result<()> {
    let dir = target.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut temp = TempFile::create(dir)?;
    let text = serde_json::to_vec(value)?;
    io::Write::write_all(&mut temp, &text)?;
    temp.keep(target)
}

/// Reads the JSON file at `path`.
pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    Ok(serde_json::from_reader(BufReader::new(File::open(path)?))?)
}

/// The names in `dir` that are valid UTF-8; temporary files are removed and not returned.
pub(super) fn names_without_stale(dir: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if name.starts_with(TEMP_PREFIX) {
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
        } else {
            names.push(name);
        }
    }
    Ok(names)
}

/// Renames a directory out of the way in one step, then removes it. The next start removes what a crash leaves.
pub(super) fn remove_dir(dir: &Path) -> io::Result<()> {
    let parent = dir.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let hidden = parent.join(format!("{TEMP_PREFIX}{}", unique_name()));
    fs::rename(dir, &hidden)?;
    let _ = fs::remove_dir_all(&hidden);
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::io::Write as _;

    /// A directory for one test, removed on drop.
    pub(in super::super) struct Scratch(pub PathBuf);

    impl Scratch {
        pub fn new() -> Self {
            let path = std::env::temp_dir().join(format!("store-test-{}", unique_name()));
            create_dir(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_dropped_temp_file_leaves_nothing() {
        let scratch = Scratch::new();
        let mut temp = TempFile::create(&scratch.0).unwrap();
        temp.write_all(b"half").unwrap();
        drop(temp);
        assert_eq!(fs::read_dir(&scratch.0).unwrap().count(), 0);
    }

    #[test]
    fn stale_files_go_and_others_stay() {
        let scratch = Scratch::new();
        fs::write(scratch.0.join(".tmp-1"), b"x").unwrap();
        fs::create_dir(scratch.0.join(".tmp-2")).unwrap();
        fs::write(scratch.0.join("kept"), b"x").unwrap();
        assert_eq!(names_without_stale(&scratch.0).unwrap(), ["kept"]);
        assert_eq!(fs::read_dir(&scratch.0).unwrap().count(), 1);
    }

    #[test]
    fn unique_names_sort_by_age() {
        let names: Vec<_> = (0..100).map(|_| unique_name()).collect();
        assert!(names.is_sorted());
    }

    #[test]
    fn key_hashes_are_file_names() {
        for key in ["../../etc/passwd", "n", "n/m", "a\0b", &"k".repeat(1024)] {
            let name = key_hash(key);
            assert_eq!(name.len(), 64);
            assert!(name.bytes().all(|b| b.is_ascii_hexdigit()));
        }
    }
}

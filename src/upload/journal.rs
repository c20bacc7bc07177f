//! Journals on disk: one file per upload in the user's state directory, locked by the process that uses it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::PathBuf;

use langfuse_blob_core::upload::Limits;
use langfuse_blob_core::upload::journal::{Journal, JournalError, Part, Upload};
use sha2::{Digest as _, Sha256};

use crate::output::shown_path;
use crate::state_directory;

/// What identifies an upload.
#[derive(Clone, Debug)]
pub struct Name {
    /// The store: `scheme://host[:port]`.
    pub origin: String,
    /// The bucket or container.
    pub bucket: String,
    /// The full key.
    pub key: String,
    /// The file's absolute path.
    pub path: String,
}

/// A journal on disk, locked.
#[derive(Debug)]
pub struct JournalFile {
    file: File,
    path: PathBuf,
}

/// Why a journal can't be used.
#[derive(Debug)]
pub enum Unusable {
    /// Another process uses it.
    Busy,
    /// There is no home directory to keep it in.
    NoHome,
    /// The file isn't a valid journal. Its path.
    Foreign(PathBuf, JournalError),
    /// The file can't be read or written. Its path.
    Io(PathBuf, io::Error),
}

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Busy => f.write_str("another process is uploading the same file to the same key"),
            Self::NoHome => f.write_str("no home directory is set to keep resume state in"),
            Self::Foreign(path, error) => write!(f, "{}: {error}", shown_path(path)),
            Self::Io(path, error) => write!(f, "the resume state {} can't be used: {error}", shown_path(path)),
        }
    }
}

impl Name {
    /// The path of its journal; `None` without a home directory.
    fn file(&self) -> Option<PathBuf> {
        let mut hash = Sha256::new();
        for part in [&self.origin, &self.bucket, &self.key, &self.path] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let digits: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Some(state_directory::of_uploads()?.join(format!("{digits}.jsonl")))
    }

    /// The journal of an earlier process, if any; `limits` are the store's.
    ///
    /// # Errors
    /// [`Unusable`].
    pub fn find(&self, limits: &Limits) -> Result<Option<(Journal, JournalFile)>, Unusable> {
        let Some(path) = self.file() else { return Ok(None) };
        let checked = path.parent().map_or(Ok(()), state_directory::check);
        let mut file = match checked.and_then(|()| state_directory::open(&path, false)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Unusable::Io(path, error)),
        };
        lock(&file, &path)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|e| Unusable::Io(path.clone(), e))?;
        if Journal::is_unborn(&text) {
            return Ok(None);
        }
        let journal = Journal::parse(&text).and_then(|journal| {
            journal.check(&self.origin, &self.bucket, &self.key, &self.path, limits).map(|()| journal)
        });
        let journal = journal.map_err(|e| Unusable::Foreign(path.clone(), e))?;
        // Cuts off the incomplete last line of a killed process, or the next line would be joined to it.
        let whole = text.rfind('\n').map_or(0, |end| end.saturating_add(1));
        file.set_len(whole as u64)
            .and_then(|()| file.seek(io::SeekFrom::End(0)))
            .map_err(|e| Unusable::Io(path.clone(), e))?;
        Ok(Some((journal, JournalFile { file, path })))
    }

    /// A new journal for `upload`; replaces an older one.
    ///
    /// # Errors
    /// [`Unusable`].
    pub fn begin(&self, upload: &Upload) -> Result<JournalFile, Unusable> {
        let Some(path) = self.file() else { return Err(Unusable::NoHome) };
        let made = path.parent().map_or(Ok(()), state_directory::create);
        let made = made.and_then(|()| state_directory::open(&path, true));
        let mut file = made.map_err(|e| Unusable::Io(path.clone(), e))?;
        lock(&file, &path)?;
        file.set_len(0)
            .and_then(|()| file.write_all(upload.line().as_bytes()))
            .map_err(|e| Unusable::Io(path.clone(), e))?;
        Ok(JournalFile { file, path })
    }
}

fn lock(file: &File, path: &std::path::Path) -> Result<(), Unusable> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(Unusable::Busy),
        Err(TryLockError::Error(error)) => Err(Unusable::Io(path.to_owned(), error)),
    }
}

impl JournalFile {
    /// Records a part that the store has acknowledged.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn add(&mut self, part: &Part) -> io::Result<()> {
        self.file.write_all(part.line().as_bytes())
    }

    /// Removes the journal: there is nothing to resume.
    pub fn remove(self) {
        // If that fails, the next process finds that the upload is gone.
        let _ = fs::remove_file(&self.path);
    }
}

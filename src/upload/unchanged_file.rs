//! A file that must not change while it is sent.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use super::file_range::{FileRange, read_at};
use crate::failure::Failure;

/// A file, and its state when it was opened.
#[derive(Clone, Debug)]
pub struct UnchangedFile {
    file: Arc<File>,
    stamp: Stamp,
}

/// A file's state at one moment. A writer can reset the modification time, as `touch -r` and `cp -p` do, or bypass it
/// with a memory mapping; the inode's change time is set by the system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    /// Seconds and nanoseconds of the inode's last change.
    #[cfg(unix)]
    changed: (i64, i64),
    /// Device and number of the inode.
    #[cfg(unix)]
    inode: (u64, u64),
}

impl Stamp {
    /// The state of the file with `metadata`.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt as _;
        Self {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            changed: (metadata.ctime(), metadata.ctime_nsec()),
            #[cfg(unix)]
            inode: (metadata.dev(), metadata.ino()),
        }
    }
}

/// Whether the file was deleted: that changes its inode, but not its content.
fn is_nameless(metadata: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        metadata.nlink() == 0
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        false
    }
}

/// What a file that isn't a regular file is called.
#[must_use]
pub fn kind(metadata: &Metadata) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        let kind = metadata.file_type();
        match () {
            () if kind.is_fifo() => return "a pipe",
            () if kind.is_socket() => return "a socket",
            () if kind.is_char_device() || kind.is_block_device() => return "a device",
            () => {}
        }
    }
    if metadata.is_dir() { "a directory" } else { "a special file" }
}

impl UnchangedFile {
    /// Opens the regular file at `path`.
    ///
    /// # Errors
    /// It can't be opened, or isn't a regular file: others have no length, and opening a pipe may wait forever.
    pub fn open(path: &Path) -> io::Result<Self> {
        let there = std::fs::metadata(path)?;
        if !there.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("it is {}", kind(&there))));
        }
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        Ok(Self { file: Arc::new(file), stamp: Stamp::of(&metadata) })
    }

    /// Its length in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.stamp.length
    }

    /// Its state when it was opened.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// When it was last modified.
    #[must_use]
    pub fn modified(&self) -> Option<SystemTime> {
        self.stamp.modified
    }

    /// The file itself.
    #[must_use]
    pub fn file(&self) -> Arc<File> {
        self.file.clone()
    }

    /// All of it.
    #[must_use]
    pub fn whole(&self) -> FileRange {
        FileRange::new(self.file.clone(), 0, self.stamp.length)
    }

    /// All of its bytes, for a small file.
    ///
    /// # Errors
    /// [`Unread`].
    pub fn read(&self) -> Result<Vec<u8>, Unread> {
        let mut bytes = Vec::new();
        let read = self.whole().read(|slice| bytes.extend_from_slice(slice));
        match read {
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => Err(Unread::Io(error)),
            Err(_) => Err(Unread::Changed),
            Ok(()) if self.has_changed() => Err(Unread::Changed),
            Ok(()) => Ok(bytes),
        }
    }

    /// Whether it has changed, or reports a wrong length, as the files of `/proc` do. The open file's inode is checked,
    /// so another file that takes its name doesn't matter.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        let Ok(now) = self.file.metadata() else { return true };
        let stamp = Stamp::of(&now);
        let written = (stamp.length, stamp.modified) != (self.stamp.length, self.stamp.modified);
        if written || (stamp != self.stamp && !is_nameless(&now)) {
            return true;
        }
        // A byte after the reported end.
        read_at(&self.file, &mut [0], self.stamp.length).is_ok_and(|got| got > 0)
    }

    /// The error that it changed.
    #[must_use]
    pub fn changed(&self) -> Failure {
        let failure = Failure::of_one("it changed while it was sent");
        if self.stamp.length == 0 {
            return failure.help("Its reported length is 0. If the system generates its content, send it through standard input: `cat FILE | langfuse-blob upload file - KEY`.");
        }
        failure.help("Upload a copy that nothing writes to, or try again when the file no longer changes.")
    }
}

/// Why a file couldn't be read as a whole.
#[derive(Debug)]
pub enum Unread {
    /// It changed meanwhile.
    Changed,
    /// It can't be read.
    Io(io::Error),
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::io::Write as _;
    use std::time::Duration;

    use tempfile::tempdir;

    use super::*;

    #[test]
    fn a_modified_file_has_changed() {
        let directory = tempdir().unwrap();
        let path = directory.path().join("f");
        fs::write(&path, "abc").unwrap();
        let open = || UnchangedFile::open(&path).unwrap();
        let steady = open();
        assert!(!steady.has_changed());
        assert_eq!(steady.read().unwrap(), b"abc");
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"d").unwrap();
        assert!(steady.has_changed() && matches!(steady.read(), Err(Unread::Changed)));
        let steady = open();
        let touched = OpenOptions::new().write(true).open(&path).unwrap();
        touched.set_modified(SystemTime::now() + Duration::from_secs(5)).unwrap();
        assert!(steady.has_changed(), "same length, other modification time");
        let steady = open();
        let before = fs::metadata(&path).unwrap().modified().unwrap();
        // The system's clock may have a resolution of a few milliseconds.
        std::thread::sleep(Duration::from_millis(50));
        fs::write(&path, "xyzd").unwrap();
        touched.set_modified(before).unwrap();
        assert!(steady.has_changed(), "same length and modification time, other content");
        let steady = open();
        touched.set_len(1).unwrap();
        assert!(matches!(steady.read(), Err(Unread::Changed)));
        let steady = open();
        fs::write(directory.path().join("other"), "another").unwrap();
        fs::rename(directory.path().join("other"), &path).unwrap();
        assert_eq!(steady.read().unwrap(), b"x", "the opened file is intact");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_wrong_length_is_a_change() {
        let made_up = UnchangedFile::open(Path::new("/proc/self/status")).unwrap();
        assert!(matches!(made_up.read(), Err(Unread::Changed)));
        assert_eq!(UnchangedFile::open(Path::new("/dev/zero")).unwrap_err().to_string(), "it is a device");
    }
}

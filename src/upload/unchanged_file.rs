//! A file that must stay as it is while it is sent.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use super::file_range::{FileRange, read_at};
use crate::failure::Failure;

/// A file, and what it was when it was opened.
#[derive(Clone, Debug)]
pub struct UnchangedFile {
    file: Arc<File>,
    stamp: Stamp,
}

/// What a file was at a moment. Whoever writes to it can put the time of the last write back, as `touch -r` and `cp -p` do, or not
/// set it at all, through a mapping; the time of the last change of its inode is the system's own.
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
    /// That of the file with `metadata`.
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

/// Whether the file has lost its last name: that changes the inode too, and not one byte.
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

/// What another kind of file than a plain one is called.
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
    if metadata.is_dir() { "a folder" } else { "no plain file" }
}

impl UnchangedFile {
    /// Opens the plain file at `path`.
    ///
    /// # Errors
    /// Where it can't be opened, or is another kind of file: those have no length, and opening a pipe may wait for ever.
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

    /// What it was when it was opened.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// When it was written last.
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

    /// All of its bytes, which are few.
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

    /// Whether it is another one by now, or says a length that is not its own, as the files of `/proc` do. The inode is that
    /// of the open file: one that took its name meanwhile changes nothing here.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        let Ok(now) = self.file.metadata() else { return true };
        let stamp = Stamp::of(&now);
        let written = (stamp.length, stamp.modified) != (self.stamp.length, self.stamp.modified);
        if written || (stamp != self.stamp && !is_nameless(&now)) {
            return true;
        }
        // A byte behind the end that was told.
        read_at(&self.file, &mut [0], self.stamp.length).is_ok_and(|got| got > 0)
    }

    /// That it changed, for people.
    #[must_use]
    pub fn changed(&self) -> Failure {
        let failure = Failure::of_one("it changed while it was sent");
        if self.stamp.length == 0 {
            return failure.help("Its length was said to be 0. One that the system makes up while it is read goes through standard input: `cat FILE | langfuse-blob upload file - KEY`.");
        }
        failure.help("Send a copy that nobody writes to, or once more when it is at rest.")
    }
}

/// Why a file could not be taken as a whole.
#[derive(Debug)]
pub enum Unread {
    /// It was written to meanwhile.
    Changed,
    /// It can't be read.
    Io(io::Error),
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::io::Write as _;
    use std::time::Duration;

    use super::*;
    use crate::temporary::Folder;

    #[test]
    fn a_file_that_is_written_to_has_changed() {
        let folder = Folder::new("steady").unwrap();
        let path = folder.path().join("f");
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
        assert!(steady.has_changed(), "the same length, written at another time");
        let steady = open();
        let before = fs::metadata(&path).unwrap().modified().unwrap();
        // The system's clock may be a few milliseconds coarse.
        std::thread::sleep(Duration::from_millis(50));
        fs::write(&path, "xyzd").unwrap();
        touched.set_modified(before).unwrap();
        assert!(steady.has_changed(), "the same length and time, written all the same");
        let steady = open();
        touched.set_len(1).unwrap();
        assert!(matches!(steady.read(), Err(Unread::Changed)));
        let steady = open();
        fs::write(folder.path().join("other"), "another").unwrap();
        fs::rename(folder.path().join("other"), &path).unwrap();
        assert_eq!(steady.read().unwrap(), b"x", "what was opened is whole");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_length_that_is_not_its_own_is_a_change() {
        let made_up = UnchangedFile::open(Path::new("/proc/self/status")).unwrap();
        assert!(matches!(made_up.read(), Err(Unread::Changed)));
        assert_eq!(UnchangedFile::open(Path::new("/dev/zero")).unwrap_err().to_string(), "it is a device");
    }
}

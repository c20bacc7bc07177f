//! A file to write: a regular file is replaced atomically, anything else is written in place.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::output::shown_path;

/// A file being written.
#[derive(Debug)]
pub struct Destination(Output);

#[derive(Debug)]
enum Output {
    InPlace(File),
    Replacement(Replacement),
}

/// A temporary file next to its target, renamed to it when complete, and removed when dropped.
#[derive(Debug)]
struct Replacement {
    file: NamedTempFile,
    target: PathBuf,
    /// Whether the target must be overwritten in place: a new file can't get its owner and attributes, or it has
    /// another hard link, which would keep the old content.
    keeps_file: bool,
    /// What the target must still contain.
    expected: Option<Vec<u8>>,
}

impl Destination {
    /// Opens `path`. Follows a symbolic link. A device or a pipe is written in place.
    ///
    /// # Errors
    /// It is a directory, or can't be written.
    pub fn open(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            Ok(there) if there.is_dir() => Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory")),
            Ok(there) if there.is_file() => {
                let target = fs::canonicalize(path)?;
                match Replacement::of(target, Some(&there)) {
                    // A read-only directory can contain a writable file.
                    Err(e) if e.kind() == io::ErrorKind::PermissionDenied => Self::in_place(File::create(path)),
                    opened => opened.map(Self::replacing),
                }
            }
            Ok(_) => Self::in_place(OpenOptions::new().write(true).open(path)),
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            // A dangling link: the system creates its target.
            Err(_) if fs::symlink_metadata(path).is_ok() => Self::in_place(File::create(path)),
            Err(_) => Replacement::of(path.to_owned(), None).map(Self::replacing),
        }
    }

    fn in_place(opened: io::Result<File>) -> io::Result<Self> {
        opened.map(|file| Self(Output::InPlace(file)))
    }

    fn replacing(replacement: Replacement) -> Self {
        Self(Output::Replacement(replacement))
    }

    /// Makes [`Destination::finish`] fail if the target no longer contains `text`: another program has changed it.
    #[must_use]
    pub fn expecting(mut self, text: Vec<u8>) -> Self {
        if let Output::Replacement(replacement) = &mut self.0 {
            replacement.expected = Some(text);
        }
        self
    }

    /// Moves what was written to its final name.
    ///
    /// # Errors
    /// The last bytes can't be written, the file can't be renamed, or the target isn't as expected.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        match self.0 {
            Output::InPlace(_) => Ok(()),
            Output::Replacement(replacement) => replacement.finish(),
        }
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Output::InPlace(file) => file.write(bytes),
            Output::Replacement(replacement) => replacement.file.as_file_mut().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Output::InPlace(file) => file.flush(),
            Output::Replacement(replacement) => replacement.file.as_file_mut().flush(),
        }
    }
}

impl Replacement {
    fn of(target: PathBuf, there: Option<&fs::Metadata>) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if there.is_some() {
            use std::os::unix::fs::OpenOptionsExt as _;
            // Private until it has the target's permissions.
            options.mode(0o600);
        }
        // A random name, because processes in different containers have the same ID; and a short one, because the
        // target's may have the maximum length.
        let mut name = tempfile::Builder::new();
        name.prefix(".langfuse-blob-").rand_bytes(16);
        let directory = target.parent().unwrap_or(Path::new(""));
        // Opened here, because tempfile's own errors end with the temporary name.
        let file = name.make_in(directory, |path| options.open(path))?;
        let mut keeps_file = false;
        if let Some(there) = there {
            let kept = keep_owner(file.as_file(), there);
            file.as_file().set_permissions(there.permissions())?;
            keeps_file = !kept || has_other_names(there) || !keep_attributes(file.as_file(), &target);
        }
        Ok(Self { file, target, keeps_file, expected: None })
    }

    fn finish(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        if let Some(expected) = &self.expected
            && fs::read(&self.target)? != *expected
        {
            return Err(io::Error::new(io::ErrorKind::ResourceBusy, CHANGED));
        }
        let mut file = if self.keeps_file {
            self.file
        } else {
            match self.file.persist(&self.target) {
                Ok(_) => return Ok(()),
                // A file that is a mount point, as in containers, can't be replaced.
                Err(failed) if failed.error.kind() == io::ErrorKind::ResourceBusy => failed.file,
                Err(failed) => return Err(failed.error),
            }
        };
        let copy = || {
            let mut target = OpenOptions::new().write(true).open(&self.target)?;
            let length = io::copy(&mut File::open(file.path())?, &mut target)?;
            // Truncated last: a full disk must not lose data.
            target.set_len(length)?;
            target.sync_all()
        };
        let Err(error) = copy() else { return Ok(()) };
        // The target may be damaged, so its new content must survive.
        file.disable_cleanup(true);
        let kept = shown_path(file.path());
        Err(io::Error::new(error.kind(), format!("{error}; it may be partly written; the new content is in {kept}")))
    }
}

/// Why a changed file isn't replaced.
const CHANGED: &str = "another program has changed it since it was read, and nothing was written; run it again";

/// Whether the file has more than one hard link.
#[cfg(unix)]
fn has_other_names(there: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(there) > 1
}

#[cfg(not(unix))]
fn has_other_names(_: &fs::Metadata) -> bool {
    false
}

/// Gives `file` the extended attributes of `target`, which include its ACL and SELinux label; `false` if one can't be
/// copied.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn keep_attributes(file: &File, target: &Path) -> bool {
    use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr};
    let copy = || -> io::Result<()> {
        let from = File::open(target)?;
        let mut names = vec![0; 64 * 1024];
        let length = match flistxattr(&from, names.as_mut_slice()) {
            Ok(length) => length,
            // A file system without extended attributes has none to copy.
            Err(rustix::io::Errno::NOTSUP) => 0,
            Err(error) => return Err(error.into()),
        };
        names.truncate(length);
        for name in names.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
            let mut value = vec![0; 64 * 1024];
            let length = fgetxattr(&from, name, value.as_mut_slice())?;
            fsetxattr(file, name, value.get(..length).unwrap_or(&[]), XattrFlags::empty())?;
        }
        Ok(())
    };
    copy().is_ok()
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn keep_attributes(_: &File, _: &Path) -> bool {
    true
}

/// Gives `file` the owner and group of the file it replaces; `false` if that isn't allowed.
#[cfg(unix)]
fn keep_owner(file: &File, there: &fs::Metadata) -> bool {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let own = file.metadata();
    let same = own.is_ok_and(|m| (m.uid(), m.gid()) == (there.uid(), there.gid()));
    same || fchown(file, Some(there.uid()), Some(there.gid())).is_ok()
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, chown, symlink};

    use tempfile::tempdir;

    use super::*;

    fn write(path: &Path, text: &str) -> io::Result<()> {
        let mut destination = Destination::open(path)?;
        destination.write_all(text.as_bytes())?;
        destination.finish()
    }

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(directory).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn owner_group_and_permissions_stay() {
        let directory = tempdir().unwrap();
        let path = directory.path().join("a.env");
        fs::write(&path, "old").unwrap();
        // Only root can change a file's owner; for others it stays the same.
        let _ = chown(&path, Some(12_345), Some(54_321));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let before = fs::metadata(&path).unwrap();
        write(&path, "new").unwrap();
        let after = fs::metadata(&path).unwrap();
        assert_eq!((after.uid(), after.gid(), after.mode()), (before.uid(), before.gid(), before.mode()));
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(directory.path()), ["a.env"]);
    }

    #[test]
    fn links_stay_links() {
        let directory = tempdir().unwrap();
        let (real, link, nowhere) =
            (directory.path().join("real"), directory.path().join("link"), directory.path().join("nowhere"));
        fs::write(&real, "old").unwrap();
        symlink(&real, &link).unwrap();
        symlink(directory.path().join("made"), &nowhere).unwrap();
        write(&link, "new").unwrap();
        write(&nowhere, "first").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(fs::symlink_metadata(&nowhere).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert_eq!(fs::read_to_string(directory.path().join("made")).unwrap(), "first");
        assert_eq!(names(directory.path()), ["link", "made", "nowhere", "real"]);
    }

    #[test]
    fn devices_and_pipes_are_written_in_place() {
        write(Path::new("/dev/null"), "gone").unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
        let directory = tempdir().unwrap();
        let pipe = directory.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read_to_string(pipe).unwrap()
        });
        write(&pipe, "through").unwrap();
        assert_eq!(reader.join().unwrap(), "through");
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    }

    #[test]
    fn hard_links_stay() {
        let directory = tempdir().unwrap();
        let (one, two) = (directory.path().join("one"), directory.path().join("two"));
        fs::write(&one, "the old text, which is longer").unwrap();
        fs::hard_link(&one, &two).unwrap();
        write(&one, "new").unwrap();
        assert_eq!(
            (fs::read_to_string(&one).unwrap(), fs::read_to_string(&two).unwrap()),
            ("new".into(), "new".into())
        );
        assert_eq!(names(directory.path()), ["one", "two"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn extended_attributes_stay() {
        use rustix::fs::{XattrFlags, getxattr, setxattr};
        let directory = tempdir().unwrap();
        let path = directory.path().join("a.env");
        fs::write(&path, "old").unwrap();
        if setxattr(&path, "user.label", b"kept", XattrFlags::empty()).is_err() {
            println!("skipped: this file system has no extended attributes");
            return;
        }
        write(&path, "new").unwrap();
        let mut value = [0; 16];
        let length = getxattr(&path, "user.label", &mut value).unwrap();
        assert_eq!((value.get(..length), fs::read_to_string(&path).unwrap().as_str()), (Some(&b"kept"[..]), "new"));
        assert_eq!(names(directory.path()), ["a.env"]);
    }

    #[test]
    fn a_file_changed_meanwhile_is_not_replaced() {
        let directory = tempdir().unwrap();
        let path = directory.path().join("a.env");
        fs::write(&path, "old").unwrap();
        let replace = |meanwhile: Option<&str>| {
            let mut destination = Destination::open(&path).unwrap().expecting(b"old".to_vec());
            destination.write_all(b"new").unwrap();
            if let Some(text) = meanwhile {
                fs::write(&path, text).unwrap();
            }
            destination.finish()
        };
        assert!(replace(Some("edited")).unwrap_err().to_string().contains("another program has changed it"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "edited");
        fs::write(&path, "old").unwrap();
        replace(None).unwrap();
        assert_eq!((fs::read_to_string(&path).unwrap(), names(directory.path()).len()), ("new".into(), 1));
    }

    #[test]
    fn a_file_with_the_longest_name_is_written() {
        let directory = tempdir().unwrap();
        let path = directory.path().join("n".repeat(255));
        let (first, second) = (Destination::open(&path).unwrap(), Destination::open(&path).unwrap());
        assert_eq!(names(directory.path()).len(), 2, "two that write at a time do not meet");
        drop((first, second));
        write(&path, "whole").unwrap();
        write(&path, "again").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "again");
        assert_eq!(names(directory.path()).len(), 1);
    }

    #[test]
    fn an_unfinished_file_leaves_nothing() {
        let directory = tempdir().unwrap();
        let path = directory.path().join("a");
        fs::write(&path, "old").unwrap();
        let mut destination = Destination::open(&path).unwrap();
        destination.write_all(b"ne").unwrap();
        drop(destination);
        drop(Destination::open(&directory.path().join("b")).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(directory.path()), ["a"]);
        assert_eq!(Destination::open(directory.path()).unwrap_err().kind(), io::ErrorKind::IsADirectory);
    }
}

//! A file to be written: whole or not at all where it is a plain file, straight into it where it is anything else.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::output::shown_path;

/// Where bytes go that are to stand under a name.
#[derive(Debug)]
pub struct Destination {
    file: File,
    /// The finished file's name, while it is still under another.
    beside: Option<Beside>,
}

/// A file beside its target, whose name it takes when it is whole.
#[derive(Debug)]
struct Beside {
    temporary: PathBuf,
    target: PathBuf,
    /// Whether the target must stay the file that it is: no other can be given its owner and attributes, or it has another
    /// name, which would keep the old text.
    keeps_file: bool,
    /// What the target must still hold.
    expected: Option<Vec<u8>>,
}

impl Destination {
    /// Opens `path`. A symbolic link is followed; what is no plain file, a device or a pipe, is written into.
    ///
    /// # Errors
    /// A folder, or a place that cannot be written to.
    pub fn open(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            Ok(there) if there.is_dir() => Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")),
            Ok(there) if there.is_file() => {
                let target = fs::canonicalize(path)?;
                match Self::beside(target, Some(&there)) {
                    // A folder that may not be written to can hold a file that may.
                    Err(e) if e.kind() == io::ErrorKind::PermissionDenied => Self::itself(path),
                    opened => opened,
                }
            }
            Ok(_) => Ok(Self { file: OpenOptions::new().write(true).open(path)?, beside: None }),
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            // A link to nowhere: the system makes the file that it names.
            Err(_) if fs::symlink_metadata(path).is_ok() => Self::itself(path),
            Err(_) => Self::beside(path.to_owned(), None),
        }
    }

    fn itself(path: &Path) -> io::Result<Self> {
        Ok(Self { file: File::create(path)?, beside: None })
    }

    fn beside(target: PathBuf, there: Option<&fs::Metadata>) -> io::Result<Self> {
        // A name of its own every time, because in a container every process has the same number; and a short one, because
        // the target's may be as long as names can be.
        let random = getrandom::u64().map_err(io::Error::other)?;
        let temporary = target.with_file_name(format!(".langfuse-blob-{random:016x}"));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if there.is_some() {
            use std::os::unix::fs::OpenOptionsExt as _;
            // Nobody reads it before it has the target's own permissions.
            options.mode(0o600);
        }
        let file = options.open(&temporary)?;
        let mut opened = Self { file, beside: Some(Beside { temporary, target, keeps_file: false, expected: None }) };
        if let Some(there) = there {
            let kept = keep_owner(&opened.file, there);
            opened.file.set_permissions(there.permissions())?;
            if let Some(beside) = &mut opened.beside {
                beside.keeps_file = !kept || has_other_names(there) || !keep_attributes(&opened.file, &beside.target);
            }
        }
        Ok(opened)
    }

    /// Lets [`Destination::finish`] fail where the target doesn't hold `text` any more: another program has changed it.
    #[must_use]
    pub fn expecting(mut self, text: Vec<u8>) -> Self {
        if let Some(beside) = &mut self.beside {
            beside.expected = Some(text);
        }
        self
    }

    /// Puts what was written under its name.
    ///
    /// # Errors
    /// Where the last bytes or the name can't be written, or the target isn't what was expected.
    pub fn finish(mut self) -> io::Result<()> {
        self.file.flush()?;
        let Some(beside) = &self.beside else { return Ok(()) };
        self.file.sync_all()?;
        if let Some(expected) = &beside.expected
            && fs::read(&beside.target)? != *expected
        {
            return Err(io::Error::new(io::ErrorKind::ResourceBusy, CHANGED));
        }
        if !beside.keeps_file {
            match fs::rename(&beside.temporary, &beside.target) {
                // A file that is mounted by itself, as containers have them, keeps its place.
                Err(e) if e.kind() == io::ErrorKind::ResourceBusy => {}
                renamed => return renamed,
            }
        }
        let copy = || {
            let mut target = OpenOptions::new().write(true).open(&beside.target)?;
            let length = io::copy(&mut File::open(&beside.temporary)?, &mut target)?;
            // Cut last: a full disk must not leave less than there was.
            target.set_len(length)?;
            target.sync_all()
        };
        let Err(error) = copy() else { return Ok(()) };
        let kept = shown_path(&beside.temporary);
        // Dropped without it, this leaves the temporary file where it is.
        self.beside = None;
        Err(io::Error::new(error.kind(), format!("{error}; it may be half written, and the new content is in {kept}")))
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Destination {
    fn drop(&mut self) {
        if let Some(beside) = &self.beside {
            // After a rename there is nothing left of that name.
            let _ = fs::remove_file(&beside.temporary);
        }
    }
}

/// Why a changed file isn't replaced.
const CHANGED: &str = "another program has changed it since it was read, and nothing was written; run it again";

/// Whether the file has more than one name.
#[cfg(unix)]
fn has_other_names(there: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(there) > 1
}

#[cfg(not(unix))]
fn has_other_names(_: &fs::Metadata) -> bool {
    false
}

/// Gives `file` the extended attributes of `target`, which hold its access control list and SELinux label; `false` where
/// one can't be copied.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn keep_attributes(file: &File, target: &Path) -> bool {
    use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr};
    let copy = || -> io::Result<()> {
        let from = File::open(target)?;
        let mut names = vec![0; 64 * 1024];
        let length = match flistxattr(&from, names.as_mut_slice()) {
            Ok(length) => length,
            // A file system without extended attributes has none to keep.
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

/// Gives `file` owner and group of what it will replace; `false` where that is not allowed.
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

    use super::*;
    use crate::temporary::Folder;

    fn write(path: &Path, text: &str) -> io::Result<()> {
        let mut destination = Destination::open(path)?;
        destination.write_all(text.as_bytes())?;
        destination.finish()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn owner_group_and_permissions_stay() {
        let folder = Folder::new("owner").unwrap();
        let path = folder.path().join("a.env");
        fs::write(&path, "old").unwrap();
        // Only root can give a file away; anybody else keeps an owner that never changed.
        let _ = chown(&path, Some(12_345), Some(54_321));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let before = fs::metadata(&path).unwrap();
        write(&path, "new").unwrap();
        let after = fs::metadata(&path).unwrap();
        assert_eq!((after.uid(), after.gid(), after.mode()), (before.uid(), before.gid(), before.mode()));
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(folder.path()), ["a.env"]);
    }

    #[test]
    fn links_stay_links() {
        let folder = Folder::new("links").unwrap();
        let (real, link, nowhere) =
            (folder.path().join("real"), folder.path().join("link"), folder.path().join("nowhere"));
        fs::write(&real, "old").unwrap();
        symlink(&real, &link).unwrap();
        symlink(folder.path().join("made"), &nowhere).unwrap();
        write(&link, "new").unwrap();
        write(&nowhere, "first").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(fs::symlink_metadata(&nowhere).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert_eq!(fs::read_to_string(folder.path().join("made")).unwrap(), "first");
        assert_eq!(names(folder.path()), ["link", "made", "nowhere", "real"]);
    }

    #[test]
    fn devices_and_pipes_are_written_into() {
        write(Path::new("/dev/null"), "gone").unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
        let folder = Folder::new("pipe").unwrap();
        let pipe = folder.path().join("pipe");
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
    fn a_file_with_two_names_keeps_both() {
        let folder = Folder::new("names").unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        fs::write(&one, "the old text, which is longer").unwrap();
        fs::hard_link(&one, &two).unwrap();
        write(&one, "new").unwrap();
        assert_eq!(
            (fs::read_to_string(&one).unwrap(), fs::read_to_string(&two).unwrap()),
            ("new".into(), "new".into())
        );
        assert_eq!(names(folder.path()), ["one", "two"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn extended_attributes_stay() {
        use rustix::fs::{XattrFlags, getxattr, setxattr};
        let folder = Folder::new("attributes").unwrap();
        let path = folder.path().join("a.env");
        fs::write(&path, "old").unwrap();
        if setxattr(&path, "user.label", b"kept", XattrFlags::empty()).is_err() {
            println!("skipped: this file system has no extended attributes");
            return;
        }
        write(&path, "new").unwrap();
        let mut value = [0; 16];
        let length = getxattr(&path, "user.label", &mut value).unwrap();
        assert_eq!((value.get(..length), fs::read_to_string(&path).unwrap().as_str()), (Some(&b"kept"[..]), "new"));
        assert_eq!(names(folder.path()), ["a.env"]);
    }

    #[test]
    fn a_text_that_changed_meanwhile_is_not_replaced() {
        let folder = Folder::new("changed").unwrap();
        let path = folder.path().join("a.env");
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
        assert_eq!((fs::read_to_string(&path).unwrap(), names(folder.path()).len()), ("new".into(), 1));
    }

    #[test]
    fn a_name_as_long_as_names_can_be_is_written() {
        let folder = Folder::new("long").unwrap();
        let path = folder.path().join("n".repeat(255));
        let (first, second) = (Destination::open(&path).unwrap(), Destination::open(&path).unwrap());
        assert_eq!(names(folder.path()).len(), 2, "two that write at a time do not meet");
        drop((first, second));
        write(&path, "whole").unwrap();
        write(&path, "again").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "again");
        assert_eq!(names(folder.path()).len(), 1);
    }

    #[test]
    fn what_is_not_finished_leaves_nothing() {
        let folder = Folder::new("half").unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "old").unwrap();
        let mut destination = Destination::open(&path).unwrap();
        destination.write_all(b"ne").unwrap();
        drop(destination);
        drop(Destination::open(&folder.path().join("b")).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(folder.path()), ["a"]);
        assert_eq!(Destination::open(folder.path()).unwrap_err().kind(), io::ErrorKind::IsADirectory);
    }
}

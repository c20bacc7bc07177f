//! The directory for resume state: private to the user, and never one prepared by someone else.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// `$XDG_STATE_HOME/langfuse-blob/uploads`, by default in `~/.local/state`; on Windows in `%LOCALAPPDATA%`. `None`
/// without a home directory: a shared directory isn't safe. A relative path doesn't count. Source: XDG Base Directory
/// Specification.
#[must_use]
pub fn of_uploads() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = set("XDG_STATE_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".local/state")))
        .or_else(|| set("LOCALAPPDATA"))?;
    Some(base.join("langfuse-blob").join("uploads"))
}

/// Creates `directory` and missing parents, readable only by the user, and checks it.
///
/// # Errors
/// As [`check`], or it can't be created.
pub fn create(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)?;
    check(directory)
}

/// Checks that `directory` and its parent are real directories of this user that nobody else can write to. Tightens
/// permissions that older releases left too wide.
///
/// # Errors
/// Why it can't be used: another owner, a link, a parent that others can change.
pub fn check(directory: &Path) -> io::Result<()> {
    let Some(product) = directory.parent() else { return Ok(()) };
    if let Some(base) = product.parent() {
        shared(base)?;
    }
    own(product)?;
    own(directory)
}

/// Opens `path` in a checked directory: a regular file of this user with one hard link. Follows no link and waits for
/// no pipe.
///
/// # Errors
/// As opening; it isn't such a file.
pub fn open(path: &Path, create: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(create).truncate(false);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(i32::try_from(flags.bits()).unwrap_or(0));
    }
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(unsafe_place(path, "isn't a regular file"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if metadata.uid() != user() {
            return Err(unsafe_place(path, "belongs to another user"));
        }
        if metadata.nlink() != 1 {
            return Err(unsafe_place(path, "has another hard link"));
        }
    }
    Ok(file)
}

fn unsafe_place(path: &Path, why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, format!("{} {why}", crate::output::shown_path(path)))
}

#[cfg(unix)]
fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// A user who can write to the parent can replace our directory, unless the parent is sticky.
#[cfg(unix)]
fn shared(base: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata(base)?;
    let (others_write, sticky) = (metadata.mode() & 0o022 != 0, metadata.mode() & 0o1000 != 0);
    // A group with only the user is common with umask 002.
    let others_write = others_write && (metadata.mode() & 0o002 != 0 || metadata.uid() != user());
    if others_write && !sticky { Err(unsafe_place(base, "can be changed by other users")) } else { Ok(()) }
}

#[cfg(unix)]
fn own(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let metadata = fs::symlink_metadata(directory)?;
    if !metadata.is_dir() {
        return Err(unsafe_place(directory, "isn't a directory"));
    }
    if metadata.uid() != user() {
        return Err(unsafe_place(directory, "belongs to another user"));
    }
    if metadata.mode() & 0o077 != 0 {
        fs::set_permissions(directory, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn shared(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn own(directory: &Path) -> io::Result<()> {
    if fs::symlink_metadata(directory)?.is_dir() { Ok(()) } else { Err(unsafe_place(directory, "isn't a directory")) }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use super::*;
    use crate::temporary;

    #[test]
    fn directories_are_private_to_the_user() {
        let home = temporary::directory("state").unwrap();
        let uploads = home.path().join("state/langfuse-blob/uploads");
        create(&uploads).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
        assert_eq!((mode(&uploads), mode(uploads.parent().unwrap())), (0o700, 0o700));
        fs::set_permissions(&uploads, fs::Permissions::from_mode(0o755)).unwrap();
        create(&uploads).unwrap();
        assert_eq!(mode(&uploads), 0o700, "wider permissions of an older release");
    }

    #[test]
    fn directories_prepared_by_others_are_rejected() {
        let home = temporary::directory("state").unwrap();
        let (product, elsewhere) = (home.path().join("langfuse-blob"), home.path().join("elsewhere"));
        let uploads = product.join("uploads");
        fs::create_dir(&elsewhere).unwrap();
        symlink(&elsewhere, &product).unwrap();
        assert!(create(&uploads).unwrap_err().to_string().contains("isn't a directory"), "a link");
        fs::remove_file(&product).unwrap();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(create(&uploads).unwrap_err().to_string().contains("other users"), "anyone can replace it");
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o1777)).unwrap();
        create(&uploads).unwrap();
        // Only root can create a directory of another user for this test.
        if std::os::unix::fs::chown(&product, Some(12_345), None).is_ok() {
            assert!(create(&uploads).unwrap_err().to_string().contains("another user"));
        }
    }

    #[test]
    fn links_pipes_and_hard_links_are_not_opened() {
        let home = temporary::directory("state").unwrap();
        let at = |name: &str| home.path().join(name);
        fs::write(at("private"), "kept").unwrap();
        symlink(at("private"), at("link")).unwrap();
        fs::hard_link(at("private"), at("name")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        for name in ["link", "name", "pipe"] {
            assert!(open(&at(name), true).is_err(), "{name}");
        }
        assert_eq!(fs::read_to_string(at("private")).unwrap(), "kept");
        assert!(open(&at("new"), false).is_err());
        assert_eq!(open(&at("new"), true).unwrap().metadata().unwrap().mode() & 0o777, 0o600);
    }
}

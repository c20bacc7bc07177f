//! From a path on the command line to the files behind it, with the keys that they get.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::unchanged_file::{Stamp, kind};

/// A file to send.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Its path below the folder that was named, with `/` between the parts; of a file that was named itself, its name.
    pub name: String,
    /// Its length in bytes.
    pub length: u64,
    /// What it was when it was found.
    pub stamp: Stamp,
}

/// Something that can't be sent, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unsent {
    /// Where it is, as far as it can be printed.
    pub path: String,
    /// One sentence without its full stop.
    pub reason: String,
}

/// Every file at or below `root`, in the order of their names; links are followed, and a link into one of its own
/// parents is an [`Unsent`]. Devices, sockets and pipes are too.
pub fn files(root: &Path) -> impl Iterator<Item = Result<Found, Unsent>> + use<> {
    let root = root.to_owned();
    WalkDir::new(&root).follow_links(true).sort_by_file_name().into_iter().filter_map(move |entry| match entry {
        Ok(entry) if entry.file_type().is_dir() => None,
        Ok(entry) => Some(found(&root, &entry)),
        Err(error) => {
            let path = error.path().unwrap_or(&root).display().to_string();
            let reason = match error.loop_ancestor() {
                Some(parent) => format!("the link leads back to {}", parent.display()),
                None => error.io_error().map_or_else(|| error.to_string(), ToString::to_string),
            };
            Some(Err(Unsent { path, reason }))
        }
    })
}

fn found(root: &Path, entry: &walkdir::DirEntry) -> Result<Found, Unsent> {
    let unsent = |reason: String| Unsent { path: entry.path().display().to_string(), reason };
    let metadata = entry.metadata().map_err(|e| unsent(e.to_string()))?;
    if !metadata.is_file() {
        return Err(unsent(format!("left out, because it is {} and not a file", kind(&metadata))));
    }
    let name = if entry.depth() == 0 {
        entry.path().file_name().and_then(|n| n.to_str()).map(str::to_owned)
    } else {
        let below = entry.path().strip_prefix(root).unwrap_or(entry.path());
        below.iter().map(|part| part.to_str()).collect::<Option<Vec<_>>>().map(|parts| parts.join("/"))
    };
    let name = name.ok_or_else(|| unsent("its name is not UTF-8, and keys are".into()))?;
    Ok(Found { path: entry.path().to_owned(), name, length: metadata.len(), stamp: Stamp::of(&metadata) })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::temporary::Folder;

    fn names(root: &Path) -> Vec<Result<String, String>> {
        files(root).map(|f| f.map(|f| f.name).map_err(|u| u.reason)).collect()
    }

    #[test]
    fn finds_files_below_a_folder_and_a_file_itself() {
        let folder = Folder::new("walk").unwrap();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        for name in ["a/b/c d.txt", "a/x", "z"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        assert_eq!(names(folder.path()), ["a/b/c d.txt", "a/x", "z"].map(|n| Ok(n.to_owned())));
        assert_eq!(names(&folder.path().join("a")), ["b/c d.txt", "x"].map(|n| Ok(n.to_owned())));
        assert_eq!(names(&folder.path().join("z")), [Ok("z".to_owned())]);
    }

    #[cfg(unix)]
    #[test]
    fn says_what_it_cannot_send() {
        use std::os::unix::ffi::OsStrExt as _;

        let folder = Folder::new("walk").unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("dangling")).unwrap();
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"\xff")), "").unwrap();
        let reasons: Vec<String> = names(folder.path()).into_iter().map(Result::unwrap_err).collect();
        assert_eq!(reasons.len(), 3, "{reasons:?}");
        assert!(reasons.iter().any(|r| r.contains("leads back")) && reasons.iter().any(|r| r.contains("UTF-8")));
        assert!(names(&folder.path().join("missing"))[0].is_err());
        assert!(std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap().success());
        assert!(names(folder.path()).iter().any(|r| r.as_ref().is_err_and(|r| r.contains("it is a pipe"))));
    }
}

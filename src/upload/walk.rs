//! Finds the files at a path of the command line, and the names for their keys.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::unchanged_file::{Stamp, kind};

/// A file to send.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Its path relative to the given directory, with `/` between the parts; for a file given directly, its name.
    pub name: String,
    /// Its length in bytes.
    pub length: u64,
    /// Its state when it was found.
    pub stamp: Stamp,
}

/// Something that can't be sent, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unsent {
    /// Where it is, as far as it is printable.
    pub path: String,
    /// One sentence without its full stop.
    pub reason: String,
}

/// Every file at or below `root`, sorted by name. Links are followed; a link to one of its own parents is an
/// [`Unsent`], and so are devices, sockets and pipes.
pub fn files(root: &Path) -> impl Iterator<Item = Result<Found, Unsent>> + use<> {
    let root = root.to_owned();
    WalkDir::new(&root).follow_links(true).sort_by_file_name().into_iter().filter_map(move |entry| match entry {
        Ok(entry) if entry.file_type().is_dir() => None,
        Ok(entry) => Some(found(&root, &entry)),
        Err(error) => {
            let path = error.path().unwrap_or(&root).display().to_string();
            let reason = match error.loop_ancestor() {
                Some(parent) => format!("the link points back to {}", parent.display()),
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
        return Err(unsent(format!("skipped: it is {}, not a regular file", kind(&metadata))));
    }
    let name = if entry.depth() == 0 {
        entry.path().file_name().and_then(|n| n.to_str()).map(str::to_owned)
    } else {
        let below = entry.path().strip_prefix(root).unwrap_or(entry.path());
        below.iter().map(|part| part.to_str()).collect::<Option<Vec<_>>>().map(|parts| parts.join("/"))
    };
    let name = name.ok_or_else(|| unsent("its name isn't UTF-8, as keys must be".into()))?;
    Ok(Found { path: entry.path().to_owned(), name, length: metadata.len(), stamp: Stamp::of(&metadata) })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::tempdir;

    use super::*;

    fn names(root: &Path) -> Vec<Result<String, String>> {
        files(root).map(|f| f.map(|f| f.name).map_err(|u| u.reason)).collect()
    }

    #[test]
    fn finds_files_in_a_directory_and_a_single_file() {
        let directory = tempdir().unwrap();
        fs::create_dir_all(directory.path().join("a/b")).unwrap();
        for name in ["a/b/c d.txt", "a/x", "z"] {
            fs::write(directory.path().join(name), name).unwrap();
        }
        assert_eq!(names(directory.path()), ["a/b/c d.txt", "a/x", "z"].map(|n| Ok(n.to_owned())));
        assert_eq!(names(&directory.path().join("a")), ["b/c d.txt", "x"].map(|n| Ok(n.to_owned())));
        assert_eq!(names(&directory.path().join("z")), [Ok("z".to_owned())]);
    }

    #[cfg(unix)]
    #[test]
    fn reports_what_it_cannot_send() {
        use std::os::unix::ffi::OsStrExt as _;

        let directory = tempdir().unwrap();
        std::os::unix::fs::symlink(directory.path(), directory.path().join("loop")).unwrap();
        std::os::unix::fs::symlink("nowhere", directory.path().join("dangling")).unwrap();
        fs::write(directory.path().join(std::ffi::OsStr::from_bytes(b"\xff")), "").unwrap();
        let reasons: Vec<String> = names(directory.path()).into_iter().map(Result::unwrap_err).collect();
        assert_eq!(reasons.len(), 3, "{reasons:?}");
        assert!(reasons.iter().any(|r| r.contains("points back")) && reasons.iter().any(|r| r.contains("UTF-8")));
        assert!(names(&directory.path().join("missing"))[0].is_err());
        assert!(std::process::Command::new("mkfifo").arg(directory.path().join("pipe")).status().unwrap().success());
        assert!(names(directory.path()).iter().any(|r| r.as_ref().is_err_and(|r| r.contains("it is a pipe"))));
    }
}

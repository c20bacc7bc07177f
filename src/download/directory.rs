//! The directory that objects are written to. Nothing is written outside it: no key's path leaves it, and no link in it
//! is followed.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use langfuse_blob_core::text::printable::escaped;

use super::local_name::{System, segments};

/// How many directories are remembered as checked. Keys come sorted, so the latest ones matter.
const REMEMBERED: usize = 4_096;

/// How long an interrupted run waits for the disk.
const PATIENCE: Duration = Duration::from_secs(10);

/// A directory to write to.
#[derive(Debug)]
pub struct Directory {
    /// Its real path.
    root: PathBuf,
    /// Whether the file system reads `A` and `a` as one name.
    ignores_case: bool,
    checked: RefCell<BTreeSet<PathBuf>>,
    /// The names being written, in lower case.
    writing: RefCell<BTreeSet<String>>,
    /// Shared by every file that gets its final name on another thread just now.
    finishing: Arc<()>,
}

/// A name that is being written; no other one that the file system takes for the same can be, until it is dropped.
#[derive(Debug)]
pub struct Place<'d> {
    /// Where its file belongs.
    pub path: PathBuf,
    /// Its length in bytes, if the file exists.
    pub existing: Option<u64>,
    directory: &'d Directory,
    lower: Option<String>,
}

impl Place<'_> {
    /// To hold while the file gets its final name on another thread: [`Directory::settle`] waits for it.
    #[must_use]
    pub fn finishing(&self) -> Arc<()> {
        self.directory.finishing.clone()
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(lower) = &self.lower {
            self.directory.writing.borrow_mut().remove(lower);
        }
    }
}

impl Directory {
    /// Opens the directory at `path`, and creates it if it's missing.
    ///
    /// # Errors
    /// It can't be created or isn't a directory.
    pub fn open(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        let root = fs::canonicalize(path)?;
        let ignores_case = ignores_case(&root)?;
        Ok(Self {
            root,
            ignores_case,
            checked: RefCell::default(),
            writing: RefCell::default(),
            finishing: Arc::default(),
        })
    }

    /// The place of the file called `name`, with `/` between its directories, which are created.
    ///
    /// # Errors
    /// Why it can't be written there.
    pub fn place(&self, name: &str) -> Result<Place<'_>, String> {
        let segments = segments(name, System::HERE).map_err(|e| e.to_string())?;
        let Some((last, parents)) = segments.split_last() else { return Err("it has no name".into()) };
        let lower = self.ignores_case.then(|| name.to_lowercase());
        if let Some(lower) = &lower
            && !self.writing.borrow_mut().insert(lower.clone())
        {
            return Err("another key differs from it only in case, which this file system ignores".into());
        }
        let mut place = Place { path: self.root.clone(), existing: None, directory: self, lower };
        for parent in parents {
            place.path.push(parent);
            self.enter(&place.path)?;
        }
        place.path.push(last);
        place.existing = existing(&place.path)?;
        Ok(place)
    }

    /// Waits until no file is on its way to its final name: a process that ends meanwhile would leave a temporary one.
    pub async fn settle(&self) {
        let began = Instant::now();
        while Arc::strong_count(&self.finishing) > 1 && began.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The directory of a key that ends in `/`, which some programs write as an empty object.
    ///
    /// # Errors
    /// Why it can't be created.
    pub fn marker(&self, name: &str) -> Result<(), String> {
        let mut path = self.root.clone();
        for segment in segments(name.strip_suffix('/').unwrap_or(name), System::HERE).map_err(|e| e.to_string())? {
            path.push(segment);
            self.enter(&path)?;
        }
        Ok(())
    }

    /// Makes sure that `path` is a directory, and the one of exactly that name.
    fn enter(&self, path: &Path) -> Result<(), String> {
        if self.checked.borrow().contains(path) {
            return Ok(());
        }
        match look(path)? {
            None => fs::create_dir(path).map_err(|e| format!("directory {} can't be created: {e}", shown(path)))?,
            Some(there) if there.is_dir() => same_name(path)?,
            Some(there) if there.is_symlink() => {
                return Err(format!("{} is a link, and no link is followed", shown(path)));
            }
            Some(_) => return Err(format!("{} is a file, so there can't be files below it", shown(path))),
        }
        let mut checked = self.checked.borrow_mut();
        if checked.len() >= REMEMBERED {
            checked.clear();
        }
        checked.insert(path.to_owned());
        Ok(())
    }
}

/// The length of the file at `path` that will be replaced.
fn existing(path: &Path) -> Result<Option<u64>, String> {
    match look(path)? {
        None => Ok(None),
        Some(there) if there.is_file() => same_name(path).map(|()| Some(there.len())),
        Some(there) if there.is_symlink() => Err(format!("{} is a link, and no link is followed", shown(path))),
        Some(there) if there.is_dir() => Err(format!("{} is a directory", shown(path))),
        Some(_) => Err(format!("{} isn't a regular file", shown(path))),
    }
}

/// What is at `path`, without following a link.
fn look(path: &Path) -> Result<Option<Metadata>, String> {
    match fs::symlink_metadata(path) {
        Ok(there) => Ok(Some(there)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(format!("{}: {e}", shown(path))),
    }
}

/// Fails if the entry at `path` is really called something else: a file system that ignores case, or that normalizes
/// characters, finds it by this name too.
fn same_name(path: &Path) -> Result<(), String> {
    let real = fs::canonicalize(path).map_err(|e| format!("{}: {e}", shown(path)))?;
    if real == path { Ok(()) } else { Err(format!("this file system takes its name for that of {}", shown(&real))) }
}

fn shown(path: &Path) -> String {
    escaped(&path.to_string_lossy())
}

/// Whether a file is found by a name in other case.
fn ignores_case(directory: &Path) -> io::Result<bool> {
    let file = tempfile::Builder::new().prefix(".langfuse-blob-case-").tempfile_in(directory)?;
    let name = file.path().file_name().and_then(|name| name.to_str()).unwrap_or("").to_uppercase();
    Ok(directory.join(name).exists())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use tempfile::tempdir;

    use super::*;

    #[test]
    fn places_are_below_the_directory() {
        let outside = tempdir().unwrap();
        let there = tempdir().unwrap();
        let directory = Directory::open(&there.path().join("new/deep")).unwrap();
        let root = fs::canonicalize(there.path().join("new/deep")).unwrap();
        let place = directory.place("a/b/c").unwrap();
        assert_eq!((place.path.as_path(), place.existing), (root.join("a/b/c").as_path(), None));
        assert!(root.join("a/b").is_dir());
        drop(place);
        fs::write(root.join("a/b/c"), "four").unwrap();
        assert_eq!(directory.place("a/b/c").unwrap().existing, Some(4));
        symlink(outside.path(), root.join("out")).unwrap();
        symlink(outside.path().join("file"), root.join("file")).unwrap();
        for (name, reason) in [
            ("out/x", "is a link"),
            ("out/d/x", "is a link"),
            ("file", "is a link"),
            ("../x", "change the directory"),
            ("/x", "empty segment"),
            ("a/b", "is a directory"),
            ("a/b/c/d", "is a file"),
        ] {
            let refused = directory.place(name).unwrap_err();
            assert!(refused.contains(reason), "{name}: {refused}");
        }
        assert!(directory.marker("out/d/").is_err() && directory.marker("m/n/").is_ok());
        assert!(root.join("m/n").is_dir());
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }

    #[test]
    fn names_that_differ_in_case_are_one_where_case_is_ignored() {
        let there = tempdir().unwrap();
        let directory = Directory { ignores_case: true, ..Directory::open(there.path()).unwrap() };
        let first = directory.place("A").unwrap();
        assert!(directory.place("a").unwrap_err().contains("only in case"));
        drop(first);
        assert!(directory.place("a").is_ok());
    }
}

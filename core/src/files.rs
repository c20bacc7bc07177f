//! How the core gets files: it asks for one by its path, and its caller opens it.
//!
//! A driver implements [`Files`] on its file system, a program without one on a map of texts.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The largest file that is read. Real ones have kilobytes; this protects memory from a mistake (`check /dev/zero`).
pub const LARGEST: u64 = 64 * 1024 * 1024;

/// Files by path. Paths are relative to the same directory as those of the inputs.
pub trait Files {
    /// Opens the file at `path`, if it's where `within` allows.
    fn open(&self, path: &str, within: &Within) -> Opened;

    /// Everything that was written to standard input, or slightly more than [`LARGEST`] bytes of it.
    ///
    /// # Errors
    /// It can't be read: the system's message.
    fn standard_input(&self) -> Result<Vec<u8>, String> {
        Err("there is none".to_owned())
    }
}

/// Where a file must be to be opened: someone who can change an examined file must not decide what is read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Within {
    /// Anywhere: `--trust-config` says that the examined files are the user's own.
    Anywhere,
    /// The user named it. In a git work tree, a symlink that points outside isn't followed: a checkout isn't trusted.
    WorkTree,
    /// An examined file names it, or its reader looks for it: a regular file whose real path is below this directory
    /// (empty for the current one), or below the root of the git work tree around it.
    Tree(String),
    /// An examined file names it by a path that doesn't depend on the directory: never opened on a file system. Only a
    /// caller that passes the texts of its files may have it.
    Nowhere,
}

/// The outcome of opening a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Opened {
    /// The bytes of a regular file.
    Bytes(Vec<u8>),
    /// The bytes of a pipe or a device: it can't be read again or replaced.
    Stream(Vec<u8>),
    /// It doesn't exist.
    Missing,
    /// Permission denied.
    Denied,
    /// It's a directory.
    Directory,
    /// It's larger than [`LARGEST`].
    TooLarge,
    /// Its real path is outside the tree that [`Within`] allows.
    Outside,
    /// A device, a pipe or a socket, where only a regular file may be opened.
    Special,
    /// Any other error, as the system reports it.
    Failed(String),
}

/// Texts by path are files; any other file is missing.
impl<P: Borrow<str> + Ord, T: AsRef<[u8]>> Files for BTreeMap<P, T> {
    fn open(&self, path: &str, within: &Within) -> Opened {
        match self.get(path) {
            Some(text) => Opened::Bytes(text.as_ref().to_vec()),
            None if *within == Within::Nowhere => Opened::Outside,
            None => Opened::Missing,
        }
    }
}

/// No files at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl Files for NoFiles {
    fn open(&self, path: &str, within: &Within) -> Opened {
        BTreeMap::<&str, &str>::new().open(path, within)
    }
}

/// Opens each file once and remembers the outcome: a command sees one state of every file, and a pipe has only one.
pub struct Cache<'f> {
    files: &'f dyn Files,
    opened: RefCell<BTreeMap<String, Rc<Opened>>>,
}

impl<'f> Cache<'f> {
    /// A cache of `files`.
    #[must_use]
    pub fn new(files: &'f dyn Files) -> Self {
        Self { files, opened: RefCell::default() }
    }

    /// What opening `path` came to, if it was opened.
    #[must_use]
    pub fn opened(&self, path: &str) -> Option<Rc<Opened>> {
        self.opened.borrow().get(path).map(Rc::clone)
    }
}

impl Files for Cache<'_> {
    fn open(&self, path: &str, within: &Within) -> Opened {
        if *within == Within::Nowhere {
            return self.files.open(path, within);
        }
        let opened = self.opened(path).unwrap_or_else(|| {
            let opened = Rc::new(self.files.open(path, within));
            self.opened.borrow_mut().insert(path.to_owned(), Rc::clone(&opened));
            opened
        });
        Opened::clone(&opened)
    }

    fn standard_input(&self) -> Result<Vec<u8>, String> {
        self.files.standard_input()
    }
}

/// Files some of which have a new text that isn't written yet.
pub struct Replaced<'f> {
    files: &'f dyn Files,
    texts: &'f BTreeMap<String, String>,
}

impl<'f> Replaced<'f> {
    /// `files`, with `texts` in place of those that exist under the same path.
    #[must_use]
    pub fn new(files: &'f dyn Files, texts: &'f BTreeMap<String, String>) -> Self {
        Self { files, texts }
    }
}

impl Files for Replaced<'_> {
    fn open(&self, path: &str, within: &Within) -> Opened {
        match (self.files.open(path, within), self.texts.get(path)) {
            (Opened::Bytes(_), Some(text)) => Opened::Bytes(text.clone().into_bytes()),
            (Opened::Stream(_), Some(text)) => Opened::Stream(text.clone().into_bytes()),
            (opened, _) => opened,
        }
    }

    fn standard_input(&self) -> Result<Vec<u8>, String> {
        self.files.standard_input()
    }
}

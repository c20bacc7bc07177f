//! A temporary folder that goes when its owner goes.

use std::io;
use std::path::{Path, PathBuf};

/// A folder of this process, readable by its user alone.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A new, empty folder; `what` is part of its name.
    ///
    /// # Errors
    /// Where the system's temporary folder cannot be written to.
    pub fn new(what: &str) -> io::Result<Self> {
        let mut random = [0_u8; 8];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let path = std::env::temp_dir().join(format!("langfuse-blob-{what}-{:016x}", u64::from_le_bytes(random)));
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt as _;
            builder.mode(0o700);
        }
        builder.create(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nobody is left to be told, and the system empties its temporary folder in time.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

//! A temporary directory that is deleted when dropped.

use std::io;
use std::path::{Path, PathBuf};

/// A directory of this process, readable only by its user.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A new, empty directory; `what` is part of its name.
    ///
    /// # Errors
    /// The system's temporary directory can't be written.
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

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // An error can't be reported here, and the system cleans its temporary directory eventually.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

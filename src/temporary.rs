//! Temporary directories, deleted when dropped.

use std::io;

use tempfile::{Builder, TempDir};

/// A new, empty directory, readable only by its user; `what` is part of its name.
///
/// # Errors
/// The system's temporary directory can't be written.
pub fn directory(what: &str) -> io::Result<TempDir> {
    let prefix = format!("langfuse-blob-{what}-");
    let mut builder = Builder::new();
    builder.prefix(&prefix);
    #[cfg(unix)]
    {
        use std::fs::Permissions;
        use std::os::unix::fs::PermissionsExt as _;
        // By default, the umask decides who can read it.
        builder.permissions(Permissions::from_mode(0o700));
    }
    builder.tempdir()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::directory;

    #[test]
    fn only_its_user_can_read_it_and_it_goes_away() {
        let made = directory("test").unwrap();
        let path = made.path().to_owned();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        std::fs::write(path.join("a"), "").unwrap();
        drop(made);
        assert!(!path.exists());
    }
}

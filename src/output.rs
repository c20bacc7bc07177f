//! Standard output and standard error. Results go to the one, talk to the other; a closed stdout ends quietly.

use std::io::{self, IsTerminal, Write};

/// Writes `text` to stdout. A reader that went away (`| head`) is no error.
///
/// # Errors
/// Any other failure to write.
pub fn print(text: &str) -> io::Result<()> {
    deliver(text).map(|_| ())
}

/// As [`print`]; whether there still was a reader.
///
/// # Errors
/// As [`print`].
pub fn deliver(text: &str) -> io::Result<bool> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether what is printed is lost: on the null device, which also takes the place of a stdout that was closed before the
/// program began.
#[cfg(unix)]
#[must_use]
pub fn leads_nowhere() -> bool {
    use std::fs::{File, metadata};
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let own = io::stdout().as_fd().try_clone_to_owned().and_then(|fd| File::from(fd).metadata());
    let (Ok(own), Ok(null)) = (own, metadata("/dev/null")) else { return false };
    own.file_type().is_char_device() && own.rdev() == null.rdev()
}

/// Elsewhere it cannot be told.
#[cfg(not(unix))]
#[must_use]
pub fn leads_nowhere() -> bool {
    false
}

/// Writes a line to stderr; where even that is closed there is nobody to tell.
pub fn say(text: impl AsRef<str>) {
    let mut err = io::stderr().lock();
    let _ = writeln!(err, "{}", text.as_ref());
}

/// Whether to colour what goes to stdout: on a terminal, unless NO_COLOR is set or the terminal is dumb.
/// Source: no-color.org.
#[must_use]
pub fn colour() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    io::stdout().is_terminal() && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|t| t != "dumb")
}

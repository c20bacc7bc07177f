//! Standard output and standard error. Results go to stdout, everything else to stderr; a closed stdout ends the
//! program quietly.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use langfuse_blob_core::text::printable::{self, escaped, is_command, is_unprintable};

use crate::verbosity::{Color, Verbosity};

/// Writes `text` to stdout. A closed pipe (`| head`) isn't an error.
///
/// # Errors
/// Any other failure to write.
pub fn print(text: &str) -> io::Result<()> {
    deliver(text).map(|_| ())
}

/// Like [`print`]; returns whether the pipe still has a reader.
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

/// Writes a line that says how it went, to standard error; nothing with `--quiet`.
pub fn note(text: impl AsRef<str>) {
    if !Verbosity::chosen().quiet {
        eprint_line(text);
    }
}

/// `key` for a line of stdout. On a terminal, nothing in it may move the cursor or imitate other output. Into a pipe,
/// it is printed unchanged, unless it contains a line break or a CI runner would read it as a command.
#[must_use]
pub fn shown(key: &str) -> Cow<'_, str> {
    let safe = if io::stdout().is_terminal() {
        !key.chars().any(is_unprintable) && !key.starts_with("$'")
    } else {
        !key.contains(['\n', '\r', '\0']) && !is_command(key)
    };
    if safe { key.into() } else { ansi_quoted(key).into() }
}

/// `path` for messages.
#[must_use]
pub fn shown_path(path: &Path) -> String {
    escaped(&path.to_string_lossy())
}

/// `text` in `$'…'`, which bash, ksh and zsh decode to exactly that text.
#[must_use]
pub fn ansi_quoted(text: &str) -> String {
    let mut out = String::from("$'");
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '[' if out.ends_with("##") => out.push_str("\\x5b"),
            c if is_unprintable(c) && c.is_ascii() => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c if is_unprintable(c) => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// `text` as one word of a POSIX shell; characters that a terminal wouldn't show are escaped.
#[must_use]
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:@%,".contains(c);
    match text {
        _ if !text.is_empty() && text.chars().all(plain) && !text.starts_with('-') => text.to_owned(),
        _ if text.chars().any(is_unprintable) => ansi_quoted(text),
        _ => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

/// Whether stdout is the null device, which also replaces a stdout that was closed before the program started.
#[cfg(unix)]
#[must_use]
pub fn stdout_is_null() -> bool {
    use std::fs::{File, metadata};
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let own = io::stdout().as_fd().try_clone_to_owned().and_then(|fd| File::from(fd).metadata());
    let (Ok(own), Ok(null)) = (own, metadata("/dev/null")) else { return false };
    own.file_type().is_char_device() && own.rdev() == null.rdev()
}

/// Not detected on other systems.
#[cfg(not(unix))]
#[must_use]
pub fn stdout_is_null() -> bool {
    false
}

/// Writes one line to stderr. Nothing in `text` can move the cursor, start another line or act as a workflow command.
/// If stderr is closed too, the line is dropped.
pub fn eprint_line(text: impl AsRef<str>) {
    eprint(printable::line(text.as_ref()));
}

/// Writes `value` as a line of JSON to stderr.
pub fn eprint_json(value: &serde_json::Value) {
    eprint(printable::json(value.to_string()));
}

/// Writes `value` as a line of JSON to stdout.
///
/// # Errors
/// As [`print`].
pub fn print_json(value: &serde_json::Value) -> io::Result<()> {
    print(&printable::json(format!("{value}\n")))
}

/// Writes the core's rendered output to stderr: it may have colors and several lines, and its quotes are escaped.
pub fn eprint(text: impl AsRef<str>) {
    let mut err = io::stderr().lock();
    let _ = writeln!(err, "{}", text.as_ref());
}

/// Whether to color stdout: as `--color` says; else on a terminal, unless NO_COLOR is set or the terminal is dumb.
/// Source: no-color.org.
#[must_use]
pub fn colour() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    match Verbosity::chosen().color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            io::stdout().is_terminal() && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|t| t != "dumb")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_keys_never_look_alike() {
        for (text, quoted) in [
            ("a\nb", r"$'a\nb'"),
            (r"a\nb", r"$'a\\nb'"),
            ("a\u{200d}b", r"$'a\U0000200db'"),
            ("it's\u{1b}[1m", r"$'it\'s\x1b[1m'"),
            ("::error::##[x", r"$'::error::##\x5bx'"),
        ] {
            assert_eq!(ansi_quoted(text), quoted);
        }
    }

    #[test]
    fn a_word_is_one_word_of_a_shell() {
        for (text, expected) in [
            ("events/a-b.json", "events/a-b.json"),
            ("日本語", "日本語"),
            ("a b", "'a b'"),
            ("it's $HOME", r"'it'\''s $HOME'"),
            ("-rf", "'-rf'"),
            ("", "''"),
            ("a\nb", r"$'a\nb'"),
        ] {
            assert_eq!(shell_word(text), expected);
        }
    }
}

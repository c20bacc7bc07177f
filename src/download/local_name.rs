//! Which keys can be names of files. A key is any text; a file system accepts fewer, and reads some as other places.

use std::fmt;

/// The longest name of a file or directory, in bytes. Source: `NAME_MAX` of Linux and macOS.
const LONGEST: usize = 255;

/// Whose rules names follow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum System {
    /// Linux, macOS and others.
    Unix,
    /// Windows. Source: learn.microsoft.com/windows/win32/fileio/naming-a-file.
    Windows,
}

impl System {
    /// That of this machine.
    pub const HERE: Self = if cfg!(windows) { Self::Windows } else { Self::Unix };
}

/// Why a key can't be the path of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NameError {
    /// Two slashes in a row, or one at the start or the end.
    Empty,
    /// A segment `.` or `..`.
    Dots,
    /// A segment is longer than [`LONGEST`]: its length in bytes.
    Long(usize),
    /// It contains a NUL.
    Nul,
    /// Windows reserves the segment, or a character in it.
    Reserved(String),
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a file's path can't have an empty segment"),
            Self::Dots => f.write_str("`.` and `..` in it would change the directory"),
            Self::Long(bytes) => write!(f, "a segment has {bytes} bytes, and files' names at most {LONGEST}"),
            Self::Nul => f.write_str("a file's name can't contain NUL"),
            Self::Reserved(segment) => write!(f, "Windows doesn't accept {segment:?} as a name"),
        }
    }
}

/// The segments of `key` as names of directories and, at the end, of a file.
///
/// # Errors
/// [`NameError`].
pub fn segments(key: &str, system: System) -> Result<Vec<&str>, NameError> {
    key.split('/').map(|segment| check(segment, system).map(|()| segment)).collect()
}

fn check(segment: &str, system: System) -> Result<(), NameError> {
    match segment {
        "" => Err(NameError::Empty),
        "." | ".." => Err(NameError::Dots),
        _ if segment.contains('\0') => Err(NameError::Nul),
        _ if segment.len() > LONGEST => Err(NameError::Long(segment.len())),
        _ if system == System::Windows && is_reserved(segment) => Err(NameError::Reserved(segment.to_owned())),
        _ => Ok(()),
    }
}

/// Whether Windows reserves `segment` for a device, reads it as another name or doesn't accept one of its characters.
fn is_reserved(segment: &str) -> bool {
    const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
    // A device's name counts with any extension, and with spaces before it.
    let stem = segment.split('.').next().unwrap_or("").trim_end_matches(' ').to_uppercase();
    let numbered = ["COM", "LPT"].iter().any(|device| {
        stem.strip_prefix(device).is_some_and(|number| {
            let mut digits = number.chars();
            matches!((digits.next(), digits.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
        })
    });
    DEVICES.contains(&stem.as_str())
        || numbered
        || segment.ends_with(['.', ' '])
        || segment.contains(['<', '>', ':', '"', '\\', '|', '?', '*'])
        || segment.chars().any(|c| c.is_ascii_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_leaves_the_directory() {
        for key in ["../x", "a/../../x", "..", "a/..", "./a", "a/./b"] {
            assert_eq!(segments(key, System::Unix), Err(NameError::Dots), "{key}");
        }
        for key in ["/etc/passwd", "a//b", "a/", ""] {
            assert_eq!(segments(key, System::Unix), Err(NameError::Empty), "{key}");
        }
        assert_eq!(segments("a\0b", System::Unix), Err(NameError::Nul));
        assert_eq!(segments(&format!("a/{}", "é".repeat(128)), System::Unix), Err(NameError::Long(256)));
        assert!(segments(&"é".repeat(127), System::Unix).is_ok());
    }

    #[test]
    fn windows_has_rules_of_its_own() {
        for name in ["con", "NUL.txt", "aux .log", "Com1", "LPT³.x", "a.", "a ", "C:x", "a\\b", "a\u{1}b", "x?"] {
            let key = format!("p/{name}");
            assert_eq!(segments(&key, System::Windows), Err(NameError::Reserved(name.to_owned())));
            assert_eq!(segments(&key, System::Unix), Ok(vec!["p", name]));
        }
        for name in ["console", "com10", "com", "nul-1", "...a", "日本語"] {
            assert!(segments(name, System::Windows).is_ok(), "{name}");
        }
    }
}

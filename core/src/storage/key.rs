//! Object keys that can be sent.

use std::fmt;

/// The longest key in bytes of UTF-8. Source: Amazon S3 user guide, "Naming Amazon S3 objects".
pub const LONGEST: usize = 1024;

/// The longest key on Azure, in characters as UTF-16 counts them. Source: Azure Storage, "Naming and referencing
/// containers, blobs, and metadata".
pub const LONGEST_ON_AZURE: usize = 1024;

/// Why a key isn't sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyError {
    /// It is empty: the request would be for the bucket.
    Empty,
    /// It has more than [`LONGEST`] bytes. How many.
    TooLong(usize),
    /// It has more than [`LONGEST_ON_AZURE`] characters. How many.
    TooManyCharacters(usize),
    /// It has a `.` or `..` segment: URL libraries and stores collapse those, so the request would be for another
    /// object.
    DotSegment,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the key is empty"),
            Self::TooLong(bytes) => write!(f, "the key has {bytes} bytes; stores accept at most {LONGEST}"),
            Self::TooManyCharacters(count) => {
                write!(f, "the key has {count} characters; Azure accepts at most {LONGEST_ON_AZURE}")
            }
            Self::DotSegment => {
                f.write_str("the key has a `.` or `..` segment, which URL libraries and stores collapse")
            }
        }
    }
}

impl std::error::Error for KeyError {}

/// Whether `key` can be sent.
///
/// # Errors
/// [`KeyError`] if it can't.
pub fn check(key: &str) -> Result<(), KeyError> {
    if key.is_empty() {
        return Err(KeyError::Empty);
    }
    if key.len() > LONGEST {
        return Err(KeyError::TooLong(key.len()));
    }
    if key.split('/').any(|segment| segment == "." || segment == "..") {
        return Err(KeyError::DotSegment);
    }
    Ok(())
}

/// Whether `key` can be sent to Azure, which reads a backslash as a slash.
///
/// # Errors
/// [`KeyError`] if it can't.
pub fn check_on_azure(key: &str) -> Result<(), KeyError> {
    if key.is_empty() {
        return Err(KeyError::Empty);
    }
    let characters = key.encode_utf16().count();
    if characters > LONGEST_ON_AZURE {
        return Err(KeyError::TooManyCharacters(characters));
    }
    if key.split(['/', '\\']).any(|segment| segment == "." || segment == "..") {
        return Err(KeyError::DotSegment);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_would_become_others_are_refused() {
        for key in [".", "..", "a/./b", "../a", "a/.."] {
            assert_eq!(check(key), Err(KeyError::DotSegment), "{key}");
        }
        for key in ["a", "/a", "a//b", "a/", "...", ".a", "a..b", "%2E%2E"] {
            assert_eq!(check(key), Ok(()), "{key}");
        }
        assert_eq!(check(""), Err(KeyError::Empty));
        assert_eq!(check(&"é".repeat(512)), Ok(()));
        assert_eq!(check(&"a".repeat(1025)), Err(KeyError::TooLong(1025)));
    }

    #[test]
    fn azure_counts_characters_and_knows_two_slashes() {
        for key in [".", "a/../b", "a\\..\\b", "..\\a"] {
            assert_eq!(check_on_azure(key), Err(KeyError::DotSegment), "{key}");
        }
        assert_eq!(check_on_azure(""), Err(KeyError::Empty));
        assert_eq!(check_on_azure(&"日".repeat(1024)), Ok(()));
        assert_eq!(check_on_azure(&"😀".repeat(513)), Err(KeyError::TooManyCharacters(1026)));
    }
}

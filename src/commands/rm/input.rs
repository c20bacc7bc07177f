//! Keys from standard input.

use std::io::{self, BufRead, Read as _};

use langfuse_blob_core::storage::delete_objects;

/// How many keys are read at a time.
const TOGETHER: usize = delete_objects::MOST;

/// Maximum length of a line, in bytes: keys have at most 1,024, and a line from a pipe may never end.
const LONGEST_LINE: u64 = 64 * 1024;

/// The next keys of `input`, at most as many as one request deletes; none at its end.
///
/// # Errors
/// It can't be read, isn't UTF-8, or a line is longer than any key.
pub fn next_keys(input: &mut impl BufRead, null: bool) -> io::Result<Vec<String>> {
    let end = if null { 0 } else { b'\n' };
    let mut keys = Vec::new();
    while keys.len() < TOGETHER {
        let mut bytes = Vec::new();
        if input.take(LONGEST_LINE).read_until(end, &mut bytes)? == 0 {
            break;
        }
        if bytes.len() as u64 == LONGEST_LINE && bytes.last() != Some(&end) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a line is longer than any key"));
        }
        if bytes.last() == Some(&end) {
            bytes.pop();
        }
        let key = String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it isn't UTF-8"))?;
        if !key.is_empty() {
            keys.push(key);
        }
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_unchanged() {
        let read = |text: &str, null| next_keys(&mut text.as_bytes(), null).unwrap();
        assert_eq!(read("a\\nb\n\n c \nlast", false), ["a\\nb", " c ", "last"]);
        assert_eq!(read("a\r\n", false), ["a\r"], "a carriage return is kept here");
        assert_eq!(read("a\nb\0c\u{200d}\0", true), ["a\nb", "c\u{200d}"]);
        assert!(next_keys(&mut b"a\n\xff\n".as_slice(), false).is_err());
        assert_eq!(read(&"k\n".repeat(TOGETHER + 1), false).len(), TOGETHER);
    }
}

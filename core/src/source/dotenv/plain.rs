//! Lines that every program reads the same way.

use std::borrow::Cow;

use super::assignment::Assignment;
use crate::variable::find;

/// The fast path for plain `NAME=value`, which nearly every line is: it doesn't go through the line character
/// by character. Anything that may mean more is left to the full parser.
pub(super) fn dull_line(text: &str, at: usize) -> Option<(Assignment<'_>, usize)> {
    let rest = text.as_bytes().get(at..)?;
    let name = memchr::memchr2(b'=', b'\n', rest).filter(|n| *n > 0 && rest.get(*n) == Some(&b'='))?;
    let written = text.get(at..at.saturating_add(name))?;
    // The table has no name of other bytes, and most lines have one of the table.
    let var = find(written);
    if var.is_none() && written.bytes().fold(NAME, |all, b| all & class(b)) == 0 {
        return None;
    }
    let start = name.saturating_add(1);
    let tail = rest.get(start..)?;
    let length = memchr::memchr(b'\n', tail).unwrap_or(tail.len());
    let value = tail.get(..length)?;
    // No early exit: scanning the whole value is faster than a branch per byte.
    if value.is_empty() || value.iter().fold(PLAIN, |all, b| all & class(*b)) == 0 {
        return None;
    }
    let (start, end) = (at.saturating_add(start), at.saturating_add(start).saturating_add(length));
    let assignment = Assignment {
        name: (at, at.saturating_add(name)),
        value: (start, end),
        raw: (start, end),
        quote: None,
        text: Some(Cow::Borrowed(text.get(start..end)?)),
        expands: true,
        is_plain: true,
        var,
    };
    Some((assignment, end.saturating_add(1).min(text.len())))
}

/// Whether every program takes all characters of `text` literally.
pub fn is_plain_text(text: &str) -> bool {
    text.bytes().fold(PLAIN, |all, b| all & class(b)) != 0
}

/// A byte of a name.
const NAME: u8 = 1;
/// A byte that every program takes literally: printable ASCII except quotes, `$`, `#`, backslash and space.
const PLAIN: u8 = 2;

#[allow(clippy::indexing_slicing, reason = "a byte is always within 256 cells")]
fn class(byte: u8) -> u8 {
    CLASSES[byte as usize]
}

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte: u8 = 0x21;
    while byte < 0x7f {
        let plain = !matches!(byte, b'"' | b'\'' | b'`' | b'$' | b'#' | b'\\');
        let name = byte.is_ascii_alphanumeric() || byte == b'_';
        #[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        {
            classes[byte as usize] = if plain { PLAIN } else { 0 } | if name { NAME } else { 0 };
        }
        byte += 1;
    }
    classes
};

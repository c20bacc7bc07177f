//! IDs as key segments.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::js::Text;
use crate::sign::encode::push_hex;

/// Hexadecimal digits of the hash that replaces what was truncated or changed.
const HASH_DIGITS: usize = 16;

/// The ID as a segment of at most `max_bytes` bytes of UTF-8.
///
/// An ID that fits and has no control characters, `/` or `\` is its own segment. In any other ID, those characters
/// become `_`, the end is truncated at a character boundary, and `_` plus the first 16 digits of the ID's SHA-256 is
/// appended, so that different IDs stay different. Below 17 bytes, only the hash is left, even if it exceeds
/// `max_bytes`.
///
/// `None`: it contains an unpaired surrogate. Langfuse builds the key and then fails to make a URL of it.
#[must_use]
pub fn safe<'i>(id: &'i Text<'_>, max_bytes: usize) -> Option<Cow<'i, str>> {
    let forbidden = |b: u8| b < 0x20 || matches!(b, b'/' | b'\\');
    let bytes = id.as_bytes();
    if bytes.len() <= max_bytes && !bytes.iter().any(|b| forbidden(*b)) {
        return id.as_str().map(Cow::Borrowed);
    }
    // Node hashes and truncates UTF-8, in which U+FFFD replaces an unpaired surrogate and has the same length.
    let utf8 = id.to_str_lossy();
    let room = max_bytes.saturating_sub(HASH_DIGITS.saturating_add(1));
    if utf8.len() <= room {
        id.as_str()?;
    }
    let cut = utf8.get(..utf8.floor_char_boundary(room)).unwrap_or(&utf8);
    let mut segment: String = cut.chars().map(|c| if u8::try_from(c).is_ok_and(forbidden) { '_' } else { c }).collect();
    segment.push('_');
    let digest = Sha256::digest(utf8.as_bytes());
    push_hex(&mut segment, digest.get(..HASH_DIGITS / 2).unwrap_or(&digest));
    Some(Cow::Owned(segment))
}

#[cfg(test)]
mod tests {
    use super::super::js::parse;
    use super::*;

    fn of(id: &str, max_bytes: usize) -> String {
        safe(&Text::from(id), max_bytes).unwrap().into_owned()
    }

    #[test]
    fn a_short_id_is_unchanged() {
        assert_eq!(of("a b:ü..", 255), "a b:ü..");
        assert_eq!(of("x".repeat(64).as_str(), 64), "x".repeat(64));
        assert_eq!(of("\u{7f}\u{80}", 64), "\u{7f}\u{80}");
    }

    #[test]
    fn a_long_id_is_truncated_at_a_character_and_hashed() {
        assert_eq!(of("a/b", 64), "a_b_c14cddc033f64b9d");
        let long = of(&"é".repeat(64), 64);
        assert!(long.starts_with(&"é".repeat(23)) && !long.starts_with(&"é".repeat(24)), "{long}");
        assert!(long.len() <= 64);
        assert_eq!(of("abc", 2).len(), 17);
        assert_ne!(of("a/b", 64), of("a\\b", 64));
    }

    #[test]
    fn an_unpaired_surrogate_makes_no_key_unless_it_is_truncated() {
        let half = parse(r#""a\ud83d""#).unwrap();
        assert_eq!(safe(half.as_text().unwrap(), 64), None);
        let long = format!("\"{}\\ud83d\"", "a".repeat(64));
        let long = parse(&long).unwrap();
        assert!(safe(long.as_text().unwrap(), 64).unwrap().starts_with("aaaa"));
    }
}

//! Standard base64: written with padding, read as people paste it.

use base64::Engine;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD};

/// Padding is taken off before, and the bits that the last digit has too many don't matter.
const LENIENT: GeneralPurpose = GeneralPurpose::new(&ALPHABET, NO_PAD.with_decode_allow_trailing_bits(true));

/// `bytes` with padding.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of `text`, padding optional, whitespace between digits ignored; `None` if it isn't base64.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.split([' ', '\t', '\r', '\n']).collect();
    let body = digits.trim_end_matches('=');
    if digits.len().saturating_sub(body.len()) > 2 {
        return None;
    }
    LENIENT.decode(body).ok()
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn goes_both_ways() {
        for text in ["", "a", "ab", "abc", "abcd\n", "ü日😀"] {
            assert_eq!(decode(&encode(text.as_bytes())).as_deref(), Some(text.as_bytes()));
        }
        assert_eq!(encode(b"hello"), "aGVsbG8=");
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        assert_eq!(decode(&encode(&bytes)), Some(bytes));
    }

    #[test]
    fn reads_what_people_paste() {
        for (text, bytes) in [
            ("aGVsbG8", &b"hello"[..]),
            ("aGVs\r\nbG8=\n", b"hello"),
            (" a G\tVsbG8 = ", b"hello"),
            // More or less padding than the length requires.
            ("YWJj=", b"abc"),
            ("YWJj==", b"abc"),
            ("YQ=", b"a"),
            ("=", b""),
            ("= =", b""),
            // The last digit has bits that belong to no byte.
            ("YR==", b"a"),
            ("YWK=", b"ab"),
            ("++//", &[0xfb, 0xef, 0xff]),
        ] {
            assert_eq!(decode(text).as_deref(), Some(bytes), "{text:?}");
        }
        for bad in ["a", "abcde", "*", "aGVsbG8=x", "aG=Vs", "===", "=====", "--__", "YQ\u{b}", "YQ\u{a0}", "ü"] {
            assert_eq!(decode(bad), None, "{bad:?}");
        }
    }
}

//! Percent-encoding and hexadecimal digits as SigV4 wants them: everything but `A-Za-z0-9-._~` encoded, in capitals.

use std::borrow::Cow;

const fn is_unreserved(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~')
}

/// Appends `text` encoded for a query.
pub fn push_query(out: &mut String, text: &str) {
    push(out, text.as_bytes(), is_unreserved);
}

/// Appends `text` encoded for a path: slashes stay.
pub fn push_path(out: &mut String, text: &str) {
    push(out, text.as_bytes(), |b| is_unreserved(b) || b == b'/');
}

fn push(out: &mut String, bytes: &[u8], stays: impl Fn(u8) -> bool) {
    out.reserve(bytes.len());
    for b in bytes.iter().copied() {
        if stays(b) {
            out.push(char::from(b));
        } else {
            out.push('%');
            out.push(digit(b >> 4, b'A'));
            out.push(digit(b & 15, b'A'));
        }
    }
}

/// Appends `bytes` as small hexadecimal digits.
pub fn push_hex(out: &mut String, bytes: &[u8]) {
    for b in bytes.iter().copied() {
        out.push(digit(b >> 4, b'a'));
        out.push(digit(b & 15, b'a'));
    }
}

fn digit(nibble: u8, ten: u8) -> char {
    char::from(if nibble < 10 { nibble.wrapping_add(b'0') } else { nibble.wrapping_sub(10).wrapping_add(ten) })
}

/// A path as a store canonicalises it: decoded, then encoded again, so that `a:b` and `a%3ab` sign alike. A `%` that
/// starts no escape counts as itself.
#[must_use]
pub fn canonical_path(path: &str) -> Cow<'_, str> {
    if path.is_empty() {
        return Cow::Borrowed("/");
    }
    if is_canonical(path, |b| is_unreserved(b) || b == b'/') {
        return Cow::Borrowed(path);
    }
    let mut out = String::with_capacity(path.len());
    push(&mut out, &decode(path, false), |b| is_unreserved(b) || b == b'/');
    Cow::Owned(out)
}

/// A name or value of a query as a store canonicalises it; `+` is a space there.
#[must_use]
pub fn canonical_query_part(part: &str) -> Cow<'_, str> {
    if is_canonical(part, is_unreserved) {
        return Cow::Borrowed(part);
    }
    let mut out = String::with_capacity(part.len());
    push(&mut out, &decode(part, true), is_unreserved);
    Cow::Owned(out)
}

/// Whether decoding and encoding would change nothing.
fn is_canonical(text: &str, stays: impl Fn(u8) -> bool) -> bool {
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        if stays(b) {
            continue;
        }
        let escaped = b == b'%'
            && bytes
                .next()
                .zip(bytes.next())
                .and_then(|(high, low)| escape(high, low))
                .is_some_and(|(byte, capital)| capital && !stays(byte));
        if !escaped {
            return false;
        }
    }
    true
}

/// The byte that two digits stand for, and whether both are written in capitals.
fn escape(high: u8, low: u8) -> Option<(u8, bool)> {
    let value = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let byte = (value(high)? << 4) | value(low)?;
    Some((byte, !high.is_ascii_lowercase() && !low.is_ascii_lowercase()))
}

/// The bytes that a percent-encoded text stands for.
#[must_use]
pub fn decode(text: &str, plus_is_space: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail) {
            (b'%', [high, low, after @ ..]) => match escape(*high, *low) {
                Some((byte, _)) => {
                    out.push(byte);
                    rest = after;
                }
                None => out.push(b'%'),
            },
            (b'+', _) if plus_is_space => out.push(b' '),
            (b, _) => out.push(*b),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_everything_but_the_unreserved() {
        let mut out = String::new();
        push_path(&mut out, "a b/c+d%2F~!*'()😀//");
        assert_eq!(out, "a%20b/c%2Bd%252F~%21%2A%27%28%29%F0%9F%98%80//");
        out.clear();
        push_query(&mut out, "a/b");
        assert_eq!(out, "a%2Fb");
        out.clear();
        push_hex(&mut out, &[0, 9, 10, 0xff]);
        assert_eq!(out, "00090aff");
    }

    #[test]
    fn paths_sign_as_the_store_reads_them() {
        for (path, canonical) in [
            ("", "/"),
            ("/a//b", "/a//b"),
            ("/a%20b", "/a%20b"),
            ("/a:b", "/a%3Ab"),
            ("/a%3ab", "/a%3Ab"),
            ("/%61", "/a"),
            ("/100%", "/100%25"),
            ("/%zz", "/%25zz"),
            ("/%", "/%25"),
            ("/ü", "/%C3%BC"),
            ("/a+b", "/a%2Bb"),
            ("/./..", "/./.."),
        ] {
            assert_eq!(canonical_path(path), canonical, "{path}");
        }
        assert_eq!(canonical_query_part("a+b%2fc"), "a%20b%2Fc");
    }
}

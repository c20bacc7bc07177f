//! Percent-encoding and hexadecimal digits as `SigV4` requires: everything but `A-Za-z0-9-._~` encoded, in uppercase;
//! and the percent-encoding of JavaScript's URLs, which leaves a few more characters as they are.

use std::borrow::Cow;

/// Which bytes stay as they are. A table, because this runs over every byte of every presigned URL.
struct Kept([bool; 256]);

static QUERY: Kept = Kept::new(b"");
static PATH: Kept = Kept::new(b"/");
static URL_PATH: Kept = Kept::new(b"/!*()");
static URL_QUERY: Kept = Kept::new(b"!*()");

impl Kept {
    #[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which refuses an index out of range")]
    const fn new(more: &[u8]) -> Self {
        let mut table = [false; 256];
        let mut b = 0_u8;
        while b < 128 {
            table[b as usize] = b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
            b = b.wrapping_add(1);
        }
        let mut at = 0;
        while at < more.len() {
            table[more[at] as usize] = true;
            at = at.wrapping_add(1);
        }
        Self(table)
    }

    fn has(&self, b: u8) -> bool {
        self.0.get(usize::from(b)).copied().unwrap_or(false)
    }
}

/// Appends `text` encoded for a query.
pub fn push_query(out: &mut String, text: &str) {
    push(out, text, &QUERY);
}

/// Appends `text` encoded for a path: slashes stay.
pub fn push_path(out: &mut String, text: &str) {
    push(out, text, &PATH);
}

/// Appends `text` as the Azure SDK writes a blob's name into a URL: slashes and `!*()` stay.
pub fn push_url_path(out: &mut String, text: &str) {
    push(out, text, &URL_PATH);
}

/// Appends `text` as `encodeURIComponent` followed by JavaScript's `URL` writes it into a query: `!*()` stay, `'` does
/// not.
pub fn push_url_query(out: &mut String, text: &str) {
    push(out, text, &URL_QUERY);
}

fn push(out: &mut String, text: &str, kept: &Kept) {
    let mut rest = text;
    loop {
        // Only ASCII stays, so a run of it ends where a character begins.
        let end = rest.bytes().position(|b| !kept.has(b)).unwrap_or(rest.len());
        let Some((run, tail)) = rest.split_at_checked(end) else { return };
        out.push_str(run);
        let Some(odd) = tail.chars().next() else { return };
        push_escaped(out, odd.encode_utf8(&mut [0; 4]).as_bytes());
        rest = tail.get(odd.len_utf8()..).unwrap_or("");
    }
}

fn push_bytes(out: &mut String, bytes: &[u8], kept: &Kept) {
    for b in bytes {
        if kept.has(*b) {
            out.push(char::from(*b));
        } else {
            push_escaped(out, &[*b]);
        }
    }
}

fn push_escaped(out: &mut String, bytes: &[u8]) {
    for b in bytes {
        out.push('%');
        out.push(char::from(digit(b >> 4, b'A')));
        out.push(char::from(digit(b & 15, b'A')));
    }
}

/// Appends `bytes` as lowercase hexadecimal digits.
pub fn push_hex(out: &mut String, bytes: &[u8]) {
    for chunk in bytes.chunks(32) {
        let mut digits = [0_u8; 64];
        for (pair, b) in digits.chunks_exact_mut(2).zip(chunk) {
            pair.copy_from_slice(&[digit(b >> 4, b'a'), digit(b & 15, b'a')]);
        }
        let written = digits.get(..chunk.len().saturating_mul(2)).unwrap_or(&[]);
        out.push_str(std::str::from_utf8(written).unwrap_or(""));
    }
}

fn digit(nibble: u8, ten: u8) -> u8 {
    if nibble < 10 { nibble.wrapping_add(b'0') } else { nibble.wrapping_sub(10).wrapping_add(ten) }
}

/// A path as a store canonicalises it: decoded, then encoded again, so that `a:b` and `a%3ab` sign the same. A `%` that
/// doesn't start an escape is literal.
#[must_use]
pub fn canonical_path(path: &str) -> Cow<'_, str> {
    if path.is_empty() {
        return Cow::Borrowed("/");
    }
    if is_canonical(path, &PATH) {
        return Cow::Borrowed(path);
    }
    let mut out = String::with_capacity(path.len());
    push_bytes(&mut out, &decode(path, false), &PATH);
    Cow::Owned(out)
}

/// A name or value of a query as a store canonicalises it; `+` is a space there.
#[must_use]
pub fn canonical_query_part(part: &str) -> Cow<'_, str> {
    if is_canonical(part, &QUERY) {
        return Cow::Borrowed(part);
    }
    let mut out = String::with_capacity(part.len());
    push_bytes(&mut out, &decode(part, true), &QUERY);
    Cow::Owned(out)
}

/// Whether decoding and encoding would change nothing.
fn is_canonical(text: &str, kept: &Kept) -> bool {
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        if kept.has(b) {
            continue;
        }
        let escaped = b == b'%'
            && bytes
                .next()
                .zip(bytes.next())
                .and_then(|(high, low)| escape(high, low))
                .is_some_and(|(byte, capital)| capital && !kept.has(byte));
        if !escaped {
            return false;
        }
    }
    true
}

/// The byte that two digits encode, and whether both are uppercase.
fn escape(high: u8, low: u8) -> Option<(u8, bool)> {
    let value = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let byte = (value(high)? << 4) | value(low)?;
    Some((byte, !high.is_ascii_lowercase() && !low.is_ascii_lowercase()))
}

/// The bytes of a percent-encoded string.
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
        push_url_path(&mut out, "a b/c+d%2F~!*'()\\|");
        assert_eq!(out, "a%20b/c%2Bd%252F~!*%27()%5C%7C");
        out.clear();
        push_url_query(&mut out, "a/b!*'()");
        assert_eq!(out, "a%2Fb!*%27()");
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

//! JavaScript strings: UTF-8, with unpaired surrogates as three bytes each.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use memchr::memchr;

/// A JavaScript string. Its bytes are UTF-8, except for unpaired surrogates, which are encoded as UTF-8 would if it
/// could (known as WTF-8).
#[derive(Clone, Debug)]
pub struct Text<'t> {
    bytes: Cow<'t, [u8]>,
    /// No quote, backslash, control character or unpaired surrogate: JSON and CSV write it unchanged.
    plain: bool,
}

impl<'t> Text<'t> {
    /// From between quotes in JSON, without a backslash.
    pub(super) fn plain(text: &'t str) -> Self {
        Self { bytes: Cow::Borrowed(text.as_bytes()), plain: true }
    }

    /// With escapes decoded.
    pub(super) fn decoded(bytes: Vec<u8>) -> Self {
        Self { bytes: Cow::Owned(bytes), plain: false }
    }

    /// The bytes, see the type.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The text; `None` if it contains an unpaired surrogate.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }

    /// The text with U+FFFD for each unpaired surrogate, as Node encodes it.
    #[must_use]
    pub fn to_str_lossy(&self) -> Cow<'_, str> {
        if let Ok(text) = std::str::from_utf8(&self.bytes) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(self.bytes.len());
        pieces(&self.bytes, |piece| match piece {
            Piece::Plain(bytes) => out.push_str(&String::from_utf8_lossy(bytes)),
            Piece::Special(byte) => out.push(char::from(byte)),
            Piece::Lone(_) => out.push(char::REPLACEMENT_CHARACTER),
        });
        Cow::Owned(out)
    }

    /// Whether it's empty.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// JavaScript's `length`: UTF-16 code units.
    pub fn utf16_len(&self) -> usize {
        let leads = self.bytes.iter().filter(|b| **b & 0xc0 != 0x80).count();
        // Four bytes are a surrogate pair.
        leads.saturating_add(self.bytes.iter().filter(|b| **b >= 0xf0).count())
    }

    /// Borrows it.
    #[must_use]
    pub fn borrowed(&self) -> Text<'_> {
        Text { bytes: Cow::Borrowed(&self.bytes), plain: self.plain }
    }

    /// Makes it owned.
    #[must_use]
    pub fn into_owned(self) -> Text<'static> {
        Text { bytes: Cow::Owned(self.bytes.into_owned()), plain: self.plain }
    }

    /// As in a Langfuse export: every `\uXXXX` is decoded, regardless of how many backslashes precede the `u`. An
    /// unpaired surrogate keeps one backslash and its digits.
    #[must_use]
    pub fn unescaped(&self) -> Cow<'_, Self> {
        if self.plain {
            return Cow::Borrowed(self);
        }
        unescaped(&self.bytes).map_or(Cow::Borrowed(self), |bytes| Cow::Owned(Self::decoded(bytes)))
    }

    /// Appends it as JSON, with quotes.
    pub(in crate::object) fn push_json(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        if self.plain {
            out.extend_from_slice(&self.bytes);
        } else {
            push_escaped(&self.bytes, out);
        }
        out.push(b'"');
    }

    /// Appends it as a CSV field, with quotes. An unpaired surrogate, which UTF-8 can't represent, is written as in
    /// JSON.
    pub(in crate::object) fn push_csv(&self, out: &mut Vec<u8>) {
        if self.plain {
            out.push(b'"');
            out.extend_from_slice(&self.bytes);
            out.push(b'"');
        } else if std::str::from_utf8(&self.bytes).is_ok() {
            push_quoted(&self.bytes, out);
        } else {
            let mut written = Vec::with_capacity(self.bytes.len().saturating_mul(2));
            pieces(&self.bytes, |piece| match piece {
                Piece::Plain(bytes) => written.extend_from_slice(bytes),
                Piece::Special(byte) => written.push(byte),
                Piece::Lone(unit) => push_unit(unit, &mut written),
            });
            push_quoted(&written, out);
        }
    }
}

impl<'t> From<&'t str> for Text<'t> {
    fn from(text: &'t str) -> Self {
        Self { bytes: Cow::Borrowed(text.as_bytes()), plain: false }
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self::decoded(text.into_bytes())
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Text<'_> {}

impl PartialOrd for Text<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes.cmp(&other.bytes)
    }
}

impl Hash for Text<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}

enum Piece<'b> {
    /// UTF-8 without anything to escape.
    Plain(&'b [u8]),
    /// A quote, a backslash or a control character.
    Special(u8),
    /// An unpaired surrogate.
    Lone(u16),
}

/// Splits a string where JSON needs an escape.
fn pieces(bytes: &[u8], mut each: impl FnMut(Piece<'_>)) {
    let mut rest = bytes;
    let mut from = 0;
    loop {
        let tail = rest.get(from..).unwrap_or(&[]);
        let Some(found) = tail.iter().position(|b| *b < 0x20 || matches!(b, b'"' | b'\\' | 0xed)) else { break };
        let at = from.saturating_add(found);
        let (before, special) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        let (piece, length) = match special {
            [0xed, second @ 0xa0..=0xbf, third, ..] => {
                let unit = 0xd000 | u16::from(second & 0x3f) << 6 | u16::from(third & 0x3f);
                (Piece::Lone(unit), 3)
            }
            // Other characters begin with this byte too.
            [0xed, ..] => {
                from = at.saturating_add(1);
                continue;
            }
            [byte, ..] => (Piece::Special(*byte), 1),
            [] => break,
        };
        if !before.is_empty() {
            each(Piece::Plain(before));
        }
        each(piece);
        rest = special.get(length..).unwrap_or(&[]);
        from = 0;
    }
    if !rest.is_empty() {
        each(Piece::Plain(rest));
    }
}

/// `JSON.stringify`, without the quotes around.
fn push_escaped(bytes: &[u8], out: &mut Vec<u8>) {
    pieces(bytes, |piece| match piece {
        Piece::Plain(plain) => out.extend_from_slice(plain),
        Piece::Special(byte) => match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => push_unit(u16::from(byte), out),
        },
        Piece::Lone(unit) => push_unit(unit, out),
    });
}

/// `\u` and four lowercase hexadecimal digits.
fn push_unit(unit: u16, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\\u");
    for shift in [12, 8, 4, 0] {
        let digit = u32::from(unit >> shift & 15);
        out.push(char::from_digit(digit, 16).and_then(|c| u8::try_from(c).ok()).unwrap_or(b'0'));
    }
}

/// Appends `bytes` as a CSV field: in double quotes, with double quotes in them doubled.
pub(in crate::object) fn push_quoted(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = bytes;
    while let Some((before, after)) = memchr(b'"', rest).and_then(|at| rest.split_at_checked(at.saturating_add(1))) {
        out.extend_from_slice(before);
        out.push(b'"');
        rest = after;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// Appends a code unit, as three bytes if it's a surrogate.
pub(super) fn push_code_unit(unit: u16, out: &mut Vec<u8>) {
    match char::from_u32(u32::from(unit)) {
        Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None => out.extend([0xed, 0x80 | low_byte(unit >> 6 & 0x3f), 0x80 | low_byte(unit & 0x3f)]),
    }
}

/// The character of a surrogate pair.
pub(super) fn pair(high: u16, low: u16) -> Option<char> {
    char::decode_utf16([high, low]).next()?.ok().filter(|c| c.len_utf16() == 2)
}

fn low_byte(unit: u16) -> u8 {
    unit.to_le_bytes().first().copied().unwrap_or(0)
}

/// The code unit of four hexadecimal digits, and what follows them.
pub(super) fn four_digits(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (digits, rest) = bytes.split_first_chunk::<4>()?;
    let unit = digits.iter().try_fold(0_u16, |unit, b| {
        let digit = char::from(*b).to_digit(16)?;
        Some(unit << 4 | u16::try_from(digit).ok()?)
    })?;
    Some((unit, rest))
}

/// The code unit of `\uXXXX`, after one or more backslashes, and what follows it.
fn loose_escape(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let backslashes = bytes.iter().take_while(|b| **b == b'\\').count();
    if backslashes == 0 {
        return None;
    }
    four_digits(bytes.get(backslashes..)?.strip_prefix(b"u")?)
}

/// See [`Text::unescaped`]; `None` if nothing changes.
fn unescaped(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes;
    let mut out = Vec::new();
    while let Some((before, run)) = memchr(b'\\', rest).and_then(|at| rest.split_at_checked(at)) {
        out.extend_from_slice(before);
        let Some((unit, after)) = loose_escape(run) else {
            let length = run.iter().take_while(|b| **b == b'\\').count();
            let (backslashes, after) = run.split_at_checked(length).unwrap_or((run, &[]));
            out.extend_from_slice(backslashes);
            rest = after;
            continue;
        };
        rest = after;
        if !(0xd800..=0xdfff).contains(&unit) {
            push_code_unit(unit, &mut out);
            continue;
        }
        // Any number of backslashes may precede the second half, but at least one.
        match loose_escape(after).and_then(|(low, after)| Some((pair(unit, low)?, after))) {
            Some((c, after)) => {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = after;
            }
            None => {
                let digits = run.len().saturating_sub(after.len());
                out.extend_from_slice(b"\\u");
                out.extend_from_slice(run.get(digits.saturating_sub(4)..digits).unwrap_or(&[]));
            }
        }
    }
    if rest.len() == bytes.len() {
        return None;
    }
    out.extend_from_slice(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        Text::from(text).unescaped().to_str_lossy().into_owned()
    }

    #[test]
    fn escapes_in_a_text_are_decoded_however_often_they_are_escaped() {
        for (text, decoded) in [
            ("plain", "plain"),
            (r"\u4f60\\u597D", "你好"),
            (r"\\\\u0041x", "Ax"),
            (r"\ud83d\\\ude00.", "😀."),
            (r"\\ud83d", r"\ud83d"),
            (r"\\uDE00\u0041", r"\uDE00A"),
            (r"\ud83d\u0041", r"\ud83dA"),
            (r"\ud83dude00", r"\ud83dude00"),
            (r"\U0041 \u00g1 \u00", r"\U0041 \u00g1 \u00"),
            (r"C:\\n\", r"C:\\n\"),
            (r"\", r"\"),
            (r"a\u000ab", "a\nb"),
        ] {
            assert_eq!(shown(text), decoded, "{text}");
        }
    }

    #[test]
    fn unpaired_surrogates_are_kept_in_json_and_csv() {
        let mut bytes = b"a\"".to_vec();
        push_code_unit(0xd83d, &mut bytes);
        bytes.extend_from_slice("퟿b".as_bytes());
        let text = Text::decoded(bytes);
        let (mut json, mut csv) = (Vec::new(), Vec::new());
        text.push_json(&mut json);
        text.push_csv(&mut csv);
        assert_eq!(String::from_utf8(json).unwrap(), "\"a\\\"\\ud83d퟿b\"");
        assert_eq!(String::from_utf8(csv).unwrap(), "\"a\"\"\\ud83d퟿b\"");
        assert_eq!(text.to_str_lossy(), "a\"\u{fffd}퟿b");
        assert_eq!(text.as_str(), None);
        assert_eq!(text.utf16_len(), 5);
        assert_eq!(Text::from("é😀").utf16_len(), 3);
    }
}

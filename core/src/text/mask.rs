//! Keeps secrets out of all output: by variable, by name, and by position in a URL.

use crate::order;
use crate::source::{Setting, Value};
pub use crate::text::printable::{escaped, is_unprintable, quoted};
use crate::variable::{Kind, may_hold_a_secret, names_a_key_id};

/// What a redacted secret is replaced with.
pub const MASK: &str = "***";

/// Key IDs that are published samples or begin with a provider's prefix: safe to print, and useful.
const PUBLIC_KEY_IDS: [&str; 6] =
    ["minio", "minioadmin", "langfuse", "devstoreaccount1", "AKIAIOSFODNN7EXAMPLE", "test"];

/// The value of `setting` for people: in backticks, control characters escaped, long values shortened, secrets as
/// `***`.
#[must_use]
pub fn shown(setting: &Setting) -> String {
    match &setting.value {
        Value::Unknown => "a value that isn't visible here".into(),
        Value::Reference { name, key, secret } => {
            let kind = if *secret { "Secret" } else { "ConfigMap" };
            format!("key `{}` of {kind} `{}`", escaped(key), escaped(name))
        }
        Value::Known(text) if hides(setting) => {
            if text.is_empty() {
                "an empty string".into()
            } else {
                format!("`{MASK}`")
            }
        }
        Value::Known(text) => quoted(&public_part(setting, text)),
    }
}

/// The value `text` of `setting` without the secrets of URLs: user-info, signatures, fragments.
#[must_use]
pub fn public_part(setting: &Setting, text: &str) -> String {
    let endpoint = setting.var.is_some_and(|v| v.row().kind == Kind::Endpoint);
    match endpoint.then(|| bare_user_info(text)).flatten() {
        Some((_, rest)) => format!("{MASK}@{}", mask_query(&without_fragment(rest))),
        None if endpoint => masked_url(&without_fragment(text)),
        None => masked_url(text),
    }
}

/// Whether the value of `setting` must not be printed: a secret, or an unknown name's value. A key ID is only printed
/// if it can't be a secret in the wrong field.
#[must_use]
pub fn hides(setting: &Setting) -> bool {
    if setting.var.map_or_else(|| names_a_key_id(&setting.name), |v| v.row().kind == Kind::KeyId) {
        return setting.text().is_some_and(|t| !is_public_key_id(t));
    }
    setting.is_secret() || (setting.var.is_none() && may_hold_a_secret(&setting.name))
}

/// Whether `text` is a key ID that may be printed: a published sample, or of a form that only key IDs have.
#[must_use]
pub fn is_public_key_id(text: &str) -> bool {
    let upper = |t: &str| t.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    PUBLIC_KEY_IDS.contains(&text)
        || (text.starts_with("AKIA") || text.starts_with("ASIA")) && text.len() <= 24 && upper(text)
        || text.starts_with("GOOG") && text.len() <= 64 && upper(text)
}

/// The bytes of a URL's fragment: after its `#`, up to the next whitespace. After whitespace a `#` begins a comment.
#[must_use]
pub fn fragment(link: &str) -> Option<(usize, usize)> {
    let hash =
        link.find('#').filter(|at| link.get(..*at).is_some_and(|b| !b.is_empty() && !b.ends_with([' ', '\t'])))?;
    let start = hash.saturating_add(1);
    let rest = link.get(start..)?;
    let end = start.saturating_add(rest.find([' ', '\t', '\n', '\r']).unwrap_or(rest.len()));
    (end > start).then_some((start, end))
}

/// `link` with its fragment as `***`.
fn without_fragment(link: &str) -> String {
    let mut out = link.to_owned();
    if let Some((start, end)) = fragment(link) {
        out.replace_range(start..end, MASK);
    }
    out
}

/// `text` without user-info and fragment, and without what a SAS or presigned query signs with.
#[must_use]
pub fn masked_url(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return mask_query(text);
    };
    let rest = without_fragment(rest);
    let rest = rest.as_str();
    match user_info(rest) {
        Some((_, after)) => format!("{scheme}://{MASK}@{}", mask_query(after)),
        None => format!("{scheme}://{}", mask_query(rest)),
    }
}

/// User-info and the rest of a URL, after its `://`. A secret with a slash in it changes how the URL parses, but it
/// is still a secret: everything up to the last `@` counts, in the query only if it contains a colon.
#[must_use]
pub fn user_info(rest: &str) -> Option<(&str, &str)> {
    let (before, after) = rest.rsplit_once('@')?;
    (before.contains(':') || !before.contains(['?', '#'])).then_some((before, after))
}

/// User-info and the rest of an endpoint whose scheme is missing: `user:password@host`.
#[must_use]
pub fn bare_user_info(text: &str) -> Option<(&str, &str)> {
    if text.contains("://") {
        return None;
    }
    user_info(text.trim().trim_start_matches('/'))
}

fn mask_query(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end) in signed_values(text) {
        // One may contain the next.
        if start < at {
            continue;
        }
        out.push_str(text.get(at..start).unwrap_or(""));
        out.push_str(MASK);
        at = end;
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

/// The bytes of every signature or account key anywhere in `text`; sorted, without overlap.
#[must_use]
pub fn signed_values(text: &str) -> Vec<(usize, usize)> {
    const NAMES: [&str; 6] = ["sig", "signature", "accountkey", "token", "password", "secret"];
    const SEPARATORS: [&str; 2] = ["=", "%3d"];
    let lower = text.to_ascii_lowercase();
    let mut starts: Vec<usize> = SEPARATORS
        .iter()
        .flat_map(|separator| lower.match_indices(separator).map(|(at, mark)| (at, at.saturating_add(mark.len()))))
        .filter(|(at, _)| lower.get(..*at).is_some_and(|before| NAMES.iter().any(|name| before.ends_with(name))))
        .map(|(_, start)| start)
        .collect();
    order::sort(&mut starts);
    starts.dedup();
    // Both are searched once, however many values end at the same one.
    let ends = |c: char| matches!(c, '&' | ';' | '#' | ' ' | '"' | '\'' | '`' | ',' | '}' | '\n' | '\r');
    let (mut end, mut escaped) = (0, 0);
    let next = |from: usize, found: Option<usize>| found.map_or(lower.len(), |n| from.saturating_add(n));
    let mut found = Vec::with_capacity(starts.len());
    for start in starts {
        let rest = lower.get(start..).unwrap_or("");
        if end < start {
            end = next(start, rest.find(ends));
        }
        if escaped < start {
            escaped = next(start, rest.find("%26"));
        }
        let end = end.min(escaped);
        if end > start {
            found.push((start, end));
        }
    }
    found
}

/// Standard base64 with padding.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |n: u32| ALPHABET.get((n & 63) as usize).map_or('=', |b| char::from(*b));
    let mut out = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let n = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        out.push(digit(n >> 18));
        out.push(digit(n >> 12));
        out.push(if chunk.len() > 1 { digit(n >> 6) } else { '=' });
        out.push(if chunk.len() > 2 { digit(n) } else { '=' });
    }
    out
}

/// Decodes standard base64, padding optional, whitespace between digits ignored; `None` if it isn't base64.
#[must_use]
pub fn unbase64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let (mut bits, mut held) = (0_u32, 0_u32);
    let mut padding = 0_u32;
    for b in text.bytes() {
        let value = match b {
            b'A'..=b'Z' => b.wrapping_sub(b'A'),
            b'a'..=b'z' => b.wrapping_sub(b'a').wrapping_add(26),
            b'0'..=b'9' => b.wrapping_sub(b'0').wrapping_add(52),
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                padding = padding.saturating_add(1);
                continue;
            }
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            _ => return None,
        };
        if padding > 0 {
            return None;
        }
        bits = (bits << 6) | u32::from(value);
        held = held.saturating_add(6);
        if held >= 8 {
            held = held.saturating_sub(8);
            out.push(u8::try_from((bits >> held) & 0xff).ok()?);
        }
    }
    (padding <= 2 && held < 6).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(name: &'static str, value: &str) -> Setting {
        Setting::new(name, Value::Known(value.into()))
    }

    #[test]
    fn values_are_shown_by_what_they_are() {
        assert_eq!(shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY", "hunter2hunter2")), "`***`");
        assert_eq!(
            shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID", "AKIAQ7RT2MNBVCXZ5K3P")),
            "`AKIAQ7RT2MNBVCXZ5K3P`"
        );
        assert_eq!(
            shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz")),
            "`***`"
        );
        assert_eq!(shown(&setting("LANGFUSE_S3_EVENT_SECERT_KEY", "abcdefgh")), "`***`");
        assert_eq!(
            shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT", "https://u:pw@h/?sig=abc&x=1")),
            "`https://***@h/?sig=***&x=1`"
        );
        for text in ["u:pw@minio:9000", "u:p/w@minio:9000", " //u@minio:9000"] {
            assert_eq!(shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT", text)), "`***@minio:9000`");
        }
        assert_eq!(shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT", "minio?a@b")), "`minio?a@b`");
        assert_eq!(
            shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_BUCKET", "a\x1b[31m\u{202e}b")),
            "`a\\u{1b}[31m\\u{202e}b`"
        );
    }

    #[test]
    fn base64_goes_both_ways() {
        for text in ["", "a", "ab", "abc", "abcd\n", "ü日😀"] {
            assert_eq!(unbase64(&base64(text.as_bytes())).as_deref(), Some(text.as_bytes()));
        }
        assert_eq!(base64(b"hello"), "aGVsbG8=");
        for bad in ["a", "*", "aGVsbG8=x", "====="] {
            assert_eq!(unbase64(bad), None, "{bad}");
        }
    }
}

//! Pages of an ordered index, by prefix, delimiter and marker.
//!
//! Every entry of a page, key or common prefix, sorts after the marker, so the last entry's name is the
//! marker of the next page.

use std::collections::BTreeMap;
use std::ops::Bound;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use langfuse_blob_core::sign::encode;
use s3s::dto::EncodingType;
use s3s::{S3Error, S3ErrorCode, S3Result};

/// The most entries S3 puts on one page.
pub(super) const PAGE_MAX: usize = 1000;

/// Which page of an index is requested.
#[derive(Debug, Clone, Copy)]
pub(super) struct Query<'a> {
    pub prefix: &'a str,
    /// Empty for none.
    pub delimiter: &'a str,
    /// Only names after this one are listed.
    pub after: Option<&'a str>,
    /// At most this many keys and common prefixes together.
    pub limit: usize,
}

/// One entry of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry<'a, T> {
    Key(&'a str, &'a T),
    CommonPrefix(&'a str),
}

impl<T> Entry<'_, T> {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Key(name, _) | Self::CommonPrefix(name) => name,
        }
    }
}

/// The entries of a page, and whether more follow.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page<'a, T> {
    pub entries: Vec<Entry<'a, T>>,
    pub truncated: bool,
}

impl<T> Page<'_, T> {
    /// The marker for the next page, if there is one.
    pub(super) fn next_marker(&self) -> Option<&str> {
        if self.truncated { self.entries.last().map(Entry::name) } else { None }
    }
}

/// Finds the page of `index` that `query` requests.
pub(super) fn page<'a, T>(index: &'a BTreeMap<String, T>, query: Query<'_>) -> Page<'a, T> {
    let mut found = Page { entries: Vec::new(), truncated: false };
    if query.limit == 0 {
        return found;
    }
    let mut from = match query.after {
        Some(after) if after >= query.prefix => Bound::Excluded(after.to_owned()),
        _ => Bound::Included(query.prefix.to_owned()),
    };
    'seek: loop {
        for (key, value) in index.range::<String, _>((from.clone(), Bound::Unbounded)) {
            let Some(rest) = key.strip_prefix(query.prefix) else {
                break 'seek;
            };
            let common = common_prefix(key, rest, query.delimiter);
            let listed_before = common.is_some_and(|common| query.after.is_some_and(|after| common <= after));
            if !listed_before {
                if found.entries.len() >= query.limit {
                    found.truncated = true;
                    break 'seek;
                }
                found.entries.push(match common {
                    Some(common) => Entry::CommonPrefix(common),
                    None => Entry::Key(key, value),
                });
            }
            if let Some(common) = common {
                // Everything under a common prefix is one entry; skipping the rest keeps large prefixes cheap.
                match successor(common) {
                    Some(next) => from = Bound::Included(next),
                    None => break 'seek,
                }
                continue 'seek;
            }
        }
        break;
    }
    found
}

fn common_prefix<'a>(key: &'a str, rest: &str, delimiter: &str) -> Option<&'a str> {
    if delimiter.is_empty() {
        return None;
    }
    let at = rest.find(delimiter)?;
    let end = key.len().checked_sub(rest.len())?.checked_add(at)?.checked_add(delimiter.len())?;
    key.get(..end)
}

/// The smallest string after every string that begins with `prefix`; None if there is no such string.
fn successor(prefix: &str) -> Option<String> {
    let mut text = prefix.to_owned();
    while let Some(last) = text.pop() {
        // A char range skips the surrogates, which aren't valid in a string.
        if let Some(next) = (last..=char::MAX).nth(1) {
            text.push(next);
            return Some(text);
        }
    }
    None
}

/// Parses max-keys, max-parts and max-uploads: 1000 if absent or larger, `InvalidArgument` below 0.
pub(super) fn limit(asked: Option<i32>, name: &str) -> S3Result<usize> {
    let Some(asked) = asked else {
        return Ok(PAGE_MAX);
    };
    let asked = usize::try_from(asked).map_err(|_| {
        S3Error::with_message(
            S3ErrorCode::InvalidArgument,
            format!("Argument {name} must be an integer between 0 and 2147483647"),
        )
    })?;
    Ok(asked.min(PAGE_MAX))
}

/// The encoding of names in a listing, as requested by encoding-type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Plain,
    Url,
}

impl Encoding {
    /// Parses encoding-type: only `url` is valid.
    pub(super) fn parse(asked: Option<&EncodingType>) -> S3Result<Self> {
        match asked.map(EncodingType::as_str) {
            None => Ok(Self::Plain),
            Some(EncodingType::URL) => Ok(Self::Url),
            Some(_) => {
                Err(S3Error::with_message(S3ErrorCode::InvalidArgument, "Invalid Encoding Method specified in Request"))
            }
        }
    }

    /// A space becomes `%20`, which form decoders and path decoders both accept; `/` isn't encoded.
    pub(super) fn apply(self, name: &str) -> String {
        match self {
            Self::Plain => name.to_owned(),
            Self::Url => {
                let mut out = String::with_capacity(name.len());
                encode::push_path(&mut out, name);
                out
            }
        }
    }
}

/// The continuation token for `marker`: opaque to clients.
pub(super) fn token(marker: &str) -> String {
    URL_SAFE_NO_PAD.encode(marker)
}

/// The marker in a continuation token; `InvalidArgument` if this store didn't create it.
pub(super) fn marker(token: &str) -> S3Result<String> {
    URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| {
        S3Error::with_message(S3ErrorCode::InvalidArgument, "The continuation token provided is incorrect")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(keys: &[&str]) -> BTreeMap<String, ()> {
        keys.iter().map(|key| ((*key).to_owned(), ())).collect()
    }

    fn all(index: &BTreeMap<String, ()>, prefix: &str, delimiter: &str, limit: usize) -> Vec<String> {
        let mut names = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let query = Query { prefix, delimiter, after: after.as_deref(), limit };
            let page = page(index, query);
            assert!(page.entries.len() <= limit);
            names.extend(page.entries.iter().map(|entry| entry.name().to_owned()));
            match page.next_marker() {
                Some(marker) => after = Some(marker.to_owned()),
                None => return names,
            }
        }
    }

    #[test]
    fn every_page_size_gives_the_same_names() {
        let index =
            index(&["a", "a+b", "b/1", "b/2", "b/2/3", "c", "d/", "d/x", "n", "n/m", "\u{1F600}", "\u{FFFD}/q"]);
        for (prefix, delimiter) in [("", ""), ("", "/"), ("b/", "/"), ("b", "/"), ("n", ""), ("zz", "/"), ("", "/2")] {
            let whole = all(&index, prefix, delimiter, 1000);
            for limit in 1..=5 {
                assert_eq!(all(&index, prefix, delimiter, limit), whole, "{prefix} {delimiter} {limit}");
            }
        }
        assert_eq!(all(&index, "", "/", 3), ["a", "a+b", "b/", "c", "d/", "n", "n/", "\u{FFFD}/", "\u{1F600}"]);
        assert_eq!(all(&index, "b/", "/", 1), ["b/1", "b/2", "b/2/"]);
    }

    #[test]
    fn names_are_in_byte_order() {
        let index = index(&["B", "a", "\u{E000}", "\u{10000}"]);
        let mut bytes = all(&index, "", "", 10);
        let listed = bytes.clone();
        bytes.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
        assert_eq!(listed, bytes);
    }

    #[test]
    fn a_marker_inside_a_common_prefix_skips_it() {
        let index = index(&["a/1", "a/2", "b"]);
        let query = Query { prefix: "", delimiter: "/", after: Some("a/1"), limit: 10 };
        assert_eq!(page(&index, query).entries, [Entry::Key("b", &())]);
    }

    #[test]
    fn a_full_last_page_is_not_truncated() {
        let index = index(&["a/1", "a/2"]);
        let query = Query { prefix: "", delimiter: "/", after: None, limit: 1 };
        assert!(!page(&index, query).truncated);
        assert!(page(&index, Query { limit: 0, ..query }).entries.is_empty());
    }

    #[test]
    fn successors() {
        assert_eq!(successor("a/").as_deref(), Some("a0"));
        assert_eq!(successor("\u{D7FF}").as_deref(), Some("\u{E000}"));
        assert_eq!(successor("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(successor("\u{10FFFF}"), None);
    }

    #[test]
    fn url_encoding() {
        assert_eq!(Encoding::Url.apply("a+b/a%2Fb c\u{E9}"), "a%2Bb/a%252Fb%20c%C3%A9");
        assert_eq!(Encoding::Plain.apply("a+b"), "a+b");
    }

    #[test]
    fn tokens_round_trip() {
        assert_eq!(marker(&token("a+b/\u{1F600}")).unwrap(), "a+b/\u{1F600}");
        assert!(marker("not a token!").is_err());
    }

    #[test]
    fn limits() {
        assert_eq!(limit(None, "max-keys").unwrap(), 1000);
        assert_eq!(limit(Some(i32::MAX), "max-keys").unwrap(), 1000);
        assert_eq!(limit(Some(0), "max-keys").unwrap(), 0);
        assert!(limit(Some(-1), "max-keys").is_err());
    }
}

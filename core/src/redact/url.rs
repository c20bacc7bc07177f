//! The secrets of a URL, by their position: user-info, signatures, fragments.

use crate::order;
use crate::text::secret::REDACTED;

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
pub(super) fn without_fragment(link: &str) -> String {
    let mut out = link.to_owned();
    if let Some((start, end)) = fragment(link) {
        out.replace_range(start..end, REDACTED);
    }
    out
}

/// `text` without user-info and fragment, and without what a SAS or presigned query signs with.
#[must_use]
pub fn redacted_url(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return redacted_query(text);
    };
    let rest = without_fragment(rest);
    let rest = rest.as_str();
    match user_info(rest) {
        Some((_, after)) => format!("{scheme}://{REDACTED}@{}", redacted_query(after)),
        None => format!("{scheme}://{}", redacted_query(rest)),
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

/// `text` with every signature and account key in it as `***`.
pub(super) fn redacted_query(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end) in signed_values(text) {
        // One may contain the next.
        if start < at {
            continue;
        }
        out.push_str(text.get(at..start).unwrap_or(""));
        out.push_str(REDACTED);
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

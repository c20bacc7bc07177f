//! What to say about a prefix without keys: usually it's mistyped, or the use case's prefix is missing in front of it.

use langfuse_blob_core::text::printable::escaped;

use super::Failure;
use crate::client::{Depth, Page, Refused, Session};
use crate::output::{note, shell_word};

/// How many prefixes are named.
const NAMED: usize = 5;

/// How many parent prefixes are tried.
const TRIED: usize = 8;

/// Nothing begins with a prefix: what to say about that.
pub struct Nowhere {
    /// One sentence: that no key begins with the prefix, and what keys begin with instead.
    pub message: String,
    /// That patterns aren't expanded, if the prefix looks like one.
    pub literal: Option<String>,
}

impl Nowhere {
    /// Says both on standard error.
    pub fn note(&self) {
        note(&self.message);
        self.literal.iter().for_each(note);
    }

    /// The same as a failure.
    pub fn failure(self) -> Failure {
        let failure = Failure::failed(self.message);
        match self.literal {
            Some(literal) => failure.help(literal),
            None => failure,
        }
    }
}

/// Looks for keys elsewhere in the bucket. A prefix that can't be listed counts as one without keys.
pub async fn nowhere(session: &Session, prefix: &str) -> Nowhere {
    if prefix.is_empty() {
        let message = format!("bucket `{}` has no objects", escaped(session.access.place.bucket()));
        return Nowhere { message, literal: None };
    }
    let none = format!("no key begins with {}", escaped(prefix));
    let message = match elsewhere(session, prefix).await {
        Some(there) => format!("{none}; keys here begin with {}", there.join(", ")),
        None => none,
    };
    let literal = prefix.split_once(['*', '?']).map(|(before, _)| {
        let list = format!("langfuse-blob ls {}", shell_word(before));
        format!("`*` and `?` are literal here, no patterns. `{list}` lists what begins with the text before them.")
    });
    Nowhere { message, literal }
}

/// What keys begin with: the use case's prefix, or what is next to `prefix`. `None` if nothing is found, or can't be
/// listed.
async fn elsewhere(session: &Session, prefix: &str) -> Option<Vec<String>> {
    let usual = session.access.prefix.as_str();
    if !usual.is_empty() && !prefix.starts_with(usual) && !level(session, usual, 1).await?.is_empty() {
        return Some(vec![escaped(usual)]);
    }
    for parent in parents(prefix).take(TRIED) {
        let names = level(session, parent, NAMED).await?;
        if !names.is_empty() {
            return Some(names);
        }
    }
    None
}

/// The prefixes around `prefix`, the longest first; the last one is empty.
fn parents(prefix: &str) -> impl Iterator<Item = &str> {
    fn parent(of: &str) -> Option<&str> {
        let inner = of.strip_suffix('/').unwrap_or(of);
        (!of.is_empty()).then(|| inner.rfind('/').and_then(|at| of.get(..=at)).unwrap_or(""))
    }
    std::iter::successors(Some(prefix), |of| parent(of)).skip(1)
}

/// The first names on the level of `prefix`, escaped.
async fn level(session: &Session, prefix: &str, most: usize) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let few = u16::try_from(most).ok();
    let listed = session.list_by(prefix, Depth::Level, few, async |page: Page| {
        names.extend(page.prefixes);
        names.extend(page.objects.into_iter().map(|object| object.key));
        if names.is_empty() { Ok(()) } else { Err(Found::Some) }
    });
    match listed.await {
        Ok(()) | Err(Found::Some) => {
            names.sort();
            Some(names.iter().take(most).map(|name| escaped(name)).collect())
        }
        Err(Found::Refused) => None,
    }
}

/// Why the search ends.
enum Found {
    Some,
    Refused,
}

impl From<Refused> for Found {
    fn from(_: Refused) -> Self {
        Self::Refused
    }
}

#[cfg(test)]
mod tests {
    use super::parents;

    #[test]
    fn parents_end_at_a_slash() {
        for (prefix, expected) in [
            ("events/p1/x", vec!["events/p1/", "events/", ""]),
            ("events/p1/", vec!["events/", ""]),
            ("p1/", vec![""]),
            ("p1", vec![""]),
            ("", vec![]),
        ] {
            assert_eq!(parents(prefix).collect::<Vec<_>>(), expected, "{prefix}");
        }
    }
}

//! Which words of a program are names of variables that Langfuse may receive.

use crate::variable::{find, has_storage_prefix, names_a_secret, retired};

/// What a name is to this check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rank {
    /// A variable of the table, a retired one, or one that may be a misspelled one.
    Setting,
    /// Another program's secret: its value must not be printed.
    Secret,
}

/// Decides about names in one text.
pub(super) struct Names {
    /// Whether the text is about Langfuse at all: then names that other programs use may be Langfuse's.
    about_langfuse: bool,
}

impl Names {
    pub(super) fn new(text: &str) -> Self {
        let langfuse = b"langfuse";
        let about_langfuse = text.as_bytes().windows(langfuse.len()).any(|w| w.eq_ignore_ascii_case(langfuse));
        Self { about_langfuse }
    }

    /// What `word` is; `None` for anything that isn't the name of such a variable.
    pub(super) fn rank(&self, word: &str) -> Option<Rank> {
        const SHORTEST: usize = 4;
        /// Where a misspelled name may still be recognized.
        const INSIDE: [&str; 4] = ["S3_EVENT", "S3_MEDIA", "S3_BATCH", "S3_CORE"];
        let is_name = |b: u8| b == b'_' || b.is_ascii_uppercase() || b.is_ascii_digit();
        if word.len() < SHORTEST
            || !word.starts_with(|c: char| c.is_ascii_uppercase())
            || !word.contains('_')
            || !word.bytes().all(is_name)
        {
            return None;
        }
        if word.starts_with("LANGFUSE_") {
            return Some(Rank::Setting);
        }
        let known = find(word).is_some()
            || retired(word).is_some()
            || has_storage_prefix(word)
            || word.starts_with("LANGFUSE")
            || INSIDE.iter().any(|part| word.contains(part));
        if known && self.about_langfuse {
            return Some(Rank::Setting);
        }
        names_a_secret(word).then_some(Rank::Secret)
    }
}

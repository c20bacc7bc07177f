//! What rules ask of a value's text.

use crate::variable::Kind;

/// Where a comment begins in a value of `kind`. A `#` without a space before it is a comment only if the kind allows no
/// `#`.
pub(super) fn comment_at(kind: Kind, text: &str) -> Option<usize> {
    if kind == Kind::JsonOrPath {
        return None;
    }
    let glued = matches!(kind, Kind::Bucket | Kind::Region);
    let at_start = text.starts_with("# ") || (text.starts_with('#') && kind != Kind::Secret && kind != Kind::Prefix);
    if at_start {
        return Some(0);
    }
    text.char_indices().filter(|(_, c)| *c == '#').map(|(i, _)| i).find(|i| {
        let before = text.get(..*i).unwrap_or("");
        glued || before.ends_with([' ', '\t'])
    })
}

/// The text between two equal quotes.
pub(super) fn in_quotes(text: &str) -> Option<&str> {
    let first = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    text.strip_prefix(first)?.strip_suffix(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_where_a_comment_begins() {
        for (kind, text, at) in [
            (Kind::Bucket, "a # b", Some(2)),
            (Kind::Bucket, "a#b", Some(1)),
            (Kind::Endpoint, "http://h/#b", None),
            (Kind::Endpoint, "http://h\t# b", Some(9)),
            (Kind::Secret, "a#b", None),
            (Kind::Secret, "#ab", None),
            (Kind::Secret, "ab # c", Some(3)),
            (Kind::KeyId, "# c", Some(0)),
        ] {
            assert_eq!(comment_at(kind, text), at, "{text}");
        }
    }
}

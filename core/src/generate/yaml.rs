//! YAML strings, and the comments of generated files.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::variable::UseCase;

/// `text` as a YAML scalar that every parser reads as that string: plain if unambiguous, otherwise in double quotes.
pub(super) fn scalar(text: &str) -> String {
    const WORDS: [&str; 10] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan"];
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._/:@+=-".contains(c))
        && !text.ends_with(':')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

/// Comments, each written once per file: the blocks of the use cases repeat each other.
#[derive(Default)]
pub(super) struct Comments(BTreeSet<&'static str>);

impl Comments {
    /// Writes `why` above a line, unless it was written before.
    pub(super) fn above(&mut self, out: &mut String, indent: &str, why: &'static str) {
        if self.0.insert(why) {
            let _ = writeln!(out, "{indent}# {}.", capital(why));
        }
    }
}

/// Capitalizes the first letter.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// The heading of a block of variables.
pub(super) fn title(use_case: UseCase) -> &'static str {
    match use_case {
        UseCase::Events => "Raw events: everything that SDKs send goes through here",
        UseCase::Media => "Media: images, audio and files from traces",
        UseCase::Exports => "Batch exports: files that people download",
        UseCase::CoreData => "Core data",
    }
}

#[cfg(test)]
mod tests {
    use super::scalar;

    #[test]
    fn ambiguous_strings_are_quoted() {
        for (text, written) in [
            ("acme-langfuse", "acme-langfuse"),
            ("https://s3.example.com:9000/x", "https://s3.example.com:9000/x"),
            ("true", "\"true\""),
            ("No", "\"No\""),
            ("", "\"\""),
            ("12345", "\"12345\""),
            ("a:", "\"a:\""),
            ("p\"w\\d", "\"p\\\"w\\\\d\""),
            ("{\"a\": 1}", "\"{\\\"a\\\": 1}\""),
        ] {
            assert_eq!(scalar(text), written, "{text}");
        }
    }
}

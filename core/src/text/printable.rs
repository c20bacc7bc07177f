//! What may reach a terminal, a log or a workflow command: no character that moves a cursor, changes how others look or
//! begins a new line, and nothing that a CI runner would parse as a command.
//!
//! Everything from a file, a store or a server goes through one of these functions: [`escaped`] as a part of a
//! sentence, [`line`] as a whole line, [`json`] as finished JSON.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Control and format characters, line and paragraph separators: they move the cursor, hide or reorder text.
#[must_use]
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// The older of the two command prefixes of GitHub's runner works anywhere in a line.
/// Source: actions/runner, `ActionCommand.cs`.
const ANYWHERE: &str = "##[";

/// The newer one works at the beginning of a line, after whitespace.
const AT_START: &str = "::";

/// Whether a line that contains `text` could be parsed as a workflow command.
#[must_use]
pub fn is_command(text: &str) -> bool {
    text.trim_start().starts_with(AT_START) || text.contains(ANYWHERE)
}

/// `text` as a part of a line: control, format and bidirectional characters as `\u{…}`, so that it can't move the
/// cursor or look like other text, and no `##[`.
#[must_use]
pub fn escaped(text: &str) -> String {
    match part(text) {
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(text) => text,
    }
}

/// `text` in backticks, control characters escaped, shortened in the middle if long.
#[must_use]
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 96;
    let count = text.chars().count();
    if count <= LONGEST {
        return format!("`{}`", escaped(text));
    }
    let head: String = text.chars().take(60).collect();
    let tail: String = text.chars().skip(count.saturating_sub(20)).collect();
    format!("`{}…{}` ({count} characters)", escaped(&head), escaped(&tail))
}

/// Like [`escaped`], without a copy if nothing has to change.
#[must_use]
pub fn part(text: &str) -> Cow<'_, str> {
    let plain = |b: u8| (0x20..0x7f).contains(&b);
    if text.bytes().all(plain) && !text.contains(ANYWHERE) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '[' if out.ends_with("##") => out.push_str("\\u{5b}"),
            c if is_unprintable(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// `text` as a whole line: like [`escaped`], and it doesn't begin a workflow command.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    let text = part(text);
    let body = text.trim_start();
    match body.strip_prefix(AT_START) {
        Some(rest) => {
            Cow::Owned(format!("{}\\u{{3a}}:{rest}", text.get(..text.len().saturating_sub(body.len())).unwrap_or("")))
        }
        None => text,
    }
}

/// The same JSON without the characters that [`escaped`] would escape. Line ends and tabs between
/// tokens stay.
#[must_use]
pub fn json(text: String) -> String {
    let plain = |b: u8| (0x20..0x7f).contains(&b) || matches!(b, b'\n' | b'\t');
    if text.bytes().all(plain) && !text.contains(ANYWHERE) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            // Brackets between tokens never follow a `#`.
            '[' if out.ends_with("##") => out.push_str("\\u005b"),
            c if is_unprintable(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_moves_hides_or_commands_is_left() {
        for (text, shown) in [
            ("plain", "plain"),
            ("a\u{1b}[31m\u{202e}b", "a\\u{1b}[31m\\u{202e}b"),
            ("a\r\n::error::b", "a\\r\\n::error::b"),
            ("\u{85}\u{9b}\u{7f}\u{61c}\u{2028}\u{2029}", "\\u{85}\\u{9b}\\u{7f}\\u{61c}\\u{2028}\\u{2029}"),
            ("x ##[add-mask]y", "x ##\\u{5b}add-mask]y"),
            ("Zoë 日本 😀", "Zoë 日本 😀"),
        ] {
            assert_eq!(escaped(text), shown);
        }
        assert_eq!(line("::stop-commands::x"), "\\u{3a}:stop-commands::x");
        assert_eq!(line(" \u{a0}::error::x"), " \u{a0}\\u{3a}:error::x");
        assert_eq!(line("\n::error::x"), "\\n::error::x");
        assert_eq!(line("a::b"), "a::b");
    }

    #[test]
    fn escaping_twice_is_escaping_once() {
        for text in ["a\u{1b}", "::x", "##[x", "##\u{5b}[", "\u{202e}::"] {
            assert_eq!(line(&line(text)), line(text));
            assert!(!is_command(&line(text)));
        }
    }

    #[test]
    fn json_stays_what_it_was() {
        let value = serde_json::json!({ "a\u{202e}": ["##[x", "\u{7f}\u{2028}\u{e0041}é"] });
        let text = json(serde_json::to_string_pretty(&value).unwrap());
        assert!(!text.chars().any(|c| is_unprintable(c) && c != '\n') && !is_command(&text), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}

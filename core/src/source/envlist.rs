//! The output of `env`: `NAME=value` lines without quoting; further lines of a value as they are.

use super::environment::{Entries, Environment};
use super::reader::Reader;
use super::setting::{Place, Setting, Value};
use crate::text::span::Span;

/// Reads file number `file`. A line that doesn't begin a variable continues the previous value.
pub(super) fn read(reader: &mut Reader<'_>, file: usize) -> Environment {
    let mut environment = Environment::default();
    let mut listed = Entries::default();
    let Some(text) = reader.deployment.texts.get(file).map(|t| t.text.as_str()) else { return environment };
    for (start, end, name_end) in entries(text) {
        let slice = |a: usize, b: usize| text.get(a..b).unwrap_or("");
        let value_start = name_end.saturating_add(1);
        let line_end = end.saturating_add(1).min(text.len());
        let value = slice(value_start, end);
        let place = Place {
            name: Span::new(file, start, name_end),
            value: Span::new(file, value_start, end),
            entry: Some(Span::new(file, start, line_end)),
            plain: true,
            quote: None,
            named: true,
        };
        let setting = Setting::new(slice(start, name_end).to_owned(), Value::Known(value.to_owned())).at(place);
        listed.put(&mut environment, setting);
    }
    reader.keep_duplicates(listed);
    environment
}

/// Start, end and the end of the name of each variable.
fn entries(text: &str) -> Vec<(usize, usize, usize)> {
    let mut entries: Vec<(usize, usize, usize)> = Vec::new();
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    for line in text.get(at..).unwrap_or("").split_inclusive('\n') {
        let body = line.trim_end_matches(['\n', '\r']);
        let end = at.saturating_add(body.len());
        let name = body.split_once('=').map(|(name, _)| name).filter(|n| is_name(n));
        match (name, entries.last_mut()) {
            (Some(name), _) => entries.push((at, end, at.saturating_add(name.len()))),
            (None, Some(last)) if !body.is_empty() => last.1 = end,
            _ => {}
        }
        at = at.saturating_add(line.len());
    }
    entries
}

/// Whether `name` is a valid shell variable name.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::entries;

    #[test]
    fn a_line_without_a_name_belongs_to_the_value_before_it() {
        let text = "A=1\nB=-----BEGIN\nline two\n\nC=x=y\n";
        let names: Vec<&str> = entries(text).into_iter().map(|(s, e, _)| &text[s..e]).collect();
        assert_eq!(names, ["A=1", "B=-----BEGIN\nline two", "C=x=y"]);
    }
}

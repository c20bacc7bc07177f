//! The syntax of the shared files, as the AWS SDK for JavaScript reads it.

use std::collections::BTreeMap;

/// The section types that are followed by a name.
const KINDS: [&str; 3] = ["profile", "sso-session", "services"];

/// The settings of a section. A nested setting (`sts =` and, indented below it, `endpoint_url = …`) is called
/// `sts.endpoint_url`.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct Section(BTreeMap<String, String>);

impl Section {
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Adds the settings of `other`, which take precedence.
    pub(super) fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

/// Only the keys: values may be secrets.
impl std::fmt::Debug for Section {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// A section's type, or the empty string, and its name.
type Title = (&'static str, String);

/// The sections of `text`. Lines that are neither titles nor settings are skipped; sections of the same title are
/// merged.
pub(super) fn parse(text: &str) -> BTreeMap<Title, Section> {
    let mut sections: BTreeMap<Title, Section> = BTreeMap::new();
    let mut current: Option<Title> = None;
    let mut outer: Option<&str> = None;
    for line in text.lines() {
        let content = uncommented(line).trim();
        if let Some(inner) = content.strip_prefix('[').and_then(|c| c.strip_suffix(']')) {
            current = title(inner);
            outer = None;
            continue;
        }
        let (Some(current), Some((name, value))) = (&current, content.split_once('=')) else { continue };
        if name.is_empty() {
            continue;
        }
        let (name, value) = (name.trim(), value.trim());
        if value.is_empty() {
            outer = Some(name);
            continue;
        }
        if !line.starts_with(char::is_whitespace) {
            outer = None;
        }
        let key = outer.map_or_else(|| name.to_owned(), |outer| format!("{outer}.{name}"));
        sections.entry(current.clone()).or_default().0.insert(key, value.to_owned());
    }
    sections
}

/// `line` up to a `;` or `#` at its start or after a space.
fn uncommented(line: &str) -> &str {
    let mut after_space = true;
    for (at, c) in line.char_indices() {
        if after_space && matches!(c, ';' | '#') {
            return line.get(..at).unwrap_or(line);
        }
        after_space = c.is_whitespace();
    }
    line
}

/// `profile dev`, `profile "dev"`, `dev`. Unknown types are ignored.
fn title(inner: &str) -> Option<Title> {
    let word = |t: &str| !t.is_empty() && t.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let two = inner.split_once(char::is_whitespace).and_then(|(kind, name)| {
        let name = ['"', '\''].iter().find_map(|q| name.strip_prefix(*q)?.strip_suffix(*q)).unwrap_or(name);
        let named = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-@+.%:/".contains(c));
        (word(kind) && named).then_some((kind, name))
    });
    match two {
        Some((kind, name)) => KINDS.iter().find(|k| **k == kind).map(|k| (*k, name.to_owned())),
        None => Some(("", inner.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Vec<(String, String)>)> {
        parse(text).into_iter().map(|((kind, name), s)| (format!("{kind}/{name}"), s.0.into_iter().collect())).collect()
    }

    fn section(title: &str, settings: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
        (title.into(), settings.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect())
    }

    /// Expected: the results of the SDK's `parseIni` on the same texts.
    #[test]
    fn reads_as_the_sdk_does() {
        let text = "a = lost\n# [c]\n[default] ; why\nregion=eu-west-1 # here\r\nkey = a#b;c\n= x\nempty =\n[profile \"d.e/v\"]\n \
                    x = 1\ncredential_process = run \"a b\" --x=y\n[plugins x]\ny = 1\n[ odd name ]\nz = 1\n[default]\nregion = two\n";
        assert_eq!(
            read(text),
            [
                section("/ odd name ", &[("z", "1")]),
                section("/default", &[("key", "a#b;c"), ("region", "two")]),
                section("profile/d.e/v", &[("credential_process", "run \"a b\" --x=y"), ("x", "1")]),
            ]
        );
    }

    #[test]
    fn nested_settings_include_the_outer_name() {
        let text = "[services dev]\nsts =\n  endpoint_url = http://a\n  x = 1\ns3 =\n\tendpoint_url = http://b\nflat = 2\n  y = 3\n";
        let expected = [
            ("flat", "2"),
            ("s3.endpoint_url", "http://b"),
            ("sts.endpoint_url", "http://a"),
            ("sts.x", "1"),
            ("y", "3"),
        ];
        assert_eq!(read(text), [section("services/dev", &expected)]);
        assert!(!format!("{:?}", parse(text)).contains("http"));
    }
}

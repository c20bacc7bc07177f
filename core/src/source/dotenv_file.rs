//! A dotenv file as an environment, with the lines that programs read differently.

use super::dotenv;
use super::environment::{Entries, Environment};
use super::facts::Line;
use super::kind::Dialect;
use super::outside::is_of_platform;
use super::reader::Reader;
use super::setting::{Place, Setting, Value};
use super::template::Lookup;
use crate::text::span::Span;
use crate::variable::{Var, find, names_a_secret};

impl Reader<'_> {
    /// Reads dotenv file number `file`. `lookup` resolves names that the file doesn't set itself.
    pub(super) fn dotenv(&mut self, file: usize, dialect: Dialect, lookup: &Lookup<'_>) -> Option<Environment> {
        // The text is moved out so that findings can be recorded while it's read.
        let text = std::mem::take(&mut self.deployment.texts.get_mut(file)?.text);
        let read = self.dotenv_text(file, &text, dialect, lookup);
        self.deployment.texts.get_mut(file)?.text = text;
        read
    }

    fn dotenv_text(&mut self, file: usize, text: &str, dialect: Dialect, lookup: &Lookup<'_>) -> Option<Environment> {
        let mut environment = Environment::default();
        let mut entries = Entries::default();
        // Only a `$` can refer to an earlier value.
        let mut earlier = dotenv::Earlier::of(text);
        let mut plain = true;
        let mut failed = None;
        let error = dotenv::each(text, dialect, &mut |a| {
            let name = a.name(text);
            if let (true, Some(value)) = (a.is_plain, &a.text) {
                let end = a.value.1.saturating_add(1).min(text.len());
                let place = Place {
                    name: Span::new(file, a.name.0, a.name.1),
                    value: Span::new(file, a.value.0, a.value.1),
                    entry: Some(Span::new(file, a.name.0, end)),
                    plain: true,
                    quote: None,
                    named: true,
                };
                earlier.set(name, value);
                let value = Value::Known(value.clone().into_owned());
                let setting = match a.var {
                    Some(var) => Setting::of_row(var, value),
                    None => Setting::of(name, value),
                };
                entries.put(&mut environment, Setting { place: Some(place), is_plain: true, ..setting });
                return true;
            }
            let mut unset = Vec::new();
            let value = match dotenv::value(text, &a, &earlier, lookup, &mut |n| unset.push(n.to_owned())) {
                Ok(value) => value,
                // A platform fills these in; no program that refuses them ever reads the file.
                Err(_)
                    if !self.deployment.dialect_known
                        && text.get(a.raw.0..a.raw.1).is_some_and(|t| t.contains("${{")) =>
                {
                    let place = place(text, file, &a, None);
                    entries.put(&mut environment, Setting::of(name, Value::Unknown).at(place));
                    return true;
                }
                Err(error) => {
                    failed = Some(error);
                    return false;
                }
            };
            let place = place(text, file, &a, value.as_deref());
            if !unset.is_empty() && unset.iter().all(|n| is_of_platform(n)) {
                let setting = Setting::of(name, Value::Unknown).at(place);
                environment.unseen.push((setting.clone(), unset));
                entries.put(&mut environment, setting);
                return true;
            }
            let odd = has_special_chars(text, &a, place);
            plain &= !odd;
            // No rule looks at how an unknown name's value is written, unless it may contain a secret.
            if odd && (find(name).is_some() || names_a_secret(name)) {
                self.deployment.lines.push(Line {
                    name: name.to_owned(),
                    place,
                    value: value.clone(),
                    raw: Span::new(file, a.raw.0, a.raw.1),
                    expanded: a.expands && a.text.as_deref().is_some_and(|t| t.contains('$')),
                    unset,
                });
            }
            let Some(value) = value else { return true };
            earlier.set(name, &value);
            entries.put(&mut environment, Setting::of(name, Value::Known(value)).at(place));
            true
        });
        if let Some(error) = failed {
            self.refuse_dotenv(file, dialect, &error);
            return None;
        }
        self.keep_duplicates(entries);
        if let Some(error) = &error {
            self.refuse_dotenv(file, dialect, error);
            return None;
        }
        if !plain {
            self.disagreement(file, dialect, text);
        }
        Some(environment)
    }

    fn refuse_dotenv(&mut self, file: usize, dialect: Dialect, error: &dotenv::DotenvError) {
        let reader = match dialect {
            Dialect::Compose => "docker compose",
            Dialect::Docker => "docker run --env-file",
            Dialect::Node => "npm dotenv",
        };
        self.refuse(
            Some(Span::new(file, error.start, error.end)),
            format!("{reader} refuses this file: {}", error.message),
            "Write each variable as `NAME=value` on its own line; until then nothing in this file reaches Langfuse.",
        );
    }

    /// Records the first line that another program reads differently.
    fn disagreement(&mut self, file: usize, dialect: Dialect, text: &str) {
        let own = dotenv::known_values(text, dialect);
        for other in [Dialect::Docker, Dialect::Node, Dialect::Compose] {
            if other == dialect {
                continue;
            }
            let theirs = dotenv::known_values(text, other);
            let span = match (&own, &theirs) {
                (Ok(own), Ok(theirs)) => {
                    let last = |var: Var| theirs.iter().find(|(v, _)| *v == var).map(|(_, value)| value);
                    let odd = own.iter().find(|(var, value)| last(*var) != Some(value));
                    odd.and_then(|(var, _)| {
                        let lines = self.deployment.lines.iter().rev();
                        lines.into_iter().find(|l| l.raw.file == file && l.name == var.name())
                    })
                    .map(|l| l.raw)
                }
                (Ok(_), Err(error)) => Some(Span::new(file, error.start, error.end)),
                _ => None,
            };
            if let Some(span) = span {
                self.deployment.disagreements.push((span, other));
                return;
            }
        }
    }
}

/// Whether a line has anything that programs read differently or rules look at: quotes, `$`, `#`, a backslash,
/// whitespace, `export`, a separator other than `=`, no value. All programs agree on the rest.
fn has_special_chars(text: &str, a: &dotenv::Assignment<'_>, place: Place) -> bool {
    let slice = |from: usize, to: usize| text.get(from..to).unwrap_or("");
    let raw = slice(a.raw.0, a.raw.1);
    place.entry.is_none_or(|entry| entry.start != a.name.0)
        || slice(a.name.1, a.raw.0) != "="
        || raw.is_empty()
        || raw.bytes().any(|b| b <= b' ' || b >= 0x7f || matches!(b, b'"' | b'\'' | b'`' | b'$' | b'#' | b'\\'))
}

fn place(text: &str, file: usize, a: &dotenv::Assignment<'_>, value: Option<&str>) -> Place {
    let line_start = text.get(..a.name.0).and_then(|t| t.rfind('\n')).map_or(0, |n| n.saturating_add(1));
    let line_end = text
        .get(a.raw.1..)
        .and_then(|t| t.find('\n'))
        .map_or(text.len(), |n| a.raw.1.saturating_add(n).saturating_add(1));
    Place {
        name: Span::new(file, a.name.0, a.name.1),
        value: Span::new(file, a.value.0, a.value.1),
        entry: Some(Span::new(file, line_start, line_end)),
        plain: text.get(a.value.0..a.value.1) == value && value.is_some(),
        quote: a.quote,
        named: true,
    }
}

//! Excerpts: source code and templates that set Langfuse's variables.
//!
//! One reader for all languages: it looks for the name of a variable in an assignment, or in an object with a name and
//! a value, and takes the literal beside it. Whatever else is there, an interpolation, a reference, a call, makes the
//! variable set with an unknown value. The rest of the environment isn't visible, so no rule may conclude anything from
//! what is missing.

mod code;
pub(super) mod language;
mod lines;
mod names;
mod token;

use language::{Grammar, Language};
use names::{Names, Rank};

use super::environment::Environment;
use super::error::ReadError;
use super::reader::Reader;
use super::setting::{Place, Setting, Value};
use crate::order;
use crate::text::span::Span;

/// The most environments that one excerpt holds. Further repetitions of a name replace each other in the last one.
const MOST_ENVIRONMENTS: usize = 32;

/// No program that people write is larger, and its tokens take many times its size.
const LARGEST: usize = 8 << 20;

/// A variable that a text sets.
#[derive(Debug)]
struct Found {
    rank: Rank,
    name: (usize, usize),
    value: FoundValue,
}

/// What it's set to.
#[derive(Debug)]
struct FoundValue {
    /// The string; `None` if only a running program knows.
    text: Option<String>,
    start: usize,
    end: usize,
    /// Whether the bytes there are the string itself.
    plain: bool,
}

impl FoundValue {
    fn unknown(at: usize) -> Self {
        Self { text: None, start: at, end: at, plain: false }
    }

    /// The literal at `start..end` of `text`, which means `value`.
    fn literal(text: &str, value: String, start: usize, end: usize) -> Self {
        // What another program may expand later isn't judged.
        if ["${", "$(", "{{", "%{", "<%"].into_iter().any(|mark| value.contains(mark)) {
            return Self::unknown(start);
        }
        let plain = text.get(start..end) == Some(value.as_str());
        Self { text: Some(value), start, end, plain }
    }
}

/// Whether a text can be read as an excerpt.
///
/// # Errors
/// It's too large.
pub(super) fn fits(file: &str, text: &str) -> Result<(), ReadError> {
    if text.len() <= LARGEST {
        return Ok(());
    }
    let message = "the file is larger than 8 MiB, too large for source code".to_owned();
    Err(ReadError::Undecodable { file: file.to_owned(), message })
}

/// Reads file number `file`: what each of the places sets that could be one container's environment. A name that
/// occurs again begins the next one, as web and worker, or development and production, have the same names.
pub(super) fn read(reader: &mut Reader<'_>, file: usize, language: Language) -> Vec<Environment> {
    let Some(text) = reader.deployment.texts.get(file).map(|t| t.text.as_str()) else { return Vec::new() };
    let names = Names::new(text);
    let mut found = Vec::new();
    match language.grammar() {
        Grammar::Code(syntax) => code::read(text, syntax, &names, &mut found),
        Grammar::Lines(format) => lines::read(text, (0, text.len()), format, false, &names, &mut found),
    }
    order::sort_by_key(&mut found, |f| f.name.0);
    let mut all = vec![Environment::of_excerpt()];
    let mut secrets = Vec::new();
    for Found { rank, name, value } in found {
        let written = text.get(name.0..name.1).unwrap_or("");
        let place = Place {
            name: Span::new(file, name.0, name.1),
            value: Span::new(file, value.start, value.end),
            entry: None,
            plain: value.plain,
            quote: None,
            named: true,
        };
        let setting = Setting::of(written, value.text.map_or(Value::Unknown, Value::Known)).at(place);
        if rank == Rank::Secret {
            if matches!(setting.value, Value::Known(_)) {
                secrets.push(Setting { from_secret: true, ..setting });
            }
            continue;
        }
        let again = all.last().is_some_and(|e| e.by_name(written).is_some());
        if again && all.len() < MOST_ENVIRONMENTS {
            all.push(Environment::of_excerpt());
        }
        if let Some(last) = all.last_mut() {
            last.set(setting);
        }
    }
    reader.deployment.from_secret.extend(secrets);
    all
}

//! Dotenv files in three dialects, each parsed as its own program does: compose-go's dotenv package, docker's kvfile,
//! npm dotenv's regular expression. Lossless: every byte of the file belongs to exactly one [`Piece`].

mod assignment;
mod compose;
mod docker;
mod node;
mod plain;

use std::collections::BTreeMap;

pub use assignment::{Assignment, DotenvError, Sink};
pub(super) use plain::is_plain_text;

use super::kind::Dialect;
use super::template::{self, Lookup, TemplateError};
use crate::variable::{Var, find};

/// The assignments of a file, up to the error at which its program stops.
#[derive(Clone, Debug, Default)]
pub struct Lexed<'t> {
    /// In file order.
    pub assignments: Vec<Assignment<'t>>,
    /// Set if the program refuses the file.
    pub error: Option<DotenvError>,
}

/// Parses `text` as `dialect`'s program would.
#[must_use]
pub fn lex(text: &str, dialect: Dialect) -> Lexed<'_> {
    let mut assignments = Vec::new();
    let error = each(text, dialect, &mut |a| {
        assignments.push(a);
        true
    });
    Lexed { assignments, error }
}

/// Passes the assignments of `text` on one by one, because a file may have millions. If the program behind
/// `dialect` refuses the file, returns its error.
pub fn each<'t>(text: &'t str, dialect: Dialect, sink: &mut Sink<'_, 't>) -> Option<DotenvError> {
    match dialect {
        Dialect::Compose => compose::lex(text, sink),
        Dialect::Docker => docker::lex(text, sink),
        Dialect::Node => node::lex(text, sink),
    }
}

/// The variables of `text` in order, expanded; `environment` resolves names that the file doesn't set earlier.
///
/// # Errors
/// If `dialect`'s program would refuse the file.
pub fn values(text: &str, dialect: Dialect, environment: &Lookup<'_>) -> Result<Vec<(String, String)>, DotenvError> {
    let mut all = Vec::new();
    each_value(text, dialect, environment, |a, value| all.push((a.name(text).to_owned(), value)))?;
    Ok(all)
}

/// The last value of each variable in the table, in the order in which the names first appear.
///
/// # Errors
/// As [`values`].
pub fn known_values(text: &str, dialect: Dialect) -> Result<Vec<(Var, String)>, DotenvError> {
    let mut all: Vec<(Var, String)> = Vec::new();
    each_value(text, dialect, &|_| None, |a, value| {
        let Some(var) = find(a.name(text)) else { return };
        match all.iter_mut().find(|(v, _)| *v == var) {
            Some((_, old)) => *old = value,
            None => all.push((var, value)),
        }
    })?;
    Ok(all)
}

fn each_value<'t>(
    text: &'t str,
    dialect: Dialect,
    environment: &Lookup<'_>,
    mut take: impl FnMut(&Assignment<'t>, String),
) -> Result<(), DotenvError> {
    let mut earlier = Earlier::of(text);
    let mut failed = None;
    let error = each(text, dialect, &mut |a| match value(text, &a, &earlier, environment, &mut |_| {}) {
        Ok(Some(value)) => {
            earlier.set(a.name(text), &value);
            take(&a, value);
            true
        }
        Ok(None) => true,
        Err(error) => {
            failed = Some(error);
            false
        }
    });
    failed.or(error).map_or(Ok(()), Err)
}

/// What a file has set so far, for later `$` references; nothing is kept for a file without any.
#[derive(Debug)]
pub struct Earlier(Option<BTreeMap<String, String>>);

impl Earlier {
    /// Before the first assignment of `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(text.contains('$').then(BTreeMap::new))
    }

    /// Keeps the value of `name`.
    #[inline]
    pub fn set(&mut self, name: &str, value: &str) {
        if let Some(values) = &mut self.0 {
            Self::keep(values, name, value);
        }
    }

    fn keep(values: &mut BTreeMap<String, String>, name: &str, value: &str) {
        match values.get_mut(name) {
            Some(old) => value.clone_into(old),
            None => {
                values.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn get(&self, name: &str) -> Option<String> {
        self.0.as_ref()?.get(name).cloned()
    }
}

/// The value of `assignment`, expanded with `environment` first and `earlier` assignments second.
///
/// # Errors
/// A template that can't be expanded.
pub fn value(
    text: &str,
    assignment: &Assignment<'_>,
    earlier: &Earlier,
    environment: &Lookup<'_>,
    unset: &mut dyn FnMut(&str),
) -> Result<Option<String>, DotenvError> {
    let Some(raw) = &assignment.text else {
        return Ok(environment(assignment.name(text)));
    };
    if !assignment.expands || !raw.contains('$') {
        return Ok(Some(raw.clone().into_owned()));
    }
    let lookup = |name: &str| environment(name).or_else(|| earlier.get(name));
    let fail = |e: TemplateError| DotenvError {
        start: assignment.value.0,
        end: assignment.value.1,
        message: template_message(&e),
    };
    template::expand(raw, &lookup, unset).map(Some).map_err(fail)
}

/// A template error as a sentence.
#[must_use]
pub fn template_message(error: &TemplateError) -> String {
    match error {
        TemplateError::Invalid => "`${` is followed by an invalid name, or has no closing brace".into(),
        TemplateError::TooDeep => {
            format!("more than {} nested variables, `${{A:-${{B:-…}}}}`", template::DEEPEST)
        }
        TemplateError::TooLong => "a value is larger than 1 MiB once its variables are expanded".into(),
        TemplateError::Required { name, reason } if reason.is_empty() => {
            format!("the required variable `{name}` is not set")
        }
        TemplateError::Required { name, reason } => format!("the required variable `{name}` is not set: {reason}"),
    }
}

/// A piece of a file, for printing it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Whitespace, comments, `export`, separators, anything after a value.
    Trivia(&'t str),
    /// A variable's name.
    Name(&'t str),
    /// A value with its quotes.
    Value(&'t str),
}

/// The whole file in pieces; joined, they are the file.
#[must_use]
pub fn pieces(text: &str, dialect: Dialect) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut at = 0;
    let slice = |a: usize, b: usize| text.get(a..b).unwrap_or("");
    for a in lex(text, dialect).assignments {
        let quote = a.quote.map_or(0, char::len_utf8);
        let (start, end) = (a.value.0.saturating_sub(quote), a.value.1.saturating_add(quote));
        out.push(Piece::Trivia(slice(at, a.name.0)));
        out.push(Piece::Name(slice(a.name.0, a.name.1)));
        at = a.name.1;
        if a.text.is_some() && start >= at {
            out.push(Piece::Trivia(slice(at, start)));
            out.push(Piece::Value(slice(start, end)));
            at = end;
        }
    }
    out.push(Piece::Trivia(slice(at, text.len())));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compose(text: &str) -> Result<Vec<(String, String)>, DotenvError> {
        values(text, Dialect::Compose, &|_| None)
    }

    #[test]
    fn escapes_of_a_double_quoted_value() {
        for (text, value) in [
            (r#"A="\0123\041""#, "S\\41"),
            (r#"A="\x\c""#, "\\x\\c"),
            (r#"A="\\n""#, "\\n"),
            (r#"A="\"q\"""#, "\"q\""),
            (r"A='it\'s \n'", r"it's \n"),
            (r#"A="\$B""#, "$B"),
            (r#"A="\0""#, "\\"),
        ] {
            assert_eq!(compose(text).unwrap(), [("A".to_owned(), value.to_owned())], "{text}");
        }
    }

    #[test]
    fn npm_dotenv_keeps_an_escaped_carriage_return() {
        for (text, value) in [("A=\"\\r\"", "\r"), ("A=\"x\r\ny\\r\\n\"", "x\ny\r\n"), ("A=\"\\r&-", "\"\r&-")] {
            let read = values(text, Dialect::Node, &|_| None).unwrap();
            assert_eq!(read, [("A".to_owned(), value.to_owned())], "{text:?}");
        }
    }

    #[test]
    fn npm_dotenv_takes_the_next_line_after_a_lone_colon() {
        for text in ["A:\nB\n", "A:\r\nB\r\n"] {
            let read = values(text, Dialect::Node, &|_| None).unwrap();
            assert_eq!(read, [("A".to_owned(), "B".to_owned())], "{text:?}");
        }
    }

    #[test]
    fn every_dialect_prints_back_what_it_read() {
        let text = "\u{feff}export A=1 # c\r\nB: 'x\ny' # d\n\n# only\nC=\"q\\\"r\" tail\nD\nE=\n";
        for dialect in [Dialect::Compose, Dialect::Docker, Dialect::Node] {
            let printed: String = pieces(text, dialect)
                .into_iter()
                .map(|p| match p {
                    Piece::Trivia(t) | Piece::Name(t) | Piece::Value(t) => t,
                })
                .collect();
            assert_eq!(printed, text, "{dialect:?}");
        }
    }

    #[test]
    fn a_bare_name_takes_the_shells_value() {
        let shell = |n: &str| (n == "A").then(|| "shell".to_owned());
        let read = values("A\nB=$A\n", Dialect::Compose, &shell).unwrap();
        assert_eq!(read, [("A".to_owned(), "shell".to_owned()), ("B".to_owned(), "shell".to_owned())]);
    }
}

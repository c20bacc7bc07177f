//! Problems that only the file shows: rejected and unread files, duplicates, quotes, comments, `$`, empty values.

mod comment_in_value;
mod dollar_in_secret;
mod dotenv_not_read;
mod file_outside_not_read;
mod file_read_differently;
mod file_refused_by_reader;
mod value_empty;
mod value_in_quotes;
mod value_not_known;
mod variable_not_expanded;
mod variable_set_twice;

pub(super) use file_refused_by_reader::refusals;

use super::value::counts;
use super::{Context, Rule};
use crate::config::Config;
use crate::source::{Deployment, Line, Setting};
use crate::text::span::Span;
use crate::variable::{Containers, Kind};

pub(super) static RULES: &[&Rule] = &[
    &file_refused_by_reader::FILE_REFUSED_BY_READER,
    &file_outside_not_read::FILE_OUTSIDE_NOT_READ,
    &value_not_known::VALUE_NOT_KNOWN,
    &variable_set_twice::VARIABLE_SET_TWICE,
    &file_read_differently::FILE_READ_DIFFERENTLY,
    &value_in_quotes::VALUE_IN_QUOTES,
    &comment_in_value::COMMENT_IN_VALUE,
    &variable_not_expanded::VARIABLE_NOT_EXPANDED,
    &dollar_in_secret::DOLLAR_IN_SECRET,
    &value_empty::VALUE_EMPTY,
    &dotenv_not_read::DOTENV_NOT_READ,
];

fn containers_of(deployment: &Deployment, span: Option<Span>) -> Containers {
    span.and_then(|s| deployment.texts.get(s.file)).map_or(Containers::BOTH, |t| t.containers)
}

/// The kind of `setting`, if Langfuse accepts any text for it and reads it in `config`.
fn text_kind(config: &Config<'_>, setting: &Setting) -> Option<Kind> {
    let kind = setting.var?.row().kind;
    let checked = matches!(kind, Kind::Boolean | Kind::Number(_) | Kind::Choice(_));
    (!checked && counts(config, setting)).then_some(kind)
}

/// A byte that is literal in every format.
fn is_bare(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/' | b':' | b'+' | b'=' | b'%' | b',')
}

/// The setting from `line`, unless a later line replaced it.
fn setting_of<'d>(config: &Config<'d>, line: &Line) -> Option<&'d Setting> {
    let setting = config.environment.get(crate::variable::find(&line.name)?)?;
    setting.place.is_some_and(|p| p.name == line.place.name).then_some(setting)
}

/// Whether `text` is a single reference and nothing else.
fn is_whole_reference(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('$') else { return false };
    let name = rest.strip_prefix('{').and_then(|r| r.strip_suffix('}')).unwrap_or(rest);
    !name.is_empty() && name.bytes().all(|b| b == b'_' || b.is_ascii_uppercase() || b.is_ascii_digit())
}

fn expands(cx: &Context<'_>, setting: &Setting) -> bool {
    let name = setting.place.map(|p| p.name);
    cx.deployment.lines.iter().any(|l| Some(l.place.name) == name && !l.unset.is_empty())
}

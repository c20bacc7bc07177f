//! The answers, validated.

use std::collections::BTreeMap;

use super::field::{AnswerKind, AnswersDraft, Id};
use super::{Error, FIELDS, OutputFormat};
use crate::config::endpoint::Endpoint;
use crate::order;
use crate::text::printable::{is_unprintable, quoted};
use crate::text::secret::Secret;
use crate::text::suggest::nearest;

/// The answers, each validated by its field's kind.
#[derive(Clone, Debug, Default)]
pub struct Answers(BTreeMap<Id, Secret>);

impl Answers {
    /// No answers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the answer to the field called `name` on the command line. An empty string means no answer, except for a
    /// prefix.
    ///
    /// # Errors
    /// There is no such field, or the answer is invalid.
    pub fn set_named(&mut self, name: &str, text: &str) -> Result<(), Error> {
        let Some(id) = Id::from_name(name) else {
            let meant = nearest(name, FIELDS.iter().map(|f| f.name));
            return Err(Error::together(
                format!("unknown field {name:?}"),
                meant.map_or_else(|| "Remove it.".into(), |m| format!("Did you mean `{m}`?")),
            ));
        };
        self.set(id, text)
    }

    /// Sets the answer to `id`.
    ///
    /// # Errors
    /// The answer is invalid.
    pub fn set(&mut self, id: Id, text: &str) -> Result<(), Error> {
        let kind = id.field().kind;
        if text.is_empty() && kind != AnswerKind::Prefix {
            self.0.remove(&id);
            return Ok(());
        }
        let text = if matches!(kind, AnswerKind::Url) { text.trim_end_matches('/') } else { text };
        accept(id, kind, text)?;
        self.0.insert(id, Secret::new(text));
        Ok(())
    }

    /// The answer to `id`.
    #[must_use]
    pub fn get(&self, id: Id) -> Option<&str> {
        self.0.get(&id).map(Secret::expose)
    }

    /// Options and answers, for APIs. Contains the secrets.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let answers = self.0.iter().map(|(id, text)| (id.option(), serde_json::Value::from(text.expose())));
        serde_json::Value::Object(order::filled(answers))
    }

    /// These answers with the defaults for `format`. `random`: bytes for the password of a store that the file creates;
    /// may be empty if only questions are needed.
    #[must_use]
    pub fn draft<'a>(&'a self, format: OutputFormat, random: &'a [u8]) -> AnswersDraft<'a> {
        AnswersDraft { format, answers: &self.0, random }
    }

    /// The answers to the questions that apply for `format`. An answer to another question has no effect, but it would
    /// be rejected.
    #[must_use]
    pub fn applicable(&self, format: OutputFormat) -> Self {
        let mut kept = self.clone();
        loop {
            let draft = kept.draft(format, &[]);
            let idle: Vec<Id> = kept.given().filter(|id| !(id.field().applies)(&draft)).collect();
            if idle.is_empty() {
                return kept;
            }
            // Without them, further questions may no longer apply.
            kept.0.retain(|id, _| !idle.contains(id));
        }
    }

    /// The fields that were answered.
    pub fn given(&self) -> impl Iterator<Item = Id> {
        self.0.keys().copied()
    }
}

/// Whether `text` is a valid answer of `kind`.
fn accept(id: Id, kind: AnswerKind, text: &str) -> Result<(), Error> {
    let odd = text.chars().any(|c| is_unprintable(c) || c.is_whitespace());
    match kind {
        AnswerKind::Secret => {
            let odd = text.trim() != text || text.chars().any(|c| matches!(c, '\r' | '\0'));
            let lines = text.contains('\n') && !text.starts_with('{');
            if odd || lines {
                return Err(Error::wrong(
                    id,
                    "it has surrounding whitespace or contains a line break",
                    "Pass only the secret.",
                ));
            }
        }
        _ if odd => {
            return Err(Error::wrong(
                id,
                format!("{} contains whitespace or a control character", quoted(text)),
                "Remove it.",
            ));
        }
        // Every parser reads these literally, quoted or not.
        AnswerKind::Word => only(id, text, "._-:/+=@", || "Use only letters, digits and ._-:/+=@.".into())?,
        AnswerKind::Label => only(id, text, "_-", || {
            let what = id.field().label.to_ascii_lowercase();
            format!("Give only the {what}, not the URL that contains it: letters, digits, - and _.")
        })?,
        AnswerKind::Bucket => only(id, text, "._-", || {
            "Give only the bucket name, without scheme, host or path: letters, digits, dots and dashes. A path goes into the prefix.".into()
        })?,
        AnswerKind::Prefix => only(id, text, "._-/=", || "Use only letters, digits and ._-/=.".into())?,
        AnswerKind::Url => {
            let example = id.field().example;
            let fine = Endpoint::parse(text).is_ok_and(|e| {
                e.user_info.is_none() && e.query.is_none() && e.fragment.is_none() && !text.contains(['$', '"', '\''])
            });
            if !fine {
                return Err(Error::wrong(
                    id,
                    "expected a plain http or https URL",
                    format!("Give scheme and host, such as `{example}`, without user, query and fragment."),
                ));
            }
        }
        AnswerKind::Number(min, max) => {
            if !text.parse::<u32>().is_ok_and(|n| (min..=max).contains(&n)) {
                return Err(Error::wrong(
                    id,
                    format!("{} isn't an integer from {min} to {max}", quoted(text)),
                    "Use only digits.",
                ));
            }
        }
        AnswerKind::Flag => one_of(id, text, &[("true", ""), ("false", "")])?,
        AnswerKind::Several(list) => text.split(',').try_for_each(|word| one_of(id, word, list))?,
        AnswerKind::Provider | AnswerKind::Choice(_) => one_of(id, text, &kind.choices())?,
    }
    Ok(())
}

/// Allows only ASCII letters, digits and the characters in `more`.
fn only(id: Id, text: &str, more: &str, help: impl FnOnce() -> String) -> Result<(), Error> {
    match text.chars().find(|c| !c.is_ascii_alphanumeric() && !more.contains(*c)) {
        Some(c) => Err(Error::wrong(id, format!("{} contains {c:?}", quoted(text)), help())),
        None => Ok(()),
    }
}

fn one_of(id: Id, text: &str, list: &[(&str, &str)]) -> Result<(), Error> {
    if list.iter().any(|(word, _)| *word == text) {
        return Ok(());
    }
    let words: Vec<&str> = list.iter().map(|(word, _)| *word).collect();
    let help = match nearest(text, words.iter().copied()) {
        Some(meant) => format!("Did you mean `{meant}`?"),
        None => format!("Use one of {}.", words.join(", ")),
    };
    Err(Error::wrong(id, format!("{} isn't a valid choice", quoted(text)), help))
}

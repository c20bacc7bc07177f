//! The questions that remain, for a terminal, a form, or an API.

use serde::Serialize;

use super::answers::Answers;
use super::field::{AnswerKind, AnswersDraft, FIELDS, Field, Id};
use super::{Error, OutputFormat};
use crate::provider::PROVIDERS;

/// A field, given the answers so far.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_excessive_bools, reason = "facts for a form, none of which follows from another")]
pub struct Question {
    /// Which.
    #[serde(skip)]
    #[cfg_attr(test, ts(skip))]
    pub id: Id,
    /// Its flag, without `--`.
    pub name: &'static str,
    /// Its API option.
    #[cfg_attr(test, ts(type = "keyof GenerateOptions"))]
    pub option: String,
    /// Its section heading.
    pub section: &'static str,
    /// A few words.
    pub label: &'static str,
    /// One or two sentences.
    pub help: &'static str,
    /// `text`, `url`, `secret`, `number`, `flag`, `choice` or `several`.
    #[cfg_attr(test, ts(type = "\"text\" | \"url\" | \"secret\" | \"number\" | \"flag\" | \"choice\" | \"several\""))]
    pub kind: &'static str,
    /// The choices; empty if any value is allowed.
    pub choices: Vec<Choosable>,
    /// Minimum and maximum of a number.
    pub range: Option<(u32, u32)>,
    /// An example for people; empty if there is none.
    pub example: &'static str,
    /// The default. A generated password isn't shown.
    pub default: Option<String>,
    /// Whether an answer is required.
    pub needed: bool,
    /// Whether a terminal asks for it although it isn't required.
    #[serde(skip)]
    #[cfg_attr(test, ts(skip))]
    pub asked: bool,
    /// How to present it: `main` shows it, `detail` collapses it, `none` hides it, because the answer has no effect in
    /// this format.
    #[cfg_attr(test, ts(type = "\"main\" | \"detail\" | \"none\""))]
    pub weight: &'static str,
    /// Whether a password may be generated as the answer: the operator of the store chooses its keys.
    pub can_generate: bool,
    /// Whether the answer holds only for this store: drop it when another provider is chosen.
    pub of_store: bool,
    /// Whether to keep the answer out of links and logs.
    pub sensitive: bool,
}

/// A choice.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Choosable {
    /// The answer.
    pub value: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Whether it can't be deselected.
    pub always: bool,
}

/// A field, whether its question applies or not.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "Field"))]
#[serde(rename_all = "camelCase")]
pub struct FieldFacts {
    /// Its flag, without `--`; error messages name it.
    pub name: &'static str,
    /// Its API option.
    #[cfg_attr(test, ts(type = "keyof GenerateOptions"))]
    pub option: String,
    /// A few words.
    pub label: &'static str,
    /// Whether the answer holds only for one store: drop it when another provider is chosen.
    pub of_store: bool,
    /// Whether to keep the answer out of links and logs.
    pub sensitive: bool,
}

/// Every field, in order.
#[must_use]
pub fn fields() -> Vec<FieldFacts> {
    FIELDS
        .iter()
        .map(|field| FieldFacts {
            name: field.name,
            option: field.id.option(),
            label: field.label,
            of_store: field.of_store,
            sensitive: field.sensitive,
        })
        .collect()
}

/// What a form shows after some answers.
#[derive(Clone, Debug)]
pub struct FormState {
    /// What to write.
    pub format: OutputFormat,
    /// The questions that apply, in order.
    pub questions: Vec<Question>,
    /// The answers to them; answers to other questions have no effect.
    pub accepted: Answers,
}

impl FormState {
    /// The form of `format` after `answers`.
    #[must_use]
    pub fn new(format: OutputFormat, answers: &Answers) -> Self {
        let accepted = answers.applicable(format);
        let draft = accepted.draft(format, &[]);
        let applying = FIELDS.iter().filter(|field| (field.applies)(&draft));
        let questions = applying.map(|field| Question::new(field, &draft)).collect();
        Self { format, questions, accepted }
    }

    /// The questions that must still be answered, in order. An answer may add others.
    #[must_use]
    pub fn missing(&self) -> Vec<&Question> {
        let missing = self.questions.iter().filter(|q| q.needed && self.accepted.get(q.id).is_none());
        // What else is required depends on the store.
        let limit = if self.accepted.draft(self.format, &[]).provider().is_none() { 1 } else { usize::MAX };
        missing.take(limit).collect()
    }

    /// The question that a terminal asks next: a required one, or one whose default is a decision.
    #[must_use]
    pub fn next_question(&self) -> Option<&Question> {
        let missing = self.missing();
        let first = missing.first().copied();
        let decision = self.questions.iter().find(|q| q.asked && self.accepted.get(q.id).is_none());
        match (first, decision) {
            (Some(first), Some(decision)) if first.id != Id::Provider && decision.id < first.id => Some(decision),
            (first, decision) => first.or(decision),
        }
    }
}

impl Question {
    fn new(field: &'static Field, draft: &AnswersDraft<'_>) -> Self {
        let choosable = |(value, meaning)| Choosable { value, meaning, always: field.always.contains(&value) };
        let default = (field.default)(draft);
        // With random bytes, the default would be a password.
        let is_generated = draft.generates(field.id);
        Self {
            id: field.id,
            name: field.name,
            option: field.id.option(),
            section: field.section,
            label: field.label,
            help: (field.help_for)(draft).unwrap_or(field.help),
            kind: field.kind.word(),
            choices: field.kind.choices().into_iter().map(choosable).collect(),
            range: match field.kind {
                AnswerKind::Number(least, greatest) => Some((least, greatest)),
                _ => None,
            },
            example: field.example,
            needed: default.is_none() && !is_generated && (field.needed)(draft),
            asked: (field.asked)(draft),
            default,
            weight: (field.weight)(draft).word(),
            can_generate: (field.can_generate)(draft),
            of_store: field.of_store,
            sensitive: field.sensitive,
        }
    }
}

/// The required fields that are still missing for `format`, in order. An answer may add others.
#[must_use]
pub fn missing(draft: &AnswersDraft<'_>) -> Vec<Id> {
    // What else is required depends on the store.
    if draft.provider().is_none() {
        return vec![Id::Provider];
    }
    FIELDS
        .iter()
        .filter(|f| (f.applies)(draft) && (f.needed)(draft) && draft.text(f.id).is_none())
        .map(|f| f.id)
        .collect()
}

/// Rejects a draft with missing answers.
pub(super) fn complete(draft: &AnswersDraft<'_>) -> Result<(), Error> {
    let missing = missing(draft);
    if missing.is_empty() { Ok(()) } else { Err(Error::Missing(missing)) }
}

/// A store, with the fields that a configuration for it requires.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "Provider"))]
#[serde(rename_all = "camelCase")]
pub struct ProviderNeeds {
    /// Its `--provider` value.
    #[cfg_attr(test, ts(type = "ProviderId"))]
    pub id: &'static str,
    /// Its display name.
    pub name: &'static str,
    /// What to know about it.
    pub note: &'static str,
    /// The fields that a .env for it requires, in order.
    pub needs: Vec<&'static str>,
}

/// Every store, with the fields that a .env for it requires.
#[must_use]
pub fn providers() -> Vec<ProviderNeeds> {
    PROVIDERS
        .iter()
        .map(|provider| {
            let mut answers = Answers::new();
            // A provider from the table is always valid; if not, more fields would be missing.
            let _ = answers.set(Id::Provider, provider.id);
            let needs = missing(&answers.draft(OutputFormat::Env, &[])).into_iter().map(Id::name).collect();
            ProviderNeeds { id: provider.id, name: provider.name, note: provider.note, needs }
        })
        .collect()
}

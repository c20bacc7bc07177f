//! The questions that remain, for a terminal, a form, or an API.

use serde::Serialize;

use super::answers::Answers;
use super::field::{AnswerKind, AnswersDraft, FIELDS, Id};
use super::{Error, OutputFormat};
use crate::provider::PROVIDERS;

/// A field, given the answers so far.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Question {
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
    /// How to present it: `main` shows it, `detail` collapses it, `none` hides it, because the answer has no effect in
    /// this format.
    #[cfg_attr(test, ts(type = "\"main\" | \"detail\" | \"none\""))]
    pub weight: &'static str,
}

/// A choice.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Choosable {
    /// The answer.
    pub value: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// The fields that apply to `format` given `answers`, in order.
#[must_use]
pub fn questions(format: OutputFormat, answers: &Answers) -> Vec<Question> {
    let draft = answers.draft(format, &[]);
    FIELDS
        .iter()
        .filter(|field| (field.applies)(&draft))
        .map(|field| {
            let default = (field.default)(&draft);
            Question {
                name: field.name,
                option: field.id.option(),
                section: field.section,
                label: field.label,
                help: field.help,
                kind: field.kind.word(),
                choices: field
                    .kind
                    .choices()
                    .into_iter()
                    .map(|(value, meaning)| Choosable { value, meaning })
                    .collect(),
                range: match field.kind {
                    AnswerKind::Number(least, greatest) => Some((least, greatest)),
                    _ => None,
                },
                example: field.example,
                needed: default.is_none() && (field.needed)(&draft),
                default,
                weight: (field.weight)(&draft).word(),
            }
        })
        .collect()
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

//! What is still to be asked, for a terminal, a form, or a program.

use serde::Serialize;

use super::answers::{Answers, Draft};
use super::field::{FIELDS, Id, Kind};
use super::{Error, Format};
use crate::provider::PROVIDERS;

/// A field as it stands after the answers so far.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// As the command line calls it, after `--`.
    pub name: &'static str,
    /// As a program's options call it.
    #[cfg_attr(test, ts(type = "keyof GenerateOptions"))]
    pub option: String,
    /// The heading under which it stands.
    pub section: &'static str,
    /// A few words.
    pub label: &'static str,
    /// One or two sentences.
    pub help: &'static str,
    /// `text`, `url`, `secret`, `number`, `flag`, `choice` or `several`.
    #[cfg_attr(test, ts(type = "\"text\" | \"url\" | \"secret\" | \"number\" | \"flag\" | \"choice\" | \"several\""))]
    pub kind: &'static str,
    /// The words that can be chosen; empty where any can.
    pub choices: Vec<Choosable>,
    /// The least and the greatest number.
    pub range: Option<(u32, u32)>,
    /// An answer, for people; empty where there is none to show.
    pub example: &'static str,
    /// What is taken where nothing is said. A made-up password is not shown.
    pub default: Option<String>,
    /// Whether nothing can be written without an answer.
    pub needed: bool,
    /// How much to make of it: `main` asks it, `detail` folds it away, `none` leaves it out, because an answer would
    /// change nothing in this format.
    #[cfg_attr(test, ts(type = "\"main\" | \"detail\" | \"none\""))]
    pub weight: &'static str,
}

/// A word that can be chosen.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Choosable {
    /// The answer.
    pub value: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// The fields that make sense for `format` after `answers`, in order.
#[must_use]
pub fn questions(format: Format, answers: &Answers) -> Vec<Question> {
    let draft = Draft::new(format, answers, &[]);
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
                    Kind::Number(least, greatest) => Some((least, greatest)),
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

/// The fields without which `format` cannot be written yet, in order. An answer may bring others.
#[must_use]
pub fn missing(draft: &Draft<'_>) -> Vec<Id> {
    // What else is needed hangs on the store.
    if draft.provider().is_none() {
        return vec![Id::Provider];
    }
    FIELDS
        .iter()
        .filter(|f| (f.applies)(draft) && (f.needed)(draft) && draft.text(f.id).is_none())
        .map(|f| f.id)
        .collect()
}

/// Refuses a draft in which something is missing.
pub(super) fn complete(draft: &Draft<'_>) -> Result<(), Error> {
    let missing = missing(draft);
    if missing.is_empty() { Ok(()) } else { Err(Error::Missing(missing)) }
}

/// A store, with what a configuration for it has to be told.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "Provider"))]
#[serde(rename_all = "camelCase")]
pub struct ProviderNeeds {
    /// As `--provider` takes it.
    #[cfg_attr(test, ts(type = "ProviderId"))]
    pub id: &'static str,
    /// As people write it.
    pub name: &'static str,
    /// What to know of it.
    pub note: &'static str,
    /// The fields that a .env for it needs an answer to, in order.
    pub needs: Vec<&'static str>,
}

/// Every store, with what a .env for it needs.
#[must_use]
pub fn providers() -> Vec<ProviderNeeds> {
    PROVIDERS
        .iter()
        .map(|provider| {
            let mut answers = Answers::new();
            // A provider of the table is an answer; without one the needs would only be more.
            let _ = answers.set(Id::Provider, provider.id);
            let needs = missing(&Draft::new(Format::Env, &answers, &[])).into_iter().map(Id::name).collect();
            ProviderNeeds { id: provider.id, name: provider.name, note: provider.note, needs }
        })
        .collect()
}

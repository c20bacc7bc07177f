//! What each container receives, as data: the result of `show` and of the npm package's `resolve`.

use serde::Serialize;
use serde_json::{Map, json};

use crate::order;
use crate::redact::{Redactor, hides, public_part};
use crate::source::{Deployment, Environment, Setting, Value};
use crate::text::printable::escaped;
use crate::text::secret::REDACTED;
use crate::variable::Containers;

/// One variable as a container receives it.
#[derive(Clone, Debug, Serialize)]
pub struct Received {
    /// Name.
    pub name: String,
    /// A string, `{ "secret": "name/key" }` or `{ "unknown": true }`.
    pub value: serde_json::Value,
    /// Where it comes from, in words: a file with its line, a default, the environment.
    pub origin: String,
}

/// The variables of `container`, sorted by name; `None` if a file was refused.
#[must_use]
pub fn received(deployment: &Deployment, container: Containers, reveal: bool) -> Option<Vec<Received>> {
    let first = deployment.environment(container)?;
    let excerpts = deployment.environments.iter().filter(|(c, e)| c.meets(container) && e.excerpt).map(|(_, e)| e);
    let environments: Vec<&Environment> = if first.excerpt { excerpts.collect() } else { vec![first] };
    let masker = (!reveal).then(|| Redactor::new(deployment));
    let mut all: Vec<Received> = environments
        .into_iter()
        .flat_map(Environment::iter)
        .filter(|s| s.is_storage())
        .map(|s| Received { name: s.name.to_string(), value: value(s, masker.as_ref()), origin: origin(deployment, s) })
        .collect();
    order::sort_by(&mut all, |a, b| a.name.cmp(&b.name));
    Some(all)
}

/// Name and value of every storage-related variable of an environment.
#[must_use]
pub fn values(environment: &Environment) -> Map<String, serde_json::Value> {
    order::filled(environment.iter().filter(|s| s.is_storage()).map(|s| (s.name.to_string(), value(s, None))))
}

/// The value of `setting`, with the secrets that `masker` knows redacted; without a masker, in full.
fn value(setting: &Setting, masker: Option<&Redactor>) -> serde_json::Value {
    match (&setting.value, masker) {
        (Value::Known(text), None) => json!(text),
        (Value::Known(_), Some(_)) if hides(setting) && setting.is_set() => json!(REDACTED),
        (Value::Known(text), Some(masker)) => json!(masker.mask(&public_part(setting, text))),
        (Value::Reference { name, key, secret: true }, _) => json!({ "secret": format!("{name}/{key}") }),
        (Value::Reference { .. } | Value::Unknown, _) => json!({ "unknown": true }),
    }
}

fn origin(deployment: &Deployment, setting: &Setting) -> String {
    let at = |span| deployment.locate(span).map(|l| format!("{}:{}", escaped(&l.file), l.line));
    let place = setting.span().and_then(at);
    let what = match (&place, setting.from_wrapper()) {
        (Some(place), true) => format!("default at {place}"),
        (Some(place), false) => place.clone(),
        (None, true) => format!("default of {}", deployment.wrapper.name()),
        (None, false) => "environment".into(),
    };
    match setting.via.and_then(at).filter(|via| Some(via) != place.as_ref()) {
        Some(via) => format!("{what}, passed on at {via}"),
        None => what,
    }
}

//! `json`: an object of variables, or one per container if they differ.

use serde_json::{Map, Value as Json, json};

use super::plan::ConfigPlan;
use super::setting::{Value, settings};
use super::{Error, Output, OutputFormat};
use crate::order;
use crate::variable::Containers;

pub(super) fn write(plan: &ConfigPlan) -> Result<Output, Error> {
    let (web, worker) = (variables(plan, Containers::WEB), variables(plan, Containers::WORKER));
    let whole = match plan.container {
        Some(Containers::WEB) => Json::Object(web),
        Some(_) => Json::Object(worker),
        None if web == worker => Json::Object(web),
        None => json!({ "web": web, "worker": worker }),
    };
    Ok(Output::new(OutputFormat::Json, pretty(&whole)).note(format!(
        "Next: `langfuse-blob doctor --config {}` tests it on the real store.",
        OutputFormat::Json.file()
    )))
}

fn variables(plan: &ConfigPlan, container: Containers) -> Map<String, Json> {
    order::filled(settings(plan).into_iter().filter(|s| s.containers.meets(container)).map(|s| {
        let text = match s.value {
            Value::Text(text) => text,
            Value::Credential(which) => plan.credential(which).unwrap_or("").to_owned(),
        };
        (s.var.name().to_owned(), Json::from(text))
    }))
}

/// Indented JSON with a trailing newline.
pub(super) fn pretty(value: &Json) -> String {
    // Serializing a `Value` can't fail.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

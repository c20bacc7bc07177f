//! Validation of environments into typed values, for Standard Schema.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Error, Options, Subject};
use crate::report::Severity;
use crate::text::number::js_number;
use crate::variable::{self, Kind, Presence, Variable};

/// The result of validation: the typed value, or what is wrong with it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Validated {
    /// The typed value.
    Value(Value),
    /// What is wrong.
    Issues(Vec<Issue>),
}

/// A problem with a value.
#[derive(Debug, Serialize)]
pub struct Issue {
    /// The problem, and how to fix it.
    pub message: String,
    /// The variable; empty for the environment as a whole.
    pub path: Vec<String>,
}

/// Validates an environment. Returns an issue for each error that `check` finds; if there is none, the typed value of
/// each variable, including Langfuse's defaults. Variables that aren't in the table are returned as strings.
///
/// # Errors
/// As [`super::check`].
pub fn storage_environment(subject: &Subject, options: &Options) -> Result<Validated, Error> {
    let (deployment, report) = super::examine(subject, options)?;
    let issues: Vec<Issue> = report
        .diagnostics
        .into_iter()
        .filter(|d| d.severity == Severity::Error)
        .map(|d| Issue {
            message: format!("{} [{}] {}", d.message, d.rule, d.help),
            path: d.variable.into_iter().collect(),
        })
        .collect();
    if !issues.is_empty() {
        return Ok(Validated::Issues(issues));
    }
    let mut values = Map::new();
    for variable in variable::storage() {
        if let Some(value) = variable.row().default.and_then(|text| typed(variable.row(), text)) {
            values.insert(variable.name().to_owned(), value);
        }
    }
    for setting in deployment.environments.iter().flat_map(|(_, e)| e.iter()) {
        let text = setting.text();
        let value = match setting.var {
            Some(var) => text.and_then(|text| typed(var.row(), text)),
            None => text.map(|text| Value::String(text.to_owned())),
        };
        if let Some(value) = value {
            values.insert(setting.name.to_string(), value);
        }
    }
    Ok(Validated::Value(Value::Object(values)))
}

/// Validates one variable as Langfuse's own schema does. `None` and the empty string both mean unset.
///
/// # Errors
/// The variable is unknown.
pub fn storage_variable(name: &str, text: Option<&str>) -> Result<Validated, Error> {
    let Some(var) = variable::find(name) else {
        return Err(Error::new(super::Code::UnknownTopic, format!("unknown variable {name:?}")));
    };
    let row = var.row();
    let issue = |message: String| Validated::Issues(vec![Issue { message, path: Vec::new() }]);
    let Some(text) = text.filter(|t| !t.is_empty()) else {
        return Ok(match row.default.and_then(|d| typed(row, d)) {
            _ if row.presence == Presence::Required => {
                issue(format!("{name} is not set; expected {}", row.kind.expected()))
            }
            Some(value) => Validated::Value(value),
            None => Validated::Value(Value::Null),
        });
    };
    Ok(match typed(row, text) {
        Some(value) => Validated::Value(value),
        None => issue(format!("{name} is invalid; expected {}", row.kind.expected())),
    })
}

/// `text` as a boolean, number or string, whichever its row says. `None` if Langfuse's schema rejects it.
fn typed(row: &Variable, text: &str) -> Option<Value> {
    if !row.kind.accepts(text) {
        return None;
    }
    match row.kind {
        Kind::Boolean => Some(Value::Bool(text == "true")),
        Kind::Number(_) => js_number(text).and_then(serde_json::Number::from_f64).map(Value::Number),
        _ if text.is_empty() => None,
        _ => Some(Value::String(text.to_owned())),
    }
}

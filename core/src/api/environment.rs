//! Environments as typed values: what a Standard Schema yields.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Error, Options, Subject};
use crate::report::Severity;
use crate::text::number::js_number;
use crate::variable::{self, Kind, Presence, Variable};

/// What came of looking at a value: the value as its type, or what is wrong with it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Validated {
    /// The value.
    Value(Value),
    /// What is wrong.
    Issues(Vec<Issue>),
}

/// Something wrong with a value.
#[derive(Debug, Serialize)]
pub struct Issue {
    /// What, and what to do.
    pub message: String,
    /// The variable; empty for the environment as a whole.
    pub path: Vec<String>,
}

/// A whole environment: an issue for each error that `check` finds, else every variable as its type, Langfuse's defaults
/// included. What the table does not know is handed on as it is.
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

/// One variable by itself: what Langfuse's own schema says of `text`; `None` counts as unset, as the empty text does.
///
/// # Errors
/// There is no variable of that name.
pub fn storage_variable(name: &str, text: Option<&str>) -> Result<Validated, Error> {
    let Some(var) = variable::find(name) else {
        return Err(Error::new(super::Code::UnknownTopic, format!("no variable is called {name:?}")));
    };
    let row = var.row();
    let issue = |message: String| Validated::Issues(vec![Issue { message, path: Vec::new() }]);
    let Some(text) = text.filter(|t| !t.is_empty()) else {
        return Ok(match row.default.and_then(|d| typed(row, d)) {
            _ if row.presence == Presence::Required => {
                issue(format!("{name} is not set; expected is {}", row.kind.expected()))
            }
            Some(value) => Validated::Value(value),
            None => Validated::Value(Value::Null),
        });
    };
    Ok(match typed(row, text) {
        Some(value) => Validated::Value(value),
        None => issue(format!("{name} is not {}", row.kind.expected())),
    })
}

/// `text` as the type of its row: a number, a truth value, a text. `None` where Langfuse's schema refuses it.
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

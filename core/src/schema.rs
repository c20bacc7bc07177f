//! The JSON Schema (2020-12) of a Langfuse environment, derived from the table of variables.

use serde_json::{Map, Value, json};

use crate::variable::{Gone, Kind, Presence, RETIRED, Range, UseCase, Variable, storage};

/// Plain decimal numbers and the radix forms, with white space around: what JavaScript's `Number()` reads, less its
/// words. The empty text counts as unset.
const NUMBER: &str = r"^\s*([+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+)?\s*$";

/// The schema of a whole environment: an object of texts.
#[must_use]
pub fn schema() -> Value {
    let mut properties = Map::new();
    for variable in storage() {
        let row = variable.row();
        properties.insert(row.name.to_owned(), property(row));
    }
    for retired in RETIRED.iter().filter(|r| !properties_has(r.name)) {
        let instead = retired.instead.map_or(String::new(), |i| format!(" Set {i} instead."));
        let when = if retired.gone == Gone::Removed { "Removed." } else { "Never read by any release." };
        properties.insert(
            retired.name.to_owned(),
            json!({ "type": "string", "deprecated": true, "description": format!("{when} {}{instead}", retired.note) }),
        );
    }
    let required: Vec<&str> =
        storage().map(crate::variable::Var::row).filter(|r| r.presence == Presence::Required).map(|r| r.name).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": concat!(env!("CARGO_PKG_REPOSITORY"), "/schema.json"),
        "title": "Blob storage of a Langfuse deployment",
        "description": "Environment variables of Langfuse's web and worker containers that concern blob storage. Values are texts; the empty text counts as unset.",
        "type": "object",
        "properties": properties,
        "required": required,
        "allOf": [
            needs("LANGFUSE_S3_BATCH_EXPORT_ENABLED", &[UseCase::Exports]),
            needs("LANGFUSE_S3_CORE_DATA_EXPORT_IS_ENABLED", &[UseCase::CoreData]),
            {
                "if": { "properties": { "LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE": { "const": "true" } }, "required": ["LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE"] },
                "then": { "required": ["LANGFUSE_OCI_AUTH_TYPE"] },
            },
            {
                "if": { "properties": { "LANGFUSE_USE_AZURE_BLOB": { "const": "true" } }, "required": ["LANGFUSE_USE_AZURE_BLOB"] },
                "then": { "required": ["LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT", "LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID", "LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY"] },
            },
        ],
    })
}

fn properties_has(name: &str) -> bool {
    crate::variable::find(name).is_some()
}

/// With `switch` on, the bucket of each use case is needed.
fn needs(switch: &str, use_cases: &[UseCase]) -> Value {
    let buckets: Vec<String> = use_cases.iter().map(|u| format!("{}_BUCKET", u.stem())).collect();
    json!({
        "if": { "properties": { switch: { "const": "true" } }, "required": [switch] },
        "then": { "required": buckets },
    })
}

fn property(row: &Variable) -> Value {
    let mut property = match row.kind {
        Kind::Boolean => json!({ "type": "string", "enum": ["true", "false", ""] }),
        Kind::Choice(list) => {
            let mut all = list.to_vec();
            all.push("");
            json!({ "type": "string", "enum": all })
        }
        Kind::Number(range) => number(range),
        _ if row.presence == Presence::Required => json!({ "type": "string", "minLength": 1 }),
        _ => json!({ "type": "string" }),
    };
    let Some(object) = property.as_object_mut() else { return property };
    object.insert("description".into(), json!(row.doc));
    if let Some(default) = row.default {
        object.insert("default".into(), json!(default));
    }
    if row.secret {
        object.insert("writeOnly".into(), json!(true));
    }
    if row.unused {
        object.insert("deprecated".into(), json!(true));
    }
    property
}

/// A number as text or as JSON number; the range applies to the latter, because a schema cannot look into a text.
fn number(range: Range) -> Value {
    let mut property = json!({ "type": ["string", if range.whole { "integer" } else { "number" }], "pattern": NUMBER });
    let bounds = [("minimum", range.min), ("maximum", range.max), ("exclusiveMinimum", range.above)];
    if let Some(object) = property.as_object_mut() {
        for (key, bound) in bounds {
            if let Some(bound) = bound {
                object.insert(key.into(), json!(bound));
            }
        }
    }
    property
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_every_variable() {
        let schema = schema();
        for variable in storage() {
            assert!(schema["properties"][variable.name()]["description"].is_string(), "{}", variable.name());
        }
        assert_eq!(schema["required"], json!(["LANGFUSE_S3_EVENT_UPLOAD_BUCKET"]));
    }
}

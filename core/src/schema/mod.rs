//! The JSON Schema (2020-12) of a Langfuse environment, derived from the table of variables. It accepts what Langfuse
//! starts with; the rules report what fails later.

mod decimal;

use serde_json::{Map, Value, json};

use crate::variable::{Gone, Kind, Presence, RETIRED, Range, Variable, storage};

/// The schema of a whole environment: an object of strings.
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
        "description": "Blob storage variables of Langfuse's web and worker containers. Values are strings; an empty one counts as unset. Accepts what Langfuse starts with, except that a number with an exponent or in another radix than ten passes at any size.",
        "type": "object",
        "properties": properties,
        "required": required,
    })
}

fn properties_has(name: &str) -> bool {
    crate::variable::find(name).is_some()
}

fn property(row: &Variable) -> Value {
    let mut property = match row.kind {
        Kind::Boolean => json!({ "type": ["string", "boolean"], "enum": ["true", "false", "", true, false] }),
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

/// A number as a string or as a JSON number.
fn number(range: Range) -> Value {
    let kind = if range.whole { "integer" } else { "number" };
    let mut property = json!({ "type": ["string", kind], "pattern": decimal::pattern(range) });
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

//! Answers as a JSON object, from a form or an API.

use serde_json::Value as Json;

use super::field::Id;
use super::{Answers, Error};

impl Answers {
    /// Reads `{ "provider": "aws", "useCases": ["events", "media"], "separateBuckets": true, … }`. Names are API
    /// options in camel case, or flags without `--`; `null` means no answer.
    ///
    /// # Errors
    /// Not an object, an unknown field, or an invalid answer.
    pub fn from_json(options: &Json) -> Result<Self, Error> {
        let (answers, rejected) = Self::valid_in(options)?;
        rejected.into_iter().next().map_or(Ok(answers), |(_, error)| Err(error))
    }

    /// Like [`Self::from_json`], but keeps the valid answers if others are invalid. Also returns those, by their names.
    ///
    /// # Errors
    /// Not an object.
    pub fn valid_in(options: &Json) -> Result<(Self, Vec<(String, Error)>), Error> {
        let Json::Object(fields) = options else {
            return Err(Error::together("the options aren't an object", "Pass an object of names and answers."));
        };
        let (mut answers, mut rejected) = (Self::new(), Vec::new());
        for (name, value) in fields {
            let set = match (text_of(value), Id::from_option(name)) {
                _ if value.is_null() => Ok(()),
                (Some(text), Some(id)) => answers.set(id, &text),
                (Some(text), None) => answers.set_named(name, &text),
                (None, _) => Err(Error::together(
                    format!("the answer to {name:?} isn't a string, a number, a boolean or a list of strings"),
                    "Write it as on the command line.",
                )),
            };
            if let Err(error) = set {
                rejected.push((name.clone(), error));
            }
        }
        Ok((answers, rejected))
    }
}

/// An answer as on the command line.
fn text_of(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(flag) => Some(flag.to_string()),
        Json::Number(number) => Some(number.to_string()),
        Json::Array(items) => items.iter().map(Json::as_str).collect::<Option<Vec<_>>>().map(|words| words.join(",")),
        Json::Null | Json::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{OutputFormat, generate};
    use super::*;

    #[test]
    fn answers_and_errors_are_json() {
        let options = json!({
            "provider": "aws", "region": "eu-west-1", "bucket": "acme", "useCases": ["events", "exports"],
            "separateBuckets": true, "retention-days": 30, "publicUrl": null,
        });
        let answers = Answers::from_json(&options).unwrap();
        assert_eq!(answers.get(Id::UseCases), Some("events,exports"));
        assert_eq!(answers.get(Id::SeparateBuckets), Some("true"));
        let output = serde_json::to_value(generate(OutputFormat::Lifecycle, &answers, &[]).unwrap()).unwrap();
        assert_eq!(output["name"], "lifecycle.json");
        assert!(output["contents"].as_str().unwrap().contains("\"Days\": 30"));
        let missing = serde_json::to_value(generate(OutputFormat::Cors, &answers, &[]).unwrap_err()).unwrap();
        assert_eq!(missing["fields"], json!(["publicUrl"]));
        let refused =
            Answers::from_json(&json!({ "region": "eu-west-1a", "provider": "aws", "bucket": "acme" })).unwrap();
        let refused = serde_json::to_value(generate(OutputFormat::Env, &refused, &[]).unwrap_err()).unwrap();
        assert_eq!((&refused["fields"], &refused["rule"]), (&json!(["region"]), &json!("region-is-availability-zone")));
    }

    #[test]
    fn invalid_options_are_rejected() {
        for (options, says) in [
            (json!([]), "aren't an object"),
            (json!({ "bucket": {} }), "\"bucket\""),
            (json!({ "useCases": [1] }), "\"useCases\""),
            (json!({ "__proto__": "x" }), "__proto__"),
            (json!({ "retentionDays": 0.5 }), "--retention-days"),
            (json!({ "retentionDays": true }), "--retention-days"),
        ] {
            let error = Answers::from_json(&options).unwrap_err().to_string();
            assert!(error.contains(says), "{options}: {error}");
        }
        assert_eq!(OutputFormat::parse("envv").unwrap_err().help(), "Did you mean `env`?");
    }
}

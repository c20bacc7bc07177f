//! Joins the reports of several deployments in one directory.

use langfuse_blob_core::command::Output;
use langfuse_blob_core::render::ReportFormat;
use serde_json::Value;

use crate::exit::Exit;

/// One output of all: the worst exit code, and one document in a format for programs.
pub fn merge(mut outputs: Vec<Output>, format: ReportFormat) -> Output {
    if outputs.len() < 2 {
        return outputs.pop().unwrap_or_else(nothing);
    }
    let exit = outputs.iter().map(|output| output.exit).max_by_key(|exit| exit.code()).unwrap_or(Exit::Clean);
    let stdout: Vec<&str> = outputs.iter().map(|o| o.stdout.as_str()).filter(|text| !text.is_empty()).collect();
    let stdout = match format {
        ReportFormat::Text => stdout.join("\n"),
        ReportFormat::Github => stdout.concat(),
        ReportFormat::Json | ReportFormat::Sarif => documents(&stdout),
    };
    let writes = outputs.iter().flat_map(|output| output.writes.clone()).collect();
    let stderr = outputs.iter().flat_map(|output| output.stderr.clone()).collect();
    Output { writes, stdout, stderr, exit }
}

fn nothing() -> Output {
    Output { writes: Vec::new(), stdout: String::new(), stderr: Vec::new(), exit: Exit::Clean }
}

/// JSON documents as one: lists are joined, numbers added, anything else is the first one's.
fn documents(texts: &[&str]) -> String {
    let mut all = texts.iter().filter_map(|text| serde_json::from_str::<Value>(text).ok());
    let Some(mut document) = all.next() else { return String::new() };
    all.for_each(|other| join(&mut document, other));
    format!("{}\n", serde_json::to_string_pretty(&document).unwrap_or_default())
}

fn join(into: &mut Value, from: Value) {
    let (Value::Object(into), Value::Object(from)) = (into, from) else { return };
    for (name, value) in from {
        match (into.get_mut(&name), value) {
            (Some(Value::Array(list)), Value::Array(more)) => list.extend(more),
            (Some(summary @ Value::Object(_)), more @ Value::Object(_)) => add(summary, more),
            _ => {}
        }
    }
}

fn add(into: &mut Value, from: Value) {
    let (Value::Object(into), Value::Object(from)) = (into, from) else { return };
    for (name, value) in from {
        let sum = into.get(&name).and_then(Value::as_u64).zip(value.as_u64());
        if let Some((a, b)) = sum {
            into.insert(name, a.saturating_add(b).into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_output_stays_as_it_is() {
        let one = Output { stdout: "{}".into(), exit: Exit::Problems, ..nothing() };
        assert_eq!(merge(vec![one.clone()], ReportFormat::Json), one);
        let both = merge(vec![one.clone(), Output { stdout: "b".into(), ..nothing() }], ReportFormat::Text);
        assert_eq!((both.stdout.as_str(), both.exit), ("{}\nb", Exit::Problems));
    }

    #[test]
    fn documents_are_joined() {
        let one = r#"{"version":1,"read":[{"file":"a"}],"diagnostics":[1],"summary":{"errors":1,"hints":2}}"#;
        let two = r#"{"version":1,"read":[{"file":"b"}],"diagnostics":[],"summary":{"errors":2,"hints":0}}"#;
        let document: Value = serde_json::from_str(&documents(&[one, two])).unwrap();
        let expected =
            r#"{"version":1,"read":[{"file":"a"},{"file":"b"}],"diagnostics":[1],"summary":{"errors":3,"hints":2}}"#;
        assert_eq!(document, serde_json::from_str::<Value>(expected).unwrap());
    }
}

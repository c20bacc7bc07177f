//! The report as SARIF 2.1.0 (OASIS), with fixes, for GitHub code scanning and editors.

use serde_json::{Value, json};

use crate::order;
use crate::report::diagnostic::page_address;
use crate::report::{Applicability, Diagnostic, Report, Severity};
use crate::rule;
use crate::text::printable;
use crate::text::span::Location;

/// Prints `report`, indented, with a trailing newline.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut fired: Vec<&str> = report.diagnostics.iter().map(|d| d.rule.as_ref()).collect();
    order::sort(&mut fired);
    fired.dedup();
    let results: Vec<Value> = report.diagnostics.iter().map(|d| result(d, &fired)).collect();
    let artifacts: Vec<Value> = report.read.iter().map(|r| json!({ "location": { "uri": uri(&r.file) } })).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "langfuse-blob",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": fired.iter().filter_map(|slug| rule::by_slug(slug)).map(descriptor).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "artifacts": artifacts,
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    printable::json(text)
}

fn descriptor(rule: &'static rule::Rule) -> Value {
    json!({
        "id": rule.slug,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": format!("{} ({}: {})", rule.title, rule.impact.name(), rule.impact.consequence(rule.severity)) },
        "help": { "text": format!("langfuse-blob explain {}", rule.slug) },
        "helpUri": page_address(rule.slug),
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "impact": rule.impact.name() },
    })
}

fn result(d: &Diagnostic, fired: &[&str]) -> Value {
    let mut result = json!({
        "ruleId": d.rule,
        "ruleIndex": fired.iter().position(|slug| *slug == d.rule),
        "level": level(d.severity),
        "message": { "text": format!("{}. {}", d.message, d.help) },
        "properties": { "impact": d.impact, "containers": d.containers, "variable": d.variable, "useCases": d.use_cases },
    });
    let Some(object) = result.as_object_mut() else { return result };
    if let Some(span) = &d.span {
        object.insert("locations".into(), json!([{ "physicalLocation": physical(span) }]));
    }
    let related: Vec<Value> = d
        .related
        .iter()
        .enumerate()
        .filter_map(|(i, r)| {
            let span = r.span.as_ref()?;
            Some(json!({ "id": i, "message": { "text": r.message }, "physicalLocation": physical(span) }))
        })
        .collect();
    if !related.is_empty() {
        object.insert("relatedLocations".into(), json!(related));
    }
    if let Some(fix) = d.fix.as_ref().filter(|f| f.applicability != Applicability::Manual && !f.edits.is_empty()) {
        let mut files: Vec<&str> = fix.edits.iter().map(|e| e.span.file.as_str()).collect();
        files.dedup();
        let changes: Vec<Value> = files
            .into_iter()
            .map(|file| {
                let replacements: Vec<Value> = fix
                    .edits
                    .iter()
                    .filter(|e| e.span.file == file)
                    .map(|e| json!({ "deletedRegion": region(&e.span), "insertedContent": { "text": e.replacement } }))
                    .collect();
                json!({ "artifactLocation": { "uri": uri(file) }, "replacements": replacements })
            })
            .collect();
        object.insert("fixes".into(), json!([{ "description": { "text": fix.title }, "artifactChanges": changes }]));
    }
    result
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

fn physical(span: &Location) -> Value {
    json!({ "artifactLocation": { "uri": uri(&span.file) }, "region": region(span) })
}

fn region(span: &Location) -> Value {
    json!({
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
        "byteOffset": span.offset,
        "byteLength": span.length,
    })
}

/// A file name as a URI reference: characters that aren't allowed are percent-encoded.
fn uri(file: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(file.len());
    for b in file.bytes() {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~' | b'/') {
            out.push(char::from(b));
        } else if b == b'\\' {
            out.push('/');
        } else {
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}

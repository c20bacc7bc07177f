//! OpenTelemetry exports: which ones Langfuse accepts, and the object that it makes of one.

use std::fmt;

use super::js::{self, Style, Text, Value};
use crate::sign::Timestamp;

/// Why Langfuse rejects an export.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// `resourceSpans` is missing, empty or not a list.
    NoSpans,
    /// A field that must be a list isn't one.
    NoList(&'static str),
    /// A span lacks its `traceId` or `spanId`.
    NoId(&'static str),
    /// An ID is neither a string nor bytes.
    Id(&'static str),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSpans => f.write_str("`resourceSpans` must be a non-empty list"),
            Self::NoList(field) => write!(f, "`{field}` isn't a list; Langfuse rejects the whole export"),
            Self::NoId(field) => {
                write!(f, "a span has no `{field}`; Langfuse rejects the whole export. Logs aren't traces")
            }
            Self::Id(field) => {
                write!(f, "`{field}` of a span is neither a string nor bytes; Langfuse rejects the whole export")
            }
        }
    }
}

/// The `resourceSpans` of one OTLP request.
#[derive(Clone, Debug)]
pub struct Export<'t> {
    source: &'t str,
    refusal: Option<Reason>,
}

impl<'t> Export<'t> {
    /// From the parsed value of `resourceSpans`.
    pub(super) fn judged(source: &'t str, spans: &Value<'t>) -> Self {
        Self { source, refusal: check(spans).err() }
    }

    /// Why Langfuse rejects it; `None` if it doesn't.
    pub fn refusal(&self) -> Option<Reason> {
        self.refusal
    }

    /// Appends the object's body: the list only, as JavaScript writes it. Its content type is `application/json`.
    pub fn write(&self, out: &mut Vec<u8>) {
        // It was parsed before.
        if let Ok(value) = js::parse(self.source) {
            js::write(&value, Style::default(), out);
        }
    }
}

/// The key of an export: `{prefix}otel/{project}/{yyyy}/{mm}/{dd}/{hh}/{mi}/{uuid}.json`.
///
/// Langfuse uses its container's local time, which is UTC unless `TZ` is set; `at` is that local time, read as if it
/// were UTC. `uuid` is random, see [`uuid`].
#[must_use]
pub fn key(prefix: &str, project_id: &str, at: Timestamp, uuid: &str) -> String {
    let time = at.to_string();
    let part = |from: usize, to: usize| time.get(from..to).unwrap_or("");
    let [year, month, day] = [part(0, 4), part(4, 6), part(6, 8)];
    let [hour, minute] = [part(9, 11), part(11, 13)];
    format!("{prefix}otel/{project_id}/{year}/{month}/{day}/{hour}/{minute}/{uuid}.json")
}

/// A random UUID (version 4) from 16 random bytes.
#[must_use]
pub fn uuid(random: [u8; 16]) -> String {
    const VERSION: u128 = 4 << 76;
    const VARIANT: u128 = 2 << 62;
    let bits = u128::from_be_bytes(random) & !(15 << 76) & !(3 << 62) | VERSION | VARIANT;
    let hex = format!("{bits:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or("");
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

/// Langfuse's `validateOtelSpanIds`: if its worker can't convert a span, its endpoint rejects the whole export.
fn check(resource_spans: &Value<'_>) -> Result<(), Reason> {
    let resources = resource_spans.as_array().filter(|r| !r.is_empty()).ok_or(Reason::NoSpans)?;
    for resource in resources {
        list(member(resource, "resource"), "attributes", "resource.attributes")?;
        for scope in list(Some(resource), "scopeSpans", "scopeSpans")? {
            list(member(scope, "scope"), "attributes", "scope.attributes")?;
            for span in list(Some(scope), "spans", "spans")? {
                check_span(span)?;
            }
        }
    }
    Ok(())
}

fn check_span(span: &Value<'_>) -> Result<(), Reason> {
    for field in ["traceId", "spanId"] {
        match member(span, field) {
            None | Some(Value::Null) => return Err(Reason::NoId(field)),
            Some(id) if is_id(id) => {}
            Some(_) => return Err(Reason::Id(field)),
        }
    }
    match member(span, "parentSpanId") {
        // Values that are falsy in JavaScript aren't checked.
        None | Some(Value::Null | Value::Bool(false)) => {}
        Some(Value::Number(n)) if n.as_str() == "0" => {}
        Some(id) if is_id(id) => {}
        Some(_) => return Err(Reason::Id("parentSpanId")),
    }
    list(Some(span), "attributes", "attributes")?;
    for event in list(Some(span), "events", "events")? {
        list(Some(event), "attributes", "event.attributes")?;
    }
    Ok(())
}

/// A string, a list of bytes, or a Node `Buffer` serialized as JSON.
fn is_id(value: &Value<'_>) -> bool {
    let is_buffer = || {
        member(value, "type").and_then(Value::as_text).and_then(Text::as_str) == Some("Buffer")
            && member(value, "data").and_then(Value::as_array).is_some()
    };
    matches!(value, Value::String(_) | Value::Array(_)) || is_buffer()
}

fn member<'v, 't>(holder: &'v Value<'t>, name: &str) -> Option<&'v Value<'t>> {
    holder.as_object()?.get(name)
}

/// The list in a member; missing and `null` mean the empty list.
fn list<'v, 't>(holder: Option<&'v Value<'t>>, name: &str, path: &'static str) -> Result<&'v [Value<'t>], Reason> {
    match holder.and_then(|h| member(h, name)) {
        None | Some(Value::Null) => Ok(&[]),
        Some(value) => value.as_array().ok_or(Reason::NoList(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(spans: &str) -> Option<Reason> {
        Export::judged(spans, &js::parse(spans).unwrap()).refusal()
    }

    fn of_span(span: &str) -> Option<Reason> {
        refusal(&format!(r#"[{{"scopeSpans":[{{"spans":[{span}]}}]}}]"#))
    }

    #[test]
    fn spans_that_the_worker_cannot_convert_are_rejected() {
        for (spans, reason) in [
            ("[]", Reason::NoSpans),
            ("null", Reason::NoSpans),
            ("{}", Reason::NoSpans),
            (r#"[{"scopeSpans":{}}]"#, Reason::NoList("scopeSpans")),
            (r#"[{"resource":{"attributes":{"a":1}}}]"#, Reason::NoList("resource.attributes")),
            (r#"[{"scopeSpans":[{"spans":3}]}]"#, Reason::NoList("spans")),
            (r#"[{"scopeSpans":[{"scope":{"attributes":""}}]}]"#, Reason::NoList("scope.attributes")),
        ] {
            assert_eq!(refusal(spans), Some(reason), "{spans}");
        }
        for (span, reason) in [
            ("{}", Reason::NoId("traceId")),
            ("null", Reason::NoId("traceId")),
            (r#"{"traceId":"t"}"#, Reason::NoId("spanId")),
            (r#"{"traceId":"t","spanId":7}"#, Reason::Id("spanId")),
            (r#"{"traceId":"t","spanId":"s","parentSpanId":{}}"#, Reason::Id("parentSpanId")),
            (r#"{"traceId":"t","spanId":"s","events":[{"attributes":{}}]}"#, Reason::NoList("event.attributes")),
        ] {
            assert_eq!(of_span(span), Some(reason), "{span}");
        }
    }

    #[test]
    fn spans_that_it_converts_are_accepted() {
        for span in [
            r#"{"traceId":"t","spanId":"s","parentSpanId":"","attributes":[],"events":null}"#,
            r#"{"traceId":[1,2],"spanId":{"type":"Buffer","data":[1]},"parentSpanId":0}"#,
        ] {
            assert_eq!(of_span(span), None, "{span}");
        }
        assert_eq!(refusal("[{}]"), None);
    }

    #[test]
    fn keys_carry_the_minute() {
        let at = Timestamp::parse("2026-03-04T05:06:07Z").unwrap();
        assert_eq!(
            key("e/", "p", at, &uuid([0xff; 16])),
            "e/otel/p/2026/03/04/05/06/ffffffff-ffff-4fff-bfff-ffffffffffff.json"
        );
        assert_eq!(uuid([0; 16]), "00000000-0000-4000-8000-000000000000");
    }
}

//! Replay lists: the keys that Langfuse is to read again, in the forms that its endpoint and its scripts take.
//!
//! Uploading alone queues nothing. `POST /api/admin/ingestion-replay` queues the keys of its body; the scripts in
//! Langfuse's repository (`replayIngestionEvents`, `replayIngestionEventsV2`) read keys from a CSV file.

use std::fmt;

use super::event;
use super::js::{Text, push_quoted};

/// The most keys that the endpoint takes in one request.
pub const MOST_KEYS: usize = 1000;

/// Why a key can't be replayed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unreplayable {
    /// It does not begin with the prefix of the events.
    OutsidePrefix,
    /// Langfuse writes no events under keys of this form.
    Form,
    /// An export of OpenTelemetry below a prefix.
    OtelBelowPrefix,
    /// The endpoint knows no such kind of entity.
    Entity(String),
    /// A line break is in it.
    LineBreak,
}

impl fmt::Display for Unreplayable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutsidePrefix => f.write_str("it does not begin with LANGFUSE_S3_EVENT_UPLOAD_PREFIX"),
            Self::Form => f.write_str("it is no key of an event: `project/entity/id/event.json` or `otel/…`"),
            Self::OtelBelowPrefix => f.write_str(
                "Langfuse replays OpenTelemetry keys only where LANGFUSE_S3_EVENT_UPLOAD_PREFIX is empty; \
                 copy the objects to `otel/…` at the root, replay, delete the copies",
            ),
            Self::Entity(name) => write!(f, "Langfuse replays no `{name}`"),
            Self::LineBreak => f.write_str("a line break in it ends the pattern by which Langfuse reads keys"),
        }
    }
}

/// A key as the endpoint takes it: without the prefix of the events.
///
/// # Errors
/// [`Unreplayable`] where the endpoint would refuse it, or the worker not find it.
pub fn replayable<'k>(key: &'k str, prefix: &str) -> Result<&'k str, Unreplayable> {
    let relative = key.strip_prefix(prefix).ok_or(Unreplayable::OutsidePrefix)?;
    // What `.` does not match in JavaScript, and where the script's reader ends a line.
    if relative.contains(['\n', '\r', '\u{2028}', '\u{2029}']) {
        return Err(Unreplayable::LineBreak);
    }
    if is_otel(relative) {
        // The worker fetches an export by the very key in the list, and adds no prefix.
        return if prefix.is_empty() { Ok(relative) } else { Err(Unreplayable::OtelBelowPrefix) };
    }
    let entity = entity(relative).ok_or(Unreplayable::Form)?;
    // The endpoint makes the type of a job by this very rule, which is why it knows no `dataset_run_item`.
    if event::entity_of(&format!("{entity}-create")).is_none() {
        return Err(Unreplayable::Entity(entity.into()));
    }
    Ok(relative)
}

/// `^otel\/([^/]+)\/(\d{4})\/(\d{2})\/(\d{2})\/(\d{2})\/(\d{2})\/([^.]+)\.json$`
fn is_otel(key: &str) -> bool {
    let Some(rest) = key.strip_prefix("otel/").and_then(|k| k.strip_suffix(".json")) else { return false };
    let mut parts = rest.splitn(7, '/');
    let mut next = |fits: fn(&str) -> bool| parts.next().is_some_and(fits);
    let two = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    next(|project| !project.is_empty())
        && next(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()))
        && (0..4).all(|_| next(two))
        && next(|name| !name.is_empty() && !name.contains('.'))
}

/// The entity of `^([^/]+)\/([^/]+)\/(.+)\/([^/]+)\.json$`.
fn entity(key: &str) -> Option<&str> {
    let (project, rest) = key.strip_suffix(".json")?.split_once('/')?;
    let (entity, rest) = rest.split_once('/')?;
    let (id, event) = rest.rsplit_once('/')?;
    (![project, entity, id, event].contains(&"")).then_some(entity)
}

/// The form of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// What both scripts read: the header `"operation","key"` and a row `"REST.PUT.OBJECT","<key>"` for each key.
    Csv,
    /// Bodies for the endpoint, `{"keys":["<key>",…]}`, one a line, of [`MOST_KEYS`] keys each at the most.
    Json,
}

/// Writes a list key by key, and holds none of them.
#[derive(Debug)]
pub struct Writer {
    form: Form,
    keys: usize,
}

impl Writer {
    /// Before the first key.
    #[must_use]
    pub fn new(form: Form) -> Self {
        Self { form, keys: 0 }
    }

    /// Appends a key that [`replayable`] gave.
    pub fn key(&mut self, key: &str, out: &mut Vec<u8>) {
        match self.form {
            Form::Csv => {
                if self.keys == 0 {
                    out.extend_from_slice(b"\"operation\",\"key\"\n");
                }
                out.extend_from_slice(b"\"REST.PUT.OBJECT\",");
                push_quoted(key.as_bytes(), out);
                out.push(b'\n');
            }
            Form::Json => {
                if self.keys == MOST_KEYS {
                    out.extend_from_slice(b"]}\n");
                    self.keys = 0;
                }
                out.extend_from_slice(if self.keys == 0 { b"{\"keys\":[" } else { b"," });
                Text::from(key).push_json(out);
            }
        }
        self.keys = self.keys.saturating_add(1);
    }

    /// Appends what stands after the last key. Without keys a CSV has its header, and there is no body.
    pub fn finish(self, out: &mut Vec<u8>) {
        match (self.form, self.keys) {
            (Form::Csv, 0) => out.extend_from_slice(b"\"operation\",\"key\"\n"),
            (Form::Json, 1..) => out.extend_from_slice(b"]}\n"),
            (Form::Csv, _) | (Form::Json, 0) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lose_their_prefix() {
        for (key, prefix) in [
            ("p/trace/t/e.json", ""),
            ("p/observation/a/b/e.json", ""),
            ("p/score/s/.json.json", ""),
            ("otel/p/2026/01/02/03/04/u.json", ""),
            ("otel/trace/t/e.json", ""),
        ] {
            assert_eq!(replayable(key, prefix), Ok(key));
        }
        assert_eq!(replayable("events/p/trace/t/e.json", "events/"), Ok("p/trace/t/e.json"));
    }

    #[test]
    fn each_refusal_says_why() {
        for (key, prefix, reason) in [
            ("p/trace/t/e.json", "events/", Unreplayable::OutsidePrefix),
            ("p/trace/e.json", "", Unreplayable::Form),
            ("p/trace/t/e.txt", "", Unreplayable::Form),
            ("p/trace/t/.json", "", Unreplayable::Form),
            ("e/otel/p/2026/01/02/03/04/u.json", "e/", Unreplayable::OtelBelowPrefix),
            ("otel/p/2026/01/02/03/4/u.json", "", Unreplayable::Entity("p".into())),
            ("p/dataset_run_item/d/e.json", "", Unreplayable::Entity("dataset_run_item".into())),
            ("evals/p/traces/t/observations/o.json", "", Unreplayable::Entity("p".into())),
            ("p/trace/a\u{2028}b/e.json", "", Unreplayable::LineBreak),
        ] {
            assert_eq!(replayable(key, prefix), Err(reason), "{key}");
        }
    }

    fn list(form: Form, count: usize) -> String {
        let mut writer = Writer::new(form);
        let mut out = Vec::new();
        (0..count).for_each(|i| writer.key(&format!("p/trace/\"/{i}.json"), &mut out));
        writer.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lists_are_what_langfuse_reads() {
        let csv = "\"operation\",\"key\"\n\"REST.PUT.OBJECT\",\"p/trace/\"\"/0.json\"\n";
        assert_eq!(list(Form::Csv, 1), csv);
        assert_eq!(list(Form::Csv, 0), "\"operation\",\"key\"\n");
        assert_eq!(list(Form::Json, 0), "");
        for (count, bodies) in [(1, vec![1]), (1000, vec![1000]), (2001, vec![1000, 1000, 1])] {
            let text = list(Form::Json, count);
            let keys =
                |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["keys"].as_array().unwrap().len();
            assert_eq!(text.lines().map(keys).collect::<Vec<_>>(), bodies);
        }
    }
}

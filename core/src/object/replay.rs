//! Replay lists: the keys that Langfuse should read again, in the formats of its endpoint and its scripts.
//!
//! An upload alone queues nothing. `POST /api/admin/ingestion-replay` queues the keys of its body; the scripts in
//! Langfuse's repository (`replayIngestionEvents`, `replayIngestionEventsV2`) read keys from a CSV file.

use std::fmt;

use super::event;
use super::js::{Text, push_quoted};

/// The maximum number of keys that the endpoint accepts in one request.
pub const MOST_KEYS: usize = 1000;

/// The size at which a request body gets no further key, in bytes. Source: Next.js limits a body to 1 MB unless the route
/// says otherwise, and `web/src/pages/api/admin/ingestion-replay.ts` doesn't.
const MOST_BYTES: usize = 900_000;

/// Why a key can't be replayed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unreplayable {
    /// It doesn't begin with the events prefix.
    OutsidePrefix,
    /// It isn't the key of an event.
    Form,
    /// An OpenTelemetry export under a prefix.
    OtelBelowPrefix,
    /// The endpoint doesn't support this kind of entity.
    Entity(String),
    /// It contains a line break.
    LineBreak,
}

impl fmt::Display for Unreplayable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutsidePrefix => f.write_str("it doesn't begin with LANGFUSE_S3_EVENT_UPLOAD_PREFIX"),
            Self::Form => {
                f.write_str("it isn't the key of an event; expected `project/entity/id/event.json` or `otel/…`")
            }
            Self::OtelBelowPrefix => f.write_str(
                "Langfuse replays OpenTelemetry keys only if LANGFUSE_S3_EVENT_UPLOAD_PREFIX is empty; \
                copy the objects to `otel/…` at the root and replay those: langfuse-blob explain replay",
            ),
            Self::Entity(name) => write!(f, "Langfuse can't replay `{name}`"),
            Self::LineBreak => f.write_str("it contains a line break, which Langfuse's pattern for keys doesn't match"),
        }
    }
}

/// A key as the endpoint accepts it: without the events prefix.
///
/// # Errors
/// [`Unreplayable`] if the endpoint rejects it, or the worker can't find it.
pub fn replayable<'k>(key: &'k str, prefix: &str) -> Result<&'k str, Unreplayable> {
    // The worker fetches an export by exactly the key in the list, without adding the prefix.
    let is_whole = is_otel(key);
    let relative = if is_whole { key } else { key.strip_prefix(prefix).ok_or(Unreplayable::OutsidePrefix)? };
    // JavaScript's `.` doesn't match these, and the script's CSV parser ends a line at them.
    if relative.contains(['\n', '\r', '\u{2028}', '\u{2029}']) {
        return Err(Unreplayable::LineBreak);
    }
    if is_whole {
        return Ok(key);
    }
    if is_otel(relative) {
        return Err(Unreplayable::OtelBelowPrefix);
    }
    let entity = entity(relative).ok_or(Unreplayable::Form)?;
    // The endpoint derives the job's type with this same rule, so it doesn't support `dataset_run_item`.
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

/// The format of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// For both scripts: the header `"operation","key"` and a row `"REST.PUT.OBJECT","<key>"` per key.
    Csv,
    /// Request bodies for the endpoint, `{"keys":["<key>",…]}`, one per line, with at most [`MOST_KEYS`] keys each, and
    /// fewer if they would have more than about 900 kB.
    Json,
}

/// Writes a list key by key, without keeping the keys in memory.
#[derive(Debug)]
pub struct Writer {
    form: Form,
    /// Those of the current body.
    keys: usize,
    /// The size of the current body.
    bytes: usize,
}

impl Writer {
    /// Starts a list.
    #[must_use]
    pub fn new(form: Form) -> Self {
        Self { form, keys: 0, bytes: 0 }
    }

    /// Appends a key returned by [`replayable`].
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
                if self.keys == MOST_KEYS || self.bytes >= MOST_BYTES {
                    out.extend_from_slice(b"]}\n");
                    (self.keys, self.bytes) = (0, 0);
                }
                let before = out.len();
                out.extend_from_slice(if self.keys == 0 { b"{\"keys\":[" } else { b"," });
                Text::from(key).push_json(out);
                self.bytes = self.bytes.saturating_add(out.len().saturating_sub(before));
            }
        }
        self.keys = self.keys.saturating_add(1);
    }

    /// Appends what follows the last key. Without keys, a CSV has only its header, and JSON has no body.
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
        let at_the_root = "otel/p/2026/01/02/03/04/u.json";
        assert_eq!(replayable(at_the_root, "events/"), Ok(at_the_root));
        assert_eq!(replayable("events/p/trace/t/e.json", "events/"), Ok("p/trace/t/e.json"));
    }

    #[test]
    fn each_error_says_why() {
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
    fn lists_match_what_langfuse_reads() {
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

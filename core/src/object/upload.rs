//! The files that `upload events` accepts: their formats, and the events in them.

use super::event::Event;
use super::js::{JsonError, Object, Parser};
use super::otel::Export;

/// The contents of a file, in order.
#[derive(Default, Debug)]
pub struct Upload<'t> {
    /// Events of the ingestion API, from all their places in the file.
    pub events: Vec<Event<'t>>,
    /// OpenTelemetry exports, each of which becomes one object.
    pub exports: Vec<Export<'t>>,
}

impl<'t> Upload<'t> {
    /// Reads a file in any of these formats, detected from the content:
    ///
    /// - a JSON array of events;
    /// - the body of an ingestion request, `{"batch": [event, …], "metadata": …}`;
    /// - the body of an OTLP request, `{"resourceSpans": […]}`;
    /// - any number of those or of single events in sequence, separated by whitespace: JSON Lines.
    ///
    /// A leading byte order mark is ignored. Besides the text itself, each event takes a few hundred bytes.
    ///
    /// # Errors
    /// [`JsonError`] at the first invalid JSON: what follows it can't be read.
    pub fn read(text: &'t str) -> Result<Self, JsonError> {
        let mut upload = Self::default();
        let mut parser = Parser::new(text);
        if text.starts_with('\u{feff}') {
            parser.step('\u{feff}'.len_utf8());
        }
        while let Some(first) = parser.peek() {
            match first {
                b'[' => upload.list(&mut parser, 0)?,
                b'{' => upload.object(&mut parser)?,
                _ => return parser.error("expected `{` or `[`: an event is an object"),
            }
        }
        Ok(upload)
    }

    fn list(&mut self, parser: &mut Parser<'t>, depth: usize) -> Result<(), JsonError> {
        parser.elements(depth, |parser| {
            parser.peek();
            let start = parser.at();
            let value = parser.value(depth.saturating_add(1))?;
            self.events.push(Event::judged(parser.since(start), value.as_object()));
            Ok(())
        })
    }

    fn object(&mut self, parser: &mut Parser<'t>) -> Result<(), JsonError> {
        let start = parser.at();
        let mut members = Vec::new();
        let mut batch = None;
        let mut spans = None;
        parser.members(0, |parser, name| {
            let next = parser.peek();
            let start = parser.at();
            if name.as_bytes() == b"batch" && next == Some(b'[') {
                let mut inner = Self::default();
                inner.list(parser, 1)?;
                batch = Some(inner.events);
                return Ok(());
            }
            let value = parser.value(1)?;
            if name.as_bytes() == b"resourceSpans" {
                spans = Some(Export::judged(parser.since(start), &value));
                return Ok(());
            }
            members.push((name, value));
            Ok(())
        })?;
        match (batch, spans) {
            (Some(batch), _) => self.events.extend(batch),
            (None, Some(export)) => self.exports.push(export),
            (None, None) => {
                self.events.push(Event::judged(parser.since(start), Some(&Object::from_members(members))));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = r#"{"id":"e","type":"trace-create","timestamp":"2026-01-01T00:00:00Z","body":{"id":"t"}}"#;

    fn counts(text: &str) -> (usize, usize) {
        let upload = Upload::read(text).unwrap();
        assert!(upload.events.iter().all(|e| e.refusal().is_none()));
        (upload.events.len(), upload.exports.len())
    }

    #[test]
    fn every_format_gives_its_events() {
        let spans = r#"{"resourceSpans":[{"scopeSpans":[]}]}"#;
        for (text, expected) in [
            (String::new(), (0, 0)),
            (format!("\u{feff}[{EVENT}, {EVENT}]"), (2, 0)),
            (format!("{EVENT}\r\n\n{EVENT}\n"), (2, 0)),
            (format!(r#"{{"metadata":{{"a":1}},"batch":[{EVENT}]}}"#), (1, 0)),
            (format!("{{\n  \"batch\": [\n    {EVENT}\n  ]\n}}\n{EVENT}\n[{EVENT}]"), (3, 0)),
            (spans.to_owned(), (0, 1)),
            (format!("{spans}\n{spans}\n{EVENT}"), (1, 2)),
            ("[]".to_owned(), (0, 0)),
        ] {
            assert_eq!(counts(&text), expected, "{text}");
        }
    }

    #[test]
    fn invalid_events_are_rejected_in_place() {
        let upload = Upload::read("[1, {}]").unwrap();
        assert!(upload.events.iter().all(|e| e.refusal().is_some()));
        for text in ["7", "\"x\"", "id,type\n1,2", "{\"a\":1} x", "[{}", "{\"batch\":[{}}"] {
            assert!(Upload::read(text).is_err(), "{text}");
        }
        let text = format!("{EVENT}\n{EVENT}\n{{oops}}\n");
        assert_eq!(Upload::read(&text).unwrap_err().line(&text), 3);
    }
}

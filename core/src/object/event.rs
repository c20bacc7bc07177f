//! Events of the ingestion API: which of them Langfuse takes, in which order, and the objects that it makes of them.

use std::collections::BTreeMap;
use std::fmt;

use super::js::{self, Object, Style, Text, Value};
use super::{instant, segment};
use crate::text::order;
use crate::variable;

/// What an event is about: the second segment of its key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Entity {
    /// A trace.
    Trace,
    /// A span, generation, event, or one of the kinds that came later.
    Observation,
    /// A score.
    Score,
    /// An item of a dataset run. Langfuse takes these from itself alone.
    DatasetRunItem,
}

impl Entity {
    /// As keys have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Observation => "observation",
            Self::Score => "score",
            Self::DatasetRunItem => "dataset_run_item",
        }
    }
}

/// The types of events. What updates comes after all that creates. `sdk-log` is a type too, and is never kept.
const TYPES: [(&str, Entity); 17] = [
    ("trace-create", Entity::Trace),
    ("score-create", Entity::Score),
    ("dataset-run-item-create", Entity::DatasetRunItem),
    ("observation-create", Entity::Observation),
    ("observation-update", Entity::Observation),
    ("event-create", Entity::Observation),
    ("span-create", Entity::Observation),
    ("span-update", Entity::Observation),
    ("generation-create", Entity::Observation),
    ("generation-update", Entity::Observation),
    ("agent-create", Entity::Observation),
    ("tool-create", Entity::Observation),
    ("chain-create", Entity::Observation),
    ("retriever-create", Entity::Observation),
    ("evaluator-create", Entity::Observation),
    ("embedding-create", Entity::Observation),
    ("guardrail-create", Entity::Observation),
];

/// The type that Langfuse's SDKs report their own troubles with.
const LOG: &str = "sdk-log";

/// The longest id, in UTF-16 code units.
const LONGEST_ID: usize = 800;

/// What an event of this type is about; `None` for a type that Langfuse does not know or does not keep.
#[must_use]
pub fn entity_of(kind: &str) -> Option<Entity> {
    TYPES.iter().find(|(name, _)| *name == kind).map(|(_, entity)| *entity)
}

/// An id of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Id {
    /// `id`.
    Event,
    /// `body.id`.
    Body,
    /// `body.traceId`, of observations.
    Trace,
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Event => "`id`",
            Self::Body => "`body.id`",
            Self::Trace => "`body.traceId`",
        })
    }
}

/// Why Langfuse would not keep an event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    /// It is no JSON object.
    NoObject,
    /// `type` is missing or no string.
    NoType,
    /// No such type.
    UnknownType(String),
    /// An `sdk-log`.
    SdkLog,
    /// `timestamp` is missing, no string, or no time with an offset.
    Timestamp(Option<String>),
    /// `body` is missing or no object.
    NoBody,
    /// The id is missing or empty.
    NoId(Id),
    /// The id is no string.
    IdNoText(Id),
    /// The id has this number of characters.
    IdTooLong(Id, usize),
    /// A carriage return is in the id.
    IdReturn(Id),
    /// A surrogate without its partner is in the id, so that the key fits no URL.
    IdSurrogate(Id),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoObject => f.write_str("it is no object; an event is `{\"id\", \"type\", \"timestamp\", \"body\"}`"),
            Self::NoType => f.write_str("it has no `type`"),
            Self::UnknownType(name) => write!(f, "Langfuse knows no type `{name}`"),
            Self::SdkLog => f.write_str("`sdk-log` events are never kept"),
            Self::Timestamp(None) => f.write_str("it has no `timestamp`"),
            Self::Timestamp(Some(text)) => {
                write!(f, "the timestamp `{text}` is no time with an offset, such as 2026-01-31T08:00:00.000Z")
            }
            Self::NoBody => f.write_str("it has no `body`"),
            Self::NoId(id) => write!(f, "it has no {id}; Langfuse drops such an event"),
            Self::IdNoText(id) => write!(f, "{id} is no string"),
            Self::IdTooLong(id, length) => write!(f, "{id} has {length} characters, and {LONGEST_ID} are allowed"),
            Self::IdReturn(id) => write!(f, "{id} holds a carriage return"),
            Self::IdSurrogate(id) => write!(f, "{id} holds half a surrogate pair, which no URL can carry"),
        }
    }
}

/// What grouping needs of an event that Langfuse takes.
#[derive(Clone, Debug)]
struct Head<'t> {
    entity: Entity,
    updates: bool,
    at: i64,
    id: Text<'t>,
    body_id: Text<'t>,
}

/// One event: its text, and what was found in it. The text is not copied and no tree of it is kept, so that a large
/// input takes little more than its own size.
#[derive(Clone, Debug)]
pub struct Event<'t> {
    source: &'t str,
    head: Result<Head<'t>, Reason>,
}

impl<'t> Event<'t> {
    /// Judges the event that `source`, one JSON text, holds.
    ///
    /// What is checked is what a key depends on, and the ids' form; the rest of Langfuse's schema is not.
    ///
    /// # Errors
    /// [`JsonError`](js::JsonError) where it is no JSON.
    pub fn parse(source: &'t str) -> Result<Self, js::JsonError> {
        js::parse(source).map(|value| Self::judged(source, value.as_object()))
    }

    /// The event that `source` holds, already read.
    pub(super) fn judged(source: &'t str, event: Option<&Object<'t>>) -> Self {
        Self { source, head: event.ok_or(Reason::NoObject).and_then(head) }
    }

    /// Why Langfuse would not keep it; `None`: it would.
    pub fn refusal(&self) -> Option<&Reason> {
        self.head.as_ref().err()
    }
}

fn head<'t>(event: &Object<'t>) -> Result<Head<'t>, Reason> {
    let kind = event.get("type").and_then(Value::as_text).ok_or(Reason::NoType)?;
    if kind.as_bytes() == LOG.as_bytes() {
        return Err(Reason::SdkLog);
    }
    let unknown = || Reason::UnknownType(kind.to_str_lossy().into_owned());
    let (name, entity) = TYPES.iter().find(|(name, _)| name.as_bytes() == kind.as_bytes()).ok_or_else(unknown)?;
    let id = read_id(event, Id::Event, "id")?.ok_or(Reason::NoId(Id::Event))?;
    let timestamp = event.get("timestamp").and_then(Value::as_text).map(Text::to_str_lossy);
    let at = timestamp.as_deref().and_then(instant::parse);
    let at = at.ok_or_else(|| Reason::Timestamp(timestamp.map(Into::into)))?;
    let body = event.get("body").and_then(Value::as_object).ok_or(Reason::NoBody)?;
    let body_id = read_id(body, Id::Body, "id")?.ok_or(Reason::NoId(Id::Body))?;
    if *entity == Entity::Observation {
        read_id(body, Id::Trace, "traceId")?;
    }
    Ok(Head { entity: *entity, updates: name.ends_with("-update"), at, id, body_id })
}

/// Langfuse's `idSchema.nullish()`.
fn read_id<'t>(holder: &Object<'t>, id: Id, name: &str) -> Result<Option<Text<'t>>, Reason> {
    let text = match holder.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value.as_text().ok_or(Reason::IdNoText(id))?,
    };
    if text.is_empty() {
        return Err(Reason::NoId(id));
    }
    // No text has more code units than bytes, and most ids are short.
    if text.as_bytes().len() > LONGEST_ID && text.utf16_len() > LONGEST_ID {
        return Err(Reason::IdTooLong(id, text.utf16_len()));
    }
    if text.as_bytes().contains(&b'\r') {
        return Err(Reason::IdReturn(id));
    }
    Ok(Some(text.clone()))
}

/// Where events go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options<'a> {
    /// The project that the events belong to: the first segment.
    pub project_id: &'a str,
    /// `LANGFUSE_S3_EVENT_UPLOAD_PREFIX`, put before the key as it is.
    pub prefix: &'a str,
    /// `LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES`.
    pub max_segment_bytes: usize,
}

impl<'a> Options<'a> {
    /// Langfuse's defaults.
    #[must_use]
    pub fn new(project_id: &'a str) -> Self {
        let row = variable::find("LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES").and_then(|v| v.row().default);
        let max_segment_bytes = row.and_then(|text| text.parse().ok()).unwrap_or(usize::MAX);
        Self { project_id, prefix: "", max_segment_bytes }
    }
}

/// One object to write. Its content type is `application/json`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventObject {
    /// The whole key. It may hold a segment `.` or `..`, as Langfuse makes it; such a key can't be sent.
    pub key: String,
    /// The events in it, in order: their places in the input.
    pub events: Vec<usize>,
}

impl EventObject {
    /// Appends the object's body: a JSON array of its `events` as JavaScript writes them. Langfuse's own body lacks the
    /// fields that its schema does not know and has that schema's defaults filled in; its worker reads both alike.
    pub fn write(&self, events: &[Event<'_>], out: &mut Vec<u8>) {
        let mut open = b'[';
        for event in self.events.iter().filter_map(|place| events.get(*place)) {
            // It was read once before; an event that could not be is in no object.
            let Ok(value) = js::parse(event.source) else { continue };
            out.push(open);
            js::write(&value, Style::default(), out);
            open = b',';
        }
        if open == b'[' {
            out.push(open);
        }
        out.push(b']');
    }
}

/// An event that is in no object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Skipped {
    /// Its place in the input.
    pub index: usize,
    /// Why.
    pub reason: Reason,
}

/// What becomes of a list of events.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct EventObjects {
    /// The objects, in the order in which Langfuse writes them.
    pub objects: Vec<EventObject>,
    /// The other events, by their places.
    pub skipped: Vec<Skipped>,
}

/// Groups events as one ingestion request does: all that create come first and updates last, each by time and then by
/// their places; those of one entity are one object, named after the first of them.
///
/// Any event may belong to the object of any other, so all of them must be there before the first object is known.
#[must_use]
pub fn event_objects(events: &[Event<'_>], options: &Options<'_>) -> EventObjects {
    let mut skipped = Vec::new();
    let mut sorted = Vec::with_capacity(events.len());
    for (index, event) in events.iter().enumerate() {
        match &event.head {
            Ok(head) => sorted.push((index, head)),
            Err(reason) => skipped.push(Skipped { index, reason: reason.clone() }),
        }
    }
    order::sort_by_key(&mut sorted, |(_, head)| (head.updates, head.at));

    let mut groups: Vec<(&Head<'_>, Vec<usize>)> = Vec::new();
    let mut places: BTreeMap<(Entity, &Text<'_>), usize> = BTreeMap::new();
    for (index, head) in sorted {
        let place = *places.entry((head.entity, &head.body_id)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, members)) => members.push(index),
            None => groups.push((head, vec![index])),
        }
    }

    let mut objects = Vec::with_capacity(groups.len());
    for (first, events) in groups {
        match key(first, options) {
            Ok(key) => objects.push(EventObject { key, events }),
            Err(reason) => {
                skipped.extend(events.into_iter().map(|index| Skipped { index, reason: reason.clone() }));
            }
        }
    }
    order::sort_by_key(&mut skipped, |s| s.index);
    EventObjects { objects, skipped }
}

fn key(first: &Head<'_>, options: &Options<'_>) -> Result<String, Reason> {
    const SUFFIX: &str = ".json";
    let Options { project_id, prefix, max_segment_bytes } = options;
    let body_id = segment::safe(&first.body_id, *max_segment_bytes).ok_or(Reason::IdSurrogate(Id::Body))?;
    let stem = max_segment_bytes.saturating_sub(SUFFIX.len());
    let id = segment::safe(&first.id, stem).ok_or(Reason::IdSurrogate(Id::Event))?;
    Ok(format!("{prefix}{project_id}/{}/{body_id}/{id}{SUFFIX}", first.entity.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> Option<String> {
        Event::parse(text).unwrap().refusal().map(ToString::to_string)
    }

    fn event(id: &str, kind: &str, body: &str) -> String {
        format!(r#"{{"id":{id},"type":"{kind}","timestamp":"2026-01-01T00:00:00Z","body":{body}}}"#)
    }

    #[test]
    fn each_refusal_says_why() {
        let long = "é".repeat(801);
        for (text, part) in [
            ("7".to_owned(), "no object"),
            ("{}".to_owned(), "no `type`"),
            (event("\"e\"", "trace-make", "{}"), "no type `trace-make`"),
            (event("\"e\"", "sdk-log", "{}"), "sdk-log"),
            (event("null", "trace-create", "{}"), "no `id`"),
            (event("3", "trace-create", "{}"), "`id` is no string"),
            (event("\"e\"", "trace-create", "null"), "no `body`"),
            (event("\"e\"", "trace-create", "{}"), "no `body.id`"),
            (event("\"e\"", "trace-create", r#"{"id":""}"#), "no `body.id`"),
            (event("\"e\"", "trace-create", r#"{"id":7}"#), "`body.id` is no string"),
            (event("\"e\"", "trace-create", &format!(r#"{{"id":"{long}"}}"#)), "`body.id` has 801 characters"),
            (event(r#""a\rb""#, "trace-create", r#"{"id":"t"}"#), "`id` holds a carriage return"),
            (event("\"e\"", "span-create", r#"{"id":"o","traceId":"\r"}"#), "`body.traceId` holds"),
            (event("\"e\"", "trace-create", r#"{"id":"t"}"#).replace('Z', ""), "`2026-01-01T00:00:00` is no time"),
            (event("\"e\"", "trace-create", r#"{"id":"t"}"#).replace("timestamp", "time"), "no `timestamp`"),
        ] {
            assert!(reason(&text).is_some_and(|r| r.contains(part)), "{text}: {:?}", reason(&text));
        }
        assert_eq!(reason(&event("\"e\"", "trace-create", &format!(r#"{{"id":"{}"}}"#, &long[2..]))), None);
    }

    #[test]
    fn an_id_with_half_a_pair_leaves_its_whole_group_out() {
        let texts = [
            event(r#""\ud83d""#, "trace-create", r#"{"id":"t"}"#),
            event("\"b\"", "trace-create", r#"{"id":"t"}"#),
            event("\"c\"", "trace-create", r#"{"id":"u"}"#),
        ];
        let events: Vec<Event<'_>> = texts.iter().map(|t| Event::parse(t).unwrap()).collect();
        let made = event_objects(&events, &Options::new("p"));
        assert_eq!(made.objects, [EventObject { key: "p/trace/u/c.json".into(), events: vec![2] }]);
        assert_eq!(made.skipped.iter().map(|s| s.index).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn bodies_are_written_as_javascript_writes_them() {
        let text = event("\"e\"", "trace-create", r#"{ "id": "t", "n": 1.0, "2": 1e3, "s": "\ud800" }"#);
        let events = [Event::parse(&text).unwrap()];
        let made = event_objects(&events, &Options { prefix: "x/", ..Options::new("p") });
        let mut body = Vec::new();
        made.objects[0].write(&events, &mut body);
        let text = String::from_utf8(body).unwrap();
        assert!(text.ends_with(r#""body":{"2":1000,"id":"t","n":1,"s":"\ud800"}}]"#), "{text}");
        assert_eq!(Options::new("p").max_segment_bytes, 2048);
    }
}

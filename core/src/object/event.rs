//! Events of the ingestion API: which ones Langfuse accepts, in which order, and the objects that it makes of them.

use std::collections::BTreeMap;
use std::fmt;

use super::js::{self, Object, Style, Text, Value};
use super::{instant, segment};
use crate::order;
use crate::variable;

/// What an event is about: the second segment of its key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Entity {
    /// A trace.
    Trace,
    /// A span, generation, event, or one of the newer kinds.
    Observation,
    /// A score.
    Score,
    /// An item of a dataset run. Only Langfuse itself creates these.
    DatasetRunItem,
}

impl Entity {
    /// Its name in keys.
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

/// The event types. Updates come after all creations. `sdk-log` is also a type, but Langfuse never stores it.
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

/// The type with which Langfuse's SDKs report their own problems.
const LOG: &str = "sdk-log";

/// The longest ID, in UTF-16 code units.
const LONGEST_ID: usize = 800;

/// What an event of this type is about; `None` for a type that Langfuse doesn't support or doesn't store.
#[must_use]
pub fn entity_of(kind: &str) -> Option<Entity> {
    TYPES.iter().find(|(name, _)| *name == kind).map(|(_, entity)| *entity)
}

/// An ID in an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Id {
    /// `id`.
    Event,
    /// `body.id`.
    Body,
    /// `body.traceId` in observations.
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

/// Why Langfuse doesn't store an event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    /// It isn't a JSON object.
    NoObject,
    /// `type` is missing or not a string.
    NoType,
    /// The type is unknown.
    UnknownType(String),
    /// An `sdk-log`.
    SdkLog,
    /// `timestamp` is missing, not a string, or not a time with an offset.
    Timestamp(Option<String>),
    /// `body` is missing or not an object.
    NoBody,
    /// The ID is missing or empty.
    NoId(Id),
    /// The ID isn't a string.
    IdNoText(Id),
    /// The ID has this number of characters.
    IdTooLong(Id, usize),
    /// The ID contains a carriage return.
    IdReturn(Id),
    /// The ID contains an unpaired surrogate, so the key can't be part of a URL.
    IdSurrogate(Id),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoObject => {
                f.write_str("it isn't an object; an event is `{\"id\", \"type\", \"timestamp\", \"body\"}`")
            }
            Self::NoType => f.write_str("it has no `type`"),
            Self::UnknownType(name) => write!(f, "Langfuse doesn't support the type `{name}`"),
            Self::SdkLog => f.write_str("Langfuse never stores `sdk-log` events"),
            Self::Timestamp(None) => f.write_str("it has no `timestamp`"),
            Self::Timestamp(Some(text)) => {
                write!(f, "the timestamp `{text}` isn't a time with an offset, such as 2026-01-31T08:00:00.000Z")
            }
            Self::NoBody => f.write_str("it has no `body`"),
            Self::NoId(id) => write!(f, "it has no {id}; Langfuse drops such events"),
            Self::IdNoText(id) => write!(f, "{id} isn't a string"),
            Self::IdTooLong(id, length) => {
                write!(f, "{id} has {length} characters, but at most {LONGEST_ID} are allowed")
            }
            Self::IdReturn(id) => write!(f, "{id} contains a carriage return"),
            Self::IdSurrogate(id) => write!(f, "{id} contains an unpaired surrogate, which no URL can contain"),
        }
    }
}

/// What grouping needs from an event that Langfuse accepts.
#[derive(Clone, Debug)]
struct Head<'t> {
    entity: Entity,
    updates: bool,
    at: i64,
    id: Text<'t>,
    body_id: Text<'t>,
}

/// One event: its source text, and what was parsed from it. The text isn't copied and no tree is kept, so that a large
/// input takes little more memory than its size.
#[derive(Clone, Debug)]
pub struct Event<'t> {
    source: &'t str,
    head: Result<Head<'t>, Reason>,
}

impl<'t> Event<'t> {
    /// Parses and validates the event in `source`, a JSON text.
    ///
    /// Validates only what a key depends on, and the form of the IDs, not the rest of Langfuse's schema.
    ///
    /// # Errors
    /// [`JsonError`](js::JsonError) if it isn't JSON.
    pub fn parse(source: &'t str) -> Result<Self, js::JsonError> {
        js::parse(source).map(|value| Self::judged(source, value.as_object()))
    }

    /// Validates the parsed event of `source`.
    pub(super) fn judged(source: &'t str, event: Option<&Object<'t>>) -> Self {
        Self { source, head: event.ok_or(Reason::NoObject).and_then(head) }
    }

    /// What it is about; `None` if Langfuse doesn't store it.
    #[must_use]
    pub fn entity(&self) -> Option<Entity> {
        self.head.as_ref().ok().map(|head| head.entity)
    }

    /// Why Langfuse doesn't store it; `None` if it does.
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
    // No string has more code units than bytes, and most IDs are short.
    if text.as_bytes().len() > LONGEST_ID && text.utf16_len() > LONGEST_ID {
        return Err(Reason::IdTooLong(id, text.utf16_len()));
    }
    if text.as_bytes().contains(&b'\r') {
        return Err(Reason::IdReturn(id));
    }
    Ok(Some(text.clone()))
}

/// Options for the keys of events.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options<'a> {
    /// The events' project: the first segment.
    pub project_id: &'a str,
    /// `LANGFUSE_S3_EVENT_UPLOAD_PREFIX`, prepended literally.
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
    /// The full key. As in Langfuse, it may contain a segment `.` or `..`; such a key can't be sent.
    pub key: String,
    /// The events in it, in order, as indexes into the input.
    pub events: Vec<usize>,
}

impl EventObject {
    /// Appends the object's body: a JSON array of its `events` as JavaScript writes them. Langfuse's own body drops
    /// fields that its schema doesn't have and adds the schema's defaults; its worker reads both the same way.
    pub fn write(&self, events: &[Event<'_>], out: &mut Vec<u8>) {
        let mut open = b'[';
        for event in self.events.iter().filter_map(|place| events.get(*place)) {
            // It was parsed before; invalid events aren't in any object.
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

/// An event that isn't in any object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Skipped {
    /// Its index in the input.
    pub index: usize,
    /// Why.
    pub reason: Reason,
}

/// The result of grouping events.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct EventObjects {
    /// The objects, in the order in which Langfuse writes them.
    pub objects: Vec<EventObject>,
    /// The other events, in input order.
    pub skipped: Vec<Skipped>,
}

/// Groups events as one ingestion request does: creations first and updates last, each sorted by time and then by
/// index; the events of one entity form one object, named after the first of them.
///
/// Any event may belong to the object of any other, so this needs all events at once.
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
    fn each_error_says_why() {
        let long = "é".repeat(801);
        for (text, part) in [
            ("7".to_owned(), "isn't an object"),
            ("{}".to_owned(), "no `type`"),
            (event("\"e\"", "trace-make", "{}"), "the type `trace-make`"),
            (event("\"e\"", "sdk-log", "{}"), "sdk-log"),
            (event("null", "trace-create", "{}"), "no `id`"),
            (event("3", "trace-create", "{}"), "`id` isn't a string"),
            (event("\"e\"", "trace-create", "null"), "no `body`"),
            (event("\"e\"", "trace-create", "{}"), "no `body.id`"),
            (event("\"e\"", "trace-create", r#"{"id":""}"#), "no `body.id`"),
            (event("\"e\"", "trace-create", r#"{"id":7}"#), "`body.id` isn't a string"),
            (event("\"e\"", "trace-create", &format!(r#"{{"id":"{long}"}}"#)), "`body.id` has 801 characters"),
            (event(r#""a\rb""#, "trace-create", r#"{"id":"t"}"#), "`id` contains a carriage return"),
            (event("\"e\"", "span-create", r#"{"id":"o","traceId":"\r"}"#), "`body.traceId` contains"),
            (event("\"e\"", "trace-create", r#"{"id":"t"}"#).replace('Z', ""), "`2026-01-01T00:00:00` isn't a time"),
            (event("\"e\"", "trace-create", r#"{"id":"t"}"#).replace("timestamp", "time"), "no `timestamp`"),
        ] {
            assert!(reason(&text).is_some_and(|r| r.contains(part)), "{text}: {:?}", reason(&text));
        }
        assert_eq!(reason(&event("\"e\"", "trace-create", &format!(r#"{{"id":"{}"}}"#, &long[2..]))), None);
    }

    #[test]
    fn an_id_with_an_unpaired_surrogate_excludes_its_whole_group() {
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

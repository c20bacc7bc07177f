//! Langfuse's objects, for programs.

use serde::{Deserialize, Serialize};

use super::{Code, Error};
use crate::object::event::{self, Options};
use crate::object::export::{self, Writer};
use crate::object::js;
use crate::object::media::{self, Sha256};
use crate::object::upload::Upload;

/// How to build event objects.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(rename_all = "camelCase")]
pub struct EventsRequest {
    /// The project ID.
    pub project_id: String,
    /// `LANGFUSE_S3_EVENT_UPLOAD_PREFIX`; empty by default.
    pub prefix: Option<String>,
    /// `LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES`; defaults to Langfuse's default.
    pub max_segment_bytes: Option<usize>,
}

/// The objects for a list of events.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EventObjects {
    /// The objects, in the order in which Langfuse creates them.
    pub objects: Vec<EventObject>,
    /// Events that Langfuse wouldn't store.
    pub skipped: Vec<SkippedEvent>,
}

/// An event object.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EventObject {
    /// The full object key.
    pub key: String,
    /// The indexes of its events, in order.
    pub events: Vec<usize>,
}

/// An event that isn't in any object.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SkippedEvent {
    /// Its index.
    pub index: usize,
    /// Why.
    pub reason: String,
}

/// The objects in which Langfuse stores `events`, a JSON array.
///
/// # Errors
/// `events` isn't an array, or the request is invalid.
pub fn event_objects(events: &str, request: &str) -> Result<EventObjects, Error> {
    let request: EventsRequest = super::from_json(Code::InvalidInput, "invalid eventObjects options", request)?;
    if !events.trim_start().starts_with('[') {
        return Err(Error::new(Code::InvalidInput, "expected an array of events"));
    }
    let upload = Upload::read(events).map_err(|e| json(&e))?;
    let usual = Options::new(&request.project_id);
    let options = Options {
        prefix: request.prefix.as_deref().unwrap_or(""),
        max_segment_bytes: request.max_segment_bytes.unwrap_or(usual.max_segment_bytes),
        ..usual
    };
    let made = event::event_objects(&upload.events, &options);
    Ok(EventObjects {
        objects: made.objects.into_iter().map(|o| EventObject { key: o.key, events: o.events }).collect(),
        skipped: made
            .skipped
            .into_iter()
            .map(|s| SkippedEvent { index: s.index, reason: s.reason.to_string() })
            .collect(),
    })
}

/// A media file and its project.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaRequest {
    /// The SHA-256 of its bytes in base64, unless the bytes themselves are given.
    pub sha256: Option<String>,
    /// A content type that Langfuse accepts.
    pub content_type: String,
    /// The project ID.
    pub project_id: String,
    /// `LANGFUSE_S3_MEDIA_UPLOAD_PREFIX`; empty by default.
    pub prefix: Option<String>,
}

/// The names of a media file.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct MediaObject {
    /// The ID by which traces refer to it.
    pub media_id: String,
    /// The full object key.
    pub key: String,
    /// The SHA-256 in base64.
    pub sha256: String,
}

/// The object for a media file: from `bytes`, or from the hash in `request` (JSON).
///
/// # Errors
/// Neither or both are given, the hash is invalid, or Langfuse doesn't accept the content type.
pub fn media_object(bytes: Option<&[u8]>, request: &str) -> Result<MediaObject, Error> {
    let refused = |e: media::MediaError| Error::new(Code::InvalidInput, e.to_string());
    let request: MediaRequest = super::from_json(Code::InvalidInput, "invalid media file", request)?;
    let hash = match (bytes, &request.sha256) {
        (Some(bytes), None) => Sha256::of(bytes),
        (None, Some(text)) => Sha256::parse(text).map_err(refused)?,
        _ => return Err(Error::new(Code::InvalidInput, "expected either `bytes` or `sha256`")),
    };
    let prefix = request.prefix.as_deref().unwrap_or("");
    let made = media::media_object(&hash, &request.content_type, &request.project_id, prefix).map_err(refused)?;
    Ok(MediaObject { media_id: made.media_id, key: made.key, sha256: made.sha256 })
}

/// The export file of `rows`, a JSON array of objects.
///
/// # Errors
/// The format is unknown, `rows` isn't an array, or a row isn't an object.
pub fn export_file(rows: &str, format: &str) -> Result<String, Error> {
    let format: export::Format =
        format.parse().map_err(|e: export::NoFormat| Error::new(Code::InvalidOption, e.to_string()))?;
    let rows = js::parse(rows).map_err(|e| json(&e))?;
    let Some(rows) = rows.as_array() else {
        return Err(Error::new(Code::InvalidInput, "expected an array of rows"));
    };
    let mut writer = Writer::new(format);
    let mut out = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let Some(row) = row.as_object() else {
            return Err(Error::new(Code::InvalidInput, format!("row {index} isn't an object")));
        };
        writer.row(row, &mut out);
    }
    writer.finish(&mut out);
    // Lone surrogates are escaped, so this is valid UTF-8.
    Ok(String::from_utf8(out).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()))
}

fn json(error: &js::JsonError) -> Error {
    Error::new(Code::InvalidInput, error.to_string())
}

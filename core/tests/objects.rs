//! The objects that Langfuse's own functions make of an input, and JSON as Node reads and writes it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use langfuse_blob_core::object::event::{self, EventObject, event_objects};
use langfuse_blob_core::object::export::{Format, Writer, export_file};
use langfuse_blob_core::object::js::{self, DEEPEST, Object, Style, Value};
use langfuse_blob_core::object::media::{Sha256, media_object};
use langfuse_blob_core::object::rows::Reader;
use langfuse_blob_core::object::upload::Upload;
use proptest::prelude::*;

const VECTORS: &str = include_str!("../../tests/fixtures/conformance/objects.jsonl");
const NODE: &str = include_str!("../../tests/fixtures/json.jsonl");

fn cases<'t>(text: &'t str, what: &str) -> Vec<Object<'t>> {
    let all = text.lines().map(|line| Object::parse(line).unwrap());
    all.filter(|case| text_of(case, "what") == what).collect()
}

fn text_of(case: &Object<'_>, name: &str) -> String {
    case.get(name).unwrap().as_text().unwrap().as_str().unwrap().to_owned()
}

fn number_of(value: &Value<'_>) -> usize {
    value.to_string().parse().unwrap()
}

fn written(value: &Value<'_>, indented: bool) -> String {
    let mut out = Vec::new();
    js::write(value, Style { indented, unescaped: false }, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn event_objects_are_those_of_langfuse() {
    let cases = cases(VECTORS, "events");
    assert_eq!(cases.len(), 120);
    for case in &cases {
        let source = case.get("events").unwrap().to_string();
        let upload = Upload::read(&source).unwrap();
        let options = event::Options {
            project_id: &text_of(case, "projectId"),
            prefix: &text_of(case, "prefix"),
            max_segment_bytes: number_of(case.get("maxSegmentBytes").unwrap()),
        };
        let made = event_objects(&upload.events, &options);
        let theirs: Vec<EventObject> = case
            .get("objects")
            .unwrap()
            .as_array()
            .unwrap()
            .iter()
            .map(|object| {
                let object = object.as_object().unwrap();
                let events = object.get("events").unwrap().as_array().unwrap().iter().map(number_of).collect();
                EventObject { key: text_of(object, "key"), events }
            })
            .collect();
        assert_eq!(made.objects, theirs, "case {}", case.get("id").unwrap());

        let all = case.get("events").unwrap().as_array().unwrap();
        let kept: usize = made.objects.iter().map(|o| o.events.len()).sum();
        assert_eq!(kept + made.skipped.len(), all.len());
        for object in &made.objects {
            let mut body = Vec::new();
            object.write(&upload.events, &mut body);
            let events = object.events.iter().map(|i| all[*i].clone()).collect();
            assert_eq!(String::from_utf8(body).unwrap(), Value::Array(events).to_string());
        }
    }
}

#[test]
fn media_keys_are_those_of_langfuse() {
    let cases = cases(VECTORS, "media");
    assert_eq!(cases.len(), 60);
    for case in &cases {
        let hash = Sha256::of(text_of(case, "content").as_bytes());
        let [kind, project, prefix] = ["contentType", "projectId", "prefix"].map(|name| text_of(case, name));
        let made = media_object(&hash, &kind, &project, &prefix).unwrap();
        assert_eq!(made.media_id, text_of(case, "mediaId"));
        assert_eq!(made.key, text_of(case, "key"));
        assert_eq!(made.sha256, text_of(case, "sha256"));
        assert_eq!(Sha256::parse(&made.sha256), Ok(hash));
    }
}

#[test]
fn export_files_are_those_of_langfuse() {
    let cases = cases(VECTORS, "export");
    assert_eq!(cases.len(), 60);
    for case in &cases {
        let rows: Vec<&Object<'_>> =
            case.get("rows").unwrap().as_array().unwrap().iter().map(|row| row.as_object().unwrap()).collect();
        let files = case.get("files").unwrap().as_object().unwrap();
        for format in Format::ALL {
            let made = String::from_utf8(export_file(rows.iter().copied(), format)).unwrap();
            assert_eq!(made, text_of(files, format.extension()), "case {}", case.get("id").unwrap());
        }
    }
}

/// `node tests/json.mjs` makes the cases.
#[test]
fn json_is_read_and_written_as_node_does() {
    let mut refused = 0;
    let all: Vec<&str> = NODE.lines().collect();
    assert!(all.len() > 2000);
    for line in all {
        let case = Object::parse(line).unwrap();
        let text = text_of(&case, "text");
        match (js::parse(&text), case.get("compact")) {
            (Ok(value), Some(compact)) => {
                assert_eq!(value.to_string(), compact.as_text().unwrap().as_str().unwrap(), "{text}");
                assert_eq!(written(&value, true), text_of(&case, "indented"), "{text}");
            }
            (Err(_), None) => refused += 1,
            (ours, theirs) => panic!("{text}: ours {ours:?}, Node's {theirs:?}"),
        }
    }
    assert!(refused > 25);
}

#[test]
fn texts_made_to_be_slow_or_deep_end_in_a_reading_or_an_error() {
    let names: Vec<String> = (0..200_000).map(|i| format!("\"{i}\":0,\"a\":0,\"k{i}\":0")).collect();
    let wide = format!("{{{}}}", names.join(","));
    assert_eq!(Object::parse(&wide).unwrap().members().len(), 400_001);
    let mut writer = Writer::new(Format::Csv);
    let mut out = Vec::new();
    let mut reader = Reader::new(None);
    // Pieces of one byte: what was looked at once is not looked at again.
    for byte in wide.as_bytes().chunks(1) {
        reader.feed(byte, |row| writer.row(row, &mut out)).unwrap();
    }
    reader.finish(|row| writer.row(row, &mut out)).unwrap();
    assert!(out.len() > 1_000_000);
    for text in ["[".repeat(1_000_000), "{\"a\":".repeat(1_000_000), format!("[{}", "[".repeat(DEEPEST) + "{}")] {
        assert!(js::parse(&text).is_err() && Upload::read(&text).is_err());
        let mut reader = Reader::new(None);
        let fed = reader.feed(text.as_bytes(), |_| {});
        assert!(fed.is_err() || reader.finish(|_| {}).is_err());
    }
    let digits = "9".repeat(1_000_000);
    assert_eq!(js::parse(&digits).unwrap().to_string(), "null");
    let backslashes = format!("\"{}\"", "\\\\".repeat(1_000_000));
    let row = Object::parse(&format!("{{\"a\":{backslashes}}}")).map(|row| export_file([&row], Format::Jsonl).len());
    assert_eq!(row.unwrap(), backslashes.len() + 7);
}

/// JSON texts of every kind of value, names twice and indices included; no number beyond JavaScript's, which is written
/// as `null`.
fn json_text() -> impl Strategy<Value = String> {
    let string = prop_oneof![
        "(\\PC|\\\\u[0-9a-fA-F]{4}|\\\\n){0,8}".prop_filter_map("an escape cut in two", |s| {
            let text = format!("\"{}\"", s.replace('"', "\\\""));
            js::parse(&text).is_ok().then_some(text)
        }),
        Just(r#""\ud83d""#.to_owned()),
        Just(r#""\\\\ud83d\\ude00""#.to_owned()),
    ];
    let name = prop_oneof![
        "[a-c]".prop_map(|n| format!("\"{n}\"")),
        "[0-9]{1,3}".prop_map(|n| format!("\"{n}\"")),
        string.clone()
    ];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,2})?",
        string,
    ];
    leaf.prop_recursive(4, 32, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|all| format!("[{}]", all.join(" ,"))),
            prop::collection::vec((name.clone(), inner), 0..5).prop_map(|all| {
                let all: Vec<String> = all.into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
                format!("{{{}}}", all.join(","))
            }),
        ]
    })
}

fn rows(text: &[u8], cuts: &[usize]) -> (Vec<String>, Result<u64, String>) {
    let mut found = Vec::new();
    let mut each = |row: &Object<'_>| found.push(Value::Object(row.clone()).to_string());
    let mut reader = Reader::new(None);
    let mut rest = text;
    for cut in cuts {
        let (piece, tail) = rest.split_at((*cut).min(rest.len()));
        rest = tail;
        if let Err(error) = reader.feed(piece, &mut each) {
            return (found, Err(error.to_string()));
        }
    }
    let end = reader.feed(rest, &mut each).and_then(|()| reader.finish(&mut each)).map_err(|e| e.to_string());
    (found, end)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_as_the_same(text in json_text()) {
        let value = js::parse(&text).unwrap();
        for indented in [false, true] {
            let once = written(&value, indented);
            let again = js::parse(&once).unwrap();
            prop_assert_eq!(&again, &value);
            prop_assert_eq!(written(&again, indented), once);
        }
    }

    #[test]
    fn pieces_give_the_rows_of_the_whole(
        texts in prop::collection::vec(json_text(), 0..5),
        (open, between, close) in prop::sample::select(vec![("[", ",", "]"), ("", "\n", "\n"), ("a,b\n", ",\"", "\"\n"), ("", "", "")]),
        cuts in prop::collection::vec(0_usize..12, 0..12),
    ) {
        let text = format!("{open}{}{close}", texts.join(between));
        prop_assert_eq!(rows(text.as_bytes(), &cuts), rows(text.as_bytes(), &[]));
    }

    #[test]
    fn no_bytes_stop_the_readers(bytes in prop::collection::vec(any::<u8>(), 0..60), text in "[\\[\\]{}\",:\\\\u0-9a-f\n\r ]{0,60}") {
        let (_, _) = rows(&bytes, &[1, 2]);
        prop_assert_eq!(rows(text.as_bytes(), &[3, 1]), rows(text.as_bytes(), &[]));
        if let Ok(value) = js::parse(&text) {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok() || value.to_string().contains("\\u"));
        }
        if let Ok(upload) = Upload::read(&text) {
            let made = event_objects(&upload.events, &event::Options::new("p"));
            prop_assert_eq!(made.skipped.len(), upload.events.len());
        }
    }

    #[test]
    fn a_csv_file_reads_back_as_its_strings(cells in prop::collection::vec("(\\PC|[\",\n\r]){0,8}", 2)) {
        let row = |cells: &[String]| {
            let cells = cells.iter().zip(["a", "b"]).map(|(c, n)| (n.into(), Value::String(c.clone().into())));
            Object::from_members(cells.collect())
        };
        prop_assume!(!cells.iter().any(|c| c.contains('\\')));
        let row = row(&cells);
        let file = export_file([&row], Format::Csv);
        let (found, end) = rows(&file, &[5, 5, 5]);
        prop_assert_eq!(found, vec![Value::Object(row).to_string()]);
        prop_assert_eq!(end, Ok(1));
    }
}

//! JavaScript bindings of the core: each function calls one function of `langfuse_blob_core::api`.
//!
//! Arguments and results are strings and byte arrays. An error is thrown as the JSON text of its [`Error`];
//! `js/api.mjs` converts it to a JavaScript `Error` and gives the functions their documented signatures.
#![forbid(unsafe_code)]
#![allow(clippy::needless_pass_by_value, reason = "wasm-bindgen passes owned arguments")]

mod command;

use std::cell::RefCell;

use langfuse_blob_core::api::{self, Code, Error, File, Options, Subject, to_json};
use langfuse_blob_core::generate;
use langfuse_blob_core::sign::KeyCache;
use langfuse_blob_core::text::{printable, suggest::nearest};
use langfuse_blob_core::variable::{Var, storage};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

thread_local! {
    /// Signing keys, cached across calls: deriving one is most of the cost of a signature.
    static KEYS: RefCell<KeyCache> = RefCell::new(KeyCache::new());
}

/// What a function returns to JavaScript.
type Returned = Result<String, JsValue>;

fn thrown(error: &Error) -> JsValue {
    JsValue::from_str(&error.to_json())
}

fn json<T: serde::Serialize>(result: Result<T, Error>) -> Returned {
    result.map(|value| to_json(&value)).map_err(|e| thrown(&e))
}

fn text(result: Result<String, Error>) -> Returned {
    result.map_err(|e| thrown(&e))
}

fn with_keys<T>(work: impl FnOnce(&mut KeyCache) -> Result<T, Error>) -> Result<T, Error> {
    KEYS.with(|keys| match keys.try_borrow_mut() {
        Ok(mut keys) => work(&mut keys),
        // Calls don't nest. If they did, the inner one would only miss the cache.
        Err(_) => work(&mut KeyCache::new()),
    })
}

fn subject(subject: &str, options: &str) -> Result<(Subject, Options), Error> {
    Ok((Subject::parse(subject)?, Options::parse(options)?))
}

/// `check` of variables: `count` names, then `count` values, each terminated by a NUL.
#[wasm_bindgen(js_name = checkVariables)]
pub fn check_variables(flat: &[u8], count: usize, options: &str) -> Returned {
    json(Options::parse(options).and_then(|options| api::check_variables(flat, count, &options)))
}

/// `check` of one file's text.
#[wasm_bindgen(js_name = checkText)]
pub fn check_text(text: Vec<u8>, options: &str) -> Returned {
    json(Options::parse(options).and_then(|options| api::check(&Subject::Text(text), &options)))
}

/// `check` of any other input.
#[wasm_bindgen]
pub fn check(subject_json: &str, options: &str) -> Returned {
    json(subject(subject_json, options).and_then(|(s, o)| api::check(&s, &o)))
}

/// `resolve`.
#[wasm_bindgen]
pub fn resolve(subject_json: &str, options: &str) -> Returned {
    json(subject(subject_json, options).and_then(|(s, o)| api::resolve(&s, &o)))
}

/// `render`; an empty `subject_json` means none.
#[wasm_bindgen]
pub fn render(report: &str, format: &str, subject_json: &str, options: &str) -> Returned {
    let parsed = || -> Result<_, Error> {
        let subject = if subject_json.is_empty() { None } else { Some(Subject::parse(subject_json)?) };
        Ok((subject, Options::parse(options)?))
    };
    text(parsed().and_then(|(subject, options)| api::render(report, format, subject.as_ref(), &options)))
}

/// `applyFixes`.
#[wasm_bindgen(js_name = applyFixes)]
pub fn apply_fixes(files: &str, report: &str, include_unsafe: bool) -> Returned {
    let files = api::from_json::<Vec<File>>(Code::InvalidInput, "invalid files", files);
    json(files.and_then(|files| api::apply_fixes(files, report, include_unsafe)))
}

/// The answer to a topic of `explain` that isn't one of `names`, which are joined by line feeds: as an error of the
/// API, and as the lines that the command prints.
#[wasm_bindgen(js_name = unknownTopic)]
pub fn unknown_topic(topic: &str, names: &str) -> String {
    let nearest = nearest(topic, names.lines());
    let error = api::unknown_topic(topic, nearest);
    to_json(&(error, langfuse_blob_core::command::unknown_topic(topic, nearest).lines()))
}

/// A text of the user's as a part of what is printed.
#[wasm_bindgen]
pub fn quoted(text: &str) -> String {
    printable::quoted(text)
}

/// `generateFile`.
#[wasm_bindgen]
pub fn generate(format: &str, options: &str, random: &[u8]) -> Returned {
    json(api::generate(format, options, random))
}

/// `generateFiles`.
#[wasm_bindgen(js_name = generateFiles)]
pub fn generate_files(format: &str, options: &str, random: &[u8]) -> Returned {
    json(api::generate_files(format, options, random))
}

/// `generatePassword`.
#[wasm_bindgen]
pub fn password(random: &[u8]) -> Returned {
    text(api::password(random))
}

/// `formats`; an empty `deployment` means the default.
#[wasm_bindgen]
pub fn formats(deployment: &str) -> Returned {
    json(api::formats(deployment))
}

/// `fields`.
#[wasm_bindgen]
pub fn fields() -> String {
    to_json(&generate::fields())
}

/// `questions`.
#[wasm_bindgen]
pub fn questions(format: &str, options: &str) -> Returned {
    json(api::questions(format, options))
}

/// `recall`.
#[wasm_bindgen]
pub fn recall(subject_json: &str, options: &str) -> Returned {
    json(subject(subject_json, options).and_then(|(s, o)| api::recall(&s, &o)))
}

/// `connections`.
#[wasm_bindgen]
pub fn connections(subject_json: &str, options: &str) -> Returned {
    json(subject(subject_json, options).and_then(|(s, o)| api::connections(&s, &o)))
}

/// `fileName`.
#[wasm_bindgen(js_name = fileName)]
pub fn file_name(text: &str) -> String {
    api::file_name(text).to_owned()
}

/// `presign`.
#[wasm_bindgen]
pub fn presign(request: &str) -> Returned {
    text(with_keys(|keys| api::presign(request, keys)))
}

/// `sign`.
#[wasm_bindgen]
pub fn sign(request: &str) -> Returned {
    json(with_keys(|keys| api::sign(request, keys)))
}

/// `eventObjects`.
#[wasm_bindgen(js_name = eventObjects)]
pub fn event_objects(events: &str, request: &str) -> Returned {
    json(api::event_objects(events, request))
}

/// `mediaObject`.
#[wasm_bindgen(js_name = mediaObject)]
pub fn media_object(bytes: Option<Vec<u8>>, request: &str) -> Returned {
    json(api::media_object(bytes.as_deref(), request))
}

/// `exportFile`.
#[wasm_bindgen(js_name = exportFile)]
pub fn export_file(rows: &str, format: &str) -> Returned {
    text(api::export_file(rows, format))
}

/// `storageEnv`.
#[wasm_bindgen(js_name = storageEnvironment)]
pub fn storage_environment(subject_json: &str) -> Returned {
    json(Subject::parse(subject_json).and_then(|s| api::storage_environment(&s, &Options::default())))
}

/// A schema of `storageVariables`.
#[wasm_bindgen(js_name = storageVariable)]
pub fn storage_variable(name: &str, text: Option<String>) -> Returned {
    json(api::storage_variable(name, text.as_deref()))
}

/// The names of the storage variables, one per line.
#[wasm_bindgen(js_name = variableNames)]
pub fn variable_names() -> String {
    storage().map(Var::name).collect::<Vec<_>>().join("\n")
}

/// The module's memory, for tests of its size.
#[wasm_bindgen(js_name = moduleMemory)]
pub fn module_memory() -> JsValue {
    wasm_bindgen::memory()
}

//! Bindings of the core for JavaScript: one call of `langfuse_blob_core::api` each.
//!
//! A refusal is thrown as the JSON text of its [`Error`]; `js/api.mjs` makes a JavaScript `Error` of it and gives the
//! functions the shapes that the package documents. What crosses is text, and bytes where there are bytes.
#![forbid(unsafe_code)]
#![allow(clippy::needless_pass_by_value, reason = "what the border makes of an argument is handed over")]

mod session;

use std::cell::RefCell;

use langfuse_blob_core::api::{self, Code, Error, File, Options, Subject, to_json};
use langfuse_blob_core::sign::KeyCache;
use langfuse_blob_core::variable::{Var, storage};
use langfuse_blob_core::{explain, generate, schema};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

thread_local! {
    /// Signing keys, kept from one call to the next: deriving one costs most of a signature.
    static KEYS: RefCell<KeyCache> = RefCell::new(KeyCache::new());
}

/// What a call comes to in JavaScript.
type Done = Result<String, JsValue>;

fn thrown(error: &Error) -> JsValue {
    JsValue::from_str(&error.to_json())
}

fn json<T: serde::Serialize>(made: Result<T, Error>) -> Done {
    made.map(|value| to_json(&value)).map_err(|e| thrown(&e))
}

fn text(made: Result<String, Error>) -> Done {
    made.map_err(|e| thrown(&e))
}

fn with_keys<T>(work: impl FnOnce(&mut KeyCache) -> Result<T, Error>) -> Result<T, Error> {
    KEYS.with(|keys| match keys.try_borrow_mut() {
        Ok(mut keys) => work(&mut keys),
        // No call runs inside another; if one did, it would only lose the kept keys.
        Err(_) => work(&mut KeyCache::new()),
    })
}

fn subject(subject: &str, options: &str) -> Result<(Subject, Options), Error> {
    Ok((Subject::parse(subject)?, Options::parse(options)?))
}

/// `check` of variables: as many names as `count` and then as many values, ended by a NUL each.
#[wasm_bindgen(js_name = checkVariables)]
pub fn check_variables(flat: &[u8], count: usize, options: &str) -> Done {
    json(Options::parse(options).and_then(|options| api::check_variables(flat, count, &options)))
}

/// `check` of a text.
#[wasm_bindgen(js_name = checkText)]
pub fn check_text(text: Vec<u8>, options: &str) -> Done {
    json(Options::parse(options).and_then(|options| api::check(&Subject::Text(text), &options)))
}

/// `check` of anything else.
#[wasm_bindgen]
pub fn check(subject_json: &str, options: &str) -> Done {
    json(subject(subject_json, options).and_then(|(s, o)| api::check(&s, &o)))
}

/// `resolve`.
#[wasm_bindgen]
pub fn resolve(subject_json: &str, options: &str) -> Done {
    json(subject(subject_json, options).and_then(|(s, o)| api::resolve(&s, &o)))
}

/// `render`; an empty `subject_json` stands for none.
#[wasm_bindgen]
pub fn render(report: &str, format: &str, subject_json: &str, options: &str) -> Done {
    let parsed = || -> Result<_, Error> {
        let subject = if subject_json.is_empty() { None } else { Some(Subject::parse(subject_json)?) };
        Ok((subject, Options::parse(options)?))
    };
    text(parsed().and_then(|(subject, options)| api::render(report, format, subject.as_ref(), &options)))
}

/// `applyFixes`.
#[wasm_bindgen(js_name = applyFixes)]
pub fn apply_fixes(files: &str, report: &str, include_unsafe: bool) -> Done {
    let files = api::from_json::<Vec<File>>(Code::InvalidInput, "these are no files", files);
    json(files.and_then(|files| api::apply_fixes(files, report, include_unsafe)))
}

/// `explain`.
#[wasm_bindgen]
pub fn explain(topic: Option<String>) -> Done {
    text(topic.map_or_else(|| Ok(explain::list()), |topic| api::explain(&topic)))
}

/// `schema`.
#[wasm_bindgen]
pub fn schema() -> String {
    to_json(&schema::schema())
}

/// `generateFile`: name, contents, notes.
#[wasm_bindgen]
pub fn generate(format: &str, options: &str, random: &[u8]) -> Done {
    json(api::generate(format, options, random))
}

/// `questions`.
#[wasm_bindgen]
pub fn questions(format: &str, options: &str) -> Done {
    json(api::questions(format, options))
}

/// `recall`.
#[wasm_bindgen]
pub fn recall(subject_json: &str, options: &str) -> Done {
    json(subject(subject_json, options).and_then(|(s, o)| api::recall(&s, &o)))
}

/// `providers`.
#[wasm_bindgen]
pub fn providers() -> String {
    to_json(&generate::providers())
}

/// `presign`.
#[wasm_bindgen]
pub fn presign(request: &str) -> Done {
    text(with_keys(|keys| api::presign(request, keys)))
}

/// `sign`.
#[wasm_bindgen]
pub fn sign(request: &str) -> Done {
    json(with_keys(|keys| api::sign(request, keys)))
}

/// `eventObjects`.
#[wasm_bindgen(js_name = eventObjects)]
pub fn event_objects(events: &str, request: &str) -> Done {
    json(api::event_objects(events, request))
}

/// `mediaObject`.
#[wasm_bindgen(js_name = mediaObject)]
pub fn media_object(bytes: Option<Vec<u8>>, request: &str) -> Done {
    json(api::media_object(bytes.as_deref(), request))
}

/// `exportFile`.
#[wasm_bindgen(js_name = exportFile)]
pub fn export_file(rows: &str, format: &str) -> Done {
    text(api::export_file(rows, format))
}

/// `storageEnv`.
#[wasm_bindgen(js_name = storageEnvironment)]
pub fn storage_environment(subject_json: &str) -> Done {
    json(Subject::parse(subject_json).and_then(|s| api::storage_environment(&s, &Options::default())))
}

/// A schema of `storageVariables`.
#[wasm_bindgen(js_name = storageVariable)]
pub fn storage_variable(name: &str, text: Option<String>) -> Done {
    json(api::storage_variable(name, text.as_deref()))
}

/// Names of the storage variables, one a line.
#[wasm_bindgen(js_name = variableNames)]
pub fn variable_names() -> String {
    storage().map(Var::name).collect::<Vec<_>>().join("\n")
}

/// The module's memory, for whoever watches its size.
#[wasm_bindgen(js_name = moduleMemory)]
pub fn module_memory() -> JsValue {
    wasm_bindgen::memory()
}

//! The native half of the parity tests: a line is a call, `["presign", "{…}"]`, with the arguments that the WebAssembly
//! module takes; a line of the answer is `{"ok": text}` or `{"thrown": text}`.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead as _, Write as _};

use langfuse_blob_core::api::{self, Code, Error, File, Options, Subject, to_json};
use langfuse_blob_core::sign::KeyCache;
use langfuse_blob_core::{explain, generate, schema};
use serde_json::json;

fn main() {
    let mut keys = KeyCache::new();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let call: Vec<Option<String>> = serde_json::from_str(&line.unwrap()).unwrap();
        let answer = match made(&call, &mut keys) {
            Ok(text) => json!({ "ok": text }),
            Err(error) => json!({ "thrown": error.to_json() }),
        };
        writeln!(out, "{answer}").unwrap();
    }
}

fn made(call: &[Option<String>], keys: &mut KeyCache) -> Result<String, Error> {
    let at = |place: usize| call.get(place).and_then(Option::as_deref).unwrap_or("");
    let subject = |place: usize| Subject::parse(at(place));
    let options = |place: usize| Options::parse(at(place));
    Ok(match at(0) {
        "checkText" => to_json(&api::check(&Subject::Text(at(1).into()), &options(2)?)?),
        "checkVariables" => to_json(&api::check_variables(at(1).as_bytes(), at(2).parse().unwrap(), &options(3)?)?),
        "check" => to_json(&api::check(&subject(1)?, &options(2)?)?),
        "resolve" => to_json(&api::resolve(&subject(1)?, &options(2)?)?),
        "render" => api::render(at(1), at(2), Some(&subject(3)?), &options(4)?)?,
        "applyFixes" => {
            let files: Vec<File> = api::from_json(Code::InvalidInput, "invalid files", at(1))?;
            to_json(&api::apply_fixes(files, at(2), at(3) == "true")?)
        }
        "explain" if call.len() == 1 => explain::list(),
        "explain" => api::explain(at(1))?,
        "schema" => to_json(&schema::schema()),
        "providers" => to_json(&generate::providers()),
        "generate" => to_json(&api::generate(at(1), at(2), &[7; 32])?),
        "generateFiles" => to_json(&api::generate_files(at(1), at(2), &[7; 32])?),
        "formats" => to_json(&api::formats(at(1))?),
        "fields" => to_json(&generate::fields()),
        "password" => api::password(&[7; 32])?,
        "fileName" => api::file_name(at(1)).to_owned(),
        "connections" => to_json(&api::connections(&subject(1)?, &options(2)?)?),
        "questions" => to_json(&api::questions(at(1), at(2))?),
        "presign" => api::presign(at(1), keys)?,
        "sign" => to_json(&api::sign(at(1), keys)?),
        "eventObjects" => to_json(&api::event_objects(at(1), at(2))?),
        "mediaObject" => to_json(&api::media_object(None, at(1))?),
        "exportFile" => api::export_file(at(1), at(2))?,
        "storageEnvironment" => to_json(&api::storage_environment(&subject(1)?, &Options::default())?),
        "storageVariable" => to_json(&api::storage_variable(at(1), call.get(2).and_then(Option::as_deref))?),
        other => panic!("no call {other:?}"),
    })
}

//! Runs a verb: asks JavaScript for the files that it needs, then returns what to print and write.

use std::collections::BTreeMap;

use langfuse_blob_core::command::{self, Command, Failure, Need, Opened, Stop, Surroundings, Values, Within};
use langfuse_blob_core::report::text::Style;
use serde_json::json;
use wasm_bindgen::prelude::wasm_bindgen;

/// A verb with its arguments, and the files read so far.
#[wasm_bindgen]
pub struct Session {
    command: Result<Command, Failure>,
    around: Surroundings,
}

#[wasm_bindgen]
impl Session {
    /// `values` and `variables` are JSON objects: lists of strings by flag, and the environment. `random` is 32 random
    /// bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(verb: &str, values: &str, variables: &str, random: &[u8], colour: bool) -> Self {
        let values: BTreeMap<String, Vec<String>> = serde_json::from_str(values).unwrap_or_default();
        let command = Values(values)
            .command(verb)
            .and_then(|command| command.ok_or_else(|| Failure::usage(format!("unsupported verb `{verb}`"))));
        let around = Surroundings {
            variables: serde_json::from_str(variables).unwrap_or_default(),
            random: random.try_into().unwrap_or_default(),
            style: Style { colour },
            ..Surroundings::default()
        };
        Self { command, around }
    }

    /// `{ "needs": [null for standard input, or { name, within }] }` or
    /// `{ "done": { writes, stdout, stderr, exit } }`.
    ///
    /// `within` limits where the file may be: `null` is anywhere; `true` is the work tree of a file that the user
    /// named; a string is the directory for files that an examined file names.
    pub fn step(&self) -> String {
        let done = self.command.as_ref().map_err(|f| Stop::Failed(f.clone()));
        match done.and_then(|command| command::run(command, &self.around)) {
            Ok(done) => {
                let writes: Vec<_> = done.writes.iter().map(|write| [&write.name, &write.text]).collect();
                let done =
                    json!({ "writes": writes, "stdout": done.out, "stderr": done.talk, "exit": done.exit.code() });
                json!({ "done": done })
            }
            Err(Stop::Failed(failure)) => {
                let writes: [&str; 0] = [];
                let stderr = failure.lines();
                json!({ "done": { "writes": writes, "stdout": "", "stderr": stderr, "exit": failure.exit.code() } })
            }
            Err(Stop::Needs(needs)) => {
                let needs = needs.iter().map(|need| match need {
                    Need::File { name, within: Within::Anywhere } => json!({ "name": name, "within": null }),
                    Need::File { name, within: Within::WorkTree } => json!({ "name": name, "within": true }),
                    Need::File { name, within: Within::Tree(directory) } => {
                        json!({ "name": name, "within": directory })
                    }
                    Need::Input => json!(null),
                });
                json!({ "needs": needs.collect::<Vec<_>>() })
            }
        }
        .to_string()
    }

    /// Provides the bytes of the file `name`, or of standard input. `stream`: they come from a pipe or a device.
    pub fn give(&mut self, name: Option<String>, bytes: Vec<u8>, stream: bool) {
        let opened = |bytes| if stream { Opened::Stream(bytes) } else { Opened::Bytes(bytes) };
        match name {
            Some(name) => drop(self.around.files.insert(name, opened(bytes))),
            None => self.around.input = Some(Ok(bytes)),
        }
    }

    /// Says why a file can't be read: `missing`, `denied`, `directory`, `too-large`, `outside`, `special`, or `failed:`
    /// with the system's message.
    pub fn refuse(&mut self, name: Option<String>, reason: &str) {
        let opened = match reason {
            "missing" => Opened::Missing,
            "denied" => Opened::Denied,
            "directory" => Opened::Folder,
            "too-large" => Opened::TooLarge,
            "outside" => Opened::Outside,
            "special" => Opened::Special,
            other => Opened::Failed(other.trim_start_matches("failed:").to_owned()),
        };
        match name {
            Some(name) => drop(self.around.files.insert(name, opened)),
            None => self.around.input = Some(Err(reason.to_owned())),
        }
    }
}

//! A command line at work: it says what it wants, is given it, and in the end what is to be printed and written.

use std::collections::BTreeMap;

use langfuse_blob_core::command::{self, Command, Failure, Need, Opened, Stop, Surroundings, Values};
use langfuse_blob_core::report::text::Style;
use serde_json::json;
use wasm_bindgen::prelude::wasm_bindgen;

/// A verb with its arguments, and what was found for it so far.
#[wasm_bindgen]
pub struct Session {
    command: Result<Command, Failure>,
    around: Surroundings,
}

#[wasm_bindgen]
impl Session {
    /// `values` and `variables` are JSON objects: lists of texts by flag, and the environment. `random` has 32 bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(verb: &str, values: &str, variables: &str, random: &[u8], colour: bool) -> Self {
        let values: BTreeMap<String, Vec<String>> = serde_json::from_str(values).unwrap_or_default();
        let command = Values(values)
            .command(verb)
            .and_then(|command| command.ok_or_else(|| Failure::usage(format!("this package has no verb `{verb}`"))));
        let around = Surroundings {
            variables: serde_json::from_str(variables).unwrap_or_default(),
            random: random.try_into().unwrap_or_default(),
            style: Style { colour },
            ..Surroundings::default()
        };
        Self { command, around }
    }

    /// `{ "needs": [NAME or null for standard input] }` or `{ "done": { writes, out, talk, exit } }`.
    pub fn step(&self) -> String {
        let done = self.command.as_ref().map_err(|f| Stop::Failed(f.clone()));
        match done.and_then(|command| command::run(command, &self.around)) {
            Ok(done) => {
                let done =
                    json!({ "writes": done.writes, "out": done.out, "talk": done.talk, "exit": done.exit.code() });
                json!({ "done": done })
            }
            Err(Stop::Failed(failure)) => {
                let writes: [&str; 0] = [];
                let talk = failure.lines();
                json!({ "done": { "writes": writes, "out": "", "talk": talk, "exit": failure.exit.code() } })
            }
            Err(Stop::Needs(needs)) => {
                let names = needs.iter().map(|need| match need {
                    Need::File(name) => Some(name),
                    Need::Input => None,
                });
                json!({ "needs": names.collect::<Vec<_>>() })
            }
        }
        .to_string()
    }

    /// The bytes of the file `name`, or of standard input.
    pub fn give(&mut self, name: Option<String>, bytes: Vec<u8>) {
        match name {
            Some(name) => drop(self.around.files.insert(name, Opened::Bytes(bytes))),
            None => self.around.input = Some(Ok(bytes)),
        }
    }

    /// Why there are none: `missing`, `denied`, `folder`, `too-large`, or `failed:` and the system's words.
    pub fn refuse(&mut self, name: Option<String>, reason: &str) {
        let opened = match reason {
            "missing" => Opened::Missing,
            "denied" => Opened::Denied,
            "folder" => Opened::Folder,
            "too-large" => Opened::TooLarge,
            other => Opened::Failed(other.trim_start_matches("failed:").to_owned()),
        };
        match name {
            Some(name) => drop(self.around.files.insert(name, opened)),
            None => self.around.input = Some(Err(reason.to_owned())),
        }
    }
}

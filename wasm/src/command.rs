//! Runs a verb of `npx langfuse-blob`: JavaScript opens its files, and prints and writes the result.

use std::collections::BTreeMap;

use langfuse_blob_core::command::{self, Command, CommandError, Context, Output, Values};
use langfuse_blob_core::files::{Files, Opened, Within};
use langfuse_blob_core::render::text::Style;
use serde_json::json;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// The files of the machine.
    pub type Host;

    /// Opens a file: `anywhere`, or below `directory` if an examined file names it; else the user named it.
    #[wasm_bindgen(method)]
    fn open(this: &Host, name: &str, anywhere: bool, directory: Option<String>) -> Read;

    #[wasm_bindgen(method, js_name = standardInput)]
    fn standard_input(this: &Host) -> Read;

    /// The outcome of reading.
    type Read;

    /// The content, if there is one.
    #[wasm_bindgen(method, getter)]
    fn bytes(this: &Read) -> Option<Vec<u8>>;

    /// Whether it comes from a pipe or a device.
    #[wasm_bindgen(method, getter)]
    fn stream(this: &Read) -> bool;

    /// Else why not: `missing`, `denied`, `directory`, `too-large`, `outside`, `special`, or the system's message.
    #[wasm_bindgen(method, getter)]
    fn reason(this: &Read) -> Option<String>;
}

impl Files for Host {
    fn open(&self, path: &str, within: &Within) -> Opened {
        let read = match within {
            Within::Nowhere => return Opened::Outside,
            Within::Anywhere => Self::open(self, path, true, None),
            Within::WorkTree => Self::open(self, path, false, None),
            Within::Tree(directory) => Self::open(self, path, false, Some(directory.clone())),
        };
        if let Some(bytes) = read.bytes() {
            return if read.stream() { Opened::Stream(bytes) } else { Opened::Bytes(bytes) };
        }
        let reason = read.reason().unwrap_or_default();
        match reason.as_str() {
            "missing" => Opened::Missing,
            "denied" => Opened::Denied,
            "directory" => Opened::Directory,
            "too-large" => Opened::TooLarge,
            "outside" => Opened::Outside,
            "special" => Opened::Special,
            _ => Opened::Failed(reason),
        }
    }

    fn standard_input(&self) -> Result<Vec<u8>, String> {
        let read = Self::standard_input(self);
        read.bytes().ok_or_else(|| read.reason().unwrap_or_default())
    }
}

/// Runs `verb`. `values` and `variables` are JSON objects: lists of strings by flag, and the environment. `random` is 32
/// random bytes. Returns `{ writes, stdout, stderr, exit }`.
#[wasm_bindgen]
pub fn run(verb: &str, values: &str, variables: &str, random: &[u8], colour: bool, host: &Host) -> String {
    let context = Context {
        variables: serde_json::from_str(variables).unwrap_or_default(),
        random: random.try_into().unwrap_or_default(),
        style: Style { colour },
        ..Context::new(host)
    };
    let output = parsed(verb, values).and_then(|command| command::run(&command, &context)).unwrap_or_else(|error| {
        Output { writes: Vec::new(), stdout: String::new(), stderr: error.lines(), exit: error.exit }
    });
    let writes: Vec<_> = output.writes.iter().map(|write| [&write.name, &write.text]).collect();
    json!({ "writes": writes, "stdout": output.stdout, "stderr": output.stderr, "exit": output.exit.code() })
        .to_string()
}

fn parsed(verb: &str, values: &str) -> Result<Command, CommandError> {
    let values: BTreeMap<String, Vec<String>> = serde_json::from_str(values).unwrap_or_default();
    let command = Values(values).command(verb)?;
    command.ok_or_else(|| CommandError::usage(format!("unsupported verb `{verb}`")))
}

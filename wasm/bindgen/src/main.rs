//! `langfuse-blob-bindgen INPUT.wasm DIRECTORY web|nodejs`: writes the module and its JavaScript into DIRECTORY.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, directory, target] = arguments.as_slice() else {
        eprintln!("usage: langfuse-blob-bindgen INPUT.wasm DIRECTORY web|nodejs");
        return ExitCode::from(2);
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(input).out_name("langfuse_blob").typescript(false).encode_into(EncodeInto::Always);
    let chosen = match target.as_str() {
        "web" => bindgen.web(true),
        "nodejs" => bindgen.nodejs(true),
        other => {
            eprintln!("unknown target {other}; expected web or nodejs");
            return ExitCode::from(2);
        }
    };
    match chosen.and_then(|b| b.generate(directory)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

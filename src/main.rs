//! The command `langfuse-blob`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    langfuse_blob::run(std::env::args_os()).code().into()
}

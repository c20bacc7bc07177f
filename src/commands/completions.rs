//! `completions`: shell completions from the declaration of the command line.

use clap::Command;
use clap_complete::{Shell, generate};

use super::Done;
use crate::exit::Exit;
use crate::output::print;

/// Runs the verb.
pub fn run(shell: Shell, command: &mut Command) -> Done {
    let mut out = Vec::new();
    generate(shell, command, "langfuse-blob", &mut out);
    print(&String::from_utf8_lossy(&out))?;
    Ok(Exit::Clean)
}

//! `version`: the same as `--version`.

use clap::Command;

use super::Done;
use crate::exit::Exit;
use crate::output::print;

/// Runs the verb.
pub fn run(command: &Command) -> Done {
    print(&command.render_version())?;
    Ok(Exit::Clean)
}

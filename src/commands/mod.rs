//! The verbs: each turns its arguments into a call of the core and prints the result.

pub mod check;
pub mod completions;
pub mod demo;
pub mod doctor;
mod elsewhere;
pub mod explain;
pub mod export;
pub mod generate;
pub mod get;
pub mod ls;
pub mod man;
mod media_api;
pub mod presign;
pub mod rm;
pub mod schema;
pub mod show;
pub mod store;
pub mod upload_events;
pub mod upload_file;
pub mod upload_media;
pub mod version;
pub mod wizard;

use std::io::Write as _;
use std::path::Path;

use langfuse_blob_core::command::{self, Command, Context};
use langfuse_blob_core::render::text::Style;
use langfuse_blob_core::text::printable::escaped;

use crate::destination::Destination;
use crate::failure::{Done, Failure};
use crate::files;
use crate::output::{eprint, note, print, shown_path};
use crate::verbosity::{Color, Verbosity};

/// Runs a verb of the core: writes its files, and prints its output and messages.
fn run(command: &Command) -> Done {
    deliver(&command::run(command, &files::context()?)?)
}

fn deliver(output: &command::Output) -> Done {
    deliver_to(output, None)
}

/// Writes the files of `output`, and prints its messages and, unless it goes to the file `target`, its text.
fn deliver_to(output: &command::Output, target: Option<&Path>) -> Done {
    for write in &output.writes {
        files::replace(write)?;
        note(format!("fixed {}", escaped(&write.name)));
    }
    print_to(target, &output.stdout)?;
    let quiet = Verbosity::chosen().quiet;
    output.stderr.iter().filter(|line| !quiet || !line.starts_with("note:")).for_each(eprint);
    Ok(output.exit)
}

/// What a command of the core gets from this process, if its text goes to the file `target`, or else to standard output.
fn context_for(target: Option<&Path>) -> Result<Context<'static>, Failure> {
    let context = files::context()?;
    let colour = Verbosity::chosen().color == Color::Always;
    Ok(if target.is_some() { Context { style: Style { colour }, ..context } } else { context })
}

/// Prints `text`, or replaces the content of the file `target` with it.
fn print_to(target: Option<&Path>, text: &str) -> Result<(), Failure> {
    let Some(path) = target else { return Ok(print(text)?) };
    let write = || {
        let mut destination = Destination::open(path)?;
        destination.write_all(text.as_bytes())?;
        destination.finish()
    };
    write().map_err(|e: std::io::Error| Failure::usage(format!("{} can't be written: {e}", shown_path(path))))?;
    note(format!("wrote {}", shown_path(path)));
    Ok(())
}

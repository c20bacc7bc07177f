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

use langfuse_blob_core::command::{self, Command};
use langfuse_blob_core::text::printable::escaped;

use crate::failure::{Done, Failure};
use crate::files;
use crate::output::{eprint, print};
use crate::verbosity::{Verbosity, note};

/// Runs a verb of the core: writes its files, and prints its output and messages.
fn run(command: &Command) -> Done {
    deliver(&command::run(command, &files::context()?)?)
}

fn deliver(output: &command::Output) -> Done {
    for write in &output.writes {
        files::replace(write)?;
        note(format!("fixed {}", escaped(&write.name)));
    }
    print(&output.stdout)?;
    let quiet = Verbosity::chosen().quiet;
    output.stderr.iter().filter(|line| !quiet || !line.starts_with("note:")).for_each(eprint);
    Ok(output.exit)
}

//! The file system for the core: the only place that reads configuration files, stdin and the environment.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use langfuse_blob_core::command::{self, Context, Gathered, Sources, Write};
use langfuse_blob_core::files::{Files, LARGEST, Opened, Within};
use langfuse_blob_core::render::text::Style;
use langfuse_blob_core::text::printable::escaped;

use crate::destination::Destination;
use crate::failure::Failure;
use crate::local_file::{self, Content};
use crate::output::{colour, eprint_line};

/// What a command of the core gets from this process.
///
/// # Errors
/// The system has no random numbers.
pub fn context() -> Result<Context<'static>, Failure> {
    let mut context =
        Context { variables: variables(), style: Style { colour: colour() }, ..Context::new(&FileSystem) };
    getrandom::fill(&mut context.random)
        .map_err(|e| Failure::failed(format!("can't get random numbers from the system: {e}")))?;
    Ok(context)
}

/// Reads the files named by a verb's flags, or the deployment in this directory.
///
/// # Errors
/// A file can't be opened or decoded, or there is nothing to read.
pub fn gather(sources: &Sources) -> Result<Gathered, Failure> {
    let gathered = command::gather(sources, &context()?)?;
    gathered.warnings().iter().for_each(eprint_line);
    Ok(gathered)
}

/// This process's variables. Invalid Unicode is replaced in values; names with it are skipped.
fn variables() -> BTreeMap<String, String> {
    let all = std::env::vars_os();
    all.filter_map(|(n, v)| Some((n.into_string().ok()?, v.to_string_lossy().into_owned()))).collect()
}

/// The files of this machine.
struct FileSystem;

impl Files for FileSystem {
    fn open(&self, name: &str, within: &Within) -> Opened {
        let path = Path::new(name);
        let content = match within {
            Within::Nowhere => Ok(Content::Outside),
            Within::WorkTree if local_file::leaves_work_tree(path) => Ok(Content::Outside),
            Within::WorkTree | Within::Anywhere => local_file::read_any(path, LARGEST),
            Within::Tree(directory) => local_file::read_within(path, Path::new(directory), LARGEST),
        };
        match content {
            Ok(Content::Regular(bytes)) => Opened::Bytes(bytes),
            Ok(Content::Stream(bytes)) => Opened::Stream(bytes),
            Ok(Content::Directory) => Opened::Directory,
            Ok(Content::TooLarge) => Opened::TooLarge,
            Ok(Content::Outside) => Opened::Outside,
            Ok(Content::Special) => Opened::Special,
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound => Opened::Missing,
                io::ErrorKind::PermissionDenied => Opened::Denied,
                _ => Opened::Failed(error.to_string()),
            },
        }
    }

    fn standard_input(&self) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let read = io::stdin().lock().take(LARGEST.saturating_add(1)).read_to_end(&mut bytes);
        read.map(|_| bytes).map_err(|e| e.to_string())
    }
}

fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => error.to_string(),
    }
}

/// Replaces the content of a file atomically: a reader sees the old or the new content, never a mix. Keeps owner,
/// group, permissions, extended attributes and other hard links; follows a symbolic link.
///
/// # Errors
/// It can't be written, or has changed since it was read.
pub fn replace(write: &Write) -> Result<(), Failure> {
    let replaced = || {
        let mut destination = Destination::open(Path::new(&write.name))?.expecting(write.before.clone());
        destination.write_all(write.text.as_bytes())?;
        destination.finish()
    };
    replaced().map_err(|e| Failure::usage(format!("{} can't be written: {}", escaped(&write.name), plain(&e))))
}

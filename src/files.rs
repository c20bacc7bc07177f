//! Opening what the core asks for: the only place that reads configuration files, stdin and the environment.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use langfuse_blob_core::check::{self, Examined};
use langfuse_blob_core::report::Report;
use langfuse_blob_core::source::{self, Deployment, Given, Input, Kind, Options, Outcome, Value};
use langfuse_blob_core::variable::Containers;

use crate::cli::{How, Sources};
use crate::destination::Destination;

/// Why no deployment could be read. The text is ready for people.
#[derive(Debug)]
pub struct Unreadable(pub String);

/// A deployment with what is needed to read it again.
pub struct Gathered {
    /// The inputs.
    pub inputs: Vec<Input>,
    /// How they were read.
    pub options: Options,
    /// What they say.
    pub deployment: Deployment,
}

/// Largest file that is read. Real ones have kilobytes; this keeps a mistake (`check /dev/zero`) from eating memory.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Reads what the command line names, or the deployment in this folder.
///
/// # Errors
/// A file that cannot be opened or decoded, or nothing to read.
pub fn gather(sources: &Sources) -> Result<Gathered, Unreadable> {
    gather_named(&sources.files, &sources.how)
}

/// Reads what the flags of a verb name, or the deployment in this folder.
///
/// # Errors
/// As [`gather`].
pub fn gather_named(files: &[String], sources: &How) -> Result<Gathered, Unreadable> {
    let mut options = Options {
        deployment: sources.deployment.map(Into::into),
        dialect: sources.dialect.map(Into::into),
        release: sources.release.clone(),
        chart_version: sources.chart_version.clone(),
        shell: shell(),
        found: BTreeMap::new(),
    };
    let kind = sources.input.map(Into::into);
    let mut inputs = Vec::new();
    for name in files.iter().chain(&sources.config) {
        inputs.push(named(name, kind)?);
    }
    for name in &sources.env_file {
        inputs.push(named(name, Some(Kind::Dotenv))?);
    }
    if sources.process_env {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| {
                Some((name.into_string().ok()?, Value::Known(value.to_string_lossy().into_owned())))
            })
            .collect();
        inputs.push(Input {
            name: "process environment".into(),
            given: Given::Variables(variables),
            kind: None,
            container: None,
        });
    }
    if inputs.is_empty() {
        inputs = discover(&mut options)?;
    }
    let deployment = read(&inputs, &mut options)?;
    Ok(Gathered { inputs, options, deployment })
}

/// Reads `inputs`, fetching what the core wants.
///
/// # Errors
/// A file that cannot be decoded or opened.
pub fn read(inputs: &[Input], options: &mut Options) -> Result<Deployment, Unreadable> {
    loop {
        match source::read(inputs, options) {
            Outcome::Ready(deployment) => return Ok(*deployment),
            Outcome::Undecodable { file, message } => return Err(Unreadable(format!("{file}: {message}"))),
            Outcome::Wants(wants) => {
                for want in wants {
                    let bytes = optional(&want.path)?;
                    options.found.insert(want.path, bytes);
                }
            }
        }
    }
}

/// Reads and judges `inputs`, fetching what the core wants.
///
/// # Errors
/// A file that cannot be decoded or opened.
pub fn examine(
    inputs: &[Input],
    reading: &mut Options,
    options: &check::Options,
) -> Result<(Deployment, Report), Unreadable> {
    loop {
        match check::examine(inputs, reading, options) {
            Examined::Done(deployment, report) => return Ok((*deployment, report)),
            Examined::Undecodable { file, message } => return Err(Unreadable(format!("{file}: {message}"))),
            Examined::Wants(wants) => {
                for want in wants {
                    let bytes = optional(&want.path)?;
                    reading.found.insert(want.path, bytes);
                }
            }
        }
    }
}

fn discover(options: &mut Options) -> Result<Vec<Input>, Unreadable> {
    loop {
        match source::discover(options) {
            Ok(inputs) if inputs.is_empty() => {
                return Err(Unreadable(
                    "no compose file, values.yaml or .env in this folder; name a file, `-` for standard input, or --process-env".into(),
                ));
            }
            Ok(inputs) => return Ok(inputs),
            Err(wants) => {
                for want in wants {
                    let bytes = optional(&want.path)?;
                    options.found.insert(want.path, bytes);
                }
            }
        }
    }
}

/// The shell's variables, which compose files may refer to.
fn shell() -> BTreeMap<String, String> {
    std::env::vars_os().filter_map(|(n, v)| Some((n.into_string().ok()?, v.into_string().ok()?))).collect()
}

/// An argument: `FILE`, `-`, `web=FILE`, `worker=FILE`.
fn named(argument: &str, kind: Option<Kind>) -> Result<Input, Unreadable> {
    let (container, name) = match argument.split_once('=') {
        Some(("web", rest)) if !Path::new(argument).exists() => (Some(Containers::WEB), rest),
        Some(("worker", rest)) if !Path::new(argument).exists() => (Some(Containers::WORKER), rest),
        _ => (None, argument),
    };
    let bytes = if name == "-" { stdin()? } else { required(name)? };
    Ok(Input { name: name.to_owned(), given: Given::Bytes(bytes), kind, container })
}

fn stdin() -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(LARGEST.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|e| Unreadable(format!("standard input cannot be read: {e}")))?;
    limited("standard input", bytes)
}

fn required(name: &str) -> Result<Vec<u8>, Unreadable> {
    let fail = |e: &io::Error| Unreadable(format!("{name} cannot be opened: {}", plain(e)));
    let file = fs::File::open(name).map_err(|e| fail(&e))?;
    if file.metadata().is_ok_and(|m| m.is_dir()) {
        return Err(Unreadable(format!("{name} is a folder; name a file in it, or go there and call without a file")));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| fail(&e))?;
    limited(name, bytes)
}

fn limited(name: &str, bytes: Vec<u8>) -> Result<Vec<u8>, Unreadable> {
    if u64::try_from(bytes.len()).is_ok_and(|n| n > LARGEST) {
        return Err(Unreadable(format!("{name} is larger than 64 MiB; no configuration is")));
    }
    Ok(bytes)
}

/// A file that may be missing.
fn optional(name: &str) -> Result<Option<Vec<u8>>, Unreadable> {
    match fs::metadata(name) {
        Ok(meta) if meta.is_file() => required(name).map(Some),
        _ => Ok(None),
    }
}

fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => error.to_string(),
    }
}

/// Replaces the content of `name` in one step: a reader sees the old text or the new one, never half of it. Owner, group
/// and permissions are kept, a symbolic link is followed.
///
/// # Errors
/// Where it cannot be written to.
pub fn replace(name: &str, text: &str) -> Result<(), Unreadable> {
    let write = || {
        let mut destination = Destination::open(Path::new(name))?;
        destination.write_all(text.as_bytes())?;
        destination.finish()
    };
    write().map_err(|e| Unreadable(format!("{name} cannot be written: {}", plain(&e))))
}

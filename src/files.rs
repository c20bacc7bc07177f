//! Opening what the core asks for: the only place that reads configuration files, stdin and the environment.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use langfuse_blob_core::command::{self, Gathered, LARGEST, Need, Opened, Stop, Surroundings};
use langfuse_blob_core::report::text::Style;

use crate::cli::How;
use crate::commands::Failure;
use crate::destination::Destination;
use crate::output::colour;

/// Calls `work`, giving it what it wants, until it comes to its end.
///
/// # Errors
/// Where it cannot be done.
pub fn drive<T>(work: impl Fn(&Surroundings) -> Result<T, Stop>) -> Result<T, Failure> {
    let mut around = Surroundings {
        variables: variables(),
        files: BTreeMap::new(),
        input: None,
        style: Style { colour: colour() },
        random: [0; 32],
    };
    getrandom::fill(&mut around.random)
        .map_err(|e| Failure::failed(format!("no random numbers from the system: {e}")))?;
    loop {
        match work(&around) {
            Ok(done) => return Ok(done),
            Err(Stop::Failed(failure)) => return Err(failure.into()),
            Err(Stop::Needs(needs)) => {
                for need in needs {
                    match need {
                        Need::File(name) => {
                            let opened = open(&name);
                            around.files.insert(name, opened);
                        }
                        Need::Input => around.input = Some(stdin()),
                    }
                }
            }
        }
    }
}

/// Reads what the flags of a verb name, or the deployment in this folder.
///
/// # Errors
/// A file that cannot be opened or decoded, or nothing to read.
pub fn gather(sources: &How) -> Result<Gathered, Failure> {
    let sources = sources.sources(&[]);
    drive(|around| command::gather(&sources, around))
}

/// The variables of this process. What is no text is replaced where a value holds it; a name with it is none of ours.
fn variables() -> BTreeMap<String, String> {
    let all = std::env::vars_os();
    all.filter_map(|(n, v)| Some((n.into_string().ok()?, v.to_string_lossy().into_owned()))).collect()
}

fn stdin() -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(LARGEST.saturating_add(1)).read_to_end(&mut bytes);
    read.map(|_| bytes).map_err(|e| e.to_string())
}

fn open(name: &str) -> Opened {
    let read = || -> io::Result<Opened> {
        let file = fs::File::open(name)?;
        if file.metadata().is_ok_and(|m| m.is_dir()) {
            return Ok(Opened::Folder);
        }
        let mut bytes = Vec::new();
        file.take(LARGEST.saturating_add(1)).read_to_end(&mut bytes)?;
        let fits = u64::try_from(bytes.len()).is_ok_and(|n| n <= LARGEST);
        Ok(if fits { Opened::Bytes(bytes) } else { Opened::TooLarge })
    };
    read().unwrap_or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => Opened::Missing,
        io::ErrorKind::PermissionDenied => Opened::Denied,
        _ => Opened::Failed(error.to_string()),
    })
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
pub fn replace(name: &str, text: &str) -> Result<(), Failure> {
    let write = || {
        let mut destination = Destination::open(Path::new(name))?;
        destination.write_all(text.as_bytes())?;
        destination.finish()
    };
    write().map_err(|e| Failure::usage(format!("{name} cannot be written: {}", plain(&e))))
}

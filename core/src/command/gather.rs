//! From the command line to a deployment: which files are read, and the error if one can't be.

use super::{Failure, Need, Opened, Sources, Stop, Surroundings, Within};
use crate::check::{self, Examined};
use crate::order;
use crate::report::Report;
use crate::source::{
    self, Deployment, Given, Input, Kind, Options, Outcome, Undiscovered, Unopened, UnopenedFile, Value, Want,
};
use crate::text::printable::escaped;
use crate::variable::Containers;

/// A deployment and everything needed to read it again.
pub struct Gathered {
    /// The inputs.
    pub inputs: Vec<Input>,
    /// How they were read.
    pub options: Options,
    /// What they say.
    pub deployment: Deployment,
}

impl Gathered {
    /// What verbs without a report print about files that weren't opened, one line each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let warning = |file: &UnopenedFile| format!("warning: {}", file.message());
        self.deployment.unopened.iter().map(warning).collect()
    }
}

/// Reads what the command line names, or the deployment in this directory.
///
/// # Errors
/// Missing inputs; a file that can't be opened or decoded, or nothing to read.
pub fn gather(sources: &Sources, around: &Surroundings) -> Result<Gathered, Stop> {
    gather_named(&sources.files, sources, around)
}

/// Reads `files` and what the other flags of a verb name, or the deployment in this directory.
///
/// # Errors
/// As [`gather`].
pub fn gather_named(files: &[String], sources: &Sources, around: &Surroundings) -> Result<Gathered, Stop> {
    let mut options = Options {
        deployment: sources.deployment,
        dialect: sources.dialect,
        release: sources.release.clone(),
        chart_version: sources.chart_version.clone(),
        shell: around.variables.clone(),
        found: std::collections::BTreeMap::new(),
        refused: std::collections::BTreeMap::new(),
        trusted: sources.trust_config,
        beside: Vec::new(),
    };
    let mut inputs: Vec<Input> = Vec::new();
    let mut input_taken = false;
    let mut open = |name: &str, kind| {
        let input = named(name, kind, sources.trust_config, around, input_taken)?;
        input_taken |= input.name == "-";
        inputs.push(input);
        Ok::<(), Stop>(())
    };
    for name in files.iter().chain(&sources.config) {
        open(name, sources.input)?;
    }
    for name in &sources.env_file {
        open(name, Some(Kind::Dotenv))?;
    }
    if sources.process_env {
        let variables = around.variables.iter().map(|(name, value)| (name.clone(), Value::Known(value.clone())));
        inputs.push(Input {
            name: "process environment".into(),
            given: Given::Variables(order::filled(variables)),
            kind: None,
            container: None,
        });
    }
    if inputs.is_empty() {
        inputs = discover(&mut options, around)?;
    }
    let deployment = read(&inputs, &mut options, around)?;
    Ok(Gathered { inputs, options, deployment })
}

/// Reads `inputs`, with the files that the readers request.
fn read(inputs: &[Input], options: &mut Options, around: &Surroundings) -> Result<Deployment, Stop> {
    loop {
        match source::read(inputs, options) {
            Outcome::Ready(deployment) => return Ok(*deployment),
            Outcome::Undecodable { file, message } => return Err(undecodable(&file, &message)),
            Outcome::Wants(wants) => fetch(wants, options, around)?,
        }
    }
}

/// Reads and checks `inputs`, with the files that the readers request.
///
/// # Errors
/// As [`gather`].
pub fn examine(
    inputs: &[Input],
    reading: &mut Options,
    options: &check::Options,
    around: &Surroundings,
) -> Result<(Deployment, Report), Stop> {
    loop {
        match check::examine(inputs, reading, options) {
            Examined::Done(deployment, report) => return Ok((*deployment, report)),
            Examined::Undecodable { file, message } => return Err(undecodable(&file, &message)),
            Examined::Wants(wants) => fetch(wants, reading, around)?,
        }
    }
}

fn undecodable(file: &str, message: &str) -> Stop {
    Failure::usage(format!("{file}: {message}")).into()
}

fn discover(options: &mut Options, around: &Surroundings) -> Result<Vec<Input>, Stop> {
    loop {
        match source::discover(options) {
            Ok(inputs) if inputs.is_empty() => {
                return Err(Failure::usage(
                    "no compose file, values.yaml or .env in this directory; name a file, `-` for standard input, or --process-env",
                )
                .into());
            }
            Ok(inputs) => return Ok(inputs),
            Err(Undiscovered::Wants(wants)) => fetch(wants, options, around)?,
            Err(Undiscovered::Unopened(path, reason)) => {
                let why = match reason {
                    Unopened::Outside => "is outside this directory's tree",
                    Unopened::Special => "isn't a regular file",
                    Unopened::TooLarge => "is larger than 64 MiB",
                };
                let message = format!("{} {why}, so it wasn't opened", escaped(&path));
                return Err(Failure::usage(message).help("If you trust it, name it on the command line.").into());
            }
        }
    }
}

/// Returns a requested file: one that doesn't exist, or is a directory, counts as missing.
fn fetch(wants: Vec<Want>, options: &mut Options, around: &Surroundings) -> Result<(), Stop> {
    let need = |want: &Want| Need::File {
        name: want.path.clone(),
        within: match &want.below {
            _ if options.trusted => Within::Anywhere,
            Some(directory) => Within::Tree(directory.clone()),
            None => Within::WorkTree,
        },
    };
    let unknown: Vec<Need> = wants.iter().filter(|w| !around.files.contains_key(&w.path)).map(need).collect();
    if !unknown.is_empty() {
        return Err(Stop::Needs(unknown));
    }
    for want in wants {
        let unopened = match around.files.get(&want.path) {
            None | Some(Opened::Missing | Opened::Folder) => {
                options.found.insert(want.path, None);
                continue;
            }
            Some(Opened::Outside) => Unopened::Outside,
            Some(Opened::Special) => Unopened::Special,
            Some(Opened::TooLarge) => Unopened::TooLarge,
            Some(opened) => {
                let bytes = content(&want.path, opened)?;
                options.found.insert(want.path, Some(bytes));
                continue;
            }
        };
        options.refused.insert(want.path, unopened);
    }
    Ok(())
}

/// An argument: `FILE`, `-`, `web=FILE`, `worker=FILE`.
fn named(
    argument: &str,
    kind: Option<Kind>,
    trusted: bool,
    around: &Surroundings,
    input_taken: bool,
) -> Result<Input, Stop> {
    let mut container = None;
    let mut name = argument;
    // A file may really have that name.
    if let Some((word, rest)) = argument.split_once('=')
        && let Some(said) = Containers::from_name(word)
        && *opened(argument, trusted, around)? == Opened::Missing
    {
        (container, name) = (Some(said), rest);
    }
    let bytes = match name {
        "-" if input_taken => Vec::new(),
        "-" => standard_input(around)?,
        _ => content(name, opened(name, trusted, around)?)?,
    };
    Ok(Input { name: name.to_owned(), given: Given::Bytes(bytes), kind, container })
}

fn opened<'s>(name: &str, trusted: bool, around: &'s Surroundings) -> Result<&'s Opened, Stop> {
    let within = if trusted { Within::Anywhere } else { Within::WorkTree };
    around.files.get(name).ok_or_else(|| Stop::Needs(vec![Need::File { name: name.to_owned(), within }]))
}

/// Everything that was written to standard input.
pub(super) fn standard_input(around: &Surroundings) -> Result<Vec<u8>, Stop> {
    match &around.input {
        None => Err(Stop::Needs(vec![Need::Input])),
        Some(Err(error)) => Err(Failure::usage(format!("can't read standard input: {error}")).into()),
        Some(Ok(bytes)) if u64::try_from(bytes.len()).is_ok_and(|n| n > super::LARGEST) => {
            Err(too_large("standard input"))
        }
        Some(Ok(bytes)) => Ok(bytes.clone()),
    }
}

fn too_large(name: &str) -> Stop {
    Failure::usage(format!("{name} is larger than 64 MiB, too large for a configuration")).into()
}

fn content(name: &str, opened: &Opened) -> Result<Vec<u8>, Stop> {
    let reason = match opened {
        Opened::Bytes(bytes) | Opened::Stream(bytes) => return Ok(bytes.clone()),
        Opened::TooLarge => return Err(too_large(name)),
        Opened::Folder => {
            let message = format!("{name} is a directory; name a file in it, or run this there without a file");
            return Err(Failure::usage(message).into());
        }
        Opened::Outside => {
            let message =
                format!("{} is a symlink that points outside its git work tree, so it isn't followed", escaped(name));
            let help = "Name the file it points to, or add --trust-config if you trust the work tree.";
            return Err(Failure::usage(message).help(help).into());
        }
        Opened::Special => "it isn't a regular file",
        Opened::Missing => "no such file",
        Opened::Denied => "permission denied",
        Opened::Failed(error) => error,
    };
    Err(Failure::usage(format!("can't open {name}: {reason}")).into())
}

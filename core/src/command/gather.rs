//! From the command line to a deployment: which files are read, and the error if one can't be.

use super::{CommandError, Context, Sources};
use crate::check;
use crate::check::excerpt::{Note, notes};
use crate::files::{Files, LARGEST, Opened, Within};
use crate::order;
use crate::render::text::read_line;
use crate::report::{Read, Report};
use crate::source::{
    self, Deployment, Dialect, Given, Input, Kind, Options, ReadError, Undiscovered, Unopened, UnopenedFile, Value,
    Wrapper,
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
    /// Which files were read, in one line for standard error; `None` without `--env-file`. With a compose project the
    /// named files replace its `.env`; without one they are what the containers get, and the line says so.
    #[must_use]
    pub fn read_line(&self) -> Option<String> {
        if self.options.env_files.is_empty() {
            return None;
        }
        let read: Vec<Read> = self.deployment.texts.iter().map(Read::of).collect();
        let line = read_line(&read);
        let is_plain = self.deployment.wrapper == Wrapper::Raw && read.iter().all(|r| r.kind == Kind::Dotenv);
        Some(if is_plain { format!("{line} as the environment of web and worker") } else { line })
    }

    /// What verbs without a report print about files that weren't opened, one line each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let warning = |file: &UnopenedFile| format!("warning: {}", file.message());
        let excerpt = |note: Note<'_>| {
            let (file, title) = (escaped(note.file), note.title);
            format!("warning: {file} is read as an excerpt of {title}: only literal values are known")
        };
        self.deployment.unopened.iter().map(warning).chain(notes(&self.deployment).map(excerpt)).collect()
    }
}

/// Reads what the command line names, or the deployment in this directory.
///
/// # Errors
/// A file can't be opened or decoded, or there is nothing to read.
pub fn gather(sources: &Sources, context: &Context<'_>) -> Result<Gathered, CommandError> {
    gather_named(&sources.files, sources, context)
}

/// Reads `files` and what the other flags of a verb name, or the deployment in this directory.
///
/// # Errors
/// As [`gather`].
pub fn gather_named(files: &[String], sources: &Sources, context: &Context<'_>) -> Result<Gathered, CommandError> {
    let gathered = gather_known(files, sources, context)?;
    match gathered.deployment.foreign.first() {
        Some(file) => Err(ReadError::Foreign { file: file.clone() }.into()),
        None => Ok(gathered),
    }
}

/// As [`gather_named`], but a file of a kind that isn't read is only recorded, if there is another one.
///
/// # Errors
/// As [`gather`].
pub fn gather_known(files: &[String], sources: &Sources, context: &Context<'_>) -> Result<Gathered, CommandError> {
    let options = Options {
        deployment: sources.deployment,
        dialect: sources.dialect,
        release: sources.release.clone(),
        chart_version: sources.chart_version.clone(),
        shell: context.variables.clone(),
        trusted: sources.trust_config,
        env_files: sources.env_file.clone(),
        beside: Vec::new(),
    };
    let mut inputs: Vec<Input> = Vec::new();
    let mut input_taken = false;
    let mut open = |name: &str, kind| {
        let input = named(name, kind, sources.trust_config, context, input_taken)?;
        input_taken |= input.name == "-";
        inputs.push(input);
        Ok::<(), CommandError>(())
    };
    for name in files.iter().chain(&sources.config) {
        open(name, sources.input)?;
    }
    for name in &sources.env_file {
        open(name, Some(Kind::Dotenv))?;
    }
    if sources.process_env {
        let variables = context.variables.iter().map(|(name, value)| (name.clone(), Value::Known(value.clone())));
        inputs.push(Input {
            name: "process environment".into(),
            given: Given::Variables(order::filled(variables)),
            kind: None,
            container: None,
        });
    }
    if inputs.is_empty() {
        inputs = found(source::discover(&options, &context.files))?;
        if inputs.is_empty() {
            let message = "no compose file, values.yaml or .env in this directory; name a file, `-` for standard input, or --process-env";
            return Err(CommandError::usage(message));
        }
    } else if files.is_empty() && sources.config.is_empty() && !sources.process_env && takes_project(&options) {
        let given = |input: &Input| match &input.given {
            Given::Bytes(bytes) => bytes.clone(),
            Given::Variables(_) => Vec::new(),
        };
        let given: Vec<Vec<u8>> = inputs.iter().map(given).collect();
        let given: Vec<&[u8]> = given.iter().map(Vec::as_slice).collect();
        let mut project = found(source::discover_project(&options, &context.files, &given))?;
        project.append(&mut inputs);
        inputs = project;
    }
    let deployment = source::read(&inputs, &options, &context.files)?;
    Ok(Gathered { inputs, options, deployment })
}

/// Reads and checks what was gathered, with the files that the readers ask for from `files`.
pub(super) fn examine(
    gathered: &Gathered,
    options: &check::Options,
    files: &dyn Files,
) -> Result<(Deployment, Report), CommandError> {
    Ok(check::examine(&gathered.inputs, &gathered.options, options, files)?)
}

impl From<ReadError> for CommandError {
    fn from(error: ReadError) -> Self {
        Self::usage(error.to_string())
    }
}

/// Whether `--env-file` names the dotenv files of a compose project, if there is one.
fn takes_project(options: &Options) -> bool {
    options.deployment.is_none_or(|wrapper| wrapper == Wrapper::Compose)
        && options.dialect.is_none_or(|dialect| dialect == Dialect::Compose)
}

fn found(discovered: Result<Vec<Input>, Undiscovered>) -> Result<Vec<Input>, CommandError> {
    discovered.map_err(|error| match error {
        Undiscovered::Unreadable(error) => error.into(),
        Undiscovered::Unopened(path, reason) => {
            let why = match reason {
                Unopened::Outside => "is outside this directory's tree",
                Unopened::Special => "isn't a regular file",
                Unopened::TooLarge => "is larger than 64 MiB",
            };
            let message = format!("{} {why}, so it wasn't opened", escaped(&path));
            CommandError::usage(message).help("If you trust it, name it on the command line.")
        }
    })
}

/// An argument: `FILE`, `-`, `web=FILE`, `worker=FILE`.
fn named(
    argument: &str,
    kind: Option<Kind>,
    trusted: bool,
    context: &Context<'_>,
    input_taken: bool,
) -> Result<Input, CommandError> {
    let within = if trusted { Within::Anywhere } else { Within::WorkTree };
    let mut container = None;
    let mut name = argument;
    // A file may really have that name.
    if let Some((word, rest)) = argument.split_once('=')
        && let Some(said) = Containers::from_name(word)
        && context.files.open(argument, &within) == Opened::Missing
    {
        (container, name) = (Some(said), rest);
    }
    let bytes = match name {
        "-" if input_taken => Vec::new(),
        "-" => standard_input(context, |error| CommandError::usage(format!("can't read standard input: {error}")))?,
        _ => content(name, context.files.open(name, &within))?,
    };
    Ok(Input { name: name.to_owned(), given: Given::Bytes(bytes), kind, container })
}

/// Everything that was written to standard input; `unreadable` says what an error of the system means.
pub(super) fn standard_input(
    context: &Context<'_>,
    unreadable: impl FnOnce(&str) -> CommandError,
) -> Result<Vec<u8>, CommandError> {
    let bytes = context.files.standard_input().map_err(|error| unreadable(&error))?;
    if u64::try_from(bytes.len()).is_ok_and(|n| n > LARGEST) {
        return Err(too_large("standard input"));
    }
    Ok(bytes)
}

fn too_large(name: &str) -> CommandError {
    CommandError::usage(format!("{name} is larger than 64 MiB, too large for a configuration"))
}

fn content(name: &str, opened: Opened) -> Result<Vec<u8>, CommandError> {
    let reason = match opened {
        Opened::Bytes(bytes) | Opened::Stream(bytes) => return Ok(bytes),
        Opened::TooLarge => return Err(too_large(name)),
        Opened::Directory => {
            let message = format!("{name} is a directory; name a file in it, or run this there without a file");
            return Err(CommandError::usage(message));
        }
        Opened::Outside => {
            let message =
                format!("{} is a symlink that points outside its git work tree, so it isn't followed", escaped(name));
            let help = "Name the file it points to, or add --trust-config if you trust the work tree.";
            return Err(CommandError::usage(message).help(help));
        }
        Opened::Special => "it isn't a regular file".to_owned(),
        Opened::Missing => "no such file".to_owned(),
        Opened::Denied => "permission denied".to_owned(),
        Opened::Failed(error) => error,
    };
    Err(CommandError::usage(format!("can't open {name}: {reason}")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const COMPOSE: &str = "services:\n  langfuse-worker:\n    image: langfuse/langfuse-worker:4\n    env_file: [.env]\n    \
                           environment:\n      LANGFUSE_S3_EVENT_UPLOAD_BUCKET: ${BUCKET:-none}\n      \
                           LANGFUSE_S3_EVENT_UPLOAD_REGION: ${REGION:-none}\n";
    const FILES: [(&str, &str); 4] = [
        (".env", "BUCKET=of-dotenv\nREGION=of-dotenv\n"),
        ("new.env", "BUCKET=new\n"),
        ("other.env", "COMPOSE_FILE=other.yml\nBUCKET=new\n"),
        (
            "other.yml",
            "services:\n  langfuse-worker:\n    image: langfuse/langfuse-worker:4\n    environment:\n      LANGFUSE_S3_EVENT_UPLOAD_BUCKET: other\n",
        ),
    ];

    /// The files that are read, the worker's bucket and region, and the line about them.
    fn read(files: &[(&str, &str)], sources: &Sources) -> (Vec<String>, String, Option<String>) {
        let files: BTreeMap<&str, &str> = files.iter().copied().collect();
        let gathered = gather(sources, &Context::new(&files)).unwrap();
        let environment = gathered.deployment.environment(Containers::WORKER).unwrap();
        let text = |name: &str| environment.by_name(name).and_then(|s| s.text()).unwrap_or("-").to_owned();
        let values = ["LANGFUSE_S3_EVENT_UPLOAD_BUCKET", "LANGFUSE_S3_EVENT_UPLOAD_REGION"].map(text);
        let names = gathered.deployment.texts.iter().map(|t| t.name.clone()).collect();
        (names, values.join(" "), gathered.read_line())
    }

    fn env_files(names: &[&str]) -> Sources {
        Sources { env_file: names.iter().map(|n| (*n).to_owned()).collect(), ..Sources::default() }
    }

    #[test]
    fn env_files_replace_the_dotenv_of_the_project() {
        let files = [&FILES[..], &[("docker-compose.yml", COMPOSE)]].concat();
        assert_eq!(read(&files, &Sources::default()).1, "of-dotenv of-dotenv");
        assert_eq!(read(&files, &env_files(&[".env"])).1, "of-dotenv of-dotenv");
        let (_, values, line) = read(&files, &env_files(&["new.env"]));
        assert_eq!(values, "new none");
        assert_eq!(line.unwrap(), "read docker-compose.yml (compose), new.env (dotenv), .env (dotenv)");
        assert_eq!(read(&files, &env_files(&[".env", "new.env"])).1, "new of-dotenv");
        assert_eq!(read(&files, &env_files(&["new.env", ".env"])).1, "of-dotenv of-dotenv");
        let config = Sources { config: vec!["docker-compose.yml".into()], ..env_files(&[".env", "new.env"]) };
        assert_eq!(read(&files, &config).1, "new of-dotenv");
        assert_eq!(read(&files, &env_files(&["other.env"])).1, "other -", "COMPOSE_FILE comes from the given file");
    }

    #[test]
    fn without_a_project_env_files_are_the_environment() {
        let named = [("a.env", "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=a\nLANGFUSE_S3_EVENT_UPLOAD_REGION=a\n")];
        let files = [&named[..], &[("b.env", "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=b\n")]].concat();
        let both = || env_files(&["a.env", "b.env"]);
        let (names, values, line) = read(&files, &both());
        assert_eq!((names.len(), values.as_str()), (2, "b a"));
        assert_eq!(line.unwrap(), "read a.env (dotenv), b.env (dotenv) as the environment of web and worker");
        let with_compose = [&files[..], &[("compose.yaml", COMPOSE)]].concat();
        let raw = Sources { deployment: Some(Wrapper::Raw), ..both() };
        assert_eq!(read(&with_compose, &raw).1, "b a");
        let foreign = [&files[..], &[("compose.yaml", "services: {web: {image: nginx}}\n")]].concat();
        assert_eq!(read(&foreign, &both()).1, "b a", "a project that doesn't run Langfuse isn't this deployment");
        let official = Sources { deployment: Some(Wrapper::Compose), ..both() };
        assert_eq!(read(&files, &official).1, "b a");
    }
}

//! The verbs that need no network, as data: takes the command line and a [`Context`], returns what to print and write.
//!
//! The binary and `npx langfuse-blob` call [`run`] with a way to open files ([`crate::files::Files`]), then write and
//! print its result.

mod arguments;
mod check;
mod exit;
#[cfg(feature = "pages")]
mod explain;
mod gather;
pub mod generate;
mod show;

use std::collections::BTreeMap;

pub use arguments::{Check, Command, Existing, Generate, Show, Sources, Values};
pub use exit::Exit;
pub use gather::{Gathered, gather, gather_known, gather_named};

use crate::files::{Cache, Files};
use crate::render::text::Style;
use crate::rule;
#[cfg(feature = "pages")]
use crate::schema;
use crate::text::printable::{self, escaped, part};
use crate::text::suggest::nearest;
use crate::variable::Version;

/// What a command can't find out itself.
pub struct Context<'f> {
    /// The variables of the process.
    pub variables: BTreeMap<String, String>,
    /// The files, each opened at most once.
    pub files: Cache<'f>,
    /// Whether the output may be coloured.
    pub style: Style,
    /// Random bytes, for generated passwords.
    pub random: [u8; 32],
}

impl<'f> Context<'f> {
    /// The context of a command that opens `files`: without variables, colours and random bytes.
    #[must_use]
    pub fn new(files: &'f dyn Files) -> Self {
        Self { variables: BTreeMap::new(), files: Cache::new(files), style: Style::default(), random: [0; 32] }
    }
}

/// Why a command failed, in sentences for people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommandError {
    /// One sentence.
    pub message: String,
    /// What to do next; escaped, so that its line ends are the program's own.
    pub help: Option<String>,
    /// How to end.
    pub exit: Exit,
}

impl CommandError {
    /// Wrong usage.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, exit: Exit::Usage }
    }

    /// An operation that failed.
    pub fn failed(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, exit: Exit::Problems }
    }

    /// The same with what to do next.
    #[must_use]
    pub fn help(mut self, help: impl AsRef<str>) -> Self {
        self.help = Some(escaped(help.as_ref()));
        self
    }

    /// The same with what to do next, on several lines of the program's own.
    #[must_use]
    pub fn help_lines(mut self, help: &str) -> Self {
        self.help = Some(help.lines().map(printable::line).collect::<Vec<_>>().join("\n"));
        self
    }

    /// The lines for standard error.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let help = self.help.as_ref().map(|help| format!("help: {help}"));
        std::iter::once(format!("error: {}", part(&self.message))).chain(help).collect()
    }
}

/// A file to replace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Write {
    /// Its path.
    pub name: String,
    /// What was read. A file that has changed since isn't replaced: somebody's edit would be lost.
    pub before: Vec<u8>,
    /// Its new text.
    pub text: String,
}

/// A command's result. Files are written first, each with the line `fixed NAME` on standard error; then standard
/// output, then the lines of `stderr`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    /// Files to write.
    pub writes: Vec<Write>,
    /// Standard output.
    pub stdout: String,
    /// Lines for standard error.
    pub stderr: Vec<String>,
    /// How to end.
    pub exit: Exit,
}

#[cfg(feature = "pages")]
impl Output {
    fn printed(stdout: String) -> Self {
        Self { writes: Vec::new(), stdout, stderr: Vec::new(), exit: Exit::Clean }
    }
}

/// Runs `command`.
///
/// # Errors
/// Why it failed.
pub fn run(command: &Command, context: &Context<'_>) -> Result<Output, CommandError> {
    match command {
        Command::Check(arguments) => check::run(arguments, context),
        Command::Show(arguments) => show::run(arguments, context),
        #[cfg(feature = "pages")]
        Command::Explain(topic) => explain::run(topic.as_deref(), context),
        Command::Generate(arguments) => {
            let (answers, taken) = generate::answers(arguments, context)?;
            // What was taken from files is said even if it leads to an error.
            let mut output =
                generate::write(arguments.format, &answers, &taken, &context.random).unwrap_or_else(|error| Output {
                    writes: Vec::new(),
                    stdout: String::new(),
                    stderr: error.lines(),
                    exit: error.exit,
                });
            output.stderr.splice(0..0, taken.lines(&answers));
            Ok(output)
        }
        #[cfg(feature = "pages")]
        Command::Schema => {
            let text = serde_json::to_string_pretty(&schema::schema()).unwrap_or_default();
            Ok(Output::printed(format!("{}\n", printable::json(text))))
        }
    }
}

/// The failure of `explain` for a topic that doesn't exist; `nearest` is the one that may be meant.
#[must_use]
pub fn unknown_topic(topic: &str, nearest: Option<&str>) -> CommandError {
    let failure = CommandError::usage(format!("unknown topic {topic:?}, and no file of that name"));
    match nearest {
        Some(name) => failure.help(format!("Did you mean `{name}`?")),
        None => failure.help("List the topics with `langfuse-blob explain`."),
    }
}

/// `--langfuse-version`.
fn version(text: Option<&str>) -> Result<Option<Version>, CommandError> {
    let Some(text) = text else { return Ok(None) };
    Version::parse(text).map(Some).ok_or_else(|| {
        CommandError::usage(format!("--langfuse-version {text:?} isn't a version"))
            .help("Write it as `4.16.0`, `4.16` or `4`.")
    })
}

/// Rule names of `--ignore` and `--select`.
fn known_rules(slugs: &[String]) -> Result<(), CommandError> {
    slugs.iter().try_for_each(|slug| {
        known_rule(slug).map_err(|help| CommandError::usage(format!("unknown rule {slug:?}")).help(help))
    })
}

/// Whether there is a rule called `slug`.
///
/// # Errors
/// There is none: what to do.
pub(crate) fn known_rule(slug: &str) -> Result<(), String> {
    if rule::by_slug(slug).is_some() {
        return Ok(());
    }
    let meant = nearest(slug, rule::all().map(|r| r.slug));
    Err(meant
        .map_or_else(|| "List the rules with `langfuse-blob explain`.".to_owned(), |m| format!("Did you mean `{m}`?")))
}

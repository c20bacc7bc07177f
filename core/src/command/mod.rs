//! The verbs that need no network, as data: takes the command line, returns what to print and write.
//!
//! Pure like the rest: a verb that needs a file, standard input or a variable that it wasn't given requests it
//! ([`Stop::Needs`]) and is called again from the start. The binary and `npx langfuse-blob` are two loops around
//! [`run`] that open files and do nothing else.

mod arguments;
mod check;
mod exit;
mod gather;
pub mod generate;
mod show;

use std::collections::BTreeMap;

pub use arguments::{Check, Command, Generate, Show, Sources, Values};
pub use exit::Exit;
pub use gather::{Gathered, examine, gather, gather_named};

use crate::report::text::Style;
use crate::rule;
use crate::text::printable::{self, escaped, part};
use crate::text::suggest::nearest;
use crate::variable::Version;
#[cfg(feature = "pages")]
use crate::{explain, schema};

/// A command's environment: the files that were opened for it, and what it can't find out itself.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The variables of the process.
    pub variables: BTreeMap<String, String>,
    /// Opened files, by name.
    pub files: BTreeMap<String, Opened>,
    /// Standard input, once requested.
    pub input: Option<Result<Vec<u8>, String>>,
    /// Whether the output may be coloured.
    pub style: Style,
    /// Random bytes, for generated passwords.
    pub random: [u8; 32],
}

/// The outcome of opening a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Opened {
    /// The bytes of a regular file.
    Bytes(Vec<u8>),
    /// The bytes of a pipe or a device: it can't be read again or replaced.
    Stream(Vec<u8>),
    /// There is no such file.
    Missing,
    /// Permission denied.
    Denied,
    /// It's a directory.
    Folder,
    /// It's larger than [`LARGEST`].
    TooLarge,
    /// Its real path is outside the tree that [`Within`] allows.
    Outside,
    /// A device, a pipe or a socket, where only a regular file may be opened.
    Special,
    /// Any other error, as the system reports it.
    Failed(String),
}

/// The largest file that is read. Real ones have kilobytes; this protects memory from a mistake (`check /dev/zero`).
pub const LARGEST: u64 = 64 * 1024 * 1024;

/// What a command needs before it's called again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Need {
    /// [`Surroundings::files`] of that name.
    File {
        /// Its path.
        name: String,
        /// Where its real path may be.
        within: Within,
    },
    /// [`Surroundings::input`].
    Input,
}

/// Where a file must be to be opened: someone who can change an examined file must not decide what is read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Within {
    /// Anywhere: `--trust-config` says that the examined files are the user's own.
    Anywhere,
    /// The user named it. In a git work tree, a symlink that points outside isn't followed: a checkout isn't trusted.
    WorkTree,
    /// An examined file names it, or its reader looks for it: a regular file whose real path is below this directory
    /// (empty for the current one), or below the root of the git work tree around it.
    Tree(String),
}

/// Why a command stopped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    /// These are needed first.
    Needs(Vec<Need>),
    /// It failed.
    Failed(Failure),
}

/// Why a command failed, in sentences for people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// One sentence.
    pub message: String,
    /// What to do next; escaped, so that its line ends are the program's own.
    pub help: Option<String>,
    /// How to end.
    pub exit: Exit,
}

impl Failure {
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

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
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
/// output, then `talk`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Done {
    /// Files to write.
    pub writes: Vec<Write>,
    /// Standard output.
    pub out: String,
    /// Lines for standard error.
    pub talk: Vec<String>,
    /// How to end.
    pub exit: Exit,
}

#[cfg(feature = "pages")]
impl Done {
    fn printed(out: String) -> Self {
        Self { writes: Vec::new(), out, talk: Vec::new(), exit: Exit::Clean }
    }
}

/// Runs `command`.
///
/// # Errors
/// What is needed first, or why it failed.
pub fn run(command: &Command, around: &Surroundings) -> Result<Done, Stop> {
    match command {
        Command::Check(arguments) => check::run(arguments, around),
        Command::Show(arguments) => show::run(arguments, around),
        #[cfg(feature = "pages")]
        Command::Explain(topic) => explain(topic.as_deref()),
        Command::Generate(arguments) => {
            let answers = generate::answers(arguments, around)?;
            Ok(generate::write(arguments.format, &answers, &around.random)?)
        }
        #[cfg(feature = "pages")]
        Command::Schema => {
            let text = serde_json::to_string_pretty(&schema::schema()).unwrap_or_default();
            Ok(Done::printed(format!("{}\n", printable::json(text))))
        }
    }
}

#[cfg(feature = "pages")]
fn explain(topic: Option<&str>) -> Result<Done, Stop> {
    let text = match topic {
        None => explain::list(),
        Some(topic) => explain::topic(topic).map_err(|nearest| unknown_topic(topic, nearest))?,
    };
    Ok(Done::printed(text))
}

/// The failure of `explain` for a topic that doesn't exist; `nearest` is the one that may be meant.
#[must_use]
pub fn unknown_topic(topic: &str, nearest: Option<&str>) -> Failure {
    let failure = Failure::usage(format!("unknown topic {topic:?}"));
    match nearest {
        Some(name) => failure.help(format!("Did you mean `{name}`?")),
        None => failure.help("List the topics with `langfuse-blob explain`."),
    }
}

/// `--langfuse-version`.
fn version(text: Option<&str>) -> Result<Option<Version>, Failure> {
    let Some(text) = text else { return Ok(None) };
    Version::parse(text).map(Some).ok_or_else(|| {
        Failure::usage(format!("--langfuse-version {text:?} isn't a version"))
            .help("Write it as `4.16.0`, `4.16` or `4`.")
    })
}

/// Rule names of `--ignore`.
fn known_rules(slugs: &[String]) -> Result<(), Failure> {
    slugs.iter().try_for_each(|slug| {
        known_rule(slug).map_err(|help| Failure::usage(format!("unknown rule {slug:?}")).help(help))
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

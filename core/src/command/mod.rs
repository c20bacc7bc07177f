//! The verbs that need no network, as data: what the command line says in, what is printed and written out.
//!
//! Pure like the rest: a verb that wants a file, standard input or a variable that it was not given says so
//! ([`Stop::Needs`]) and is called again from the start. The binary and `npx langfuse-blob` are two loops around
//! [`run`]; opening files is all that each does by itself.

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
use crate::text::printable::{self, escaped, part};
use crate::text::suggest::nearest;
use crate::variable::Version;
use crate::{explain, rule, schema};

/// What is around a command: what was found where it looked, and what it may not find out by itself.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The variables of the process.
    pub variables: BTreeMap<String, String>,
    /// What came of opening a file, by its name.
    pub files: BTreeMap<String, Opened>,
    /// Standard input, once it was asked for.
    pub input: Option<Result<Vec<u8>, String>>,
    /// Whether what is printed may be coloured.
    pub style: Style,
    /// Bytes that nobody can guess, for passwords that are made.
    pub random: [u8; 32],
}

/// What came of opening a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Opened {
    /// The bytes of a regular file.
    Bytes(Vec<u8>),
    /// What a pipe or a device gave: it can't be read again, nor replaced.
    Stream(Vec<u8>),
    /// There is none of that name.
    Missing,
    /// It may not be read.
    Denied,
    /// It is a folder.
    Folder,
    /// It has more than [`LARGEST`] bytes.
    TooLarge,
    /// Its real path is outside the tree that [`Within`] allows.
    Outside,
    /// A device, a pipe or a socket, where only a regular file may be opened.
    Special,
    /// Anything else, in the system's words.
    Failed(String),
}

/// Largest file that is read. Real ones have kilobytes; this keeps a mistake (`check /dev/zero`) from eating memory.
pub const LARGEST: u64 = 64 * 1024 * 1024;

/// What a command wants to be given before it is called again.
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

/// Where a file may be for it to be opened: whoever can change an examined file must not decide what is read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Within {
    /// Anywhere: `--trust-config` says that the examined files are the user's own.
    Anywhere,
    /// The user named it. In a git work tree, a link that leads out of it isn't followed: a checkout may be anyone's.
    WorkTree,
    /// An examined file names it, or its reader looks for it: only a regular file whose real path is below this directory
    /// (empty for the current one), or below the root of the git work tree around it.
    Tree(String),
}

/// Why a command did not come to its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    /// These are wanted first.
    Needs(Vec<Need>),
    /// It cannot be done.
    Failed(Failure),
}

/// Why a command could not do its work. The texts are for people.
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

    /// What is said of it on standard error, a line each.
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

/// A file whose text is to be replaced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Write {
    /// Its path.
    pub name: String,
    /// What was read. A file that holds something else by now isn't replaced: somebody's edit would be lost.
    pub before: Vec<u8>,
    /// Its new text.
    pub text: String,
}

/// What a command comes to. Files are written first, each with the line `mended NAME` on standard error; then standard
/// output, then the talk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Done {
    /// Files to write.
    pub writes: Vec<Write>,
    /// For standard output.
    pub out: String,
    /// For standard error: a line each.
    pub talk: Vec<String>,
    /// How to end.
    pub exit: Exit,
}

impl Done {
    fn printed(out: String) -> Self {
        Self { writes: Vec::new(), out, talk: Vec::new(), exit: Exit::Clean }
    }
}

/// Runs `command`.
///
/// # Errors
/// What is wanted first, or why it cannot be done.
pub fn run(command: &Command, around: &Surroundings) -> Result<Done, Stop> {
    match command {
        Command::Check(arguments) => check::run(arguments, around),
        Command::Show(arguments) => show::run(arguments, around),
        Command::Explain(topic) => explain(topic.as_deref()),
        Command::Generate(arguments) => {
            let answers = generate::answers(arguments, around)?;
            Ok(generate::write(arguments.format, &answers, &around.random)?)
        }
        Command::Schema => {
            let text = serde_json::to_string_pretty(&schema::schema()).unwrap_or_default();
            Ok(Done::printed(format!("{}\n", printable::json(text))))
        }
    }
}

fn explain(topic: Option<&str>) -> Result<Done, Stop> {
    let text = match topic {
        None => explain::list(),
        Some(topic) => explain::topic(topic).map_err(|nearest| {
            let failure = Failure::usage(format!("nothing is called {topic:?}"));
            match nearest {
                Some(name) => failure.help(format!("Did you mean `{name}`?")),
                None => failure.help("`langfuse-blob explain` lists what there is."),
            }
        })?,
    };
    Ok(Done::printed(text))
}

/// `--langfuse-version`.
fn version(text: Option<&str>) -> Result<Option<Version>, Failure> {
    let Some(text) = text else { return Ok(None) };
    Version::parse(text).map(Some).ok_or_else(|| {
        Failure::usage(format!("--langfuse-version {text:?} is no version"))
            .help("Write it as `4.16.0`, `4.16` or `4`.")
    })
}

/// Rule names of `--ignore`.
fn known_rules(slugs: &[String]) -> Result<(), Failure> {
    slugs.iter().try_for_each(|slug| {
        known_rule(slug).map_err(|help| Failure::usage(format!("there is no rule {slug:?}")).help(help))
    })
}

/// Whether there is a rule called `slug`.
///
/// # Errors
/// There is none; what to do.
pub(crate) fn known_rule(slug: &str) -> Result<(), String> {
    if rule::by_slug(slug).is_some() {
        return Ok(());
    }
    let meant = nearest(slug, rule::all().map(|r| r.slug));
    Err(meant
        .map_or_else(|| "List the rules with `langfuse-blob explain`.".to_owned(), |m| format!("Did you mean `{m}`?")))
}

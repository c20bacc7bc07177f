//! The verbs: each turns its arguments into a call of the core and prints the answer.

pub mod check;
pub mod completions;
pub mod demo;
pub mod doctor;
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
mod signals;
pub mod store;
pub mod upload_events;
pub mod upload_file;
pub mod upload_media;
pub mod wizard;

use langfuse_blob_core::source::Deployment;
use langfuse_blob_core::text::suggest::nearest;
use langfuse_blob_core::variable::Version;

use crate::exit::Exit;
use crate::files::Unreadable;

/// Why a verb could not do its work. The texts are for people.
#[derive(Clone, Debug)]
pub struct Failure {
    /// One sentence.
    pub message: String,
    /// What to do next.
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
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<Unreadable> for Failure {
    fn from(error: Unreadable) -> Self {
        Self::usage(error.0)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::failed(format!("the output cannot be written: {error}"))
    }
}

/// What a verb comes to.
pub type Done = Result<Exit, Failure>;

/// Stops where the container's own reader would refuse a text.
pub(crate) fn readable(deployment: &Deployment) -> Result<(), Failure> {
    let Some(refusal) = deployment.refusals.first() else { return Ok(()) };
    let at =
        refusal.span.and_then(|s| deployment.locate(s)).map_or(String::new(), |l| format!("{}:{}: ", l.file, l.line));
    Err(Failure::failed(format!("{at}{}", refusal.message)).help(refusal.help.clone()))
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
    for slug in slugs {
        if langfuse_blob_core::rule::by_slug(slug).is_none() {
            let meant = nearest(slug, langfuse_blob_core::rule::all().map(|r| r.slug));
            let help = meant.map_or_else(
                || "List the rules with `langfuse-blob explain`.".to_owned(),
                |m| format!("Did you mean `{m}`?"),
            );
            return Err(Failure::usage(format!("there is no rule {slug:?}")).help(help));
        }
    }
    Ok(())
}

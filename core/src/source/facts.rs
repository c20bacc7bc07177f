//! What files say besides the variables: for rules, reports and redaction.

use super::setting::{Place, Setting};
use crate::text::printable::quoted;
use crate::text::span::Span;
use crate::variable::Containers;

/// A file that its real reader would refuse: nothing in it reaches a container.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Where, if known.
    pub span: Option<Span>,
    /// What is wrong, one sentence.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Something that docker compose requires and that isn't here. Secrets are often git-ignored, so the rest is judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missing {
    /// Where it's required.
    pub span: Span,
    /// The variable's name, or the file's path.
    pub name: String,
    /// Whether it's a file.
    pub file: bool,
}

/// A line of a dotenv file that programs may read differently, as written: for the rules about quotes, comments,
/// `$` and empty values. Plain `NAME=value` lines are not kept.
#[derive(Clone, Debug)]
pub struct Line {
    /// Name of the variable.
    pub name: String,
    /// The setting's place.
    pub place: Place,
    /// The value as the selected dialect reads it; `None` if the line has only a name.
    pub value: Option<String>,
    /// The value as written between the separator and the line end, quotes and comment included.
    pub raw: Span,
    /// Whether `$` was expanded in it.
    pub expanded: bool,
    /// Names that were expanded and had no value.
    pub unset: Vec<String>,
}

/// What a compose file says besides the environment.
#[derive(Clone, Debug, Default)]
pub struct ComposeFacts {
    /// Names of all services: hosts that only resolve inside the deployment.
    pub services: Vec<String>,
    /// Whether the file passes variables through like the official one, `${NAME:-default}`.
    pub forwards: bool,
    /// The bundled object store.
    pub store: Option<BundledStore>,
    /// The ports that the project's services publish on the machine that runs Docker.
    pub published: Vec<PublishedPort>,
    /// Settings of the `.env` that no Langfuse service receives.
    pub unforwarded: Vec<Setting>,
    /// Settings of the `.env` under names that Langfuse doesn't read and that no service and no file uses.
    pub unrecognized: Vec<Setting>,
    /// Span of each Langfuse service's name, web first.
    pub service_spans: Vec<(Containers, Span)>,
    /// Every name under which a container of the project resolves; `None` if other projects' may as well.
    pub hosts: Option<Vec<String>>,
    /// The service that runs Langfuse's web container, if none runs the worker.
    pub web_alone: Option<Span>,
    /// Span of each service's `environment`, to point at where a variable is missing.
    pub environment_spans: Vec<(Containers, Span)>,
}

/// A port of a service that the machine that runs Docker forwards.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublishedPort {
    /// The names under which containers of the project reach the service: its own, `container_name`, `hostname` and
    /// network aliases.
    pub hosts: Vec<String>,
    /// The port inside the project's networks.
    pub target: u16,
    /// The port on the machine; `None` if Docker chooses it at each start, or the files don't say.
    pub port: Option<u16>,
    /// The address of the machine that the port is bound to, as written; empty for all.
    pub host_ip: String,
    /// Whether it's TCP.
    pub tcp: bool,
    /// Where the file publishes it.
    pub span: Span,
}

impl PublishedPort {
    /// Whether only the machine itself can reach it.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.host_ip.starts_with("127.") || matches!(self.host_ip.as_str(), "::1" | "localhost")
    }
}

/// A MinIO that a compose file starts.
#[derive(Clone, Debug)]
pub struct BundledStore {
    /// Name of the service.
    pub service: String,
    /// Its image.
    pub image: String,
    /// Its root user, if set.
    pub user: Option<Setting>,
    /// Its root password, if set.
    pub password: Option<Setting>,
    /// Published ports: host port, port in the container.
    pub ports: Vec<(u16, u16)>,
    /// The first host port that other machines can reach, and where the file publishes it.
    pub exposed: Option<(u16, Option<Span>)>,
    /// The start command as written, to detect which buckets it creates.
    pub command: String,
}

/// What chart values say besides the environment.
#[derive(Clone, Debug, Default)]
pub struct HelmFacts {
    /// Whether the chart starts its own SeaweedFS.
    pub bundled_store: bool,
    /// Where the values say whether it does.
    pub deploy_span: Option<Span>,
    /// Findings that the values' structure alone shows: path, span, what's wrong.
    pub ineffective: Vec<IneffectiveValue>,
    /// The chart's version, if it was given.
    pub chart_version: Option<String>,
    /// Annotations of the service account.
    pub service_account_annotations: Vec<(String, String)>,
}

/// Something in chart values that has no effect, or not the effect it seems to have.
#[derive(Clone, Debug)]
pub struct IneffectiveValue {
    /// What's wrong.
    pub kind: IneffectiveKind,
    /// Path in the values.
    pub path: String,
    /// Its location.
    pub span: Span,
    /// The value as written.
    pub value: String,
    /// The location of the other setting, if two belong together.
    pub other: Option<Span>,
}

/// The kinds of [`IneffectiveValue`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IneffectiveKind {
    /// Top-level `s3.prefix`: used for exports and media, not for events.
    TopPrefix,
    /// A per-type `forcePathStyle: false` under a global `true`.
    PathStyleFalse,
    /// `maxContentLength` or `downloadUrlExpirySeconds`: rendered under a name that Langfuse doesn't read.
    DeadName,
    /// Keys given as `existingSecret`/`existingSecretKey`, or a `secretKeyRef` without name or key: nothing is
    /// rendered.
    ExistingSecret,
    /// A key of the S3 block at a level where the chart does not read it.
    WrongLevel,
    /// A top-level section with storage settings that no template reads.
    DeadSection,
    /// `mediaUpload.enabled: false`: only skips validation.
    MediaDisabled,
    /// `storageProvider: oci` or another value the chart doesn't support.
    Provider,
    /// A key of the MinIO that chart 1.x started; chart 2 starts SeaweedFS.
    OldStore,
    /// A duplicate key in a mapping; the last one counts.
    Twice,
}

/// Why a file that an examined file names wasn't opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unopened {
    /// Its path is absolute or points outside the examined file's tree.
    Outside,
    /// It is a device, a pipe or a socket.
    Special,
    /// It's too large for a configuration.
    TooLarge,
}

/// A file that another file names and that wasn't opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnopenedFile {
    /// Its path, relative to the same directory as the inputs' paths.
    pub path: String,
    /// Where it's named; `None` for a file that its reader looks for by default.
    pub span: Option<Span>,
    /// Why it wasn't opened.
    pub reason: Unopened,
}

impl UnopenedFile {
    /// One sentence without its full stop: why it wasn't opened.
    #[must_use]
    pub fn message(&self) -> String {
        let why = match self.reason {
            Unopened::Outside => "is outside the directory tree of the file that names it",
            Unopened::Special => "isn't a regular file",
            Unopened::TooLarge => "is larger than 64 MiB",
        };
        format!("{} {why}, so it wasn't opened and what it sets is unknown", quoted(&self.path))
    }
}

//! Reading: takes files and the shell's variables, returns what each container receives, each value with its location.
//!
//! Pure: a reader that needs another file (an `env_file`, an override, the `.env` next to a compose file) requests it
//! with [`Want`] and is called again; the caller opens files.

pub mod compose;
pub mod detect;
mod discover;
pub mod dotenv;
pub mod envlist;
pub mod helm;
mod image;
pub mod json;
pub mod k8s;
mod read;
pub mod scalar;
pub mod template;
pub mod yaml;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher as _;

use serde::Serialize;

pub use discover::{Undiscovered, discover};
pub use read::{Given, Input, Options, Outcome, Unopened, Want, of_environment, read};

use crate::text::printable::quoted;
use crate::text::secret::Secret;
use crate::text::span::{LineIndex, Location, Span};
use crate::variable::{COUNT, Containers, Role, UseCase, Var, Version, find, slot};

/// A file's type.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `NAME=value` lines, in one of three [`Dialect`]s.
    Dotenv,
    /// A compose file.
    Compose,
    /// Values of the Langfuse chart.
    Helm,
    /// Kubernetes manifests.
    K8s,
    /// A JSON object of variables.
    Json,
    /// The output of `env`.
    Env,
    /// The environment of this process.
    Process,
}

impl Kind {
    /// As `--input` and the report write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dotenv => "dotenv",
            Self::Compose => "compose",
            Self::Helm => "helm",
            Self::K8s => "k8s",
            Self::Json => "json",
            Self::Env => "env",
            Self::Process => "process-env",
        }
    }

    /// The kind of that name, among those a file can have: the values of `--input`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::of_report(name).filter(|kind| *kind != Self::Process)
    }

    /// The kind of that name, as in a report's list of files.
    #[must_use]
    pub fn of_report(name: &str) -> Option<Self> {
        [Self::Dotenv, Self::Compose, Self::Helm, Self::K8s, Self::Json, Self::Env, Self::Process]
            .into_iter()
            .find(|k| k.name() == name)
    }
}

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The program that reads a dotenv file. They disagree on quotes, comments, `$` and spaces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Dialect {
    /// `docker compose` (compose-go).
    #[default]
    Compose,
    /// `docker run --env-file`.
    Docker,
    /// npm `dotenv`.
    Node,
}

impl Dialect {
    /// As `--dialect` writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Compose => "compose",
            Self::Docker => "docker",
            Self::Node => "node",
        }
    }

    /// The dialect of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Compose, Self::Docker, Self::Node].into_iter().find(|d| d.name() == name)
    }
}

/// How Langfuse is deployed: what passes the variables to its containers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrapper {
    /// Nothing in between: `docker run`, a process manager, a platform's form.
    Raw,
    /// Docker Compose.
    Compose,
    /// The Langfuse chart.
    Helm,
    /// Kubernetes manifests, hand-written or rendered.
    K8s,
}

impl Wrapper {
    /// As `--deployment` writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Compose => "compose",
            Self::Helm => "helm",
            Self::K8s => "k8s",
        }
    }

    /// The wrapper of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Raw, Self::Compose, Self::Helm, Self::K8s].into_iter().find(|w| w.name() == name)
    }
}

/// A file that was read.
#[derive(Debug)]
pub struct Text {
    /// Its name as it was given.
    pub name: String,
    /// What it was read as.
    pub kind: Kind,
    /// The containers it applies to.
    pub containers: Containers,
    /// The content. A byte-order mark is kept, so that offsets are those of the file.
    pub text: String,
    lines: OnceCell<LineIndex>,
}

impl Text {
    /// A file with its name and kind.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: Kind, containers: Containers, text: impl Into<String>) -> Self {
        Self { name: name.into(), kind, containers, text: text.into(), lines: OnceCell::new() }
    }

    /// Its lines, indexed at the first call.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }
}

/// A variable's value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// This string.
    Known(String),
    /// A key of a Kubernetes Secret or ConfigMap that isn't in the files.
    Reference {
        /// Name of the object.
        name: String,
        /// Key in it.
        key: String,
        /// Whether the object is a Secret.
        secret: bool,
    },
    /// Set, but the value isn't visible here.
    Unknown,
}

/// Where a setting is in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The name, or the key that means it.
    pub name: Span,
    /// The value without quotes; empty if there is none.
    pub value: Span,
    /// The whole entry, line end included, for a deletion; `None` if deleting it would break the file.
    pub entry: Option<Span>,
    /// Whether the bytes at `value` are the value itself, so that replacing them replaces it.
    pub plain: bool,
    /// The quote around the value, if any.
    pub quote: Option<char>,
    /// Whether the bytes at `name` are the variable's full name.
    pub named: bool,
}

/// A variable with its value and place.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Name as written.
    pub name: Cow<'static, str>,
    /// Its row in the table, if it has one.
    pub var: Option<Var>,
    /// Its value.
    pub value: Value,
    /// Its location; `None` for the process environment and for objects.
    pub place: Option<Place>,
    /// Where a wrapper passes it on, if that is elsewhere.
    pub via: Option<Span>,
    /// Where the value comes from.
    pub origin: Origin,
    /// Whether its reader knows the value to be printable ASCII without quote, space, `$`, `#` and backslash, so that
    /// rules about those characters can skip it.
    pub dull: bool,
    /// Whether it's in a Kubernetes Secret: then it's a secret unless the table says otherwise.
    pub sealed: bool,
}

/// Where a value comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A file that the operator wrote.
    File,
    /// The wrapper itself: a default in a compose file, a value of the chart.
    Wrapper,
    /// The environment of this process.
    Process,
}

impl Setting {
    /// Whether the value comes from the wrapper itself.
    #[must_use]
    pub fn from_wrapper(&self) -> bool {
        self.origin == Origin::Wrapper
    }

    /// Whether the value comes from the environment of this process, not from a file.
    #[must_use]
    pub fn from_process(&self) -> bool {
        self.origin == Origin::Process
    }

    /// A setting without a location.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>, value: Value) -> Self {
        Self::of(&name.into(), value)
    }

    /// A setting without a location; a name in the table isn't copied.
    #[must_use]
    pub fn of(name: &str, value: Value) -> Self {
        let var = find(name);
        let name = var.map_or_else(|| Cow::Owned(name.to_owned()), |v| Cow::Borrowed(v.name()));
        Self { name, var, value, place: None, via: None, origin: Origin::File, dull: false, sealed: false }
    }

    /// A variable as a program has it: without a location, and passed to the container as is.
    #[must_use]
    pub fn plain(name: &str, value: Value) -> Self {
        let dull = matches!(&value, Value::Known(text) if dotenv::is_dull(text));
        Self { dull, ..Self::of(name, value) }
    }

    /// The same setting with this location.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// The value, if it is known and not empty.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Known(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// The value, if it may contain a quote, a space, `$`, `#` or a backslash.
    #[must_use]
    pub fn odd_text(&self) -> Option<&str> {
        if self.dull { None } else { self.text() }
    }

    /// Whether it counts as set: Langfuse drops empty variables first.
    #[must_use]
    pub fn is_set(&self) -> bool {
        !matches!(&self.value, Value::Known(text) if text.is_empty())
    }

    /// Where diagnostics point: at the value if there is one, else at the name.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.place.map(|p| if p.value.is_empty() { p.name } else { p.value })
    }

    /// Whether the value must not be printed.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.var.map_or_else(|| self.sealed || crate::variable::names_a_secret(&self.name), |v| v.row().secret)
    }
}

/// What one container receives.
#[derive(Clone, Debug)]
pub struct Environment {
    settings: Vec<Setting>,
    slots: [u32; COUNT],
    /// Index of the names that aren't in the table, by hash: a file may have millions.
    unknown: BTreeMap<u64, u32>,
    /// Whether more may be set than is visible (an `envFrom` whose object isn't in the files). Rules about
    /// missing variables are silent then.
    pub open: bool,
}

impl Default for Environment {
    fn default() -> Self {
        Self { settings: Vec::with_capacity(64), slots: [0; COUNT], unknown: BTreeMap::new(), open: false }
    }
}

/// Identifies a name without a copy, which would cost more memory than its line.
fn hash(name: &str) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(name.as_bytes());
    hasher.finish()
}

impl Environment {
    /// Adds a setting; a later one of the same name replaces the earlier one, as in every reader.
    pub fn set(&mut self, setting: Setting) -> Option<Setting> {
        let next = u32::try_from(self.settings.len().saturating_add(1)).unwrap_or(0);
        if let Some(var) = setting.var {
            let Some(cell) = self.slots.get_mut(var.index()) else { return None };
            if let Some(old) = index(*cell).and_then(|i| self.settings.get_mut(i)) {
                return Some(std::mem::replace(old, setting));
            }
            self.settings.push(setting);
            *cell = next;
            return None;
        }
        let cell = self.unknown.entry(hash(&setting.name)).or_insert(next);
        if let Some(old) = index(*cell).and_then(|i| self.settings.get_mut(i)).filter(|s| s.name == setting.name) {
            return Some(std::mem::replace(old, setting));
        }
        self.settings.push(setting);
        None
    }

    /// Reserves room for exactly `more` settings.
    pub fn reserve(&mut self, more: usize) {
        self.settings.reserve_exact(more);
    }

    /// Removes a setting.
    pub fn remove(&mut self, name: &str) {
        self.remove_all(&BTreeSet::from([name]));
    }

    /// Removes the settings in `names`.
    pub fn remove_all(&mut self, names: &BTreeSet<&str>) {
        if !names.iter().any(|name| self.by_name(name).is_some()) {
            return;
        }
        let kept: Vec<Setting> =
            std::mem::take(&mut self.settings).into_iter().filter(|s| !names.contains(s.name.as_ref())).collect();
        let open = self.open;
        *self = Self { open, ..Self::default() };
        for setting in kept {
            self.set(setting);
        }
    }

    /// The setting of `var`, empty or not.
    #[must_use]
    pub fn get(&self, var: Var) -> Option<&Setting> {
        self.settings.get(index(*self.slots.get(var.index())?)?)
    }

    /// The setting of `var`, if it counts as set.
    #[must_use]
    pub fn set_value(&self, var: Var) -> Option<&Setting> {
        self.get(var).filter(|s| s.is_set())
    }

    /// The value of `var`, if it is known and not empty.
    #[must_use]
    pub fn text(&self, var: Var) -> Option<&str> {
        self.get(var)?.text()
    }

    /// Whether `var` is exactly `true`.
    #[must_use]
    pub fn is_true(&self, var: Var) -> bool {
        self.text(var) == Some("true")
    }

    /// The setting for `role` of `use_case`, if it counts as set.
    #[must_use]
    pub fn role(&self, use_case: UseCase, role: Role) -> Option<&Setting> {
        self.set_value(slot(use_case, role)?)
    }

    /// Every setting, in the order of first appearance.
    pub fn iter(&self) -> impl Iterator<Item = &Setting> {
        self.settings.iter()
    }

    /// The setting of that name, whether it's in the table or not.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&Setting> {
        match find(name) {
            Some(var) => self.get(var),
            None => self.settings.get(index(*self.unknown.get(&hash(name))?)?).filter(|s| s.name == name),
        }
    }
}

/// The index that a cell encodes; 0 means none.
fn index(cell: u32) -> Option<usize> {
    usize::try_from(cell).ok()?.checked_sub(1)
}

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

/// The same variable twice in one file.
#[derive(Clone, Debug)]
pub struct Duplicate {
    /// The one that is overridden.
    pub lost: Setting,
    /// The one that counts.
    pub kept: Setting,
}

impl Duplicate {
    /// Whether a rule reports duplicates of this name.
    #[must_use]
    pub fn matters(setting: &Setting) -> bool {
        setting.var.is_some() || crate::variable::is_storage_name(&setting.name)
    }
}

/// How many duplicates are kept; more are only counted. A report lists fewer.
const MOST_DUPLICATES: usize = 4096;

/// Adds the entries of one file or list to an environment that may already have entries of other files: only
/// duplicates within this one count.
#[derive(Debug)]
pub struct Entries {
    /// One cell per row of the table.
    known: [bool; COUNT],
    /// Hashes of the names that aren't in the table.
    unknown: BTreeSet<u64>,
    /// The duplicates so far, of names that are meant for Langfuse's storage.
    pub doubles: Vec<Duplicate>,
    /// How many more of them there are.
    pub left: usize,
}

impl Default for Entries {
    fn default() -> Self {
        Self { known: [false; COUNT], unknown: BTreeSet::new(), doubles: Vec::new(), left: 0 }
    }
}

impl Entries {
    /// Sets `setting`; the last one of a name counts.
    pub fn put(&mut self, environment: &mut Environment, setting: Setting) {
        let again = match setting.var {
            Some(var) => self.known.get_mut(var.index()).is_some_and(|said| std::mem::replace(said, true)),
            None => !self.unknown.insert(hash(&setting.name)),
        };
        let Some(lost) = environment.set(setting).filter(|lost| again && Duplicate::matters(lost)) else { return };
        if self.doubles.len() >= MOST_DUPLICATES {
            self.left = self.left.saturating_add(1);
        } else if let Some(kept) = environment.by_name(&lost.name) {
            self.doubles.push(Duplicate { kept: kept.clone(), lost });
        }
    }
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
    /// Settings of the `.env` that no Langfuse service receives.
    pub unforwarded: Vec<Setting>,
    /// Settings of the `.env` under names that Langfuse doesn't read and that no service and no file uses.
    pub strangers: Vec<Setting>,
    /// Span of each Langfuse service's name, web first.
    pub service_spans: Vec<(Containers, Span)>,
    /// Span of each service's `environment`, to point at where a variable is missing.
    pub environment_spans: Vec<(Containers, Span)>,
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
    pub slips: Vec<HelmSlip>,
    /// The chart's version, if it was given.
    pub chart_version: Option<String>,
    /// Annotations of the service account.
    pub service_account_annotations: Vec<(String, String)>,
}

/// Something in chart values that has no effect, or not the effect it seems to have.
#[derive(Clone, Debug)]
pub struct HelmSlip {
    /// What's wrong.
    pub kind: HelmSlipKind,
    /// Path in the values.
    pub path: String,
    /// Its location.
    pub span: Span,
    /// The value as written.
    pub value: String,
    /// The location of the other setting, if two belong together.
    pub other: Option<Span>,
}

/// The kinds of [`HelmSlip`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HelmSlipKind {
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
    /// `mediaUpload.enabled: false`: only skips validation.
    MediaDisabled,
    /// `storageProvider: oci` or another value the chart doesn't support.
    Provider,
    /// A key of the MinIO that chart 1.x started; chart 2 starts SeaweedFS.
    OldStore,
    /// A duplicate key in a mapping; the last one counts.
    Twice,
}

/// Another service or pod that runs web or worker, with settings that differ from the one that is checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replica {
    /// Its name in the file.
    pub name: String,
    /// What it runs.
    pub containers: Containers,
    /// Where it is named.
    pub span: Option<Span>,
    /// The variables that differ.
    pub differing: Vec<String>,
}

/// Whether a variable decides where and how objects are stored: workers may well differ in their concurrency.
fn decides(var: Var) -> bool {
    var.row().role.is_some() || crate::config::SWITCHES.iter().any(|(_, switch)| *switch == var)
}

impl Replica {
    /// How `name` differs from the `judged` one; `None` if both receive the same.
    fn of(
        judged: &Environment,
        own: &Environment,
        name: String,
        containers: Containers,
        span: Option<Span>,
    ) -> Option<Self> {
        let set = |e: &Environment, var: Var| e.set_value(var).map(|s| s.value.clone());
        let differs = |var: &Var| set(judged, *var) != set(own, *var);
        let differing: Vec<String> =
            crate::variable::all().filter(|v| decides(*v)).filter(differs).map(|v| v.name().to_owned()).collect();
        (!differing.is_empty()).then_some(Self { name, containers, span, differing })
    }
}

/// Everything that a set of files says about one deployment.
#[derive(Debug)]
pub struct Deployment {
    /// The files, in the order in which they were read.
    pub texts: Vec<Text>,
    /// How Langfuse is deployed.
    pub wrapper: Wrapper,
    /// What the containers receive: one environment for both, or one each. Empty if a file was refused.
    pub environments: Vec<(Containers, Environment)>,
    /// The Langfuse release of web and worker, from the image tags.
    pub versions: Vec<(Containers, Version, Option<Span>)>,
    /// Files that their real readers would refuse.
    pub refusals: Vec<Refusal>,
    /// Duplicate variables in one file.
    pub duplicates: Vec<Duplicate>,
    /// How many more there are than are kept.
    pub duplicates_left: usize,
    /// Dotenv files that were named but that nothing reads.
    pub unread: Vec<String>,
    /// Files that other files name and that weren't opened: what they set is unknown.
    pub unopened: Vec<UnopenedFile>,
    /// Values of shell variables that the files refer to and whose names mark them as secrets.
    pub shell_secrets: Vec<Secret>,
    /// Services and pods that run the same container as one that is checked, with other settings.
    pub replicas: Vec<Replica>,
    /// Entries of Kubernetes Secrets whose names aren't settings, whether or not a container receives them.
    pub sealed: Vec<Setting>,
    /// Lines of the dotenv files.
    pub lines: Vec<Line>,
    /// Dotenv files that the dialects read differently: file, first such line, the dialect that differs.
    pub disagreements: Vec<(Span, Dialect)>,
    /// Facts from a compose file.
    pub compose: Option<ComposeFacts>,
    /// Facts from chart values.
    pub helm: Option<HelmFacts>,
    /// The selected dotenv dialect.
    pub dialect: Dialect,
    /// Whether the command or `--deployment` shows which program reads the dotenv file.
    pub dialect_known: bool,
    /// The program that reads the dotenv file in this deployment, if it isn't [`Self::dialect`]'s.
    pub read_by: Option<Dialect>,
    /// Where the platform provides AWS credentials (an EKS annotation, ECS): region and keys may be injected.
    pub platform_identity: bool,
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

impl Deployment {
    /// An empty deployment under `wrapper`.
    #[must_use]
    pub fn new(wrapper: Wrapper) -> Self {
        Self {
            texts: Vec::new(),
            wrapper,
            environments: Vec::new(),
            versions: Vec::new(),
            refusals: Vec::new(),
            duplicates: Vec::new(),
            duplicates_left: 0,
            unread: Vec::new(),
            unopened: Vec::new(),
            shell_secrets: Vec::new(),
            replicas: Vec::new(),
            sealed: Vec::new(),
            lines: Vec::new(),
            disagreements: Vec::new(),
            compose: None,
            helm: None,
            dialect: Dialect::Compose,
            dialect_known: false,
            read_by: None,
            platform_identity: false,
        }
    }

    /// What `container` (web or worker) receives; `None` if a file was refused or no file applies to it.
    #[must_use]
    pub fn environment(&self, container: Containers) -> Option<&Environment> {
        self.environments.iter().find(|(c, _)| c.meets(container)).map(|(_, e)| e)
    }

    /// Records a duplicate variable, if a rule reports it.
    pub fn keep_duplicate(&mut self, duplicate: Duplicate) {
        if !Duplicate::matters(&duplicate.lost) {
            return;
        }
        if self.duplicates.len() < MOST_DUPLICATES {
            self.duplicates.push(duplicate);
        } else {
            self.duplicates_left = self.duplicates_left.saturating_add(1);
        }
    }

    /// `span` in lines and columns.
    #[must_use]
    pub fn locate(&self, span: Span) -> Option<Location> {
        let text = self.texts.get(span.file)?;
        Some(text.lines().locate(&text.name, &text.text, span))
    }

    /// The bytes at `span`.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.texts.get(span.file).and_then(|t| t.text.get(span.start..span.end)).unwrap_or("")
    }

    /// Whether `setting` has the value that Langfuse or the wrapper uses anyway. A setting that equals the
    /// default is treated as the default, wherever it was written.
    #[must_use]
    pub fn is_default(&self, containers: Containers, setting: &Setting) -> bool {
        let Some(var) = setting.var else { return false };
        let row = var.row();
        let text = match &setting.value {
            Value::Known(text) => text.as_str(),
            // The chart's own Secret of its bundled store.
            Value::Reference { .. } => return setting.from_wrapper(),
            Value::Unknown => return false,
        };
        let compose = |meets: &dyn Fn(&str) -> bool| {
            row.compose.is_some_and(|c| {
                // A v3 compose file gives both containers what a v4 one gives web.
                let received = |one: &Containers| setting.from_wrapper() || containers.meets(*one);
                [Containers::WEB, Containers::WORKER].iter().filter(|one| received(one)).any(|one| meets(c.of(*one)))
            })
        };
        if text.is_empty() {
            // A value that is empty despite the file's default was set to empty on purpose.
            return self.wrapper != Wrapper::Compose || !compose(&|default| !default.is_empty());
        }
        if row.default == Some(text) {
            return true;
        }
        match self.wrapper {
            Wrapper::Raw => false,
            Wrapper::Compose => compose(&|default| default == text),
            Wrapper::Helm | Wrapper::K8s => {
                setting.from_wrapper()
                    || row.chart.is_some_and(|c| !c.default.is_empty() && c.default == text)
                    || (row.role == Some(Role::Endpoint) && text.ends_with("-s3-all-in-one:8333"))
                    || (var.name() == "NEXTAUTH_URL" && text == "http://localhost:3000")
            }
        }
    }
}

//! Reading: named texts and the shell's variables in, what each container receives out, every value with its place.
//!
//! Pure: a reader that wants another file (an `env_file`, an override, the `.env` beside a compose file) says so with
//! [`Want`] and is called again; opening files is the caller's part.

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

use crate::text::mask::quoted;
use crate::text::secret::Secret;
use crate::text::span::{LineIndex, Location, Span};
use crate::variable::{COUNT, Containers, Role, UseCase, Var, Version, find, slot};

/// What a text is.
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
    /// What the command `env` prints.
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

    /// The kind of that name, among those that a text can have: `--input` takes them.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::of_report(name).filter(|kind| *kind != Self::Process)
    }

    /// The kind of that name, as a report says what was read.
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

/// Which program reads a dotenv text. They disagree on quotes, comments, `$` and spaces.
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

/// What brings the variables to Langfuse's containers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrapper {
    /// Nothing in between: `docker run`, a process manager, a platform's form.
    Raw,
    /// Docker Compose.
    Compose,
    /// The Langfuse chart.
    Helm,
    /// Kubernetes manifests of one's own, or rendered ones.
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

/// One text that was read.
#[derive(Debug)]
pub struct Text {
    /// Its name as it was given.
    pub name: String,
    /// What it was read as.
    pub kind: Kind,
    /// The containers that it speaks for.
    pub containers: Containers,
    /// The text, without a byte-order mark's bytes removed: offsets are those of the file.
    pub text: String,
    lines: OnceCell<LineIndex>,
}

impl Text {
    /// A text with its name and kind.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: Kind, containers: Containers, text: impl Into<String>) -> Self {
        Self { name: name.into(), kind, containers, text: text.into(), lines: OnceCell::new() }
    }

    /// Its lines, indexed at the first call.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }
}

/// What a variable holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// This text.
    Known(String),
    /// A key of a Kubernetes Secret or ConfigMap whose content is not among the texts.
    Reference {
        /// Name of the object.
        name: String,
        /// Key in it.
        key: String,
        /// Whether the object is a Secret.
        secret: bool,
    },
    /// Set, but the value cannot be seen from here.
    Unknown,
}

/// Where a setting stands in a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The name, or the key that stands for it.
    pub name: Span,
    /// The value without quotes; empty where there is none.
    pub value: Span,
    /// The whole entry, line end included, for a deletion; `None` where deleting it would break the text.
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
    /// Its row, if the table has one.
    pub var: Option<Var>,
    /// What it holds.
    pub value: Value,
    /// Where it stands; `None` for the process environment and for objects.
    pub place: Option<Place>,
    /// Where a wrapper hands it on, if that is elsewhere.
    pub via: Option<Span>,
    /// Who gave the value.
    pub origin: Origin,
    /// Whether the value is printable ASCII without quote, blank, `$`, `#` and backslash, as far as its reader knows:
    /// rules about those need not look at it again.
    pub dull: bool,
    /// Whether it stands in a Kubernetes Secret: then it is one, unless the table says otherwise.
    pub sealed: bool,
}

/// Who gave a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A file that the operator wrote.
    File,
    /// The wrapper's own text: a default in a compose file, a value of the chart.
    Wrapper,
    /// The environment of this process.
    Process,
}

impl Setting {
    /// Whether the wrapper's own text gave the value.
    #[must_use]
    pub fn from_wrapper(&self) -> bool {
        self.origin == Origin::Wrapper
    }

    /// Whether the environment of this process gave it, not a file.
    #[must_use]
    pub fn from_process(&self) -> bool {
        self.origin == Origin::Process
    }

    /// A setting without a place.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>, value: Value) -> Self {
        Self::of(&name.into(), value)
    }

    /// A setting without a place; a name that the table knows is not copied.
    #[must_use]
    pub fn of(name: &str, value: Value) -> Self {
        let var = find(name);
        let name = var.map_or_else(|| Cow::Owned(name.to_owned()), |v| Cow::Borrowed(v.name()));
        Self { name, var, value, place: None, via: None, origin: Origin::File, dull: false, sealed: false }
    }

    /// A variable as a program has it: without a place, and nothing between its text and the container.
    #[must_use]
    pub fn plain(name: &str, value: Value) -> Self {
        let dull = matches!(&value, Value::Known(text) if dotenv::is_dull(text));
        Self { dull, ..Self::of(name, value) }
    }

    /// The same setting, standing there.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// The text, where it is known and not empty.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Known(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// The text, where it may hold a quote, a blank, `$`, `#` or a backslash.
    #[must_use]
    pub fn odd_text(&self) -> Option<&str> {
        if self.dull { None } else { self.text() }
    }

    /// Whether it counts as set: Langfuse drops empty variables before it looks.
    #[must_use]
    pub fn is_set(&self) -> bool {
        !matches!(&self.value, Value::Known(text) if text.is_empty())
    }

    /// Where to point: at the value if there is one, else at the name.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.place.map(|p| if p.value.is_empty() { p.name } else { p.value })
    }

    /// Whether printing the value is forbidden.
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
    /// Where the names stand that the table lacks, by their hash: a text may have millions.
    unknown: BTreeMap<u64, u32>,
    /// Whether more may be set than can be seen (an `envFrom` whose object is not among the texts). Rules about
    /// missing variables are silent then.
    pub open: bool,
}

impl Default for Environment {
    fn default() -> Self {
        Self { settings: Vec::with_capacity(64), slots: [0; COUNT], unknown: BTreeMap::new(), open: false }
    }
}

/// Stands for a name where a copy of it would weigh more than its line.
fn hash(name: &str) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(name.as_bytes());
    hasher.finish()
}

impl Environment {
    /// Adds a setting; a later one of the same name replaces the earlier, as every reader does.
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

    /// Makes room for `more` settings and no more.
    pub fn reserve(&mut self, more: usize) {
        self.settings.reserve_exact(more);
    }

    /// Takes a setting out again.
    pub fn remove(&mut self, name: &str) {
        self.remove_all(&BTreeSet::from([name]));
    }

    /// Takes the settings of `names` out again.
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

    /// The known text of `var`.
    #[must_use]
    pub fn text(&self, var: Var) -> Option<&str> {
        self.get(var)?.text()
    }

    /// Whether `var` is exactly `true`.
    #[must_use]
    pub fn is_true(&self, var: Var) -> bool {
        self.text(var) == Some("true")
    }

    /// The setting that plays `role` for `use_case`, if it counts as set.
    #[must_use]
    pub fn role(&self, use_case: UseCase, role: Role) -> Option<&Setting> {
        self.set_value(slot(use_case, role)?)
    }

    /// Every setting, in the order of first appearance.
    pub fn iter(&self) -> impl Iterator<Item = &Setting> {
        self.settings.iter()
    }

    /// The setting of that name, known to the table or not.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&Setting> {
        match find(name) {
            Some(var) => self.get(var),
            None => self.settings.get(index(*self.unknown.get(&hash(name))?)?).filter(|s| s.name == name),
        }
    }
}

/// The place behind a cell's number; 0 stands for none.
fn index(cell: u32) -> Option<usize> {
    usize::try_from(cell).ok()?.checked_sub(1)
}

/// A text that its own reader would refuse: nothing of it reaches a container.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Where, if it has a place.
    pub span: Option<Span>,
    /// What is wrong, one sentence.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// The same variable twice in one text.
#[derive(Clone, Debug)]
pub struct Duplicate {
    /// The one that is lost.
    pub lost: Setting,
    /// The one that counts.
    pub kept: Setting,
}

impl Duplicate {
    /// Whether a rule has anything to say about a name that stands twice.
    #[must_use]
    pub fn matters(setting: &Setting) -> bool {
        setting.var.is_some() || crate::variable::is_storage_name(&setting.name)
    }
}

/// Duplicates that are kept; more are counted. A report lists fewer.
const MOST_DUPLICATES: usize = 4096;

/// Puts the entries of one text or one list into an environment, in which other texts may already have put theirs: only
/// what this one says twice is a double.
#[derive(Debug)]
pub struct Entries {
    /// One cell a row of the table.
    known: [bool; COUNT],
    /// Hashes of the names that the table lacks.
    unknown: BTreeSet<u64>,
    /// What was said twice so far, of names that are meant for Langfuse's storage.
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

/// A line of a dotenv text that programs may read differently, as it was written: for the rules about quotes, comments,
/// `$` and empty values. Plain `NAME=value` lines are not kept.
#[derive(Clone, Debug)]
pub struct Line {
    /// Name of the variable.
    pub name: String,
    /// The setting's place.
    pub place: Place,
    /// What the dialect in force makes of the value; `None` where the variable is only named.
    pub value: Option<String>,
    /// The value as written between the separator and the line end, quotes and comment included.
    pub raw: Span,
    /// Whether `$` was expanded in it.
    pub expanded: bool,
    /// Names that were expanded and had no value.
    pub unset: Vec<String>,
}

/// What a compose file says beside the environment.
#[derive(Clone, Debug, Default)]
pub struct ComposeFacts {
    /// Names of all services: hosts known only inside the deployment.
    pub services: Vec<String>,
    /// Whether the file forwards variables as the official one does, `${NAME:-default}`.
    pub forwards: bool,
    /// The bundled object store.
    pub store: Option<BundledStore>,
    /// Settings of the `.env` that no Langfuse service receives.
    pub unforwarded: Vec<Setting>,
    /// Settings of the `.env` under names that Langfuse does not read, which neither a service nor the file uses.
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
    /// The first host port that other machines reach, and where the file publishes it.
    pub exposed: Option<(u16, Option<Span>)>,
    /// The start command as written, to see which buckets it makes.
    pub command: String,
}

/// What values of the chart say beside the environment.
#[derive(Clone, Debug, Default)]
pub struct HelmFacts {
    /// Whether the chart starts its own SeaweedFS.
    pub bundled_store: bool,
    /// Where the values say so, or say otherwise.
    pub deploy_span: Option<Span>,
    /// Findings that only the values' own shape shows: path, span, what is wrong.
    pub slips: Vec<HelmSlip>,
    /// The chart's version, where it was said.
    pub chart_version: Option<String>,
    /// Annotations of the service account.
    pub service_account_annotations: Vec<(String, String)>,
}

/// Something in chart values that has no effect or another effect than it seems.
#[derive(Clone, Debug)]
pub struct HelmSlip {
    /// Which slip.
    pub kind: HelmSlipKind,
    /// Path in the values.
    pub path: String,
    /// Where it stands.
    pub span: Span,
    /// The value as written.
    pub value: String,
    /// The other place of two that belong together.
    pub other: Option<Span>,
}

/// The slips that [`HelmSlip`] knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HelmSlipKind {
    /// Top-level `s3.prefix`: used for exports and media, not for events.
    TopPrefix,
    /// A per-type `forcePathStyle: false` under a global `true`.
    PathStyleFalse,
    /// `maxContentLength` or `downloadUrlExpirySeconds`: emitted under a name that nobody reads.
    DeadName,
    /// Keys given as `existingSecret`/`existingSecretKey`, or a `secretKeyRef` without name or key: nothing is rendered.
    ExistingSecret,
    /// A key of the S3 block at a level where the chart does not read it.
    WrongLevel,
    /// `mediaUpload.enabled: false`: only skips validation.
    MediaDisabled,
    /// `storageProvider: oci` or another value the chart does not know.
    Provider,
    /// A key of the MinIO that chart 1.x started; chart 2 starts SeaweedFS.
    OldStore,
    /// A key that stands twice in a mapping; the last one counts.
    Twice,
}

/// A further service or pod that runs web or worker, with settings that are not those of the one that is judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replica {
    /// Its name in the text.
    pub name: String,
    /// What it runs.
    pub containers: Containers,
    /// Where it is named.
    pub span: Option<Span>,
    /// The variables that differ.
    pub differing: Vec<String>,
}

/// Whether a variable says where and how objects are kept: workers may well differ in how much they do at a time.
fn decides(var: Var) -> bool {
    var.row().role.is_some() || crate::config::SWITCHES.iter().any(|(_, switch)| *switch == var)
}

impl Replica {
    /// What `name` has other than the `judged` one; `None` where both receive the same.
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

/// Everything that a set of texts says about one deployment.
#[derive(Debug)]
pub struct Deployment {
    /// The texts, in the order in which they were read.
    pub texts: Vec<Text>,
    /// What brings the variables to the containers.
    pub wrapper: Wrapper,
    /// What the containers receive: one environment for both, or one each. Empty when a text was refused.
    pub environments: Vec<(Containers, Environment)>,
    /// Langfuse's release in web and worker, from the image tags.
    pub versions: Vec<(Containers, Version, Option<Span>)>,
    /// Texts that their own readers would refuse.
    pub refusals: Vec<Refusal>,
    /// Variables that stand twice in one text.
    pub duplicates: Vec<Duplicate>,
    /// How many more of them there are than are kept.
    pub duplicates_left: usize,
    /// Dotenv texts that were handed over and that nothing reads.
    pub unread: Vec<String>,
    /// Files that the texts name and that weren't opened: what they set is unknown.
    pub unopened: Vec<UnopenedFile>,
    /// Values of the shell's variables that the texts refer to and whose names say that they are secrets.
    pub shell_secrets: Vec<Secret>,
    /// Services and pods that run the same as one that is judged, with other settings.
    pub replicas: Vec<Replica>,
    /// Entries of Kubernetes Secrets that hold no setting by their name, whether or not a container receives them.
    pub sealed: Vec<Setting>,
    /// Lines of the dotenv texts.
    pub lines: Vec<Line>,
    /// Dotenv texts that the readers disagree on: file, first odd line, the dialect that differs.
    pub disagreements: Vec<(Span, Dialect)>,
    /// What only a compose file says.
    pub compose: Option<ComposeFacts>,
    /// What only chart values say.
    pub helm: Option<HelmFacts>,
    /// The dotenv dialect in force.
    pub dialect: Dialect,
    /// Whether command or `--deployment` show which program reads the dotenv text.
    pub dialect_known: bool,
    /// The program that reads the dotenv text as the deployment shows it, where that is not [`Self::dialect`]'s.
    pub read_by: Option<Dialect>,
    /// Where the platform gives AWS credentials without keys (an EKS annotation, ECS): region and keys may be injected.
    pub platform_identity: bool,
}

/// A file that a text names and that wasn't opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnopenedFile {
    /// Its path, relative to where the inputs' paths are relative to.
    pub path: String,
    /// Where the text names it; `None` for a file that its reader looks for without being told.
    pub span: Option<Span>,
    /// Why it wasn't opened.
    pub reason: Unopened,
}

impl UnopenedFile {
    /// That it wasn't opened, and why: one sentence without its full stop.
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

    /// What `container` (web or worker) receives; `None` when a text was refused or no text speaks for it.
    #[must_use]
    pub fn environment(&self, container: Containers) -> Option<&Environment> {
        self.environments.iter().find(|(c, _)| c.meets(container)).map(|(_, e)| e)
    }

    /// Puts on record that a variable stands twice, if a rule has anything to say about it.
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

    /// Whether `setting` has the value that Langfuse or the wrapper would give it anyway. A setting that equals the
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
                // A compose file of v3 gives both containers what one of v4 gives web.
                let received = |one: &Containers| setting.from_wrapper() || containers.meets(*one);
                [Containers::WEB, Containers::WORKER].iter().filter(|one| received(one)).any(|one| meets(c.of(*one)))
            })
        };
        if text.is_empty() {
            // What reaches the container empty in spite of the file's default was emptied by somebody.
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

//! From files to a [`Deployment`]: which reader gets each file, and in which order they count.

use std::collections::BTreeMap;
use std::fmt;

use super::compose::join;
use super::template::Lookup;
use super::{
    Deployment, Dialect, Entries, Environment, Kind, Line, Origin, Place, Refusal, Setting, Text, UnopenedFile, Value,
    Wrapper, compose, detect, dotenv, envlist, helm, json, k8s,
};
use crate::files::{Files, Opened, Within};
use crate::text::secret::Secret;
use crate::text::span::Span;
use crate::variable::{Containers, Var, find, names_a_secret};

/// One input as the user named it.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name: a path, `-`, or a label for a set of variables.
    pub name: String,
    /// Its content.
    pub given: Given,
    /// Its type, if the user set it.
    pub kind: Option<Kind>,
    /// The container it applies to, if the user set it.
    pub container: Option<Containers>,
}

/// The content of an input.
#[derive(Clone, Debug)]
pub enum Given {
    /// The bytes of a file.
    Bytes(Vec<u8>),
    /// Variables without a file: the process environment, an object. For both containers.
    Variables(Vec<(String, Value)>),
}

/// How to read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How Langfuse is deployed, if the user set it.
    pub deployment: Option<Wrapper>,
    /// Which program reads dotenv files, if the user set it.
    pub dialect: Option<Dialect>,
    /// The Helm release's name; `langfuse` by default.
    pub release: Option<String>,
    /// The chart's version, if the user set it.
    pub chart_version: Option<String>,
    /// The shell's variables: in compose files they win over a `.env`.
    pub shell: BTreeMap<String, String>,
    /// Whether the examined files are the user's own, so that they may name files anywhere.
    pub trusted: bool,
    /// Names of dotenv files that were named together with a compose file, which only reads those it names itself.
    pub beside: Vec<String>,
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

/// The outcome of opening a companion file.
pub(super) enum Companion {
    /// Its content.
    Text(String),
    /// There is no such file.
    Missing,
    /// It wasn't opened; the deployment records it.
    Unopened,
}

/// Why a deployment can't be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReadError {
    /// A file isn't text.
    Undecodable {
        /// Its name.
        file: String,
        /// One sentence: why, and what to do.
        message: String,
    },
    /// A file can't be opened, although it may be.
    Unopenable {
        /// Its name.
        file: String,
        /// Why.
        reason: String,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undecodable { file, message } => write!(f, "{file}: {message}"),
            Self::Unopenable { file, reason } => write!(f, "can't open {file}: {reason}"),
        }
    }
}

impl std::error::Error for ReadError {}

/// Shared state of the readers.
pub(super) struct Reader<'o> {
    pub(super) options: &'o Options,
    pub(super) files: &'o dyn Files,
    pub(super) deployment: Deployment,
}

/// A file that may exist.
pub(super) enum Found {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// There is none; a directory isn't one.
    Missing,
    /// It isn't opened.
    Unopened(Unopened),
}

/// Opens `path`.
pub(super) fn look(files: &dyn Files, path: &str, within: &Within) -> Result<Found, ReadError> {
    let reason = match files.open(path, within) {
        Opened::Bytes(bytes) | Opened::Stream(bytes) => return Ok(Found::Bytes(bytes)),
        Opened::Missing | Opened::Directory => return Ok(Found::Missing),
        Opened::Outside => return Ok(Found::Unopened(Unopened::Outside)),
        Opened::Special => return Ok(Found::Unopened(Unopened::Special)),
        Opened::TooLarge => return Ok(Found::Unopened(Unopened::TooLarge)),
        Opened::Denied => "permission denied".to_owned(),
        Opened::Failed(error) => error,
    };
    Err(ReadError::Unopenable { file: path.to_owned(), reason })
}

impl Reader<'_> {
    /// Opens the file that a file in `directory` names as `written`, at `span`: its path, and the outcome.
    pub(super) fn companion(
        &mut self,
        directory: &str,
        written: &str,
        span: Option<Span>,
    ) -> Result<(String, Companion), ReadError> {
        let path = join(directory, written);
        let within = if self.options.trusted {
            Within::Anywhere
        } else if is_absolute(written) {
            Within::Nowhere
        } else {
            Within::Tree(directory.to_owned())
        };
        let reason = match look(self.files, &path, &within)? {
            Found::Bytes(bytes) => return Ok((path.clone(), Companion::Text(decode(&path, &bytes)?))),
            Found::Missing => return Ok((path, Companion::Missing)),
            Found::Unopened(reason) => reason,
        };
        if !self.deployment.unopened.iter().any(|u| u.path == path) {
            self.deployment.unopened.push(UnopenedFile { path: path.clone(), span, reason });
        }
        Ok((path, Companion::Unopened))
    }

    /// Adds a file and returns its number.
    pub(super) fn keep(&mut self, name: &str, kind: Kind, containers: Containers, text: String) -> usize {
        self.deployment.texts.push(Text::new(name, kind, containers, text));
        self.deployment.texts.len().saturating_sub(1)
    }

    /// Refuses the file as its real reader would.
    pub(super) fn refuse(&mut self, span: Option<Span>, message: impl Into<String>, help: impl Into<String>) {
        self.deployment.refusals.push(Refusal { span, message: message.into(), help: help.into() });
    }

    /// Reads dotenv file number `file`. `lookup` resolves names that the file doesn't set itself.
    pub(super) fn dotenv(&mut self, file: usize, dialect: Dialect, lookup: &Lookup<'_>) -> Option<Environment> {
        // The text is moved out so that findings can be recorded while it's read.
        let text = std::mem::take(&mut self.deployment.texts.get_mut(file)?.text);
        let read = self.dotenv_text(file, &text, dialect, lookup);
        self.deployment.texts.get_mut(file)?.text = text;
        read
    }

    fn dotenv_text(&mut self, file: usize, text: &str, dialect: Dialect, lookup: &Lookup<'_>) -> Option<Environment> {
        let mut environment = Environment::default();
        let mut entries = Entries::default();
        // Only a `$` can refer to an earlier value.
        let mut earlier = dotenv::Earlier::of(text);
        let mut plain = true;
        let mut failed = None;
        let error = dotenv::each(text, dialect, &mut |a| {
            let name = a.name(text);
            if let (true, Some(value)) = (a.dull, &a.text) {
                let end = a.value.1.saturating_add(1).min(text.len());
                let place = Place {
                    name: Span::new(file, a.name.0, a.name.1),
                    value: Span::new(file, a.value.0, a.value.1),
                    entry: Some(Span::new(file, a.name.0, end)),
                    plain: true,
                    quote: None,
                    named: true,
                };
                earlier.set(name, value);
                let mut setting = Setting::of(name, Value::Known(value.clone().into_owned())).at(place);
                setting.dull = true;
                entries.put(&mut environment, setting);
                return true;
            }
            let mut unset = Vec::new();
            let value = match dotenv::value(text, &a, &earlier, lookup, &mut |n| unset.push(n.to_owned())) {
                Ok(value) => value,
                Err(error) => {
                    failed = Some(error);
                    return false;
                }
            };
            let place = place(text, file, &a, value.as_deref());
            let odd = is_odd(text, &a, place);
            plain &= !odd;
            // No rule looks at how an unknown name's value is written, unless it may contain a secret.
            if odd && (find(name).is_some() || names_a_secret(name)) {
                self.deployment.lines.push(Line {
                    name: name.to_owned(),
                    place,
                    value: value.clone(),
                    raw: Span::new(file, a.raw.0, a.raw.1),
                    expanded: a.expands && a.text.as_deref().is_some_and(|t| t.contains('$')),
                    unset,
                });
            }
            let Some(value) = value else { return true };
            earlier.set(name, &value);
            entries.put(&mut environment, Setting::of(name, Value::Known(value)).at(place));
            true
        });
        if let Some(error) = failed {
            self.refuse_dotenv(file, dialect, &error);
            return None;
        }
        self.keep_doubles(entries);
        if let Some(error) = &error {
            self.refuse_dotenv(file, dialect, error);
            return None;
        }
        if !plain {
            self.disagreement(file, dialect, text);
        }
        Some(environment)
    }

    /// Records the duplicates in a file or list.
    pub(super) fn keep_doubles(&mut self, entries: Entries) {
        for duplicate in entries.doubles {
            self.deployment.keep_duplicate(duplicate);
        }
        self.deployment.duplicates_left = self.deployment.duplicates_left.saturating_add(entries.left);
    }

    fn refuse_dotenv(&mut self, file: usize, dialect: Dialect, error: &dotenv::DotenvError) {
        let reader = match dialect {
            Dialect::Compose => "docker compose",
            Dialect::Docker => "docker run --env-file",
            Dialect::Node => "npm dotenv",
        };
        self.refuse(
            Some(Span::new(file, error.start, error.end)),
            format!("{reader} refuses this file: {}", error.message),
            "Write each variable as `NAME=value` on its own line; until then nothing in this file reaches Langfuse.",
        );
    }

    /// Records the first line that another program reads differently.
    fn disagreement(&mut self, file: usize, dialect: Dialect, text: &str) {
        let own = dotenv::known_values(text, dialect);
        for other in [Dialect::Docker, Dialect::Node, Dialect::Compose] {
            if other == dialect {
                continue;
            }
            let theirs = dotenv::known_values(text, other);
            let span = match (&own, &theirs) {
                (Ok(own), Ok(theirs)) => {
                    let last = |var: Var| theirs.iter().find(|(v, _)| *v == var).map(|(_, value)| value);
                    let odd = own.iter().find(|(var, value)| last(*var) != Some(value));
                    odd.and_then(|(var, _)| {
                        let lines = self.deployment.lines.iter().rev();
                        lines.into_iter().find(|l| l.raw.file == file && l.name == var.name())
                    })
                    .map(|l| l.raw)
                }
                (Ok(_), Err(error)) => Some(Span::new(file, error.start, error.end)),
                _ => None,
            };
            if let Some(span) = span {
                self.deployment.disagreements.push((span, other));
                return;
            }
        }
    }
}

/// Whether a line has anything that programs read differently or rules look at: quotes, `$`, `#`, a backslash,
/// whitespace, `export`, a separator other than `=`, no value. All programs agree on the rest.
fn is_odd(text: &str, a: &dotenv::Assignment<'_>, place: Place) -> bool {
    let slice = |from: usize, to: usize| text.get(from..to).unwrap_or("");
    let raw = slice(a.raw.0, a.raw.1);
    place.entry.is_none_or(|entry| entry.start != a.name.0)
        || slice(a.name.1, a.raw.0) != "="
        || raw.is_empty()
        || raw.bytes().any(|b| b <= b' ' || b >= 0x7f || matches!(b, b'"' | b'\'' | b'`' | b'$' | b'#' | b'\\'))
}

fn place(text: &str, file: usize, a: &dotenv::Assignment<'_>, value: Option<&str>) -> Place {
    let line_start = text.get(..a.name.0).and_then(|t| t.rfind('\n')).map_or(0, |n| n.saturating_add(1));
    let line_end = text
        .get(a.raw.1..)
        .and_then(|t| t.find('\n'))
        .map_or(text.len(), |n| a.raw.1.saturating_add(n).saturating_add(1));
    Place {
        name: Span::new(file, a.name.0, a.name.1),
        value: Span::new(file, a.value.0, a.value.1),
        entry: Some(Span::new(file, line_start, line_end)),
        plain: text.get(a.value.0..a.value.1) == value && value.is_some(),
        quote: a.quote,
        named: true,
    }
}

/// Whether `written` doesn't depend on the directory: it begins with a root, a home directory or a drive.
fn is_absolute(written: &str) -> bool {
    let drive = |t: &str| t.as_bytes().get(1) == Some(&b':') && t.starts_with(|c: char| c.is_ascii_alphabetic());
    written.starts_with(['/', '\\', '~']) || drive(written)
}

/// The text of `bytes`: UTF-8, with or without byte-order mark.
pub(super) fn decode(file: &str, bytes: &[u8]) -> Result<String, ReadError> {
    let fail = |message: String| Err(ReadError::Undecodable { file: file.to_owned(), message });
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return fail("the file is UTF-16; save it as UTF-8 (no program that configures Langfuse reads UTF-16)".into());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains('\0') => fail("the file contains a NUL byte; is it binary?".into()),
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let at = error.valid_up_to();
            let line = bytes.get(..at).map_or(0, |b| b.iter().filter(|b| **b == b'\n').count()).saturating_add(1);
            let byte = bytes.get(at).copied().unwrap_or(0);
            fail(format!("invalid UTF-8 on line {line} (byte 0x{byte:02x}); save the file as UTF-8"))
        }
    }
}

/// Reads `inputs` in order; later ones override earlier ones. Files that they name come from `files`.
///
/// # Errors
/// A file isn't text, or can't be opened.
pub fn read(inputs: &[Input], options: &Options, files: &dyn Files) -> Result<Deployment, ReadError> {
    let mut reader = Reader { options, files, deployment: Deployment::new(Wrapper::Raw) };
    read_all(&mut reader, inputs)?;
    Ok(reader.deployment)
}

/// An input with its content and kind.
pub(super) struct Decoded<'i> {
    pub(super) input: &'i Input,
    pub(super) text: String,
    pub(super) kind: Kind,
}

fn read_all(reader: &mut Reader<'_>, inputs: &[Input]) -> Result<(), ReadError> {
    let mut decoded = Vec::new();
    for input in inputs {
        match &input.given {
            Given::Bytes(bytes) => {
                let text = decode(&input.name, bytes)?;
                let kind = input.kind.unwrap_or_else(|| detect::kind(&input.name, &text));
                decoded.push(Decoded { input, text, kind });
            }
            Given::Variables(_) => decoded.push(Decoded { input, text: String::new(), kind: Kind::Process }),
        }
    }
    let options = reader.options;
    let has = |kind: Kind| decoded.iter().any(|d| d.kind == kind);
    let wrapper = options.deployment.unwrap_or(if has(Kind::Compose) {
        Wrapper::Compose
    } else if has(Kind::Helm) {
        Wrapper::Helm
    } else if has(Kind::K8s) {
        Wrapper::K8s
    } else {
        Wrapper::Raw
    });
    read_by(&mut reader.deployment, options, wrapper, has(Kind::Compose));
    let mut layers = Layers::default();
    if has(Kind::Compose) {
        layers.add(compose::read(reader, &decoded)?);
        for d in decoded.iter().filter(|d| !matches!(d.kind, Kind::Compose | Kind::Dotenv)) {
            read_one(reader, d, &mut layers)?;
        }
    } else if let Some(environments) = compose::beside(reader, &decoded)? {
        layers.add(environments);
    } else {
        if has(Kind::Helm) {
            let values: Vec<&Decoded<'_>> = decoded.iter().filter(|d| d.kind == Kind::Helm).collect();
            layers.add(helm::read(reader, &values));
        }
        if has(Kind::K8s) {
            let manifests: Vec<&Decoded<'_>> = decoded.iter().filter(|d| d.kind == Kind::K8s).collect();
            layers.add(k8s::read(reader, &manifests));
        }
        for d in decoded.iter().filter(|d| !matches!(d.kind, Kind::Helm | Kind::K8s)) {
            read_one(reader, d, &mut layers)?;
        }
    }
    keep_shell_secrets(reader);
    if reader.deployment.refusals.is_empty() {
        reader.deployment.environments = layers.finish();
        let is_read = |name: &&String| reader.deployment.texts.iter().any(|t| t.name == **name);
        reader.deployment.unread = reader.options.beside.iter().filter(|name| !is_read(name)).cloned().collect();
    }
    Ok(())
}

/// Records the shell's secrets that a file may interpolate: `${GITHUB_TOKEN}` as a bucket must not print it.
fn keep_shell_secrets(reader: &mut Reader<'_>) {
    if reader.options.shell.is_empty() {
        return;
    }
    let deployment = &mut reader.deployment;
    let expands = |text: &&Text| matches!(text.kind, Kind::Compose | Kind::Dotenv) && text.text.contains('$');
    let texts: Vec<&str> = deployment.texts.iter().filter(expands).map(|text| text.text.as_str()).collect();
    if texts.is_empty() {
        return;
    }
    let is_secret = |name: &str| find(name).map_or_else(|| names_a_secret(name), |v| v.row().secret);
    let taken_in = |(name, value): &(&String, &String)| {
        !value.is_empty() && is_secret(name) && texts.iter().any(|text| text.contains(name.as_str()))
    };
    let secrets = reader.options.shell.iter().filter(taken_in).map(|(_, value)| Secret::new(value.clone()));
    deployment.shell_secrets = secrets.collect();
}

/// Records how Langfuse is deployed and which program reads dotenv files.
fn read_by(deployment: &mut Deployment, options: &Options, wrapper: Wrapper, compose: bool) {
    deployment.wrapper = wrapper;
    deployment.dialect_known = options.dialect.is_some() || wrapper == Wrapper::Compose || compose;
    deployment.dialect = options.dialect.unwrap_or_default();
    let shown_by_deployment = match (options.deployment, options.dialect) {
        (Some(Wrapper::Raw), None) => Some(Dialect::Docker),
        (Some(Wrapper::Compose), _) => Some(Dialect::Compose),
        _ => None,
    };
    deployment.read_by = shown_by_deployment.filter(|d| *d != deployment.dialect);
}

/// The deployment of one set of variables without a file, as [`read`] returns it; the set is called `name`.
#[must_use]
pub fn of_environment(name: &str, environment: Environment, options: &Options) -> Deployment {
    let mut deployment = Deployment::new(Wrapper::Raw);
    read_by(&mut deployment, options, options.deployment.unwrap_or(Wrapper::Raw), false);
    deployment.texts.push(Text::new(name, Kind::Process, Containers::BOTH, ""));
    deployment.environments.push((Containers::BOTH, environment));
    deployment
}

fn read_one(reader: &mut Reader<'_>, d: &Decoded<'_>, layers: &mut Layers) -> Result<(), ReadError> {
    let containers = d.input.container.unwrap_or(Containers::BOTH);
    if let Given::Variables(variables) = &d.input.given {
        let mut environment = Environment::default();
        for (name, value) in variables {
            environment.set(Setting { origin: Origin::Process, ..Setting::plain(name, value.clone()) });
        }
        reader.keep(&d.input.name, Kind::Process, containers, String::new());
        layers.add(vec![(containers, environment)]);
        return Ok(());
    }
    let file = reader.keep(&d.input.name, d.kind, containers, d.text.clone());
    let read = match d.kind {
        Kind::Dotenv => {
            let shell = &reader.options.shell;
            let dialect = reader.deployment.dialect;
            let lookup = move |name: &str| shell.get(name).cloned();
            reader.dotenv(file, dialect, &lookup).map(|e| vec![(containers, e)]).unwrap_or_default()
        }
        Kind::Json => json::read(reader, file, containers),
        _ => vec![(containers, envlist::read(reader, file))],
    };
    layers.add(read);
    Ok(())
}

/// Environments by container, merged in layers.
#[derive(Default)]
pub(super) struct Layers {
    /// What both containers receive, as long as no layer differs between them.
    both: Option<Environment>,
    web: Option<Environment>,
    worker: Option<Environment>,
}

impl Layers {
    fn add(&mut self, environments: Vec<(Containers, Environment)>) {
        for (containers, environment) in environments {
            if containers == Containers::BOTH && self.web.is_none() && self.worker.is_none() {
                lay(&mut self.both, environment);
                continue;
            }
            if containers == Containers::WEB {
                self.web = self.web.take().or_else(|| self.both.clone());
                lay(&mut self.web, environment);
                continue;
            }
            if containers.meets(Containers::WEB) {
                let base = self.web.take().or_else(|| self.both.clone());
                self.web = base;
                lay(&mut self.web, environment.clone());
            }
            if containers.meets(Containers::WORKER) {
                let base = self.worker.take().or_else(|| self.both.clone());
                self.worker = base;
                lay(&mut self.worker, environment);
            }
        }
    }

    fn finish(self) -> Vec<(Containers, Environment)> {
        let Self { both, web, worker } = self;
        if web.is_none() && worker.is_none() {
            return both.into_iter().map(|e| (Containers::BOTH, e)).collect();
        }
        let web = web.or_else(|| both.clone());
        let worker = worker.or(both);
        let one = |c: Containers, e: Option<Environment>| e.map(|e| (c, e));
        [one(Containers::WEB, web), one(Containers::WORKER, worker)].into_iter().flatten().collect()
    }
}

fn lay(base: &mut Option<Environment>, over: Environment) {
    match base {
        None => *base = Some(over),
        Some(base) => {
            base.open |= over.open;
            for setting in over.settings {
                base.set(setting);
            }
        }
    }
}

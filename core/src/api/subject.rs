//! The input: a string, files, or variables.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::{Code, Error, Options};
use crate::check;
use crate::order;
use crate::report::{Read, Report};
use crate::source::{self, Deployment, Environment, Given, Input, Kind, Setting, Value, detect};
use crate::variable::Containers;

/// A named file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct File {
    /// Its name: a path relative to the same directory as all others.
    pub file: String,
    /// Its contents.
    pub text: String,
}

/// The input.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Subject {
    /// The contents of one file.
    #[serde(deserialize_with = "bytes")]
    Text(Vec<u8>),
    /// Files that belong together. If a compose file is among them, dotenv files count only if it names them, or if
    /// `docker compose` reads them by default.
    Files(Vec<File>),
    /// The variables of both containers.
    Variables(BTreeMap<String, Held>),
    /// The variables of one or each container.
    Containers(Parts),
}

/// Reads a string as bytes, which is what the readers accept.
fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    String::deserialize(deserializer).map(String::into_bytes)
}

/// The input for one or each container.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    web: Option<Part>,
    worker: Option<Part>,
}

/// The input for a container: variables, or the contents of a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// The contents of a file.
    Text(String),
    /// Variables.
    Variables(BTreeMap<String, Held>),
}

/// The value of a variable.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Held {
    /// A string.
    Text(String),
    /// A key of a Kubernetes Secret, `name/key`.
    Secret {
        /// Name and key.
        secret: String,
    },
    /// Set, but the value is unknown.
    Unknown {
        /// Always `true`.
        #[allow(dead_code, reason = "its presence is the information")]
        unknown: bool,
    },
}

impl From<&Held> for Value {
    fn from(held: &Held) -> Self {
        match held {
            Held::Text(text) => Self::Known(text.clone()),
            Held::Unknown { .. } => Self::Unknown,
            Held::Secret { secret } => {
                let (name, key) = secret.split_once('/').unwrap_or((secret, ""));
                Self::Reference { name: name.to_owned(), key: key.to_owned(), secret: true }
            }
        }
    }
}

impl Subject {
    /// Parses JSON: `{ "text": … }`, `{ "files": […] }`, `{ "variables": {…} }` or `{ "containers": {…} }`.
    ///
    /// # Errors
    /// It has another shape.
    pub fn parse(text: &str) -> Result<Self, Error> {
        super::from_json(Code::InvalidInput, "invalid input", text)
    }

    /// Reads the variables of both containers from `count` names, then `count` values, each terminated by a NUL: the
    /// cheapest way to pass an environment.
    ///
    /// # Errors
    /// There are more or fewer, so a name or value contains a NUL; or it isn't UTF-8.
    pub fn variables(flat: &[u8], count: usize, options: &Options) -> Result<Deployment, Error> {
        let flat = std::str::from_utf8(flat).map_err(|e| Error::new(Code::InvalidInput, e.to_string()))?;
        let mut environment = Environment::default();
        let mut rest = flat;
        let names: Vec<&str> = (0..count).map_while(|_| field(&mut rest)).collect();
        let mut found = 0_usize;
        for (name, value) in names.into_iter().zip(std::iter::from_fn(|| field(&mut rest))) {
            environment.set(Setting::plain(name, Value::Known(value.to_owned())));
            found = found.saturating_add(1);
        }
        if found != count || !rest.is_empty() {
            return Err(Error::new(Code::InvalidInput, "a variable's name or value contains a NUL character")
                .help("Remove it: environment variables can't contain NUL."));
        }
        Ok(source::of_environment(ENVIRONMENT, environment, &options.reading()))
    }

    /// The same subject, with each file read as the type that a report says.
    pub(super) fn as_read<'s>(&'s self, read: &'s [Read]) -> Reading<'s> {
        Reading { subject: self, read }
    }
}

/// A subject, with the file types of an earlier report.
pub(super) struct Reading<'s> {
    subject: &'s Subject,
    read: &'s [Read],
}

/// The subject as the readers take it.
struct Prepared<'s> {
    inputs: Vec<Input>,
    reading: source::Options,
    /// The files that inputs may name: others don't exist.
    files: BTreeMap<&'s str, &'s str>,
}

/// The name of a set of variables without a file.
const ENVIRONMENT: &str = "environment";

impl<'s> Reading<'s> {
    pub(super) fn read(&self, options: &Options) -> Result<Deployment, Error> {
        let Prepared { inputs, reading, files } = self.inputs(options);
        Ok(source::read(&inputs, &reading, &files)?)
    }

    pub(super) fn examine(&self, options: &Options) -> Result<(Deployment, Report), Error> {
        let Prepared { inputs, reading, files } = self.inputs(options);
        Ok(check::examine(&inputs, &reading, &options.rules()?, &files)?)
    }

    fn inputs(&self, options: &Options) -> Prepared<'s> {
        let mut reading = options.reading();
        let mut passed = BTreeMap::new();
        let inputs = match self.subject {
            Subject::Text(text) => {
                vec![self.text(options.file.as_deref().unwrap_or("-"), text, options.format, None)]
            }
            Subject::Variables(variables) => vec![of_variables(variables, None)],
            Subject::Containers(Parts { web, worker }) => [(web, Containers::WEB), (worker, Containers::WORKER)]
                .into_iter()
                .filter_map(|(part, container)| Some((part.as_ref()?, container)))
                .map(|(part, container)| match part {
                    Part::Text(text) => {
                        let name = options.file.as_deref().unwrap_or_else(|| container.names().next().unwrap_or("-"));
                        self.text(name, text.as_bytes(), options.format, Some(container))
                    }
                    Part::Variables(variables) => of_variables(variables, Some(container)),
                })
                .collect(),
            Subject::Files(files) => {
                let inputs: Vec<Input> =
                    files.iter().map(|f| self.text(&f.file, f.text.as_bytes(), options.format, None)).collect();
                passed = order::filled(files.iter().map(|f| (f.file.as_str(), f.text.as_str())));
                let read = by_role(inputs, files);
                let left = files.iter().filter(|f| !read.iter().any(|i| i.name == f.file));
                reading.beside = left.map(|f| f.file.clone()).collect();
                read
            }
        };
        Prepared { inputs, reading, files: passed }
    }

    fn text(&self, name: &str, text: &[u8], kind: Option<Kind>, container: Option<Containers>) -> Input {
        let before = || self.read.iter().find(|r| r.file == name && r.kind != Kind::Process).map(|r| r.kind);
        let given = Given::Bytes(text.to_vec());
        Input { name: name.to_owned(), given, kind: kind.or_else(before), container }
    }
}

fn of_variables(variables: &BTreeMap<String, Held>, container: Option<Containers>) -> Input {
    let given = Given::Variables(order::filled(variables.iter().map(|(name, held)| (name.clone(), held.into()))));
    Input { name: ENVIRONMENT.into(), given, kind: None, container }
}

/// Next to a compose file, dotenv files are read only if it names them, or if `docker compose` reads them by default.
fn by_role(inputs: Vec<Input>, files: &[File]) -> Vec<Input> {
    let kind = |input: &Input| {
        let text = files.iter().find(|f| f.file == input.name).map_or("", |f| f.text.as_str());
        input.kind.or_else(|| detect::kind(&input.name, text))
    };
    if !inputs.iter().any(|i| kind(i) == Some(Kind::Compose)) {
        return inputs;
    }
    inputs.into_iter().filter(|i| kind(i) != Some(Kind::Dotenv)).collect()
}

/// A usual name for a file with this content, under which it's read as what it looks like.
#[must_use]
pub fn file_name(text: &str) -> &'static str {
    if text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']) {
        return "config.json";
    }
    match detect::kind("", text) {
        Some(Kind::Compose) => "docker-compose.yml",
        Some(Kind::Helm) => "values.yaml",
        Some(Kind::K8s) => "manifest.yaml",
        Some(Kind::Json) => "config.json",
        Some(Kind::Helmfile) => "helmfile.yaml",
        Some(Kind::Kustomize) => "kustomization.yaml",
        Some(Kind::Systemd) => "langfuse.service",
        Some(Kind::Quadlet) => "langfuse.container",
        Some(Kind::Excerpt(language)) => language.file_name(),
        Some(kind) if kind.has_flow() => "manifest.yaml",
        _ => ".env",
    }
}

/// The text before the next NUL.
fn field<'t>(rest: &mut &'t str) -> Option<&'t str> {
    let end = memchr::memchr(0, rest.as_bytes())?;
    let (field, after) = (rest.get(..end)?, rest.get(end.saturating_add(1)..)?);
    *rest = after;
    Some(field)
}

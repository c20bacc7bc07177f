//! What is read: a text, files, or variables.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::{Code, Error, Options};
use crate::report::Read;
use crate::source::{self, Deployment, Environment, Given, Input, Kind, Setting, Value, detect};
use crate::text::order;
use crate::variable::Containers;

/// A named text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct File {
    /// Its name, a path relative to where all paths are relative to.
    pub file: String,
    /// What is in it.
    pub text: String,
}

/// What is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Subject {
    /// One text.
    #[serde(deserialize_with = "bytes")]
    Text(Vec<u8>),
    /// Named texts that belong together. With a compose file among them, dotenv texts count where it or the program
    /// that reads it names them.
    Files(Vec<File>),
    /// What both containers receive.
    Variables(BTreeMap<String, Held>),
    /// What one or each of the containers receives.
    Containers(Parts),
}

/// A text as the bytes of a file, which is what readers take.
fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    String::deserialize(deserializer).map(String::into_bytes)
}

/// What one or each of the containers receives.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    web: Option<Part>,
    worker: Option<Part>,
}

/// A container's part: variables, or a text.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// A text.
    Text(String),
    /// Variables.
    Variables(BTreeMap<String, Held>),
}

/// What a variable holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Held {
    /// A text.
    Text(String),
    /// A key of a Kubernetes Secret, `name/key`.
    Secret {
        /// Name and key.
        secret: String,
    },
    /// Set, to what is not known.
    Unknown {
        /// Always `true`.
        #[allow(dead_code, reason = "its presence says it")]
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
    /// Reads it from JSON: `{ "text": … }`, `{ "files": […] }`, `{ "variables": {…} }` or `{ "containers": {…} }`.
    ///
    /// # Errors
    /// It is none of them.
    pub fn parse(text: &str) -> Result<Self, Error> {
        super::from_json(Code::InvalidInput, "this cannot be checked", text)
    }

    /// What both containers receive, from `count` names and then as many values, ended by a NUL each: what hands an
    /// environment over at the least cost.
    ///
    /// # Errors
    /// There are more or fewer: a name or a value holds a NUL, which no environment can. Or it is no text.
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
            return Err(Error::new(Code::InvalidInput, "a variable's name or value holds a NUL character")
                .help("No environment can hold one: hand over the text alone."));
        }
        Ok(source::of_environment(ENVIRONMENT, environment, &options.reading()))
    }

    /// The same subject, each file read as what a report says it was read as.
    pub(super) fn as_read<'s>(&'s self, read: &'s [Read]) -> Reading<'s> {
        Reading { subject: self, read }
    }
}

/// A subject with what is known of how it was read before.
pub(super) struct Reading<'s> {
    subject: &'s Subject,
    read: &'s [Read],
}

/// What a set of variables without a text is called.
const ENVIRONMENT: &str = "environment";

impl Reading<'_> {
    pub(super) fn inputs(&self, options: &Options) -> (Vec<Input>, source::Options) {
        let mut reading = options.reading();
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
                for file in files {
                    reading.found.insert(file.file.clone(), Some(file.text.clone().into_bytes()));
                }
                let read = by_role(inputs, files);
                let left = files.iter().filter(|f| !read.iter().any(|i| i.name == f.file));
                reading.beside = left.map(|f| f.file.clone()).collect();
                read
            }
        };
        (inputs, reading)
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

/// Beside a compose file, dotenv texts are read where it names them, or `docker compose` by itself; not on their own.
fn by_role(inputs: Vec<Input>, files: &[File]) -> Vec<Input> {
    let kind = |input: &Input| {
        let text = files.iter().find(|f| f.file == input.name).map_or("", |f| f.text.as_str());
        input.kind.unwrap_or_else(|| detect::kind(&input.name, text))
    };
    if !inputs.iter().any(|i| kind(i) == Kind::Compose) {
        return inputs;
    }
    inputs.into_iter().filter(|i| kind(i) != Kind::Dotenv).collect()
}

/// What stands before the next NUL.
fn field<'t>(rest: &mut &'t str) -> Option<&'t str> {
    let end = memchr::memchr(0, rest.as_bytes())?;
    let (field, after) = (rest.get(..end)?, rest.get(end.saturating_add(1)..)?);
    *rest = after;
    Some(field)
}

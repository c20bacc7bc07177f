//! Writing configuration: answers in, a file out that passes `check`.
//!
//! [`FIELDS`] is the list of questions; command-line flags, form inputs and API options are derived from it.
//! [`Answers`] holds the answers, [`AnswersDraft`] adds the defaults, [`ConfigPlan`] is the typed result, and each
//! [`OutputFormat`] writes it, in its own module. Pure: random bytes for passwords are an argument.
//!
//! To add a format, add a module with `write`, and a row in [`OutputFormat::ALL`] and in the match of [`generate`].

mod answers;
mod compose;
mod cors;
mod docker_run;
mod draft;
mod ecs;
mod env;
mod error;
mod field;
mod files;
mod helm;
mod iam_policy;
mod json;
mod k8s;
mod lifecycle;
mod options;
mod plan;
mod proof;
mod question;
mod recall;
mod setting;
mod shell;
mod terraform;
mod yaml;

use serde::Serialize;
use serde::ser::SerializeStruct;

pub use answers::Answers;
pub use draft::password;
pub use error::{Error, Wrong};
pub use field::{AnswerKind, AnswersDraft, Choice, FIELDS, Field, Id, Weight};
pub use files::{FormatFacts, GeneratedFiles, formats, generate_files};
pub use plan::{Access, Bucket, ConfigPlan, Encryption, Trust};
pub use question::{Choosable, FieldFacts, FormState, ProviderNeeds, Question, fields, missing, providers};
pub use recall::{recall, take};
pub use setting::{Credential, Setting, Value, settings};

use crate::source::Wrapper;
use crate::text::secret::Secret;
use crate::text::suggest::nearest;

/// What to write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutputFormat {
    /// `NAME=value` lines.
    Env,
    /// An override for the official compose file.
    Compose,
    /// Values of the Langfuse chart.
    Helm,
    /// A Secret and a ConfigMap.
    K8s,
    /// A JSON object of variables.
    Json,
    /// An ECS task definition.
    Ecs,
    /// The permissions that Langfuse needs, as an IAM policy.
    IamPolicy,
    /// The bucket's CORS rules.
    Cors,
    /// The bucket's lifecycle rules.
    Lifecycle,
    /// Commands that start a store on this machine.
    DockerRun,
    /// Bucket, permissions and rules as Terraform.
    Terraform,
}

impl OutputFormat {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Env,
        Self::Compose,
        Self::Helm,
        Self::K8s,
        Self::Json,
        Self::Ecs,
        Self::IamPolicy,
        Self::Cors,
        Self::Lifecycle,
        Self::DockerRun,
        Self::Terraform,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Env => "env",
            Self::Compose => "compose",
            Self::Helm => "helm",
            Self::K8s => "k8s",
            Self::Json => "json",
            Self::Ecs => "ecs",
            Self::IamPolicy => "iam-policy",
            Self::Cors => "cors",
            Self::Lifecycle => "lifecycle",
            Self::DockerRun => "docker-run",
            Self::Terraform => "terraform",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.name() == name)
    }

    /// The format called `name`, for APIs.
    ///
    /// # Errors
    /// There is none. Suggests the closest match.
    pub fn parse(name: &str) -> Result<Self, Error> {
        Self::from_name(name).ok_or_else(|| {
            let names = Self::ALL.map(Self::name);
            let help = match nearest(name, names) {
                Some(meant) => format!("Did you mean `{meant}`?"),
                None => format!("Use one of {}.", names.join(", ")),
            };
            Error::together(format!("unknown format {name:?}"), help)
        })
    }

    /// What it is, in one line.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Env => {
                "a .env, for docker run or a platform's form; with --deployment compose, for the official compose file"
            }
            Self::Compose => "a docker-compose.override.yml for the official compose file",
            Self::Helm => "values for the Langfuse chart",
            Self::K8s => "a Secret and a ConfigMap for your own manifests",
            Self::Json => "a JSON object of variables",
            Self::Ecs => "environment, secrets and task role of an ECS task definition",
            Self::IamPolicy => {
                "the permissions that Langfuse needs and no more; with --trust, also who may assume the role"
            }
            Self::Cors => "the bucket's CORS rules, for attachments uploaded from the browser",
            Self::Lifecycle => "expiry of raw events after --retention-days; media never expires",
            Self::DockerRun => "commands that start a store on this machine, with volume, bucket and network",
            Self::Terraform => "bucket, permissions and rules, for aws, gcs, azure and r2",
        }
    }

    /// The name of its file, which the notes of the formats refer to.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Self::Env => ".env",
            Self::Compose => "docker-compose.override.yml",
            Self::Helm => "storage.yaml",
            Self::K8s => "langfuse-storage.yaml",
            Self::Json => "langfuse-storage.json",
            Self::Ecs => "task-definition.json",
            Self::IamPolicy => "policy.json",
            Self::Cors => "cors.json",
            Self::Lifecycle => "lifecycle.json",
            Self::DockerRun => "langfuse-store.sh",
            Self::Terraform => "langfuse-storage.tf",
        }
    }

    /// The deployment method that it implies.
    #[must_use]
    pub fn deployment(self) -> Wrapper {
        match self {
            Self::Compose => Wrapper::Compose,
            Self::Helm => Wrapper::Helm,
            Self::K8s => Wrapper::K8s,
            _ => Wrapper::Raw,
        }
    }

    /// The formats for a deployment method: those that configure Langfuse, the main one first, then those for the store.
    #[must_use]
    pub fn for_deployment(deployment: Wrapper) -> Vec<Self> {
        let langfuse: &[Self] = match deployment {
            Wrapper::Raw => &[Self::Env, Self::Json, Self::Ecs],
            Wrapper::Compose => &[Self::Compose, Self::Env],
            Wrapper::Helm => &[Self::Helm],
            Wrapper::K8s => &[Self::K8s],
        };
        let store = Self::ALL.into_iter().filter(|f| !f.configures_langfuse());
        langfuse.iter().copied().chain(store).collect()
    }

    /// Whether it's about the store of a deployment that exists: what its files say is then the answer.
    #[must_use]
    pub fn completes_deployment(self) -> bool {
        matches!(self, Self::IamPolicy | Self::Cors | Self::Lifecycle | Self::Terraform)
    }

    /// Whether it configures Langfuse, rather than the store.
    #[must_use]
    pub fn configures_langfuse(self) -> bool {
        matches!(self, Self::Env | Self::Compose | Self::Helm | Self::K8s | Self::Json | Self::Ecs)
    }
}

impl Serialize for OutputFormat {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The file name.
    pub name: &'static str,
    /// The content. It may contain the credentials that were given.
    pub text: Secret,
    /// What to do with it, and what it doesn't cover: one sentence each, without secrets.
    pub notes: Vec<String>,
    /// The files that it refers to, with the credentials that were given.
    pub beside: Vec<Beside>,
}

/// A file that another one refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The file name.
    pub name: &'static str,
    /// The content.
    pub text: Secret,
}

/// `{ name, contents }`.
impl Serialize for Beside {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Beside", 2)?;
        out.serialize_field("name", self.name)?;
        out.serialize_field("contents", self.text.expose())?;
        out.end()
    }
}

impl Output {
    fn new(format: OutputFormat, text: String) -> Self {
        Self { name: format.file(), text: Secret::new(text), notes: Vec::new(), beside: Vec::new() }
    }

    /// Sets another file name.
    fn called(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    fn with(mut self, beside: Option<Beside>) -> Self {
        self.beside.extend(beside);
        self
    }
}

/// `{ name, contents, notes, beside }`, for APIs. Contains the secrets.
impl Serialize for Output {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Output", 4)?;
        out.serialize_field("name", self.name)?;
        out.serialize_field("contents", self.text.expose())?;
        out.serialize_field("notes", &self.notes)?;
        out.serialize_field("beside", &self.beside)?;
        out.end()
    }
}

/// Writes `format`. `random`: at least 24 unpredictable bytes, for the password of a store that this file creates.
///
/// # Errors
/// What is missing, or the invalid answer, with help.
pub fn generate(format: OutputFormat, answers: &Answers, random: &[u8]) -> Result<Output, Error> {
    let draft = answers.draft(format, random);
    let plan = ConfigPlan::new(&draft)?;
    if format.configures_langfuse() {
        proof::prove(&plan)?;
    }
    let mut output = match format {
        OutputFormat::Env => env::write(&plan),
        OutputFormat::Compose => compose::write(&plan),
        OutputFormat::Helm => helm::write(&plan),
        OutputFormat::K8s => k8s::write(&plan),
        OutputFormat::Json => json::write(&plan),
        OutputFormat::Ecs => ecs::write(&plan),
        OutputFormat::IamPolicy => iam_policy::write(&plan),
        OutputFormat::Cors => cors::write(&plan),
        OutputFormat::Lifecycle => lifecycle::write(&plan),
        OutputFormat::DockerRun => docker_run::write(&plan),
        OutputFormat::Terraform => terraform::write(&plan),
    }?;
    if let Some(note) = no_keys(format, &plan).filter(|_| answers.get(Id::Credentials).is_none()) {
        output.notes.insert(0, note.to_owned());
    }
    Ok(output)
}

/// What it means that the file has no keys, where it could have some and nobody decided. `helm` and `ecs` name the
/// identity themselves.
fn no_keys(format: OutputFormat, plan: &ConfigPlan) -> Option<&'static str> {
    if !matches!(format, OutputFormat::Env | OutputFormat::Json | OutputFormat::Compose | OutputFormat::K8s) {
        return None;
    }
    match plan.access {
        Access::Role { .. } => Some(
            "No keys: Langfuse then uses the role of EC2, ECS or EKS. For keys, add --credentials keys --access-key-id KEY_ID, and pass the secret in LANGFUSE_BLOB_SECRET_ACCESS_KEY.",
        ),
        Access::GoogleIdentity { .. } => Some(
            "No key: Langfuse then uses the service account of GKE, Cloud Run or Compute Engine. For a key, add --credentials keys, and pass it, or its path in the containers, in LANGFUSE_BLOB_GOOGLE_CREDENTIALS.",
        ),
        _ => None,
    }
}

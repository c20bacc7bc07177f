//! What a file is, which program reads it, and how Langfuse is deployed.

use serde::Serialize;

use super::excerpt::language::Language;

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
    /// An ECS task definition.
    Ecs,
    /// What `docker inspect` and `podman inspect` print.
    DockerInspect,
    /// A service of Cloud Run or Knative.
    CloudRun,
    /// What `az containerapp show` prints.
    ContainerApps,
    /// A Render blueprint.
    Render,
    /// A systemd unit.
    Systemd,
    /// A Podman quadlet.
    Quadlet,
    /// A CloudFormation or SAM template.
    CloudFormation,
    /// What `terraform show -json` prints.
    TerraformJson,
    /// A Nomad job as JSON.
    Nomad,
    /// An Argo CD `Application` or `ApplicationSet`.
    ArgoCd,
    /// A Flux `HelmRelease`.
    Flux,
    /// A K3s `HelmChart`.
    K3s,
    /// Values of a chart that depends on the Langfuse chart.
    UmbrellaValues,
    /// A helmfile.
    Helmfile,
    /// What `helm get values` prints.
    HelmGet,
    /// Templates of Secrets: `ExternalSecret`, `SealedSecret`.
    SecretTemplate,
    /// A kustomization.
    Kustomize,
    /// Source code or a template that sets variables: only its literal values are judged.
    Excerpt(Language),
}

#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "the list is built at compile time")]
impl Kind {
    /// The types that a file can have: the values of `--input`.
    pub const OF_FILES: [Self; 24 + Language::ALL.len()] = {
        let whole = [
            Self::Dotenv,
            Self::Compose,
            Self::Helm,
            Self::K8s,
            Self::Json,
            Self::Env,
            Self::Ecs,
            Self::DockerInspect,
            Self::CloudRun,
            Self::ContainerApps,
            Self::Render,
            Self::Systemd,
            Self::Quadlet,
            Self::CloudFormation,
            Self::TerraformJson,
            Self::Nomad,
            Self::ArgoCd,
            Self::Flux,
            Self::K3s,
            Self::UmbrellaValues,
            Self::Helmfile,
            Self::HelmGet,
            Self::SecretTemplate,
            Self::Kustomize,
        ];
        let mut all = [Self::Dotenv; 24 + Language::ALL.len()];
        let mut at = 0;
        while at < all.len() {
            all[at] = if at < whole.len() { whole[at] } else { Self::Excerpt(Language::ALL[at - whole.len()]) };
            at += 1;
        }
        all
    };

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
            Self::Ecs => "ecs",
            Self::DockerInspect => "docker-inspect",
            Self::CloudRun => "cloud-run",
            Self::ContainerApps => "container-apps",
            Self::Render => "render",
            Self::Systemd => "systemd",
            Self::Quadlet => "quadlet",
            Self::CloudFormation => "cloudformation",
            Self::TerraformJson => "terraform-json",
            Self::Nomad => "nomad",
            Self::ArgoCd => "argocd",
            Self::Flux => "flux",
            Self::K3s => "k3s",
            Self::UmbrellaValues => "umbrella-values",
            Self::Helmfile => "helmfile",
            Self::HelmGet => "helm-get",
            Self::SecretTemplate => "secret-template",
            Self::Kustomize => "kustomize",
            Self::Excerpt(language) => language.name(),
        }
    }

    /// Whether only what is literally in the file is judged: the rest of the environment isn't visible.
    #[must_use]
    pub fn is_excerpt(self) -> bool {
        matches!(self, Self::Excerpt(_))
    }

    /// Whether it holds values of the Langfuse chart, alone or inside another document.
    pub(super) fn holds_values(self) -> bool {
        self == Self::Helm || self.wraps_values()
    }

    /// Whether it's a document around values of the Langfuse chart.
    pub(super) fn wraps_values(self) -> bool {
        matches!(self, Self::ArgoCd | Self::Flux | Self::K3s | Self::UmbrellaValues | Self::Helmfile | Self::HelmGet)
    }

    /// Whether the reader of manifests reads it.
    pub(crate) fn is_manifest(self) -> bool {
        matches!(self, Self::K8s | Self::CloudRun | Self::SecretTemplate | Self::Kustomize)
    }

    /// Whether it lists containers with their variables, in a platform's own form.
    pub(super) fn is_platform(self) -> bool {
        matches!(
            self,
            Self::Ecs
                | Self::DockerInspect
                | Self::ContainerApps
                | Self::Render
                | Self::CloudFormation
                | Self::TerraformJson
                | Self::Nomad
        )
    }

    /// Whether it's always JSON: one without comments, where everything under a secret's name belongs to the secret.
    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Ecs | Self::DockerInspect | Self::TerraformJson | Self::Nomad)
    }

    /// Whether one of its lines may hold several entries, as in JSON and YAML's flow style.
    pub(crate) fn has_flow(self) -> bool {
        !matches!(self, Self::Dotenv | Self::Env | Self::Process | Self::Systemd | Self::Quadlet)
    }

    /// The kind of that name, among those a file can have: the values of `--input`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::OF_FILES.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind of that name, as in a report's list of files.
    #[must_use]
    pub fn of_report(name: &str) -> Option<Self> {
        Self::from_name(name).or_else(|| (name == Self::Process.name()).then_some(Self::Process))
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
    /// Every dialect.
    pub const ALL: [Self; 3] = [Self::Compose, Self::Docker, Self::Node];

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
        Self::ALL.into_iter().find(|d| d.name() == name)
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
    /// Every wrapper.
    pub const ALL: [Self; 4] = [Self::Raw, Self::Compose, Self::Helm, Self::K8s];

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
        Self::ALL.into_iter().find(|w| w.name() == name)
    }
}

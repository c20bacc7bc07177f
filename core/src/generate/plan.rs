//! The configuration to write, typed.

use super::field::{AnswersDraft, FIELDS, Id};
use super::question::complete;
use super::{Error, OutputFormat};
use crate::config::Engine;
use crate::config::endpoint::Endpoint;
use crate::provider::setup::Setup;
use crate::provider::{Addressing, Provider};
use crate::source::{Dialect, Wrapper};
use crate::text::printable::quoted;
use crate::text::secret::Secret;
use crate::variable::{Containers, UseCase, Version};

/// The configuration to write. Created only by [`ConfigPlan::new`].
#[derive(Clone, Debug)]
pub struct ConfigPlan {
    /// The store.
    pub provider: &'static Provider,
    /// What a new configuration needs to know about it.
    pub setup: &'static Setup,
    /// The Langfuse engine for it.
    pub engine: Engine,
    /// The deployment method.
    pub deployment: Wrapper,
    /// The buckets of the use cases; events first.
    pub buckets: Vec<Bucket>,
    /// Whether separate buckets were requested.
    pub separate: bool,
    /// The region; also the location of the buckets in Terraform.
    pub region: Option<String>,
    /// The storage account, R2's account ID, Oracle's namespace.
    pub account: Option<String>,
    /// Where Langfuse's containers reach the store; `None` for the SDK's default.
    pub endpoint: Option<String>,
    /// Where browsers and SDKs reach it, if it differs.
    pub outside: Option<String>,
    /// Whether the store is the one that comes with the deployment.
    pub bundled: bool,
    /// Langfuse's own URL.
    pub langfuse: Option<String>,
    /// How Langfuse authenticates.
    pub access: Access,
    /// Encryption to request for writes.
    pub encryption: Option<Encryption>,
    /// After how many days to delete raw events.
    pub retention_days: Option<u32>,
    /// Whether the override or the values contain the secrets themselves.
    pub inline_secrets: bool,
    /// The Kubernetes Secret with the credentials; on ECS, the secret of AWS Secrets Manager.
    pub secret_name: String,
    /// Who assumes the AWS role.
    pub trust: Option<Trust>,
    /// The AWS account.
    pub aws_account: Option<String>,
    /// The cluster's OIDC issuer.
    pub oidc_issuer: Option<String>,
    /// The Kubernetes service account.
    pub service_account: String,
    /// The Kubernetes namespace, if given.
    pub namespace: Option<String>,
    /// The Helm release.
    pub release: String,
    /// The chart's version.
    pub chart_version: String,
    /// The Langfuse release, if given.
    pub version: Option<Version>,
    /// The program that parses the .env.
    pub dialect: Dialect,
    /// The only container that the .env is for.
    pub container: Option<Containers>,
    /// The port of a store on this machine.
    pub host_port: u16,
}

/// Where one use case keeps its objects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bucket {
    /// The use case.
    pub use_case: UseCase,
    /// The bucket's name; on Azure, the container's.
    pub name: String,
    /// The prefix of its keys.
    pub prefix: String,
}

impl Bucket {
    /// Whether the prefixes overlap, so that a rule for one affects the other.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.name == other.name && (other.prefix.starts_with(&self.prefix) || self.prefix.starts_with(&other.prefix))
    }
}

/// How Langfuse authenticates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Access {
    /// With key ID and secret. `None`: it's stored elsewhere, and the file refers to it.
    Pair {
        /// The key ID; on Azure, the account.
        id: Option<String>,
        /// The secret.
        secret: Option<Secret>,
    },
    /// With the identity that AWS gives the containers.
    Role {
        /// The role for the service account's annotation.
        arn: Option<String>,
    },
    /// With a Google key. `None`: it's stored elsewhere, and the file refers to it.
    GoogleKey(Option<Secret>),
    /// With the identity that Google gives the containers.
    GoogleIdentity {
        /// The service account for the annotation.
        account: Option<String>,
    },
    /// With Oracle's identity of that kind.
    Oracle(String),
    /// With keys that the chart generates for its own store.
    Chart,
}

/// Encryption to request for writes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Encryption {
    /// `AES256` or `aws:kms`.
    pub algorithm: String,
    /// The KMS key.
    pub kms_key: Option<String>,
}

/// Who assumes an AWS role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trust {
    /// A service account on EKS, by its OIDC token.
    Irsa,
    /// A service account on EKS, by the Pod Identity agent.
    PodIdentity,
    /// A task on ECS.
    Ecs,
}

impl Trust {
    /// The choices.
    pub const CHOICES: [(&'static str, &'static str); 3] = [
        ("irsa", "a service account on EKS, by its OIDC token"),
        ("pod-identity", "a service account on EKS, by the Pod Identity agent"),
        ("ecs", "a task on ECS"),
    ];

    /// The variant of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "irsa" => Some(Self::Irsa),
            "pod-identity" => Some(Self::PodIdentity),
            "ecs" => Some(Self::Ecs),
            _ => None,
        }
    }
}

impl ConfigPlan {
    /// The plan of a draft.
    ///
    /// # Errors
    /// What is missing or conflicting.
    pub fn new(draft: &AnswersDraft<'_>) -> Result<Self, Error> {
        fits_answers(draft)?;
        complete(draft)?;
        let text = |id| draft.text(id);
        // `complete` has checked that required answers are present.
        let provider = draft.provider().ok_or_else(|| Error::Missing(vec![Id::Provider]))?;
        let bundled = draft.bundled().is_some();
        let endpoint = text(Id::Endpoint).filter(|_| draft.engine() != Engine::Gcs);
        let outside = text(Id::StorePublicUrl).filter(|url| Some(url) != endpoint.as_ref());
        let plan = Self {
            provider,
            setup: provider.setup(),
            engine: draft.engine(),
            deployment: draft.deployment(),
            buckets: buckets(draft)?,
            separate: draft.separate(),
            region: text(Id::Region),
            account: text(Id::Account),
            endpoint,
            outside,
            bundled,
            langfuse: text(Id::PublicUrl),
            access: access(draft),
            encryption: text(Id::Sse).map(|algorithm| Encryption { algorithm, kms_key: text(Id::KmsKeyId) }),
            retention_days: text(Id::RetentionDays).and_then(|n| n.parse().ok()),
            inline_secrets: draft.flag(Id::InlineSecrets),
            secret_name: text(Id::SecretName).unwrap_or_default(),
            trust: draft.trust(),
            aws_account: text(Id::AwsAccountId),
            oidc_issuer: text(Id::OidcIssuer),
            service_account: text(Id::ServiceAccount).unwrap_or_default(),
            namespace: text(Id::Namespace),
            release: text(Id::Release).unwrap_or_default(),
            chart_version: text(Id::ChartVersion).unwrap_or_default(),
            version: version(draft)?,
            dialect: text(Id::Dialect).and_then(|d| Dialect::from_name(&d)).unwrap_or_default(),
            container: text(Id::Container).map(|c| if c == "web" { Containers::WEB } else { Containers::WORKER }),
            host_port: text(Id::HostPort).and_then(|p| p.parse().ok()).unwrap_or(0),
        };
        fits_format(&plan, draft)?;
        fits_provider(&plan, draft)?;
        Ok(plan)
    }

    /// Where `use_case` keeps its objects, if it is used.
    #[must_use]
    pub fn bucket(&self, use_case: UseCase) -> Option<&Bucket> {
        self.buckets.iter().find(|b| b.use_case == use_case)
    }

    /// The distinct bucket names, in the order of the use cases.
    #[must_use]
    pub fn bucket_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for bucket in &self.buckets {
            if !names.contains(&bucket.name.as_str()) {
                names.push(&bucket.name);
            }
        }
        names
    }

    /// The host of presigned URLs: the public URL, or else the endpoint.
    #[must_use]
    pub fn links(&self) -> Option<&str> {
        self.outside.as_deref().or(self.endpoint.as_deref())
    }

    /// Whether the bucket goes into the path. A self-hosted store has no host name per bucket unless someone set that
    /// up.
    #[must_use]
    pub fn path_style(&self) -> bool {
        let own = self.setup.place == crate::provider::setup::Place::Own;
        match self.provider.addressing {
            Addressing::PathOnly => true,
            Addressing::VirtualOnly => false,
            Addressing::Either => own,
        }
    }
}

fn buckets(draft: &AnswersDraft<'_>) -> Result<Vec<Bucket>, Error> {
    let mut all = Vec::new();
    for use_case in UseCase::ALL.into_iter().filter(|u| draft.uses(*u)) {
        let field = Id::bucket_of(use_case);
        let Some(name) = draft.text(field) else { return Err(Error::Missing(vec![Id::Bucket])) };
        let prefix = draft.text(Id::prefix_of(use_case)).unwrap_or_default();
        all.push(Bucket { use_case, name, prefix });
    }
    Ok(all)
}

fn access(draft: &AnswersDraft<'_>) -> Access {
    let role = draft.text(Id::Credentials).as_deref() == Some("role");
    match draft.engine() {
        Engine::Oci => Access::Oracle(draft.text(Id::OciAuthType).unwrap_or_default()),
        Engine::Gcs if role => Access::GoogleIdentity { account: draft.text(Id::GoogleServiceAccount) },
        Engine::Gcs => Access::GoogleKey(draft.text(Id::GoogleCredentials).map(Secret::new)),
        Engine::S3 if role => Access::Role { arn: draft.text(Id::RoleArn) },
        Engine::S3 | Engine::Azure if !draft.takes_pair() => Access::Chart,
        Engine::S3 | Engine::Azure => {
            Access::Pair { id: draft.text(Id::AccessKeyId), secret: draft.text(Id::SecretAccessKey).map(Secret::new) }
        }
    }
}

fn version(draft: &AnswersDraft<'_>) -> Result<Option<Version>, Error> {
    let Some(text) = draft.text(Id::LangfuseVersion) else { return Ok(None) };
    let parsed = Version::parse(&text);
    parsed.map(Some).ok_or_else(|| {
        Error::wrong(Id::LangfuseVersion, format!("`{text}` isn't a version"), "Write it as `4.16.0`, `4.16` or `4`.")
    })
}

/// Rejects answers to questions that don't apply.
fn fits_answers(draft: &AnswersDraft<'_>) -> Result<(), Error> {
    let Some(provider) = draft.provider() else { return Ok(()) };
    for field in FIELDS {
        if draft.given(field.id).is_some() && !(field.applies)(draft) {
            return Err(Error::wrong(
                field.id,
                format!("it has no effect with {} and these answers", provider.name),
                "Leave it out.",
            ));
        }
    }
    let digits = provider.setup().account_digits;
    let account = draft.given(Id::Account).filter(|_| digits > 0);
    if let Some(account) = account.filter(|a| a.len() != digits || !a.bytes().all(|b| b.is_ascii_hexdigit())) {
        return Err(Error::wrong(
            Id::Account,
            format!("{} isn't an account ID of {}", quoted(account), provider.name),
            format!("Use the {digits} hexadecimal digits that the dashboard shows next to the buckets."),
        ));
    }
    Ok(())
}

/// Rejects what a format can't express.
fn fits_format(plan: &ConfigPlan, draft: &AnswersDraft<'_>) -> Result<(), Error> {
    let format = draft.format;
    if matches!(format, OutputFormat::Compose | OutputFormat::Helm | OutputFormat::K8s | OutputFormat::Ecs)
        && plan.deployment != format.deployment()
    {
        return Err(Error::wrong(
            Id::Deployment,
            format!("`{}` doesn't fit the format {}", plan.deployment.name(), format.name()),
            "Leave it out: the format implies it.",
        ));
    }
    if format == OutputFormat::Env && matches!(plan.deployment, Wrapper::Helm | Wrapper::K8s) {
        return Err(Error::wrong(
            Id::Deployment,
            format!("a .env isn't read under {}", plan.deployment.name()),
            format!("Use `langfuse-blob generate {}` instead.", plan.deployment.name()),
        ));
    }
    if plan.chart_version != crate::source::helm::CHART_VERSION {
        return Err(Error::wrong(
            Id::ChartVersion,
            format!("the values of chart {} aren't supported", plan.chart_version),
            format!("Leave it out for {}.", crate::source::helm::CHART_VERSION),
        ));
    }
    Ok(())
}

/// Rejects what the store, or Langfuse with it, can't do, before the rules would report the result.
fn fits_provider(plan: &ConfigPlan, draft: &AnswersDraft<'_>) -> Result<(), Error> {
    let media = plan.bucket(UseCase::Media).is_some();
    if media && plan.provider.id == "gcs" && plan.engine == Engine::S3 && draft.format.configures_langfuse() {
        return Err(Error::wrong(
            Id::Engine,
            "media uploads fail through Google's S3 interface: SDKs leave out a signed header",
            "Leave --engine out for the native engine, or leave media out: --use-cases events,exports.",
        ));
    }
    if let Some(outside) = plan.links().filter(|_| media && draft.given(Id::Sdks) == Some("elsewhere")) {
        if Endpoint::parse(outside).is_ok_and(|e| e.is_loopback()) {
            return Err(Error::wrong(
                Id::StorePublicUrl,
                format!("`{outside}` makes SDKs on other machines connect to themselves"),
                "Give the URL at which they reach the store, such as `https://store.example.com`.",
            ));
        }
    }
    if let Some(outside) = plan.outside.as_deref().filter(|_| media) {
        let fine = Endpoint::parse(outside).is_ok_and(|e| e.https || e.host.eq_ignore_ascii_case("localhost"));
        if !fine {
            return Err(Error::wrong(
                Id::StorePublicUrl,
                "Langfuse's pages show media only from https URLs, or from http://localhost",
                "Serve the store over https, such as `https://store.example.com`.",
            ));
        }
    }
    Ok(())
}

//! The questions, in order.

use std::collections::BTreeMap;

use super::yaml::capital;
use super::{OutputFormat, Trust};
use crate::config::Engine;
use crate::provider::PROVIDERS;
use crate::provider::setup::{Native, Place, Region};
use crate::source::Wrapper;
use crate::text::secret::Secret;
use crate::variable::UseCase;

/// One question.
#[derive(Debug)]
pub struct Field {
    /// Which.
    pub id: Id,
    /// Its flag, without `--`.
    pub name: &'static str,
    /// Its form label.
    pub label: &'static str,
    /// What it is and what it implies, one or two sentences.
    pub help: &'static str,
    /// Its section heading.
    pub section: &'static str,
    /// What answers look like.
    pub kind: AnswerKind,
    /// An example for people; empty if the kind says it all.
    pub example: &'static str,
    /// Whether the question applies, given the answers before it.
    pub applies: fn(&AnswersDraft<'_>) -> bool,
    /// Whether an answer is required if there is no default.
    pub needed: fn(&AnswersDraft<'_>) -> bool,
    /// The default.
    pub default: fn(&AnswersDraft<'_>) -> Option<String>,
    /// How a form presents it.
    pub weight: fn(&AnswersDraft<'_>) -> Weight,
    /// What it is, where the answers before it allow a plainer wording than `help`.
    pub help_for: fn(&AnswersDraft<'_>) -> Option<&'static str>,
    /// Whether a terminal asks for it even though it has a default: a decision that people don't know they make.
    pub asked: fn(&AnswersDraft<'_>) -> bool,
    /// Whether a password may be generated as the answer, because the store's keys are for its operator to choose.
    pub can_generate: fn(&AnswersDraft<'_>) -> bool,
    /// Whether the answer holds only for the store it was given for: its address, its region, its keys.
    pub of_store: bool,
    /// Whether the answer must not go where others see it: a secret, or where people paste one by mistake.
    pub sensitive: bool,
    /// The choices of several that can't be deselected.
    pub always: &'static [&'static str],
}

/// Answers with their defaults, for one format. Here, because each needs the other: a default depends on the answers
/// before it, and a draft looks up the defaults.
#[derive(Clone, Copy)]
pub struct AnswersDraft<'a> {
    /// What to write.
    pub format: OutputFormat,
    pub(super) answers: &'a BTreeMap<Id, Secret>,
    pub(super) random: &'a [u8],
}

impl<'a> AnswersDraft<'a> {
    /// The answer.
    #[must_use]
    pub fn given(&self, id: Id) -> Option<&'a str> {
        self.answers.get(&id).map(Secret::expose)
    }

    /// The answer, or else the default, if the question applies.
    #[must_use]
    pub fn text(&self, id: Id) -> Option<String> {
        let field = id.field();
        if !(field.applies)(self) {
            return None;
        }
        self.given(id).map(str::to_owned).or_else(|| (field.default)(self))
    }
}

/// How a form presents a question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// Shown.
    Main,
    /// Collapsed: most people don't need it.
    Detail,
    /// Hidden: an answer has no effect on the file.
    None,
}

impl Weight {
    /// In one word, for JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Detail => "detail",
            Self::None => "none",
        }
    }

    fn main_if(so: bool) -> Self {
        if so { Self::Main } else { Self::Detail }
    }

    fn if_any(self, so: bool) -> Self {
        if so { self } else { Self::None }
    }
}

/// What answers look like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AnswerKind {
    /// A single line without whitespace.
    Word,
    /// A name that becomes part of a URL: an account, a region.
    Label,
    /// A bucket name.
    Bucket,
    /// As [`Self::Word`], but the empty string is an answer.
    Prefix,
    /// An http or https URL.
    Url,
    /// A string that must not be shown.
    Secret,
    /// An integer between the two, inclusive.
    Number(u32, u32),
    /// `true` or `false`.
    Flag,
    /// A store of [`PROVIDERS`].
    Provider,
    /// One of a list.
    Choice(&'static [Choice]),
    /// Several of a list, separated by commas.
    Several(&'static [Choice]),
}

/// A choice and what it means.
pub type Choice = (&'static str, &'static str);

impl AnswerKind {
    /// The choices; empty if any value is allowed.
    #[must_use]
    pub fn choices(self) -> Vec<Choice> {
        match self {
            Self::Provider => PROVIDERS.iter().map(|p| (p.id, p.name)).collect(),
            Self::Choice(list) | Self::Several(list) => list.to_vec(),
            _ => Vec::new(),
        }
    }

    /// In one word, for JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Word | Self::Label | Self::Bucket | Self::Prefix => "text",
            Self::Url => "url",
            Self::Secret => "secret",
            Self::Number(..) => "number",
            Self::Flag => "flag",
            Self::Provider | Self::Choice(_) => "choice",
            Self::Several(_) => "several",
        }
    }
}

/// The only store that the commands of `docker-run` can start.
pub(super) const STARTABLE: &str = "minio";

const PLAIN: Field = Field {
    id: Id::Provider,
    name: "",
    label: "",
    help: "",
    section: "",
    kind: AnswerKind::Word,
    example: "",
    applies: |_| true,
    needed: |_| false,
    default: |_| None,
    weight: |_| Weight::Main,
    help_for: |_| None,
    asked: |_| false,
    can_generate: |_| false,
    of_store: false,
    sensitive: false,
    always: &[],
};

macro_rules! fields {
    ($($section:literal => { $($id:ident = $name:literal { $($rest:tt)* })+ })+) => {
        /// Which question.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[allow(missing_docs, reason = "documented by the fields' help")]
        pub enum Id { $($($id),+),+ }

        /// Every question, in order: a default may depend on the answers before it.
        pub static FIELDS: &[Field] =
            &[$($(Field { id: Id::$id, name: $name, section: $section, $($rest)* ..PLAIN }),+),+];
    };
}

impl Id {
    /// The question.
    #[must_use]
    pub fn field(self) -> &'static Field {
        FIELDS.get(self as usize).unwrap_or(&PLAIN)
    }

    /// Its flag, without `--`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.field().name
    }

    /// The question with the flag `name`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        FIELDS.iter().find(|f| f.name == name).map(|f| f.id)
    }

    /// Its API option: the same words in camel case.
    #[must_use]
    pub fn option(self) -> String {
        let mut words = self.name().split('-');
        words.next().into_iter().map(str::to_owned).chain(words.map(capital)).collect()
    }

    /// The question with the API option `option`.
    #[must_use]
    pub fn from_option(option: &str) -> Option<Self> {
        FIELDS.iter().map(|f| f.id).find(|id| id.option() == option)
    }

    /// The environment variable for a secret answer: other users can see command lines.
    #[must_use]
    pub fn variable(self) -> Option<String> {
        let secret = self.field().kind == AnswerKind::Secret;
        secret.then(|| format!("LANGFUSE_BLOB_{}", self.name().replace('-', "_").to_ascii_uppercase()))
    }

    /// The field for the bucket of `use_case`.
    pub(super) fn bucket_of(use_case: UseCase) -> Self {
        match use_case {
            UseCase::Events => Self::EventsBucket,
            UseCase::Media => Self::MediaBucket,
            UseCase::Exports => Self::ExportsBucket,
            UseCase::CoreData => Self::CoreDataBucket,
        }
    }

    /// The field for the prefix of `use_case`.
    pub(super) fn prefix_of(use_case: UseCase) -> Self {
        match use_case {
            UseCase::Events => Self::EventsPrefix,
            UseCase::Media => Self::MediaPrefix,
            UseCase::Exports => Self::ExportsPrefix,
            UseCase::CoreData => Self::CoreDataPrefix,
        }
    }
}

fields! {
    "The store" => {
        Provider = "provider" {
            label: "Store",
            help: "The store that Langfuse uses",
            kind: AnswerKind::Provider,
            needed: |_| true,
            default: |d| (d.format == OutputFormat::DockerRun).then(|| STARTABLE.into()),
        }
        Engine = "engine" {
            label: "Engine",
            help: "The store's own API, or its S3 interface",
            kind: AnswerKind::Choice(&[("native", "the store's own API"), ("s3", "its S3 interface")]),
            applies: |d| d.setup().is_some_and(|s| matches!(s.native, Native::Better | Native::Possible)),
            default: |d| Some(if d.setup().is_some_and(|s| s.native == Native::Better) { "native" } else { "s3" }.into()),
            weight: |_| Weight::Detail,
            of_store: true,
        }
        Deployment = "deployment" {
            label: "Deployment",
            help: "How Langfuse is deployed",
            kind: AnswerKind::Choice(&[
                ("raw", "plain environment: docker run, a platform's form"),
                ("compose", "the official docker-compose.yml"),
                ("helm", "the Langfuse chart"),
                ("k8s", "your own Kubernetes manifests"),
            ]),
            default: |d| Some(d.format.deployment().name().into()),
        }
    }
    "What to store, and where" => {
        UseCases = "use-cases" {
            label: "Use cases",
            help: "What Langfuse keeps in the store; events are always included",
            kind: AnswerKind::Several(&[
                ("events", "raw events: Langfuse doesn't start without them"),
                ("media", "images, audio and files from traces"),
                ("exports", "batch export files"),
                ("core-data", "core data by table; meant for Langfuse Cloud"),
            ]),
            default: |_| Some("events,media,exports".into()),
            always: &["events"],
        }
        SeparateBuckets = "separate-buckets" {
            label: "Separate buckets",
            help: "One bucket per use case, instead of one bucket with a prefix per use case",
            kind: AnswerKind::Flag,
        }
        Bucket = "bucket" {
            label: "Bucket",
            help: "The bucket (on Azure: the container); with --separate-buckets, the beginning of each bucket's name",
            kind: AnswerKind::Bucket,
            example: "acme-langfuse",
            help_for: |d| Some(match (d.is("azure"), d.separate()) {
                _ if d.provider().is_none() => return None,
                (true, false) => "The container",
                (false, false) => "The bucket",
                (true, true) => "The beginning of each container's name",
                (false, true) => "The beginning of each bucket's name",
            }),
            needed: |d| UseCase::ALL.into_iter().any(|u| d.uses(u) && d.given(Id::bucket_of(u)).is_none()),
            // The bucket that the official compose file and the chart create.
            default: |d| (d.makes_store() && !d.separate()).then(|| "langfuse".into()),
        }
        EventsBucket = "events-bucket" {
            label: "Events bucket",
            help: "The bucket for raw events, if it's a separate one",
            kind: AnswerKind::Bucket,
            default: |d| d.bucket_of("events"),
            weight: |_| Weight::Detail,
        }
        MediaBucket = "media-bucket" {
            label: "Media bucket",
            help: "The bucket for media, if it's a separate one",
            kind: AnswerKind::Bucket,
            applies: |d| d.uses(UseCase::Media),
            default: |d| d.bucket_of("media"),
            weight: |_| Weight::Detail,
        }
        ExportsBucket = "exports-bucket" {
            label: "Exports bucket",
            help: "The bucket for exports, if it's a separate one",
            kind: AnswerKind::Bucket,
            applies: |d| d.uses(UseCase::Exports),
            default: |d| d.bucket_of("exports"),
            weight: |_| Weight::Detail,
        }
        CoreDataBucket = "core-data-bucket" {
            label: "Core data bucket",
            help: "The bucket for core data, if it's a separate one",
            kind: AnswerKind::Bucket,
            applies: |d| d.uses(UseCase::CoreData),
            default: |d| d.bucket_of("core-data"),
            weight: |_| Weight::Detail,
        }
        EventsPrefix = "events-prefix" {
            label: "Events prefix",
            help: "The key prefix for raw events; ends in `/`, or is empty in a separate bucket",
            kind: AnswerKind::Prefix,
            default: |d| Some(d.prefix_of(UseCase::Events)),
            weight: |_| Weight::Detail,
        }
        MediaPrefix = "media-prefix" {
            label: "Media prefix",
            help: "The key prefix for media; ends in `/`, or is empty in a separate bucket",
            kind: AnswerKind::Prefix,
            applies: |d| d.uses(UseCase::Media),
            default: |d| Some(d.prefix_of(UseCase::Media)),
            weight: |_| Weight::Detail,
        }
        ExportsPrefix = "exports-prefix" {
            label: "Exports prefix",
            help: "The key prefix for exports; ends in `/`, or is empty in a separate bucket",
            kind: AnswerKind::Prefix,
            applies: |d| d.uses(UseCase::Exports),
            default: |d| Some(d.prefix_of(UseCase::Exports)),
            weight: |_| Weight::Detail,
        }
        CoreDataPrefix = "core-data-prefix" {
            label: "Core data prefix",
            help: "The key prefix for core data; ends in `/`, or is empty in a separate bucket",
            kind: AnswerKind::Prefix,
            applies: |d| d.uses(UseCase::CoreData),
            default: |d| Some(d.prefix_of(UseCase::CoreData)),
            weight: |_| Weight::Detail,
        }
    }
    "Addresses" => {
        Region = "region" {
            label: "Region",
            help: "The region of the buckets, as the store names it",
            kind: AnswerKind::Label,
            example: "eu-west-1",
            needed: |d| match d.engine() {
                Engine::S3 | Engine::Oci => true,
                Engine::Gcs | Engine::Azure => d.format == OutputFormat::Terraform,
            },
            default: |d| match (d.engine(), d.setup()?.region) {
                (Engine::S3 | Engine::Oci, Region::Usual(region)) => Some(region.into()),
                _ => None,
            },
            weight: |d| match d.engine() {
                Engine::S3 | Engine::Oci => Weight::main_if(!d.setup().is_some_and(|s| matches!(s.region, Region::Usual(_)))),
                Engine::Gcs | Engine::Azure => Weight::Main.if_any(d.format == OutputFormat::Terraform),
            },
            of_store: true,
        }
        Account = "account" {
            label: "Account",
            help: "The account in the store's address: R2's account ID, Azure's storage account, Oracle's namespace",
            help_for: |d| d.setup().map(|s| s.account),
            kind: AnswerKind::Label,
            example: "acmelangfuse",
            applies: |d| d.setup().is_some_and(|s| !s.account.is_empty()),
            needed: |d| match d.engine() {
                Engine::Azure => d.format.configures_langfuse() || d.format == OutputFormat::Terraform,
                Engine::S3 => {
                    (d.needs_endpoint() && d.given(Id::Endpoint).is_none())
                        || (d.format == OutputFormat::Terraform && d.is("r2"))
                }
                Engine::Gcs | Engine::Oci => false,
            },
            of_store: true,
        }
        Endpoint = "endpoint" {
            label: "Store URL",
            help: "The store's URL as Langfuse's containers reach it, without the bucket",
            kind: AnswerKind::Url,
            example: "https://s3.example.com",
            needed: |d| d.needs_endpoint() && d.setup().is_some_and(|s| s.place == Place::Own) && d.bundled().is_none(),
            default: |d| d.endpoint(),
            weight: |d| {
                let own = d.setup().is_some_and(|s| s.place == Place::Own);
                Weight::main_if(own && d.bundled().is_none()).if_any(d.needs_endpoint())
            },
            of_store: true,
        }
        PublicUrl = "public-url" {
            label: "Langfuse URL",
            help: "The URL at which browsers open Langfuse (NEXTAUTH_URL)",
            kind: AnswerKind::Url,
            example: "https://langfuse.example.com",
            needed: |d| d.format == OutputFormat::Cors,
        }
        Sdks = "sdks" {
            label: "Where SDKs run",
            help: "Where the applications run that send media through an SDK: the public store URL must be reachable from there",
            kind: AnswerKind::Choice(&[("here", "on the same machine as Langfuse"), ("elsewhere", "on other machines")]),
            applies: |d| d.uses(UseCase::Media) && d.setup().is_some_and(|s| s.place == Place::Own),
            default: |d| Some(if d.is_opened_here() { "here" } else { "elsewhere" }.into()),
        }
        StorePublicUrl = "store-public-url" {
            label: "Public store URL",
            help: "The store's URL as browsers and SDKs reach it, without the bucket: presigned URLs for media and exports use it",
            kind: AnswerKind::Url,
            example: "https://store.example.com",
            needed: |d| d.needs_endpoint() && (d.uses(UseCase::Media) || d.uses(UseCase::Exports)) && d.is_inside(),
            default: |d| d.store_public_url(),
            weight: |d| Weight::main_if(d.setup().is_some_and(|s| s.place == Place::Own)).if_any(d.engine() != Engine::Gcs),
            of_store: true,
        }
    }
    "Credentials" => {
        Credentials = "credentials" {
            label: "Credentials",
            help: "Keys, or the platform's role: the identity that EC2, ECS, EKS or Google Cloud gives Langfuse's containers",
            kind: AnswerKind::Choice(&[("keys", "access keys or a key file"), ("role", "the platform's identity")]),
            applies: |d| d.knows_roles(),
            default: |d| {
                // ECS has no identity of Google's.
                let keys = d.has_keys() || (d.format == OutputFormat::Ecs && d.engine() == Engine::Gcs);
                Some(if keys { "keys" } else { "role" }.into())
            },
            asked: |d| d.format.configures_langfuse() && !d.has_keys() && d.given(Id::RoleArn).is_none() && d.given(Id::GoogleServiceAccount).is_none(),
            of_store: true,
        }
        AccessKeyId = "access-key-id" {
            label: "Access key ID",
            help: "The access key ID; on Azure, the storage account",
            help_for: |d| Some(if d.is("azure") { "The storage account" } else { "The access key ID" }),
            applies: |d| d.takes_pair(),
            needed: |d| d.writes_secrets(),
            default: |d| match d.engine() {
                Engine::Azure => d.text(Id::Account),
                _ => d.makes_store().then(|| "langfuse-store".into()),
            },
            of_store: true,
            // Not a secret, but the secret key is easily pasted into the wrong field.
            sensitive: true,
        }
        SecretAccessKey = "secret-access-key" {
            label: "Secret access key",
            help: "The secret access key; on Azure, the account key",
            help_for: |d| Some(if d.is("azure") { "The account key" } else { "The secret access key" }),
            kind: AnswerKind::Secret,
            applies: |d| d.takes_pair(),
            needed: |d| d.writes_secrets(),
            default: |d| if d.makes_store() { d.password() } else { None },
            can_generate: |d| d.can_start_store(),
            of_store: true,
            sensitive: true,
        }
        GoogleCredentials = "google-credentials" {
            label: "Google key",
            help: "The service account key: the path of a file in the containers, or the JSON document itself",
            kind: AnswerKind::Secret,
            example: "/etc/langfuse/gcs-key.json",
            applies: |d| d.engine() == Engine::Gcs && d.text(Id::Credentials).as_deref() == Some("keys"),
            needed: |d| d.writes_secrets(),
            of_store: true,
            sensitive: true,
        }
        OciAuthType = "oci-auth-type" {
            label: "Oracle identity",
            help: "How Langfuse authenticates with Oracle",
            kind: AnswerKind::Choice(&[
                ("workload_identity", "the identity of a pod on OKE"),
                ("instance_principal", "the identity of the instance"),
                ("resource_principal", "the identity of a function or container instance"),
            ]),
            applies: |d| d.engine() == Engine::Oci,
            needed: |_| true,
        }
        RoleArn = "role-arn" {
            label: "AWS role",
            help: "The role that Langfuse's service account assumes on EKS (IRSA), or the task role on ECS; leave it out for Pod Identity and EC2",
            example: "arn:aws:iam::111122223333:role/langfuse",
            applies: |d| d.is("aws") && d.text(Id::Credentials).as_deref() == Some("role"),
            weight: |d| Weight::main_if(matches!(d.deployment(), Wrapper::Helm | Wrapper::K8s) || d.format == OutputFormat::Ecs),
        }
        GoogleServiceAccount = "google-service-account" {
            label: "Google service account",
            help: "The service account that Langfuse runs as with Workload Identity; for policies and Terraform, its email address",
            example: "langfuse@acme-prod.iam.gserviceaccount.com",
            applies: |d| d.engine() == Engine::Gcs && d.text(Id::Credentials).as_deref() == Some("role"),
            weight: |d| Weight::main_if(matches!(d.deployment(), Wrapper::Helm | Wrapper::K8s)),
        }
        InlineSecrets = "inline-secrets" {
            label: "Secrets in the file",
            help: "Write secrets into the compose override or the chart values, instead of references to .env or to a Secret",
            kind: AnswerKind::Flag,
            applies: |d| matches!(d.deployment(), Wrapper::Compose | Wrapper::Helm),
            weight: |_| Weight::Detail,
        }
        SecretName = "secret-name" {
            label: "Secret name",
            help: "The Kubernetes Secret that holds the credentials; on ECS, the ARN of the secret in AWS Secrets Manager",
            applies: |d| matches!(d.deployment(), Wrapper::Helm | Wrapper::K8s) || d.format == OutputFormat::Ecs,
            default: |_| Some("langfuse-storage".into()),
            weight: |_| Weight::Detail,
        }
    }
    "Encryption and expiry" => {
        Sse = "sse" {
            label: "Encryption",
            help: "Server-side encryption to request when writing events and exports; media uses the bucket's default",
            kind: AnswerKind::Choice(&[("AES256", "S3-managed keys"), ("aws:kms", "KMS keys")]),
            applies: |d| d.is("aws"),
            weight: |_| Weight::Detail,
        }
        KmsKeyId = "kms-key-id" {
            label: "KMS key",
            help: "The KMS key's ARN; without it, S3 uses the account's own key",
            example: "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d",
            applies: |d| d.text(Id::Sse).as_deref() == Some("aws:kms"),
            weight: |_| Weight::Detail,
        }
        RetentionDays = "retention-days" {
            label: "Days to keep raw events",
            help: "After how many days to delete raw events; Langfuse Cloud keeps them for 30",
            kind: AnswerKind::Number(1, 36500),
            example: "30",
            needed: |d| d.format == OutputFormat::Lifecycle,
            weight: |d| Weight::Main.if_any(matches!(d.format, OutputFormat::Lifecycle | OutputFormat::Terraform)),
        }
    }
    "The AWS role" => {
        Trust = "trust" {
            label: "Who assumes the role",
            help: "Also write the role's trust policy, for this platform",
            kind: AnswerKind::Choice(&Trust::CHOICES),
            applies: |d| d.is("aws"),
            weight: |d| Weight::Main.if_any(d.says_rights()),
        }
        AwsAccountId = "aws-account-id" {
            label: "AWS account",
            help: "The AWS account ID, twelve digits",
            example: "111122223333",
            applies: |d| d.is("aws"),
            needed: |d| d.trust() == Some(Trust::Irsa),
            default: |d| d.given(Id::RoleArn)?.split(':').nth(4).map(str::to_owned),
            weight: |d| Weight::Main.if_any((d.says_rights() && d.trust().is_some()) || d.format == OutputFormat::Ecs),
        }
        OidcIssuer = "oidc-issuer" {
            label: "OIDC issuer",
            help: "The cluster's OIDC issuer, without https://",
            example: "oidc.eks.eu-west-1.amazonaws.com/id/8C6F2B1D90E34A57",
            applies: |d| d.trust() == Some(Trust::Irsa),
            needed: |d| d.trust() == Some(Trust::Irsa),
            weight: |d| Weight::Main.if_any(d.says_rights()),
        }
        ServiceAccount = "service-account" {
            label: "Kubernetes service account",
            help: "The service account that Langfuse's pods run as; the chart names it after the release",
            default: |d| Some(match d.text(Id::Release) {
                Some(release) if !release.contains("langfuse") => format!("{release}-langfuse"),
                release => release?,
            }),
            weight: |d| Weight::Detail.if_any(matches!(d.deployment(), Wrapper::Helm | Wrapper::K8s) || d.trust().is_some()),
        }
    }
    "The deployment" => {
        LangfuseVersion = "langfuse-version" {
            label: "Langfuse release",
            help: "The Langfuse release you run; settings that it doesn't support yet are rejected",
            example: "4.16.0",
            weight: |d| Weight::Main.if_any(d.format.configures_langfuse()),
        }
        Release = "release" {
            label: "Helm release",
            help: "The name of the Helm release",
            default: |_| Some("langfuse".into()),
            weight: |d| Weight::Main.if_any(d.deployment() == Wrapper::Helm),
        }
        Namespace = "namespace" {
            label: "Namespace",
            help: "Langfuse's Kubernetes namespace",
            // Manifests have none and go where `kubectl -n` says; a trust policy needs one.
            default: |d| d.trust().map(|_| "langfuse".into()),
            weight: |d| Weight::Main.if_any(matches!(d.deployment(), Wrapper::Helm | Wrapper::K8s) || d.trust().is_some()),
        }
        ChartVersion = "chart-version" {
            label: "Chart version",
            help: "The Langfuse chart's version",
            default: |_| Some(crate::source::helm::CHART_VERSION.into()),
            weight: |d| Weight::Detail.if_any(d.deployment() == Wrapper::Helm),
        }
        Dialect = "dialect" {
            label: ".env parser",
            help: "Which program parses the .env: they differ in how they handle quotes",
            kind: AnswerKind::Choice(&[
                ("compose", "docker compose"),
                ("docker", "docker run --env-file"),
                ("node", "npm dotenv"),
            ]),
            default: |_| Some("compose".into()),
            weight: |d| Weight::Detail.if_any(d.format == OutputFormat::Env),
        }
        Container = "container" {
            label: "Container",
            help: "Write the .env for one container only, if web and worker need different ones",
            kind: AnswerKind::Choice(&[("web", "langfuse-web"), ("worker", "langfuse-worker")]),
            weight: |d| Weight::Detail.if_any(d.format == OutputFormat::Env),
        }
        HostPort = "host-port" {
            label: "Port",
            help: "The port on this machine for the store to listen on",
            kind: AnswerKind::Number(1, 65535),
            // In the official compose file, 9000 is ClickHouse's port and 9090 the store's.
            default: |_| Some("9090".into()),
            weight: |d| Weight::Detail.if_any(d.format == OutputFormat::DockerRun),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_and_documented() {
        for (at, field) in FIELDS.iter().enumerate() {
            assert_eq!(field.id as usize, at);
            assert_eq!(Id::from_name(field.name), Some(field.id));
            assert_eq!(Id::from_option(&field.id.option()), Some(field.id));
            assert!(!field.label.is_empty() && field.help.len() > 10 && !field.help.ends_with('.'), "{}", field.name);
        }
        assert_eq!(Id::StorePublicUrl.option(), "storePublicUrl");
        assert!(FIELDS.iter().all(|f| f.kind != AnswerKind::Secret || f.sensitive), "secrets are sensitive");
        assert!(FIELDS.iter().all(|f| f.always.iter().all(|word| f.kind.choices().iter().any(|(w, _)| w == word))));
        assert_eq!(Id::from_name("buckets"), None);
    }
}

//! What follows from the answers and their defaults: the store, its addresses, who authenticates how.

use std::fmt::Write as _;

use super::field::{AnswersDraft, Id, STARTABLE};
use super::{OutputFormat, Trust};
use crate::config::Engine;
use crate::config::endpoint::Endpoint;
use crate::provider::setup::{Native, Place, Setup};
use crate::provider::{self, Provider};
use crate::source::Wrapper;
use crate::storage::Target;
use crate::variable::{UseCase, slot};

impl AnswersDraft<'_> {
    /// Whether a flag is on.
    pub(super) fn flag(&self, id: Id) -> bool {
        self.text(id).as_deref() == Some("true")
    }

    /// The store.
    pub(super) fn provider(&self) -> Option<&'static Provider> {
        provider::by_id(&self.text(Id::Provider)?)
    }

    /// What a new configuration needs to know about the store.
    pub(super) fn setup(&self) -> Option<&'static Setup> {
        self.provider().map(Provider::setup)
    }

    /// Whether the store has that ID.
    pub(super) fn is(&self, id: &str) -> bool {
        self.provider().is_some_and(|p| p.id == id)
    }

    /// The Langfuse engine for the store.
    pub(super) fn engine(&self) -> Engine {
        let native = match self.setup().map(|s| s.native) {
            Some(Native::Only) => true,
            Some(Native::Better | Native::Possible) => self.text(Id::Engine).as_deref() == Some("native"),
            Some(Native::None) | None => false,
        };
        match self.provider().map(|p| p.id) {
            Some("azure") if native => Engine::Azure,
            Some("gcs") if native => Engine::Gcs,
            Some("oci") if native => Engine::Oci,
            _ => Engine::S3,
        }
    }

    /// The deployment method.
    pub(super) fn deployment(&self) -> Wrapper {
        self.text(Id::Deployment).and_then(|d| Wrapper::from_name(&d)).unwrap_or(Wrapper::Raw)
    }

    /// Whether `use_case` is enabled.
    pub(super) fn uses(&self, use_case: UseCase) -> bool {
        use_case == UseCase::Events
            || self.text(Id::UseCases).is_some_and(|list| list.split(',').any(|word| word == use_case.name()))
    }

    /// Whether each use case has a separate bucket.
    pub(super) fn separate(&self) -> bool {
        self.flag(Id::SeparateBuckets)
    }

    /// Whether the file contains permissions.
    pub(super) fn says_rights(&self) -> bool {
        matches!(self.format, OutputFormat::IamPolicy | OutputFormat::Terraform)
    }

    pub(super) fn trust(&self) -> Option<Trust> {
        self.text(Id::Trust).and_then(|word| Trust::from_name(&word))
    }

    /// The default bucket of the use case called `word`.
    pub(super) fn bucket_of(&self, word: &str) -> Option<String> {
        let base = self.text(Id::Bucket)?;
        Some(if self.separate() { format!("{base}-{word}") } else { base })
    }

    /// The default prefix of `use_case`. A separate bucket needs none, but the official compose file replaces an empty
    /// prefix with its default.
    pub(super) fn prefix_of(&self, use_case: UseCase) -> String {
        let bucket = self.text(Id::bucket_of(use_case));
        let shared = UseCase::ALL
            .into_iter()
            .any(|other| other != use_case && self.uses(other) && self.text(Id::bucket_of(other)) == bucket);
        if shared || self.deployment() == Wrapper::Compose { format!("{}/", use_case.name()) } else { String::new() }
    }

    /// Whether Langfuse needs the store's URL.
    pub(super) fn needs_endpoint(&self) -> bool {
        self.format.configures_langfuse() && matches!(self.engine(), Engine::S3 | Engine::Azure)
    }

    /// The URL of the store that comes with the deployment, unless another endpoint was given: MinIO with the official
    /// compose file, SeaweedFS with the chart.
    pub(super) fn bundled(&self) -> Option<String> {
        if self.given(Id::Endpoint).is_some() {
            return None;
        }
        match (self.deployment(), self.provider()?.id) {
            (Wrapper::Compose, "minio") => Some("http://minio:9000".into()),
            (Wrapper::Helm, "seaweedfs") => {
                let service = crate::source::helm::bundled_service(&self.text(Id::Release)?, "s3");
                Some(format!("http://{service}:8333"))
            }
            _ => None,
        }
    }

    /// Whether the file also creates the store, so that its keys can be generated.
    pub(super) fn makes_store(&self) -> bool {
        self.format == OutputFormat::DockerRun || self.bundled().is_some()
    }

    /// Whether `docker-run` can start the store.
    pub(super) fn can_start_store(&self) -> bool {
        self.provider().is_none_or(|p| p.id == STARTABLE)
    }

    /// The default URL of the store.
    pub(super) fn endpoint(&self) -> Option<String> {
        if let Some(bundled) = self.bundled() {
            return Some(bundled);
        }
        let region = self.text(Id::Region);
        match (self.engine(), self.setup()?.place) {
            (Engine::Gcs, _) => None,
            // The official compose file replaces a missing endpoint with its MinIO.
            (Engine::Oci, _) => (self.deployment() == Wrapper::Compose)
                .then(|| region.map(|r| format!("https://objectstorage.{r}.oraclecloud.com")))?,
            (_, Place::Amazon) if self.deployment() == Wrapper::Compose => {
                Target::new(None, &region?, "bucket", true).ok().map(|t| t.origin())
            }
            (_, Place::Amazon | Place::Own) => None,
            (_, Place::Hosted(template)) => {
                let mut url = template.to_owned();
                for (name, value) in [("{account}", self.text(Id::Account)), ("{region}", region)] {
                    if url.contains(name) {
                        url = url.replace(name, &value?);
                    }
                }
                Some(url)
            }
        }
    }

    /// Whether Langfuse is opened on the machine it runs on, as far as the answers say.
    pub(super) fn is_opened_here(&self) -> bool {
        self.given(Id::PublicUrl).is_none_or(|url| Endpoint::parse(url).is_ok_and(|e| e.is_loopback()))
    }

    /// Whether Langfuse is used only from its own machine, as far as the answers say.
    fn is_used_here(&self) -> bool {
        self.is_opened_here() && self.given(Id::Sdks) != Some("elsewhere")
    }

    /// Whether browsers and SDKs can't reach the endpoint that Langfuse uses. If everything runs on this machine
    /// without containers, one address works for all.
    pub(super) fn is_inside(&self) -> bool {
        let all_here = self.deployment() == Wrapper::Raw && self.is_used_here();
        self.text(Id::Endpoint)
            .is_some_and(|url| Endpoint::parse(&url).is_ok_and(|e| !(e.is_public() || all_here && e.is_loopback())))
    }

    /// The default public URL: what the official compose file publishes, if Langfuse is opened on the same machine.
    pub(super) fn store_public_url(&self) -> Option<String> {
        let compose = self.deployment() == Wrapper::Compose && self.bundled().is_some();
        let published = slot(UseCase::Exports, crate::variable::Role::ExternalEndpoint)?.row().compose?.web;
        (compose && self.is_used_here()).then(|| published.into())
    }

    /// Whether the platform can give Langfuse an identity for this store, instead of keys.
    pub(super) fn knows_roles(&self) -> bool {
        self.is("aws") || self.engine() == Engine::Gcs
    }

    /// Whether any part of a key was given.
    pub(super) fn has_keys(&self) -> bool {
        [Id::AccessKeyId, Id::SecretAccessKey, Id::GoogleCredentials].into_iter().any(|id| self.given(id).is_some())
    }

    /// Whether Langfuse authenticates with key ID and secret.
    pub(super) fn takes_pair(&self) -> bool {
        let chart_makes_it = self.deployment() == Wrapper::Helm && self.bundled().is_some();
        matches!(self.engine(), Engine::S3 | Engine::Azure)
            && !chart_makes_it
            && self.text(Id::Credentials).is_none_or(|c| c == "keys")
    }

    /// Whether the file contains the credentials themselves.
    pub(super) fn writes_secrets(&self) -> bool {
        match self.format {
            OutputFormat::Env | OutputFormat::Json | OutputFormat::K8s | OutputFormat::DockerRun => true,
            OutputFormat::Compose | OutputFormat::Helm => self.flag(Id::InlineSecrets),
            OutputFormat::Ecs
            | OutputFormat::IamPolicy
            | OutputFormat::Cors
            | OutputFormat::Lifecycle
            | OutputFormat::Terraform => false,
        }
    }

    /// Whether the answer to `id` is generated if it's left out.
    pub(super) fn generates(&self, id: Id) -> bool {
        id == Id::SecretAccessKey && self.makes_store() && self.given(id).is_none()
    }

    /// The answers that were generated because they were left out.
    pub(super) fn generated(&self) -> Vec<(Id, String)> {
        let ids = [Id::SecretAccessKey].into_iter().filter(|id| self.generates(*id));
        ids.filter_map(|id| Some((id, self.text(id)?))).collect()
    }

    /// A password from the random bytes; `None` if there are too few.
    pub(super) fn password(&self) -> Option<String> {
        password(self.random)
    }
}

/// A password from 20 random bytes, 40 hexadecimal digits; `None` if there are fewer.
#[must_use]
pub fn password(random: &[u8]) -> Option<String> {
    let bytes = random.get(..20)?;
    Some(bytes.iter().fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    }))
}

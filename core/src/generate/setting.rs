//! The plan as Langfuse's variables: what each container receives, and why.

use super::plan::{Access, Bucket, ConfigPlan};
use crate::config::Engine;
use crate::provider::setup::FILE_NAME_SEGMENT;
use crate::source::Wrapper;
use crate::text::secret::Secret;
use crate::variable::{Containers, Role, UseCase, Var, slot, var};

/// The longest segment of an event's key, in bytes.
pub(super) const SEGMENT: Var = var("LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES");

/// One variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setting {
    /// The variable.
    pub var: Var,
    /// Its value.
    pub value: Value,
    /// The containers that receive it.
    pub containers: Containers,
    /// Why it has this value: a short sentence without the final period.
    pub why: &'static str,
}

/// The value of a variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// A literal string.
    Text(String),
    /// A credential of the plan, written inline or by reference.
    Credential(Credential),
}

/// A credential of the plan.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Credential {
    /// The key ID, or the storage account.
    KeyId,
    /// The secret, or the account key.
    Secret,
    /// The Google key.
    GoogleKey,
}

impl Credential {
    /// Its key in a Kubernetes Secret.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::KeyId => "access-key-id",
            Self::Secret => "secret-access-key",
            Self::GoogleKey => "google-credentials",
        }
    }
}

impl ConfigPlan {
    /// Whether event keys must be kept short for the store. Older releases of Langfuse can't.
    fn limits_segments(&self) -> bool {
        let since = SEGMENT.row().since;
        let supported = self.version.is_none_or(|version| since.is_none_or(|since| version >= since));
        self.engine == Engine::S3 && self.setup.keys_are_file_names && supported
    }

    /// The value of a credential, if given.
    #[must_use]
    pub fn credential(&self, which: Credential) -> Option<&str> {
        match (&self.access, which) {
            (Access::Pair { id, .. }, Credential::KeyId) => id.as_deref(),
            (Access::Pair { secret, .. }, Credential::Secret) => secret.as_ref().map(Secret::expose),
            (Access::GoogleKey(key), Credential::GoogleKey) => key.as_ref().map(Secret::expose),
            _ => None,
        }
    }

    /// The value of a credential that isn't a secret, so that it may be under version control: a key ID, the path of a
    /// key file.
    #[must_use]
    pub fn open_credential(&self, which: Credential) -> Option<&str> {
        self.credential(which).filter(|text| match which {
            Credential::KeyId => true,
            Credential::Secret => false,
            Credential::GoogleKey => !text.starts_with('{'),
        })
    }
}

/// What each container receives, in reading order: engine, then a block per use case.
#[must_use]
pub fn settings(plan: &ConfigPlan) -> Vec<Setting> {
    let mut out = Vec::new();
    let mut both = |var: Var, text: &str, why| {
        out.push(Setting { var, value: Value::Text(text.into()), containers: Containers::BOTH, why });
    };
    if let Some(url) = &plan.langfuse {
        both(var("NEXTAUTH_URL"), url, "where browsers open Langfuse");
    }
    match plan.engine {
        Engine::S3 => {}
        Engine::Azure => {
            both(
                var("LANGFUSE_USE_AZURE_BLOB"),
                "true",
                "Azure isn't an S3 store: everything goes through its own API",
            );
        }
        Engine::Gcs => {
            both(
                var("LANGFUSE_USE_GOOGLE_CLOUD_STORAGE"),
                "true",
                "Google's own API; its S3 interface breaks media uploads",
            );
        }
        Engine::Oci => both(var("LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE"), "true", "Oracle's own API"),
    }
    if let Access::Oracle(auth) = &plan.access {
        both(var("LANGFUSE_OCI_AUTH_TYPE"), auth, "how Langfuse authenticates; without it, the first request fails");
    }
    if matches!(plan.access, Access::GoogleKey(_)) {
        out.push(Setting {
            var: var("LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS"),
            value: Value::Credential(Credential::GoogleKey),
            containers: Containers::BOTH,
            why: "the service account key, which also signs URLs",
        });
    }
    if plan.limits_segments() {
        let why = "the store's keys are file names: longer IDs are truncated and hashed, otherwise rejected";
        out.push(Setting {
            var: SEGMENT,
            value: Value::Text(FILE_NAME_SEGMENT.into()),
            containers: Containers::BOTH,
            why,
        });
    }
    for use_case in UseCase::ALL {
        match plan.bucket(use_case) {
            Some(bucket) => Block { plan, use_case, out: &mut out }.write(bucket),
            None => Block { plan, use_case, out: &mut out }.leave_out(),
        }
    }
    out
}

struct Block<'p, 'o> {
    plan: &'p ConfigPlan,
    use_case: UseCase,
    out: &'o mut Vec<Setting>,
}

impl Block<'_, '_> {
    fn put(&mut self, role: Role, containers: Containers, value: Value, why: &'static str) {
        if let Some(var) = slot(self.use_case, role) {
            self.out.push(Setting { var, value, containers, why });
        }
    }

    fn text(&mut self, role: Role, text: impl Into<String>, why: &'static str) {
        self.put(role, Containers::BOTH, Value::Text(text.into()), why);
    }

    fn write(mut self, bucket: &Bucket) {
        let plan = self.plan;
        let compose = plan.deployment == Wrapper::Compose;
        self.text(Role::Enabled, "true", "off by default");
        self.text(Role::Bucket, &bucket.name, "must exist: Langfuse doesn't create buckets");
        if !bucket.prefix.is_empty() {
            self.text(
                Role::Prefix,
                &bucket.prefix,
                "keeps use cases apart, so that expiring events never deletes media",
            );
        } else if compose {
            self.text(Role::Prefix, "", "deliberately empty: otherwise the official file sets its own");
        }
        if let Some(region) = plan.region.as_deref().filter(|_| matches!(plan.engine, Engine::S3 | Engine::Oci)) {
            self.text(Role::Region, region, "the S3 client requires a region, even with an endpoint");
        }
        self.endpoints(bucket);
        match plan.access {
            Access::Pair { .. } => {
                for (role, which) in
                    [(Role::AccessKeyId, Credential::KeyId), (Role::SecretAccessKey, Credential::Secret)]
                {
                    self.put(role, Containers::BOTH, Value::Credential(which), "used only if both keys are set");
                }
            }
            // Otherwise the official file sets MinIO's sample keys, and with keys the role is never used.
            Access::Role { .. } if compose => {
                for role in [Role::AccessKeyId, Role::SecretAccessKey] {
                    self.text(role, "", "deliberately empty: with keys, the role is never used");
                }
            }
            _ => {}
        }
        if plan.engine == Engine::S3 {
            let (style, why) = if plan.path_style() {
                ("true", "the bucket goes into the path: the store has no host name per bucket")
            } else {
                ("false", "the bucket goes into the host name")
            };
            self.text(Role::ForcePathStyle, style, why);
        }
        // Media uploads use presigned URLs, and SDKs don't send the headers that encryption would add.
        if let Some(encryption) = plan.encryption.as_ref().filter(|_| self.use_case != UseCase::Media) {
            self.text(Role::Sse, &encryption.algorithm, "requested with every write");
            if let Some(key) = &encryption.kms_key {
                self.text(Role::SseKmsKeyId, key, "the key to encrypt with");
            }
        }
    }

    fn endpoints(&mut self, bucket: &Bucket) {
        const INSIDE: &str = "the store's URL for Langfuse's containers, without the bucket";
        let plan = self.plan;
        if let Some(endpoint) = &plan.endpoint {
            match plan.outside.as_ref().filter(|_| self.use_case == UseCase::Media) {
                // Web only signs URLs, for browsers and SDKs; the worker sends requests.
                Some(outside) => {
                    for (containers, url, why) in [
                        (
                            Containers::WEB,
                            outside,
                            "web signs media URLs for this address; browsers and SDKs must reach it",
                        ),
                        (Containers::WORKER, endpoint, INSIDE),
                    ] {
                        self.put(Role::Endpoint, containers, Value::Text(url.clone()), why);
                    }
                }
                None => self.text(Role::Endpoint, endpoint, INSIDE),
            }
        }
        let needed = plan.outside.is_some() || plan.deployment == Wrapper::Compose;
        let Some(links) = plan.links().filter(|_| needed && self.use_case == UseCase::Exports) else { return };
        let url = match plan.engine {
            // Langfuse replaces the container's URL with it.
            Engine::Azure => format!("{links}/{}", bucket.name),
            _ => links.to_owned(),
        };
        self.text(Role::ExternalEndpoint, url, "download URLs are signed for this address");
    }

    /// Disables a use case: otherwise the official compose file and the chart give it a bucket.
    fn leave_out(mut self) {
        if !matches!(self.plan.deployment, Wrapper::Compose | Wrapper::Helm) {
            return;
        }
        match self.use_case {
            UseCase::Media => self.text(Role::Bucket, "", "deliberately empty: no media"),
            UseCase::Exports => self.text(Role::Enabled, "false", "no exports"),
            UseCase::Events | UseCase::CoreData => {}
        }
    }
}

//! The plan as Langfuse's variables: what each container is to receive, and why.

use super::plan::{Access, Bucket, Plan};
use crate::config::Engine;
use crate::source::Wrapper;
use crate::text::secret::Secret;
use crate::variable::{Containers, Role, UseCase, Var, slot, var};

/// One variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setting {
    /// The variable.
    pub var: Var,
    /// What it is to hold.
    pub value: Value,
    /// The containers that are to receive it.
    pub containers: Containers,
    /// Why it has this value: a short sentence without its full stop.
    pub why: &'static str,
}

/// What a variable is to hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// This text.
    Text(String),
    /// A credential of the plan, which may be written or referred to.
    Credential(Credential),
}

/// A credential of the plan.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Credential {
    /// The key id, or the storage account.
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

impl Plan {
    /// The text of a credential, where it was given.
    #[must_use]
    pub fn credential(&self, which: Credential) -> Option<&str> {
        match (&self.access, which) {
            (Access::Pair { id, .. }, Credential::KeyId) => id.as_deref(),
            (Access::Pair { secret, .. }, Credential::Secret) => secret.as_ref().map(Secret::expose),
            (Access::GoogleKey(key), Credential::GoogleKey) => key.as_ref().map(Secret::expose),
            _ => None,
        }
    }

    /// The text of a credential that is no secret, so that it may stand in a file under version control: a key id, the
    /// path of a key file.
    #[must_use]
    pub fn open_credential(&self, which: Credential) -> Option<&str> {
        self.credential(which).filter(|text| match which {
            Credential::KeyId => true,
            Credential::Secret => false,
            Credential::GoogleKey => !text.starts_with('{'),
        })
    }
}

/// What each container is to receive, in the order in which people read it: engine, then a block for each use case.
#[must_use]
pub fn settings(plan: &Plan) -> Vec<Setting> {
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
            both(var("LANGFUSE_USE_AZURE_BLOB"), "true", "Azure is no S3 store: everything goes through its own API");
        }
        Engine::Gcs => {
            both(
                var("LANGFUSE_USE_GOOGLE_CLOUD_STORAGE"),
                "true",
                "Google's own API; its S3 interface breaks uploads of media",
            );
        }
        Engine::Oci => both(var("LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE"), "true", "Oracle's own API"),
    }
    if let Access::Oracle(auth) = &plan.access {
        both(var("LANGFUSE_OCI_AUTH_TYPE"), auth, "how Langfuse signs in; without it the first request fails");
    }
    if matches!(plan.access, Access::GoogleKey(_)) {
        out.push(Setting {
            var: var("LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS"),
            value: Value::Credential(Credential::GoogleKey),
            containers: Containers::BOTH,
            why: "the service account's key, which also signs links",
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
    plan: &'p Plan,
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
        self.text(Role::Enabled, "true", "off unless said");
        self.text(Role::Bucket, &bucket.name, "must exist: Langfuse makes no bucket");
        if !bucket.prefix.is_empty() {
            self.text(
                Role::Prefix,
                &bucket.prefix,
                "keeps use cases apart, so that expiry of events cannot meet media",
            );
        } else if compose {
            self.text(Role::Prefix, "", "empty on purpose: the official file would put its own here");
        }
        if let Some(region) = plan.region.as_deref().filter(|_| matches!(plan.engine, Engine::S3 | Engine::Oci)) {
            self.text(Role::Region, region, "the S3 client refuses to work without one, also where an endpoint is set");
        }
        self.endpoints(bucket);
        match plan.access {
            Access::Pair { .. } => {
                for (role, which) in
                    [(Role::AccessKeyId, Credential::KeyId), (Role::SecretAccessKey, Credential::Secret)]
                {
                    self.put(role, Containers::BOTH, Value::Credential(which), "used only with its other half");
                }
            }
            // The official file would put MinIO's sample pair here, and a pair keeps the role from being asked.
            Access::Role { .. } if compose => {
                for role in [Role::AccessKeyId, Role::SecretAccessKey] {
                    self.text(role, "", "empty on purpose: with a pair the role is never asked");
                }
            }
            _ => {}
        }
        if plan.engine == Engine::S3 {
            let (style, why) = if plan.path_style() {
                ("true", "the bucket goes into the path: the store has no host name for each bucket")
            } else {
                ("false", "the bucket goes into the host name")
            };
            self.text(Role::ForcePathStyle, style, why);
        }
        // Media is uploaded with signed links, and SDKs do not send the headers that encryption would add to them.
        if let Some(encryption) = plan.encryption.as_ref().filter(|_| self.use_case != UseCase::Media) {
            self.text(Role::Sse, &encryption.algorithm, "asked for with each write");
            if let Some(key) = &encryption.kms_key {
                self.text(Role::SseKmsKeyId, key, "the key to encrypt with");
            }
        }
    }

    fn endpoints(&mut self, bucket: &Bucket) {
        const INSIDE: &str = "where Langfuse's containers reach the store, without bucket";
        let plan = self.plan;
        if let Some(endpoint) = &plan.endpoint {
            match plan.outside.as_ref().filter(|_| self.use_case == UseCase::Media) {
                // Web only signs links, for browsers and SDKs; the worker sends requests.
                Some(outside) => {
                    for (containers, url, why) in [
                        (
                            Containers::WEB,
                            outside,
                            "web signs links to media for this address; browsers and SDKs must reach it",
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
            // Langfuse puts it in the place of the container's URL.
            Engine::Azure => format!("{links}/{}", bucket.name),
            _ => links.to_owned(),
        };
        self.text(Role::ExternalEndpoint, url, "download links are signed for this address");
    }

    /// A use case that is not wanted: the official compose file and the chart would give it a bucket.
    fn leave_out(mut self) {
        if !matches!(self.plan.deployment, Wrapper::Compose | Wrapper::Helm) {
            return;
        }
        match self.use_case {
            UseCase::Media => self.text(Role::Bucket, "", "empty on purpose: no media"),
            UseCase::Exports => self.text(Role::Enabled, "false", "no exports"),
            UseCase::Events | UseCase::CoreData => {}
        }
    }
}

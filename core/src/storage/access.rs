//! From a configuration to the bucket and credentials of a use case's requests, as in Langfuse's own client.

use std::fmt;

use super::paging::Order;
use super::{Algorithm, Encryption, Target, TargetError, azure};
use crate::config::{Block, Config, Credentials as Configured, Engine, text};
use crate::provider::Provider;
use crate::sign::Credentials;
use crate::source::Setting;
use crate::text::secret::Secret;
use crate::upload::Limits;
use crate::variable::{Role, UseCase, Var, var};

const SKIP_CHECK: Var = var("LANGFUSE_AZURE_SKIP_CONTAINER_CHECK");
const DELETE_CHECKSUM: Var = var("LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM");

/// Where the requests of a use case go, and who signs them.
#[derive(Clone, Debug)]
pub struct Access {
    /// The use case.
    pub use_case: UseCase,
    /// The bucket or container.
    pub place: Place,
    /// The prefix for keys that aren't full keys.
    pub prefix: String,
    /// The checksum of batch deletions.
    pub delete_checksum: Algorithm,
    sse: Option<String>,
    kms_key: Option<String>,
}

/// A bucket or a container.
#[derive(Clone, Debug)]
pub enum Place {
    /// A bucket behind the S3 API.
    S3 {
        /// Bucket, host, addressing.
        target: Target,
        /// The same bucket at the endpoint that browsers use; only for exports can it differ.
        link_target: Target,
        /// Who signs.
        identity: Identity,
        /// The provider, if the endpoint's host shows it.
        provider: Option<&'static Provider>,
        /// Whether this machine's credentials may be sent there: every host is Amazon S3's own, over TLS, or was
        /// set by the environment of this process. An endpoint from a file isn't trusted.
        takes_machine_credentials: bool,
    },
    /// A container on Azure Blob.
    Azure {
        /// Container and host.
        target: azure::Target,
        /// Account and key.
        credentials: azure::Credentials,
        /// The base URL of presigned URLs, container included, if it differs; only exports can have it.
        external: Option<String>,
        /// Whether Langfuse creates the container if it's missing.
        creates_container: bool,
    },
}

/// Who signs requests to S3.
#[derive(Clone, Debug)]
pub enum Identity {
    /// The configured keys.
    Keys(Credentials),
    /// The AWS SDK's default credential chain.
    Chain,
}

impl Place {
    /// The bucket or container name.
    #[must_use]
    pub fn bucket(&self) -> &str {
        match self {
            Self::S3 { target, .. } => &target.bucket,
            Self::Azure { target, .. } => &target.container,
        }
    }

    /// `scheme://host[:port]` of requests.
    #[must_use]
    pub fn origin(&self) -> String {
        match self {
            Self::S3 { target, .. } => target.origin(),
            Self::Azure { target, .. } => target.origin(),
        }
    }

    /// The host of presigned URLs, with its port, if any.
    #[must_use]
    pub fn link_host(&self) -> &str {
        match self {
            Self::S3 { link_target, .. } => link_target.host(),
            Self::Azure { target, external, .. } => external
                .as_deref()
                .and_then(|e| e.split_once("://"))
                .map_or(target.host(), |(_, rest)| rest.split('/').next().unwrap_or(rest)),
        }
    }

    /// Whether requests go to Amazon S3, where a role may provide credentials.
    #[must_use]
    pub fn is_amazon(&self) -> bool {
        matches!(self, Self::S3 { provider: Some(provider), .. } if provider.id == "aws")
    }

    /// Whether this machine's credentials may be sent there.
    #[must_use]
    pub fn takes_machine_credentials(&self) -> bool {
        matches!(self, Self::S3 { takes_machine_credentials: true, .. })
    }

    /// The guaranteed listing order: Amazon's general purpose buckets list keys in UTF-8 byte order, its
    /// directory buckets don't. Azure's order needs a flat namespace, which can't be detected here.
    ///
    /// Source: Amazon S3 API reference, "ListObjectsV2"; Amazon S3 user guide, "Directory bucket naming rules".
    #[must_use]
    pub fn listing_order(&self) -> Order {
        if self.is_amazon() && !self.bucket().ends_with("--x-s3") { Order::Bytes } else { Order::Unknown }
    }

    /// Whether it is a container of Azure Blob.
    #[must_use]
    pub fn is_azure(&self) -> bool {
        matches!(self, Self::Azure { .. })
    }

    /// Whether all parts of an upload except the last must have the same size.
    #[must_use]
    pub fn wants_equal_parts(&self) -> bool {
        matches!(self, Self::S3 { provider: Some(provider), .. } if provider.storage.equal_parts)
    }

    /// The store's limits per request and per part.
    #[must_use]
    pub fn limits(&self) -> Limits {
        match self {
            Self::S3 { provider, .. } => provider.map_or(Limits::S3, |p| p.storage.limits),
            Self::Azure { .. } => Limits::AZURE,
        }
    }
}

/// Why there is no access.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoAccess {
    /// The configured engine isn't supported here.
    Engine(Engine),
    /// A required variable isn't set.
    Missing(&'static str),
    /// A variable is set, but its value isn't in the files.
    Hidden(String),
    /// Endpoint, region or bucket is invalid; the variable and why.
    Target(&'static str, TargetError),
    /// Account, key, endpoint or container is invalid on Azure; the variable and why.
    Azure(&'static str, String),
}

impl fmt::Display for NoAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Engine(engine) => {
                write!(f, "the configuration uses {}; this command supports only S3 and Azure Blob", engine.name())
            }
            Self::Missing(name) => write!(f, "{name} is not set"),
            Self::Hidden(name) => write!(f, "the value of {name} is in a Secret that isn't in the files"),
            Self::Target(name, error) => write!(f, "{name} can't be used: {error}"),
            Self::Azure(name, why) => write!(f, "{name} can't be used: {why}"),
        }
    }
}

impl std::error::Error for NoAccess {}

impl Access {
    /// The access of `use_case` under `config`. `shell` resolves `AWS_*` names that the configuration doesn't set:
    /// a use case without its own keys uses the AWS SDK's default credential chain.
    ///
    /// # Errors
    /// [`NoAccess`], naming the variable.
    pub fn new(
        config: &Config<'_>,
        use_case: UseCase,
        shell: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, NoAccess> {
        let block = config.block(use_case);
        let place = match config.engine {
            Engine::S3 => s3(config, block, shell)?,
            Engine::Azure => on_azure(config, block)?,
            other => return Err(NoAccess::Engine(other)),
        };
        let algorithm = config.environment.text(DELETE_CHECKSUM).and_then(Algorithm::by_name);
        Ok(Self {
            use_case,
            place,
            prefix: text(block.prefix).unwrap_or_default().to_owned(),
            delete_checksum: algorithm.unwrap_or(Algorithm::Crc32),
            sse: text(block.sse).map(str::to_owned),
            kms_key: text(block.kms_key).map(str::to_owned),
        })
    }

    /// The server-side encryption that writes request.
    #[must_use]
    pub fn encryption(&self) -> Encryption<'_> {
        Encryption { sse: self.sse.as_deref(), kms_key_id: self.kms_key.as_deref() }
    }
}

fn s3(config: &Config<'_>, block: &Block<'_>, shell: &dyn Fn(&str) -> Option<String>) -> Result<Place, NoAccess> {
    let bucket = needed(block.bucket, block.name(Role::Bucket))?;
    let region = match config.region(block) {
        Some(setting) => needed(Some(setting), block.name(Role::Region))?.to_owned(),
        None => shell("AWS_REGION").filter(|r| !r.is_empty()).ok_or(NoAccess::Missing(block.name(Role::Region)))?,
    };
    let endpoint = block.endpoint.map(|e| needed(Some(e), block.name(Role::Endpoint))).transpose()?;
    let target = |endpoint: Option<&str>, role| {
        Target::new(endpoint, &region, bucket, block.forces_path_style()).map_err(|e| {
            let role = match e {
                TargetError::RegionMissing | TargetError::Region => Role::Region,
                TargetError::BucketMissing | TargetError::BucketSlash | TargetError::BucketKind => Role::Bucket,
                TargetError::Endpoint(_) | TargetError::Host | TargetError::Path => role,
            };
            NoAccess::Target(block.name(role), e)
        })
    };
    let identity = match block.credentials() {
        Configured::Pair(id, secret) => Identity::Keys(Credentials {
            access_key_id: needed(Some(id), block.name(Role::AccessKeyId))?.to_owned(),
            secret: Secret::new(needed(Some(secret), block.name(Role::SecretAccessKey))?),
            session_token: None,
        }),
        _ => Identity::Chain,
    };
    let link = link_endpoint(block);
    let (target, link_target) = (target(endpoint, Role::Endpoint)?, target(text(link), Role::ExternalEndpoint)?);
    let own = |target: &Target, setting: Option<&Setting>| {
        target.is_amazon_s3() || setting.is_some_and(Setting::from_process)
    };
    let takes_machine_credentials = own(&target, block.endpoint) && own(&link_target, link);
    Ok(Place::S3 { target, link_target, identity, provider: block.provider, takes_machine_credentials })
}

/// The endpoint of presigned URLs: the external one before the one of requests.
#[must_use]
pub fn link_endpoint<'e>(block: &Block<'e>) -> Option<&'e Setting> {
    block.external.filter(|e| e.text().is_some()).or(block.endpoint)
}

fn on_azure(config: &Config<'_>, block: &Block<'_>) -> Result<Place, NoAccess> {
    let container = needed(block.bucket, block.name(Role::Bucket))?;
    let endpoint = needed(block.endpoint, block.name(Role::Endpoint))?;
    let target = azure::Target::new(endpoint, container).map_err(|e| {
        use azure::TargetError as E;
        let role = if matches!(e, E::Container | E::ContainerMissing) { Role::Bucket } else { Role::Endpoint };
        NoAccess::Azure(block.name(role), e.to_string())
    })?;
    let account = needed(block.key_id, block.name(Role::AccessKeyId))?;
    let key = Secret::new(needed(block.secret, block.name(Role::SecretAccessKey))?);
    let credentials = azure::Credentials::new(account, &key).map_err(|e| {
        let role = match e {
            azure::CredentialsError::Account => Role::AccessKeyId,
            azure::CredentialsError::Key | azure::CredentialsError::KeyMissing => Role::SecretAccessKey,
        };
        NoAccess::Azure(block.name(role), e.to_string())
    })?;
    let creates_container = config.environment.text(SKIP_CHECK) == Some("false");
    Ok(Place::Azure { target, credentials, external: text(block.external).map(str::to_owned), creates_container })
}

fn needed<'s>(setting: Option<&'s Setting>, name: &'static str) -> Result<&'s str, NoAccess> {
    let setting = setting.ok_or(NoAccess::Missing(name))?;
    setting.text().ok_or_else(|| NoAccess::Hidden(setting.name.to_string()))
}

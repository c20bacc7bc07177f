//! From a configuration to the place and the credentials that a purpose's requests use, as Langfuse's own client would.

use std::fmt;

use super::{Encryption, Target, TargetError};
use crate::config::{Block, Config, Credentials as Configured, Engine, text};
use crate::sign::Credentials;
use crate::source::Setting;
use crate::text::secret::Secret;
use crate::variable::{Role, UseCase, Var, var};

const CHAIN_ID: Var = var("AWS_ACCESS_KEY_ID");
const CHAIN_SECRET: Var = var("AWS_SECRET_ACCESS_KEY");
const CHAIN_TOKEN: Var = var("AWS_SESSION_TOKEN");

/// Where the requests of a purpose go, and who signs them.
#[derive(Clone, Debug)]
pub struct Access {
    /// The purpose.
    pub use_case: UseCase,
    /// Bucket, host, addressing.
    pub target: Target,
    /// The same bucket under the address that browsers use; only exports can have another.
    pub link_target: Target,
    /// Who signs.
    pub credentials: Credentials,
    /// Put before keys that are not given whole.
    pub prefix: String,
    sse: Option<String>,
    kms_key: Option<String>,
}

/// Why there is no access.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoAccess {
    /// Another engine than S3 is on.
    Engine(Engine),
    /// A variable is needed and not set.
    Missing(&'static str),
    /// A variable is set, but its value is not among the texts.
    Hidden(String),
    /// Endpoint, region or bucket cannot be used; the variable and why.
    Target(&'static str, TargetError),
    /// Neither a key pair of the purpose nor one of the AWS default chain is in sight.
    Credentials {
        /// The purpose's key id variable.
        key_id: &'static str,
        /// The purpose's secret variable.
        secret: &'static str,
    },
}

impl fmt::Display for NoAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Engine(engine) => write!(f, "the configuration uses {}; this verb drives S3 only", engine.name()),
            Self::Missing(name) => write!(f, "{name} is not set"),
            Self::Hidden(name) => write!(f, "the value of {name} stands in a Secret that is not among the files"),
            Self::Target(name, error) => write!(f, "{name} cannot be used: {error}"),
            Self::Credentials { key_id, secret } => {
                write!(
                    f,
                    "no credentials: {key_id} and {secret} are not both set, and neither are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
                )
            }
        }
    }
}

impl std::error::Error for NoAccess {}

impl Access {
    /// The access of `use_case` under `config`. `shell` answers for `AWS_*` names that the configuration does not set:
    /// a purpose without a pair of its own uses what the AWS SDK would find in the environment.
    ///
    /// # Errors
    /// [`NoAccess`], naming the variable.
    pub fn new(
        config: &Config<'_>,
        use_case: UseCase,
        shell: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, NoAccess> {
        if config.engine != Engine::S3 {
            return Err(NoAccess::Engine(config.engine));
        }
        let block = config.block(use_case);
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
        let external = text(block.external).or(endpoint);
        Ok(Self {
            use_case,
            target: target(endpoint, Role::Endpoint)?,
            link_target: target(external, Role::ExternalEndpoint)?,
            credentials: credentials(config, block, shell)?,
            prefix: text(block.prefix).unwrap_or_default().to_owned(),
            sse: text(block.sse).map(str::to_owned),
            kms_key: text(block.kms_key).map(str::to_owned),
        })
    }

    /// The encryption that writes ask for.
    #[must_use]
    pub fn encryption(&self) -> Encryption<'_> {
        Encryption { sse: self.sse.as_deref(), kms_key_id: self.kms_key.as_deref() }
    }
}

fn needed<'s>(setting: Option<&'s Setting>, name: &'static str) -> Result<&'s str, NoAccess> {
    let setting = setting.ok_or(NoAccess::Missing(name))?;
    setting.text().ok_or_else(|| NoAccess::Hidden(setting.name.to_string()))
}

fn credentials(
    config: &Config<'_>,
    block: &Block<'_>,
    shell: &dyn Fn(&str) -> Option<String>,
) -> Result<Credentials, NoAccess> {
    if let Configured::Pair(id, secret) = block.credentials() {
        return Ok(Credentials {
            access_key_id: needed(Some(id), block.name(Role::AccessKeyId))?.to_owned(),
            secret: Secret::new(needed(Some(secret), block.name(Role::SecretAccessKey))?),
            session_token: None,
        });
    }
    let chain =
        |v: Var| config.environment.text(v).map(str::to_owned).or_else(|| shell(v.name()).filter(|t| !t.is_empty()));
    match (chain(CHAIN_ID), chain(CHAIN_SECRET)) {
        (Some(access_key_id), Some(secret)) => Ok(Credentials {
            access_key_id,
            secret: Secret::new(secret),
            session_token: chain(CHAIN_TOKEN).map(Secret::new),
        }),
        _ => Err(NoAccess::Credentials {
            key_id: block.name(Role::AccessKeyId),
            secret: block.name(Role::SecretAccessKey),
        }),
    }
}

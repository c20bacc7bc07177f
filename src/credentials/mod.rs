//! The credentials of a use case without keys: the AWS SDK's default credential chain, as inside Langfuse.
//!
//! The order, what each source reads and which failure ends the search are those of the AWS SDK for JavaScript
//! (`fromNodeProviderChain`, `@aws-sdk/credential-providers` 3.1175). Nothing here reads the process's environment:
//! variables come from a function, so that they can be those of a container.
//!
//! Why no library does this: docs/decisions.md.

mod answer;
mod container;
mod context;
mod environment;
mod exchange;
mod ini;
mod instance;
mod outcome;
mod process;
mod profile;
mod shared;
mod sso;
mod sts;
#[cfg(test)]
mod tests;
mod web_identity;

use std::fmt;

use langfuse_blob_core::sign::{Credentials, Timestamp};
use langfuse_blob_core::sts::CallerIdentity;
use tokio::sync::Mutex;

pub use environment::{NAMES, Trust, Variables, process_only};

use crate::transport::{Transport, TransportError};
use context::Context;
use environment::Environment;
use outcome::{EARLY, now};
use shared::Shared;

/// The sources of credentials, in search order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.
    Environment,
    /// A profile of the shared files, including roles, programs and Identity Center.
    Profile,
    /// A web identity token for a role: EKS service accounts.
    WebIdentity,
    /// The endpoint of the container's role: ECS, EKS Pod Identity.
    Container,
    /// The role of the EC2 instance.
    Instance,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Environment => "environment",
            Self::Profile => "profile",
            Self::WebIdentity => "web identity",
            Self::Container => "container",
            Self::Instance => "instance metadata",
        })
    }
}

/// Credentials, their source and their expiry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Issued {
    /// The credentials.
    pub credentials: Credentials,
    /// When they expire; `None` if unknown.
    pub expires: Option<Timestamp>,
    /// Where they were found.
    pub source: Source,
}

impl Issued {
    fn lasts_longer_than(&self, seconds: u64) -> bool {
        self.expires.is_none_or(|end| end.unix().saturating_sub(now().unix()) > seconds)
    }
}

/// No credentials were found: every source that was tried, and why it failed. Contains no secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CredentialsError {
    /// The sources in search order. The last one ended the search, or was the chain's last.
    pub tried: Vec<(Source, String)>,
    /// What was ignored because it comes from an examined file, and what to do: one sentence.
    pub withheld: Option<String>,
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no AWS credentials")?;
        for (at, (source, why)) in self.tried.iter().enumerate() {
            write!(f, "{} {source}: {why}", if at == 0 { ":" } else { ";" })?;
        }
        self.withheld.as_ref().map_or(Ok(()), |why| write!(f, ". {why}"))
    }
}

impl std::error::Error for CredentialsError {}

/// The chain of sources. It caches credentials, renews them five minutes before expiry, and requests them once even if
/// many tasks need them at the same time.
#[derive(Debug)]
pub struct Chain {
    environment: Environment,
    region: Option<String>,
    transport: Transport,
    /// Without a proxy.
    direct: Transport,
    kept: Mutex<Option<Issued>>,
}

impl Chain {
    /// A chain over `variables`, of which [`NAMES`] are read once, now. `region` is the store client's, if it has one.
    /// Requests to AWS services go through `transport`, those to the container's and the instance's endpoints bypass
    /// its proxy.
    ///
    /// # Errors
    /// As [`Transport::new`].
    pub fn new(variables: &Variables<'_>, region: Option<&str>, transport: &Transport) -> Result<Self, TransportError> {
        Ok(Self {
            environment: Environment::new(variables),
            region: region.map(str::to_owned),
            direct: transport.direct()?,
            transport: transport.clone(),
            kept: Mutex::new(None),
        })
    }

    /// Credentials that are valid for at least some minutes. If renewal fails, cached ones are used until they expire,
    /// as in the SDK.
    ///
    /// # Errors
    /// [`CredentialsError`], with every source that was tried.
    pub async fn credentials(&self) -> Result<Issued, CredentialsError> {
        let mut kept = self.kept.lock().await;
        if let Some(issued) = kept.as_ref().filter(|i| i.lasts_longer_than(EARLY)) {
            return Ok(issued.clone());
        }
        match self.find().await {
            Ok(issued) => Ok(kept.insert(issued).clone()),
            Err(error) => kept.as_ref().filter(|i| i.lasts_longer_than(0)).cloned().ok_or(error),
        }
    }

    /// Drops the cached credentials: a store has rejected them as expired.
    pub async fn forget(&self) {
        *self.kept.lock().await = None;
    }

    /// The region that the SDK finds: `AWS_REGION`, then the profile's; never `AWS_DEFAULT_REGION`.
    pub async fn region(&self) -> Option<String> {
        let shared = Shared::read(&self.environment).await;
        self.context(&shared).own_region().map(str::to_owned)
    }

    /// The identity of `credentials` according to STS.
    ///
    /// # Errors
    /// One sentence: a problem with the region or the network, or the error from STS.
    pub async fn caller_identity(&self, credentials: &Credentials) -> Result<CallerIdentity, String> {
        let shared = Shared::read(&self.environment).await;
        sts::caller_identity(&self.context(&shared), credentials).await
    }

    fn context<'a>(&'a self, shared: &'a Shared) -> Context<'a> {
        Context {
            environment: &self.environment,
            shared,
            region: self.region.as_deref(),
            transport: &self.transport,
            direct: &self.direct,
        }
    }

    async fn find(&self) -> Result<Issued, CredentialsError> {
        if self.environment.is_restricted() {
            let no_others = "the endpoint comes from an examined file and isn't Amazon S3, and credentials of this machine \
                             are sent only to Amazon S3. If the file is yours, add --trust-config, or set keys or the \
                             endpoint in the shell";
            return match environment::pair(&self.environment) {
                Ok((credentials, expires)) => Ok(Issued { credentials, expires, source: Source::Environment }),
                Err(reason) => Err(CredentialsError {
                    tried: vec![(Source::Environment, reason.text)],
                    withheld: Some(format!("No other source was tried: {no_others}")),
                }),
            };
        }
        let shared = Shared::read(&self.environment).await;
        let context = self.context(&shared);
        // In a container with its own role, the SDK doesn't try the instance.
        let last = if container::is_configured(&context) { Source::Container } else { Source::Instance };
        let mut tried = Vec::new();
        for source in [Source::Environment, Source::Profile, Source::WebIdentity, last] {
            let found = match source {
                Source::Environment => environment::find(&self.environment),
                Source::Profile => profile::find(&context).await,
                Source::WebIdentity => web_identity::find(&context).await,
                Source::Container => container::find(&context).await,
                Source::Instance => instance::find(&context).await,
            };
            match found {
                Ok((credentials, expires)) => return Ok(Issued { credentials, expires, source }),
                Err(reason) => {
                    tried.push((source, reason.text));
                    if reason.ends {
                        break;
                    }
                }
            }
        }
        let withheld = self.environment.withheld();
        let withheld = withheld.map(|what| format!("{what}; if the file is yours, add --trust-config"));
        Err(CredentialsError { tried, withheld })
    }
}

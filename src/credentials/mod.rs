//! The credentials of a use case without keys: what the AWS SDK inside Langfuse would find, found in the same order.
//!
//! The order, what each source reads and which failure ends the search are those of the default chain of the AWS SDK
//! for JavaScript (`fromNodeProviderChain`, `@aws-sdk/credential-providers` 3.1175). Nothing here reads the process's
//! environment: variables come from a function, so that they can be the ones that a container will receive.
//!
//! Why this isn't a library's work: docs/decisions.md.

mod answer;
mod around;
mod container;
mod environment;
mod exchange;
mod ini;
mod instance;
mod process;
mod profile;
mod shared;
mod sso;
mod sts;
#[cfg(test)]
mod tests;
mod web_identity;

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use langfuse_blob_core::sign::{Credentials, Timestamp};
use langfuse_blob_core::sts::CallerIdentity;
use tokio::sync::Mutex;

pub use environment::{NAMES, Trust, Variables};

use crate::transport::{Transport, TransportError};
use around::Around;
use environment::Environment;
use shared::Shared;

/// How long before their end credentials are renewed, in seconds. Source: `credentialsTreatedAsExpired` of the SDK.
const EARLY: u64 = 300;

/// Where credentials can come from, in the order in which they are looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.
    Environment,
    /// A profile of the shared files, by whatever way it leads to credentials.
    Profile,
    /// A token that a role accepts: service accounts of EKS.
    WebIdentity,
    /// The endpoint of the container's own role: ECS, Pod Identity of EKS.
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

/// Credentials, where they come from and how long they last.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Issued {
    /// The credentials.
    pub credentials: Credentials,
    /// When they end; `None` where nothing says so.
    pub expires: Option<Timestamp>,
    /// Where they were found.
    pub source: Source,
}

impl Issued {
    fn lasts_longer_than(&self, seconds: u64) -> bool {
        self.expires.is_none_or(|end| end.unix().saturating_sub(now().unix()) > seconds)
    }
}

/// What a source yields: credentials and their end.
type Found = Result<(Credentials, Option<Timestamp>), Reason>;

/// Why a source gave nothing. Its text is for people and holds no secret.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Reason {
    text: String,
    /// Whether the SDK gives up here instead of asking the next source.
    ends: bool,
}

impl Reason {
    /// The search goes on.
    fn next(text: impl Into<String>) -> Self {
        Self { text: text.into(), ends: false }
    }

    /// The search ends.
    fn end(text: impl Into<String>) -> Self {
        Self { text: text.into(), ends: true }
    }

    fn within(self, what: &str) -> Self {
        Self { text: format!("{what}: {}", self.text), ..self }
    }
}

/// Nothing was found: every source that was asked, and why it had nothing. No secret is in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CredentialsError {
    /// The sources in the order of asking. The last one failed, or was the last one there is.
    pub tried: Vec<(Source, String)>,
    /// What isn't used because an examined file decides it, and what to do: one sentence.
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

/// The chain of sources. It keeps what it found, renews it five minutes before its end, and asks once however many
/// tasks want credentials at the same time.
#[derive(Debug)]
pub struct Chain {
    environment: Environment,
    region: Option<String>,
    wide: Transport,
    near: Transport,
    kept: Mutex<Option<Issued>>,
}

impl Chain {
    /// A chain over `variables`, which are asked for [`NAMES`] now and not again. `region` is the one of the store's client, if it has one. Requests to services of AWS go through `transport`,
    /// those to the container's and the instance's own endpoints past its proxy.
    ///
    /// # Errors
    /// As [`Transport::new`].
    pub fn new(variables: &Variables<'_>, region: Option<&str>, transport: &Transport) -> Result<Self, TransportError> {
        Ok(Self {
            environment: Environment::new(variables),
            region: region.map(str::to_owned),
            near: transport.direct()?,
            wide: transport.clone(),
            kept: Mutex::new(None),
        })
    }

    /// Credentials that are good for some minutes at least. Where renewing fails, those that are kept serve until
    /// their end, as in the SDK.
    ///
    /// # Errors
    /// [`CredentialsError`], with every source that was asked.
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

    /// Drops what is kept: a store has refused it as expired.
    pub async fn forget(&self) {
        *self.kept.lock().await = None;
    }

    /// The region that the SDK finds by itself: `AWS_REGION`, then the profile's; never `AWS_DEFAULT_REGION`.
    pub async fn region(&self) -> Option<String> {
        let shared = Shared::read(&self.environment).await;
        self.around(&shared).own_region().map(str::to_owned)
    }

    /// Whom STS knows the owner of `credentials` as.
    ///
    /// # Errors
    /// One sentence: the region, the network or the refusal.
    pub async fn caller_identity(&self, credentials: &Credentials) -> Result<CallerIdentity, String> {
        let shared = Shared::read(&self.environment).await;
        sts::caller_identity(&self.around(&shared), credentials).await
    }

    fn around<'a>(&'a self, shared: &'a Shared) -> Around<'a> {
        Around {
            environment: &self.environment,
            shared,
            region: self.region.as_deref(),
            wide: &self.wide,
            near: &self.near,
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
                    withheld: Some(format!("No other source was asked: {no_others}")),
                }),
            };
        }
        let shared = Shared::read(&self.environment).await;
        let around = self.around(&shared);
        // In a container that has a role of its own, the SDK doesn't ask the instance.
        let last = if container::is_configured(&around) { Source::Container } else { Source::Instance };
        let mut tried = Vec::new();
        for source in [Source::Environment, Source::Profile, Source::WebIdentity, last] {
            let found = match source {
                Source::Environment => environment::find(&around),
                Source::Profile => profile::find(&around).await,
                Source::WebIdentity => web_identity::find(&around).await,
                Source::Container => container::find(&around).await,
                Source::Instance => instance::find(&around).await,
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

/// The system's clock. One that stands outside the years 1970 to 9999 makes every end past.
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    since.and_then(|d| Timestamp::from_unix(d.as_secs()).ok()).unwrap_or(Timestamp::LAST)
}

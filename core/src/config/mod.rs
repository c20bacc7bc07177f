//! The typed configuration of one container, resolved the way Langfuse resolves it.

pub mod addressing;
pub mod endpoint;
pub mod placeholder;
mod store_host;

pub use crate::variable::{Engine, SWITCHES};

use crate::provider::{self, Provider};
use crate::source::{Environment, Setting, Value};
use crate::text::number::js_number;
use crate::variable::{Containers, Role, UseCase, Var, var};
use endpoint::{Endpoint, EndpointError};

impl Engine {
    /// The engine that `environment` enables.
    #[must_use]
    pub fn of(environment: &Environment) -> Self {
        SWITCHES.into_iter().find(|(_, v)| environment.is_true(*v)).map_or(Self::S3, |(e, _)| e)
    }
}

/// How a use case authenticates on the S3 engine.
#[derive(Clone, Copy, Debug)]
pub enum Credentials<'e> {
    /// Both key ID and secret key are set.
    Pair(&'e Setting, &'e Setting),
    /// Only one of the two keys is set: Langfuse silently drops it and uses the AWS default credential chain.
    Half(&'e Setting, Role),
    /// Neither: the AWS default credential chain.
    Chain,
}

/// The connection block of one use case. A field is `None` if the variable is unset or empty.
#[derive(Clone, Debug)]
pub struct Block<'e> {
    /// The use case.
    pub use_case: UseCase,
    /// Bucket, or container on Azure.
    pub bucket: Option<&'e Setting>,
    /// Key prefix.
    pub prefix: Option<&'e Setting>,
    /// Region as set for this use case.
    pub region: Option<&'e Setting>,
    /// Endpoint as set for this use case.
    pub endpoint: Option<&'e Setting>,
    /// The parsed endpoint; `None` if unset or unknown.
    pub url: Option<Result<Endpoint<'e>, EndpointError>>,
    /// External endpoint (exports only).
    pub external: Option<&'e Setting>,
    /// The parsed external endpoint.
    pub external_url: Option<Result<Endpoint<'e>, EndpointError>>,
    /// Key ID as set.
    pub key_id: Option<&'e Setting>,
    /// Secret key as set.
    pub secret: Option<&'e Setting>,
    /// `_FORCE_PATH_STYLE` as set.
    pub path_style: Option<&'e Setting>,
    /// Server-side encryption as set.
    pub sse: Option<&'e Setting>,
    /// KMS key as set.
    pub kms_key: Option<&'e Setting>,
    /// The switch that enables exports or core data.
    pub enabled: Option<&'e Setting>,
    /// Whether Langfuse uses this use case: events always, media as soon as it has a bucket, exports and core data when
    /// they are enabled.
    in_use: bool,
    /// The store behind the endpoint; Amazon S3 if none is set; `None` if the host is unrecognized.
    pub provider: Option<&'static Provider>,
}

impl Config<'_> {
    /// The number that Langfuse reads from `variable`, its default if unset; `None` if Langfuse refuses the value.
    #[must_use]
    pub fn number(&self, variable: Var) -> Option<f64> {
        let row = variable.row();
        match self.environment.set_value(variable) {
            Some(setting) => setting.text().filter(|text| !row.rejects(text)).and_then(js_number),
            None => row.default.and_then(js_number),
        }
    }

    /// Like [`Config::number`], for a count.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates, and NaN is 0")]
    pub fn count(&self, variable: Var) -> Option<u64> {
        self.number(variable).map(|number| number as u64)
    }
}

impl<'e> Block<'e> {
    fn new(environment: &'e Environment, use_case: UseCase) -> Self {
        let role = |r| environment.role(use_case, r);
        let parse = |s: Option<&'e Setting>| s.and_then(Setting::text).map(Endpoint::parse);
        let (endpoint, external) = (role(Role::Endpoint), role(Role::ExternalEndpoint));
        let url = parse(endpoint);
        let provider = match (&url, endpoint) {
            (Some(Ok(url)), _) => provider::by_host(url.host),
            (Some(Err(EndpointError::NoScheme)), Some(setting)) => provider_without_scheme(setting),
            (None, None) => Some(&provider::AWS),
            _ => None,
        };
        let (bucket, enabled) = (role(Role::Bucket), role(Role::Enabled));
        let in_use = match use_case {
            UseCase::Events => true,
            UseCase::Media => bucket.is_some(),
            UseCase::Exports | UseCase::CoreData => enabled.and_then(Setting::text) == Some("true"),
        };
        Self {
            use_case,
            in_use,
            bucket,
            prefix: role(Role::Prefix),
            region: role(Role::Region),
            endpoint,
            url,
            external,
            external_url: parse(external),
            key_id: role(Role::AccessKeyId),
            secret: role(Role::SecretAccessKey),
            path_style: role(Role::ForcePathStyle),
            sse: role(Role::Sse),
            kms_key: role(Role::SseKmsKeyId),
            enabled,
            provider,
        }
    }

    /// Whether Langfuse uses this use case: events always, media as soon as it has a bucket, exports and core data
    /// when they are enabled.
    #[must_use]
    pub fn in_use(&self) -> bool {
        self.in_use
    }

    /// The endpoint, if it is a URL.
    #[must_use]
    pub fn endpoint_url(&self) -> Option<&Endpoint<'e>> {
        self.url.as_ref()?.as_ref().ok()
    }

    /// The external endpoint, if it is a URL.
    #[must_use]
    pub fn external_endpoint_url(&self) -> Option<&Endpoint<'e>> {
        self.external_url.as_ref()?.as_ref().ok()
    }

    /// Whether requests go to Amazon S3, with its endpoint or without any.
    #[must_use]
    pub fn is_aws(&self) -> bool {
        self.provider.is_some_and(|p| std::ptr::eq(p, &raw const provider::AWS))
    }

    /// Whether the store behind the endpoint is `provider`.
    #[must_use]
    pub fn is(&self, provider: &'static Provider) -> bool {
        self.provider.is_some_and(|p| std::ptr::eq(p, provider))
    }

    /// Whether path style is requested.
    #[must_use]
    pub fn forces_path_style(&self) -> bool {
        self.path_style.and_then(Setting::text) == Some("true")
    }

    /// How it authenticates on the S3 engine.
    #[must_use]
    pub fn credentials(&self) -> Credentials<'e> {
        match (self.key_id, self.secret) {
            (Some(id), Some(secret)) => Credentials::Pair(id, secret),
            (Some(id), None) => Credentials::Half(id, Role::SecretAccessKey),
            (None, Some(secret)) => Credentials::Half(secret, Role::AccessKeyId),
            (None, None) => Credentials::Chain,
        }
    }

    /// The full name of this use case's variable for `role`.
    #[must_use]
    pub fn name(&self, role: Role) -> &'static str {
        crate::variable::slot(self.use_case, role).map_or("", Var::name)
    }

    /// Every field that is set.
    pub fn fields(&self) -> impl Iterator<Item = &'e Setting> {
        [
            self.bucket,
            self.prefix,
            self.region,
            self.endpoint,
            self.external,
            self.key_id,
            self.secret,
            self.path_style,
            self.sse,
            self.kms_key,
            self.enabled,
        ]
        .into_iter()
        .flatten()
    }
}

/// The store that is meant if only the scheme is missing, so that its rules apply before the scheme is fixed.
fn provider_without_scheme(setting: &Setting) -> Option<&'static Provider> {
    let text = setting.text()?.trim().trim_start_matches('/');
    let authority = text.split(['/', '?', '#']).next()?;
    let host_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    provider::by_host(host_port.split(':').next()?)
}

/// One container's environment as Langfuse resolves it.
#[derive(Clone, Debug)]
pub struct Config<'e> {
    /// The containers whose environment this is.
    pub containers: Containers,
    /// The environment.
    pub environment: &'e Environment,
    /// The engine in use.
    pub engine: Engine,
    /// The four use cases, in [`UseCase::ALL`]'s order.
    pub blocks: [Block<'e>; 4],
    /// Langfuse's own URL, parsed.
    pub public_url: Option<Endpoint<'e>>,
}

const NEXTAUTH_URL: Var = var("NEXTAUTH_URL");
const AWS_REGION: Var = var("AWS_REGION");
const AWS_PROFILE: Var = var("AWS_PROFILE");

impl<'e> Config<'e> {
    /// Resolves `environment`.
    #[must_use]
    pub fn new(containers: Containers, environment: &'e Environment) -> Self {
        Self {
            containers,
            environment,
            engine: Engine::of(environment),
            blocks: UseCase::ALL.map(|u| Block::new(environment, u)),
            public_url: environment.text(NEXTAUTH_URL).and_then(|t| Endpoint::parse(t).ok()),
        }
    }

    /// The block of `use_case`.
    #[must_use]
    pub fn block(&self, use_case: UseCase) -> &Block<'e> {
        let [events, media, exports, core] = &self.blocks;
        match use_case {
            UseCase::Events => events,
            UseCase::Media => media,
            UseCase::Exports => exports,
            UseCase::CoreData => core,
        }
    }

    /// The blocks that Langfuse uses.
    pub fn used(&self) -> impl Iterator<Item = &Block<'e>> {
        self.blocks.iter().filter(|b| b.in_use())
    }

    /// The region that `block`'s requests are signed for: its own, else `AWS_REGION`.
    #[must_use]
    pub fn region(&self, block: &Block<'e>) -> Option<&'e Setting> {
        block.region.or_else(|| self.environment.set_value(AWS_REGION))
    }

    /// Whether a region may come from somewhere not visible here: a profile, or variables that a platform injects.
    #[must_use]
    pub fn region_may_come_from_elsewhere(&self) -> bool {
        self.environment.open || self.environment.set_value(AWS_PROFILE).is_some()
    }

    /// Whether Langfuse is served under a name other than localhost.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.public_url.as_ref().is_some_and(|u| !u.is_loopback())
    }

    /// The setting of `NEXTAUTH_URL`.
    #[must_use]
    pub fn public_url_setting(&self) -> Option<&'e Setting> {
        self.environment.set_value(NEXTAUTH_URL)
    }
}

/// The value of a field, if it is known.
#[must_use]
pub fn text(field: Option<&Setting>) -> Option<&str> {
    field.and_then(Setting::text)
}

/// Whether a field is set to a value that isn't visible, so that it can't be checked.
#[must_use]
pub fn is_hidden(field: Option<&Setting>) -> bool {
    field.is_some_and(|s| !matches!(s.value, Value::Known(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_javascripts() {
        const LENGTH: Var = var("LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH");
        for (text, expected) in [
            (None, Some(1_000_000_000)),
            (Some("1e6"), Some(1_000_000)),
            (Some("0x400"), Some(1024)),
            (Some(" 5 "), Some(5)),
            (Some("1_000"), None),
        ] {
            let mut environment = Environment::default();
            if let Some(text) = text {
                environment.set(Setting::new(LENGTH.name(), Value::Known(text.into())));
            }
            assert_eq!(Config::new(Containers::BOTH, &environment).count(LENGTH), expected, "{text:?}");
        }
    }
}

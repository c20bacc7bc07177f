//! The context that sources work in.

use super::environment::{self, Environment};
use super::outcome::Reason;
use super::shared::Shared;
use crate::transport::Transport;

/// Variables, shared files, transports.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    pub(super) environment: &'a Environment,
    pub(super) shared: &'a Shared,
    /// The store client's region.
    pub(super) region: Option<&'a str>,
    /// For AWS services.
    pub(super) transport: &'a Transport,
    /// For endpoints of this machine, without a proxy.
    pub(super) direct: &'a Transport,
}

/// A service with a configurable endpoint.
#[derive(Clone, Copy, Debug)]
pub(super) struct Service {
    /// The prefix of its hosts.
    pub(super) prefix: &'static str,
    variable: &'static str,
    /// Its name in a `services` section.
    key: &'static str,
}

pub(super) const STS: Service = Service { prefix: "sts", variable: environment::ENDPOINT_STS, key: "sts" };
pub(super) const SSO: Service = Service { prefix: "portal.sso", variable: environment::ENDPOINT_SSO, key: "sso" };
pub(super) const SSO_OIDC: Service =
    Service { prefix: "oidc", variable: environment::ENDPOINT_SSO_OIDC, key: "sso_oidc" };

impl<'a> Context<'a> {
    /// The selected profile.
    pub(super) fn profile(&self) -> &'a str {
        self.environment.get(environment::PROFILE).unwrap_or("default")
    }

    /// A setting of the selected profile.
    pub(super) fn setting(&self, key: &str) -> Option<&'a str> {
        self.shared.profile(self.profile())?.get(key)
    }

    /// `AWS_REGION`, then the profile's.
    pub(super) fn own_region(&self) -> Option<&'a str> {
        self.environment.get(environment::REGION).or_else(|| self.setting("region"))
    }

    /// The region of STS: the client's, the environment's, or the SDK's default.
    pub(super) fn sts_region(&self) -> &'a str {
        self.region.or_else(|| self.own_region()).unwrap_or("us-east-1")
    }

    /// The configured endpoint for `service`. In the SDK, the environment takes precedence over the profile.
    pub(super) fn endpoint(&self, service: Service) -> Result<Option<&'a str>, Reason> {
        let ignored = self.environment.get(environment::IGNORE_ENDPOINTS);
        if ignored.or_else(|| self.setting("ignore_configured_endpoint_urls")) == Some("true") {
            return Ok(None);
        }
        if let Some(url) =
            self.environment.get(service.variable).or_else(|| self.environment.get(environment::ENDPOINT))
        {
            return Ok(Some(url));
        }
        if let Some(name) = self.setting("services") {
            let Some(section) = self.shared.services(name) else {
                let path = self.shared.config_path();
                return Err(Reason::end(format!("the profile names `services = {name}`, which {path} doesn't have")));
            };
            if let Some(url) = section.get(&format!("{}.endpoint_url", service.key)) {
                return Ok(Some(url));
            }
        }
        Ok(self.setting("endpoint_url"))
    }
}

//! What is probed: the purposes that a deployment uses, each with the worker's access for requests and web's for links.

use std::fmt;

use crate::config::endpoint::Endpoint;
use crate::config::{Config, Engine};
use crate::sign::Credentials;
use crate::source::{Deployment, Wrapper};
use crate::storage::access::{Identity, Place};
use crate::storage::{Access, NoAccess};
use crate::variable::{Containers, UseCase, var};

/// The bytes of a key's segment in Langfuse's own limit, where nothing is set.
/// Source: Langfuse v4.16.0, `LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES`.
const SEGMENT: usize = 2048;

/// One purpose to probe.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Which purpose.
    pub use_case: UseCase,
    /// Where its requests go, or why there is no such place.
    pub access: Result<Accesses, NoAccess>,
    /// The containers that the requests' settings are from.
    pub containers: Containers,
    /// The longest segment of a key that Langfuse makes, in bytes.
    pub longest_segment: usize,
    /// Whether keys are configured that have each other's shape.
    pub swapped: bool,
    /// What is known of where it runs.
    pub surroundings: Surroundings,
}

/// Both ways to the store.
#[derive(Clone, Debug)]
pub struct Accesses {
    /// Of requests: the worker's.
    pub requests: Access,
    /// Of links: web's.
    pub links: Access,
    /// Who signs, where no keys are configured: to be found by whoever can ask this machine.
    pub found: Found,
}

/// The credentials of this machine, for a purpose without keys.
#[derive(Clone, Debug, Default)]
pub enum Found {
    /// Keys are configured, nothing had to be looked for.
    #[default]
    Unneeded,
    /// These.
    Credentials {
        /// The credentials.
        credentials: Credentials,
        /// Where they are from: `environment`, `profile`.
        source: String,
        /// Whom STS knows their owner as; or why it did not say.
        arn: Result<String, String>,
        /// Whether the container finds others: these are not among its variables, and this machine is not inside.
        elsewhere: bool,
    },
    /// None; why, as a phrase.
    Nobody(String),
}

/// Where the deployment stands, as far as its texts tell.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Surroundings {
    /// Whether this is the environment of the process that probes: then here is inside.
    pub inside: bool,
    /// Whether requests go through a proxy of this machine, so that names and connections are its business.
    pub through_proxy: bool,
    /// Whether `localhost` is a container's own.
    pub in_container: bool,
    /// The command that probes from inside.
    pub command: String,
    /// Langfuse's own origin, for a browser's preflight.
    pub page: Option<String>,
    /// Whether Langfuse is opened under a name other than this machine's own.
    pub public: bool,
}

/// What there is to probe.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The purposes in use, or the wanted ones.
    pub subjects: Vec<Subject>,
    /// The purposes that nobody uses: why, as a phrase.
    pub idle: Vec<(UseCase, &'static str)>,
}

/// Why nothing is probed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NothingToProbe;

impl fmt::Display for NothingToProbe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the files say nothing about Langfuse's containers")
    }
}

impl std::error::Error for NothingToProbe {}

impl Plan {
    /// What `deployment` uses; of `wanted` only, where that is not empty. Requests are the worker's and links web's, unless
    /// `container` says otherwise. `inside` says that the environment is the probing process's own. `shell` answers for `AWS_*` names that the configuration does not set.
    ///
    /// # Errors
    /// [`NothingToProbe`].
    pub fn new(
        deployment: &Deployment,
        wanted: &[UseCase],
        container: Option<Containers>,
        inside: bool,
        shell: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, NothingToProbe> {
        let environment =
            |c: Containers| deployment.environment(c).or_else(|| deployment.environment(Containers::BOTH));
        let worker = environment(container.unwrap_or(Containers::WORKER));
        let web = environment(container.unwrap_or(Containers::WEB));
        let (Some(worker), Some(web)) = (worker.or(web), web.or(worker)) else { return Err(NothingToProbe) };
        let containers = match container {
            Some(container) => container,
            None if deployment.environments.len() < 2 => Containers::BOTH,
            None => Containers::WORKER,
        };
        let requests = Config::new(containers, worker);
        let links = Config::new(Containers::WEB, web);
        let surroundings = Surroundings {
            inside,
            through_proxy: false,
            in_container: matches!(deployment.wrapper, Wrapper::Compose | Wrapper::Helm | Wrapper::K8s) && !inside,
            command: command(deployment.wrapper),
            page: links.public_url.as_ref().map(Endpoint::origin),
            public: links.is_public(),
        };
        let longest = requests.count(var("LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES")).and_then(|n| n.try_into().ok());
        let (mut subjects, mut idle) = (Vec::new(), Vec::new());
        for use_case in UseCase::ALL {
            let block = requests.block(use_case);
            let asked = wanted.contains(&use_case);
            if !wanted.is_empty() && !asked {
                continue;
            }
            if !asked && !block.in_use() {
                idle.push((
                    use_case,
                    if use_case == UseCase::Media { "it has no bucket" } else { "it is not switched on" },
                ));
                continue;
            }
            let access = Access::new(&requests, use_case, shell).map(|own| {
                let links = Access::new(&links, use_case, shell).unwrap_or_else(|_| own.clone());
                Accesses { requests: own, links, found: Found::Unneeded }
            });
            subjects.push(Subject {
                use_case,
                access,
                containers,
                longest_segment: longest.unwrap_or(SEGMENT),
                swapped: swapped(block),
                surroundings: surroundings.clone(),
            });
        }
        Ok(Self { subjects, idle })
    }
}

impl Subject {
    /// Whether its credentials are to be found on this machine.
    #[must_use]
    pub fn wants_credentials(&self) -> bool {
        let access = self.access.as_ref().ok();
        access.is_some_and(|a| matches!(&a.requests.place, Place::S3 { identity: Identity::Chain, .. }))
    }

    /// The engine that is not probed, where that is why there is no access.
    #[must_use]
    pub fn engine_not_probed(&self) -> Option<Engine> {
        match &self.access {
            Err(NoAccess::Engine(engine)) => Some(*engine),
            _ => None,
        }
    }
}

/// By shape alone: to try them the other way round would send a secret where key ids are logged.
fn swapped(block: &crate::config::Block<'_>) -> bool {
    let text = crate::config::text;
    let (Some(id), Some(secret)) = (text(block.key_id), text(block.secret)) else { return false };
    let provider = block.provider.filter(|p| p.key_id.fits(secret) && !p.key_id.fits(id));
    let odd = |t: &str| t.contains(['/', '+', '=']);
    let known = provider.is_some_and(|p| p.key_id != crate::provider::Shape::Any);
    known || (odd(id) && !odd(secret)) || (id.len() >= 32 && secret.len() < id.len())
}

/// How the doctor is run inside, by what brings the variables there.
fn command(wrapper: Wrapper) -> String {
    match wrapper {
        Wrapper::Helm | Wrapper::K8s => {
            "`kubectl cp langfuse-blob POD:/tmp/langfuse-blob`, then `kubectl exec POD -- /tmp/langfuse-blob doctor \
             --process-env`, POD being the worker's"
        }
        Wrapper::Compose | Wrapper::Raw => {
            "`docker compose cp langfuse-blob langfuse-worker:/tmp/langfuse-blob`, then `docker compose exec \
             langfuse-worker /tmp/langfuse-blob doctor --process-env`"
        }
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Block;
    use crate::source::{Environment, Setting, Value};

    #[test]
    fn a_pair_is_swapped_by_its_shapes() {
        for (id, secret, expected) in [
            ("minioadminminioadmin", "a-secret-of-forty-characters-a-secret-of", false),
            ("a-secret-of-forty-characters-a-secret-of", "minioadminminioadmin", true),
            ("wJalrXUtnFEMI/K7MDENG", "AKIAEXAMPLE", true),
            ("minio", "miniosecret", false),
        ] {
            let mut environment = Environment::default();
            for (name, value) in [("ACCESS_KEY_ID", id), ("SECRET_ACCESS_KEY", secret)] {
                let name = format!("LANGFUSE_S3_EVENT_UPLOAD_{name}");
                environment.set(Setting::of(&name, Value::Known(value.into())));
            }
            let config = Config::new(Containers::BOTH, &environment);
            let block: &Block<'_> = config.block(UseCase::Events);
            assert_eq!(swapped(block), expected, "{id}");
        }
    }
}

//! What is probed: the use cases that a deployment enables, each with the worker's access for requests and web's for
//! presigned URLs.

use std::fmt;

use crate::config::endpoint::Endpoint;
use crate::config::{Config, Engine};
use crate::connect::Route;
use crate::sign::Credentials;
use crate::source::{Deployment, Setting, Wrapper, template};
use crate::storage::access::{Identity, Place};
use crate::storage::{Access, NoAccess};
use crate::variable::{Containers, UseCase, var};

/// Langfuse's default limit for a key segment, in bytes.
/// Source: Langfuse v4.16.0, `LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES`.
const SEGMENT: usize = 2048;

/// One use case to probe.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Which use case.
    pub use_case: UseCase,
    /// Where its requests go, or why that's unknown.
    pub access: Result<Accesses, NoAccess>,
    /// The containers whose settings the requests use.
    pub containers: Containers,
    /// The longest key segment that Langfuse makes, in bytes.
    pub longest_segment: usize,
    /// Whether key ID and secret look swapped.
    pub swapped: bool,
    /// What is known about where it runs.
    pub context: ProbeContext,
}

/// Access for both kinds of requests.
#[derive(Clone, Debug)]
pub struct Accesses {
    /// For requests: the worker's.
    pub requests: Access,
    /// For presigned URLs: web's.
    pub links: Access,
    /// The credentials if no keys are configured. The caller looks them up on this machine.
    pub local_credentials: LocalCredentials,
}

/// This machine's credentials, for a use case without keys.
#[derive(Clone, Debug, Default)]
pub enum LocalCredentials {
    /// Keys are configured, no lookup needed.
    #[default]
    NotNeeded,
    /// Found.
    Found {
        /// The credentials.
        credentials: Credentials,
        /// Their source: `environment`, `profile`.
        source: String,
        /// Their owner according to STS, or why STS didn't answer.
        arn: Result<String, String>,
        /// Whether the container uses others: these aren't in its variables, and this machine isn't the container.
        elsewhere: bool,
    },
    /// None found; why, as a phrase.
    Missing(String),
}

/// Where the deployment runs, as far as its files show.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct ProbeContext {
    /// Whether the settings are the probing process's own environment, so it runs inside the container.
    pub inside: bool,
    /// Whether requests go through this machine's proxy, which then resolves names and connects.
    pub through_proxy: bool,
    /// Whether `localhost` means the container.
    pub in_container: bool,
    /// The command that runs the doctor inside.
    pub command: String,
    /// How requests reach the store, if not under the endpoint's own name.
    pub route: Option<Route>,
    /// How they could, if the name doesn't resolve here: sentences for people; empty for none.
    pub advice: String,
    /// Langfuse's origin, for the browser's preflight.
    pub page: Option<String>,
    /// Whether browsers open Langfuse under a name other than this machine's.
    pub public: bool,
}

/// What to probe.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The use cases in use, or the requested ones.
    pub subjects: Vec<Subject>,
    /// The use cases that aren't in use, and why, as a phrase.
    pub idle: Vec<(UseCase, &'static str)>,
}

/// Why nothing is probed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NothingToProbe;

impl fmt::Display for NothingToProbe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the files don't configure any Langfuse container")
    }
}

impl std::error::Error for NothingToProbe {}

impl Plan {
    /// The use cases of `deployment`, limited to `wanted` unless that's empty. Requests use the worker's settings and
    /// presigned URLs web's, unless `container` is given. `inside`: the environment is the probing process's own.
    /// `shell` looks up `AWS_*` names that the configuration doesn't set.
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
        let context = ProbeContext {
            inside,
            through_proxy: false,
            in_container: matches!(deployment.wrapper, Wrapper::Compose | Wrapper::Helm | Wrapper::K8s) && !inside,
            command: command(deployment.wrapper),
            route: None,
            advice: String::new(),
            page: links.public_url.as_ref().map(Endpoint::origin),
            public: links.is_public(),
        };
        let longest = requests.count(var("LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES")).and_then(|n| n.try_into().ok());
        let (mut subjects, mut idle) = (Vec::new(), Vec::new());
        for use_case in UseCase::ALL {
            let block = requests.block(use_case);
            let requested = wanted.contains(&use_case);
            if !wanted.is_empty() && !requested {
                continue;
            }
            if !requested && !block.in_use() {
                idle.push((use_case, if use_case == UseCase::Media { "it has no bucket" } else { "it isn't enabled" }));
                continue;
            }
            let access = Access::new(&requests, use_case, shell).map(|own| {
                let links = Access::new(&links, use_case, shell).unwrap_or_else(|_| own.clone());
                Accesses { requests: own, links, local_credentials: LocalCredentials::NotNeeded }
            });
            subjects.push(Subject {
                use_case,
                access,
                containers,
                longest_segment: longest.unwrap_or(SEGMENT),
                swapped: swapped(block),
                context: ProbeContext {
                    // The person means this machine, where the command runs.
                    in_container: context.in_container
                        && !block.endpoint.is_some_and(|e| is_of_shell(deployment, e, shell)),
                    ..context.clone()
                },
            });
        }
        Ok(Self { subjects, idle })
    }
}

impl Subject {
    /// Whether its credentials must be looked up on this machine.
    #[must_use]
    pub fn wants_credentials(&self) -> bool {
        let access = self.access.as_ref().ok();
        access.is_some_and(|a| matches!(&a.requests.place, Place::S3 { identity: Identity::Chain, .. }))
    }

    /// The engine, if there is no access because the doctor doesn't support it.
    #[must_use]
    pub fn engine_not_probed(&self) -> Option<Engine> {
        match &self.access {
            Err(NoAccess::Engine(engine)) => Some(*engine),
            _ => None,
        }
    }
}

/// Whether the shell sets the value: under the variable's own name, or under one that a file interpolates.
fn is_of_shell(deployment: &Deployment, setting: &Setting, shell: &dyn Fn(&str) -> Option<String>) -> bool {
    let Some(text) = setting.text() else { return false };
    if setting.from_process() || shell(&setting.name).is_some_and(|value| value == text) {
        return true;
    }
    let spans = setting.place.map(|place| place.value).into_iter().chain(setting.via);
    let written = spans.map(|span| deployment.slice(span)).filter(|written| written.contains('$'));
    written.flat_map(template::names).any(|name| shell(&name).is_some_and(|v| !v.is_empty() && text.contains(&v)))
}

/// Judged by shape alone: trying them the other way round would send a secret where key IDs are logged.
fn swapped(block: &crate::config::Block<'_>) -> bool {
    let text = crate::config::text;
    let (Some(id), Some(secret)) = (text(block.key_id), text(block.secret)) else { return false };
    let provider = block.provider.filter(|p| p.key_id.fits(secret) && !p.key_id.fits(id));
    let odd = |t: &str| t.contains(['/', '+', '=']);
    let known = provider.is_some_and(|p| p.key_id != crate::provider::Shape::Any);
    known || (odd(id) && !odd(secret)) || (id.len() >= 32 && secret.len() < id.len())
}

/// The static binary, which `npm run build:static` writes to dist/ (docs/inside-a-container.md). The images are Alpine, on
/// which a binary linked to glibc doesn't start.
const STATIC: &str = "langfuse-blob-x86_64-unknown-linux-musl";

/// How to run the doctor inside, by deployment method.
fn command(wrapper: Wrapper) -> String {
    let run = "/tmp/langfuse-blob doctor --process-env --container worker";
    let (copy, exec) = match wrapper {
        // The images have no tar, so `kubectl cp` fails.
        Wrapper::Helm | Wrapper::K8s => (
            format!(
                "kubectl exec -i deploy/langfuse-worker -- sh -c 'cat > /tmp/langfuse-blob && chmod +x \
                 /tmp/langfuse-blob' < {STATIC}"
            ),
            "kubectl exec deploy/langfuse-worker --",
        ),
        Wrapper::Compose | Wrapper::Raw => (
            format!("docker compose cp {STATIC} langfuse-worker:/tmp/langfuse-blob"),
            "docker compose exec langfuse-worker",
        ),
    };
    format!("`{copy}`, then `{exec} {run}` (the static binary is in docs/inside-a-container.md)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Block;
    use crate::source::{Environment, Setting, Value};

    #[test]
    fn localhost_set_in_the_shell_is_this_machine() {
        use crate::source::{Given, Input, Options, read};
        let in_container = |written: &str, shell: &[(&str, &str)]| {
            let text = format!(
                "services:\n  langfuse-worker:\n    image: langfuse/langfuse-worker:4\n    environment:\n      LANGFUSE_S3_EVENT_UPLOAD_BUCKET: b\n      \
                 LANGFUSE_S3_EVENT_UPLOAD_REGION: r\n      LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT: {written}\n"
            );
            let given = Given::Bytes(text.into_bytes());
            let input = Input { name: "compose.yaml".into(), given, kind: None, container: None };
            let shell = shell.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            let options = Options { shell, ..Options::default() };
            let deployment = read(&[input], &options, &std::collections::BTreeMap::<&str, &str>::new()).unwrap();
            let shell = |name: &str| options.shell.get(name).cloned();
            let plan = Plan::new(&deployment, &[UseCase::Events], None, false, &shell).unwrap();
            plan.subjects[0].context.in_container
        };
        let (own, here) = ("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT", "http://localhost:9090");
        let interpolated = "${LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT:-http://localhost:9090}";
        assert!(in_container(here, &[]));
        assert!(in_container(interpolated, &[]));
        assert!(!in_container(interpolated, &[(own, here)]));
        assert!(!in_container("${STORE}", &[("STORE", here)]));
        assert!(!in_container("http://localhost:${PORT}", &[("PORT", "9090")]));
        assert!(in_container(interpolated, &[("STORE", here)]));
    }

    #[test]
    fn swapped_keys_are_detected_by_shape() {
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

//! A complete run of the doctor on a configuration, for the command and for the page.

use std::time::Duration;

use langfuse_blob_core::probe::report::ProbeReport;
use langfuse_blob_core::probe::{Artifact, Plan, Probe, ProbeOptions};
use langfuse_blob_core::redact::Redactor;
use langfuse_blob_core::source::Deployment;
use langfuse_blob_core::variable::{Containers, UseCase};

use super::{End, Watcher, discover, run};
use crate::transport::{self, Transport};
use crate::trust::{self, Configured};

/// How long a connection may be idle.
const PATIENCE: Duration = Duration::from_secs(20);

/// What to examine, and how.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// The use cases; all if empty.
    pub use_cases: Vec<UseCase>,
    /// The container whose configuration to use.
    pub container: Option<Containers>,
    /// Whether this process's environment is the container's.
    pub process_env: bool,
    /// Whether the files are the user's own: `--trust-config`.
    pub trust_config: bool,
    /// Whether not to write anything.
    pub read_only: bool,
    /// The origin of the page that uploads media, if not Langfuse's own.
    pub origin: Option<String>,
}

/// The result.
#[derive(Debug)]
pub struct Examination {
    /// How it ended.
    pub end: End,
    /// What was found.
    pub report: ProbeReport,
    /// What may still be at the store, if it was abandoned.
    pub artifacts: Vec<(UseCase, Artifact)>,
}

/// Examines `deployment`.
///
/// # Errors
/// Why it couldn't start: one sentence.
pub async fn examine(deployment: &Deployment, order: Order, watcher: &mut impl Watcher) -> Result<Examination, String> {
    let Order { use_cases, container, process_env, trust_config, read_only, origin } = order;
    let mut plan =
        Plan::new(deployment, &use_cases, container, process_env, &trust::process).map_err(|e| e.to_string())?;
    let environment = deployment
        .environment(container.unwrap_or(Containers::WORKER))
        .or_else(|| deployment.environment(Containers::BOTH));
    let configured = Configured::new(environment, trust_config);
    let (extra_ca, note) = configured.extra_ca();
    for note in note.into_iter().chain(configured.untested()) {
        watcher.note(&note);
    }
    let transport = Transport::new(&transport::Options { extra_ca, timeout: PATIENCE, document: PATIENCE })
        .map_err(|e| e.to_string())?;
    if let Some(problem) = &transport.trust().extra_problem {
        watcher.note(&format!("warning: NODE_EXTRA_CA_CERTS: {problem}"));
    }
    if transport.trust().built_in {
        watcher.note("note: this system has no CA certificates; using Mozilla's built-in ones");
    }
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|e| format!("can't get random numbers from the system: {e}"))?;
    let mut masker = Redactor::new(deployment);
    // Credentials that the deployment passes to the container are the container's own.
    let own = process_env || configured.text("AWS_ACCESS_KEY_ID").is_some();
    let stopped = tokio::select! {
        biased;
        () = watcher.stop() => true,
        () = discover(&mut plan, &transport, &mut masker, configured, own) => false,
    };
    let mut probe = Probe::new(plan, ProbeOptions { read_only, origin }, random);
    let end = if stopped {
        // Nothing was written yet.
        probe.interrupt();
        End::Interrupted
    } else {
        run(&transport, &mut probe, watcher).await
    };
    let report = probe.report(deployment, &masker);
    let artifacts = if end == End::Abandoned { probe.artifacts() } else { Vec::new() };
    Ok(Examination { end, report, artifacts })
}

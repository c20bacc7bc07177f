//! A complete run of the doctor on a configuration, for the command and for the page.

use std::time::Duration;

use langfuse_blob_core::connect::ConnectTo;
use langfuse_blob_core::probe::report::ProbeReport;
use langfuse_blob_core::probe::{Artifact, Plan, Probe, ProbeOptions};
use langfuse_blob_core::redact::Redactor;
use langfuse_blob_core::source::Deployment;
use langfuse_blob_core::variable::{Containers, UseCase};

use super::{End, Watcher, discover, run};
use crate::reach::{Reached, reach};
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
    /// `--connect-to`.
    pub connect_to: Vec<ConnectTo>,
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
    let Order { use_cases, container, process_env, trust_config, connect_to, read_only, origin } = order;
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
    let (mut rules, mut notes) = (connect_to, Vec::new());
    let prepare = async {
        notes = route(&mut plan, deployment, &mut rules, &transport).await;
        discover(&mut plan, &transport, &mut masker, configured, own).await;
    };
    let stopped = tokio::select! {
        biased;
        () = watcher.stop() => true,
        () = prepare => false,
    };
    for note in &notes {
        watcher.note(note);
    }
    let to_store = transport.connecting(&rules).map_err(|e| e.to_string())?;
    let mut probe = Probe::new(plan, ProbeOptions { read_only, origin }, random);
    let end = if stopped {
        // Nothing was written yet.
        probe.interrupt();
        End::Interrupted
    } else {
        run(&to_store, &mut probe, watcher).await
    };
    let report = probe.report(deployment, &masker);
    let artifacts = if end == End::Abandoned { probe.artifacts() } else { Vec::new() };
    Ok(Examination { end, report, artifacts })
}

/// Finds out how each use case's store is reached: adds the rules that weren't asked for, and returns a note about each.
///
/// A port that another project may have published needs no guard here: nothing is written to a store until a signed
/// request there has shown that it accepts the credentials and has the bucket (the step `bucket`, which every writing step
/// waits for).
async fn route(
    plan: &mut Plan,
    deployment: &Deployment,
    rules: &mut Vec<ConnectTo>,
    transport: &Transport,
) -> Vec<String> {
    let flags = rules.clone();
    let mut notes = Vec::new();
    for subject in &mut plan.subjects {
        // Inside, the configuration is right as it is.
        let Ok(accesses) = &subject.access else { continue };
        if subject.context.inside && flags.is_empty() {
            continue;
        }
        let Reached { route, advice } = reach(deployment, &flags, transport, &accesses.requests.place.origin()).await;
        if let Some(route) = route.as_ref().filter(|route| route.is_automatic()) {
            let rule = route.rule();
            if !rules.contains(&rule) {
                notes.push(route.to_string());
                rules.push(rule);
            }
        }
        subject.context.route = route;
        subject.context.advice = advice;
    }
    notes
}

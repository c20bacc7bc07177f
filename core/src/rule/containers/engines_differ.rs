//! `engines-differ`.

use super::{both, one_place};
use crate::config::{Config, Engine, SWITCHES};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::Containers;

rule! {
    /// Web and worker use different storage engines.
    ///
    /// ## Why
    /// Web writes each event to its store and queues the key; the worker fetches it from its own store. With one on S3
    /// and the other on Azure, every event is accepted and then lost: `NoSuchKey`, or a bucket that doesn't exist.
    ///
    /// ## Example
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// ```
    ///
    /// ## Seen in
    /// `StorageServiceFactory.getInstance` in Langfuse's `packages/shared/src/server/services/StorageService.ts`, which
    /// each container calls with its own environment.
    ENGINES_DIFFER = "engines-differ", Error, Failure, engines_differ
}

fn engines_differ(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some((web, worker)) = both(cx).filter(|(a, b)| a.engine != b.engine) else { return };
    let hidden = |c: &Config<'_>| {
        c.environment.open
            || SWITCHES.iter().any(|(_, v)| c.environment.set_value(*v).is_some_and(|s| s.text().is_none()))
    };
    if hidden(web) || hidden(worker) {
        return;
    }
    let (main, other) = if web.engine == Engine::S3 { (worker, web) } else { (web, worker) };
    let Some(variable) = main.engine.switch() else { return };
    let Some(switch) = main.environment.get(variable) else { return };
    let mut finding = Finding::at(main, switch).containers(Containers::BOTH);
    let theirs = other.engine.switch().unwrap_or(variable);
    if let Some(setting) = other.environment.get(theirs) {
        finding = finding.because(setting, "the other container receives this");
    }
    out.push(
        finding
            .message(format!(
                "web stores in {}, the worker in {}: the worker can't find what web writes",
                web.engine.name(),
                worker.engine.name()
            ))
            .help(one_place(cx, &switch.name)),
    );
}

//! `prefixes-differ`.

use super::{Pair, at_either, differ, one_place, shared};
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, Role, UseCase};

rule! {
    /// Web and worker use different prefixes for the same keys.
    ///
    /// ## Why
    /// A job carries the prefix of the container that created it, so much still works. But the worker also writes
    /// events (from OpenTelemetry, experiments, evaluations) and media from spans. One trace is then split over two
    /// prefixes, a merge reads only the prefix its job names, and a lifecycle rule or a replay for one prefix misses
    /// the other.
    ///
    /// ## Example
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `eventBucketPath.ts`, `ingestionQueue.ts`, `otelIngestionQueue.ts` and `createSchedulerDeps.ts`.
    PREFIXES_DIFFER = "prefixes-differ", Warning, Failure, prefixes_differ
}

fn prefixes_differ(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const SPLIT: &str = ": merges and replays may miss objects";
    // Web doesn't read the prefix of exports: it takes the key from the URL that the worker stored.
    for Pair { web, worker, a, b } in shared(cx).filter(|p| p.a.use_case != UseCase::Exports) {
        let finding = match (a.prefix, b.prefix) {
            (Some(x), Some(y)) if differ(Some(x), Some(y)).is_some() => at_either(cx, (web, x), (worker, y))
                .message(format!("{} is {} in web and {} in the worker{SPLIT}", x.name, shown(x), shown(y))),
            (Some(x), None) if !worker.environment.open => Finding::at(web, x)
                .containers(Containers::BOTH)
                .message(format!("{} is {} in web and not set in the worker{SPLIT}", x.name, shown(x))),
            (None, Some(y)) if !web.environment.open => Finding::at(worker, y)
                .containers(Containers::BOTH)
                .message(format!("{} is not set in web and {} in the worker{SPLIT}", y.name, shown(y))),
            _ => continue,
        };
        out.push(finding.for_block(a).help(one_place(cx, a.name(Role::Prefix))));
    }
}

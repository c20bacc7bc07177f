//! `replicas-differ`.

use crate::rule::{Context, Finding, Findings, rule};
use crate::text::printable::{escaped, quoted};
use crate::variable::Containers;

rule! {
    /// Two services run the same part of Langfuse with different storage settings.
    ///
    /// ## Why
    /// All workers take jobs from the same queue, and all web containers serve any user. With different settings, it's
    /// chance which one gets a job or a request: some events are found and some aren't. The other rules judge only the
    /// first of them.
    ///
    /// ## Example
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &storage
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme-events
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    ///   langfuse-worker-2:
    ///     image: langfuse/langfuse-worker:4
    ///     environment:
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme-events-old
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &storage
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme-events
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    ///   langfuse-worker-2:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    /// ```
    ///
    /// ## Seen in
    /// The queues in Langfuse's `packages/shared/src/server/redis`, which name no worker.
    REPLICAS_DIFFER = "replicas-differ", Warning, Failure, replicas_differ
}

fn replicas_differ(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for replica in &cx.deployment.replicas {
        let what = if replica.containers == Containers::WORKER { "the worker" } else { "web" };
        let names = listed(&replica.differing);
        out.push(
            Finding::text(replica.containers)
                .keeps_severity()
                .span(replica.span)
                .message(format!(
                    "{} also runs {what}, with other storage settings, so it may fail or lose objects: {names}",
                    quoted(&replica.name)
                ))
                .help(format!(
                    "Give every service that runs {what} the same settings. The other rules judge only the first one."
                )),
        );
    }
}

/// The first few of `names`, and how many more there are.
fn listed(names: &[String]) -> String {
    const MOST: usize = 3;
    let shown = names.iter().take(MOST).map(|n| escaped(n)).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

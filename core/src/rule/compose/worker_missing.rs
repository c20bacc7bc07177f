//! `worker-missing`.

use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, Version};

rule! {
    /// No service of the compose file runs Langfuse's worker.
    ///
    /// ## Why
    /// Since v3 web only writes events into the bucket and answers 207 or 200. The worker reads them from there. Without
    /// one the bucket fills, no trace appears, and exports stay queued; no log line says so.
    ///
    /// ## Example
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment:
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme-events
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &env
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme-events
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *env
    /// ```
    ///
    /// ## Seen in
    /// Public compose files that were written for Langfuse v2 and got the bucket, but not the worker.
    WORKER_MISSING = "worker-missing", Warning, Failure, worker_missing
}

fn worker_missing(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const V3: Version = Version { major: 3, minor: 0, patch: 0 };
    let Some(span) = cx.deployment.compose.as_ref().and_then(|c| c.web_alone) else { return };
    let (Some(_), None) = (cx.config(Containers::WEB), cx.deployment.environment(Containers::WORKER)) else { return };
    if cx.is_older(Containers::WEB, V3) {
        return;
    }
    out.push(
        Finding::text(Containers::WORKER)
            .keeps_severity()
            .span(Some(span))
            .message(
                "no service runs langfuse-worker: unless another project does, events may pile up in the bucket and no \
                 trace appears",
            )
            .help("Add a service with the image langfuse/langfuse-worker and the same environment as web's."),
    );
}

//! `export-unknown-to-web`.

use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, Role, UseCase, Version, slot};

rule! {
    /// Only the worker has the export bucket, so web can't renew download links.
    ///
    /// ## Why
    /// Since v4.0.0 web signs a new link at each click, with its own LANGFUSE_S3_BATCH_EXPORT settings. Without a
    /// bucket it falls back to the link that the worker stored. A link signed with a role's credentials expires with
    /// the role's session, hours before the export does: `ExpiredToken`.
    ///
    /// ## Example
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#15536; `downloadUrl` in Langfuse's `web/src/features/batch-exports/server/batchExport.ts`.
    EXPORT_UNKNOWN_TO_WEB = "export-unknown-to-web", Warning, Failure, export_unknown_to_web
}

/// The first release in which web signs download links (langfuse/langfuse#15536).
const WEB_SIGNS: Version = Version { major: 4, minor: 0, patch: 0 };

fn export_unknown_to_web(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let (Some(web), Some(worker)) = (cx.config(Containers::WEB), cx.config(Containers::WORKER)) else { return };
    if std::ptr::eq(web, worker) || web.environment.open || cx.is_older(Containers::WEB, WEB_SIGNS) {
        return;
    }
    let block = worker.block(UseCase::Exports);
    let (Some(bucket), Some(variable)) =
        (block.bucket.filter(|_| block.in_use()), slot(UseCase::Exports, Role::Bucket))
    else {
        return;
    };
    if web.block(UseCase::Exports).bucket.is_some() {
        return;
    }
    out.push(
        Finding::missing(web, variable)
            .because(bucket, "the worker has it")
            .looks_at(block.enabled)
            .message(format!(
                "{} is set only in the worker; web can't renew download links, which may expire early",
                variable.name()
            ))
            .help(
                "Give web the same LANGFUSE_S3_BATCH_EXPORT block as the worker: bucket, region, endpoints, keys, path \
                 style.",
            ),
    );
}

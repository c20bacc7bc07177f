//! `bucket-missing`.

use super::absent;
use crate::config::Config;
use crate::rule::endpoint::write;
use crate::rule::{Context, Findings, rule};
use crate::variable::{Containers, Role, UseCase, slot};

rule! {
    /// Exports or core data are enabled without a bucket.
    ///
    /// ## Why
    /// Langfuse starts and the button in the UI works, but each job fails: "No S3 bucket configured for exports."
    /// Langfuse doesn't fall back to the events bucket.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// `worker/src/features/batchExport/handleBatchExportJob.ts` and `worker/src/queues/coreDataS3ExportQueue.ts` of
    /// Langfuse.
    BUCKET_MISSING = "bucket-missing", Error, Failure, bucket_missing
}

fn bucket_missing(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    // The worker writes the files; web only signs links to them.
    let worker = |c: &&Config<'_>| !c.environment.open && c.containers.meets(Containers::WORKER);
    for config in cx.configs.iter().filter(worker) {
        for block in config.used().filter(|b| b.bucket.is_none()) {
            // Without an events bucket Langfuse doesn't start; without a media bucket, media is off.
            let Some(enabled) = block.enabled else { continue };
            let Some(variable) = slot(block.use_case, Role::Bucket) else { continue };
            let (what, example) = match block.use_case {
                UseCase::CoreData => ("every core data export fails", "acme-core-data"),
                _ => ("every export fails with \"No S3 bucket configured for exports.\"", "acme-exports"),
            };
            out.push(
                absent(config, variable)
                    .for_block(block)
                    .containers(Containers::WORKER)
                    .because(enabled, "enabled here")
                    .message(format!("{} is not set, so {what}", variable.name()))
                    .help(format!("{}, or set {} to `false`.", write(cx, variable, example), enabled.name)),
            );
        }
    }
}

//! `prefix-repeats-bucket`.

use crate::config::addressing::{Style, style};
use crate::config::is_hidden;
use crate::redact::shown;
use crate::rule::endpoint::write;
use crate::rule::{Context, Finding, Findings, rule, s3_blocks};
use crate::variable::{Containers, UseCase, Version};

rule! {
    /// The export prefix begins with the bucket's name.
    ///
    /// ## Why
    /// When somebody clicks a finished export, web signs a new link and takes the key from the stored one. To support
    /// path style, it strips a first segment that equals the bucket. Here that segment is part of the key, so the new
    /// link ends in `NoSuchKey`. Web has done so since v4.0.0.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_PREFIX=acme-exports/
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_PREFIX=exports/
    /// ```
    ///
    /// ## Seen in
    /// `parseBatchExportFileKeyFromUrl` in Langfuse's `web/src/features/batch-exports/server/batchExportFileKey.ts`.
    PREFIX_REPEATS_BUCKET = "prefix-repeats-bucket", Error, Failure, prefix_repeats_bucket
}

fn prefix_repeats_bucket(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const RESIGNS: Version = Version { major: 4, minor: 0, patch: 0 };
    for (config, block) in s3_blocks(cx).filter(|(_, b)| b.use_case == UseCase::Exports) {
        let (Some(prefix), Some(bucket)) = (block.prefix, block.bucket) else { continue };
        let (Some(text), Some(name)) = (prefix.text(), bucket.text()) else { continue };
        let repeats = text.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
        // Links are signed for the external endpoint, if there is one.
        let unknown = is_hidden(block.external) || is_hidden(block.endpoint) || is_hidden(block.path_style);
        let signed_for = block.external_endpoint_url().or_else(|| block.endpoint_url());
        let writes = config.containers.meets(Containers::WORKER);
        if !repeats
            || !writes
            || unknown
            || style(block.forces_path_style(), name, signed_for) == Style::Path
            || cx.is_older(Containers::WEB, RESIGNS)
        {
            continue;
        }
        let Some(variable) = prefix.var else { continue };
        out.push(
            Finding::at(config, prefix)
                .because(bucket, "web takes this first segment of the link's path as the bucket and strips it")
                .message(format!(
                    "{} is {}, whose first segment is the bucket's name: links that web re-signs end in NoSuchKey",
                    prefix.name,
                    shown(prefix)
                ))
                .help(format!("{}.", write(cx, variable, "exports/"))),
        );
    }
}

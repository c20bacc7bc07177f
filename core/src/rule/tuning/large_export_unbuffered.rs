//! `large-export-unbuffered`.

use super::{BUFFERED, chosen};
use crate::redact::shown;
use crate::rule::endpoint::write;
use crate::rule::{Context, Finding, Findings, rule, s3_blocks};
use crate::variable::{Containers, UseCase, Var, Version, var};

rule! {
    /// The row limit of exports was raised, but large files are uploaded without retries.
    ///
    /// ## Why
    /// Without `LANGFUSE_S3_UPLOAD_ENABLE_BUFFERED` an export is sent in parts of 5 MiB, of which S3 accepts 10,000:
    /// about 48 GiB. A part that fails isn't retried, and the whole export starts over. With it, parts have the size of
    /// `BATCH_EXPORT_S3_PART_SIZE_MIB` and are retried individually.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// BATCH_EXPORT_ROW_LIMIT=20000000
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// LANGFUSE_S3_UPLOAD_ENABLE_BUFFERED=true
    /// BATCH_EXPORT_ROW_LIMIT=20000000
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#12360, which introduced the buffered upload.
    LARGE_EXPORT_UNBUFFERED = "large-export-unbuffered", Hint, Advice, large_export_unbuffered
}

fn large_export_unbuffered(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const ROWS: Var = var("BATCH_EXPORT_ROW_LIMIT");
    const SINCE: Version = Version { major: 3, minor: 156, patch: 0 };
    for (config, block) in s3_blocks(cx).filter(|(_, b)| b.use_case == UseCase::Exports) {
        let Some((setting, _)) = chosen(cx, config, ROWS).filter(|(_, n)| *n > 1_500_000.0) else { continue };
        let set = config.environment.set_value(BUFFERED);
        let off = match set {
            Some(s) => s.text() == Some("false"),
            None => !config.environment.open,
        };
        if !off || cx.is_older(Containers::WORKER, SINCE) {
            continue;
        }
        out.push(
            Finding::at(config, setting)
                .for_block(block)
                .looks_at(set)
                .message(format!(
                    "{} is {}, but large exports are uploaded in 5 MiB parts without retries",
                    setting.name,
                    shown(setting)
                ))
                .help(format!("{}.", write(cx, BUFFERED, "true"))),
        );
    }
}

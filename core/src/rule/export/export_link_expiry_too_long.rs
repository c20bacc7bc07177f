//! `export-link-expiry-too-long`.

use crate::config::Engine;
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::media::LONGEST_SECONDS;
use crate::rule::{Context, Finding, Findings, rule};
use crate::text::number::js_number;
use crate::variable::{Containers, UseCase, Var, var};

rule! {
    /// Export download links are set to live longer than a signature can.
    ///
    /// ## Why
    /// S3 and Google Cloud Storage signatures are valid for seven days (168 hours) at most. The worker uploads the
    /// file, then the signer throws ("Signature version 4 presigned URLs must have an expiration date less than one
    /// week in the future"), and the export is marked as failed, every time.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// BATCH_EXPORT_DOWNLOAD_LINK_EXPIRATION_HOURS=720
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// BATCH_EXPORT_DOWNLOAD_LINK_EXPIRATION_HOURS=168
    /// ```
    ///
    /// ## Seen in
    /// `S3RequestPresigner` of the AWS SDK for JavaScript, `signer.js` of @google-cloud/storage; Langfuse's
    /// `worker/src/features/batchExport/handleBatchExportJob.ts`.
    EXPORT_LINK_EXPIRY_TOO_LONG = "export-link-expiry-too-long", Error, Failure, export_link_expiry_too_long
}

fn export_link_expiry_too_long(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const HOURS: Var = var("BATCH_EXPORT_DOWNLOAD_LINK_EXPIRATION_HOURS");
    let Some(config) = cx.config(Containers::WORKER).filter(|c| matches!(c.engine, Engine::S3 | Engine::Gcs)) else {
        return;
    };
    let block = config.block(UseCase::Exports);
    let Some(setting) = config.environment.set_value(HOURS).filter(|_| block.in_use()) else { return };
    let Some(text) = setting.text().filter(|t| !HOURS.row().rejects(t)) else { return };
    if js_number(text).is_none_or(|hours| hours * 3600.0 <= LONGEST_SECONDS) {
        return;
    }
    out.push(
        Finding::at(config, setting)
            .for_block(block)
            .message(format!(
                "{} is {}, expected 168 (seven days) or less: no link can be signed for longer, and every export fails",
                setting.name,
                shown(setting)
            ))
            .help(format!("Write `{}=168` or less; the default is 24.", setting.name))
            .fix(replace_value(setting, "168").map(|e| DraftFix::risky("write `168`", e))),
    );
}

//! `export-not-enabled`.

use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Wrapper;
use crate::variable::{Containers, Role, UseCase, slot};

rule! {
    /// Batch exports are configured but not enabled.
    ///
    /// ## Why
    /// The worker makes exports only if LANGFUSE_S3_BATCH_EXPORT_ENABLED is `true`; the default is `false`. The UI
    /// offers exports anyway, and each fails with "Batch export is not enabled. Configure environment variables to use
    /// this feature."
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
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
    /// Langfuse's `worker/src/features/batchExport/handleBatchExportJob.ts`.
    EXPORT_NOT_ENABLED = "export-not-enabled", Warning, Ignored, export_not_enabled
}

fn export_not_enabled(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(config) = cx.config(Containers::WORKER) else { return };
    let block = config.block(UseCase::Exports);
    let Some(switch) = slot(UseCase::Exports, Role::Enabled) else { return };
    let off = match block.enabled {
        None => !config.environment.open,
        Some(written) => written.text() == Some("false"),
    };
    if !off {
        return;
    }
    // Keys and region are often replaced in all blocks at once; these four show that exports are intended.
    let meant = [block.bucket, block.endpoint, block.external, block.prefix];
    let mut meant = meant.into_iter().flatten().filter(|s| !cx.deployment.is_default(config.containers, s));
    let Some(first) = meant.next() else { return };
    let mut finding = Finding::at(config, first).containers(Containers::WORKER);
    if let Some(written) = block.enabled {
        finding = finding.because(written, "exports are off");
    }
    let place = match cx.deployment.wrapper {
        Wrapper::Helm => "`s3.batchExport.enabled: true`".to_owned(),
        _ => format!("`{}=true`", switch.name()),
    };
    out.push(
        finding
            .message(format!(
                "{} is set, but {} isn't `true`: every export requested in the UI fails",
                first.name,
                switch.name()
            ))
            .help(format!("Set {place} in the worker, or delete the LANGFUSE_S3_BATCH_EXPORT block.")),
    );
}

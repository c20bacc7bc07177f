//! `key-pair-half-set`.

use super::{is_amazon, s3_blocks};
use crate::config::Credentials;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::slot;

rule! {
    /// Only one of the two keys is set.
    ///
    /// ## Why
    /// Langfuse uses keys only if both are set. If only one is, Langfuse silently drops it, and the AWS SDK looks for
    /// credentials elsewhere: "Could not load credentials from any providers", or it finds another identity and the
    /// store answers `AccessDenied`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#5138, langfuse/langfuse-k8s#116
    KEY_PAIR_HALF_SET = "key-pair-half-set", Error, Failure, key_pair_half_set
}

fn key_pair_half_set(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Credentials::Half(half, missing) = block.credentials() else { continue };
        let Some(missing) = slot(block.use_case, missing).filter(|_| !config.environment.open) else { continue };
        let consequence = if is_amazon(config, block) {
            "Langfuse drops it, and the AWS SDK's default credential chain finds another identity or none"
        } else {
            "Langfuse drops it, and every request fails without credentials"
        };
        let mut finding = Finding::at(config, half).lacks(Some(missing));
        if let Some(empty) = config.environment.get(missing) {
            finding = finding.because(empty, "empty, which counts as unset");
        }
        let roles = if is_amazon(config, block) { ", or remove both to use a role" } else { "" };
        out.push(
            finding
                .message(format!("{} is set without {}: {consequence}", half.name, missing.name()))
                .help(format!("Also set {}{roles}.", missing.name())),
        );
    }
}

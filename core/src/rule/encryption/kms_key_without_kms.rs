//! `kms-key-without-kms`.

use super::writes;
use crate::config::is_hidden;
use crate::redact::shown;
use crate::rule::endpoint::write;
use crate::rule::{Context, Finding, Findings, rule, s3_blocks};
use crate::source::Setting;
use crate::variable::{Role, UseCase, slot};

rule! {
    /// A KMS key is set, but KMS encryption isn't requested.
    ///
    /// ## Why
    /// Langfuse sends the key only if the use case's `_SSE` is exactly `aws:kms`. Otherwise the bucket's default
    /// encryption applies, and nothing says so.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_SSE=AES256
    /// LANGFUSE_S3_EVENT_UPLOAD_SSE_KMS_KEY_ID=arn:aws:kms:eu-west-1:123456789012:key/7f3c9a52-1b64-4c8e-9d20-5e8f6a7b1c34
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_SSE=aws:kms
    /// LANGFUSE_S3_EVENT_UPLOAD_SSE_KMS_KEY_ID=arn:aws:kms:eu-west-1:123456789012:key/7f3c9a52-1b64-4c8e-9d20-5e8f6a7b1c34
    /// ```
    ///
    /// ## Seen in
    /// `buildS3SseParams` in Langfuse's `packages/shared/src/server/services/StorageService.ts`.
    KMS_KEY_WITHOUT_KMS = "kms-key-without-kms", Warning, Ignored, kms_key_without_kms
}

fn kms_key_without_kms(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Some(key) = block.kms_key.filter(|_| writes(config, block.use_case)) else { continue };
        let Some(sse) = slot(block.use_case, Role::Sse) else { continue };
        let unseen = is_hidden(block.sse) || block.sse.is_none() && config.environment.open;
        let asked = block.sse.and_then(Setting::text);
        // Another rule reports a value that the schema rejects.
        if unseen || asked == Some("aws:kms") || asked.is_some_and(|t| sse.row().rejects(t)) {
            continue;
        }
        let is = match block.sse {
            Some(set) => format!("is {} here", shown(set)),
            None => "is not set".to_owned(),
        };
        // Media uploads break if the request asks for encryption.
        let help = if block.use_case == UseCase::Media {
            format!("Remove {} and set the key as the bucket's default encryption.", key.name)
        } else if block.is_aws() {
            format!("{}, or remove {}.", write(cx, sse, "aws:kms"), key.name)
        } else {
            format!("Remove {}.", key.name)
        };
        let mut finding = Finding::at(config, key);
        if let Some(set) = block.sse {
            finding = finding.because(set, "the key has no effect without `aws:kms`");
        }
        out.push(
            finding
                .message(format!(
                    "{} has no effect: it needs `{}=aws:kms`, but that variable {is}",
                    key.name,
                    sse.name()
                ))
                .help(help),
        );
    }
}

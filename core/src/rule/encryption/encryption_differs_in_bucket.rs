//! `encryption-differs-in-bucket`.

use super::writes;
use crate::config::{Engine, is_hidden};
use crate::redact::shown;
use crate::rule::prefix::same_bucket;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Setting;
use crate::variable::{Role, UseCase, slot};

rule! {
    /// Use cases in one bucket request different encryption.
    ///
    /// ## Why
    /// A bucket policy that requires one kind of encryption answers `AccessDenied` to the use case that doesn't request
    /// it, while the other one works. Without such a policy, the objects of one bucket end up under different keys.
    /// Media is exempt: its uploads can't request encryption at all and rely on the bucket's default.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// LANGFUSE_S3_EVENT_UPLOAD_SSE=aws:kms
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-langfuse
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_PREFIX=exports/
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// LANGFUSE_S3_EVENT_UPLOAD_SSE=aws:kms
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-langfuse
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_PREFIX=exports/
    /// LANGFUSE_S3_BATCH_EXPORT_SSE=aws:kms
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-k8s#144
    ENCRYPTION_DIFFERS_IN_BUCKET = "encryption-differs-in-bucket", Hint, Risk, encryption_differs_in_bucket
}

fn encryption_differs_in_bucket(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine == Engine::S3 && !c.environment.open) {
        if config.blocks.iter().all(|b| b.sse.is_none()) {
            continue;
        }
        let writers = || config.used().filter(|b| b.use_case != UseCase::Media && writes(config, b.use_case));
        for block in writers() {
            let earlier = writers().take_while(|b| b.use_case != block.use_case);
            let differs = |a: Option<&Setting>, b: Option<&Setting>| {
                !is_hidden(a) && !is_hidden(b) && a.and_then(Setting::text) != b.and_then(Setting::text)
            };
            let Some(other) = earlier.filter(|b| differs(b.sse, block.sse) && same_bucket(config, b, block)).last()
            else {
                continue;
            };
            let (Some(variable), Some(others)) = (slot(block.use_case, Role::Sse), slot(other.use_case, Role::Sse))
            else {
                continue;
            };
            let mut finding = match block.sse {
                Some(set) => Finding::at(config, set),
                None => Finding::missing(config, variable),
            };
            if let Some(set) = other.sse {
                finding = finding.because(set, "the other use case in this bucket");
            }
            let say = |s: Option<&Setting>| s.map_or_else(|| "not set".to_owned(), shown);
            out.push(
                finding
                    .for_block(block)
                    .looks_at(block.bucket)
                    .message(format!(
                        "{} is {} and {} is {} for the same bucket",
                        variable.name(),
                        say(block.sse),
                        others.name(),
                        say(other.sse)
                    ))
                    .help(
                        "Request the same encryption in both; or in neither, and set the bucket's default encryption.",
                    ),
            );
        }
    }
}

//! Server-side encryption: ignored keys, stores without KMS, use cases in one bucket that differ. Media has its own
//! rule, because any of this breaks its uploads.

use super::endpoint::{s3_blocks, write};
use super::prefix::same_bucket;
use super::{Context, Finding, Findings, Rule, rule};
use crate::config::{Config, Engine, is_hidden};
use crate::source::Setting;
use crate::text::mask::{quoted, shown};
use crate::variable::{Role, UseCase, slot};

pub(super) static RULES: &[&Rule] = &[&KMS_KEY_WITHOUT_KMS, &ENCRYPTION_ON_OTHER_STORE, &ENCRYPTION_DIFFERS_IN_BUCKET];

/// Whether the containers of `config` write for `use_case`: web writes no export files.
fn writes(config: &Config<'_>, use_case: UseCase) -> bool {
    slot(use_case, Role::Sse).is_some_and(|v| v.row().readers.meets(config.containers))
}

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

rule! {
    /// Server-side encryption is requested on a store other than Amazon S3.
    ///
    /// ## Why
    /// Langfuse sends `x-amz-server-side-encryption` with every write. MinIO without a KMS answers "Server side
    /// encryption specified but KMS is not configured" to both values, Cloudflare R2 lists the header as not
    /// implemented, and `aws:kms` refers to a key in Amazon's KMS. Most stores encrypt without being asked, or can be
    /// configured to.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_SSE=AES256
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// minio/minio#6367, minio/minio#6329, cloudflare/cloudflare-docs#4025
    ENCRYPTION_ON_OTHER_STORE = "encryption-on-other-store", Warning, Failure, encryption_on_other_store
}

fn encryption_on_other_store(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let (Some(sse), Some(endpoint)) = (block.sse, block.endpoint) else { continue };
        let Some(asked) = sse.text().filter(|_| block.use_case != UseCase::Media) else { continue };
        if block.is_aws() || block.endpoint_url().is_none() || !writes(config, block.use_case) {
            continue;
        }
        // Backblaze encrypts with its own keys under that name.
        let taken = asked == "AES256" && block.provider.is_some_and(|p| p.id == "b2");
        let able = asked == "aws:kms" && block.provider.is_some_and(|p| p.kms);
        if taken || able || sse.var.is_some_and(|v| v.row().rejects(asked)) {
            continue;
        }
        let store = block.provider.map_or("this store", |p| p.name);
        out.push(
            Finding::at(config, sse)
                .because(endpoint, "this isn't Amazon S3")
                .message(format!(
                    "{} is {}, but {store} may refuse every write that requests encryption",
                    sse.name,
                    shown(sse)
                ))
                .help(format!(
                    "Remove {} and set up encryption on the store, unless its documentation lists the header \
                     x-amz-server-side-encryption with {}.",
                    sse.name,
                    quoted(asked)
                )),
        );
    }
}

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
    ENCRYPTION_DIFFERS_IN_BUCKET = "encryption-differs-in-bucket", Hint, Failure, encryption_differs_in_bucket
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

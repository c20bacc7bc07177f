//! `default-keys-sent-elsewhere`.

use super::{is_compose_default, is_self_hosted, opens_bundled_store, s3_blocks};
use crate::config::Credentials;
use crate::redact::shown;
use crate::report::Severity;
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// The compose file's MinIO keys are sent to another store.
    ///
    /// ## Why
    /// If `.env` sets no keys, or empty ones, the official file uses `minio` and `miniosecret`. That is right for its
    /// own MinIO and wrong everywhere else: Amazon S3 answers `InvalidAccessKeyId`, and an IAM role is never used
    /// because Langfuse has keys. `.env` can't unset them.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=
    /// ```
    ///
    /// ## Use instead
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &storage
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme-events
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    ///       LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID: ${LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID:-}
    ///       LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: ${LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY:-}
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `docker-compose.yml`; Docker documentation, interpolation.
    DEFAULT_KEYS_SENT_ELSEWHERE = "default-keys-sent-elsewhere", Error, Failure, default_keys_sent_elsewhere
}

fn default_keys_sent_elsewhere(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    if cx.deployment.compose.is_none() {
        return;
    }
    for (config, block) in s3_blocks(cx) {
        let (Some(endpoint), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
        let Credentials::Pair(id, secret) = block.credentials() else { continue };
        let (id_left, secret_left) = (is_compose_default(cx, config, id), is_compose_default(cx, config, secret));
        if !(id_left || secret_left) || !url.is_public() || is_compose_default(cx, config, endpoint) {
            continue;
        }
        if opens_bundled_store(cx, block, id, secret) {
            continue;
        }
        let left = if id_left { id } else { secret };
        // An unrecognized host may be the operator's own MinIO, with the same sample keys.
        let own = id_left && secret_left && block.provider.is_none_or(is_self_hosted);
        let whose = block.provider.map_or(url.host, |p| p.name);
        let mut finding = Finding::at(config, left).for_block(block).because(endpoint, "requests go here");
        let message = if id_left && secret_left {
            finding = finding.looks_at(Some(secret));
            format!("{} is not set, so the compose file's {} is sent to {whose}", id.name, shown(id))
        } else {
            let given = if id_left { secret } else { id };
            finding = finding.because(given, "the other key isn't the compose file's default");
            format!("{} is not set, so the compose file's default is sent with {} to {whose}", left.name, given.name)
        };
        let role = if block.is_aws() {
            format!(
                " For an IAM role, add `{}: \"\"` and `{}: \"\"` under `environment:` of both containers in a \
                 docker-compose.override.yml: `.env` can't unset them.",
                id.name, secret.name
            )
        } else {
            String::new()
        };
        out.push(
            finding
                .severity(if own { Severity::Warning } else { Severity::Error })
                .message(if own { format!("{message}, which may not accept it") } else { message })
                .help(format!("Set {} and {} to that store's keys.{role}", id.name, secret.name)),
        );
    }
}

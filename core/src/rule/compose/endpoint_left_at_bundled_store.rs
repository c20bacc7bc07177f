//! `endpoint-left-at-bundled-store`.

use super::{meant_for_amazon, readers, repeats_worker, s3_blocks};
use crate::config::text;
use crate::provider::AWS_REGIONS;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, Role};

rule! {
    /// The settings are for Amazon S3, but requests go to the compose file's MinIO.
    ///
    /// ## Why
    /// Without an endpoint the SDK would derive Amazon's from the region. But the official file replaces a missing or
    /// empty endpoint with `http://minio:9000`. That MinIO has neither the Amazon keys nor the buckets and answers
    /// `InvalidAccessKeyId` or `NoSuchBucket`. Under compose, the Amazon S3 endpoint must be set explicitly.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `docker-compose.yml`; Docker documentation, interpolation.
    ENDPOINT_LEFT_AT_BUNDLED_STORE = "endpoint-left-at-bundled-store", Error, Failure, endpoint_left_at_bundled_store
}

fn endpoint_left_at_bundled_store(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    if cx.deployment.compose.is_none() {
        return;
    }
    for (config, block) in s3_blocks(cx).filter(|(c, b)| !repeats_worker(cx, c, b)) {
        let Some(sign) = meant_for_amazon(cx, config, block) else { continue };
        let Some(endpoint) = block.endpoint else { continue };
        let known = text(block.region).filter(|r| AWS_REGIONS.contains(r));
        let region = known.unwrap_or("eu-west-1");
        let more = match known {
            Some(_) => String::new(),
            None => format!(" and `{}={region}`, with the bucket's region in both", block.name(Role::Region)),
        };
        let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        out.push(
            Finding::at(config, endpoint)
                .containers(Containers::BOTH.and(readers(endpoint)))
                .for_block(block)
                .because(sign, "this is meant for Amazon S3")
                .message(format!(
                    "{} is not set, so requests go to the compose file's MinIO at {}, although {} is {}",
                    endpoint.name,
                    shown(endpoint),
                    sign.name,
                    shown(sign)
                ))
                .help(format!(
                    "Set `{}=https://s3.{region}.{domain}`{more}; under compose the endpoint can't be omitted.",
                    endpoint.name
                )),
        );
    }
}

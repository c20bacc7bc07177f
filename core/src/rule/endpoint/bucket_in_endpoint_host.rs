//! `bucket-in-endpoint-host`.

use super::{aws_endpoint, bucket_in_host, endpoints, no_s3_api, remedy, s3_blocks};
use crate::config::addressing::{Style, style_of};
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// The endpoint's host starts with the bucket name.
    ///
    /// ## Why
    /// The SDK adds the bucket to the host itself, so requests go to `acme.acme.s3.eu-west-1.amazonaws.com`. With path
    /// style the host happens to be right, but every key gets the bucket name as a prefix and listings look in the
    /// wrong place.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acme-events.s3.eu-west-1.amazonaws.com
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-k8s#93
    BUCKET_IN_ENDPOINT_HOST = "bucket-in-endpoint-host", Error, Failure, bucket_in_endpoint_host
}

fn bucket_in_endpoint_host(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Some(bucket) = block.bucket else { continue };
        for (setting, url) in endpoints(block) {
            let Some(rest) = bucket_in_host(bucket.text().unwrap_or(""), url) else { continue };
            if no_s3_api(url).is_some() {
                continue;
            }
            let name = bucket.text().unwrap_or("");
            let goes = match style_of(block) {
                Style::VirtualHosted => format!("requests go to `{name}.{}`", url.host),
                Style::Path => format!("every key is stored under `{name}/`"),
            };
            let right = if block.is_aws() { aws_endpoint(config, block) } else { url.with_host(rest) };
            let remedy = remedy(cx, config, block, setting, &right);
            out.push(
                Finding::at(config, setting)
                    .for_block(block)
                    .because(bucket, "the SDK adds the bucket itself")
                    .message(format!(
                        "{} is {}, whose host already contains the bucket: {goes}",
                        setting.name,
                        shown(setting)
                    ))
                    .help(format!("{}.", remedy.help))
                    .fix(remedy.fix("remove the bucket from the endpoint", false)),
            );
        }
    }
}

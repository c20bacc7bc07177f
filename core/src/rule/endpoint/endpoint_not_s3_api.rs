//! `endpoint-not-s3-api`.

use super::{aws_endpoint, dropped, endpoints, is_external, no_s3_api, s3_blocks, write};
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Wrapper;

rule! {
    /// The endpoint is a web page, not the S3 API.
    ///
    /// ## Why
    /// R2 serves the S3 API only under `<account>.r2.cloudflarestorage.com` (with `.eu`, `.us` or `.fedramp` after the
    /// account for a jurisdiction). Neither the dashboard nor a bucket's public `r2.dev` URL accepts signed requests.
    /// In the same way, the AWS console and a bucket's website endpoint don't serve the S3 API.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://pub-4f1c2d3e4b5a69788796a5b4c3d2e1f0.r2.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=5f4dcc3b5aa765d61d8327deb882cf99
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=5f4dcc3b5aa765d61d8327deb882cf99
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    /// ```
    ///
    /// ## Seen in
    /// Cloudflare R2 documentation, S3 API compatibility; Amazon S3 user guide, website endpoints.
    ENDPOINT_NOT_S3_API = "endpoint-not-s3-api", Error, Failure, endpoint_not_s3_api
}

fn endpoint_not_s3_api(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        for (setting, url) in endpoints(block) {
            let Some((what, right)) = no_s3_api(url) else { continue };
            let help = match (right, setting.var) {
                (Some(right), Some(variable)) => {
                    format!("{}, with your own account ID.", write(cx, variable, right))
                }
                (None, Some(variable)) if cx.deployment.wrapper == Wrapper::Compose || is_external(setting) => {
                    format!("{}.", write(cx, variable, &aws_endpoint(config, block)))
                }
                _ => format!("Remove {}: the SDK derives the endpoint from the region.", dropped(cx, setting)),
            };
            out.push(
                Finding::at(config, setting)
                    .for_block(block)
                    .message(format!("{} is {}, which is {what}, not the S3 API", setting.name, shown(setting)))
                    .help(help),
            );
        }
    }
}

//! `endpoint-host-with-underscore`.

use super::{endpoints, s3_blocks};
use crate::rule::{Context, Finding, Findings, rule};
use crate::text::printable::quoted;

rule! {
    /// The endpoint's host contains an underscore.
    ///
    /// ## Why
    /// Langfuse's SDK accepts it and Docker resolves it, but RFC 1123 doesn't allow underscores in host names, and
    /// other tools reject them: MinIO's own `mc` and boto3 fail with "Invalid endpoint", so you can't inspect the store
    /// with them.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://my_minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://my-minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// minio/minio#13025, minio/mc#4651, boto/botocore#2426
    ENDPOINT_HOST_WITH_UNDERSCORE = "endpoint-host-with-underscore", Hint, Advice, endpoint_host_with_underscore
}

fn endpoint_host_with_underscore(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        for (setting, url) in endpoints(block).filter(|(_, u)| u.host.contains('_')) {
            out.push(
                Finding::at(config, setting)
                    .for_block(block)
                    .message(format!(
                        "{} has the host {}; underscores aren't valid in host names, and many tools reject them",
                        setting.name,
                        quoted(url.host)
                    ))
                    .help(format!(
                        "Give the store a second name without underscores, such as the network alias {}, and use that.",
                        quoted(&url.host.replace('_', "-"))
                    )),
            );
        }
    }
}

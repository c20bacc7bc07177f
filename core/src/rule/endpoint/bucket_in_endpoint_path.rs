//! `bucket-in-endpoint-path`.

use super::{aws_endpoint, bucket_in_host, is_own_path, no_s3_api, path_holds, remedy, s3_blocks};
use crate::provider::{self};
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::text::printable::quoted;

rule! {
    /// The endpoint's path contains the bucket.
    ///
    /// ## Why
    /// The SDK adds the bucket itself. With path style it requests `/acme/acme/key`, otherwise `acme.host/acme/key`:
    /// every key gets the bucket name as a prefix, and a listing requests an object named after the bucket. The
    /// Cloudflare dashboard shows the "S3 API" URL of a bucket in this form.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com/acme-events
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
    /// Both requests, observed with the SDK version Langfuse pins; the dashboard's URL in the setup guides of other
    /// tools, such as craft-engine's page on Cloudflare R2.
    BUCKET_IN_ENDPOINT_PATH = "bucket-in-endpoint-path", Error, Failure, bucket_in_endpoint_path
}

fn bucket_in_endpoint_path(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx).filter(|(_, b)| !b.is(&provider::AZURE)) {
        let (Some(setting), Some(url), Some(bucket)) = (block.endpoint, block.endpoint_url(), block.bucket) else {
            continue;
        };
        let name = bucket.text().unwrap_or("");
        if url.path.is_empty() || is_own_path(url) || !path_holds(url, name) || no_s3_api(url).is_some() {
            continue;
        }
        let right = if block.is_aws() { aws_endpoint(config, block) } else { url.origin() };
        let mut remedy = remedy(cx, config, block, setting, &right);
        // The path has more than the bucket; only the operator knows what to keep.
        if url.path.trim_matches('/') != name || bucket_in_host(name, url).is_some() {
            remedy.edits = None;
        }
        out.push(
            Finding::at(config, setting)
                .for_block(block)
                .because(bucket, "the SDK adds the bucket itself")
                .message(format!(
                    "{} is {}, whose path already contains the bucket: every key is stored under {}",
                    setting.name,
                    shown(setting),
                    quoted(&format!("{name}/"))
                ))
                .help(format!("{}.", remedy.help))
                .fix(remedy.fix("remove the bucket from the endpoint", false)),
        );
    }
}

//! `endpoint-with-path`.

use super::{
    Remedy, aws_endpoint, bucket_in_host, is_explained_elsewhere, is_own_path, is_service, no_s3_api, path_holds,
    remedy, s3_blocks,
};
use crate::provider::{self};
use crate::redact::shown;
use crate::report::Severity;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Setting;
use crate::variable::Containers;

rule! {
    /// The endpoint has a path.
    ///
    /// ## Why
    /// The SDK keeps the path and signs it. A reverse proxy that serves the store under `/s3` or `/minio` and strips
    /// that part sends the store a different path than the one signed: every request fails with
    /// `SignatureDoesNotMatch`. Services such as Amazon S3 or R2 have no path before the bucket at all.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://langfuse.example.com/s3
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.langfuse.example.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6693
    ENDPOINT_WITH_PATH = "endpoint-with-path", Error, Failure, endpoint_with_path
}

fn endpoint_with_path(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx).filter(|(_, b)| !b.is(&provider::AZURE)) {
        let (Some(setting), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
        let bucket = block.bucket.and_then(Setting::text).unwrap_or("");
        if url.path.is_empty() || is_own_path(url) || path_holds(url, bucket) {
            continue;
        }
        if is_explained_elsewhere(url.raw) || no_s3_api(url).is_some() {
            continue;
        }
        let service = is_service(url.host);
        let why = match block.provider.filter(|_| service) {
            Some(provider) => format!("{} endpoints have no path", provider.name),
            None => "the path is signed, so behind a proxy that strips it requests may fail with SignatureDoesNotMatch"
                .into(),
        };
        let mut remedy = if service {
            let right = if block.is_aws() { aws_endpoint(config, block) } else { url.origin() };
            remedy(cx, config, block, setting, &right)
        } else {
            let proposed = cx.config(Containers::WEB).unwrap_or(config).proposed_store_url();
            let help = format!("Give the store its own host name and use it without a path, such as `{proposed}`");
            Remedy { help, edits: None, drops: false }
        };
        if bucket_in_host(bucket, url).is_some() {
            remedy.edits = None;
        }
        out.push(
            Finding::at(config, setting)
                .for_block(block)
                .severity(if service { Severity::Error } else { Severity::Warning })
                .message(format!("{} is {}; {why}", setting.name, shown(setting)))
                .help(format!("{}.", remedy.help))
                .fix(remedy.fix("remove the path", false)),
        );
    }
}

//! `endpoint-redundant`.

use super::{delete_alone, dropped, has_sdk_endpoint, s3_blocks};
use crate::config::endpoint::Endpoint;
use crate::redact::shown;
use crate::rule::finding::DraftFix;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Wrapper;

rule! {
    /// The endpoint is the one the SDK uses anyway.
    ///
    /// ## Why
    /// On Amazon S3 the SDK builds the endpoint from the region. Setting it has no effect until someone changes the
    /// region but not the endpoint; then requests are signed for one region and sent to another.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-k8s#93, langfuse/langfuse#9333
    ENDPOINT_REDUNDANT = "endpoint-redundant", Hint, Advice, endpoint_redundant
}

fn endpoint_redundant(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    // Compose can't omit it: the file's default would send everything to MinIO.
    if cx.deployment.wrapper == Wrapper::Compose {
        return;
    }
    for (config, block) in s3_blocks(cx).filter(|(_, b)| b.is_aws()) {
        let (Some(setting), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
        let Some(region) = config.region(block) else { continue };
        if !is_regional_default(url, region.text().unwrap_or("")) || has_sdk_endpoint(config) {
            continue;
        }
        out.push(
            Finding::at(config, setting)
                .for_block(block)
                .because(region, "the SDK derives the same endpoint from this")
                .message(format!("{} is {}, which the SDK uses for this region anyway", setting.name, shown(setting)))
                .help(format!("Remove {} to keep the region in one place.", dropped(cx, setting)))
                .fix(delete_alone(cx, setting).map(|e| DraftFix::risky("remove the endpoint", e))),
        );
    }
}

fn is_regional_default(url: &Endpoint<'_>, region: &str) -> bool {
    let host = url.host.strip_prefix("s3.").and_then(|h| h.strip_prefix(region));
    let end = if region.starts_with("cn-") { ".amazonaws.com.cn" } else { ".amazonaws.com" };
    !region.is_empty()
        && host == Some(end)
        && url.https
        && url.effective_port() == 443
        && url.path.is_empty()
        && url.query.is_none()
        && url.fragment.is_none()
        && url.user_info.is_none()
}

//! `region-auto-on-aws`.

use super::s3_blocks;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// Region `auto` with an Amazon S3 endpoint.
    ///
    /// ## Why
    /// Amazon S3 checks the region in the signature:
    /// `AuthorizationHeaderMalformed: the region 'auto' is wrong; expecting …`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
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
    /// langfuse/langfuse-k8s#93
    REGION_AUTO_ON_AWS = "region-auto-on-aws", Error, Failure, region_auto_on_aws
}

fn region_auto_on_aws(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let (Some(url), Some(endpoint)) = (block.endpoint_url(), block.endpoint) else { continue };
        let Some(region) = config.region(block).filter(|r| r.text() == Some("auto") && block.is_aws()) else {
            continue;
        };
        let right = url.aws_region();
        let fix = right
            .and_then(|r| replace_value(region, r))
            .map(|e| DraftFix::safe(format!("set to `{}`", right.unwrap_or("")), e));
        out.push(
            Finding::at(config, region)
                .for_block(block)
                .because(endpoint, "this is an Amazon S3 endpoint")
                .message(format!(
                    "{} is `auto`, which Amazon S3 rejects with AuthorizationHeaderMalformed",
                    region.name
                ))
                .help(match right {
                    Some(r) => format!("Set the endpoint's region: `{}={r}`.", region.name),
                    None => format!(
                        "Set the bucket's region, such as `{}=eu-west-1`, and remove the endpoint.",
                        region.name
                    ),
                })
                .fix(fix),
        );
    }
}

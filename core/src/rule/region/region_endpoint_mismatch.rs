//! `region-endpoint-mismatch`.

use super::s3_blocks;
use crate::redact::shown;
use crate::report::Severity;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::Role;

rule! {
    /// The region differs from the one in the endpoint's host.
    ///
    /// ## Why
    /// Requests are signed for one region and sent to another. Amazon S3 answers
    /// `AuthorizationHeaderMalformed … expecting …`, or `PermanentRedirect`, which the SDK doesn't follow.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
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
    /// langfuse/langfuse#9333
    REGION_ENDPOINT_MISMATCH = "region-endpoint-mismatch", Error, Failure, region_endpoint_mismatch
}

fn region_endpoint_mismatch(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let (Some(region), Some(endpoint)) = (config.region(block), block.endpoint) else { continue };
        let (Some(written), Some(url)) = (region.text().filter(|r| *r != "auto"), block.endpoint_url()) else {
            continue;
        };
        // The global host is in us-east-1.
        let global = url.is_under("s3.amazonaws.com");
        let Some(in_host) =
            url.aws_region().or(global.then_some("us-east-1")).filter(|r| !r.eq_ignore_ascii_case(written))
        else {
            continue;
        };
        let (rejects, redirects) = if global { ("may reject", "redirect") } else { ("rejects", "redirects") };
        let fix = (!global).then(|| replace_value(region, in_host)).flatten();
        out.push(
            Finding::at(config, region)
                .for_block(block)
                .because(endpoint, format!("this host belongs to `{in_host}`"))
                .severity(if global { Severity::Warning } else { Severity::Error })
                .message(format!(
                    "{} is {}, but the endpoint belongs to `{in_host}`; Amazon S3 {rejects} the signature or {redirects}",
                    region.name,
                    shown(region)
                ))
                .help(format!(
                    "Keep the bucket's region and remove {}: the SDK derives the endpoint from the region.",
                    block.name(Role::Endpoint)
                ))
                .fix(fix.map(|e| DraftFix::risky(format!("set to `{in_host}`"), e))),
        );
    }
}

//! `region-is-availability-zone`.

use super::{s3_blocks, zone_of};
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// The region is an availability zone.
    ///
    /// ## Why
    /// `eu-west-1a` is a zone of the region `eu-west-1`. The SDK builds the host `s3.eu-west-1a.amazonaws.com`, which
    /// doesn't exist.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1a
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Host observed with the SDK version Langfuse pins.
    REGION_IS_AVAILABILITY_ZONE = "region-is-availability-zone", Error, Failure, region_is_availability_zone
}

fn region_is_availability_zone(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx).filter(|(_, b)| b.is_aws()) {
        let Some(region) = config.region(block) else { continue };
        let Some(parent) = zone_of(region.text().unwrap_or("")) else { continue };
        let fix = replace_value(region, parent).map(|e| DraftFix::safe(format!("set to `{parent}`"), e));
        out.push(
            Finding::at(config, region)
                .for_block(block)
                .message(format!(
                    "{} is {}, an availability zone; expected the region `{parent}`",
                    region.name,
                    shown(region)
                ))
                .help(format!("Set `{}={parent}`.", region.name))
                .fix(fix),
        );
    }
}

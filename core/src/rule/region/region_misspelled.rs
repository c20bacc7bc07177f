//! `region-misspelled`.

use super::{s3_blocks, zone_of};
use crate::provider::AWS_REGIONS;
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::text::suggest::nearest;

rule! {
    /// The region isn't an AWS region code: wrong case, a display name or a typo.
    ///
    /// ## Why
    /// The SDK uses the value as written in the host name and the signature. `EU-WEST-1` is signed in capitals and
    /// rejected; `eu-wset-1` is a host that doesn't exist; "US East (Ohio)" isn't a valid host name.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=EU-West-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Host and credential scope observed with the SDK version Langfuse pins.
    REGION_MISSPELLED = "region-misspelled", Error, Failure, region_misspelled
}

fn region_misspelled(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx).filter(|(_, b)| b.is_aws()) {
        let Some(region) = config.region(block) else { continue };
        let Some(written) = region.text() else { continue };
        let right = written == "auto" || AWS_REGIONS.contains(&written) || zone_of(written).is_some();
        // Other rules report spaces, quotes, `$` and placeholders.
        let other_rule = written.contains(|c: char| c.is_control() || matches!(c, '"' | '\'' | '$' | '<' | '>'))
            || written.trim() != written
            || written.starts_with("my-");
        if right || other_rule {
            continue;
        }
        let meant = display_name(written).or_else(|| nearest(written, AWS_REGIONS.iter().copied()));
        let shaped = written.split('-').count() >= 3
            && written.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && written.ends_with(|c: char| c.is_ascii_digit());
        // A region newer than this list is well-formed and isn't one letter away from a known one.
        if shaped && meant.is_none_or(|m| m.len() == written.len() && differs_in_number_only(m, written)) {
            continue;
        }
        let capitals = meant.is_some_and(|m| m.eq_ignore_ascii_case(written));
        let fix = meant.and_then(|m| {
            let edits = replace_value(region, m)?;
            let title = format!("set to `{m}`");
            Some(if capitals { DraftFix::safe(title, edits) } else { DraftFix::risky(title, edits) })
        });
        out.push(
            Finding::at(config, region)
                .for_block(block)
                .message(format!("{} is {}, which isn't an Amazon S3 region", region.name, shown(region)))
                .help(meant.map_or_else(
                    || "Use the region code that the console shows next to the bucket, such as `eu-west-1`.".to_owned(),
                    |m| format!("Did you mean `{}={m}`?", region.name),
                ))
                .fix(fix),
        );
    }
}

fn differs_in_number_only(a: &str, b: &str) -> bool {
    a.bytes().zip(b.bytes()).all(|(x, y)| x == y || (x.is_ascii_digit() && y.is_ascii_digit()))
}

/// Region names from the console, which people paste.
fn display_name(text: &str) -> Option<&'static str> {
    const NAMES: [(&str, &str); 16] = [
        ("n. virginia", "us-east-1"),
        ("ohio", "us-east-2"),
        ("n. california", "us-west-1"),
        ("oregon", "us-west-2"),
        ("ireland", "eu-west-1"),
        ("london", "eu-west-2"),
        ("paris", "eu-west-3"),
        ("frankfurt", "eu-central-1"),
        ("zurich", "eu-central-2"),
        ("stockholm", "eu-north-1"),
        ("milan", "eu-south-1"),
        ("spain", "eu-south-2"),
        ("mumbai", "ap-south-1"),
        ("singapore", "ap-southeast-1"),
        ("sydney", "ap-southeast-2"),
        ("tokyo", "ap-northeast-1"),
    ];
    let lower = text.to_ascii_lowercase();
    NAMES.iter().find(|(name, _)| lower.contains(name)).map(|(_, code)| *code)
}

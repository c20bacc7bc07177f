//! `region-not-of-provider`.

use super::s3_blocks;
use crate::config::text;
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// The store behind the endpoint doesn't accept the region.
    ///
    /// ## Why
    /// Cloudflare R2 accepts `auto` and a few aliases of it (`us-east-1` among them), and rejects requests signed for
    /// any other region.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com
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
    /// Cloudflare R2 documentation, S3 API compatibility.
    REGION_NOT_OF_PROVIDER = "region-not-of-provider", Error, Failure, region_not_of_provider
}

fn region_not_of_provider(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let (Some(provider), Some(region)) = (block.provider, config.region(block)) else { continue };
        let Some(written) = text(Some(region)) else { continue };
        let Some(first) = provider.regions.first().filter(|_| !provider.regions.contains(&written)) else { continue };
        let fix = replace_value(region, first).map(|e| DraftFix::safe(format!("set to `{first}`"), e));
        let mut finding = Finding::at(config, region).for_block(block);
        if let Some(endpoint) = block.endpoint {
            finding = finding.because(endpoint, format!("this is {}", provider.name));
        }
        out.push(
            finding
                .message(format!("{} is {}, which {} doesn't accept", region.name, shown(region), provider.name))
                .help(format!("Set `{}={first}`.", region.name))
                .fix(fix),
        );
    }
}

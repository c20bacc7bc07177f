//! `region-auto-on-own-store`.

use super::s3_blocks;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// Region `auto` on a store that has its own region.
    ///
    /// ## Why
    /// Garage compares the region in the signature with `s3_region` in its garage.toml and answers any other with
    /// "Authorization header malformed, unexpected scope". Ceph gateways in a multisite setup use the zone group as the
    /// region. Stores without regions accept anything, so `auto` works there.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://garage:3900
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=GK3515373e4c851ebaad366558
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=7d37d093435a41f2aab8f13c19ba067d9776c90215f56614adad6ece597dbb34
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=garage
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://garage:3900
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=GK3515373e4c851ebaad366558
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=7d37d093435a41f2aab8f13c19ba067d9776c90215f56614adad6ece597dbb34
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#10290, AppFlowy-IO/AppFlowy-Cloud#239, PhantomPhoton/S3-Compatible#28
    REGION_AUTO_ON_OWN_STORE = "region-auto-on-own-store", Warning, Failure, region_auto_on_own_store
}

fn region_auto_on_own_store(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Some(provider) = block.provider.filter(|p| matches!(p.id, "garage" | "ceph")) else { continue };
        let Some(region) = config.region(block).filter(|r| r.text() == Some("auto")) else { continue };
        let Some(endpoint) = block.endpoint else { continue };
        let (help, fix) = if provider.id == "garage" {
            let edits = replace_value(region, "garage");
            (
                "Set it to the `s3_region` in garage.toml, usually `garage`.",
                edits.map(|e| DraftFix::risky("set to `garage`", e)),
            )
        } else {
            ("If the gateway rejects it, set the zone group's name; `us-east-1` works for a gateway without one.", None)
        };
        out.push(
            Finding::at(config, region)
                .for_block(block)
                .because(endpoint, format!("this is {}", provider.name))
                .message(format!("{} is `auto`, but {} may check the region", region.name, provider.name))
                .help(help)
                .fix(fix),
        );
    }
}

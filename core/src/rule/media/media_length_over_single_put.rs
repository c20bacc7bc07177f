//! `media-length-over-single-put`.

use super::web_number;
use crate::config::Engine;
use crate::provider;
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{UseCase, Var, var};

rule! {
    /// The size limit for media is above what one upload can hold.
    ///
    /// ## Why
    /// Media is uploaded with a single PUT to a presigned URL. Amazon S3 and Cloudflare R2 accept 5 GiB in one PUT; a
    /// larger file passes Langfuse's own check and is then refused with `EntityTooLarge`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH=10000000000
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH=5000000000
    /// ```
    ///
    /// ## Seen in
    /// Amazon S3 documentation, uploading objects; Cloudflare R2 documentation, limits.
    MEDIA_LENGTH_OVER_SINGLE_PUT = "media-length-over-single-put", Warning, Failure, media_length_over_single_put
}

fn media_length_over_single_put(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const LENGTH: Var = var("LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH");
    const FIVE_GIB: f64 = 5_368_709_120.0;
    let Some((config, setting, bytes)) = web_number(cx, LENGTH) else { return };
    let block = config.block(UseCase::Media);
    if bytes <= FIVE_GIB || config.engine != Engine::S3 || !(block.is_aws() || block.is(&provider::R2)) {
        return;
    }
    let store = block.provider.map_or("", |p| p.name);
    out.push(
        Finding::at(config, setting)
            .for_block(block)
            .looks_at(block.endpoint)
            .message(format!(
                "{} is {}, but {store} accepts at most 5368709120 bytes (5 GiB) in one upload, so larger files may pass Langfuse's check and be refused",
                setting.name,
                shown(setting)
            ))
            .help(format!("Write `{}=5000000000` or less; media never uses multipart uploads.", setting.name))
            .fix(replace_value(setting, "5000000000").map(|e| DraftFix::risky("write `5000000000`", e))),
    );
}

//! `media-link-expiry-too-long`.

use super::{EXPIRY, LONGEST_SECONDS, web_number};
use crate::config::Engine;
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::UseCase;

rule! {
    /// Media download links are set to live longer than a signature can.
    ///
    /// ## Why
    /// S3 and Google Cloud Storage signatures are valid for seven days at most. The signers refuse more: "Signature
    /// version 4 presigned URLs must have an expiration date less than one week in the future", "Max allowed expiration
    /// is seven days". Every media view then fails.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS=2592000
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS=3600
    /// ```
    ///
    /// ## Seen in
    /// `S3RequestPresigner` of the AWS SDK for JavaScript, `signer.js` of @google-cloud/storage; Amazon S3
    /// documentation, presigned URLs.
    MEDIA_LINK_EXPIRY_TOO_LONG = "media-link-expiry-too-long", Error, Failure, media_link_expiry_too_long
}

fn media_link_expiry_too_long(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some((config, setting, seconds)) = web_number(cx, EXPIRY) else { return };
    if seconds <= LONGEST_SECONDS || !matches!(config.engine, Engine::S3 | Engine::Gcs) {
        return;
    }
    out.push(
        Finding::at(config, setting)
            .for_block(config.block(UseCase::Media))
            .message(format!(
                "{} is {}, expected 604800 (seven days) or less: no link can be signed for longer",
                setting.name,
                shown(setting)
            ))
            .help(format!(
                "Write `{}=604800`, or `3600`, the default: pages request a new link each time.",
                setting.name
            ))
            .fix(replace_value(setting, "604800").map(|e| DraftFix::risky("write `604800`", e))),
    );
}

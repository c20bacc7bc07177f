//! `media-link-expiry-too-short`.

use super::{EXPIRY, web_number};
use crate::redact::shown;
use crate::report::Severity;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::UseCase;

rule! {
    /// Media download links expire before they can be used.
    ///
    /// ## Why
    /// The time runs from signing, by web's clock. With 0 a link has expired when it arrives; under a minute, a small
    /// clock difference, a slow page or a long video is enough for "Request has expired".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS=0
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
    /// Langfuse's `web/src/env.mjs`, which accepts 0 and fractions.
    MEDIA_LINK_EXPIRY_TOO_SHORT = "media-link-expiry-too-short", Warning, Failure, media_link_expiry_too_short
}

fn media_link_expiry_too_short(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some((config, setting, seconds)) = web_number(cx, EXPIRY).filter(|(_, _, seconds)| *seconds < 60.0) else {
        return;
    };
    out.push(
        Finding::at(config, setting)
            .for_block(config.block(UseCase::Media))
            .severity(if seconds > 0.0 { Severity::Warning } else { Severity::Error })
            .message(format!(
                "{} is {}, expected 60 seconds or more: a link {} before it's used",
                setting.name,
                shown(setting),
                if seconds > 0.0 { "may expire" } else { "expires" }
            ))
            .help(format!("Write `{}=3600`, the default.", setting.name))
            .fix(replace_value(setting, "3600").map(|e| DraftFix::risky("write `3600`", e))),
    );
}

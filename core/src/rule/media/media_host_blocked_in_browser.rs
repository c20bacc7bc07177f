//! `media-host-blocked-in-browser`.

use super::{fault, is_same_origin, web_endpoint};
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, Version};

rule! {
    /// Browsers can't upload attachments to this media host.
    ///
    /// ## Why
    /// Since v3.195.0 dataset items accept attachments in the browser, which uploads them directly to the store. The
    /// Content-Security-Policy allows that for `*.amazonaws.com`, `*.blob.core.windows.net`, `storage.googleapis.com`
    /// and `http://localhost`. The list is fixed when the image is built, before the media endpoint is known, so the
    /// official images refuse other hosts: "Refused to connect … Content Security Policy". Uploads by the Python and
    /// JavaScript SDKs and the display of media aren't affected.
    ///
    /// ## Example
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://media.acme.dev
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#14613, langfuse/langfuse#16297; `mediaUploadConnectSrc` in Langfuse's `web/next.config.mjs`.
    MEDIA_HOST_BLOCKED_IN_BROWSER = "media-host-blocked-in-browser", Hint, Advice, media_host_blocked_in_browser
}

/// The first release with attachments in the browser (langfuse/langfuse#14257).
const BROWSER_UPLOADS: Version = Version { major: 3, minor: 195, patch: 0 };

fn media_host_blocked_in_browser(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(h) = web_endpoint(cx).filter(|h| h.url.https) else { return };
    let allowed = h.url.is_under("amazonaws.com")
        || h.url.is_under("blob.core.windows.net")
        || h.url.host.eq_ignore_ascii_case("storage.googleapis.com")
        || is_same_origin(h.config, h.url);
    if allowed || fault(cx, h.config, h.url).is_some() || cx.is_older(Containers::WEB, BROWSER_UPLOADS) {
        return;
    }
    out.push(
        Finding::at(h.config, h.endpoint)
            .containers(Containers::WEB)
            .message(format!(
                "{} is {}, but the official image's Content-Security-Policy blocks browser uploads to this host",
                h.endpoint.name,
                shown(h.endpoint)
            ))
            .help(format!(
                "Nothing to change if attachments come from SDKs. Otherwise build web's image with {} set, so that its \
                 Content-Security-Policy includes the host.",
                h.endpoint.name
            )),
    );
}

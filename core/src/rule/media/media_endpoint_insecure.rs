//! `media-endpoint-insecure`.

use super::{Fault, separate_endpoints, web_endpoint_with};
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Wrapper;
use crate::variable::Containers;

rule! {
    /// Web's media links use plain HTTP, and Langfuse's own pages refuse to load them.
    ///
    /// ## Why
    /// The Content-Security-Policy of Langfuse's pages allows images, audio and video from https, from Langfuse's own
    /// origin and from `http://localhost`. Anything else over HTTP is never shown inline, even if the upload worked; it
    /// opens only with a click. The browser's console says "Refused to load the image … violates the following Content
    /// Security Policy directive". If Langfuse itself is on HTTPS, the browser also blocks the link as mixed content.
    ///
    /// ## Example
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=http://media.acme.dev:9000
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
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://media.acme.dev
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#14299, langfuse/langfuse#6188; `cspHeader` in Langfuse's `web/next.config.mjs`.
    MEDIA_ENDPOINT_INSECURE = "media-endpoint-insecure", Error, Failure, media_endpoint_insecure
}

fn media_endpoint_insecure(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(h) = web_endpoint_with(cx, Fault::Insecure) else { return };
    let name = &h.endpoint.name;
    let mut finding = Finding::at(h.config, h.endpoint).containers(Containers::WEB);
    let https_page = h.config.public_url.as_ref().is_some_and(|u| u.https);
    if let Some(public) = h.config.public_url_setting().filter(|_| https_page) {
        finding = finding.because(public, "the page is on HTTPS: HTTP is blocked as mixed content");
    }
    // Only the name is at fault here: the policy allows `localhost`, not its addresses.
    let local = h.url.is_loopback().then(|| h.url.with_host("localhost"));
    let help = match (&local, cx.deployment.wrapper) {
        (Some(local), _) => format!("Write `{name}={local}` for web: the policy allows the name, not the address."),
        (None, Wrapper::Compose) if h.url.is_under("docker.internal") => separate_endpoints(cx, &h),
        _ => format!(
            "Put the store behind a host with a TLS certificate and set `{name}=https://…` for web; the worker can \
             keep {}.",
            shown(h.endpoint)
        ),
    };
    out.push(
        finding
            .message(format!(
                "{} is {} in web, but Langfuse's pages load HTTP media only from `http://localhost`; expected https",
                name,
                shown(h.endpoint)
            ))
            .help(help)
            .fix(
                local
                    .filter(|_| h.config.containers == Containers::WEB)
                    .and_then(|l| replace_value(h.endpoint, &l).map(|e| DraftFix::risky(format!("write `{l}`"), e))),
            ),
    );
}

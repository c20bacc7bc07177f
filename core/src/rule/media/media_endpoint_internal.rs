//! `media-endpoint-internal`.

use super::{Fault, WebEndpoint, separate_endpoints, web_endpoint_with};
use crate::redact::shown;
use crate::rule::finding::{DraftFix, delete};
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Kind;
use crate::variable::Containers;

rule! {
    /// Web's media links point to a host that is reachable only inside the deployment.
    ///
    /// ## Why
    /// Media never passes through Langfuse: web signs a URL for its media endpoint, and the SDK or the browser calls
    /// it. `http://minio:9000` resolves only inside the compose network, so SDKs report `getaddrinfo ENOTFOUND minio`,
    /// and images stay empty ("Media not yet uploaded"). There is no external endpoint for media. The two containers
    /// may have different media endpoints, and nearly always need them: web only signs, the worker uploads and deletes.
    ///
    /// ## Example
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv file=web.env container=web
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
    /// ```dotenv file=worker.env container=worker
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#4369, langfuse/langfuse#4717, langfuse/langfuse#6066, langfuse/langfuse#6188,
    /// langfuse/langfuse#5250, langfuse/langfuse#6504
    MEDIA_ENDPOINT_INTERNAL = "media-endpoint-internal", Error, Failure, media_endpoint_internal
}

fn media_endpoint_internal(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(h) = web_endpoint_with(cx, Fault::Inside) else { return };
    let mut finding = Finding::at(h.config, h.endpoint).containers(Containers::WEB);
    if let Some(public) = h.config.public_url_setting().filter(|_| h.config.is_public()) {
        finding = finding.because(public, "browsers open Langfuse from outside");
    }
    let by_default = leave_to_compose(cx, &h);
    let help = if by_default.is_some() {
        format!(
            "Delete the line: the compose file then gives web `http://localhost:9090` and the worker {}.",
            shown(h.endpoint)
        )
    } else {
        separate_endpoints(cx, &h)
    };
    out.push(
        finding
            .message(format!(
                "{} is {} in web, a host reachable only inside the deployment, but browsers and SDKs get links to it",
                h.endpoint.name,
                shown(h.endpoint)
            ))
            .help(help)
            .fix(by_default.map(|edits| DraftFix::risky("use the compose file's defaults", edits))),
    );
}

/// Deletes the line from the `.env`, if the compose file has the right endpoint for each container of a Langfuse that
/// is opened on this machine.
fn leave_to_compose(cx: &Context<'_>, h: &WebEndpoint<'_>) -> Option<Vec<(crate::text::span::Span, String)>> {
    let forwards = cx.deployment.compose.as_ref().is_some_and(|c| c.forwards);
    let defaults = h.endpoint.var?.row().compose?;
    let file = cx.deployment.texts.get(h.endpoint.place?.value.file)?;
    let same = h.endpoint.text() == Some(defaults.worker) && !h.endpoint.from_wrapper();
    (forwards && same && file.kind == Kind::Dotenv && !h.config.is_public()).then(|| delete(h.endpoint)).flatten()
}

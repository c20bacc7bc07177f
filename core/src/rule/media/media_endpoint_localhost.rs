//! `media-endpoint-localhost`.

use super::{Fault, separate_endpoints, web_endpoint_with};
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::Containers;

rule! {
    /// Web's media links point to localhost, while Langfuse is opened under a public name.
    ///
    /// ## Why
    /// Web signs URLs for its media endpoint. To a visitor, `localhost` is their own machine, so SDK uploads and images
    /// in the browser fail with "connection refused" everywhere but on the server. The official compose file sets
    /// `http://localhost:9090` for web, which works only as long as NEXTAUTH_URL is also local.
    ///
    /// ## Example
    /// ```dotenv file=web.env container=web
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=http://localhost:9090
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
    ///
    /// ## Seen in
    /// langfuse/langfuse#4369, langfuse/langfuse#4717, langfuse/langfuse#6188, langfuse/langfuse#14299
    MEDIA_ENDPOINT_LOCALHOST = "media-endpoint-localhost", Error, Failure, media_endpoint_localhost
}

fn media_endpoint_localhost(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(h) = web_endpoint_with(cx, Fault::Localhost) else { return };
    let Some(public) = h.config.public_url_setting() else { return };
    out.push(
        Finding::at(h.config, h.endpoint)
            .containers(Containers::WEB)
            .because(public, "browsers open Langfuse at this URL")
            .message(format!(
                "{} is {} in web, but Langfuse is opened at {}: every browser and SDK elsewhere calls its own machine",
                h.endpoint.name,
                shown(h.endpoint),
                shown(public)
            ))
            .help(separate_endpoints(cx, &h)),
    );
}

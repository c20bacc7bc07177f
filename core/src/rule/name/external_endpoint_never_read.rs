//! `external-endpoint-never-read`.

use super::unread;
use crate::rule::{Context, Findings, rule};
use crate::source::Wrapper;
use crate::variable::retired;

rule! {
    /// Only exports have an external endpoint; events and media have none.
    ///
    /// ## Why
    /// `LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT` has existed since v3.43.0, so people set the same name for media.
    /// Langfuse doesn't read it: media links are still signed for `LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT`, and browsers and
    /// SDKs are sent to a host they can't reach. Web only signs links and the worker transfers objects, so give each
    /// container its own value of `LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_EXTERNAL_ENDPOINT=https://media.example.com
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#14299, langfuse/langfuse#14300
    EXTERNAL_ENDPOINT_NEVER_READ = "external-endpoint-never-read", Error, Ignored, external_endpoint_never_read
}

fn external_endpoint_never_read(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let (all, _) = unread(cx, |n| n.ends_with("_EXTERNAL_ENDPOINT") && retired(n).is_some());
    for d in &all {
        let media = d.name.contains("_MEDIA_");
        let help = if !media {
            "Delete the line: Langfuse never links to the events store.".to_owned()
        } else if cx.deployment.wrapper == Wrapper::Compose {
            "Set LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT to the public URL for langfuse-web and the internal one for langfuse-worker, each under its own `environment:`.".to_owned()
        } else if cx.deployment.wrapper == Wrapper::Helm {
            "Set LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT to the public URL for web only, under `langfuse.web.pod.additionalEnv`.".to_owned()
        } else {
            "Set LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT to the public URL for web and the internal one for the worker."
                .to_owned()
        };
        out.push(
            d.finding()
                .message(format!("Langfuse has never read {}: only exports have an external endpoint", d.name))
                .help(help),
        );
    }
}

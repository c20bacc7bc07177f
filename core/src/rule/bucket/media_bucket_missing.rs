//! `media-bucket-missing`.

use super::absent;
use crate::report::{Impact, Severity};
use crate::rule::endpoint::write;
use crate::rule::{Context, Findings, rule};
use crate::source::Setting;
use crate::variable::{UseCase, Var, var};

rule! {
    /// Media has no bucket.
    ///
    /// ## Why
    /// Without one, multi-modal tracing is off. SDKs that find an image in a trace still request an upload URL and log
    /// the HTTP 500 they get, and retention skips media. If other media settings are set, the bucket was forgotten.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_PREFIX=media/
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_PREFIX=media/
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6168
    MEDIA_BUCKET_MISSING = "media-bucket-missing", Warning, Ignored, media_bucket_missing
}

fn media_bucket_missing(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const BUCKET: Var = var("LANGFUSE_S3_MEDIA_UPLOAD_BUCKET");
    // With these on, the worker requires the bucket, which is a different, more serious problem.
    const WANTED: [Var; 2] =
        [var("LANGFUSE_OTEL_MEDIA_UPLOAD_ENABLED"), var("LANGFUSE_OBSERVATION_FIELD_OVERFLOW_ENABLED")];
    for config in cx.configs.iter().filter(|c| !c.environment.open) {
        let block = config.block(UseCase::Media);
        if block.bucket.is_some() || WANTED.into_iter().any(|v| config.environment.is_true(v)) {
            continue;
        }
        // A value that the chart sets for every use case says nothing about media.
        let shared = |s: &Setting| {
            s.place.is_some() && config.block(UseCase::Events).fields().any(|event| event.place == s.place)
        };
        let other = block.fields().find(|s| !cx.deployment.is_default(config.containers, s) && !shared(s));
        let mut finding = absent(config, BUCKET)
            .severity(if other.is_some() { Severity::Warning } else { Severity::Hint })
            .impact(if other.is_some() { Impact::Ignored } else { Impact::Advice })
            .message(format!("{} is not set, so media is off: SDKs that find an image log errors", BUCKET.name()))
            .help(match other {
                Some(_) => format!("{}.", write(cx, BUCKET, "acme-media")),
                None => {
                    format!(
                        "{} if traces contain images, audio or files; otherwise leave it unset.",
                        write(cx, BUCKET, "acme-media")
                    )
                }
            });
        if let Some(other) = other {
            finding = finding.because(other, "another media setting is set here");
        }
        out.push(finding);
    }
}

//! `media-writer-without-bucket`.

use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, Role, UseCase, Var, slot, var};

rule! {
    /// The worker is set to write media itself, but has no media bucket.
    ///
    /// ## Why
    /// LANGFUSE_OTEL_MEDIA_UPLOAD_ENABLED lets the worker extract media from OpenTelemetry spans, and
    /// LANGFUSE_OBSERVATION_FIELD_OVERFLOW_ENABLED lets it move large observation fields out. Both write to the media
    /// bucket. Without one, neither works, and the worker logs "OTEL media upload is enabled but no media storage
    /// bucket is configured" or "Media upload bucket is not configured".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_OTEL_MEDIA_UPLOAD_ENABLED=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_OTEL_MEDIA_UPLOAD_ENABLED=true
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `worker/src/features/otel-media/processOtelMedia.ts` and
    /// `worker/src/features/observation-field-overflow/processObservationFieldOverflow.ts`.
    MEDIA_WRITER_WITHOUT_BUCKET = "media-writer-without-bucket", Error, Failure, media_writer_without_bucket
}

fn media_writer_without_bucket(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const WRITERS: [Var; 2] =
        [var("LANGFUSE_OTEL_MEDIA_UPLOAD_ENABLED"), var("LANGFUSE_OBSERVATION_FIELD_OVERFLOW_ENABLED")];
    let Some(config) = cx.config(Containers::WORKER).filter(|c| !c.environment.open) else { return };
    let block = config.block(UseCase::Media);
    let Some(bucket) = slot(UseCase::Media, Role::Bucket).filter(|_| !block.in_use()) else { return };
    for writer in WRITERS {
        let Some(setting) = config.environment.get(writer).filter(|_| config.environment.is_true(writer)) else {
            continue;
        };
        out.push(
            Finding::at(config, setting)
                .for_block(block)
                .message(format!("{} is `true`, but {} is not set in the worker", setting.name, bucket.name()))
                .help(format!(
                    "Set the media block in the worker as in web, starting with `{}=acme-media`, or write `{}=false`.",
                    bucket.name(),
                    setting.name
                )),
        );
    }
}

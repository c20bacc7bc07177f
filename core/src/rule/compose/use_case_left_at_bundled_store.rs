//! `use-case-left-at-bundled-store`.

use super::{left_behind, meant_for_amazon, readers, repeats_worker, s3_blocks};
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, UseCase};

rule! {
    /// Events go to a cloud store, but media or exports stay on the compose file's MinIO.
    ///
    /// ## Why
    /// Each use case has its own block, and settings missing from `.env` keep the compose file's defaults. Moving only
    /// events leaves media and exports on the local MinIO. Its volume then looks unused, and removing it loses media
    /// for good.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Seen in
    /// The three blocks and their defaults in Langfuse's `docker-compose.yml`.
    USE_CASE_LEFT_AT_BUNDLED_STORE = "use-case-left-at-bundled-store", Warning, Risk, use_case_left_at_bundled_store
}

fn use_case_left_at_bundled_store(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    if cx.deployment.compose.is_none() {
        return;
    }
    for (config, block) in s3_blocks(cx).filter(|(c, b)| !repeats_worker(cx, c, b)) {
        let Some(events) = left_behind(cx, config, block) else { continue };
        let Some(endpoint) = block.endpoint.filter(|_| meant_for_amazon(cx, config, block).is_none()) else { continue };
        let what = if block.use_case == UseCase::Media { "media" } else { "exports" };
        out.push(
            Finding::at(config, endpoint)
                .containers(Containers::BOTH.and(readers(endpoint)))
                .for_block(block)
                .because(events, "events go here")
                .message(format!(
                    "{} is not set: the store for {what} is still the compose file's, {}, while events go to {}",
                    endpoint.name,
                    shown(endpoint),
                    shown(events)
                ))
                .help(format!(
                    "Copy the stored objects, then set the variables for {what} as for events, starting with \
                     `{}=…`.",
                    endpoint.name
                )),
        );
    }
}

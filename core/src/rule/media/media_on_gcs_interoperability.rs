//! `media-on-gcs-interoperability`.

use crate::config::Engine;
use crate::provider;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, UseCase};

rule! {
    /// Media in Google Cloud Storage through its S3-compatible API.
    ///
    /// ## Why
    /// The S3 engine signs upload URLs with the header `x-amz-checksum-sha256`. Langfuse's SDKs omit that header if the
    /// host is `storage.googleapis.com`, because native URLs don't use it, so the signature doesn't match: "Media
    /// upload failed with status 403". The native engine signs URLs as the SDKs expect them.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=auto
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://storage.googleapis.com
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=GOOG1EQ7RT2MNBVCXZ5K3PLKJHGFDSAPOIUYTREWQ1234567890ABCDEFGHIJ
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=pq8Rk2LmZx7Vt4Yb9Nw3Hs6Jd1Fg5Kc0Qa8Xe2Tz
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS=/secrets/gcs.json
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6504; signed headers observed with the SDK version that Langfuse pins.
    MEDIA_ON_GCS_INTEROPERABILITY = "media-on-gcs-interoperability", Error, Failure, media_on_gcs_interoperability
}

fn media_on_gcs_interoperability(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(config) = cx.config(Containers::WEB).filter(|c| c.engine == Engine::S3) else { return };
    let block = config.block(UseCase::Media);
    let Some(endpoint) = block.endpoint.filter(|_| block.in_use() && block.is(&provider::GCS)) else { return };
    out.push(
        Finding::at(config, endpoint)
            .containers(Containers::WEB)
            .looks_at(block.bucket)
            .message(format!(
                "{} is {} on the S3 engine: Langfuse's SDKs don't send a header that the upload URL is signed with",
                endpoint.name,
                shown(endpoint)
            ))
            .help(
                "Use the native engine for all use cases: `LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true` with \
                 LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS or an ambient identity; the buckets stay the same.",
            ),
    );
}

//! `gcs-interoperability`.

use crate::config::Engine;
use crate::provider;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::UseCase;

rule! {
    /// Google Cloud Storage through its S3-compatible API.
    ///
    /// ## Why
    /// Retention and the deletion of traces and projects use S3's multi-object delete. This API answered it with
    /// `NotImplemented` for years; Google has documented it since April 2026. The native engine deletes through
    /// Google's own API and needs no HMAC keys.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://storage.googleapis.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=GOOG1EQ7RT2MNBVCXZ5K3PLKJHGFDSAPOIUYTREWQ1234567890ABCDEFGHIJ
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=pq8Rk2LmZx7Vt4Yb9Nw3Hs6Jd1Fg5Kc0Qa8Xe2Tz
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS=/secrets/gcs.json
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6172, supabase/storage#898
    GCS_INTEROPERABILITY = "gcs-interoperability", Hint, Advice, gcs_interoperability
}

fn gcs_interoperability(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine == Engine::S3) {
        // Media on this API has its own rule, an error.
        let Some(endpoint) =
            config.used().find(|b| b.use_case == UseCase::Events && b.is(&provider::GCS)).and_then(|b| b.endpoint)
        else {
            continue;
        };
        out.push(
            Finding::at(config, endpoint)
                .message(format!(
                    "{} is {}: retention and deletion need multi-object delete, which this API long refused",
                    endpoint.name,
                    shown(endpoint)
                ))
                .help(
                    "Prefer the native engine, for all use cases at once: `LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true`; \
                     buckets and prefixes stay the same.",
                ),
        );
    }
}

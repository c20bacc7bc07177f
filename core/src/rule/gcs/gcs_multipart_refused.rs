//! `gcs-multipart-refused`.

use crate::config::Engine;
use crate::provider;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, UseCase, Version};

rule! {
    /// This Langfuse version sends checksums that Google's S3-compatible API refuses for large exports.
    ///
    /// ## Why
    /// Before v3.170.0 the AWS SDK in Langfuse could add a composite CRC32 when completing a multipart upload. Google
    /// answers that with HTTP 412, so exports of more than one part fail.
    ///
    /// ## Example
    /// ```dotenv version=3.150.0
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=auto
    /// LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=https://storage.googleapis.com
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=GOOG1EQ7RT2MNBVCXZ5K3PLKJHGFDSAPOIUYTREWQ1234567890ABCDEFGHIJ
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=pq8Rk2LmZx7Vt4Yb9Nw3Hs6Jd1Fg5Kc0Qa8Xe2Tz
    /// LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv version=4.16.0
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=auto
    /// LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=https://storage.googleapis.com
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=GOOG1EQ7RT2MNBVCXZ5K3PLKJHGFDSAPOIUYTREWQ1234567890ABCDEFGHIJ
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=pq8Rk2LmZx7Vt4Yb9Nw3Hs6Jd1Fg5Kc0Qa8Xe2Tz
    /// LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#13280
    GCS_MULTIPART_REFUSED = "gcs-multipart-refused", Warning, Failure, gcs_multipart_refused
}

/// The first release that sends checksums only if required (langfuse/langfuse#13280).
const CHECKSUMS_WHEN_REQUIRED: Version = Version { major: 3, minor: 170, patch: 0 };

fn gcs_multipart_refused(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(config) = cx.config(Containers::WORKER).filter(|c| c.engine == Engine::S3) else { return };
    let block = config.block(UseCase::Exports);
    let Some(endpoint) = block.endpoint.filter(|_| block.in_use() && block.is(&provider::GCS)) else { return };
    if !cx.is_older(Containers::WORKER, CHECKSUMS_WHEN_REQUIRED) {
        return;
    }
    let version = cx.version(Containers::WORKER).map_or(String::new(), |v| v.to_string());
    out.push(
        Finding::at(config, endpoint)
            .containers(Containers::WORKER)
            .looks_at(block.enabled)
            .message(format!(
                "{} is {}, but Langfuse {version} may send checksums on large uploads, which Google refuses with HTTP \
                 412",
                endpoint.name,
                shown(endpoint)
            ))
            .help("Upgrade to v3.170.0 or later, or use the native engine."),
    );
}

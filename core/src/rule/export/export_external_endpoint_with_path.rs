//! `export-external-endpoint-with-path`.

use super::signers;
use crate::config::{Engine, text};
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// The external endpoint of exports has a path.
    ///
    /// ## Why
    /// The path becomes part of the link and of its signature. If a proxy strips it before the store sees the request,
    /// the signature is wrong: `SignatureDoesNotMatch`. Since v4.0.0 web reads the key back from the stored link, where
    /// the path becomes part of the key: `NoSuchKey`. The bucket doesn't belong there either: the S3 engine adds it.
    /// Only Azure expects the container in this endpoint.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=us-east-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=https://langfuse.acme.dev/s3
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=lf-exports
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=us-east-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=https://exports.acme.dev
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=lf-exports
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6693; Langfuse's `web/src/features/batch-exports/server/batchExportFileKey.ts`.
    EXPORT_EXTERNAL_ENDPOINT_WITH_PATH =
        "export-external-endpoint-with-path", Error, Failure, export_external_endpoint_with_path
}

fn export_external_endpoint_with_path(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for s in signers(cx).filter(|s| s.config.engine == Engine::S3 && !s.url.path.is_empty()) {
        let Some(external) = s.block.external else { continue };
        let bucket = text(s.block.bucket);
        let is_bucket = bucket.is_some() && s.url.path.strip_prefix('/') == bucket;
        let origin = s.url.origin();
        let mut finding = Finding::at(s.config, external);
        if let Some(bucket) = s.block.bucket.filter(|_| is_bucket) {
            finding = finding.because(bucket, "the engine adds the bucket");
        }
        let help = if is_bucket {
            format!("Write `{}={origin}`, without the bucket.", external.name)
        } else {
            format!(
                "Give the store its own host, such as `{}={}`, and have the proxy pass path and Host through unchanged: \
                 `langfuse-blob explain proxy`.",
                external.name,
                s.page.proposed_store_url()
            )
        };
        out.push(
            finding
                .message(format!("{} is {}, expected scheme and host without a path", external.name, shown(external)))
                .help(help)
                .fix(
                    replace_value(external, &origin)
                        .filter(|_| is_bucket && !external.from_wrapper())
                        .map(|e| DraftFix::risky("drop the bucket", e)),
                ),
        );
    }
}

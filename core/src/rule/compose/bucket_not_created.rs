//! `bucket-not-created`.

use super::{creates, files_mention, is_at, left_behind, meant_for_amazon, s3_blocks, store};
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::text::printable::quoted;

rule! {
    /// Nothing in the compose file creates the bucket in its store.
    ///
    /// ## Why
    /// Langfuse never creates an S3 bucket, and MinIO starts without any. The official file runs
    /// `mkdir -p /data/langfuse` before it starts MinIO; another bucket or a custom start command needs the same.
    /// Without it, every request fails with `NoSuchBucket`.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=traces
    /// ```
    ///
    /// ## Use instead
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &storage
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: traces
    ///       LANGFUSE_S3_EVENT_UPLOAD_PREFIX: events/
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: us-east-1
    ///       LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT: http://minio:9000
    ///       LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID: lf-store
    ///       LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: 9f8e7d6c5b4a39281706
    ///       LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE: "true"
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    ///   minio:
    ///     image: cgr.dev/chainguard/minio
    ///     entrypoint: sh
    ///     command: -c 'mkdir -p /data/traces && minio server --address ":9000" /data'
    ///     environment:
    ///       MINIO_ROOT_USER: lf-store
    ///       MINIO_ROOT_PASSWORD: 9f8e7d6c5b4a39281706
    /// ```
    ///
    /// ## Seen in
    /// The start command of `minio` in Langfuse's `docker-compose.yml`.
    BUCKET_NOT_CREATED = "bucket-not-created", Warning, Failure, bucket_not_created
}

fn bucket_not_created(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some((_, store)) = store(cx) else { return };
    for (config, block) in s3_blocks(cx) {
        let Some(bucket) = block.bucket.filter(|_| is_at(block, store)) else { continue };
        let Some(name) = bucket.text() else { continue };
        if creates(store, name) != Some(false)
            || meant_for_amazon(cx, config, block).is_some()
            || left_behind(cx, config, block).is_some()
            // Another service, or Bitnami's image, creates buckets.
            || files_mention(cx, &[" mb ", "\"mb\"", "make-bucket", "create-bucket", "DEFAULT_BUCKETS", "minio/mc", "minio-mc", "minio-client"])
        {
            continue;
        }
        out.push(
            Finding::at(config, bucket)
                .for_block(block)
                .keeps_severity()
                .message(format!(
                    "{} is {}, but nothing in the compose file creates that bucket in `{}`, and neither does Langfuse, so it may not exist",
                    bucket.name,
                    shown(bucket),
                    store.service
                ))
                .help(format!(
                    "Create it in the start command of `{}`: `mkdir -p {}` before `minio server /data`. If you created \
                     it by hand, ignore this.",
                    store.service,
                    quoted(&format!("/data/{name}")).trim_matches('`')
                )),
        );
    }
}

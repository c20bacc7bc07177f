//! `encryption-on-other-store`.

use super::writes;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule, s3_blocks};
use crate::text::printable::quoted;
use crate::variable::UseCase;

rule! {
    /// Server-side encryption is requested on a store other than Amazon S3.
    ///
    /// ## Why
    /// Langfuse sends `x-amz-server-side-encryption` with every write. MinIO without a KMS answers "Server side
    /// encryption specified but KMS is not configured" to both values, Cloudflare R2 lists the header as not
    /// implemented, and `aws:kms` refers to a key in Amazon's KMS. Most stores encrypt without being asked, or can be
    /// configured to.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_SSE=AES256
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// minio/minio#6367, minio/minio#6329, cloudflare/cloudflare-docs#4025
    ENCRYPTION_ON_OTHER_STORE = "encryption-on-other-store", Warning, Failure, encryption_on_other_store
}

fn encryption_on_other_store(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let (Some(sse), Some(endpoint)) = (block.sse, block.endpoint) else { continue };
        let Some(asked) = sse.text().filter(|_| block.use_case != UseCase::Media) else { continue };
        if block.is_aws() || block.endpoint_url().is_none() || !writes(config, block.use_case) {
            continue;
        }
        // Backblaze encrypts with its own keys under that name.
        let taken = asked == "AES256" && block.provider.is_some_and(|p| p.id == "b2");
        let able = asked == "aws:kms" && block.provider.is_some_and(|p| p.kms);
        if taken || able || sse.var.is_some_and(|v| v.row().rejects(asked)) {
            continue;
        }
        let store = block.provider.map_or("this store", |p| p.name);
        out.push(
            Finding::at(config, sse)
                .because(endpoint, "this isn't Amazon S3")
                .message(format!(
                    "{} is {}, but {store} may refuse every write that requests encryption",
                    sse.name,
                    shown(sse)
                ))
                .help(format!(
                    "Remove {} and set up encryption on the store, unless its documentation lists the header \
                     x-amz-server-side-encryption with {}.",
                    sse.name,
                    quoted(asked)
                )),
        );
    }
}

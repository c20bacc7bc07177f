//! `media-sse-breaks-uploads`.

use crate::config::Engine;
use crate::redact::shown;
use crate::rule::finding::{DraftFix, delete};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, UseCase};

rule! {
    /// Media uploads request encryption, so uploads by SDKs and browsers fail.
    ///
    /// ## Why
    /// With LANGFUSE_S3_MEDIA_UPLOAD_SSE set, web signs upload URLs with the header `x-amz-server-side-encryption` (and
    /// the KMS key's, if there is one). A signed header must be sent, but neither Langfuse's SDKs nor its pages send
    /// it: the store answers 403. Amazon S3 encrypts every object anyway; a bucket's default encryption does the same
    /// with a KMS key, without a header.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_SSE=AES256
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
    /// aws/aws-sdk-js-v3#1576, aws/aws-sdk-js-v3#3974; the signed headers observed with the SDK version that Langfuse
    /// pins, and the upload code of langfuse-python and langfuse-js; Amazon S3 documentation, SSE-S3 (every new object
    /// since 5 January 2023).
    MEDIA_SSE_BREAKS_UPLOADS = "media-sse-breaks-uploads", Error, Failure, media_sse_breaks_uploads
}

fn media_sse_breaks_uploads(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(config) = cx.config(Containers::WEB).filter(|c| c.engine == Engine::S3) else { return };
    let block = config.block(UseCase::Media);
    let Some(sse) = block.sse.filter(|_| block.in_use()) else { return };
    // A value that Langfuse rejects never reaches a URL.
    if sse.var.zip(sse.text()).is_some_and(|(v, t)| v.row().rejects(t)) {
        return;
    }
    // Without the method the key would have no effect, so the two go together.
    let key = block.kms_key;
    let edits = delete(sse).and_then(|mut edits| {
        if let Some(key) = key {
            edits.extend(delete(key)?);
        }
        Some(edits)
    });
    let mut finding = Finding::at(config, sse).containers(Containers::WEB).looks_at(block.bucket);
    if let Some(key) = key {
        finding = finding.because(key, "has no effect without it");
    }
    out.push(
        finding
            .message(format!(
                "{} is {}: upload URLs are signed with a header that no Langfuse SDK sends, so the store refuses \
                 uploads",
                sse.name,
                shown(sse)
            ))
            .help(format!(
                "Delete {}{} and set default encryption on the bucket, which needs no header.",
                sse.name,
                key.map_or(String::new(), |k| format!(" and {}", k.name))
            ))
            .fix(edits.map(|e| DraftFix::risky("remove encryption from media uploads", e))),
    );
}

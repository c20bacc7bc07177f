//! `bucket-name-legacy`.

use super::{is_explained_elsewhere, may_be_legacy};
use crate::provider::{self, Provider};
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule, s3_blocks};

rule! {
    /// The bucket name has uppercase letters or underscores.
    ///
    /// ## Why
    /// Amazon S3 allowed such names only in us-east-1 and only until 2018; the other services expect lowercase letters.
    /// MinIO and other self-hosted stores are less strict, so the name may come from one of them. The SDK falls back to
    /// path style for such names.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme_langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// ```
    ///
    /// ## Seen in
    /// Amazon S3 user guide, "General purpose bucket naming rules"; path style observed with the SDK version Langfuse
    /// pins.
    BUCKET_NAME_LEGACY = "bucket-name-legacy", Warning, Failure, bucket_name_legacy
}

/// Whether `provider` rejects `name`: services accept lowercase only; self-hosted stores and Oracle are less strict.
fn refuses(provider: &Provider, name: &str) -> bool {
    let service = provider.hosts.iter().any(|h| h.starts_with('.'));
    let lax = provider.id == "oci" || *provider == provider::AZURE || *provider == provider::AWS;
    let underscore = name.contains('_') && *provider != provider::GCS;
    service && !lax && (underscore || name.bytes().any(|b| b.is_ascii_uppercase()))
}

fn bucket_name_legacy(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Some((bucket, text)) = block.bucket.and_then(|b| Some((b, b.text()?))) else { continue };
        if !text.bytes().any(|b| b.is_ascii_uppercase() || b == b'_') || text.contains('/') {
            continue;
        }
        let why = match block.provider {
            Some(_) if block.is_aws() && may_be_legacy(config, block, text) => {
                "on Amazon S3 only buckets created in us-east-1 before 2018 have such names".to_owned()
            }
            Some(provider) if refuses(provider, text) => {
                format!("{} expects lowercase letters, digits and hyphens", provider.name)
            }
            _ => continue,
        };
        if text.starts_with("arn:") || is_explained_elsewhere(text) {
            continue;
        }
        out.push(
            Finding::at(config, bucket)
                .for_block(block)
                .looks_at(block.endpoint)
                .message(format!("{} is {}, which may not exist: {why}", bucket.name, shown(bucket)))
                .help("Compare it letter by letter with the name in the store's console."),
        );
    }
}

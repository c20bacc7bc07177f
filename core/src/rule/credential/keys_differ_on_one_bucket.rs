//! `keys-differ-on-one-bucket`.

use super::{is_one_store, pairs_of_blocks};
use crate::config::Credentials;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// Two use cases access the same bucket with different keys.
    ///
    /// ## Why
    /// This can be intentional: a policy for each prefix. More often one key was rotated and the other forgotten, or a
    /// copied block was never filled in. Then a single use case fails, weeks later.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_MEDIA_UPLOAD_PREFIX=media/
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=AKIAW8SU3NPCXDYA6L4Q
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=kY0wM3nR9sU5xZ7aC2oD4lG6qK8tE1hBfVjP0N3y
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_MEDIA_UPLOAD_PREFIX=media/
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#5138
    KEYS_DIFFER_ON_ONE_BUCKET = "keys-differ-on-one-bucket", Hint, Advice, keys_differ_on_one_bucket
}

fn keys_differ_on_one_bucket(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, one, other) in pairs_of_blocks(cx) {
        let (Credentials::Pair(a, _), Credentials::Pair(b, _)) = (one.credentials(), other.credentials()) else {
            continue;
        };
        let (Some(first), Some(second)) = (one.bucket, other.bucket) else { continue };
        let same_bucket = first.text().is_some() && first.text() == second.text() && is_one_store(one, other);
        if !same_bucket || a.text().is_none() || b.text().is_none() || a.text() == b.text() {
            continue;
        }
        out.push(
            Finding::at(config, b)
                .because(a, format!("the key for {}", one.use_case.name()))
                .because(second, "for this bucket")
                .looks_at(Some(first))
                .message(format!(
                    "{} and {} share the bucket {} but use different keys",
                    one.use_case.name(),
                    other.use_case.name(),
                    shown(second)
                ))
                .help("Use the same keys for both, unless each has a policy for its own prefix."),
        );
    }
}

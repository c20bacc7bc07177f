//! `one-key-two-secrets`.

use super::{is_one_store, pairs_of_blocks};
use crate::config::Credentials;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// One key ID is set with two different secrets.
    ///
    /// ## Why
    /// A store has one secret per key ID, so one of the two use cases signs with the wrong one and gets
    /// `SignatureDoesNotMatch`. It happens when a key is rotated in one block but not in the other.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#5138, where one of three blocks had the wrong keys.
    ONE_KEY_TWO_SECRETS = "one-key-two-secrets", Error, Failure, one_key_two_secrets
}

fn one_key_two_secrets(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, one, other) in pairs_of_blocks(cx) {
        let (Credentials::Pair(a, first), Credentials::Pair(b, second)) = (one.credentials(), other.credentials())
        else {
            continue;
        };
        let same_id = a.text().is_some() && a.text() == b.text();
        let known = first.text().is_some() && second.text().is_some();
        if !same_id || !known || first.text() == second.text() || !is_one_store(one, other) {
            continue;
        }
        out.push(
            Finding::at(config, second)
                .because(first, "the other secret")
                .because(b, "the same key ID in both")
                .looks_at(Some(a))
                .message(format!(
                    "{} and {} differ, although both belong to the key ID {}",
                    first.name,
                    second.name,
                    shown(b)
                ))
                .help(format!("Set {} and {} to the secret of this key ID.", first.name, second.name)),
        );
    }
}

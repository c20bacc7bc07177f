//! `key-pair-swapped`.

use super::{is_swapped, s3_blocks};
use crate::config::Credentials;
use crate::report::Severity;
use crate::rule::finding::{DraftFix, rename};
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// Key ID and secret are swapped.
    ///
    /// ## Why
    /// The store finds no such key ID and answers `InvalidAccessKeyId`, Cloudflare R2 `Credential access key has length
    /// 64, should be 32`. The secret is also sent and logged as a key ID, and key IDs aren't kept secret.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=hX9vL2mQ8rT4wY6zB1nC3kF5pJ7sD0gAeUiO9M2x
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AKIAQ7RT2MNBVCXZ5K3P
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=hX9vL2mQ8rT4wY6zB1nC3kF5pJ7sD0gAeUiO9M2x
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// ```
    ///
    /// ## Seen in
    /// grafana/loki#9224, for R2's answer; AWS documentation of `GetAccessKeyInfo`, for the shape of key IDs.
    KEY_PAIR_SWAPPED = "key-pair-swapped", Error, Failure, key_pair_swapped
}

fn key_pair_swapped(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Credentials::Pair(id, secret) = block.credentials() else { continue };
        let Some(why) = is_swapped(block.provider, id, secret) else { continue };
        let twice = cx.deployment.duplicates.iter().any(|d| d.kept.name == id.name || d.kept.name == secret.name);
        // If the other value also fits, swapping fixes both. A temporary key is never right.
        let both = block.provider.is_some_and(|p| id.text().is_some_and(|t| p.secret.fits(t)));
        let temporary = secret.text().is_some_and(|t| t.starts_with("ASIA"));
        // Swap the names, so that the fix contains no secret.
        let fix = match (rename(id, &secret.name), rename(secret, &id.name)) {
            (Some(mut edits), Some(back)) if !twice && both && !temporary => {
                edits.extend(back);
                Some(DraftFix::safe("swap the two names", edits))
            }
            _ => None,
        };
        let mut finding = Finding::at(config, id).because(secret, why);
        if let Some(endpoint) = block.endpoint {
            finding = finding.looks_at(Some(endpoint));
        }
        out.push(
            finding
                .severity(if both { Severity::Error } else { Severity::Warning })
                .message(if both {
                    format!("{} and {} are swapped", id.name, secret.name)
                } else {
                    format!("{} is a key ID, and {} isn't: the two may be swapped", secret.name, id.name)
                })
                .help(
                    "Swap the two names. If Langfuse has run like this, it sent the secret as a key ID: create new \
                     keys.",
                )
                .fix(fix),
        );
    }
}

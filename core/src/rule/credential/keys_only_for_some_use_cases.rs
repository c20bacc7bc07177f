//! `keys-only-for-some-use-cases`.

use super::{is_amazon, pairs_of_blocks};
use crate::config::Credentials;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Role, Var, slot, var};

rule! {
    /// One use case has keys, another one on Amazon S3 has none, and no role is in sight.
    ///
    /// ## Why
    /// Each use case has its own keys. Without any, the AWS SDK's default credential chain supplies an identity: a role
    /// of the machine, the task or the pod. If there is none, requests fail with "Could not load credentials from any
    /// providers", and uploads of media answer 500. With a role, the keys of the other use case aren't needed.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
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
    /// A team's guide with keys for events only; langfuse/langfuse#5138
    KEYS_ONLY_FOR_SOME_USE_CASES = "keys-only-for-some-use-cases", Hint, Advice, keys_only_for_some_use_cases
}

fn keys_only_for_some_use_cases(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const IDENTITIES: [Var; 5] = [
        var("AWS_ACCESS_KEY_ID"),
        var("AWS_PROFILE"),
        var("AWS_WEB_IDENTITY_TOKEN_FILE"),
        var("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
        var("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    ];
    for (config, one, other) in pairs_of_blocks(cx) {
        let identity = cx.deployment.platform_identity
            || config.environment.open
            || IDENTITIES.into_iter().any(|v| config.environment.set_value(v).is_some());
        if identity || !is_amazon(config, one) || !is_amazon(config, other) {
            continue;
        }
        let (with, key, without) = match (one.credentials(), other.credentials()) {
            (Credentials::Pair(id, _), Credentials::Chain) => (one, id, other),
            (Credentials::Chain, Credentials::Pair(id, _)) => (other, id, one),
            _ => continue,
        };
        let Some(variable) = slot(without.use_case, Role::AccessKeyId) else { continue };
        out.push(
            Finding::missing(config, variable)
                .because(key, format!("{} sign with this key", with.use_case.name()))
                .message(format!(
                    "{} is not set, so {} needs a role, and none is in sight here",
                    variable.name(),
                    without.use_case.name()
                ))
                .help(format!(
                    "Set {} and {}, or use a role for all use cases.",
                    variable.name(),
                    without.name(Role::SecretAccessKey)
                )),
        );
    }
}

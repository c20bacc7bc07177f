//! `identity-of-another-service`.

use super::is_amazon;
use crate::config::{Block, Credentials, Engine};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Role, Var, slot, var};

rule! {
    /// A use case without keys would use an identity meant for something else.
    ///
    /// ## Why
    /// If a use case has no keys, the AWS SDK uses `AWS_ACCESS_KEY_ID` or `AWS_PROFILE` before any role. Langfuse's
    /// compose file forwards these for Amazon Bedrock. That identity rarely has access to the bucket: S3 answers
    /// `AccessDenied`, although the machine's role would have been allowed.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// AWS_ACCESS_KEY_ID=AKIAW8SU3NPCXDYA6L4Q
    /// AWS_SECRET_ACCESS_KEY=kY0wM3nR9sU5xZ7aC2oD4lG6qK8tE1hBfVjP0N3y
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// AWS_ACCESS_KEY_ID=AKIAW8SU3NPCXDYA6L4Q
    /// AWS_SECRET_ACCESS_KEY=kY0wM3nR9sU5xZ7aC2oD4lG6qK8tE1hBfVjP0N3y
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `docker-compose.yml`, which forwards `AWS_ACCESS_KEY_ID` and `AWS_PROFILE`.
    IDENTITY_OF_ANOTHER_SERVICE = "identity-of-another-service", Warning, Risk, identity_of_another_service
}

fn identity_of_another_service(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const KEY_ID: Var = var("AWS_ACCESS_KEY_ID");
    const SECRET: Var = var("AWS_SECRET_ACCESS_KEY");
    const TOKEN: Var = var("AWS_SESSION_TOKEN");
    const PROFILE: Var = var("AWS_PROFILE");
    for config in cx.configs.iter().filter(|c| c.engine == Engine::S3) {
        let environment = config.environment;
        // The SDK uses these variables only if both are set.
        let pair = environment.set_value(KEY_ID).filter(|_| environment.set_value(SECRET).is_some());
        let Some(identity) = pair.or_else(|| environment.set_value(PROFILE)) else { continue };
        // Temporary keys can be passed only in these variables, so if anything, they're meant for S3.
        let own_pair = |b: &Block<'_>| matches!(b.credentials(), Credentials::Pair(..));
        if environment.set_value(TOKEN).is_some() && !config.used().any(own_pair) || environment.open {
            continue;
        }
        for block in config.used().filter(|b| matches!(b.credentials(), Credentials::Chain) && is_amazon(config, b)) {
            let Some(variable) = slot(block.use_case, Role::AccessKeyId) else { continue };
            out.push(
                Finding::missing(config, variable)
                    .looks_at(block.bucket)
                    .because(identity, "this identity signs its requests")
                    .message(format!(
                        "{} is not set, so requests for {} are signed with the identity from {}",
                        variable.name(),
                        block.use_case.name(),
                        identity.name
                    ))
                    .help(format!(
                        "Set {} and {} for this use case, or remove {} from Langfuse's containers to use a role.",
                        variable.name(),
                        block.name(Role::SecretAccessKey),
                        identity.name
                    )),
            );
        }
    }
}

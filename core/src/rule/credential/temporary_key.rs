//! `temporary-key`.

use super::s3_blocks;
use crate::config::Credentials;
use crate::provider::{self, Shape};
use crate::redact::shown;
use crate::rule::value::is_placeholder;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Kind, Role};

rule! {
    /// A temporary AWS key is used where only permanent keys work.
    ///
    /// ## Why
    /// Key IDs that begin with `ASIA` come from AWS STS and are valid only with a session token. Langfuse has a key ID
    /// and a secret for each use case and nothing for the token, so S3 answers `InvalidAccessKeyId` or `InvalidToken`.
    /// The key also expires with its session, after hours.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=ASIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=hX9vL2mQ8rT4wY6zB1nC3kF5pJ7sD0gAeUiO9M2x
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// AWS_ACCESS_KEY_ID=ASIAQ7RT2MNBVCXZ5K3P
    /// AWS_SECRET_ACCESS_KEY=hX9vL2mQ8rT4wY6zB1nC3kF5pJ7sD0gAeUiO9M2x
    /// AWS_SESSION_TOKEN=IQoJb3JpZ2luX2VjEXkaCWV1LXdlc3QtMSJHMEUCIQD
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `StorageService.ts`, which passes on two fields; AWS documentation of `GetAccessKeyInfo`, on
    /// prefixes.
    TEMPORARY_KEY = "temporary-key", Error, Failure, temporary_key
}

fn temporary_key(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        // A self-hosted store can issue any key ID; another rule recognizes other providers' keys by their shape.
        if block.provider.is_some_and(|p| *p != provider::AWS) {
            continue;
        }
        let Credentials::Pair(id, _) = block.credentials() else { continue };
        let temporary = |t: &&str| t.starts_with("ASIA") && Shape::AwsKeyId.fits(t) && !is_placeholder(Kind::KeyId, t);
        if !id.text().as_ref().is_some_and(temporary) {
            continue;
        }
        out.push(
            Finding::at(config, id)
                .message(format!(
                    "{} is {}, a temporary key, but Langfuse has no variable for its session token",
                    id.name,
                    shown(id)
                ))
                .help(format!(
                    "Use an IAM user's key (`AKIA…`) or a role; or remove {} and {} and give the container \
                     AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.",
                    id.name,
                    block.name(Role::SecretAccessKey)
                )),
        );
    }
}

//! `keys-missing-for-store`.

use super::s3_blocks;
use crate::config::Credentials;
use crate::provider::{self};
use crate::report::Severity;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Role, Var, slot, var};

rule! {
    /// A store other than Amazon S3 is used without keys.
    ///
    /// ## Why
    /// Without keys, the AWS SDK tries its default credential chain: variables, profile, container and instance roles.
    /// MinIO, R2, Google Cloud Storage and similar stores accept none of these identities. The SDK says "Could not load
    /// credentials from any providers", and the media API answers 500 "Failed to get media upload URL". A host that no
    /// provider is known by may be a proxy in front of Amazon S3, where a role works: then it's a warning.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6168
    KEYS_MISSING_FOR_STORE = "keys-missing-for-store", Error, Failure, keys_missing_for_store
}

fn keys_missing_for_store(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const CHAIN: [Var; 2] = [var("AWS_ACCESS_KEY_ID"), var("AWS_SECRET_ACCESS_KEY")];
    const SOURCES: [Var; 2] = [var("AWS_PROFILE"), var("AWS_CONTAINER_CREDENTIALS_FULL_URI")];
    for (config, block) in s3_blocks(cx) {
        let (Credentials::Chain, Some(endpoint), Some(url)) =
            (block.credentials(), block.endpoint, block.endpoint_url())
        else {
            continue;
        };
        // Azure Blob Storage speaks another protocol; another rule reports that.
        if block.provider.is_some_and(|p| p.ambient_credentials) || block.is(&provider::AZURE) {
            continue;
        }
        let environment = config.environment;
        let there = |v| environment.set_value(v).is_some();
        // A profile or a custom credentials endpoint can supply keys for any store.
        let given = CHAIN.into_iter().all(there) || SOURCES.into_iter().any(there);
        let Some(variable) = slot(block.use_case, Role::AccessKeyId).filter(|_| !given && !environment.open) else {
            continue;
        };
        let store = block.provider.map_or(url.host, |p| p.name);
        let certain = block.provider.is_some() || url.is_internal() || url.is_loopback();
        let (severity, works) = if certain { (Severity::Error, "works") } else { (Severity::Warning, "may work") };
        out.push(
            Finding::missing(config, variable)
                .because(endpoint, "this isn't Amazon S3")
                .looks_at(environment.get(variable))
                .severity(severity)
                .message(format!(
                    "{} and its secret are not set, and no AWS role or profile {works} on {}",
                    variable.name(),
                    crate::text::printable::escaped(store)
                ))
                .help(format!(
                    "Set {} and {} to keys from that store.",
                    variable.name(),
                    block.name(Role::SecretAccessKey)
                )),
        );
    }
}

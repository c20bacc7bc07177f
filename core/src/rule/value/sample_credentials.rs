//! `sample-credentials`.

use super::is_sample_pair;
use crate::config::{Credentials, Engine};
use crate::redact::shown;
use crate::report::Severity;
use crate::rule::compose::{is_self_hosted, opens_bundled_store};
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Wrapper;

rule! {
    /// Published sample credentials are used on a store that isn't local.
    ///
    /// ## Why
    /// `minio`/`miniosecret` are the defaults of Langfuse's compose file, `minioadmin` is MinIO's own,
    /// `devstoreaccount1` with its key belongs to the Azurite emulator. On a provider's store they mean that the
    /// defaults leaked through and every request fails with `InvalidAccessKeyId`; on a self-hosted server, that
    /// everyone knows the keys.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.example.com
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=minio
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=miniosecret
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.example.com
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `docker-compose.yml`; the Langfuse documentation's Azure example; MinIO documentation, root access.
    SAMPLE_CREDENTIALS = "sample-credentials", Error, Failure, sample_credentials
}

fn sample_credentials(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| matches!(c.engine, Engine::S3 | Engine::Azure)) {
        for block in config.used() {
            let Credentials::Pair(id, secret) = block.credentials() else { continue };
            // Defaults of the compose file on another store have a rule among the Compose rules.
            if !is_sample_pair(id, secret) || (id.from_wrapper() && config.engine == Engine::S3) {
                continue;
            }
            // Without an endpoint, S3 is Amazon's; a hidden or invalid one says nothing.
            let elsewhere = match (block.endpoint, block.endpoint_url()) {
                (None, _) => config.engine == Engine::S3 && block.is_aws(),
                (Some(_), Some(url)) => url.is_public(),
                (Some(_), None) => false,
            };
            if !elsewhere || opens_bundled_store(cx, block, id, secret) {
                continue;
            }
            // A host that no provider is known by may be a MinIO, where these keys work for everybody.
            let certain = block.provider.is_some_and(|p| !is_self_hosted(p));
            let doubt = if certain { "" } else { ", which may refuse it, or let everybody in" };
            let mut finding = Finding::at(config, id).for_block(block).because(secret, "this is the sample's secret");
            let place = if let Some(endpoint) = block.endpoint {
                finding = finding.because(endpoint, "this store isn't local");
                shown(endpoint)
            } else {
                "Amazon S3".to_owned()
            };
            out.push(
                finding
                    .looks_at(block.bucket)
                    .looks_at(config.region(block))
                    .severity(if certain { Severity::Error } else { Severity::Warning })
                    .message(format!("{} is {}, a published sample key, on {place}{doubt}", id.name, shown(id)))
                    .help(match cx.deployment.wrapper {
                        Wrapper::Compose => format!(
                            "Set {} and {} to keys of that store; if they're unset, the compose file uses its MinIO's.",
                            id.name, secret.name
                        ),
                        _ => format!("Set {} and {} to keys of that store.", id.name, secret.name),
                    }),
            );
        }
    }
}

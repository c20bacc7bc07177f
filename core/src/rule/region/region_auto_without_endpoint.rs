//! `region-auto-without-endpoint`.

use super::s3_blocks;
use crate::config::Config;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Wrapper;
use crate::variable::{Role, slot};

rule! {
    /// Region `auto` without an endpoint sends requests to a host that doesn't exist.
    ///
    /// ## Why
    /// Without an endpoint the SDK builds the host from the region: `s3.auto.amazonaws.com`. That host doesn't resolve
    /// (`getaddrinfo ENOTFOUND s3.auto.amazonaws.com`), and every ingestion request fails with HTTP 500.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-k8s#157
    REGION_AUTO_WITHOUT_ENDPOINT = "region-auto-without-endpoint", Error, Failure, region_auto_without_endpoint
}

fn region_auto_without_endpoint(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Some(region) = config.region(block).filter(|r| r.text() == Some("auto")) else { continue };
        if block.endpoint.is_some() || sdk_endpoint(config) {
            continue;
        }
        let remedy = match cx.deployment.wrapper {
            Wrapper::Helm => {
                "Set `s3.region` to the bucket's region, or `s3.endpoint` if the store isn't Amazon S3.".to_owned()
            }
            _ => format!(
                "On Amazon S3, set the bucket's region, such as `{}=eu-west-1`; for another store, set {}.",
                region.name,
                block.name(Role::Endpoint)
            ),
        };
        out.push(
            Finding::at(config, region)
                .for_block(block)
                .looks_at(block.bucket)
                .lacks(slot(block.use_case, Role::Endpoint))
                .message(format!(
                    "{} is `auto` and {} is not set: requests go to s3.auto.amazonaws.com, which doesn't exist",
                    region.name,
                    block.name(Role::Endpoint)
                ))
                .help(remedy),
        );
    }
}

/// Whether the SDK gets an endpoint from its own environment variables.
fn sdk_endpoint(config: &Config<'_>) -> bool {
    ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"]
        .into_iter()
        .any(|n| config.environment.by_name(n).is_some_and(crate::source::Setting::is_set))
}

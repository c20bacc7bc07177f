//! `endpoint-from-aws-variable`.

use super::{AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, s3_blocks};
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Setting;
use crate::variable::{Role, UseCase, slot};

rule! {
    /// A use case without an endpoint falls back to `AWS_ENDPOINT_URL`.
    ///
    /// ## Why
    /// The AWS SDK reads `AWS_ENDPOINT_URL_S3`, then `AWS_ENDPOINT_URL`, for every client without an endpoint. Langfuse
    /// passes none if the use case's own variable is unset, so events, media or exports go to that URL, and nothing is
    /// logged.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// AWS_ENDPOINT_URL=https://localstack.example.com
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Requests observed with the SDK version Langfuse pins; the AWS SDKs and Tools guide, service-specific endpoints.
    ENDPOINT_FROM_AWS_VARIABLE = "endpoint-from-aws-variable", Warning, Risk, endpoint_from_aws_variable
}

fn endpoint_from_aws_variable(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        if block.endpoint.is_some() || config.environment.open {
            continue;
        }
        let set = |v| config.environment.set_value(v);
        let Some(source) = set(AWS_ENDPOINT_URL_S3).or_else(|| set(AWS_ENDPOINT_URL)) else { continue };
        let ignored = config.environment.by_name("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").and_then(Setting::text);
        let Some(variable) = slot(block.use_case, Role::Endpoint).filter(|_| ignored != Some("true")) else { continue };
        out.push(
            Finding::at(config, source)
                .for_block(block)
                .looks_at(block.bucket)
                .message(format!(
                    "{} is not set, so {} ({}) sets the endpoint for {}",
                    variable.name(),
                    source.name,
                    shown(source),
                    if block.use_case == UseCase::CoreData { "core data" } else { block.use_case.name() }
                ))
                .help(format!(
                    "Set {} to the intended store, or remove {} from Langfuse's containers.",
                    variable.name(),
                    source.name
                )),
        );
    }
}

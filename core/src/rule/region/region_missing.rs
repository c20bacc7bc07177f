//! `region-missing`.

use super::s3_blocks;
use crate::config::Credentials;
use crate::provider::{self};
use crate::report::Severity;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Role, UseCase, slot, var};

rule! {
    /// A use case has no region, which the S3 client requires.
    ///
    /// ## Why
    /// The AWS SDK for JavaScript fails with "Region is missing" on the first request, even if an endpoint is set:
    /// MinIO and R2 also need a region. Langfuse starts, but for events the error ends the process: web exits after the
    /// first event with "unhandledRejection: Error: Region is missing", and the worker at its first job. Uploads of
    /// media answer 500. The SDK falls back to `AWS_REGION`, but not to `AWS_DEFAULT_REGION`. ECS and
    /// EKS inject `AWS_REGION`; plain EC2, Docker and virtual machines don't, so a use case without keys gets a warning
    /// and one with keys an error.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// The IAM role example in the documentation, which sets only the bucket.
    REGION_MISSING = "region-missing", Error, Failure, region_missing
}

fn region_missing(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const DEFAULT_REGION: crate::variable::Var = var("AWS_DEFAULT_REGION");
    // ECS and EKS inject AWS_REGION along with these.
    const PLATFORM: [crate::variable::Var; 3] = [
        var("AWS_WEB_IDENTITY_TOKEN_FILE"),
        var("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
        var("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    ];
    for (config, block) in s3_blocks(cx) {
        let platform = |v| config.environment.set_value(v).is_some();
        let injected = cx.deployment.platform_identity || PLATFORM.into_iter().any(platform);
        if config.region(block).is_some() || config.region_may_come_from_elsewhere() || injected {
            continue;
        }
        // Without a bucket or anything else, that is what's missing.
        let Some(variable) = slot(block.use_case, Role::Region).filter(|_| block.fields().next().is_some()) else {
            continue;
        };
        let chain = matches!(block.credentials(), Credentials::Chain) && block.is_aws();
        let events = config.block(UseCase::Events);
        let fatal = events.region.is_none();
        let consequence = match (fatal, chain) {
            (true, false) => "web and worker exit at the first event with \"Region is missing\"",
            (true, true) => {
                "unless the platform (ECS, EKS) injects AWS_REGION, web and worker may exit at the first event with \
                 \"Region is missing\""
            }
            (false, false) => "every request fails with \"Region is missing\"",
            (false, true) => {
                "requests may fail with \"Region is missing\" unless the platform (ECS, EKS) injects AWS_REGION"
            }
        };
        let example = if block.is_aws() {
            "eu-west-1"
        } else if block.is(&provider::R2) {
            "auto"
        } else {
            "us-east-1"
        };
        let mut finding = Finding::missing(config, variable)
            .looks_at(block.bucket)
            .looks_at(block.endpoint)
            .severity(if chain { Severity::Warning } else { Severity::Error })
            .message(format!("{} is not set: {consequence}", variable.name()))
            .help(format!(
                "Set the bucket's region: `{}={example}`. For a store without regions, use `us-east-1`.",
                variable.name()
            ));
        if let Some(default) = config.environment.set_value(DEFAULT_REGION) {
            finding = finding.because(default, "Langfuse's AWS SDK doesn't read AWS_DEFAULT_REGION");
        }
        for name in ["LANGFUSE_S3_UPLOAD_REGION", "LANGFUSE_S3_REGION", "LANGFUSE_BLOB_STORAGE_REGION", "S3_REGION"] {
            if let Some(unread) = config.environment.by_name(name).filter(|s| s.is_set()) {
                finding = finding.because(unread, "Langfuse doesn't read this name");
            }
        }
        out.push(finding);
    }
}

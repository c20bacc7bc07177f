//! `placeholder-left`.

use super::{came_to_nothing, counts, is_aws_sample, is_placeholder};
use crate::redact::shown;
use crate::report::Severity;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::Kind;

rule! {
    /// A placeholder from a template was never filled in.
    ///
    /// ## Why
    /// Langfuse doesn't validate text, so `<access-key-id>` or `my-bucket-name` starts fine and fails at the first
    /// request: `NoSuchBucket`, `InvalidAccessKeyId`, "Invalid URL". The rule covers placeholders from the
    /// documentation, from Langfuse's own templates and from providers' examples.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=my-bucket-name
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=my-bucket-region
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=hX9vL2mQ8rT4wY6zB1nC3kF5pJ7sD0gAeUiO9M2x
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-k8s#196; the Langfuse documentation's examples; Langfuse's `.env.dev-oci.example`.
    PLACEHOLDER_LEFT = "placeholder-left", Error, Failure, placeholder_left
}

fn placeholder_left(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        for block in config.used() {
            for setting in block.fields() {
                let Some(kind) = setting.var.map(|v| v.row().kind) else { continue };
                let Some(text) = setting.text().filter(|t| is_placeholder(kind, t)) else { continue };
                let credential = matches!(kind, Kind::KeyId | Kind::Secret);
                let own_store = block.endpoint_url().is_some_and(|u| !u.is_public());
                // The samples in AWS's documentation are common keys for a test store.
                let trial = credential && own_store && is_aws_sample(text);
                let nameless = kind == Kind::Endpoint && came_to_nothing(cx, setting);
                if trial || nameless || !counts(config, setting) {
                    continue;
                }
                // A self-hosted store may really have such a password or bucket.
                let works = (credential || kind == Kind::Bucket) && own_store || kind == Kind::Prefix;
                let severity = if works { Severity::Warning } else { Severity::Error };
                let mut finding = Finding::at(config, setting).severity(severity);
                if let Some(endpoint) = block.endpoint.filter(|_| credential) {
                    finding = finding.looks_at(Some(endpoint));
                }
                out.push(
                    finding
                        .message(format!(
                            "{} is {}, a placeholder from a template{}",
                            setting.name,
                            shown(setting),
                            if works { ", which may not be intended" } else { "" }
                        ))
                        .help(format!("Set it to {}.", expected_value(kind))),
                );
            }
        }
    }
}

fn expected_value(kind: Kind) -> &'static str {
    match kind {
        Kind::Bucket => "the name of your bucket",
        Kind::Region => "the region of your bucket, such as `eu-west-1`",
        Kind::Endpoint => "the URL of your store",
        Kind::KeyId => "the key ID from your provider",
        Kind::Secret => "the secret from your provider that belongs to the key ID",
        _ => "your own value",
    }
}

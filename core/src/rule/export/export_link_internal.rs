//! `export-link-internal`.

use super::{outside, signers};
use crate::redact::shown;
use crate::rule::media::{Fault, fault, is_charts_own_store};
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Wrapper;
use crate::variable::{Role, UseCase, slot};

rule! {
    /// Export download links point to a host that is reachable only inside the deployment.
    ///
    /// ## Why
    /// A finished export is downloaded from the store through a presigned URL. Without
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT it is signed for the endpoint that the worker uploads to, such as
    /// `http://minio:9000`, which no browser can resolve: "This site can't be reached". The Helm chart has no value for
    /// the external endpoint.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=us-east-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=lf-exports
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=us-east-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=https://exports.acme.dev
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=lf-exports
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#4369, langfuse/langfuse#6055
    EXPORT_LINK_INTERNAL = "export-link-internal", Error, Failure, export_link_internal
}

fn export_link_internal(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for s in signers(cx).filter(|s| fault(cx, s.page, s.url) == Some(Fault::Inside)) {
        if is_charts_own_store(cx, s.url) {
            continue;
        }
        let Some(variable) = slot(UseCase::Exports, Role::ExternalEndpoint) else { continue };
        let example = outside(cx, s.page, s.block);
        let (finding, message) = match s.block.external {
            Some(external) => (
                Finding::at(s.config, external),
                format!("{} is {}, a host reachable only inside the deployment", external.name, shown(external)),
            ),
            None if s.config.environment.open => continue,
            None => (
                Finding::missing(s.config, variable)
                    .span(s.setting.span())
                    .because(s.setting, "so links are signed for this host"),
                format!(
                    "{} is not set, so download links point to {}, a host reachable only inside the deployment",
                    variable.name(),
                    shown(s.setting)
                ),
            ),
        };
        let place = if cx.deployment.wrapper == Wrapper::Helm { " under `langfuse.additionalEnv`" } else { "" };
        out.push(
            finding.looks_at(s.block.enabled).message(message).help(format!(
                "Set `{}={example}`{place}, the URL at which browsers reach the store.",
                variable.name()
            )),
        );
    }
}

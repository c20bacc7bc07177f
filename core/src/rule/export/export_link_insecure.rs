//! `export-link-insecure`.

use super::signers;
use crate::redact::shown;
use crate::rule::media::{Fault, fault};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::Role;

rule! {
    /// Export download links use HTTP, while Langfuse is opened over HTTPS.
    ///
    /// ## Why
    /// Browsers block HTTP downloads that start on an HTTPS page. Clicking an export does nothing, or the download bar
    /// says "can't be downloaded securely".
    ///
    /// ## Example
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=us-east-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=http://exports.acme.dev
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=lf-exports
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.dev
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
    /// langfuse/langfuse#14299; the Chromium project's announcement on insecure downloads (blocked since Chrome 86).
    EXPORT_LINK_INSECURE = "export-link-insecure", Error, Failure, export_link_insecure
}

fn export_link_insecure(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for s in signers(cx).filter(|s| !s.url.https && fault(cx, s.page, s.url) == Some(Fault::Insecure)) {
        let https_page = s.page.public_url.as_ref().is_some_and(|u| u.https);
        let Some(public) = s.page.public_url_setting().filter(|_| https_page) else { continue };
        let name = s.block.name(Role::ExternalEndpoint);
        out.push(
            Finding::at(s.config, s.setting)
                .because(public, "pages are served over HTTPS")
                .message(format!(
                    "{} is {}: browsers block HTTP downloads from an HTTPS page",
                    s.setting.name,
                    shown(s.setting)
                ))
                .help(format!(
                    "Put the store behind a host with a TLS certificate and set `{name}=https://…` to it; uploads \
                     inside the network can stay on HTTP."
                )),
        );
    }
}

//! `oci-endpoint-not-native`.

use super::USE_OCI;
use crate::config::Engine;
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// The native Oracle engine is on, but the endpoint is the S3-compatible API's.
    ///
    /// ## Why
    /// `<namespace>.compat.objectstorage.<region>.oraclecloud.com` speaks S3 only. The native engine sends Oracle's own
    /// requests to the endpoint as it is, from `GetNamespace` on, and they fail there. Its host is
    /// `objectstorage.<region>.oraclecloud.com`; without an endpoint the SDK derives it from the region.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE=true
    /// LANGFUSE_OCI_AUTH_TYPE=instance_principal
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-frankfurt-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acme.compat.objectstorage.eu-frankfurt-1.oraclecloud.com
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE=true
    /// LANGFUSE_OCI_AUTH_TYPE=instance_principal
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-frankfurt-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://objectstorage.eu-frankfurt-1.oraclecloud.com
    /// ```
    ///
    /// ## Seen in
    /// A team's runbook; `OCIObjectStorageService.initClient` in Langfuse's `StorageService.ts`.
    OCI_ENDPOINT_NOT_NATIVE = "oci-endpoint-not-native", Error, Failure, oci_endpoint_not_native
}

fn oci_endpoint_not_native(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine == Engine::Oci) {
        for block in config.used() {
            let (Some(endpoint), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
            let oracle = url.is_under("oraclecloud.com") || url.is_under("oci.customer-oci.com");
            let labels: Vec<&str> = url.host.split('.').collect();
            let compat = |l: &&str| l.eq_ignore_ascii_case("compat") || l.eq_ignore_ascii_case("vhcompat");
            let Some(at) = labels.iter().position(compat).filter(|_| oracle) else { continue };
            let rest = labels.iter().skip(at.saturating_add(1)).copied().collect::<Vec<_>>().join(".");
            let right = format!("https://{rest}");
            let mut finding = Finding::at(config, endpoint);
            if let Some(switch) = config.environment.set_value(USE_OCI) {
                finding = finding.because(switch, "the native engine is on");
            }
            out.push(
                finding
                    .message(format!(
                        "{} is {}, Oracle's S3-compatible API, but the active engine is Oracle's native one",
                        endpoint.name,
                        shown(endpoint)
                    ))
                    .help(format!(
                        "Set `{}={right}`, or leave it out: the SDK derives the host from the region.",
                        endpoint.name
                    ))
                    .fix(replace_value(endpoint, &right).map(|e| DraftFix::safe("use the native API's host", e))),
            );
        }
    }
}

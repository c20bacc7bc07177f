//! `oci-auth-type-missing`.

use super::{AUTH_TYPE, USE_OCI};
use crate::config::Engine;
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// The Oracle engine is on, but no authentication type is set.
    ///
    /// ## Why
    /// Langfuse has no default: the first request throws "OCI auth not configured: set LANGFUSE_OCI_AUTH_TYPE". The
    /// official compose file sets `workload_identity`, which works only on Oracle's Kubernetes.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-frankfurt-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE=true
    /// LANGFUSE_OCI_AUTH_TYPE=instance_principal
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-frankfurt-1
    /// ```
    ///
    /// ## Seen in
    /// `OCIObjectStorageService` in Langfuse's `packages/shared/src/server/services/StorageService.ts`;
    /// langfuse/langfuse#12379.
    OCI_AUTH_TYPE_MISSING = "oci-auth-type-missing", Error, Failure, oci_auth_type_missing
}

fn oci_auth_type_missing(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine == Engine::Oci && !c.environment.open) {
        let Some(switch) = config.environment.get(USE_OCI) else { continue };
        if config.environment.set_value(AUTH_TYPE).is_some() {
            continue;
        }
        out.push(
            Finding::missing(config, AUTH_TYPE)
                .span(switch.span())
                .because(switch, "the Oracle engine is on")
                .message(format!("{} is not set, so the Oracle engine fails at its first use", AUTH_TYPE.name()))
                .help(format!(
                    "Set `{}=instance_principal` on a compute instance, `workload_identity` on Oracle's Kubernetes, \
                     `resource_principal` in a function, or `oci_profile` with a mounted configuration file.",
                    AUTH_TYPE.name()
                )),
        );
    }
}

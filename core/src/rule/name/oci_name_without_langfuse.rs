//! `oci-name-without-langfuse`.

use super::{is_free, replacement_of, retired_names};
use crate::report::Severity;
use crate::rule::{Context, Findings, rule};
use crate::variable::{Var, var};

rule! {
    /// The OCI configuration uses Oracle's variable names instead of Langfuse's.
    ///
    /// ## Why
    /// Langfuse reads `LANGFUSE_OCI_CONFIG_FILE` and `LANGFUSE_OCI_CONFIG_PROFILE`. Its own sample for Oracle omits the
    /// `LANGFUSE_` prefix. Langfuse doesn't read those names, so `oci_profile` and `session_token` authentication finds
    /// no profile.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE=true
    /// LANGFUSE_OCI_AUTH_TYPE=oci_profile
    /// OCI_CONFIG_FILE=/etc/oci/config
    /// OCI_CONFIG_PROFILE=LANGFUSE
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-frankfurt-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE=true
    /// LANGFUSE_OCI_AUTH_TYPE=oci_profile
    /// LANGFUSE_OCI_CONFIG_FILE=/etc/oci/config
    /// LANGFUSE_OCI_CONFIG_PROFILE=LANGFUSE
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-frankfurt-1
    /// ```
    ///
    /// ## Seen in
    /// `.env.dev-oci.example` of Langfuse, compared with `packages/shared/src/env.ts`.
    OCI_NAME_WITHOUT_LANGFUSE = "oci-name-without-langfuse", Error, Failure, oci_name_without_langfuse
}

fn oci_name_without_langfuse(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const AUTH: Var = var("LANGFUSE_OCI_AUTH_TYPE");
    retired_names(
        cx,
        out,
        |r| r.name.starts_with("OCI_"),
        |cx, d| {
            let by_file = matches!(d.config.environment.text(AUTH), Some("oci_profile" | "session_token"));
            let oci = d.config.engine == crate::config::Engine::Oci;
            // Elsewhere these names are for Oracle's own tools, which is fine.
            (oci && by_file && replacement_of(d.name).is_some_and(|h| is_free(cx, h))).then_some(Severity::Error)
        },
    );
}

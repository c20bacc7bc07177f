//! `core-data-name-mixed-up`.

use super::retired_names;
use crate::report::Severity;
use crate::rule::{Context, Findings, rule};

rule! {
    /// A core data variable mixes up the block's two name prefixes.
    ///
    /// ## Why
    /// The switch is `LANGFUSE_S3_CORE_DATA_EXPORT_IS_ENABLED`; everything else in the block starts with
    /// `LANGFUSE_S3_CORE_DATA_UPLOAD_`. Langfuse's schema declares two names with `EXPORT` that no code reads.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_CORE_DATA_EXPORT_IS_ENABLED=true
    /// LANGFUSE_S3_CORE_DATA_EXPORT_BUCKET=acme-core
    /// LANGFUSE_S3_CORE_DATA_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_CORE_DATA_EXPORT_IS_ENABLED=true
    /// LANGFUSE_S3_CORE_DATA_UPLOAD_BUCKET=acme-core
    /// LANGFUSE_S3_CORE_DATA_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// `packages/shared/src/env.ts` compared with `worker/src/env.ts` of Langfuse.
    CORE_DATA_NAME_MIXED_UP = "core-data-name-mixed-up", Error, Ignored, core_data_name_mixed_up
}

fn core_data_name_mixed_up(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    retired_names(cx, out, |r| r.name.contains("CORE_DATA"), |_, _| Some(Severity::Error));
}

//! `variable-retired`.

use super::{V3, is_free, replacement_of, retired_names};
use crate::report::Severity;
use crate::rule::{Context, Findings, rule};
use crate::variable::Gone;

rule! {
    /// Langfuse no longer reads this variable.
    ///
    /// ## Why
    /// Langfuse silently ignores it. `LANGFUSE_S3_EVENT_UPLOAD_ENABLED=false` doesn't turn event upload off, which has
    /// been mandatory since v3.0.0. The `S3_*` names are those of Langfuse v2 for exports.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENABLED=false
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-terraform-azure#16, langfuse/langfuse#6383; removed in langfuse/langfuse#4498 and
    /// langfuse/langfuse#4511
    VARIABLE_RETIRED = "variable-retired", Warning, Ignored, variable_retired
}

fn variable_retired(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    retired_names(
        cx,
        out,
        |r| r.gone == Gone::Removed,
        |cx, d| {
            if cx.is_older(d.config.containers, V3) {
                return None;
            }
            // Names this generic may be another program's if Langfuse's own variable is set.
            let others = d.name.starts_with("S3_") && replacement_of(d.name).is_some_and(|h| !is_free(cx, h));
            Some(if others { Severity::Hint } else { Severity::Warning })
        },
    );
}

//! `unused-suppression`.

use crate::rule::{Context, Findings, rule};

rule! {
    /// A comment suppresses a rule that doesn't fire there.
    ///
    /// ## Why
    /// A suppression that outlives its reason hides the next mistake on that line. One with a misspelled rule name
    /// suppresses nothing.
    ///
    /// ## Example
    /// ```dotenv
    /// # langfuse-blob: ignore region-auto-without-endpoint -- the endpoint is set elsewhere
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Every linter's issue tracker; nothing specific to Langfuse.
    UNUSED_SUPPRESSION = "unused-suppression", Warning, Ignored, reported_by_the_suppression_itself
}

/// Whether a suppression is used is known only after all rules have run, so `report::suppress` reports it.
fn reported_by_the_suppression_itself(_: &Context<'_>, _: &mut Findings<'_, '_>) {}

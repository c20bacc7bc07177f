//! `variable-in-wrong-block`.

use super::misplaced;
use crate::rule::finding::DraftFix;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::UseCase;

rule! {
    /// A block sets another use case's variable instead of its own.
    ///
    /// ## Why
    /// People copy a block and edit its names; a name they miss is still the first use case's. The last line with a
    /// name wins, so the first use case gets the wrong value and the second none. If only one of the two keys is set,
    /// Langfuse drops it, and only exports fail with "Could not load credentials from any providers".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAW8SU3NPCXDYA6L4Q
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=kY0wM3nR9sU5xZ7aC2oD4lG6qK8tE1hBfVjP0N3y
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=AKIAW8SU3NPCXDYA6L4Q
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=kY0wM3nR9sU5xZ7aC2oD4lG6qK8tE1hBfVjP0N3y
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#5138
    VARIABLE_IN_WRONG_BLOCK = "variable-in-wrong-block", Error, Failure, variable_in_wrong_block
}

fn variable_in_wrong_block(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for duplicate in &cx.deployment.duplicates {
        let Some((setting, intended)) = misplaced(cx, duplicate) else { continue };
        let Some(config) = cx.configs.first() else { continue };
        let other = if setting.place == duplicate.lost.place { &duplicate.kept } else { &duplicate.lost };
        let use_case = intended.row().use_case.map_or("", UseCase::name);
        let edits = crate::rule::finding::rename(setting, intended.name());
        out.push(
            Finding::at(config, setting)
                .because(other, "the use case's own line")
                .message(format!(
                    "{} is set again, among the settings for {use_case}, where {} is missing",
                    setting.name,
                    intended.name()
                ))
                .help(format!("Rename this line to {}.", intended.name()))
                .fix(edits.map(|e| DraftFix::risky(format!("rename to {}", intended.name()), e))),
        );
    }
}

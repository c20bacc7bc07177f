//! `storage-settings-before-v3`.

use super::V3;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::UseCase;

rule! {
    /// Langfuse before v3 keeps events in Postgres and doesn't use most storage settings.
    ///
    /// ## Why
    /// The object store came with v3. A v2 image accepts the settings, but traces still go to Postgres; the media and
    /// event buckets stay empty.
    ///
    /// ## Example
    /// ```dotenv version=2.95.0
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv version=3.0.0
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#4369; the v2 to v3 guide in the Langfuse documentation.
    STORAGE_SETTINGS_BEFORE_V3 = "storage-settings-before-v3", Hint, Ignored, storage_settings_before_v3
}

fn storage_settings_before_v3(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| cx.is_older(c.containers, V3)) {
        let Some(setting) = config.block(UseCase::Events).bucket.or(config.block(UseCase::Media).bucket) else {
            continue;
        };
        out.push(
            Finding::at(config, setting)
                .message(format!("{} is set, but Langfuse before v3 keeps events in Postgres", setting.name))
                .help(
                    "Upgrade to v3 or later with Langfuse's upgrade guide; until then these settings have no effect.",
                ),
        );
    }
}

//! `slowdown-not-recognized`.

use super::SLOWDOWN;
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// The slow-down switch is on, but Langfuse hardly ever detects a slow-down.
    ///
    /// ## Why
    /// When the store answers `SlowDown`, a project should move to a slower queue. The check looks at the error's name
    /// and text, but by then Langfuse has wrapped it ("Failed to upload JSON to S3"), and the store's own error is only
    /// its cause. According to the code of v4.16.0, uploads and downloads never trigger it.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_RATE_ERROR_SLOWDOWN_ENABLED=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// `handleStorageError` in Langfuse's `packages/shared/src/server/services/StorageService.ts` and
    /// `isS3SlowDownError` in its `packages/shared/src/server/redis/s3SlowdownTracking.ts`.
    SLOWDOWN_NOT_RECOGNIZED = "slowdown-not-recognized", Hint, Ignored, slowdown_not_recognized
}

fn slowdown_not_recognized(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        let Some(setting) = config.environment.set_value(SLOWDOWN).filter(|s| s.text() == Some("true")) else {
            continue;
        };
        out.push(
            Finding::at(config, setting)
                .message(format!(
                    "{} is `true`, but Langfuse wraps the store's error before it looks for SlowDown, so it probably \
                     never acts",
                    setting.name
                ))
                .help("Don't rely on it: ask the store for a higher rate limit, or lower the load."),
        );
    }
}

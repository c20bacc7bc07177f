//! `storage-settings-in-instrumented-app`.

use super::SERVER;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Wrapper;
use crate::variable::UseCase;

rule! {
    /// Storage settings are set on the application that sends traces, not on Langfuse.
    ///
    /// ## Why
    /// The SDKs read `LANGFUSE_PUBLIC_KEY` and `LANGFUSE_SECRET_KEY` and upload media with presigned URLs from
    /// Langfuse. They don't read `LANGFUSE_S3_` variables: those belong on langfuse-web and langfuse-worker.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_PUBLIC_KEY=pk-lf-1
    /// LANGFUSE_SECRET_KEY=sk-lf-8d7c6b5a
    /// LANGFUSE_HOST=https://langfuse.example.com
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// DATABASE_URL=postgresql://langfuse@postgres:5432/langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6188, langfuse/langfuse#5250
    STORAGE_SETTINGS_IN_INSTRUMENTED_APP = "storage-settings-in-instrumented-app", Hint, Ignored, storage_settings_in_instrumented_app
}

fn storage_settings_in_instrumented_app(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    // One file for a whole compose project may have the application's keys next to the server's.
    if cx.deployment.wrapper != Wrapper::Raw {
        return;
    }
    for config in cx.configs {
        let Some(bucket) = config.block(UseCase::Events).bucket else { continue };
        let unknown = || config.environment.iter().filter(|s| s.var.is_none());
        let Some(key) = unknown().find(|s| s.name == "LANGFUSE_PUBLIC_KEY") else { continue };
        if unknown().any(|s| SERVER.contains(&s.name.as_ref())) || config.public_url_setting().is_some() {
            continue;
        }
        out.push(
            Finding::at(config, bucket)
                .because(key, "this is for the application that sends traces")
                .message(format!("{} is set next to the keys of an SDK, which doesn't read it", bucket.name))
                .help("Set the storage variables on langfuse-web and langfuse-worker, not in the instrumented application."),
        );
    }
}

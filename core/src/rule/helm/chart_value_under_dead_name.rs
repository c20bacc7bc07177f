//! `chart-value-under-dead-name`.

use super::{at_value, ineffective};
use crate::config::Config;
use crate::rule::{Context, Findings, rule};
use crate::source::{IneffectiveKind, Setting};
use crate::text::printable::quoted;
use crate::variable::{Containers, UseCase};

rule! {
    /// A media limit that the chart passes under a name that Langfuse doesn't read.
    ///
    /// ## Why
    /// The chart passes `maxContentLength` and `downloadUrlExpirySeconds` as
    /// `LANGFUSE_S3_MEDIA_UPLOAD_MAX_CONTENT_LENGTH` and `LANGFUSE_S3_MEDIA_UPLOAD_DOWNLOAD_URL_EXPIRY_SECONDS`.
    /// Langfuse reads both names without `UPLOAD_`, so it keeps 1000000000 bytes and 3600 seconds.
    ///
    /// ## Example
    /// ```helm
    /// s3:
    ///   mediaUpload:
    ///     downloadUrlExpirySeconds: 600
    /// ```
    ///
    /// ## Use instead
    /// ```helm
    /// langfuse:
    ///   additionalEnv:
    ///     - name: LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS
    ///       value: "600"
    /// ```
    ///
    /// ## Seen in
    /// `langfuse.s3Env` in the chart's `_helpers.tpl`, against Langfuse's `web/src/env.mjs`.
    CHART_VALUE_UNDER_DEAD_NAME = "chart-value-under-dead-name", Warning, Ignored, chart_value_under_dead_name
}

fn chart_value_under_dead_name(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for unused in ineffective(cx, IneffectiveKind::DeadName) {
        let (emitted, read) = if unused.path.ends_with("maxContentLength") {
            ("LANGFUSE_S3_MEDIA_UPLOAD_MAX_CONTENT_LENGTH", "LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH")
        } else {
            ("LANGFUSE_S3_MEDIA_UPLOAD_DOWNLOAD_URL_EXPIRY_SECONDS", "LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS")
        };
        // If the real name is also set, somebody has noticed.
        let set = |c: &Config<'_>| c.environment.open || c.environment.by_name(read).is_some_and(Setting::is_set);
        let Some(web) = cx.config(Containers::WEB).filter(|c| !set(c)) else { continue };
        out.push(
            at_value(unused)
                .containers(Containers::WEB)
                .for_block(web.block(UseCase::Media))
                .variable(emitted)
                .message(format!(
                    "`{}` is {}, but the chart passes it as {emitted}, a name that Langfuse doesn't read",
                    unused.path,
                    quoted(&unused.value)
                ))
                .help(format!(
                    "Remove it and write the number, in quotes, as an entry in `langfuse.additionalEnv` with `name: \
                     {read}`."
                )),
        );
    }
}

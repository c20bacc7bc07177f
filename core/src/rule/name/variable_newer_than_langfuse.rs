//! `variable-newer-than-langfuse`.

use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, Var};

rule! {
    /// The Langfuse release in use doesn't support the variable yet.
    ///
    /// ## Why
    /// A release silently ignores variables that were added later. People pin images but read the latest documentation,
    /// so they copy settings that the running release doesn't have: Google's own API before v3.46.0, encryption before
    /// v3.62.0.
    ///
    /// ## Example
    /// ```dotenv version=3.60.0
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_SSE=AES256
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv version=3.62.0
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_SSE=AES256
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6317, where the engine switch had no effect; release tags of Langfuse.
    VARIABLE_NEWER_THAN_LANGFUSE = "variable-newer-than-langfuse", Warning, Ignored, variable_newer_than_langfuse
}

fn variable_newer_than_langfuse(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    if cx.version.is_none() && cx.deployment.versions.is_empty() {
        return;
    }
    for config in cx.configs {
        for setting in config.environment.iter() {
            let Some(row) = setting.var.map(Var::row) else { continue };
            let Some(since) = row.since.filter(|_| setting.is_set() && !row.unused) else { continue };
            let mut older = Containers::NONE;
            for one in [Containers::WEB, Containers::WORKER] {
                if config.containers.and(row.readers).meets(one) && cx.is_older(one, since) {
                    older = older.or(one);
                }
            }
            if older.is_empty() || cx.deployment.is_default(older, setting) {
                continue;
            }
            let running = cx.version(older).map_or_else(String::new, |v| format!("; this is {v}"));
            let mut finding = Finding::at(config, setting).containers(older);
            let tag = cx.deployment.versions.iter().find(|(c, _, _)| c.meets(older)).and_then(|(_, _, span)| *span);
            if let Some(span) = tag.filter(|_| cx.version.is_none()) {
                finding = finding.related(Some(span), "the release is set here");
            }
            out.push(
                finding
                    .message(format!(
                        "{} is {}, but Langfuse reads it only from {since} on{running}",
                        row.name,
                        shown(setting)
                    ))
                    .help(format!("Upgrade Langfuse to {since} or later, or delete the line.")),
            );
        }
    }
}

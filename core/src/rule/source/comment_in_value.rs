//! `comment-in-value`.

use super::{is_bare, text_kind};
use crate::redact::{hides, shown};
use crate::report::Severity;
use crate::rule::finding::{DraftFix, trim_value};
use crate::rule::text::{comment_at, in_quotes};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::Kind;

rule! {
    /// A comment is part of the value.
    ///
    /// ## Why
    /// Docker Compose drops a comment only if there is a space before the `#` and the value isn't in quotes. `docker
    /// run --env-file` and systemd drop none, so the bucket's name is `langfuse # container`. The documentation's Azure
    /// example has comments after its values.
    ///
    /// ## Example
    /// ```dotenv dialect=docker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events # production
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv dialect=docker
    /// # production
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Docker documentation, "Set environment variables within your container's environment", syntax of env files.
    COMMENT_IN_VALUE = "comment-in-value", Error, Failure, comment_in_value
}

fn comment_in_value(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        for setting in config.environment.iter() {
            let Some(text) = setting.text_with_special_chars().filter(|t| t.contains('#')) else { continue };
            let Some(kind) = text_kind(config, setting) else { continue };
            let Some(comment) = comment_at(kind, text) else { continue };
            let bare = text.get(..comment).unwrap_or("").trim_end();
            let unquoted = in_quotes(bare).unwrap_or(bare);
            let head = usize::from(unquoted.len() < bare.len());
            let tail = text.len().saturating_sub(unquoted.len()).saturating_sub(head);
            let spaced = text.get(comment..).is_some_and(|c| c.starts_with("# "));
            let certain = spaced && comment > bare.len() && !hides(setting);
            // A secret or a prefix may contain a `#`.
            let sure = matches!(kind, Kind::Region | Kind::Bucket | Kind::Endpoint | Kind::KeyId);
            let doubt = if sure { "" } else { ", which may not be intended" };
            let usable = !unquoted.is_empty() && unquoted.bytes().all(is_bare);
            let fix = usable.then(|| trim_value(setting, head, tail)).flatten().map(|edits| {
                let title = "remove the comment";
                if certain { DraftFix::safe(title, edits) } else { DraftFix::risky(title, edits) }
            });
            out.push(
                Finding::at(config, setting)
                    .severity(if sure { Severity::Error } else { Severity::Warning })
                    .message(format!(
                        "{} is {}: everything from the `#` on is part of the value{doubt}",
                        setting.name,
                        shown(setting)
                    ))
                    .help(if bare.is_empty() {
                        format!("Put the comment on its own line, and give {} a value or remove it.", setting.name)
                    } else {
                        "Put the comment on its own line, above the variable.".to_owned()
                    })
                    .fix(fix),
            );
        }
    }
}

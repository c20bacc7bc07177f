//! `whitespace-in-name`.

use super::{counts, has_stray_whitespace, trimmed, whitespace_in, without_whitespace};
use crate::redact::shown;
use crate::report::Severity;
use crate::rule::finding::DraftFix;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::Kind;

rule! {
    /// A bucket or a prefix has whitespace around it.
    ///
    /// ## Why
    /// Nothing trims it. A bucket with a space is requested as `my-bucket%20`, and the store answers `NoSuchBucket`; a
    /// prefix with a space creates keys with a space, next to the existing ones.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET="acme-events "
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET="acme-events"
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Observed with the SDK version that Langfuse pins.
    WHITESPACE_IN_NAME = "whitespace-in-name", Error, Failure, whitespace_in_name
}

fn whitespace_in_name(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        for block in config.used() {
            for setting in [block.bucket, block.prefix].into_iter().flatten() {
                let kind = setting.var.map_or(Kind::Bucket, |v| v.row().kind);
                let Some(text) = setting
                    .text_with_special_chars()
                    .filter(|t| has_stray_whitespace(kind, t) && counts(config, setting))
                else {
                    continue;
                };
                let is_bucket = kind == Kind::Bucket;
                let fix = trimmed(setting).map(|edits| {
                    let title = "trim the whitespace";
                    // No bucket has such a name, but objects under such a prefix may exist.
                    if is_bucket { DraftFix::safe(title, edits) } else { DraftFix::risky(title, edits) }
                });
                out.push(
                    Finding::at(config, setting)
                        .severity(if is_bucket { Severity::Error } else { Severity::Warning })
                        .message(format!(
                            "{} is {}, which {}{}",
                            setting.name,
                            shown(setting),
                            whitespace_in(text),
                            if is_bucket { "" } else { ", so other tools may miss its objects" }
                        ))
                        .help(if is_bucket {
                            without_whitespace(cx, setting)
                        } else {
                            format!(
                                "Write the prefix without it; objects already written under {} keep their keys.",
                                shown(setting)
                            )
                        })
                        .fix(fix),
                );
            }
        }
    }
}

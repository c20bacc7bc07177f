//! `dollar-in-secret`.

use super::{is_whole_reference, setting_of};
use crate::rule::finding::DraftFix;
use crate::rule::value::counts;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Line;
use crate::text::printable::is_unprintable;
use crate::text::span::Span;
use crate::variable::Kind;

rule! {
    /// A `$` in a secret is read as the start of a variable.
    ///
    /// ## Why
    /// Docker Compose expands `$name` and `${name}` in an env file, even in double quotes. A secret such as `pa$sword`
    /// loses everything from the `$` to the end of the name, and the store answers `SignatureDoesNotMatch`. Compose
    /// prints "The … variable is not set. Defaulting to a blank string" once and starts.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c$b4a39281706
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY='9f8e7d6c$b4a39281706'
    /// ```
    ///
    /// ## Seen in
    /// Docker documentation, "Set, use, and manage variables in a Compose file with interpolation".
    DOLLAR_IN_SECRET = "dollar-in-secret", Warning, Failure, dollar_in_secret
}

fn dollar_in_secret(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for line in cx.deployment.lines.iter().filter(|l| !l.unset.is_empty()) {
        for config in cx.configs {
            let Some(setting) = setting_of(config, line) else { continue };
            let secret = setting.var.is_some_and(|v| v.row().kind == Kind::Secret);
            if !secret || is_whole_reference(cx.deployment.slice(line.place.value)) {
                continue;
            }
            if setting.is_set() && !counts(config, setting) {
                continue;
            }
            out.push(
                Finding::at(config, setting)
                    .keeps_severity()
                    .message(format!(
                        "{} contains a `$` that docker compose reads as a variable: part of the secret may be lost",
                        setting.name
                    ))
                    .help("Put the secret in single quotes, or write `$$` for each `$`.")
                    .fix(in_single_quotes(cx, line)),
            );
        }
    }
}

/// Puts single quotes around the value of `line` without repeating it.
fn in_single_quotes(cx: &Context<'_>, line: &Line) -> Option<DraftFix> {
    let value = line.place.value;
    let text = cx.deployment.slice(value);
    if text.is_empty() || text.contains(|c: char| matches!(c, '\'' | '\\') || is_unprintable(c)) {
        return None;
    }
    let (start, end) = match line.place.quote {
        None => (Span::at(value.file, value.start), Span::at(value.file, value.end)),
        Some('"') => (
            Span::new(value.file, value.start.saturating_sub(1), value.start),
            Span::new(value.file, value.end, value.end.saturating_add(1)),
        ),
        Some(_) => return None,
    };
    // Only the author knows whether the variable was intended.
    Some(DraftFix::risky("put the secret in single quotes", vec![(start, "'".into()), (end, "'".into())]))
}

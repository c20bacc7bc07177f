//! `prefix-with-empty-segment`.

use super::{has_empty_segment, known_prefix, overlap, prefixed, prefixes, same_bucket, without_empty_segments};
use crate::provider;
use crate::redact::shown;
use crate::report::Severity;
use crate::rule::endpoint::write;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// A prefix begins with `/` or contains `//`.
    ///
    /// ## Why
    /// Keys aren't paths: a leading slash or two in a row create a segment without a name, which most tools show as a
    /// directory with an empty name. MinIO refuses such keys ("Object name contains unsupported characters", "Object
    /// name contains a leading slash"), and then every upload fails.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=/events/
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// minio/minio#5874, minio/minio#7746
    PREFIX_WITH_EMPTY_SEGMENT = "prefix-with-empty-segment", Warning, Failure, prefix_with_empty_segment
}

fn prefix_with_empty_segment(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block, prefix, text) in prefixes(cx) {
        if !has_empty_segment(text) {
            continue;
        }
        let Some(variable) = prefix.var else { continue };
        let right = without_empty_segments(text);
        let collides = prefixed(config).any(|b| {
            b.use_case != block.use_case
                && same_bucket(config, block, b)
                && overlap(&right, known_prefix(config, b).unwrap_or("/"))
        });
        let help = if right.is_empty() {
            format!("Remove {}: unset means the bucket's root.", prefix.name)
        } else {
            format!("{}; objects already stored stay under the old keys.", write(cx, variable, &right))
        };
        let (severity, refused) = if block.is(&provider::MINIO) {
            (Severity::Error, ", and MinIO refuses such keys")
        } else {
            (Severity::Warning, ", and the store may refuse such keys")
        };
        let edits = replace_value(prefix, &right).filter(|_| !collides);
        out.push(
            Finding::at(config, prefix)
                .for_block(block)
                .message(format!(
                    "{} is {}, which puts an empty segment into every key{refused}",
                    prefix.name,
                    shown(prefix)
                ))
                .severity(severity)
                .help(help)
                .fix(edits.map(|e| DraftFix::risky(format!("write `{right}`"), e))),
        );
    }
}

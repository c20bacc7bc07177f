//! `prefixes-overlap`.

use super::{overlap, prefixed, shares, usual_prefix};
use crate::config::placeholder::is_placeholder;
use crate::redact::shown;
use crate::rule::endpoint::{place, write};
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::{Setting, Value};
use crate::text::printable::quoted;
use crate::variable::{Kind, Role, UseCase, slot};

rule! {
    /// Two use cases share a bucket, and their prefixes don't separate them.
    ///
    /// ## Why
    /// Keys don't collide, but lifecycle, replication and access rules match by prefix. The expiry that raw events
    /// need, 30 days for example, then also deletes media, and deleted media can't be recovered. The chart's defaults
    /// are such a case: one bucket, no prefixes. With defaults alone, this is only a hint.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_PREFIX=media/
    /// ```
    ///
    /// ## Seen in
    /// The Langfuse chart's values; langfuse/langfuse#5683 and langfuse/langfuse#12555 on expiring events.
    PREFIXES_OVERLAP = "prefixes-overlap", Warning, Risk, prefixes_overlap
}

fn noun(use_case: UseCase) -> &'static str {
    match use_case {
        UseCase::Events => "events",
        UseCase::Media => "media",
        UseCase::Exports => "exports",
        UseCase::CoreData => "core data",
    }
}

fn prefixes_overlap(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        for block in prefixed(config) {
            let mut earlier = prefixed(config).take_while(|b| b.use_case != block.use_case);
            let Some((other, (own, theirs))) = earlier.find_map(|b| Some((b, shares(config, block, b)?))) else {
                continue;
            };
            let Some(variable) = slot(block.use_case, Role::Prefix) else { continue };
            let Some(others) = slot(other.use_case, Role::Prefix) else { continue };
            // A bucket that is still to be named may become two.
            let named = |b: &&Setting| b.text().is_none_or(|t| !is_placeholder(Kind::Bucket, t));
            let Some(bucket) = block.bucket.filter(named) else { continue };
            let say = |prefix: &str| if prefix.is_empty() { "the root".to_owned() } else { quoted(prefix) };
            let finding = match block.prefix {
                Some(prefix) => Finding::at(config, prefix),
                None => Finding::missing(config, variable),
            };
            let mut finding = finding.looks_at(Some(bucket)).looks_at(block.endpoint).looks_at(other.endpoint);
            if let Some(bucket) = other.bucket {
                finding = finding.because(bucket, format!("{} are in the same bucket", noun(other.use_case)));
            }
            if let Some(prefix) = other.prefix {
                finding = finding.because(prefix, format!("the prefix of {}", noun(other.use_case)));
            }
            let usual = usual_prefix(block.use_case);
            let help = if theirs.is_empty() || overlap(theirs, usual) {
                let moved = if other.use_case == UseCase::Events {
                    " Events already stored aren't found under a new prefix; media and finished exports are."
                } else {
                    ""
                };
                format!(
                    "Give each its own prefix, such as {} for {} and {} for {}, or a separate bucket.{moved}",
                    quoted(usual_prefix(other.use_case)),
                    place(cx, others),
                    quoted(usual),
                    place(cx, variable)
                )
            } else {
                format!("{}, or give {} a separate bucket.", write(cx, variable, usual), noun(block.use_case))
            };
            out.push(
                finding
                    .for_block(block)
                    .message(format!(
                        "{} ({}) and {} ({}) overlap in the {}: lifecycle and access rules can't tell them apart",
                        noun(block.use_case),
                        say(own),
                        noun(other.use_case),
                        say(theirs),
                        if bucket.value == Value::Unknown {
                            "same bucket".to_owned()
                        } else {
                            format!("bucket {}", shown(bucket))
                        }
                    ))
                    .help(help),
            );
        }
    }
}

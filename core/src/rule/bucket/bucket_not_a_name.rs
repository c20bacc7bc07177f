//! `bucket-not-a-name`.

use super::{is_explained_elsewhere, is_taken};
use crate::config::addressing::is_dns_label;
use crate::redact::shown;
use crate::rule::endpoint::write;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule, s3_blocks};
use crate::text::printable::quoted;
use crate::variable::{Role, slot};

rule! {
    /// The bucket is a URI, an ARN or a path instead of a name.
    ///
    /// ## Why
    /// The SDK fails before it sends a request: "InvalidBucketName: Bucket name shouldn't contain '/'" for `s3://acme`
    /// and `acme/events`, "Invalid ARN" for `arn:aws:s3:::acme`. What follows the bucket belongs in the prefix. The ARN
    /// of an access point is accepted.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=s3://acme-langfuse/events
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
    /// Both error messages, from the SDK version Langfuse pins.
    BUCKET_NOT_A_NAME = "bucket-not-a-name", Error, Failure, bucket_not_a_name
}

/// The bucket, and the path in it, from a value that is more than a bucket name.
fn name_and_path(text: &str) -> Option<(&str, &str)> {
    let bare = match text.split_once(":::") {
        Some((arn, rest)) if arn.starts_with("arn:") => rest,
        _ if text.starts_with("arn:") => return None,
        _ => match text.split_once("://") {
            Some((scheme, _)) if scheme.to_ascii_lowercase().starts_with("http") => return None,
            Some((_, rest)) => rest,
            None => text,
        },
    };
    let bare = bare.trim_start_matches('/');
    let (name, path) = bare.split_once('/').unwrap_or((bare, ""));
    is_dns_label(name).then_some((name, path.trim_matches(|c| matches!(c, '/' | '*'))))
}

fn bucket_not_a_name(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Some((bucket, text)) = block.bucket.and_then(|b| Some((b, b.text()?))) else { continue };
        let is_arn = text.starts_with("arn:");
        if !is_arn && !text.contains('/') {
            continue;
        }
        // `arn:aws:s3:eu-west-1:123456789012:accesspoint/name` has an account, which a bucket's ARN doesn't.
        let access_point = is_arn && text.split(':').nth(4).is_some_and(|account| !account.is_empty());
        if access_point || is_explained_elsewhere(text) {
            continue;
        }
        let Some(variable) = bucket.var else { continue };
        let meant = name_and_path(text);
        let (help, fix) = match meant {
            Some((name, "")) => {
                let edits = replace_value(bucket, name).filter(|_| !is_taken(config, block, name));
                let fix = edits.map(|e| DraftFix::safe(format!("set to `{name}`"), e));
                (format!("{}.", write(cx, variable, name)), fix)
            }
            Some((name, path)) => {
                let prefix = match (slot(block.use_case, Role::Prefix), block.prefix) {
                    (Some(prefix), None) => format!("{}.", write(cx, prefix, &format!("{path}/"))),
                    _ => format!("Put {} before the prefix.", quoted(&format!("{path}/"))),
                };
                (format!("{}. {prefix}", write(cx, variable, name)), None)
            }
            None => ("Set only the bucket name, such as `acme-langfuse`.".to_owned(), None),
        };
        out.push(
            Finding::at(config, bucket)
                .for_block(block)
                .message(format!("{} is {}; expected a bucket name", bucket.name, shown(bucket)))
                .help(help)
                .fix(fix),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_name_in_what_people_paste() {
        for (text, parts) in [
            ("s3://acme-langfuse", Some(("acme-langfuse", ""))),
            ("s3://acme/events/", Some(("acme", "events"))),
            ("gs://acme", Some(("acme", ""))),
            ("arn:aws:s3:::acme", Some(("acme", ""))),
            ("arn:aws:s3:::acme/*", Some(("acme", ""))),
            ("arn:aws-cn:s3:::acme/a/b/*", Some(("acme", "a/b"))),
            ("acme/", Some(("acme", ""))),
            ("/acme", Some(("acme", ""))),
            ("acme/events", Some(("acme", "events"))),
            ("https://acme.s3.amazonaws.com", None),
            ("arn:aws:s3", None),
            ("s3://A", None),
        ] {
            assert_eq!(name_and_path(text), parts, "{text}");
        }
    }
}

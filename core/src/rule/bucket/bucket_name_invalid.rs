//! `bucket-name-invalid`.

use super::{is_explained_elsewhere, is_taken, may_be_legacy};
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule, s3_blocks};

rule! {
    /// The bucket name is invalid on Amazon S3.
    ///
    /// ## Why
    /// Names have 3 to 63 lowercase letters, digits, dots and hyphens, start and end with a letter or digit, and can't
    /// be an IP address; some prefixes and suffixes are reserved. The SDK still sends the request, and Amazon S3
    /// answers `InvalidBucketName` or `NoSuchBucket`. Dots are fine: on HTTPS the SDK then switches to path style.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=Acme-Langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Amazon S3 user guide, "General purpose bucket naming rules".
    BUCKET_NAME_INVALID = "bucket-name-invalid", Error, Failure, bucket_name_invalid
}

/// Why `name` isn't a valid Amazon S3 bucket name.
fn amazon_fault(name: &str) -> Option<&'static str> {
    const STARTS: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
    let bytes = name.as_bytes();
    let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    if !(3..=63).contains(&bytes.len()) {
        Some("names must have 3 to 63 characters")
    } else if !bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-')) {
        Some("names can contain only lowercase letters, digits, dots and hyphens")
    } else if !edge(bytes.first()) || !edge(bytes.last()) {
        Some("names must start and end with a letter or digit")
    } else if name.contains("..") {
        Some("names can't have two dots in a row")
    } else if bytes.iter().all(|b| b.is_ascii_digit() || *b == b'.') && name.parse::<std::net::Ipv4Addr>().is_ok() {
        Some("names can't look like an IP address")
    } else if STARTS.iter().any(|s| name.starts_with(s)) {
        Some("this name prefix is reserved")
    } else if name.strip_suffix(".mrap").is_some() {
        Some("this name suffix is reserved for Multi-Region Access Points, which are addressed by ARN")
    } else {
        None
    }
}

fn bucket_name_invalid(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx).filter(|(_, b)| b.is_aws()) {
        let Some((bucket, text)) = block.bucket.and_then(|b| Some((b, b.text()?))) else { continue };
        let Some(why) = amazon_fault(text) else { continue };
        let other_rule = text.starts_with("arn:") || text.contains('/') || is_explained_elsewhere(text);
        if other_rule || may_be_legacy(config, block, text) {
            continue;
        }
        let lower = text.to_ascii_lowercase();
        let fix = (amazon_fault(&lower).is_none() && !is_taken(config, block, &lower))
            .then(|| replace_value(bucket, &lower))
            .flatten();
        out.push(
            Finding::at(config, bucket)
                .for_block(block)
                .looks_at(block.endpoint)
                .message(format!(
                    "{} is {}, which isn't a valid Amazon S3 bucket name: {why}",
                    bucket.name,
                    shown(bucket)
                ))
                .help("Use the name shown in the S3 console.")
                .fix(fix.map(|e| DraftFix::risky(format!("set to `{lower}`"), e))),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_amazon_bucket_names() {
        for name in ["acme", "a.b.c", "123", "acme-s3alias", "acme--use1-az4--x-s3", "1.2.3.4.5"] {
            assert_eq!(amazon_fault(name), None, "{name}");
        }
        for name in
            ["ab", "Acme", "ac_me", "-acme", "acme.", "a..b", "192.168.5.4", "xn--acme", "sthree-a", "acme.mrap"]
        {
            assert!(amazon_fault(name).is_some(), "{name}");
        }
    }
}

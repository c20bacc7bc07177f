//! `whitespace-in-region`.

use super::{has_stray_whitespace, is_blank, trimmed, whitespace_in, without_whitespace};
use crate::config::Engine;
use crate::redact::shown;
use crate::rule::finding::DraftFix;
use crate::rule::text::{comment_at, in_quotes};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::Kind;

rule! {
    /// The region contains whitespace, a newline or a stray quote.
    ///
    /// ## Why
    /// The region becomes part of the host name. The AWS SDK checks it before the first request and fails with "Region
    /// not accepted: … is not a valid hostname component".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION="eu-west-1 "
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION="eu-west-1"
    /// ```
    ///
    /// ## Seen in
    /// Observed with the SDK version that Langfuse pins.
    WHITESPACE_IN_REGION = "whitespace-in-region", Error, Failure, whitespace_in_region
}

fn whitespace_in_region(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine == Engine::S3) {
        for block in config.used() {
            let Some(region) = config.region(block) else { continue };
            let Some(text) = region.text_with_special_chars() else { continue };
            let spaced = has_stray_whitespace(Kind::Region, text);
            // Surrounding quotes have their own rule.
            let stray = !spaced
                && text.contains(['"', '\'', '`'])
                && in_quotes(text).is_none()
                && comment_at(Kind::Region, text).is_none();
            if !spaced && !stray {
                continue;
            }
            let inner = text.trim_matches(is_blank);
            let plain = inner.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            let fix = trimmed(region).filter(|_| spaced && plain).map(|e| DraftFix::safe("trim the whitespace", e));
            let what = if spaced { whitespace_in(text) } else { "contains a quote" };
            out.push(
                Finding::at(config, region)
                    .for_block(block)
                    .message(format!("{} is {}, which {what}; the SDK refuses it", region.name, shown(region)))
                    .help(if stray {
                        format!("Write only the region's code, such as `{}=eu-west-1`.", region.name)
                    } else {
                        without_whitespace(cx, region)
                    })
                    .fix(fix),
            );
        }
    }
}

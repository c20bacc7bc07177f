//! `whitespace-in-key-id`.

use super::{credentials, has_stray_whitespace, trimmed, whitespace_in, without_whitespace};
use crate::rule::finding::DraftFix;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Kind, var};

rule! {
    /// An access key ID has whitespace or a newline around it.
    ///
    /// ## Why
    /// Langfuse passes the value on as it is. The ID goes into the `Authorization` header: with a newline in it, Node
    /// refuses the request with "Invalid character in header content"; with a space, the store doesn't recognize the
    /// key and answers 403.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID="AKIAQ7RT2MNBVCXZ5K3P "
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID="AKIAQ7RT2MNBVCXZ5K3P"
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#14314, which trims keys entered in the UI; variables still aren't trimmed.
    WHITESPACE_IN_KEY_ID = "whitespace-in-key-id", Error, Failure, whitespace_in_key_id
}

fn whitespace_in_key_id(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, setting) in credentials(cx, |b| b.key_id, var("AWS_ACCESS_KEY_ID")) {
        let Some(text) = setting.text_with_special_chars().filter(|t| has_stray_whitespace(Kind::KeyId, t)) else {
            continue;
        };
        out.push(
            Finding::at(config, setting)
                .message(format!("{} {}; expected only the key ID", setting.name, whitespace_in(text)))
                .help(without_whitespace(cx, setting))
                .fix(trimmed(setting).map(|e| DraftFix::safe("trim the whitespace", e))),
        );
    }
}

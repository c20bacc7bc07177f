//! `value-not-in-list`.

use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, Rejected, rule};
use crate::text::suggest::nearest;
use crate::variable::Kind;

rule! {
    /// A value isn't in the list that Langfuse's schema accepts.
    ///
    /// ## Why
    /// The list is closed and case-sensitive: `aes256`, `kms` or `aws:kms:dsse` are refused.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_SSE=aes256
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_SSE=AES256
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6965, which introduced the encryption settings.
    VALUE_NOT_IN_LIST = "value-not-in-list", Error, Startup, value_not_in_list
}

fn value_not_in_list(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for Rejected { config, setting, var } in cx.rejected.iter().copied() {
        let kind = var.row().kind;
        if let Kind::Choice(list) = kind {
            let text = setting.text().unwrap_or_default();
            let bare = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
            let same = list.iter().find(|v| v.eq_ignore_ascii_case(bare)).copied();
            let meant = same.or_else(|| nearest(bare, list.iter().copied())).or_else(|| alias(bare, list));
            let help = meant.map_or_else(
                || format!("Write {}.", kind.expected()),
                |word| format!("Did you mean `{word}`? Allowed: {}.", kind.expected()),
            );
            let fix = meant.and_then(|word| {
                let edits = replace_value(setting, word)?;
                let title = format!("write `{word}`");
                Some(if same.is_some() { DraftFix::safe(title, edits) } else { DraftFix::risky(title, edits) })
            });
            out.push(
                Finding::at(config, setting)
                    .message(format!("{} is {}, expected {}", var.name(), shown(setting), kind.expected()))
                    .help(help)
                    .fix(fix),
            );
        }
    }
}

/// Common synonyms for a value in the list.
fn alias(word: &str, list: &[&'static str]) -> Option<&'static str> {
    let meant = match word.to_ascii_lowercase().as_str() {
        "kms" | "sse-kms" | "aws:kms:dsse" | "aws_kms" => "aws:kms",
        "sse-s3" | "aes-256" | "aes" => "AES256",
        "instance" | "instance_principals" => "instance_principal",
        "config" | "profile" | "api_key" => "oci_profile",
        _ => return None,
    };
    list.iter().find(|v| **v == meant).copied()
}

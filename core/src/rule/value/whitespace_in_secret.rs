//! `whitespace-in-secret`.

use super::{credentials, has_stray_whitespace, trimmed, whitespace_in, without_whitespace};
use crate::rule::finding::DraftFix;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Kind, var};

rule! {
    /// A secret access key has whitespace or a newline around it.
    ///
    /// ## Why
    /// Nothing trims it, so every signature is made with the wrong key and the store answers `SignatureDoesNotMatch`.
    /// The value looks right wherever it is printed. In Kubernetes the newline comes from `echo secret | base64`, where
    /// `echo -n` was meant.
    ///
    /// ## Example
    /// ```json
    /// {
    ///   "LANGFUSE_S3_EVENT_UPLOAD_BUCKET": "acme-events",
    ///   "LANGFUSE_S3_EVENT_UPLOAD_REGION": "eu-west-1",
    ///   "LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID": "AKIAQ7RT2MNBVCXZ5K3P",
    ///   "LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY": "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\n"
    /// }
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {
    ///   "LANGFUSE_S3_EVENT_UPLOAD_BUCKET": "acme-events",
    ///   "LANGFUSE_S3_EVENT_UPLOAD_REGION": "eu-west-1",
    ///   "LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID": "AKIAQ7RT2MNBVCXZ5K3P",
    ///   "LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY": "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"
    /// }
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#14314; Kubernetes documentation, "Managing Secrets using kubectl", on `echo -n`.
    WHITESPACE_IN_SECRET = "whitespace-in-secret", Error, Failure, whitespace_in_secret
}

fn whitespace_in_secret(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, setting) in credentials(cx, |b| b.secret, var("AWS_SECRET_ACCESS_KEY")) {
        let Some(text) = setting.text_with_special_chars().filter(|t| has_stray_whitespace(Kind::Secret, t)) else {
            continue;
        };
        out.push(
            Finding::at(config, setting)
                .message(format!("{} {}; expected only the secret", setting.name, whitespace_in(text)))
                .help(without_whitespace(cx, setting))
                .fix(trimmed(setting).map(|e| DraftFix::safe("trim the whitespace", e))),
        );
    }
}

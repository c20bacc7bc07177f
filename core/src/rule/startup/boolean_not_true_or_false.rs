//! `boolean-not-true-or-false`.

use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, Rejected, rule};
use crate::text::suggest::nearest;
use crate::variable::Kind;

rule! {
    /// A switch isn't exactly `true` or `false`.
    ///
    /// ## Why
    /// Langfuse accepts these two words in lowercase and nothing else: `True`, `1`, `yes`, a literal quote or a space
    /// around the word are refused.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=True
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=false
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#10746, langfuse/langfuse#6317
    BOOLEAN_NOT_TRUE_OR_FALSE = "boolean-not-true-or-false", Error, Startup, boolean_not_true_or_false
}

fn boolean_not_true_or_false(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for Rejected { config, setting, var } in cx.rejected.iter().copied() {
        if var.row().kind == Kind::Boolean {
            let text = setting.text().unwrap_or_default();
            let meant = meant_boolean(text);
            let help = match meant {
                Some(word) => format!("Write `{}={word}`, in lowercase, without quotes or spaces.", var.name()),
                None => format!(
                    "Write `true` or `false`, or remove {} to get `{}`.",
                    var.name(),
                    var.row().default.unwrap_or("false")
                ),
            };
            // Only a change of case or of surrounding characters is safe; `1` and `yes` need review.
            let same_word = meant.is_some_and(|w| {
                text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')).eq_ignore_ascii_case(w)
            });
            let fix = meant.and_then(|word| {
                let edits = replace_value(setting, word)?;
                let title = format!("write `{word}`");
                Some(if same_word { DraftFix::safe(title, edits) } else { DraftFix::risky(title, edits) })
            });
            out.push(
                Finding::at(config, setting)
                    .message(format!("{} is {}, expected {}", var.name(), shown(setting), Kind::Boolean.expected()))
                    .help(help)
                    .fix(fix),
            );
        }
    }
}

fn meant_boolean(text: &str) -> Option<&'static str> {
    let word = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`')).to_ascii_lowercase();
    match word.as_str() {
        "true" | "1" | "yes" | "y" | "on" | "t" | "enabled" => Some("true"),
        "false" | "0" | "no" | "n" | "off" | "f" | "disabled" => Some("false"),
        word => nearest(word, ["true", "false"]),
    }
}

//! `number-not-readable`.

use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, Rejected, rule};
use crate::variable::Kind;

rule! {
    /// A value isn't a number that JavaScript can parse.
    ///
    /// ## Why
    /// Langfuse converts the value with `Number(…)`. Separators (`1_000_000_000`), units (`1GB`, `3600s`) and literal
    /// quotes or comments give NaN, which is refused. The documentation prints two defaults with underscores, so pasting
    /// them is enough.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH=1_000_000_000
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH=1000000000
    /// ```
    ///
    /// ## Seen in
    /// The Langfuse documentation's tables for media and batch exports.
    NUMBER_NOT_READABLE = "number-not-readable", Error, Startup, number_not_readable
}

fn number_not_readable(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for Rejected { config, setting, var } in cx.rejected.iter().copied() {
        let kind = var.row().kind;
        if let Kind::Number(range) = kind {
            let text = setting.text().unwrap_or_default();
            if crate::text::number::js_number(text).is_some() {
                continue;
            }
            let meant = meant_number(text).filter(|n| kind.accepts(n));
            let separators_only = meant.as_deref() == Some(text.replace(['_', ',', '"', '\'', ' '], "").as_str());
            let help = match &meant {
                Some(n) => format!("Write plain digits: `{}={n}`.", var.name()),
                None => format!("Write plain digits, {range}."),
            };
            let fix = meant.as_ref().and_then(|n| {
                let edits = replace_value(setting, n)?;
                let title = format!("write `{n}`");
                Some(if separators_only { DraftFix::safe(title, edits) } else { DraftFix::risky(title, edits) })
            });
            out.push(
                Finding::at(config, setting)
                    .message(format!("{} is {}, which isn't a number; expected {range}", var.name(), shown(setting)))
                    .help(help)
                    .fix(fix),
            );
        }
    }
}

/// `1_000` → 1000, `1GB` → 1000000000, `2 MiB` → 2097152, `3600s` → 3600, `"5"` → 5.
fn meant_number(text: &str) -> Option<String> {
    let bare = text.split(" #").next()?.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`'));
    let bare: String = bare.chars().filter(|c| !matches!(c, '_' | ',' | ' ')).collect();
    let digits = bare.find(|c: char| !c.is_ascii_digit()).unwrap_or(bare.len());
    let (number, unit) = bare.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let factor: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "s" | "sec" | "seconds" | "h" | "hours" | "b" | "bytes" => 1,
        "k" | "kb" => 1000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "ki" | "kib" => 1 << 10,
        "mi" | "mib" => 1 << 20,
        "gi" | "gib" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(factor).map(|n| n.to_string())
}

//! What keeps Langfuse from starting: exactly the values that its own schema rejects.

use super::finding::{DraftFix, replace_value};
use super::{Context, Finding, Findings, Rejected, Rule, rule};
use crate::text::mask::shown;
use crate::text::suggest::nearest;
use crate::variable::{Kind, Range, Var, Version, var};

pub(super) static RULES: &[&Rule] = &[
    &EVENT_BUCKET_MISSING,
    &BOOLEAN_NOT_TRUE_OR_FALSE,
    &NUMBER_NOT_READABLE,
    &NUMBER_OUT_OF_RANGE,
    &VALUE_NOT_IN_LIST,
];

rule! {
    /// Langfuse doesn't start without a bucket for raw events.
    ///
    /// ## Why
    /// Langfuse writes every trace to this bucket before processing it. Since v3.0.0 both containers require the
    /// variable; an empty value counts as unset. Langfuse prints "Invalid environment variables" and exits.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#4498, the change that made it mandatory.
    EVENT_BUCKET_MISSING = "event-bucket-missing", Error, Startup, event_bucket_missing
}

/// The variables that Langfuse doesn't start without; a test compares them with the table.
const REQUIRED: [Var; 1] = [var("LANGFUSE_S3_EVENT_UPLOAD_BUCKET")];

/// The first release that stores events (langfuse/langfuse#4498).
const STORES_EVENTS: Version = Version { major: 3, minor: 0, patch: 0 };

fn event_bucket_missing(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| !c.environment.open && !cx.is_older(c.containers, STORES_EVENTS)) {
        for missing in REQUIRED {
            if config.environment.set_value(missing).is_some() {
                continue;
            }
            let empty = config.environment.get(missing);
            let finding = match empty {
                Some(setting) => Finding::at(config, setting).keeps_severity().message(format!(
                    "{} is empty, which counts as unset; Langfuse doesn't start without it",
                    missing.name()
                )),
                None => Finding::missing(config, missing)
                    .message(format!("{} is not set; Langfuse doesn't start without it", missing.name())),
            };
            out.push(
                finding
                    .help(format!("Set it to the bucket for raw events, such as `{}=acme-langfuse`.", missing.name())),
            );
        }
    }
}

rule! {
    /// A switch isn't exactly `true` or `false`.
    ///
    /// ## Why
    /// Langfuse accepts these two words in lowercase and nothing else: `True`, `1`, `yes`, a literal quote or a space
    /// around the word stop the container with "Invalid environment variables".
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

rule! {
    /// A value isn't a number that JavaScript can parse.
    ///
    /// ## Why
    /// Langfuse converts the value with `Number(…)`. Separators (`1_000_000_000`), units (`1GB`, `3600s`) and literal
    /// quotes or comments give NaN, and the container stops with "Invalid environment variables". The documentation
    /// prints two defaults with underscores, so pasting them is enough.
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

rule! {
    /// A number is outside the range that Langfuse's schema allows.
    ///
    /// ## Why
    /// The schema checks the range when the container starts; a value outside it stops the container with "Invalid
    /// environment variables".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// BATCH_EXPORT_S3_PART_SIZE_MIB=1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// BATCH_EXPORT_S3_PART_SIZE_MIB=10
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `packages/shared/src/env.ts` and `worker/src/env.ts`.
    NUMBER_OUT_OF_RANGE = "number-out-of-range", Error, Startup, number_out_of_range
}

fn number_out_of_range(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for Rejected { config, setting, var } in cx.rejected.iter().copied() {
        let kind = var.row().kind;
        if let Kind::Number(range) = kind {
            let Some(number) = setting.text().and_then(crate::text::number::js_number) else { continue };
            let nearest = nearest_in(range, number);
            out.push(
                Finding::at(config, setting)
                    .message(format!("{} is {}, expected {range}", var.name(), shown(setting)))
                    .help(format!(
                        "Write {range}; `{nearest}` is the nearest allowed value, `{}` the default.",
                        var.row().default.unwrap_or("unset")
                    ))
                    .fix(
                        replace_value(setting, &nearest)
                            .map(|edits| DraftFix::risky(format!("write `{nearest}`"), edits)),
                    ),
            );
        }
    }
}

fn nearest_in(range: Range, number: f64) -> String {
    let lowest = range.min.or_else(|| range.above.map(|a| a + 1.0)).unwrap_or(0.0);
    let highest = range.max.unwrap_or(1_000_000_000.0);
    let number = if range.whole { number.round() } else { number };
    format!("{}", number.clamp(lowest, highest))
}

rule! {
    /// A value isn't in the list that Langfuse's schema accepts.
    ///
    /// ## Why
    /// The list is closed and case-sensitive: `aes256`, `kms` or `aws:kms:dsse` stop the container with "Invalid
    /// environment variables".
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variable::{Presence, all};

    #[test]
    fn the_required_variables_are_those_of_the_table() {
        let required: Vec<Var> = all().filter(|v| v.row().presence == Presence::Required).collect();
        assert_eq!(required, REQUIRED);
    }
}

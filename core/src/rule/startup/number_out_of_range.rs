//! `number-out-of-range`.

use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, Rejected, rule};
use crate::variable::{Kind, Range};

rule! {
    /// A number is outside the range that Langfuse's schema allows.
    ///
    /// ## Why
    /// The schema checks the range when the container starts, and refuses a value outside it.
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

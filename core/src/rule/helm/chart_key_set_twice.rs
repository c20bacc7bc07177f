//! `chart-key-set-twice`.

use super::{at_value, ineffective};
use crate::report::Severity;
use crate::rule::{Context, Findings, rule};
use crate::source::IneffectiveKind;
use crate::text::printable::escaped;

rule! {
    /// A key occurs twice in the values, and only the last one counts.
    ///
    /// ## Why
    /// Helm silently keeps only the last one: with two `s3:` blocks, everything under the first is lost, and the
    /// chart's defaults take its place. It happens when an example is pasted below existing values.
    ///
    /// ## Example
    /// ```helm
    /// s3:
    ///   deploy: false
    ///   bucket: acme-langfuse
    ///   region: eu-west-1
    /// s3:
    ///   mediaUpload:
    ///     prefix: media/
    /// ```
    ///
    /// ## Use instead
    /// ```helm
    /// s3:
    ///   deploy: false
    ///   bucket: acme-langfuse
    ///   region: eu-west-1
    ///   eventUpload:
    ///     prefix: events/
    ///   batchExport:
    ///     prefix: exports/
    ///   mediaUpload:
    ///     prefix: media/
    /// ```
    ///
    /// ## Seen in
    /// Observed with Helm: its parser for values files keeps the last of two equal keys.
    CHART_KEY_SET_TWICE = "chart-key-set-twice", Warning, Ignored, chart_key_set_twice
}

fn chart_key_set_twice(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for unused in ineffective(cx, IneffectiveKind::Twice) {
        let same = !unused.value.is_empty();
        out.push(
            at_value(unused)
                .severity(if same { Severity::Hint } else { Severity::Warning })
                .related(unused.other, "this one counts")
                .message(if same {
                    format!("`{}` occurs twice with the same value", escaped(&unused.path))
                } else {
                    format!(
                        "`{}` occurs twice, and Helm drops this one with everything under it",
                        escaped(&unused.path)
                    )
                })
                .help("Merge the two under one key."),
        );
    }
}

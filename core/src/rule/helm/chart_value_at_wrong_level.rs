//! `chart-value-at-wrong-level`.

use super::{at_value, ineffective, use_case_of};
use crate::order;
use crate::rule::{Context, Findings, rule};
use crate::source::{IneffectiveKind, IneffectiveValue};

rule! {
    /// A storage value at a level where the chart doesn't read it.
    ///
    /// ## Why
    /// Helm accepts any key anywhere and ignores those that no template uses. With one indentation level too many or
    /// too few, the chart runs with its defaults: bucket `langfuse`, region `auto`, its own SeaweedFS.
    ///
    /// ## Example
    /// ```helm
    /// langfuse:
    ///   s3:
    ///     bucket: acme-langfuse
    ///     region: eu-west-1
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
    /// langfuse/langfuse-k8s#196
    CHART_VALUE_AT_WRONG_LEVEL = "chart-value-at-wrong-level", Error, Ignored, chart_value_at_wrong_level
}

fn chart_value_at_wrong_level(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let mut found: Vec<(&str, &str, &IneffectiveValue)> = ineffective(cx, IneffectiveKind::WrongLevel)
        .map(|s| {
            let (parent, key) = s.path.rsplit_once('.').unwrap_or(("", &s.path));
            (parent, key, s)
        })
        // Helm itself refuses a string in the place of a credential's map.
        .filter(|(parent, _, _)| *parent != "s3" && use_case_of(parent).is_none())
        .collect();
    order::sort_by_key(&mut found, |(parent, _, s)| (*parent, s.span.file, s.span.start));
    let mut rest = found.as_slice();
    while let Some((parent, key, first)) = rest.first() {
        let more = rest.iter().take_while(|(p, _, _)| p == parent).count();
        let (together, after) = rest.split_at(more);
        rest = after;
        let keys: Vec<String> = together.iter().map(|(_, k, _)| format!("`{k}`")).collect();
        let place =
            if parent.is_empty() { "at the top level of the values".to_owned() } else { format!("under `{parent}`") };
        let mut finding = at_value(first);
        for (_, other, unused) in together.iter().skip(1) {
            finding = finding.related(Some(unused.span), format!("and `{other}`"));
        }
        let umbrella = if parent.starts_with("langfuse") {
            " If these are the values of your own chart that contains Langfuse's, check the part under `langfuse:` \
             separately."
        } else {
            ""
        };
        out.push(
            finding
                .message(format!(
                    "{} {place} {} not read by any template of the chart",
                    keys.join(", "),
                    verb(together.len())
                ))
                .help(format!(
                    "Move {} `s3:`, as `s3.{key}`; `s3:` is a top-level key, next to `langfuse:`.{umbrella}",
                    if together.len() == 1 { "it under" } else { "them under" }
                )),
        );
    }
}

fn verb(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

//! `chart-value-of-newer-chart`.

use super::{at_value, ineffective};
use crate::rule::{Context, Findings, rule};
use crate::source::IneffectiveKind;

rule! {
    /// A value that only later versions of the chart read.
    ///
    /// ## Why
    /// The chart gained its storage values over time: `s3.storageProvider` with 1.3.0, variables for one container with
    /// 1.4.1, SeaweedFS under `s3.allInOne` with 2.0.0. Helm accepts any value, so an older chart silently ignores it.
    ///
    /// ## Example
    /// ```helm chart=1.2.18
    /// s3:
    ///   deploy: false
    ///   storageProvider: gcs
    ///   bucket: acme-langfuse
    /// ```
    ///
    /// ## Use instead
    /// ```helm chart=1.5.41
    /// s3:
    ///   deploy: false
    ///   storageProvider: gcs
    ///   bucket: acme-langfuse
    ///   eventUpload:
    ///     prefix: events/
    ///   batchExport:
    ///     prefix: exports/
    ///   mediaUpload:
    ///     prefix: media/
    /// ```
    ///
    /// ## Seen in
    /// The releases of langfuse/langfuse-k8s: `values.yaml` and `_helpers.tpl` of its tags.
    CHART_VALUE_OF_NEWER_CHART = "chart-value-of-newer-chart", Warning, Ignored, chart_value_of_newer_chart
}

fn chart_value_of_newer_chart(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(helm) = cx.deployment.helm.as_ref() else { return };
    for unused in ineffective(cx, IneffectiveKind::LaterChart) {
        out.push(
            at_value(unused)
                .message(format!(
                    "`{}` is read by chart {} and later; chart {} ignores it",
                    unused.path, unused.value, helm.chart.version
                ))
                .help(
                    "Upgrade the chart, or delete the value; `langfuse-blob show` prints what the containers receive.",
                ),
        );
    }
}

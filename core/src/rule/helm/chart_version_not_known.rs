//! `chart-version-not-known`.

use crate::rule::{Context, Finding, Findings, rule};
use crate::source::ChartBasis;
use crate::text::printable::quoted;
use crate::variable::Containers;

rule! {
    /// The chart's version isn't one whose templates this tool has.
    ///
    /// ## Why
    /// What the containers receive is computed with the templates of charts 1.0.0 to 1.5.41 and 2.0.0. For any other
    /// version, those of the nearest one are used. It may have other values and defaults and render other variables, so
    /// this report may be wrong about the chart's own part, and what the chart itself refuses isn't reported.
    ///
    /// ## Example
    /// ```helm chart=2.1.0
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
    /// ## Use instead
    /// ```helm chart=2.0.0
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
    /// langfuse/langfuse-k8s#295, where chart 2 renders what chart 1.x didn't.
    CHART_VERSION_NOT_KNOWN = "chart-version-not-known", Hint, Advice, chart_version_not_known
}

fn chart_version_not_known(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(chart) = cx.deployment.helm.as_ref().map(|h| &h.chart) else { return };
    let ChartBasis::Nearest(version) = &chart.basis else { return };
    out.push(
        Finding::text(Containers::BOTH)
            .message(format!(
                "the values are rendered with the templates of chart {}; {} may render other variables",
                chart.version,
                quoted(version)
            ))
            .help("Render them with the chart itself: `helm template … | langfuse-blob check -`."),
    );
}

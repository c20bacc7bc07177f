//! `chart-version-not-known`.

use crate::rule::{Context, Finding, Findings, rule};
use crate::source::helm::CHART_VERSION;
use crate::text::printable::quoted;
use crate::variable::Containers;

rule! {
    /// The chart's version isn't the one whose templates this tool has.
    ///
    /// ## Why
    /// What the containers receive is computed with the templates of one chart version. Other versions may have other
    /// values and defaults and render other variables, so this report may be wrong about the chart's own part.
    ///
    /// ## Example
    /// ```helm chart=1.5.0
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
    let version = cx.deployment.helm.as_ref().and_then(|h| h.chart_version.as_deref());
    let Some(version) = version.filter(|v| *v != CHART_VERSION) else { return };
    out.push(
        Finding::text(Containers::BOTH)
            .message(format!(
                "the values are rendered with the templates of chart {CHART_VERSION}; {} may render other variables",
                quoted(version)
            ))
            .help("Render them with the chart itself: `helm template … | langfuse-blob check -`."),
    );
}

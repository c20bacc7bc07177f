//! `chart-refuses-values`.

use crate::rule::source::refusals;
use crate::rule::{Context, Findings, rule};
use crate::source::RefusedBy;

rule! {
    /// The chart's templates refuse these values.
    ///
    /// ## Why
    /// The chart checks its values before it renders anything: a bucket that the bundled store doesn't create, a variable
    /// that is set twice, an unknown provider. `helm install` and `helm upgrade` then stop, and the cluster keeps what it
    /// has. No other rule checks such values, because they reach no container.
    ///
    /// ## Example
    /// ```helm chart=2.0.0
    /// s3:
    ///   bucket: acme-langfuse
    /// ```
    ///
    /// ## Use instead
    /// ```helm chart=2.0.0
    /// s3:
    ///   bucket: acme-langfuse
    ///   allInOne:
    ///     s3:
    ///       createBuckets:
    ///         - name: acme-langfuse
    ///   eventUpload:
    ///     prefix: events/
    ///   batchExport:
    ///     prefix: exports/
    ///   mediaUpload:
    ///     prefix: media/
    /// ```
    ///
    /// ## Seen in
    /// `validations.yaml` and `_helpers.tpl` in the chart.
    CHART_REFUSES_VALUES = "chart-refuses-values", Error, Unread, chart_refuses_values
}

fn chart_refuses_values(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    refusals(cx, RefusedBy::Chart, out);
}

//! `chart-values-of-old-store`.

use super::{at_value, ineffective};
use crate::rule::{Context, Findings, rule};
use crate::source::IneffectiveKind;

rule! {
    /// Values for the MinIO that chart 1.x deployed.
    ///
    /// ## Why
    /// Chart 2 deploys SeaweedFS instead. Keys of the old subchart, such as `s3.persistence` or a MinIO image, have no
    /// effect on it, and the old store's data stays behind in its volume: the chart refuses `helm upgrade` while a MinIO
    /// is still there. `langfuse-blob explain upgrade-chart` has the steps in order.
    ///
    /// ## Example
    /// ```helm chart=2.0.0
    /// s3:
    ///   image:
    ///     repository: bitnamilegacy/minio
    ///   persistence:
    ///     storageClass: fast
    /// ```
    ///
    /// ## Use instead
    /// ```helm
    /// s3:
    ///   allInOne:
    ///     data:
    ///       storageClass: fast
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-k8s#295; `examples/upgrade-v1-to-v2` and `validations.yaml` in langfuse/langfuse-k8s.
    CHART_VALUES_OF_OLD_STORE = "chart-values-of-old-store", Hint, Ignored, chart_values_of_old_store
}

fn chart_values_of_old_store(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for unused in ineffective(cx, IneffectiveKind::OldStore) {
        let of_store = unused.path.starts_with("s3.");
        let message = if of_store {
            format!(
                "`{}` belongs to the MinIO of chart 1.x; chart 2 deploys SeaweedFS, doesn't read it, and leaves MinIO's \
                 data behind in its volume",
                unused.path
            )
        } else {
            format!(
                "`{}` belongs to chart 1.x; chart 2 deploys SeaweedFS in place of its MinIO, and leaves MinIO's data \
                 behind in its volume",
                unused.path
            )
        };
        let first = if unused.path.ends_with("persistence") {
            "Set the volume's size and class under `s3.allInOne.data`; first copy"
        } else if of_store {
            "Delete it; first copy"
        } else {
            "Before you upgrade, copy"
        };
        out.push(
            at_value(unused)
                .message(message)
                .help(format!("{first} MinIO's data: `langfuse-blob explain upgrade-chart`.")),
        );
    }
}

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
        let rename = if unused.path.ends_with("persistence") {
            "Set the volume's size and class under `s3.allInOne.data`"
        } else {
            "Delete it"
        };
        out.push(
            at_value(unused)
                .message(format!(
                    "`{}` belongs to the MinIO of chart 1.x; chart 2 deploys SeaweedFS, doesn't read it, and leaves \
                     MinIO's data behind in its volume",
                    unused.path
                ))
                .help(format!("{rename}; first copy MinIO's data: `langfuse-blob explain upgrade-chart`.")),
        );
    }
}

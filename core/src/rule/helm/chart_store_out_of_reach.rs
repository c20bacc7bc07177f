//! `chart-store-out-of-reach`.

use crate::config::Engine;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::HelmFacts;
use crate::variable::{Containers, UseCase};

rule! {
    /// Browsers would have to fetch media or exports from the chart's own store, which only the cluster can reach.
    ///
    /// ## Why
    /// The bundled store has a Service inside the cluster, in chart 2 `http://<release>-s3-all-in-one:8333`, in chart 1.x
    /// `http://<release>-s3:9000`, and no ingress. Langfuse signs links to media and exports for that host. Outside the cluster it can't be resolved: SDK uploads
    /// fail, images stay empty, downloads end with "server not found".
    ///
    /// ## Example
    /// ```helm
    /// langfuse:
    ///   nextauth:
    ///     url: https://langfuse.example.com
    /// ```
    ///
    /// ## Use instead
    /// ```helm
    /// langfuse:
    ///   nextauth:
    ///     url: https://langfuse.example.com
    ///   additionalEnv:
    ///     - name: LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT
    ///       value: https://files.example.com
    ///   web:
    ///     pod:
    ///       additionalEnv:
    ///         - name: LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT
    ///           value: https://files.example.com
    /// s3:
    ///   eventUpload:
    ///     prefix: events/
    ///   batchExport:
    ///     prefix: exports/
    ///   mediaUpload:
    ///     prefix: media/
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#4369; `langfuse.s3.endpoint` in the chart's `_helpers.tpl`.
    CHART_STORE_OUT_OF_REACH = "chart-store-out-of-reach", Error, Failure, chart_store_out_of_reach
}

fn chart_store_out_of_reach(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    if !cx.deployment.helm.as_ref().is_some_and(|h: &HelmFacts| h.bundled_store) {
        return;
    }
    for (container, use_case) in [(Containers::WEB, UseCase::Media), (Containers::WORKER, UseCase::Exports)] {
        let Some(config) = cx.config(container).filter(|c| c.engine == Engine::S3) else { continue };
        let block = config.block(use_case);
        let Some(endpoint) = block.endpoint.filter(|e| block.in_use() && e.from_wrapper() && e.place.is_none()) else {
            continue;
        };
        let linked = block.external.is_some() || (use_case == UseCase::Exports && config.environment.open);
        if linked {
            continue;
        }
        let mut finding = Finding::at(config, endpoint).containers(container).for_block(block);
        if let Some(address) = config.public_url_setting() {
            finding = finding.span(address.span());
            if config.is_public() {
                finding = finding.because(address, "Langfuse is opened from outside the cluster");
            } else {
                finding = finding.looks_at(Some(address));
            }
        }
        let store = cx.config(Containers::WEB).unwrap_or(config).proposed_store_url();
        let (what, help) = if use_case == UseCase::Media {
            (
                "media",
                format!(
                    "Expose the store through an ingress, and set its URL for web only: in \
                     `langfuse.web.pod.additionalEnv`, an entry with `name: LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT` and \
                     `value: {store}`."
                ),
            )
        } else {
            (
                "exports",
                format!(
                    "Expose the store through an ingress, and set its URL: in `langfuse.additionalEnv`, an entry with \
                     `name: LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT` and `value: {store}`."
                ),
            )
        };
        out.push(
            finding
                .message(format!(
                    "links to {what} point to {}, the chart's own store, which only the cluster can reach",
                    shown(endpoint)
                ))
                .help(help),
        );
    }
}

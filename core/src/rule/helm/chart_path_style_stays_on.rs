//! `chart-path-style-stays-on`.

use super::{at_value, ineffective, use_case_of};
use crate::config::Engine;
use crate::rule::{Context, Findings, rule};
use crate::source::{IneffectiveKind, Setting};
use crate::variable::Role;

rule! {
    /// `forcePathStyle: false` for one use case, which the chart turns into `true`.
    ///
    /// ## Why
    /// Helm's `default` treats `false` as empty, so the template falls through to `s3.forcePathStyle`, which is `true`.
    /// Stores that accept only `bucket.host` (Tigris, Alibaba OSS, Tencent COS) refuse the requests.
    ///
    /// ## Example
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
    ///     forcePathStyle: false
    /// ```
    ///
    /// ## Use instead
    /// ```helm
    /// s3:
    ///   deploy: false
    ///   bucket: acme-langfuse
    ///   region: eu-west-1
    ///   forcePathStyle: false
    ///   eventUpload:
    ///     prefix: events/
    ///   batchExport:
    ///     prefix: exports/
    ///   mediaUpload:
    ///     prefix: media/
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-k8s#93; `langfuse.s3Env` in the chart's `_helpers.tpl`.
    CHART_PATH_STYLE_STAYS_ON = "chart-path-style-stays-on", Warning, Ignored, chart_path_style_stays_on
}

fn chart_path_style_stays_on(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for unused in ineffective(cx, IneffectiveKind::PathStyleFalse) {
        let (Some(config), Some(use_case)) = (cx.configs.first(), use_case_of(&unused.path)) else {
            return;
        };
        let block = config.block(use_case);
        // `additionalEnv` of a pod comes last and may have fixed it.
        if !block.forces_path_style() || config.engine != Engine::S3 {
            continue;
        }
        let mut finding = at_value(unused).for_block(block).variable(block.name(Role::ForcePathStyle));
        if let Some(global) = block.path_style.and_then(Setting::span) {
            finding = finding.related(Some(global), "this value is used");
        }
        out.push(
            finding
                .message(format!(
                    "`{}` is `false`, which Helm treats as empty: {} stays `true`",
                    unused.path,
                    block.name(Role::ForcePathStyle)
                ))
                .help(format!(
                    "Set `s3.forcePathStyle: false`, and `true` for the use cases that need it; or quote the value, \
                     `{}: \"false\"`.",
                    unused.path
                )),
        );
    }
}

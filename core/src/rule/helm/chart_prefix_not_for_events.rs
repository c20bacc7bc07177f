//! `chart-prefix-not-for-events`.

use super::{at_value, ineffective};
use crate::rule::{Context, Findings, rule};
use crate::source::IneffectiveKind;
use crate::text::printable::quoted;
use crate::variable::{Role, UseCase};

rule! {
    /// `s3.prefix` doesn't apply to events.
    ///
    /// ## Why
    /// The chart's template uses the shared prefix for exports and media; for events it uses only
    /// `s3.eventUpload.prefix`. Events end up at the bucket's root, outside any lifecycle rule or policy for the
    /// prefix.
    ///
    /// ## Example
    /// ```helm
    /// s3:
    ///   deploy: false
    ///   bucket: acme-langfuse
    ///   region: eu-west-1
    ///   prefix: langfuse/
    /// ```
    ///
    /// ## Use instead
    /// ```helm
    /// s3:
    ///   deploy: false
    ///   bucket: acme-langfuse
    ///   region: eu-west-1
    ///   eventUpload:
    ///     prefix: langfuse/events/
    ///   batchExport:
    ///     prefix: langfuse/exports/
    ///   mediaUpload:
    ///     prefix: langfuse/media/
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-k8s#93; `langfuse.s3Env` in the chart's `_helpers.tpl`.
    CHART_PREFIX_NOT_FOR_EVENTS = "chart-prefix-not-for-events", Warning, Ignored, chart_prefix_not_for_events
}

fn chart_prefix_not_for_events(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for unused in ineffective(cx, IneffectiveKind::TopPrefix) {
        let Some(config) = cx.configs.first() else { return };
        let events = config.block(UseCase::Events);
        // A separate prefix for events shows that somebody knows.
        if events.prefix.is_some() || config.environment.open {
            continue;
        }
        out.push(
            at_value(unused)
                .for_block(events)
                .variable(events.name(Role::Prefix))
                .message(format!(
                    "`s3.prefix` is {}, but the chart doesn't use it for events: their keys have no prefix",
                    quoted(&unused.value)
                ))
                .help(
                    "Give each use case its own: `s3.eventUpload.prefix: events/`, `s3.batchExport.prefix: exports/`, \
                     `s3.mediaUpload.prefix: media/`.",
                ),
        );
    }
}

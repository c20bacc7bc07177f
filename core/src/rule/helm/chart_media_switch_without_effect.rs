//! `chart-media-switch-without-effect`.

use super::{at_value, ineffective};
use crate::redact::shown;
use crate::rule::{Context, Findings, rule};
use crate::source::IneffectiveKind;
use crate::variable::{Role, UseCase};

rule! {
    /// `mediaUpload.enabled: false` doesn't disable media.
    ///
    /// ## Why
    /// The chart uses this switch only to skip two checks of the values. It renders the variables of the media block
    /// anyway, and media is on in Langfuse as soon as it has a bucket.
    ///
    /// ## Example
    /// ```helm
    /// s3:
    ///   mediaUpload:
    ///     enabled: false
    /// ```
    ///
    /// ## Use instead
    /// ```helm
    /// s3:
    ///   mediaUpload:
    ///     prefix: media/
    ///   eventUpload:
    ///     prefix: events/
    ///   batchExport:
    ///     prefix: exports/
    /// ```
    ///
    /// ## Seen in
    /// `langfuse.s3Env` and `validations.yaml` in the chart.
    CHART_MEDIA_SWITCH_WITHOUT_EFFECT = "chart-media-switch-without-effect", Warning, Ignored, chart_media_switch_without_effect
}

fn chart_media_switch_without_effect(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for unused in ineffective(cx, IneffectiveKind::MediaDisabled) {
        let Some(config) = cx.configs.iter().find(|c| c.block(UseCase::Media).in_use()) else { return };
        let block = config.block(UseCase::Media);
        let bucket = block.bucket.map_or_else(String::new, |b| format!(" is {}, so media is on", shown(b)));
        out.push(
            at_value(unused)
                .for_block(block)
                .message(format!(
                    "`s3.mediaUpload.enabled` is `false`, but the chart renders the media block anyway: {}{bucket}",
                    block.name(Role::Bucket)
                ))
                .help(
                    "Delete the line and treat media as in use: the chart can't leave it out, and Langfuse has no \
                     switch for it.",
                ),
        );
    }
}

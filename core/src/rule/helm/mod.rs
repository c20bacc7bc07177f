//! The Langfuse chart: values that have no effect, or a different one than expected.

mod chart_credential_not_rendered;
mod chart_key_set_twice;
mod chart_media_switch_without_effect;
mod chart_path_style_stays_on;
mod chart_prefix_not_for_events;
mod chart_refuses_values;
mod chart_section_not_read;
mod chart_store_off_without_another;
mod chart_store_out_of_reach;
mod chart_value_at_wrong_level;
mod chart_value_of_newer_chart;
mod chart_value_under_dead_name;
mod chart_values_of_old_store;
mod chart_version_not_known;

use super::{Context, Finding, Rule};
use crate::source::{IneffectiveKind, IneffectiveValue};
use crate::variable::{Containers, UseCase};

pub(super) static RULES: &[&Rule] = &[
    &chart_refuses_values::CHART_REFUSES_VALUES,
    &chart_prefix_not_for_events::CHART_PREFIX_NOT_FOR_EVENTS,
    &chart_path_style_stays_on::CHART_PATH_STYLE_STAYS_ON,
    &chart_value_under_dead_name::CHART_VALUE_UNDER_DEAD_NAME,
    &chart_media_switch_without_effect::CHART_MEDIA_SWITCH_WITHOUT_EFFECT,
    &chart_credential_not_rendered::CHART_CREDENTIAL_NOT_RENDERED,
    &chart_value_at_wrong_level::CHART_VALUE_AT_WRONG_LEVEL,
    &chart_section_not_read::CHART_SECTION_NOT_READ,
    &chart_key_set_twice::CHART_KEY_SET_TWICE,
    &chart_version_not_known::CHART_VERSION_NOT_KNOWN,
    &chart_store_off_without_another::CHART_STORE_OFF_WITHOUT_ANOTHER,
    &chart_store_out_of_reach::CHART_STORE_OUT_OF_REACH,
    &chart_values_of_old_store::CHART_VALUES_OF_OLD_STORE,
    &chart_value_of_newer_chart::CHART_VALUE_OF_NEWER_CHART,
];

/// The ineffective values of one kind.
fn ineffective<'d>(cx: &Context<'d>, kind: IneffectiveKind) -> impl Iterator<Item = &'d IneffectiveValue> + use<'d> {
    cx.deployment.helm.iter().flat_map(|h| &h.ineffective).filter(move |s| s.kind == kind)
}

/// A finding about the shape of the values: no setting is at fault, so none can be a default.
fn at_value<'d>(unused: &IneffectiveValue) -> Finding<'d> {
    Finding::text(Containers::BOTH).span(Some(unused.span)).keeps_severity()
}

/// The use case that a path in the values belongs to; `None` for shared values.
fn use_case_of(path: &str) -> Option<UseCase> {
    let key = path.strip_prefix("s3.")?.split('.').next()?;
    UseCase::ALL.into_iter().find(|use_case| use_case.chart_key() == Some(key))
}

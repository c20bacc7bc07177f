//! Tuning: limits that the store or the SDK doesn't support, settings whose switch is off, web and worker that differ.

mod key_segment_differs;
mod key_segment_too_long_for_store;
mod large_export_unbuffered;
mod list_page_over_thousand;
mod md5_under_fips;
mod setting_without_its_switch;
mod slowdown_not_recognized;
mod socket_limit_without_https;

use super::{Context, Rule};
use crate::config::Config;
use crate::source::Setting;
use crate::text::number::js_number;
use crate::variable::{Var, var};

pub(super) static RULES: &[&Rule] = &[
    &key_segment_too_long_for_store::KEY_SEGMENT_TOO_LONG_FOR_STORE,
    &key_segment_differs::KEY_SEGMENT_DIFFERS,
    &list_page_over_thousand::LIST_PAGE_OVER_THOUSAND,
    &socket_limit_without_https::SOCKET_LIMIT_WITHOUT_HTTPS,
    &setting_without_its_switch::SETTING_WITHOUT_ITS_SWITCH,
    &slowdown_not_recognized::SLOWDOWN_NOT_RECOGNIZED,
    &large_export_unbuffered::LARGE_EXPORT_UNBUFFERED,
    &md5_under_fips::MD5_UNDER_FIPS,
];

const SEGMENT: Var = var("LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES");

const BUFFERED: Var = var("LANGFUSE_S3_UPLOAD_ENABLE_BUFFERED");

const SLOWDOWN: Var = var("LANGFUSE_S3_RATE_ERROR_SLOWDOWN_ENABLED");

/// The number in `variable`, if the operator chose one that Langfuse accepts and that isn't the default.
fn chosen<'d>(cx: &Context<'_>, config: &Config<'d>, variable: Var) -> Option<(&'d Setting, f64)> {
    let setting = config.environment.set_value(variable)?;
    let text = setting.text()?;
    let row = variable.row();
    let default = cx.deployment.is_default(config.containers, setting);
    if default || !row.readers.meets(config.containers) || row.rejects(text) {
        return None;
    }
    let number = js_number(text)?;
    let default = row.default.and_then(js_number);
    // `50.0` is also the default.
    (default.is_none_or(|d| (d - number).abs() > f64::EPSILON)).then_some((setting, number))
}

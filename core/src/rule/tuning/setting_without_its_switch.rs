//! `setting-without-its-switch`.

use super::{BUFFERED, SLOWDOWN, chosen};
use crate::config::Engine;
use crate::rule::endpoint::write;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Var, var};

rule! {
    /// A setting is tuned while its switch is off.
    ///
    /// ## Why
    /// On S3, Langfuse passes attempts, concurrency and part size to the uploader only if
    /// `LANGFUSE_S3_UPLOAD_ENABLE_BUFFERED` is `true`; otherwise the SDK uses its own 5 MiB parts. Likewise, the
    /// slow-down time and the field limit have no effect without their switches.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// BATCH_EXPORT_S3_PART_SIZE_MIB=50
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_UPLOAD_ENABLE_BUFFERED=true
    /// BATCH_EXPORT_S3_PART_SIZE_MIB=50
    /// ```
    ///
    /// ## Seen in
    /// `uploadFileBuffered` in Langfuse's `packages/shared/src/server/services/StorageService.ts`.
    SETTING_WITHOUT_ITS_SWITCH = "setting-without-its-switch", Warning, Ignored, setting_without_its_switch
}

/// Switches and the settings that depend on them.
const GATED: [(Var, &[Var]); 3] = [
    (
        BUFFERED,
        &[
            var("LANGFUSE_S3_UPLOAD_MAX_PART_ATTEMPTS"),
            var("LANGFUSE_S3_UPLOAD_MAX_CONCURRENT_PARTS"),
            var("BATCH_EXPORT_S3_PART_SIZE_MIB"),
        ],
    ),
    (SLOWDOWN, &[var("LANGFUSE_S3_RATE_ERROR_SLOWDOWN_TTL_SECONDS")]),
    (var("LANGFUSE_OBSERVATION_FIELD_OVERFLOW_ENABLED"), &[var("LANGFUSE_OBSERVATION_FIELD_SIZE_LIMIT_BYTES")]),
];

fn setting_without_its_switch(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        for (switch, settings) in GATED {
            // Azure and Oracle use the part size regardless and don't support the other two.
            if switch == BUFFERED && config.engine != Engine::S3 {
                continue;
            }
            let set = config.environment.set_value(switch);
            let off = match set {
                Some(s) => s.text() == Some("false"),
                None => !config.environment.open,
            };
            if !off {
                continue;
            }
            for (setting, _) in settings.iter().filter_map(|v| chosen(cx, config, *v)) {
                // The container that reads a setting may not be the one that has the switch.
                let mut finding = Finding::at(config, setting);
                if let Some(set) = set {
                    finding = finding.because(set, "switched off here");
                }
                let is = if set.is_some() { "is `false`" } else { "is not set" };
                let help = if switch == SLOWDOWN {
                    // The switch itself does little, so the help doesn't suggest it.
                    format!("Remove {}.", setting.name)
                } else {
                    format!("{}, or remove {}.", write(cx, switch, "true"), setting.name)
                };
                out.push(
                    finding
                        .message(format!("{} has no effect, because {} {is}", setting.name, switch.name()))
                        .help(help),
                );
            }
        }
    }
}

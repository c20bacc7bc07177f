//! `engine-setting-without-switch`.

use super::OWN;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Setting;

rule! {
    /// Credentials for an engine that isn't enabled.
    ///
    /// ## Why
    /// Langfuse doesn't infer the engine from its credentials: unless the switch is exactly `true`, it uses the S3
    /// client and never reads these settings. Requests then go to Amazon S3 or to the configured endpoint.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=europe-west1
    /// LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS=/secrets/gcs.json
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS=/secrets/gcs.json
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6317, where the switch didn't reach the container and Langfuse kept using S3.
    ENGINE_SETTING_WITHOUT_SWITCH = "engine-setting-without-switch", Warning, Ignored, engine_setting_without_switch
}

fn engine_setting_without_switch(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        let mut reported = None;
        for (own, engine) in &OWN {
            let Some(switch) = engine.switch() else { continue };
            if *engine == config.engine || reported == Some(*engine) {
                continue;
            }
            let Some(setting) = config.environment.set_value(*own) else { continue };
            if setting.from_wrapper() || cx.deployment.is_default(config.containers, setting) {
                continue;
            }
            let written = config.environment.set_value(switch);
            let rejected = written.and_then(Setting::text).is_some_and(|t| switch.row().rejects(t));
            let hidden = written.is_some_and(|s| s.text().is_none());
            // The startup rules report a rejected switch; the rule above reports a `true` one that lost.
            if rejected || hidden || config.environment.is_true(switch) || written.is_none() && config.environment.open
            {
                continue;
            }
            reported = Some(*engine);
            let mut finding = Finding::at(config, setting);
            if let Some(written) = written {
                finding = finding.because(written, "the switch is off");
            }
            out.push(
                finding
                    .message(format!(
                        "{} is set, but {} isn't `true`: the active engine is {} and never reads it",
                        setting.name,
                        switch.name(),
                        config.engine.name()
                    ))
                    .help(format!("Enable the engine with `{}=true`, or delete {}.", switch.name(), setting.name)),
            );
        }
    }
}

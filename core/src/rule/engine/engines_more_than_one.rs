//! `engines-more-than-one`.

use super::{OWN, switch};
use crate::config::{Engine, SWITCHES};
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// More than one engine is enabled.
    ///
    /// ## Why
    /// Langfuse uses one engine for all use cases. It checks Azure first, then Google, then Oracle, and uses the first
    /// whose switch is `true`. The others have no effect, and nothing is logged.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
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
    /// `StorageServiceFactory.getInstance` in Langfuse's `packages/shared/src/server/services/StorageService.ts`.
    ENGINES_MORE_THAN_ONE = "engines-more-than-one", Error, Ignored, engines_more_than_one
}

fn engines_more_than_one(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine != Engine::S3) {
        let Some(winner) = switch(config) else { continue };
        for (engine, loser) in SWITCHES {
            if engine == config.engine || !config.environment.is_true(loser) {
                continue;
            }
            let Some(setting) = config.environment.get(loser) else { continue };
            // Settings that only the loser reads would lose their effect; a person has to decide that.
            let reads_more = OWN.iter().any(|(own, e)| *e == engine && config.environment.set_value(*own).is_some());
            out.push(
                Finding::at(config, setting)
                    .because(winner, format!("this one wins: {}", config.engine.name()))
                    .message(format!(
                        "{} and {} are both `true`; Langfuse uses {} for all use cases",
                        winner.name,
                        setting.name,
                        config.engine.name()
                    ))
                    .help(format!(
                        "Disable the one you don't want: `{}=false` keeps the current engine, `{}=false` switches to \
                         {}.",
                        setting.name,
                        winner.name,
                        engine.name()
                    ))
                    .fix(
                        replace_value(setting, "false")
                            .filter(|_| !reads_more)
                            .map(|edits| DraftFix::risky(format!("keep {}", config.engine.name()), edits)),
                    ),
            );
        }
    }
}

//! `azure-container-not-created`.

use crate::config::Engine;
use crate::redact::shown;
use crate::rule::engine::switch;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Wrapper;
use crate::variable::{UseCase, Var, Version, var};

rule! {
    /// Azure containers must exist: Langfuse doesn't create them.
    ///
    /// ## Why
    /// LANGFUSE_AZURE_SKIP_CONTAINER_CHECK is `true` by default since v3.93.0, so Langfuse doesn't create a missing
    /// container: requests fail with `ContainerNotFound`. The Langfuse documentation still says that it "will attempt
    /// to create it".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_AZURE_SKIP_CONTAINER_CHECK=false
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#8317
    AZURE_CONTAINER_NOT_CREATED = "azure-container-not-created", Hint, Advice, azure_container_not_created
}

/// The first release that doesn't create containers by default (langfuse/langfuse#8317).
const CHECK_SKIPPED: Version = Version { major: 3, minor: 93, patch: 0 };

fn azure_container_not_created(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const SKIP: Var = var("LANGFUSE_AZURE_SKIP_CONTAINER_CHECK");
    for config in cx.configs.iter().filter(|c| c.engine == Engine::Azure && !c.environment.open) {
        let known = config.environment.set_value(SKIP).is_some() || cx.is_older(config.containers, CHECK_SKIPPED);
        let (Some(switch), Some(_)) = (switch(config), config.block(UseCase::Events).bucket) else { continue };
        if known {
            continue;
        }
        let names: Vec<String> = config.used().filter_map(|b| b.bucket).map(shown).collect();
        let place = match cx.deployment.wrapper {
            Wrapper::Compose => {
                " under `environment:` of both services, because the official compose file doesn't forward it"
            }
            Wrapper::Helm => " in `langfuse.additionalEnv`",
            Wrapper::Raw | Wrapper::K8s => "",
        };
        out.push(
            Finding::missing(config, SKIP)
                .span(switch.span())
                .looks_at(Some(switch))
                .message(format!(
                    "{} is not set and defaults to `true`: Langfuse creates no containers and needs {} to exist",
                    SKIP.name(),
                    names.join(", ")
                ))
                .help(format!("Create the containers yourself, or set `{}=false`{place}.", SKIP.name())),
        );
    }
}

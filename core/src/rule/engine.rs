//! Engines: more than one enabled, settings that the active engine ignores, stores it can't talk to.

use super::finding::{DraftFix, delete, replace_value};
use super::{Context, Finding, Findings, Rule, rule};
use crate::config::{Block, Config, Engine, SWITCHES};
use crate::provider::{self, Provider};
use crate::report::Severity;
use crate::source::{Setting, Wrapper};
use crate::text::mask::shown;
use crate::variable::{Containers, Role, UseCase, Var, var};

pub(super) static RULES: &[&Rule] =
    &[&ENGINES_MORE_THAN_ONE, &ENDPOINT_OF_ANOTHER_ENGINE, &SETTING_IGNORED_BY_ENGINE, &ENGINE_SETTING_WITHOUT_SWITCH];

/// The switch of the active engine; `None` on S3, the default when no switch is on.
pub(super) fn switch<'d>(config: &'d Config<'_>) -> Option<&'d Setting> {
    let (_, switch) = SWITCHES.into_iter().find(|(engine, _)| *engine == config.engine)?;
    config.environment.get(switch)
}

/// Whether more than one engine is enabled.
pub(super) fn is_contested(config: &Config<'_>) -> bool {
    SWITCHES.into_iter().filter(|(_, switch)| config.environment.is_true(*switch)).count() > 1
}

/// The store that an engine talks to; Google's engine has no endpoint setting.
fn store_of(engine: Engine) -> Option<&'static Provider> {
    match engine {
        Engine::Azure => Some(&provider::AZURE),
        Engine::Oci => provider::by_id("oci"),
        Engine::S3 | Engine::Gcs => None,
    }
}

/// Whether the endpoint of `block` belongs to a store that the active engine can't talk to: a known one of another
/// kind, or the MinIO of the official compose file. Rules about the other fields skip such a block.
pub(super) fn is_of_another_engine(cx: &Context<'_>, config: &Config<'_>, block: &Block<'_>) -> bool {
    let (Some(own), Some(endpoint)) = (store_of(config.engine), block.endpoint) else { return false };
    match block.provider {
        Some(found) => found != own,
        None => cx.deployment.wrapper == Wrapper::Compose && cx.deployment.is_default(config.containers, endpoint),
    }
}

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
            let reads_more = OWN.iter().any(|(own, e, _)| *e == engine && config.environment.set_value(*own).is_some());
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

rule! {
    /// The endpoint of a use case belongs to a store that the active engine can't talk to.
    ///
    /// ## Why
    /// An engine switch applies to all use cases: with `LANGFUSE_USE_AZURE_BLOB=true`, media and exports also go
    /// through the Azure client. You can't keep events on one kind of store and media on another: the use case left
    /// behind fails on its first request. Under Compose, a use case that isn't configured stays on the bundled MinIO.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=langfuse-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// ```
    ///
    /// ## Seen in
    /// `StorageServiceFactory.getInstance` in Langfuse's `packages/shared/src/server/services/StorageService.ts`: no
    /// caller picks its own engine.
    ENDPOINT_OF_ANOTHER_ENGINE = "endpoint-of-another-engine", Error, Failure, endpoint_of_another_engine
}

fn endpoint_of_another_engine(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    if cx.configs.iter().all(|c| store_of(c.engine).is_none()) {
        return;
    }
    // Compose gives web and worker different media endpoints; it's still one cause.
    for use_case in UseCase::ALL {
        let wrong = |c: &&Config<'_>| c.block(use_case).in_use() && is_of_another_engine(cx, c, c.block(use_case));
        let Some(config) = cx.configs.iter().find(wrong) else { continue };
        let containers = cx.configs.iter().filter(wrong).fold(Containers::NONE, |all, c| all.or(c.containers));
        let block = config.block(use_case);
        let (Some(endpoint), Some(switch)) = (block.endpoint, switch(config)) else { continue };
        let store = block.provider.map_or("the compose file's MinIO", |p| p.name);
        let example = match config.engine {
            Engine::Azure => "https://<account>.blob.core.windows.net",
            _ => "https://objectstorage.<region>.oraclecloud.com",
        };
        out.push(
            Finding::at(config, endpoint)
                .containers(containers)
                .because(switch, format!("{} is the engine for all use cases", config.engine.name()))
                .message(format!(
                    "{} is {}, which is {store}, but the active engine is {}",
                    endpoint.name,
                    shown(endpoint),
                    config.engine.name()
                ))
                .help(format!(
                    "Move this use case to the same kind of store: `{}={example}`, with its bucket and keys; or go \
                     back to the S3 engine and keep all use cases on S3 stores.",
                    endpoint.name
                )),
        );
    }
}

/// A setting that an engine doesn't read, and how bad it is to set it: keys and endpoints suggest an unfinished
/// migration, the rest merely has no effect.
struct Ignored {
    engine: Engine,
    role: Role,
    severity: Severity,
}

const fn ignored(engine: Engine, role: Role, severity: Severity) -> Ignored {
    Ignored { engine, role, severity }
}

/// Source: the constructors in Langfuse's `StorageService.ts`.
static IGNORED: [Ignored; 17] = [
    ignored(Engine::Azure, Role::Region, Severity::Hint),
    ignored(Engine::Azure, Role::ForcePathStyle, Severity::Hint),
    ignored(Engine::Azure, Role::Sse, Severity::Hint),
    ignored(Engine::Azure, Role::SseKmsKeyId, Severity::Hint),
    ignored(Engine::Gcs, Role::Endpoint, Severity::Warning),
    ignored(Engine::Gcs, Role::ExternalEndpoint, Severity::Warning),
    ignored(Engine::Gcs, Role::AccessKeyId, Severity::Warning),
    ignored(Engine::Gcs, Role::SecretAccessKey, Severity::Warning),
    ignored(Engine::Gcs, Role::Region, Severity::Hint),
    ignored(Engine::Gcs, Role::ForcePathStyle, Severity::Hint),
    ignored(Engine::Gcs, Role::Sse, Severity::Hint),
    ignored(Engine::Gcs, Role::SseKmsKeyId, Severity::Hint),
    ignored(Engine::Oci, Role::AccessKeyId, Severity::Warning),
    ignored(Engine::Oci, Role::SecretAccessKey, Severity::Warning),
    ignored(Engine::Oci, Role::ForcePathStyle, Severity::Hint),
    ignored(Engine::Oci, Role::Sse, Severity::Hint),
    ignored(Engine::Oci, Role::SseKmsKeyId, Severity::Hint),
];

rule! {
    /// A use case sets something that the active engine doesn't read.
    ///
    /// ## Why
    /// All engines share one block of variables, and each reads a part of it. Native Google Cloud Storage reads only
    /// bucket and prefix: endpoint, keys, region, path style and encryption have no effect, and leftovers hide which
    /// identity is really used. Native Oracle Object Storage ignores keys, path style and encryption. Azure ignores
    /// region, path style and encryption; there the storage account's own settings decide.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://storage.googleapis.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=GOOG1EXAMPLEKEYIDFORINTEROPERABILITY
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=bGFuZ2Z1c2UtaW50ZXJvcC1zZWNyZXQtZXhhbXBs
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
    /// langfuse/langfuse-terraform-gcp#10; the constructors in Langfuse's `StorageService.ts`.
    SETTING_IGNORED_BY_ENGINE = "setting-ignored-by-engine", Warning, Ignored, setting_ignored_by_engine
}

fn setting_ignored_by_engine(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine != Engine::S3) {
        for block in config.used() {
            // Settings from the compose file or the chart can't be removed and aren't mistakes.
            let mut found = IGNORED.iter().filter(|i| i.engine == config.engine).filter_map(|i| {
                let setting = config.environment.role(block.use_case, i.role)?;
                let theirs = setting.from_wrapper() || cx.deployment.is_default(config.containers, setting);
                (!theirs).then_some((setting, i.severity))
            });
            let Some((first, mut severity)) = found.next() else { continue };
            let mut finding = Finding::at(config, first);
            let mut names = first.name.to_string();
            let mut edits = delete(first);
            for (setting, its) in found {
                finding = finding.because(setting, "also ignored");
                severity = severity.max(its);
                names.push_str(", ");
                names.push_str(&setting.name);
                edits = edits.zip(delete(setting)).map(|(mut all, more)| {
                    all.extend(more);
                    all
                });
            }
            if let Some(switch) = switch(config) {
                finding = finding.because(switch, format!("the active engine is {}", config.engine.name()));
            }
            let instead = match config.engine {
                Engine::Gcs => "authenticate with LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS or the ambient identity",
                Engine::Oci => "authenticate as LANGFUSE_OCI_AUTH_TYPE says",
                _ => "set encryption and redundancy on the storage account",
            };
            out.push(
                finding
                    .severity(severity)
                    .message(format!("{names}: not read by the active engine, {}", config.engine.name()))
                    .help(format!("Delete the ignored settings, and {instead}."))
                    .fix(edits.map(|e| DraftFix::risky("delete what the engine ignores", e))),
            );
        }
    }
}

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

/// Settings that only one engine reads, and that engine's switch.
static OWN: [(Var, Engine, Var); 4] = [
    (var("LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS"), Engine::Gcs, var("LANGFUSE_USE_GOOGLE_CLOUD_STORAGE")),
    (var("LANGFUSE_OCI_AUTH_TYPE"), Engine::Oci, var("LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE")),
    (var("LANGFUSE_OCI_CONFIG_FILE"), Engine::Oci, var("LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE")),
    (var("LANGFUSE_OCI_CONFIG_PROFILE"), Engine::Oci, var("LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE")),
];

fn engine_setting_without_switch(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        let mut reported = None;
        for (own, engine, switch) in &OWN {
            if *engine == config.engine || reported == Some(*engine) {
                continue;
            }
            let Some(setting) = config.environment.set_value(*own) else { continue };
            if setting.from_wrapper() || cx.deployment.is_default(config.containers, setting) {
                continue;
            }
            let written = config.environment.set_value(*switch);
            let rejected = written.and_then(Setting::text).is_some_and(|t| switch.row().rejects(t));
            let hidden = written.is_some_and(|s| s.text().is_none());
            // The startup rules report a rejected switch; the rule above reports a `true` one that lost.
            if rejected || hidden || config.environment.is_true(*switch) || written.is_none() && config.environment.open
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

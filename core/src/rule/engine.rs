//! Engines: more than one switched on, settings that the one in force ignores, stores that it cannot talk to.

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

/// The switch of the engine in force; `None` on S3, which is what remains when none is on.
pub(super) fn switch<'d>(config: &'d Config<'_>) -> Option<&'d Setting> {
    let (_, switch) = SWITCHES.into_iter().find(|(engine, _)| *engine == config.engine)?;
    config.environment.get(switch)
}

/// Whether more than one engine is switched on.
pub(super) fn is_contested(config: &Config<'_>) -> bool {
    SWITCHES.into_iter().filter(|(_, switch)| config.environment.is_true(*switch)).count() > 1
}

/// The store that an engine talks to; Google's takes no endpoint.
fn store_of(engine: Engine) -> Option<&'static Provider> {
    match engine {
        Engine::Azure => Some(&provider::AZURE),
        Engine::Oci => provider::by_id("oci"),
        Engine::S3 | Engine::Gcs => None,
    }
}

/// Whether the endpoint of `block` belongs to a store that the engine in force cannot talk to: a known one of another
/// kind, or the MinIO of the official compose file. Rules about the other fields leave such a block alone.
pub(super) fn is_of_another_engine(cx: &Context<'_>, config: &Config<'_>, block: &Block<'_>) -> bool {
    let (Some(own), Some(endpoint)) = (store_of(config.engine), block.endpoint) else { return false };
    match block.provider {
        Some(found) => found != own,
        None => cx.deployment.wrapper == Wrapper::Compose && cx.deployment.is_default(config.containers, endpoint),
    }
}

rule! {
    /// More than one engine is switched on.
    ///
    /// ## Why
    /// Langfuse has one engine for all purposes. It asks Azure first, then Google, then Oracle, and takes the first
    /// switch that is `true`. The others have no effect, without a word in the log.
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
    /// `StorageServiceFactory.getInstance` in `packages/shared/src/server/services/StorageService.ts` of Langfuse.
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
            // What only the loser reads would then be without effect, and that is for a person to decide.
            let reads_more = OWN.iter().any(|(own, e, _)| *e == engine && config.environment.set_value(*own).is_some());
            out.push(
                Finding::at(config, setting)
                    .because(winner, format!("this one wins: {}", config.engine.name()))
                    .message(format!(
                        "{} and {} are both `true`; the engine is {}, for all purposes",
                        winner.name,
                        setting.name,
                        config.engine.name()
                    ))
                    .help(format!(
                        "Switch off the one that is not meant: `{}=false` keeps what runs now, `{}=false` changes to {}.",
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
    /// The endpoint of a purpose belongs to a store that the engine in force cannot talk to.
    ///
    /// ## Why
    /// An engine switch is for all purposes at once: with `LANGFUSE_USE_AZURE_BLOB=true` media and exports go through
    /// the Azure client too. Events on one kind of store and media on another is not possible, and a purpose that was
    /// left behind fails on its first request. Under compose a purpose that is not set stays at the bundled MinIO.
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
    /// `StorageServiceFactory.getInstance` in `packages/shared/src/server/services/StorageService.ts` of Langfuse: no
    /// caller chooses an engine of its own.
    ENDPOINT_OF_ANOTHER_ENGINE = "endpoint-of-another-engine", Error, Failure, endpoint_of_another_engine
}

fn endpoint_of_another_engine(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    if cx.configs.iter().all(|c| store_of(c.engine).is_none()) {
        return;
    }
    // Compose gives web and worker different media endpoints: one cause all the same.
    for use_case in UseCase::ALL {
        let wrong = |c: &&Config<'_>| c.block(use_case).in_use() && is_of_another_engine(cx, c, c.block(use_case));
        let Some(config) = cx.configs.iter().find(wrong) else { continue };
        let containers = cx.configs.iter().filter(wrong).fold(Containers::NONE, |all, c| all.or(c.containers));
        let block = config.block(use_case);
        let (Some(endpoint), Some(switch)) = (block.endpoint, switch(config)) else { continue };
        let store = block.provider.map_or("the MinIO of the compose file", |p| p.name);
        let example = match config.engine {
            Engine::Azure => "https://<account>.blob.core.windows.net",
            _ => "https://objectstorage.<region>.oraclecloud.com",
        };
        out.push(
            Finding::at(config, endpoint)
                .containers(containers)
                .because(switch, format!("{} is the engine of every purpose", config.engine.name()))
                .message(format!(
                    "{} is {}, which is {store}, but the engine in force is {}",
                    endpoint.name,
                    shown(endpoint),
                    config.engine.name()
                ))
                .help(format!(
                    "Move this purpose to the same kind of store: `{}={example}`, with its bucket and keys; or leave the \
                     engine at S3 and keep every purpose on S3 stores.",
                    endpoint.name
                )),
        );
    }
}

/// What an engine does not read, and how bad it is that somebody set it: keys and addresses look like a move that was
/// left half done, the rest is only without effect.
struct Ignored {
    engine: Engine,
    role: Role,
    severity: Severity,
}

const fn ignored(engine: Engine, role: Role, severity: Severity) -> Ignored {
    Ignored { engine, role, severity }
}

/// Source: the constructors in `StorageService.ts` of Langfuse.
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
    /// A purpose sets something that the engine in force does not read.
    ///
    /// ## Why
    /// The engines share one block of variables and each reads a part of it. Native Google Cloud Storage takes nothing
    /// but bucket and prefix: endpoint, keys, region, path style and encryption have no effect, and what is left over
    /// hides which identity is really used. Native Oracle Object Storage ignores keys, path style and encryption; Azure
    /// ignores region, path style and encryption, where the account's own settings decide.
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
    /// langfuse/langfuse-terraform-gcp#10; the constructors in `StorageService.ts` of Langfuse.
    SETTING_IGNORED_BY_ENGINE = "setting-ignored-by-engine", Warning, Ignored, setting_ignored_by_engine
}

fn setting_ignored_by_engine(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine != Engine::S3) {
        for block in config.used() {
            // What the compose file or the chart sets by itself cannot be taken out and is no mistake.
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
                finding = finding.because(setting, "ignored as well");
                severity = severity.max(its);
                names.push_str(", ");
                names.push_str(&setting.name);
                edits = edits.zip(delete(setting)).map(|(mut all, more)| {
                    all.extend(more);
                    all
                });
            }
            if let Some(switch) = switch(config) {
                finding = finding.because(switch, format!("{} is the engine in force", config.engine.name()));
            }
            let instead = match config.engine {
                Engine::Gcs => "sign in with LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS or the ambient identity",
                Engine::Oci => "sign in as LANGFUSE_OCI_AUTH_TYPE says",
                _ => "set encryption and redundancy on the storage account",
            };
            out.push(
                finding
                    .severity(severity)
                    .message(format!("{names}: the engine in force, {}, does not read this", config.engine.name()))
                    .help(format!("Delete what is not read, and {instead}."))
                    .fix(edits.map(|e| DraftFix::risky("delete what the engine ignores", e))),
            );
        }
    }
}

rule! {
    /// Credentials for an engine that is not switched on.
    ///
    /// ## Why
    /// Langfuse does not guess the engine from its credentials: unless the switch is exactly `true`, the S3 client is
    /// used and these settings are never looked at. Requests then go to Amazon S3 or to the endpoint that is set.
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
    /// langfuse/langfuse#6317, where the switch did not reach the container and Langfuse went on using S3.
    ENGINE_SETTING_WITHOUT_SWITCH = "engine-setting-without-switch", Warning, Ignored, engine_setting_without_switch
}

/// What only one engine reads, and that engine's switch.
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
            // A rejected switch is the startup check's; a `true` one that lost is told by the rule above.
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
                        "{} is set, but {} is not `true`: the engine in force is {} and never reads it",
                        setting.name,
                        switch.name(),
                        config.engine.name()
                    ))
                    .help(format!("Switch the engine on with `{}=true`, or delete {}.", switch.name(), setting.name)),
            );
        }
    }
}

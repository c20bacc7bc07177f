//! `setting-ignored-by-engine`.

use super::switch;
use crate::config::Engine;
use crate::report::Severity;
use crate::rule::finding::{DraftFix, delete};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::Role;

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

//! `endpoint-of-another-engine`.

use super::{has_s3_keys, is_of_another_engine, store_of, switch};
use crate::config::{Config, Engine};
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, UseCase};

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
        let store = match block.provider {
            Some(provider) => provider.name,
            None if has_s3_keys(block) => "an S3 store by its keys",
            None => "the compose file's MinIO",
        };
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

//! `media-on-google-universe`.

use crate::config::Engine;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, Role, UseCase, Var, var};

rule! {
    /// Media in a sovereign Google Cloud, whose host Langfuse's SDKs don't recognize.
    ///
    /// ## Why
    /// With another GOOGLE_CLOUD_UNIVERSE_DOMAIN, URLs point to `storage.<domain>`. Langfuse's SDKs recognize Google
    /// only by the host `storage.googleapis.com` and add their S3 headers to any other upload, which Google refuses
    /// with `MalformedSecurityHeader`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS=/secrets/gcs.json
    /// GOOGLE_CLOUD_UNIVERSE_DOMAIN=apis-s3ns.fr
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS=/secrets/gcs.json
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-python#1265, langfuse/langfuse#13453
    MEDIA_ON_GOOGLE_UNIVERSE = "media-on-google-universe", Warning, Failure, media_on_google_universe
}

fn media_on_google_universe(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const UNIVERSE: Var = var("GOOGLE_CLOUD_UNIVERSE_DOMAIN");
    let Some(config) = cx.config(Containers::WEB).filter(|c| c.engine == Engine::Gcs) else { return };
    let block = config.block(UseCase::Media);
    let Some(universe) = config.environment.set_value(UNIVERSE).filter(|_| block.in_use()) else { return };
    if universe.text().is_none_or(|t| t == "googleapis.com") {
        return;
    }
    out.push(
        Finding::at(config, universe)
            .containers(Containers::WEB)
            .for_block(block)
            .looks_at(block.bucket)
            .message(format!(
                "{} is {}: SDKs treat the media host as an S3 store and add headers that Google may refuse",
                universe.name,
                shown(universe)
            ))
            .help(format!(
                "Test one upload with your SDK before relying on media; until it works, leave {} unset.",
                block.name(Role::Bucket)
            )),
    );
}

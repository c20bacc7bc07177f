//! `azure-media-private`.

use crate::config::Engine;
use crate::config::endpoint::Endpoint;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, UseCase};

rule! {
    /// The Azure media endpoint is private, but Langfuse is public.
    ///
    /// ## Why
    /// Web gives the media endpoint to browsers and SDKs. Outside the private network they can't reach it, and media
    /// has no separate external endpoint.
    ///
    /// ## Example
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=langfuse-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://blob.acme.internal
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.dev
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
    /// `web/src/features/media/server/getMediaStorageClient.ts` of Langfuse; langfuse/langfuse#14299 requests an
    /// external endpoint.
    AZURE_MEDIA_PRIVATE = "azure-media-private", Warning, Failure, azure_media_private
}

fn azure_media_private(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(config) = cx.config(Containers::WEB).filter(|c| c.engine == Engine::Azure) else { return };
    let block = config.block(UseCase::Media);
    let (Some(endpoint), Some(url)) = (block.endpoint.filter(|_| block.in_use()), block.endpoint_url()) else { return };
    let outside = config.public_url.as_ref().is_some_and(Endpoint::is_public);
    // Plain HTTP has its own finding, with the same fix.
    let Some(public) = config.public_url_setting().filter(|_| outside && url.https && url.is_private()) else { return };
    out.push(
        Finding::at(config, endpoint)
            .containers(Containers::WEB)
            .because(public, "browsers open Langfuse at this URL")
            .message(format!(
                "{} is {} in web, a private address that browsers and SDKs may not reach",
                endpoint.name,
                shown(endpoint)
            ))
            .help(format!(
                "Give web the account's public URL, `{}=https://<account>.blob.core.windows.net`, and open the \
                 account's firewall to media users; the worker can keep the private URL.",
                endpoint.name
            )),
    );
}

//! `link-host-private`.

use super::{fault, is_charts_own_store};
use crate::config::Engine;
use crate::config::endpoint::Endpoint;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, UseCase};

rule! {
    /// Links to media or exports point into a private network, while Langfuse itself is public.
    ///
    /// ## Why
    /// Browsers and SDKs open these links themselves. A private address, or a host under `.local`, `.lan` or
    /// `.home.arpa`, is reachable for those in the same network or VPN, and for nobody else.
    ///
    /// ## Example
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.com
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://s3.acme.lan
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.com
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://s3.acme.com
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// Deployments behind a VPN whose Langfuse was then published.
    LINK_HOST_PRIVATE = "link-host-private", Hint, Advice, link_host_private
}

fn link_host_private(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(web) = cx.config(Containers::WEB).filter(|c| !matches!(c.engine, Engine::Gcs | Engine::Azure)) else {
        return;
    };
    let outside = web.public_url.as_ref().is_some_and(Endpoint::is_public);
    let Some(public) = web.public_url_setting().filter(|_| outside) else { return };
    for use_case in [UseCase::Media, UseCase::Exports] {
        let block = web.block(use_case);
        let (setting, url) = match block.external {
            Some(external) => (Some(external), block.external_endpoint_url()),
            None => (block.endpoint, block.endpoint_url()),
        };
        let (Some(setting), Some(url)) = (setting.filter(|_| block.in_use()), url) else { continue };
        if !url.is_private() || fault(cx, web, url).is_some() || is_charts_own_store(cx, url) {
            continue;
        }
        out.push(
            Finding::at(web, setting)
                .for_block(block)
                .because(public, "browsers open Langfuse at this URL")
                .message(format!(
                    "{} is {}, a host in a private network: links to it open only there",
                    setting.name,
                    shown(setting)
                ))
                .help("Nothing to change if everybody who opens Langfuse is in that network; otherwise publish the store."),
        );
    }
}

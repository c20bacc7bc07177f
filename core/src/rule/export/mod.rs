//! Batch exports: not enabled, and download links that nobody can open.

mod export_external_endpoint_with_path;
mod export_link_expiry_too_long;
mod export_link_insecure;
mod export_link_internal;
mod export_link_localhost;
mod export_not_enabled;
mod export_unknown_to_web;

use super::{Context, Rule};
use crate::config::endpoint::Endpoint;
use crate::config::{Block, Config, Engine, text};
use crate::source::{Setting, Wrapper};
use crate::variable::{Containers, UseCase};

pub(super) static RULES: &[&Rule] = &[
    &export_not_enabled::EXPORT_NOT_ENABLED,
    &export_link_internal::EXPORT_LINK_INTERNAL,
    &export_link_localhost::EXPORT_LINK_LOCALHOST,
    &export_link_insecure::EXPORT_LINK_INSECURE,
    &export_external_endpoint_with_path::EXPORT_EXTERNAL_ENDPOINT_WITH_PATH,
    &export_link_expiry_too_long::EXPORT_LINK_EXPIRY_TOO_LONG,
    &export_unknown_to_web::EXPORT_UNKNOWN_TO_WEB,
];

/// Whether exports are made; the worker's switch decides.
fn exports_on(cx: &Context<'_>) -> bool {
    cx.config(Containers::WORKER)
        .or_else(|| cx.config(Containers::WEB))
        .is_some_and(|c| c.block(UseCase::Exports).in_use())
}

/// A container that signs download links, and the endpoint it signs them for.
struct Signer<'d> {
    config: &'d Config<'d>,
    /// Web's configuration, which says where browsers open Langfuse.
    page: &'d Config<'d>,
    block: &'d Block<'d>,
    /// The setting with that endpoint: the external endpoint, else the endpoint.
    setting: &'d Setting,
    url: &'d Endpoint<'d>,
}

/// The containers that sign download links for a configured endpoint: the worker when an export completes, web at each
/// click. Google's engine has a fixed endpoint; Amazon S3 without an endpoint leaves nothing to judge.
fn signers<'c, 'd>(cx: &'c Context<'d>) -> impl Iterator<Item = Signer<'d>> + use<'c, 'd> {
    let on = exports_on(cx);
    cx.configs.iter().filter(move |c| on && c.engine != Engine::Gcs).filter_map(|config| {
        let block = config.block(UseCase::Exports);
        block.bucket?;
        let (setting, url) = match block.external {
            Some(external) => (external, block.external_endpoint_url()?),
            None => (block.endpoint?, block.endpoint_url()?),
        };
        Some(Signer { config, page: cx.config(Containers::WEB).unwrap_or(config), block, setting, url })
    })
}

/// An example URL for browsers. On Azure it includes the container.
fn outside(cx: &Context<'_>, config: &Config<'_>, block: &Block<'_>) -> String {
    let local = !config.is_public() && cx.deployment.wrapper == Wrapper::Compose;
    let public = block.endpoint_url().and_then(Endpoint::public_counterpart);
    let host =
        public.unwrap_or_else(|| if local { "http://localhost:9090".to_owned() } else { config.proposed_store_url() });
    match text(block.bucket).filter(|_| config.engine == Engine::Azure) {
        Some(_) => format!("{host}/<container>"),
        None => host,
    }
}

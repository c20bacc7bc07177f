//! Media: endpoints that web signs URLs for, endpoints that the worker calls, limits of the URLs.

mod link_host_private;
mod media_endpoint_insecure;
mod media_endpoint_internal;
mod media_endpoint_localhost;
mod media_endpoint_worker_localhost;
mod media_host_blocked_in_browser;
mod media_length_over_single_put;
mod media_link_expiry_too_long;
mod media_link_expiry_too_short;
mod media_on_gcs_interoperability;
mod media_on_google_universe;
mod media_sse_breaks_uploads;
mod media_writer_without_bucket;

use super::engine::is_of_another_engine;
use super::{Context, Rule};
use crate::config::endpoint::Endpoint;
use crate::config::{Config, Engine};
use crate::source::helm::bundled_store_at;
use crate::source::{Setting, Wrapper};
use crate::text::number::js_number;
use crate::variable::{Containers, UseCase, Var, var};

pub(super) static RULES: &[&Rule] = &[
    &media_endpoint_internal::MEDIA_ENDPOINT_INTERNAL,
    &media_endpoint_localhost::MEDIA_ENDPOINT_LOCALHOST,
    &link_host_private::LINK_HOST_PRIVATE,
    &media_endpoint_insecure::MEDIA_ENDPOINT_INSECURE,
    &media_endpoint_worker_localhost::MEDIA_ENDPOINT_WORKER_LOCALHOST,
    &media_host_blocked_in_browser::MEDIA_HOST_BLOCKED_IN_BROWSER,
    &media_sse_breaks_uploads::MEDIA_SSE_BREAKS_UPLOADS,
    &media_on_gcs_interoperability::MEDIA_ON_GCS_INTEROPERABILITY,
    &media_on_google_universe::MEDIA_ON_GOOGLE_UNIVERSE,
    &media_link_expiry_too_long::MEDIA_LINK_EXPIRY_TOO_LONG,
    &media_link_expiry_too_short::MEDIA_LINK_EXPIRY_TOO_SHORT,
    &media_length_over_single_put::MEDIA_LENGTH_OVER_SINGLE_PUT,
    &media_writer_without_bucket::MEDIA_WRITER_WITHOUT_BUCKET,
];

/// Why browsers and SDKs can't use an endpoint. One endpoint has one fault, so that one cause is one finding.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Reachable only inside the deployment.
    Inside,
    /// The visitor's own machine, while Langfuse is opened under another name.
    Localhost,
    /// Plain HTTP, which Langfuse's pages don't load.
    Insecure,
}

/// The fault of `url` as an endpoint that Langfuse in `config` signs links for.
pub(super) fn fault(cx: &Context<'_>, config: &Config<'_>, url: &Endpoint<'_>) -> Option<Fault> {
    if url.is_loopback() {
        if config.is_public() {
            return Some(Fault::Localhost);
        }
    } else if is_inside(cx, config, url) {
        return Some(Fault::Inside);
    }
    // img-src and media-src of Langfuse's pages: https, 'self' and http://localhost on any port.
    let loads = url.https || url.host.eq_ignore_ascii_case("localhost") || is_same_origin(config, url);
    (!loads).then_some(Fault::Insecure)
}

fn is_inside(cx: &Context<'_>, config: &Config<'_>, url: &Endpoint<'_>) -> bool {
    if cx.is_service(url.host) {
        return true;
    }
    // Docker Desktop and podman make these names resolve on their own machine and nowhere else.
    if url.is_under("docker.internal") || url.is_under("containers.internal") {
        return config.is_public();
    }
    if url.is_of_inner_network() {
        // A Langfuse that is opened inside the same network is fine with it.
        return config.public_url.as_ref().is_none_or(|u| !u.is_internal() && !u.is_private());
    }
    if !url.is_internal() {
        return false;
    }
    // In an intranet where Langfuse itself has a one-label host, the store may have one too.
    url.host.contains('.') || config.public_url.as_ref().is_none_or(|u| !u.is_internal())
}

fn is_same_origin(config: &Config<'_>, url: &Endpoint<'_>) -> bool {
    config.public_url.as_ref().is_some_and(|u| {
        u.https == url.https && u.host.eq_ignore_ascii_case(url.host) && u.effective_port() == url.effective_port()
    })
}

/// Whether the endpoint is the chart's own store, which the Helm rules cover.
pub(super) fn is_charts_own_store(cx: &Context<'_>, url: &Endpoint<'_>) -> bool {
    cx.deployment.helm.as_ref().is_some_and(|h| h.bundled_store && bundled_store_at(url.host) == Some(h.chart.store))
}

/// The media endpoint of web.
struct WebEndpoint<'d> {
    config: &'d Config<'d>,
    endpoint: &'d Setting,
    url: &'d Endpoint<'d>,
}

/// The endpoint that web signs media URLs for, if it is a URL that the engine uses.
fn web_endpoint<'d>(cx: &Context<'d>) -> Option<WebEndpoint<'d>> {
    let config = cx.config(Containers::WEB).filter(|c| c.engine != Engine::Gcs)?;
    let block = config.block(UseCase::Media);
    if !block.in_use() {
        return None;
    }
    let (endpoint, url) = (block.endpoint?, block.endpoint_url()?);
    let other = is_charts_own_store(cx, url) || is_of_another_engine(cx, config, block);
    (!other).then_some(WebEndpoint { config, endpoint, url })
}

/// That endpoint, if it has this fault.
fn web_endpoint_with<'d>(cx: &Context<'d>, wanted: Fault) -> Option<WebEndpoint<'d>> {
    web_endpoint(cx).filter(|h| fault(cx, h.config, h.url) == Some(wanted))
}

/// How to give web one endpoint and the worker another.
fn separate_endpoints(cx: &Context<'_>, h: &WebEndpoint<'_>) -> String {
    let name = h.endpoint.name.as_ref();
    // An endpoint that web must not use is often the right one for the worker.
    let inner = cx
        .config(Containers::WORKER)
        .and_then(|c| c.block(UseCase::Media).endpoint_url())
        .or(Some(h.url))
        .filter(|u| !u.is_loopback() && !u.is_under("docker.internal"))
        .map_or_else(|| "http://minio:9000".to_owned(), Endpoint::origin);
    let public = h.url.public_counterpart();
    let proposed = h.config.proposed_store_url();
    let outer = public.as_deref().unwrap_or(if h.config.is_public() { &proposed } else { "http://localhost:9090" });
    let proxied = if outer == proposed { " `langfuse-blob explain proxy` has the proxy's lines." } else { "" };
    match cx.deployment.wrapper {
        Wrapper::Compose => format!(
            "Give each container its own endpoint in docker-compose.override.yml: under `langfuse-web` write `{name}: \
             {outer}`, where browsers and SDKs reach the store; under `langfuse-worker` write `{name}: {inner}`. A \
             line in .env applies to both.{proxied}"
        ),
        Wrapper::Helm => format!(
            "Expose the store through an ingress and set its URL for web only: an entry `name: {name}`, `value: \
             {proposed}` in `langfuse.web.pod.additionalEnv`."
        ),
        Wrapper::K8s => format!(
            "Expose the store through an ingress and set `{name}` to its URL, such as `{outer}`, in web's Deployment; \
             the worker keeps `{inner}`."
        ),
        Wrapper::Raw => format!(
            "Start web with `{name}={outer}`, the URL at which browsers and SDKs reach the store, and the worker with \
             `{name}={inner}`: the two may differ in this setting."
        ),
    }
}

const EXPIRY: Var = var("LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS");

/// Seven days, the most that Signature Version 4 allows on both clouds.
pub(super) const LONGEST_SECONDS: f64 = 604_800.0;

/// A number that web reads, if media is in use: setting and value.
fn web_number<'d>(cx: &Context<'d>, variable: Var) -> Option<(&'d Config<'d>, &'d Setting, f64)> {
    let config = cx.config(Containers::WEB)?;
    let setting = config.environment.set_value(variable)?;
    let text = setting.text().filter(|t| config.block(UseCase::Media).in_use() && !variable.row().rejects(t))?;
    Some((config, setting, js_number(text)?))
}

//! Media: endpoints that web signs URLs for, endpoints that the worker calls, limits of the URLs.

use super::engine::is_of_another_engine;
use super::finding::{DraftFix, delete, replace_value};
use super::{Context, Finding, Findings, Rule, rule};
use crate::config::endpoint::Endpoint;
use crate::config::{Config, Engine};
use crate::provider;
use crate::source::{Kind, Setting, Wrapper};
use crate::text::mask::shown;
use crate::text::number::js_number;
use crate::variable::{Containers, Role, UseCase, Var, Version, slot, var};

pub(super) static RULES: &[&Rule] = &[
    &MEDIA_ENDPOINT_INTERNAL,
    &MEDIA_ENDPOINT_LOCALHOST,
    &MEDIA_ENDPOINT_INSECURE,
    &MEDIA_ENDPOINT_WORKER_LOCALHOST,
    &MEDIA_HOST_BLOCKED_IN_BROWSER,
    &MEDIA_SSE_BREAKS_UPLOADS,
    &MEDIA_ON_GCS_INTEROPERABILITY,
    &MEDIA_ON_GOOGLE_UNIVERSE,
    &MEDIA_LINK_EXPIRY_TOO_LONG,
    &MEDIA_LINK_EXPIRY_TOO_SHORT,
    &MEDIA_LENGTH_OVER_SINGLE_PUT,
    &MEDIA_WRITER_WITHOUT_BUCKET,
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
    if !url.is_internal() {
        return false;
    }
    // Docker Desktop makes this name resolve on its own machine and nowhere else.
    if url.is_under("docker.internal") {
        return config.is_public();
    }
    // In an intranet where Langfuse itself has a one-label host, the store may have one too.
    url.host.contains('.') || config.public_url.as_ref().is_none_or(|u| !u.is_internal())
}

fn is_same_origin(config: &Config<'_>, url: &Endpoint<'_>) -> bool {
    config.public_url.as_ref().is_some_and(|u| {
        u.https == url.https && u.host.eq_ignore_ascii_case(url.host) && u.effective_port() == url.effective_port()
    })
}

/// Whether the endpoint is the chart's own SeaweedFS, which the Helm rules cover.
pub(super) fn is_charts_own_store(cx: &Context<'_>, url: &Endpoint<'_>) -> bool {
    cx.deployment.helm.as_ref().is_some_and(|h| h.bundled_store) && url.host.ends_with("-s3-all-in-one")
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
    let outer = if h.config.is_public() { "https://media.example.com" } else { "http://localhost:9090" };
    match cx.deployment.wrapper {
        Wrapper::Compose => format!(
            "Give each container its own endpoint in docker-compose.override.yml: under `langfuse-web` write `{name}: \
             {outer}`, where browsers and SDKs reach the store; under `langfuse-worker` write `{name}: {inner}`. A \
             line in .env applies to both."
        ),
        Wrapper::Helm => format!(
            "Expose the store through an ingress and set its URL for web only: an entry `name: {name}`, `value: \
             https://media.example.com` in `langfuse.web.pod.additionalEnv`."
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

rule! {
    /// Web's media links point to a host that is reachable only inside the deployment.
    ///
    /// ## Why
    /// Media never passes through Langfuse: web signs a URL for its media endpoint, and the SDK or the browser calls
    /// it. `http://minio:9000` resolves only inside the compose network, so SDKs report `getaddrinfo ENOTFOUND minio`,
    /// and images stay empty ("Media not yet uploaded"). There is no external endpoint for media. The two containers
    /// may have different media endpoints, and nearly always need them: web only signs, the worker uploads and deletes.
    ///
    /// ## Example
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv file=web.env container=web
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://media.acme.dev
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#4369, langfuse/langfuse#4717, langfuse/langfuse#6066, langfuse/langfuse#6188,
    /// langfuse/langfuse#5250, langfuse/langfuse#6504
    MEDIA_ENDPOINT_INTERNAL = "media-endpoint-internal", Error, Failure, media_endpoint_internal
}

fn media_endpoint_internal(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(h) = web_endpoint_with(cx, Fault::Inside) else { return };
    let mut finding = Finding::at(h.config, h.endpoint).containers(Containers::WEB);
    if let Some(public) = h.config.public_url_setting().filter(|_| h.config.is_public()) {
        finding = finding.because(public, "browsers open Langfuse from outside");
    }
    let by_default = leave_to_compose(cx, &h);
    let help = if by_default.is_some() {
        format!(
            "Delete the line: the compose file then gives web `http://localhost:9090` and the worker {}.",
            shown(h.endpoint)
        )
    } else {
        separate_endpoints(cx, &h)
    };
    out.push(
        finding
            .message(format!(
                "{} is {} in web, a host reachable only inside the deployment, but browsers and SDKs get links to it",
                h.endpoint.name,
                shown(h.endpoint)
            ))
            .help(help)
            .fix(by_default.map(|edits| DraftFix::risky("use the compose file's defaults", edits))),
    );
}

/// Deletes the line from the `.env`, if the compose file has the right endpoint for each container of a Langfuse that
/// is opened on this machine.
fn leave_to_compose(cx: &Context<'_>, h: &WebEndpoint<'_>) -> Option<Vec<(crate::text::span::Span, String)>> {
    let forwards = cx.deployment.compose.as_ref().is_some_and(|c| c.forwards);
    let defaults = h.endpoint.var?.row().compose?;
    let file = cx.deployment.texts.get(h.endpoint.place?.value.file)?;
    let same = h.endpoint.text() == Some(defaults.worker) && !h.endpoint.from_wrapper();
    (forwards && same && file.kind == Kind::Dotenv && !h.config.is_public()).then(|| delete(h.endpoint)).flatten()
}

rule! {
    /// Web's media links point to localhost, while Langfuse is opened under a public name.
    ///
    /// ## Why
    /// Web signs URLs for its media endpoint. To a visitor, `localhost` is their own machine, so SDK uploads and images
    /// in the browser fail with "connection refused" everywhere but on the server. The official compose file sets
    /// `http://localhost:9090` for web, which works only as long as NEXTAUTH_URL is also local.
    ///
    /// ## Example
    /// ```dotenv file=web.env container=web
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=http://localhost:9090
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv file=web.env container=web
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://media.acme.dev
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#4369, langfuse/langfuse#4717, langfuse/langfuse#6188, langfuse/langfuse#14299
    MEDIA_ENDPOINT_LOCALHOST = "media-endpoint-localhost", Error, Failure, media_endpoint_localhost
}

fn media_endpoint_localhost(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(h) = web_endpoint_with(cx, Fault::Localhost) else { return };
    let Some(public) = h.config.public_url_setting() else { return };
    out.push(
        Finding::at(h.config, h.endpoint)
            .containers(Containers::WEB)
            .because(public, "browsers open Langfuse at this URL")
            .message(format!(
                "{} is {} in web, but Langfuse is opened at {}: every browser and SDK elsewhere calls its own machine",
                h.endpoint.name,
                shown(h.endpoint),
                shown(public)
            ))
            .help(separate_endpoints(cx, &h)),
    );
}

rule! {
    /// Web's media links use plain HTTP, and Langfuse's own pages refuse to load them.
    ///
    /// ## Why
    /// The Content-Security-Policy of Langfuse's pages allows images, audio and video from https, from Langfuse's own
    /// origin and from `http://localhost`. Anything else over HTTP is never shown inline, even if the upload worked; it
    /// opens only with a click. The browser's console says "Refused to load the image … violates the following Content
    /// Security Policy directive". If Langfuse itself is on HTTPS, the browser also blocks the link as mixed content.
    ///
    /// ## Example
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=http://media.acme.dev:9000
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://media.acme.dev
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#14299, langfuse/langfuse#6188; `cspHeader` in Langfuse's `web/next.config.mjs`.
    MEDIA_ENDPOINT_INSECURE = "media-endpoint-insecure", Error, Failure, media_endpoint_insecure
}

fn media_endpoint_insecure(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(h) = web_endpoint_with(cx, Fault::Insecure) else { return };
    let name = &h.endpoint.name;
    let mut finding = Finding::at(h.config, h.endpoint).containers(Containers::WEB);
    let https_page = h.config.public_url.as_ref().is_some_and(|u| u.https);
    if let Some(public) = h.config.public_url_setting().filter(|_| https_page) {
        finding = finding.because(public, "the page is on HTTPS: HTTP is blocked as mixed content");
    }
    // Only the name is at fault here: the policy allows `localhost`, not its addresses.
    let local = h.url.is_loopback().then(|| h.url.with_host("localhost"));
    let help = match (&local, cx.deployment.wrapper) {
        (Some(local), _) => format!("Write `{name}={local}` for web: the policy allows the name, not the address."),
        (None, Wrapper::Compose) if h.url.is_under("docker.internal") => separate_endpoints(cx, &h),
        _ => format!(
            "Put the store behind a host with a TLS certificate and set `{name}=https://…` for web; the worker can \
             keep {}.",
            shown(h.endpoint)
        ),
    };
    out.push(
        finding
            .message(format!(
                "{} is {} in web, but Langfuse's pages load HTTP media only from `http://localhost`; expected https",
                name,
                shown(h.endpoint)
            ))
            .help(help)
            .fix(
                local
                    .filter(|_| h.config.containers == Containers::WEB)
                    .and_then(|l| replace_value(h.endpoint, &l).map(|e| DraftFix::risky(format!("write `{l}`"), e))),
            ),
    );
}

rule! {
    /// The worker's media endpoint is its own localhost.
    ///
    /// ## Why
    /// The worker calls the media store itself: it deletes media of deleted traces and projects, enforces retention,
    /// and uploads media from OpenTelemetry and large fields. In a container `localhost` is that container, so all of
    /// this fails with `connect ECONNREFUSED 127.0.0.1:9090`. The official compose file has one value for each
    /// container, but one line in `.env` replaces both.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-store
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_MEDIA_UPLOAD_PREFIX=media/
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=http://localhost:9090
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-store
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-store
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_MEDIA_UPLOAD_PREFIX=media/
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=http://localhost:9090
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-store
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-store
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_MEDIA_UPLOAD_PREFIX=media/
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-store
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#8544, langfuse/langfuse#16297; the two values in Langfuse's `docker-compose.yml`.
    MEDIA_ENDPOINT_WORKER_LOCALHOST = "media-endpoint-worker-localhost", Error, Failure, media_endpoint_worker_localhost
}

fn media_endpoint_worker_localhost(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(config) = cx.config(Containers::WORKER).filter(|c| c.engine != Engine::Gcs) else { return };
    let block = config.block(UseCase::Media);
    let Some(endpoint) = block.endpoint.filter(|_| block.in_use()) else { return };
    if !block.endpoint_url().is_some_and(Endpoint::is_loopback) {
        return;
    }
    // If events also go to localhost and nothing suggests containers, Langfuse runs on the store's machine.
    let events = config.block(UseCase::Events);
    if cx.deployment.wrapper == Wrapper::Raw && events.endpoint_url().is_some_and(Endpoint::is_loopback) {
        return;
    }
    let inner = events
        .endpoint_url()
        .filter(|u| u.is_internal())
        .map_or_else(|| "http://minio:9000".to_owned(), Endpoint::origin);
    let name = &endpoint.name;
    let help = match cx.deployment.wrapper {
        Wrapper::Compose => format!(
            "Give the worker its own endpoint in docker-compose.override.yml: under `langfuse-worker`, `environment:`, \
             write `{name}: {inner}`. A line in .env applies to both containers."
        ),
        Wrapper::Helm => format!(
            "Set the store's internal URL in `s3.mediaUpload.endpoint` or `s3.endpoint`, and the one for browsers in \
             `langfuse.web.pod.additionalEnv` as {name}."
        ),
        _ => {
            format!("Start the worker with `{name}={inner}`, the store's URL inside the network; web can keep its own.")
        }
    };
    out.push(
        Finding::at(config, endpoint)
            .containers(Containers::WORKER)
            .looks_at(block.bucket)
            .message(format!(
                "{name} is {} in the worker, where localhost is the worker's own container; expected the store's URL",
                shown(endpoint)
            ))
            .help(help),
    );
}

rule! {
    /// Browsers can't upload attachments to this media host.
    ///
    /// ## Why
    /// Since v3.195.0 dataset items accept attachments in the browser, which uploads them directly to the store. The
    /// Content-Security-Policy allows that for `*.amazonaws.com`, `*.blob.core.windows.net`, `storage.googleapis.com`
    /// and `http://localhost`. The list is fixed when the image is built, before the media endpoint is known, so the
    /// official images refuse other hosts: "Refused to connect … Content Security Policy". Uploads by the Python and
    /// JavaScript SDKs and the display of media aren't affected.
    ///
    /// ## Example
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://media.acme.dev
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#14613, langfuse/langfuse#16297; `mediaUploadConnectSrc` in Langfuse's `web/next.config.mjs`.
    MEDIA_HOST_BLOCKED_IN_BROWSER = "media-host-blocked-in-browser", Hint, Advice, media_host_blocked_in_browser
}

/// The first release with attachments in the browser (langfuse/langfuse#14257).
const BROWSER_UPLOADS: Version = Version { major: 3, minor: 195, patch: 0 };

fn media_host_blocked_in_browser(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(h) = web_endpoint(cx).filter(|h| h.url.https) else { return };
    let allowed = h.url.is_under("amazonaws.com")
        || h.url.is_under("blob.core.windows.net")
        || h.url.host.eq_ignore_ascii_case("storage.googleapis.com")
        || is_same_origin(h.config, h.url);
    if allowed || fault(cx, h.config, h.url).is_some() || cx.is_older(Containers::WEB, BROWSER_UPLOADS) {
        return;
    }
    out.push(
        Finding::at(h.config, h.endpoint)
            .containers(Containers::WEB)
            .message(format!(
                "{} is {}, but the official image's Content-Security-Policy blocks browser uploads to this host",
                h.endpoint.name,
                shown(h.endpoint)
            ))
            .help(format!(
                "Nothing to change if attachments come from SDKs. Otherwise build web's image with {} set, so that its \
                 Content-Security-Policy includes the host.",
                h.endpoint.name
            )),
    );
}

rule! {
    /// Media uploads request encryption, so uploads by SDKs and browsers fail.
    ///
    /// ## Why
    /// With LANGFUSE_S3_MEDIA_UPLOAD_SSE set, web signs upload URLs with the header `x-amz-server-side-encryption` (and
    /// the KMS key's, if there is one). A signed header must be sent, but neither Langfuse's SDKs nor its pages send
    /// it: the store answers 403. Amazon S3 encrypts every object anyway; a bucket's default encryption does the same
    /// with a KMS key, without a header.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_SSE=AES256
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// aws/aws-sdk-js-v3#1576, aws/aws-sdk-js-v3#3974; the signed headers observed with the SDK version that Langfuse
    /// pins, and the upload code of langfuse-python and langfuse-js; Amazon S3 documentation, SSE-S3 (every new object
    /// since 5 January 2023).
    MEDIA_SSE_BREAKS_UPLOADS = "media-sse-breaks-uploads", Error, Failure, media_sse_breaks_uploads
}

fn media_sse_breaks_uploads(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(config) = cx.config(Containers::WEB).filter(|c| c.engine == Engine::S3) else { return };
    let block = config.block(UseCase::Media);
    let Some(sse) = block.sse.filter(|_| block.in_use()) else { return };
    // A value that Langfuse rejects never reaches a URL.
    if sse.var.zip(sse.text()).is_some_and(|(v, t)| v.row().rejects(t)) {
        return;
    }
    // Without the method the key would have no effect, so the two go together.
    let key = block.kms_key;
    let edits = delete(sse).and_then(|mut edits| {
        if let Some(key) = key {
            edits.extend(delete(key)?);
        }
        Some(edits)
    });
    let mut finding = Finding::at(config, sse).containers(Containers::WEB).looks_at(block.bucket);
    if let Some(key) = key {
        finding = finding.because(key, "has no effect without it");
    }
    out.push(
        finding
            .message(format!(
                "{} is {}: upload URLs are signed with a header that no Langfuse SDK sends, so the store refuses \
                 uploads",
                sse.name,
                shown(sse)
            ))
            .help(format!(
                "Delete {}{} and set default encryption on the bucket, which needs no header.",
                sse.name,
                key.map_or(String::new(), |k| format!(" and {}", k.name))
            ))
            .fix(edits.map(|e| DraftFix::risky("remove encryption from media uploads", e))),
    );
}

rule! {
    /// Media in Google Cloud Storage through its S3-compatible API.
    ///
    /// ## Why
    /// The S3 engine signs upload URLs with the header `x-amz-checksum-sha256`. Langfuse's SDKs omit that header if the
    /// host is `storage.googleapis.com`, because native URLs don't use it, so the signature doesn't match: "Media
    /// upload failed with status 403". The native engine signs URLs as the SDKs expect them.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=auto
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://storage.googleapis.com
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=GOOG1EQ7RT2MNBVCXZ5K3PLKJHGFDSAPOIUYTREWQ1234567890ABCDEFGHIJ
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=pq8Rk2LmZx7Vt4Yb9Nw3Hs6Jd1Fg5Kc0Qa8Xe2Tz
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
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
    /// langfuse/langfuse#6504; signed headers observed with the SDK version that Langfuse pins.
    MEDIA_ON_GCS_INTEROPERABILITY = "media-on-gcs-interoperability", Error, Failure, media_on_gcs_interoperability
}

fn media_on_gcs_interoperability(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(config) = cx.config(Containers::WEB).filter(|c| c.engine == Engine::S3) else { return };
    let block = config.block(UseCase::Media);
    let Some(endpoint) = block.endpoint.filter(|_| block.in_use() && block.is(&provider::GCS)) else { return };
    out.push(
        Finding::at(config, endpoint)
            .containers(Containers::WEB)
            .looks_at(block.bucket)
            .message(format!(
                "{} is {} on the S3 engine: Langfuse's SDKs don't send a header that the upload URL is signed with",
                endpoint.name,
                shown(endpoint)
            ))
            .help(
                "Use the native engine for all use cases: `LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true` with \
                 LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS or an ambient identity; the buckets stay the same.",
            ),
    );
}

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
                "{} is {}: SDKs treat the media host as an S3 store and add headers that Google refuses",
                universe.name,
                shown(universe)
            ))
            .help(format!(
                "Test one upload with your SDK before relying on media; until it works, leave {} unset.",
                block.name(Role::Bucket)
            )),
    );
}

rule! {
    /// Media download links are set to live longer than a signature can.
    ///
    /// ## Why
    /// S3 and Google Cloud Storage signatures are valid for seven days at most. The signers refuse more: "Signature
    /// version 4 presigned URLs must have an expiration date less than one week in the future", "Max allowed expiration
    /// is seven days". Every media view then fails.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS=2592000
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS=3600
    /// ```
    ///
    /// ## Seen in
    /// `S3RequestPresigner` of the AWS SDK for JavaScript, `signer.js` of @google-cloud/storage; Amazon S3
    /// documentation, presigned URLs.
    MEDIA_LINK_EXPIRY_TOO_LONG = "media-link-expiry-too-long", Error, Failure, media_link_expiry_too_long
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

fn media_link_expiry_too_long(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some((config, setting, seconds)) = web_number(cx, EXPIRY) else { return };
    if seconds <= LONGEST_SECONDS || !matches!(config.engine, Engine::S3 | Engine::Gcs) {
        return;
    }
    out.push(
        Finding::at(config, setting)
            .for_block(config.block(UseCase::Media))
            .message(format!(
                "{} is {}, expected 604800 (seven days) or less: no link can be signed for longer",
                setting.name,
                shown(setting)
            ))
            .help(format!(
                "Write `{}=604800`, or `3600`, the default: pages request a new link each time.",
                setting.name
            ))
            .fix(replace_value(setting, "604800").map(|e| DraftFix::risky("write `604800`", e))),
    );
}

rule! {
    /// Media download links expire before they can be used.
    ///
    /// ## Why
    /// The time runs from signing, by web's clock. With 0 a link has expired when it arrives; under a minute, a small
    /// clock difference, a slow page or a long video is enough for "Request has expired".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS=0
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS=3600
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `web/src/env.mjs`, which accepts 0 and fractions.
    MEDIA_LINK_EXPIRY_TOO_SHORT = "media-link-expiry-too-short", Warning, Failure, media_link_expiry_too_short
}

fn media_link_expiry_too_short(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some((config, setting, _)) = web_number(cx, EXPIRY).filter(|(_, _, seconds)| *seconds < 60.0) else { return };
    out.push(
        Finding::at(config, setting)
            .for_block(config.block(UseCase::Media))
            .message(format!("{} is {}, expected 60 seconds or more", setting.name, shown(setting)))
            .help(format!("Write `{}=3600`, the default.", setting.name))
            .fix(replace_value(setting, "3600").map(|e| DraftFix::risky("write `3600`", e))),
    );
}

rule! {
    /// The size limit for media is above what one upload can hold.
    ///
    /// ## Why
    /// Media is uploaded with a single PUT to a presigned URL. Amazon S3 and Cloudflare R2 accept 5 GiB in one PUT; a
    /// larger file passes Langfuse's own check and is then refused with `EntityTooLarge`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH=10000000000
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH=5000000000
    /// ```
    ///
    /// ## Seen in
    /// Amazon S3 documentation, uploading objects; Cloudflare R2 documentation, limits.
    MEDIA_LENGTH_OVER_SINGLE_PUT = "media-length-over-single-put", Warning, Failure, media_length_over_single_put
}

fn media_length_over_single_put(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const LENGTH: Var = var("LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH");
    const FIVE_GIB: f64 = 5_368_709_120.0;
    let Some((config, setting, bytes)) = web_number(cx, LENGTH) else { return };
    let block = config.block(UseCase::Media);
    if bytes <= FIVE_GIB || config.engine != Engine::S3 || !(block.is_aws() || block.is(&provider::R2)) {
        return;
    }
    let store = block.provider.map_or("", |p| p.name);
    out.push(
        Finding::at(config, setting)
            .for_block(block)
            .looks_at(block.endpoint)
            .message(format!(
                "{} is {}, but {store} accepts at most 5368709120 bytes (5 GiB) in one upload",
                setting.name,
                shown(setting)
            ))
            .help(format!("Write `{}=5000000000` or less; media never uses multipart uploads.", setting.name))
            .fix(replace_value(setting, "5000000000").map(|e| DraftFix::risky("write `5000000000`", e))),
    );
}

rule! {
    /// The worker is set to write media itself, but has no media bucket.
    ///
    /// ## Why
    /// LANGFUSE_OTEL_MEDIA_UPLOAD_ENABLED lets the worker extract media from OpenTelemetry spans, and
    /// LANGFUSE_OBSERVATION_FIELD_OVERFLOW_ENABLED lets it move large observation fields out. Both write to the media
    /// bucket. Without one, neither works, and the worker logs "OTEL media upload is enabled but no media storage
    /// bucket is configured" or "Media upload bucket is not configured".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_OTEL_MEDIA_UPLOAD_ENABLED=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_OTEL_MEDIA_UPLOAD_ENABLED=true
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `worker/src/features/otel-media/processOtelMedia.ts` and
    /// `worker/src/features/observation-field-overflow/processObservationFieldOverflow.ts`.
    MEDIA_WRITER_WITHOUT_BUCKET = "media-writer-without-bucket", Warning, Failure, media_writer_without_bucket
}

fn media_writer_without_bucket(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const WRITERS: [Var; 2] =
        [var("LANGFUSE_OTEL_MEDIA_UPLOAD_ENABLED"), var("LANGFUSE_OBSERVATION_FIELD_OVERFLOW_ENABLED")];
    let Some(config) = cx.config(Containers::WORKER).filter(|c| !c.environment.open) else { return };
    let block = config.block(UseCase::Media);
    let Some(bucket) = slot(UseCase::Media, Role::Bucket).filter(|_| !block.in_use()) else { return };
    for writer in WRITERS {
        let Some(setting) = config.environment.get(writer).filter(|_| config.environment.is_true(writer)) else {
            continue;
        };
        out.push(
            Finding::at(config, setting)
                .for_block(block)
                .message(format!("{} is `true`, but {} is not set in the worker", setting.name, bucket.name()))
                .help(format!(
                    "Set the media block in the worker as in web, starting with `{}=acme-media`, or write `{}=false`.",
                    bucket.name(),
                    setting.name
                )),
        );
    }
}

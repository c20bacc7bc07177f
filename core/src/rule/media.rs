//! Media: addresses that web hands out, addresses that the worker calls, limits of the links.

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

/// Why an address is of no use to browsers and SDKs. One address has one fault, so that one cause is one finding.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Known only inside the deployment's network.
    Inside,
    /// The visitor's own machine, while Langfuse is opened under another name.
    Localhost,
    /// Plain http, which Langfuse's pages do not load.
    Insecure,
}

/// The fault of `url` as an address that Langfuse in `config` hands out.
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
    // Docker Desktop makes this name known to the machine it runs on, and to no other.
    if url.is_under("docker.internal") {
        return config.is_public();
    }
    // In an intranet where Langfuse itself is opened by one label, the store may be too.
    url.host.contains('.') || config.public_url.as_ref().is_none_or(|u| !u.is_internal())
}

fn is_same_origin(config: &Config<'_>, url: &Endpoint<'_>) -> bool {
    config.public_url.as_ref().is_some_and(|u| {
        u.https == url.https && u.host.eq_ignore_ascii_case(url.host) && u.effective_port() == url.effective_port()
    })
}

/// Whether the address is the chart's own SeaweedFS, which the Helm rules speak about.
pub(super) fn is_charts_own_store(cx: &Context<'_>, url: &Endpoint<'_>) -> bool {
    cx.deployment.helm.as_ref().is_some_and(|h| h.bundled_store) && url.host.ends_with("-s3-all-in-one")
}

/// The media address of web.
struct Handed<'d> {
    config: &'d Config<'d>,
    endpoint: &'d Setting,
    url: &'d Endpoint<'d>,
}

/// The address under which web hands out media, where it is a URL that the engine uses.
fn handed_out<'d>(cx: &Context<'d>) -> Option<Handed<'d>> {
    let config = cx.config(Containers::WEB).filter(|c| c.engine != Engine::Gcs)?;
    let block = config.block(UseCase::Media);
    if !block.in_use() {
        return None;
    }
    let (endpoint, url) = (block.endpoint?, block.endpoint_url()?);
    let other = is_charts_own_store(cx, url) || is_of_another_engine(cx, config, block);
    (!other).then_some(Handed { config, endpoint, url })
}

/// The handed-out address, if it has this fault.
fn handed_out_with<'d>(cx: &Context<'d>, wanted: Fault) -> Option<Handed<'d>> {
    handed_out(cx).filter(|h| fault(cx, h.config, h.url) == Some(wanted))
}

/// What to write so that web hands out one address and the worker calls another.
fn two_addresses(cx: &Context<'_>, h: &Handed<'_>) -> String {
    let name = h.endpoint.name.as_ref();
    // An address that web must not hand out is often the right one for the worker.
    let inner = cx
        .config(Containers::WORKER)
        .and_then(|c| c.block(UseCase::Media).endpoint_url())
        .or(Some(h.url))
        .filter(|u| !u.is_loopback() && !u.is_under("docker.internal"))
        .map_or_else(|| "http://minio:9000".to_owned(), Endpoint::origin);
    let outer = if h.config.is_public() { "https://media.example.com" } else { "http://localhost:9090" };
    match cx.deployment.wrapper {
        Wrapper::Compose => format!(
            "Give each container its own address in docker-compose.override.yml: under `langfuse-web` write \
             `{name}: {outer}`, where browsers and SDKs reach the store; under `langfuse-worker` write `{name}: {inner}`. \
             One line in .env would be for both."
        ),
        Wrapper::Helm => format!(
            "Publish the store through an ingress and set its address for web alone: an entry `name: {name}`, `value: \
             https://media.example.com` under `langfuse.web.pod.additionalEnv`."
        ),
        Wrapper::K8s => format!(
            "Publish the store through an ingress and set `{name}` to that address, such as `{outer}`, in web's \
             Deployment; the worker keeps `{inner}`."
        ),
        Wrapper::Raw => format!(
            "Start web with `{name}={outer}`, the address at which browsers and SDKs reach the store, and the worker with \
             `{name}={inner}`: the two may differ in this one setting."
        ),
    }
}

rule! {
    /// Web hands out media links to a host that only the deployment's own network knows.
    ///
    /// ## Why
    /// Media never passes through Langfuse: web signs a link with its media endpoint, and the SDK or the browser calls
    /// it. `http://minio:9000` is a name inside the compose network, so SDKs report `getaddrinfo ENOTFOUND minio`, and
    /// images stay empty ("Media not yet uploaded"). There is no external endpoint for media. The two containers may
    /// have different media endpoints, and nearly always need them: web only signs, the worker uploads and deletes.
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
    let Some(h) = handed_out_with(cx, Fault::Inside) else { return };
    let mut finding = Finding::at(h.config, h.endpoint).containers(Containers::WEB);
    if let Some(public) = h.config.public_url_setting().filter(|_| h.config.is_public()) {
        finding = finding.because(public, "browsers come from outside");
    }
    let by_default = leave_to_compose(cx, &h);
    let help = if by_default.is_some() {
        format!(
            "Delete the line: the compose file then gives web `http://localhost:9090` and the worker {}.",
            shown(h.endpoint)
        )
    } else {
        two_addresses(cx, &h)
    };
    out.push(
        finding
            .message(format!(
                "{} is {} in web, a host known only inside the deployment, yet web hands it out to browsers and SDKs",
                h.endpoint.name,
                shown(h.endpoint)
            ))
            .help(help)
            .fix(by_default.map(|edits| DraftFix::risky("leave the address to the compose file", edits))),
    );
}

/// Deleting the line from the `.env`, where the compose file has the right address for each container of a Langfuse
/// that is opened on this machine.
fn leave_to_compose(cx: &Context<'_>, h: &Handed<'_>) -> Option<Vec<(crate::text::span::Span, String)>> {
    let forwards = cx.deployment.compose.as_ref().is_some_and(|c| c.forwards);
    let defaults = h.endpoint.var?.row().compose?;
    let file = cx.deployment.texts.get(h.endpoint.place?.value.file)?;
    let same = h.endpoint.text() == Some(defaults.worker) && !h.endpoint.from_wrapper();
    (forwards && same && file.kind == Kind::Dotenv && !h.config.is_public()).then(|| delete(h.endpoint)).flatten()
}

rule! {
    /// Web hands out media links to localhost, while Langfuse is opened under a public name.
    ///
    /// ## Why
    /// Web signs links with its media endpoint. For a visitor `localhost` is the visitor's own machine, so uploads from
    /// SDKs and images in the browser fail with "connection refused" everywhere but on the server. The official compose
    /// file sets `http://localhost:9090` for web, which is right only as long as NEXTAUTH_URL is local too.
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
    let Some(h) = handed_out_with(cx, Fault::Localhost) else { return };
    let Some(public) = h.config.public_url_setting() else { return };
    out.push(
        Finding::at(h.config, h.endpoint)
            .containers(Containers::WEB)
            .because(public, "browsers open Langfuse under this name")
            .message(format!(
                "{} is {} in web, but Langfuse is opened at {}: every browser and SDK elsewhere calls its own machine",
                h.endpoint.name,
                shown(h.endpoint),
                shown(public)
            ))
            .help(two_addresses(cx, &h)),
    );
}

rule! {
    /// Web hands out media links over plain http, and Langfuse's own pages refuse to load them.
    ///
    /// ## Why
    /// The content security policy of Langfuse's pages lets images, audio and video come from https, from Langfuse's own
    /// origin and from `http://localhost`. Anything else over http is never shown inline, not even when the upload worked;
    /// it opens with a click. The browser's console says "Refused to load the image … violates the following Content
    /// Security Policy directive". Where Langfuse itself is on https the browser blocks the link as mixed content besides.
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
    /// langfuse/langfuse#14299, langfuse/langfuse#6188; `cspHeader` in `web/next.config.mjs` of Langfuse.
    MEDIA_ENDPOINT_INSECURE = "media-endpoint-insecure", Error, Failure, media_endpoint_insecure
}

fn media_endpoint_insecure(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(h) = handed_out_with(cx, Fault::Insecure) else { return };
    let name = &h.endpoint.name;
    let mut finding = Finding::at(h.config, h.endpoint).containers(Containers::WEB);
    let https_page = h.config.public_url.as_ref().is_some_and(|u| u.https);
    if let Some(public) = h.config.public_url_setting().filter(|_| https_page) {
        finding = finding.because(public, "a page on https: http is blocked as mixed content");
    }
    // Here the name alone is at fault: the policy knows `localhost` and not its addresses.
    let local = h.url.is_loopback().then(|| h.url.with_host("localhost"));
    let help = match (&local, cx.deployment.wrapper) {
        (Some(local), _) => format!("Write `{name}={local}` for web: the policy knows the name, not the address."),
        (None, Wrapper::Compose) if h.url.is_under("docker.internal") => two_addresses(cx, &h),
        _ => format!(
            "Put the store behind a host with a certificate and set `{name}=https://…` for web; the worker may keep {}.",
            shown(h.endpoint)
        ),
    };
    out.push(
        finding
            .message(format!(
                "{} is {} in web, and Langfuse's pages load media over http from `http://localhost` alone; expected https",
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
    /// The worker calls the media store itself: it deletes media of deleted traces and projects, keeps retention, and
    /// uploads media from OpenTelemetry and large fields. In a container `localhost` is that container, so all of it ends
    /// with `connect ECONNREFUSED 127.0.0.1:9090`. The official compose file has one address for each container, but one
    /// line in `.env` replaces both.
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
    // Where events go to localhost too and nothing says "container", Langfuse runs on the machine of the store.
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
            "Give the worker its own address in docker-compose.override.yml: under `langfuse-worker`, `environment:`, write \
             `{name}: {inner}`. One line in .env is for both containers."
        ),
        Wrapper::Helm => format!(
            "Set the store's inner address at `s3.mediaUpload.endpoint` or `s3.endpoint`, and the one for browsers in \
             `langfuse.web.pod.additionalEnv` as {name}."
        ),
        _ => format!(
            "Start the worker with `{name}={inner}`, the store's address inside the network; web may keep its own."
        ),
    };
    out.push(
        Finding::at(config, endpoint)
            .containers(Containers::WORKER)
            .looks_at(block.bucket)
            .message(format!(
                "{name} is {} in the worker, where localhost is the worker's own container; expected the store's address",
                shown(endpoint)
            ))
            .help(help),
    );
}

rule! {
    /// Attachments cannot be uploaded to this media host from the browser.
    ///
    /// ## Why
    /// Since v3.195.0 dataset items take attachments in the browser, which sends them straight to the store. The content
    /// security policy allows that for `*.amazonaws.com`, `*.blob.core.windows.net`, `storage.googleapis.com` and
    /// `http://localhost`. The list is fixed when the image is built, where the media endpoint is not known, so other
    /// hosts are refused in the official images: "Refused to connect … Content Security Policy". Uploads by the Python
    /// and JavaScript SDKs and the display of media are not affected.
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
    /// langfuse/langfuse#14613, langfuse/langfuse#16297; `mediaUploadConnectSrc` in `web/next.config.mjs` of Langfuse.
    MEDIA_HOST_BLOCKED_IN_BROWSER = "media-host-blocked-in-browser", Hint, Advice, media_host_blocked_in_browser
}

/// The first release with attachments in the browser (langfuse/langfuse#14257).
const BROWSER_UPLOADS: Version = Version { major: 3, minor: 195, patch: 0 };

fn media_host_blocked_in_browser(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(h) = handed_out(cx).filter(|h| h.url.https) else { return };
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
                "{} is {}, a host to which the pages of the official image do not let browsers upload attachments",
                h.endpoint.name,
                shown(h.endpoint)
            ))
            .help(format!(
                "Nothing to change if attachments come from SDKs. Otherwise build web's image with {} set, so that the \
                 host enters its content security policy.",
                h.endpoint.name
            )),
    );
}

rule! {
    /// Encryption is asked for in media uploads, and uploads by SDKs and browsers then fail.
    ///
    /// ## Why
    /// With LANGFUSE_S3_MEDIA_UPLOAD_SSE set, the upload link that web hands out is signed for the header
    /// `x-amz-server-side-encryption` (and for the KMS key's, if there is one). A signed header must be sent, and neither
    /// Langfuse's SDKs nor its pages send it: the store answers 403. Amazon S3 encrypts every object by itself; a bucket's
    /// default encryption does the same with a KMS key, without a header.
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
    /// aws/aws-sdk-js-v3#1576, aws/aws-sdk-js-v3#3974; the signed headers as observed with the SDK version that Langfuse
    /// locks, and the upload code of langfuse-python and langfuse-js; Amazon S3 documentation, SSE-S3 (every new object since
    /// 5 January 2023).
    MEDIA_SSE_BREAKS_UPLOADS = "media-sse-breaks-uploads", Error, Failure, media_sse_breaks_uploads
}

fn media_sse_breaks_uploads(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(config) = cx.config(Containers::WEB).filter(|c| c.engine == Engine::S3) else { return };
    let block = config.block(UseCase::Media);
    let Some(sse) = block.sse.filter(|_| block.in_use()) else { return };
    // A value that Langfuse rejects never gets as far as a link.
    if sse.var.zip(sse.text()).is_some_and(|(v, t)| v.row().rejects(t)) {
        return;
    }
    // Without the method the key would be a setting without effect, so the two go together.
    let key = block.kms_key;
    let edits = delete(sse).and_then(|mut edits| {
        if let Some(key) = key {
            edits.extend(delete(key)?);
        }
        Some(edits)
    });
    let mut finding = Finding::at(config, sse).containers(Containers::WEB).looks_at(block.bucket);
    if let Some(key) = key {
        finding = finding.because(key, "belongs to it");
    }
    out.push(
        finding
            .message(format!(
                "{} is {}: upload links are signed for a header that no Langfuse SDK sends, and the store refuses them",
                sse.name,
                shown(sse)
            ))
            .help(format!(
                "Delete {}{} and set default encryption on the bucket, which needs no header.",
                sse.name,
                key.map_or(String::new(), |k| format!(" and {}", k.name))
            ))
            .fix(edits.map(|e| DraftFix::risky("delete the encryption of media", e))),
    );
}

rule! {
    /// Media in Google Cloud Storage through its S3 interface.
    ///
    /// ## Why
    /// The S3 engine signs upload links for the header `x-amz-checksum-sha256`. Langfuse's SDKs leave that header out
    /// when the host is `storage.googleapis.com`, because native links do not want it, so the signature does not match:
    /// "Media upload failed with status 403". The native engine signs links as the SDKs expect them.
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
    /// langfuse/langfuse#6504; signed headers as observed with the SDK version that Langfuse locks.
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
                "{} is {} on the S3 engine: Langfuse's SDKs do not send a header that the upload link is signed for",
                endpoint.name,
                shown(endpoint)
            ))
            .help(
                "Use the native engine for all purposes: `LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true` with \
                 LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS or an ambient identity; the buckets stay.",
            ),
    );
}

rule! {
    /// Media in a sovereign Google Cloud, whose host Langfuse's SDKs do not recognise.
    ///
    /// ## Why
    /// With another GOOGLE_CLOUD_UNIVERSE_DOMAIN links point to `storage.<domain>`. Langfuse's SDKs know Google by the
    /// host `storage.googleapis.com` alone and add their S3 headers to any other upload, which Google refuses with
    /// `MalformedSecurityHeader`.
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
                "{} is {}: SDKs take the media host for an S3 store and add headers that Google refuses",
                universe.name,
                shown(universe)
            ))
            .help(format!(
                "Try one upload with the SDK in use before relying on media; until it works, leave {} out.",
                block.name(Role::Bucket)
            )),
    );
}

rule! {
    /// Media download links are to live longer than a signature may.
    ///
    /// ## Why
    /// Signatures of S3 and of Google Cloud Storage are valid for seven days at the most. The signers refuse more:
    /// "Signature version 4 presigned URLs must have an expiration date less than one week in the future", "Max allowed
    /// expiration is seven days". Every media view then fails.
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
    /// `S3RequestPresigner` of the AWS SDK for JavaScript, `signer.js` of @google-cloud/storage; Amazon S3 documentation,
    /// presigned URLs.
    MEDIA_LINK_EXPIRY_TOO_LONG = "media-link-expiry-too-long", Error, Failure, media_link_expiry_too_long
}

const EXPIRY: Var = var("LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS");
/// Seven days, the most that signature version 4 allows on both clouds.
pub(super) const LONGEST_SECONDS: f64 = 604_800.0;

/// A number that web reads, where media is in use: setting and value.
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
                "Write `{}=604800`, or `3600`, the default: pages ask for a fresh link each time.",
                setting.name
            ))
            .fix(replace_value(setting, "604800").map(|e| DraftFix::risky("write `604800`", e))),
    );
}

rule! {
    /// Media download links expire before they can be used.
    ///
    /// ## Why
    /// The time runs from the moment of signing, by web's clock. With 0 a link is dead when it arrives; under a minute a
    /// small difference between clocks, a slow page or a long video is enough for "Request has expired".
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
    /// `web/src/env.mjs` of Langfuse, which accepts 0 and fractions.
    MEDIA_LINK_EXPIRY_TOO_SHORT = "media-link-expiry-too-short", Warning, Failure, media_link_expiry_too_short
}

fn media_link_expiry_too_short(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some((config, setting, _)) = web_number(cx, EXPIRY).filter(|(_, _, seconds)| *seconds < 60.0) else { return };
    out.push(
        Finding::at(config, setting)
            .for_block(config.block(UseCase::Media))
            .message(format!("{} is {}, expected 60 seconds or more", setting.name, shown(setting)))
            .help(format!("Write `{}=3600`, which is the default.", setting.name))
            .fix(replace_value(setting, "3600").map(|e| DraftFix::risky("write `3600`", e))),
    );
}

rule! {
    /// The limit for media is above what one upload may hold.
    ///
    /// ## Why
    /// Media is uploaded with a single PUT to a signed link. Amazon S3 and Cloudflare R2 take 5 GiB in one PUT; a larger
    /// file passes Langfuse's own check and is then refused with `EntityTooLarge`.
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
                "{} is {}, but {store} takes no more than 5368709120 bytes (5 GiB) in one upload",
                setting.name,
                shown(setting)
            ))
            .help(format!("Write `{}=5000000000` or less; media is never uploaded in parts.", setting.name))
            .fix(replace_value(setting, "5000000000").map(|e| DraftFix::risky("write `5000000000`", e))),
    );
}

rule! {
    /// The worker is to write media itself, but has no media bucket.
    ///
    /// ## Why
    /// LANGFUSE_OTEL_MEDIA_UPLOAD_ENABLED lets the worker take media out of OpenTelemetry spans, and
    /// LANGFUSE_OBSERVATION_FIELD_OVERFLOW_ENABLED lets it move large fields of observations. Both write to the media
    /// bucket. Without one neither happens, and the worker's log says "OTEL media upload is enabled but no media storage
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
    /// `worker/src/features/otel-media/processOtelMedia.ts` and
    /// `worker/src/features/observation-field-overflow/processObservationFieldOverflow.ts` of Langfuse.
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
                    "Set the media block in the worker as in web, beginning with `{}=acme-media`, or write `{}=false`.",
                    bucket.name(),
                    setting.name
                )),
        );
    }
}

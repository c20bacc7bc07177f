//! Batch exports: not enabled, and download links that nobody can open.

use super::finding::{DraftFix, replace_value};
use super::media::{Fault, LONGEST_SECONDS, fault, is_charts_own_store};
use super::{Context, Finding, Findings, Rule, rule};
use crate::config::endpoint::Endpoint;
use crate::config::{Block, Config, Engine, text};
use crate::source::{Setting, Wrapper};
use crate::text::mask::shown;
use crate::text::number::js_number;
use crate::variable::{Containers, Role, UseCase, Var, Version, slot, var};

pub(super) static RULES: &[&Rule] = &[
    &EXPORT_NOT_ENABLED,
    &EXPORT_LINK_INTERNAL,
    &EXPORT_LINK_LOCALHOST,
    &EXPORT_LINK_INSECURE,
    &EXPORT_EXTERNAL_ENDPOINT_WITH_PATH,
    &EXPORT_LINK_EXPIRY_TOO_LONG,
    &EXPORT_UNKNOWN_TO_WEB,
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

rule! {
    /// Batch exports are configured but not enabled.
    ///
    /// ## Why
    /// The worker makes exports only if LANGFUSE_S3_BATCH_EXPORT_ENABLED is `true`; the default is `false`. The UI
    /// offers exports anyway, and each fails with "Batch export is not enabled. Configure environment variables to use
    /// this feature."
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `worker/src/features/batchExport/handleBatchExportJob.ts`.
    EXPORT_NOT_ENABLED = "export-not-enabled", Warning, Failure, export_not_enabled
}

fn export_not_enabled(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(config) = cx.config(Containers::WORKER) else { return };
    let block = config.block(UseCase::Exports);
    let Some(switch) = slot(UseCase::Exports, Role::Enabled) else { return };
    let off = match block.enabled {
        None => !config.environment.open,
        Some(written) => written.text() == Some("false"),
    };
    if !off {
        return;
    }
    // Keys and region are often replaced in all blocks at once; these four show that exports are intended.
    let meant = [block.bucket, block.endpoint, block.external, block.prefix];
    let mut meant = meant.into_iter().flatten().filter(|s| !cx.deployment.is_default(config.containers, s));
    let Some(first) = meant.next() else { return };
    let mut finding = Finding::at(config, first).containers(Containers::WORKER);
    if let Some(written) = block.enabled {
        finding = finding.because(written, "exports are off");
    }
    let place = match cx.deployment.wrapper {
        Wrapper::Helm => "`s3.batchExport.enabled: true`".to_owned(),
        _ => format!("`{}=true`", switch.name()),
    };
    out.push(
        finding
            .message(format!(
                "{} is set, but {} isn't `true`: every export requested in the UI fails",
                first.name,
                switch.name()
            ))
            .help(format!("Set {place} in the worker, or delete the LANGFUSE_S3_BATCH_EXPORT block.")),
    );
}

rule! {
    /// Export download links point to a host that is reachable only inside the deployment.
    ///
    /// ## Why
    /// A finished export is downloaded from the store through a presigned URL. Without
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT it is signed for the endpoint that the worker uploads to, such as
    /// `http://minio:9000`, which no browser can resolve: "This site can't be reached". The Helm chart has no value for
    /// the external endpoint.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=us-east-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=lf-exports
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=us-east-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=https://exports.acme.dev
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=lf-exports
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#4369, langfuse/langfuse#6055
    EXPORT_LINK_INTERNAL = "export-link-internal", Error, Failure, export_link_internal
}

fn export_link_internal(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for s in signers(cx).filter(|s| fault(cx, s.page, s.url) == Some(Fault::Inside)) {
        if is_charts_own_store(cx, s.url) {
            continue;
        }
        let Some(variable) = slot(UseCase::Exports, Role::ExternalEndpoint) else { continue };
        let example = outside(cx, s.page, s.block);
        let (finding, message) = match s.block.external {
            Some(external) => (
                Finding::at(s.config, external),
                format!("{} is {}, a host reachable only inside the deployment", external.name, shown(external)),
            ),
            None if s.config.environment.open => continue,
            None => (
                Finding::missing(s.config, variable)
                    .span(s.setting.span())
                    .because(s.setting, "so links are signed for this host"),
                format!(
                    "{} is not set, so download links point to {}, a host reachable only inside the deployment",
                    variable.name(),
                    shown(s.setting)
                ),
            ),
        };
        let place = if cx.deployment.wrapper == Wrapper::Helm { " under `langfuse.additionalEnv`" } else { "" };
        out.push(
            finding.looks_at(s.block.enabled).message(message).help(format!(
                "Set `{}={example}`{place}, the URL at which browsers reach the store.",
                variable.name()
            )),
        );
    }
}

/// An example URL for browsers. On Azure it includes the container.
fn outside(cx: &Context<'_>, config: &Config<'_>, block: &Block<'_>) -> String {
    let local = !config.is_public() && cx.deployment.wrapper == Wrapper::Compose;
    let host = if local { "http://localhost:9090" } else { "https://exports.example.com" };
    match text(block.bucket).filter(|_| config.engine == Engine::Azure) {
        Some(_) => format!("{host}/<container>"),
        None => host.to_owned(),
    }
}

rule! {
    /// Export download links point to localhost, but the store isn't there.
    ///
    /// ## Why
    /// Links are signed for the external endpoint, if there is one. `http://localhost:9090`, the default in the
    /// official compose file, works if Langfuse is opened on the same machine with the bundled MinIO. Once NEXTAUTH_URL
    /// is public, the link sends visitors to their own machine; once exports go to a cloud store, no localhost has
    /// them. Under Compose an empty value doesn't help: the default comes back.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=http://localhost:9090
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6055; Langfuse's `docker-compose.yml` and `StorageService.ts`.
    EXPORT_LINK_LOCALHOST = "export-link-localhost", Error, Failure, export_link_localhost
}

fn export_link_localhost(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for s in signers(cx).filter(|s| s.url.is_loopback()) {
        let external = s.block.external;
        // If a container's own endpoint is localhost, it fails before it creates a link.
        if external.is_none() && cx.deployment.wrapper != Wrapper::Raw {
            continue;
        }
        let store = s.block.endpoint_url();
        let elsewhere = external.is_some()
            && (s.block.endpoint.is_none() && s.config.engine == Engine::S3 || store.is_some_and(Endpoint::is_public));
        if !elsewhere && !s.page.is_public() {
            continue;
        }
        let name = s.block.name(Role::ExternalEndpoint);
        let mut finding = Finding::at(s.config, s.setting).looks_at(s.block.enabled);
        let why = if elsewhere {
            match s.block.endpoint {
                Some(endpoint) => {
                    finding = finding.because(endpoint, "the store is here");
                    format!("the store is {}", shown(endpoint))
                }
                None => "the store is Amazon S3".to_owned(),
            }
        } else {
            match s.page.public_url_setting() {
                Some(public) => {
                    finding = finding.because(public, "browsers open Langfuse at this URL");
                    format!("Langfuse is opened at {}", shown(public))
                }
                None => continue,
            }
        };
        // Don't suggest a URL that is wrong for links for another reason.
        let own = store.filter(|u| elsewhere && u.https).map(|u| store_address(s.config, s.block, u));
        let help = match (&own, s.block.endpoint, cx.deployment.wrapper) {
            (Some(own), _, Wrapper::Compose) => format!("Write `{name}={own}`: under Compose it can't be empty."),
            (Some(_), _, _) => format!("Delete {name}: links are then signed for the store's own endpoint."),
            (None, None, Wrapper::Compose) if elsewhere => {
                format!("Write `{name}=https://s3.<region>.amazonaws.com` with the bucket's region.")
            }
            (None, None, _) if elsewhere => format!("Delete {name}: links are then signed for Amazon S3."),
            _ => format!("Write `{name}={}`, the URL at which browsers reach the store.", outside(cx, s.page, s.block)),
        };
        let fix = own.filter(|_| !s.setting.from_wrapper()).and_then(|own| {
            let edits = replace_value(s.setting, &own)?;
            Some(DraftFix::risky("sign links for the store's own endpoint", edits))
        });
        out.push(
            finding
                .message(format!(
                    "{} is {}, but {why}: download links can't be opened",
                    s.setting.name,
                    shown(s.setting)
                ))
                .help(help)
                .fix(fix),
        );
    }
}

/// The store's own URL for links; on Azure, the container's.
fn store_address(config: &Config<'_>, block: &Block<'_>, url: &Endpoint<'_>) -> String {
    match text(block.bucket).filter(|_| config.engine == Engine::Azure) {
        Some(container) => format!("{}{}/{container}", url.origin(), url.path),
        None => url.origin(),
    }
}

rule! {
    /// Export download links use HTTP, while Langfuse is opened over HTTPS.
    ///
    /// ## Why
    /// Browsers block HTTP downloads that start on an HTTPS page. Clicking an export does nothing, or the download bar
    /// says "can't be downloaded securely".
    ///
    /// ## Example
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=us-east-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=http://exports.acme.dev
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=lf-exports
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=us-east-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=https://exports.acme.dev
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=lf-exports
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#14299; the Chromium project's announcement on insecure downloads (blocked since Chrome 86).
    EXPORT_LINK_INSECURE = "export-link-insecure", Warning, Failure, export_link_insecure
}

fn export_link_insecure(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for s in signers(cx).filter(|s| !s.url.https && fault(cx, s.page, s.url) == Some(Fault::Insecure)) {
        let https_page = s.page.public_url.as_ref().is_some_and(|u| u.https);
        let Some(public) = s.page.public_url_setting().filter(|_| https_page) else { continue };
        let name = s.block.name(Role::ExternalEndpoint);
        out.push(
            Finding::at(s.config, s.setting)
                .because(public, "pages are served over HTTPS")
                .message(format!(
                    "{} is {}: browsers block HTTP downloads from an HTTPS page",
                    s.setting.name,
                    shown(s.setting)
                ))
                .help(format!(
                    "Put the store behind a host with a TLS certificate and set `{name}=https://…` to it; uploads \
                     inside the network can stay on HTTP."
                )),
        );
    }
}

rule! {
    /// The external endpoint of exports has a path.
    ///
    /// ## Why
    /// The path becomes part of the link and of its signature. If a proxy strips it before the store sees the request,
    /// the signature is wrong: `SignatureDoesNotMatch`. Since v4.0.0 web reads the key back from the stored link, where
    /// the path becomes part of the key: `NoSuchKey`. The bucket doesn't belong there either: the S3 engine adds it.
    /// Only Azure expects the container in this endpoint.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=us-east-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=https://langfuse.acme.dev/s3
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=lf-exports
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=us-east-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=https://exports.acme.dev
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=lf-exports
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6693; Langfuse's `web/src/features/batch-exports/server/batchExportFileKey.ts`.
    EXPORT_EXTERNAL_ENDPOINT_WITH_PATH =
        "export-external-endpoint-with-path", Error, Failure, export_external_endpoint_with_path
}

fn export_external_endpoint_with_path(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for s in signers(cx).filter(|s| s.config.engine == Engine::S3 && !s.url.path.is_empty()) {
        let Some(external) = s.block.external else { continue };
        let bucket = text(s.block.bucket);
        let is_bucket = bucket.is_some() && s.url.path.strip_prefix('/') == bucket;
        let origin = s.url.origin();
        let mut finding = Finding::at(s.config, external);
        if let Some(bucket) = s.block.bucket.filter(|_| is_bucket) {
            finding = finding.because(bucket, "the engine adds the bucket");
        }
        let help = if is_bucket {
            format!("Write `{}={origin}`, without the bucket.", external.name)
        } else {
            format!(
                "Give the store its own host, such as `{}=https://exports.example.com`, and have the proxy pass path \
                 and Host through unchanged.",
                external.name
            )
        };
        out.push(
            finding
                .message(format!("{} is {}, expected scheme and host without a path", external.name, shown(external)))
                .help(help)
                .fix(
                    replace_value(external, &origin)
                        .filter(|_| is_bucket && !external.from_wrapper())
                        .map(|e| DraftFix::risky("drop the bucket", e)),
                ),
        );
    }
}

rule! {
    /// Export download links are set to live longer than a signature can.
    ///
    /// ## Why
    /// S3 and Google Cloud Storage signatures are valid for seven days (168 hours) at most. The worker uploads the
    /// file, then the signer throws ("Signature version 4 presigned URLs must have an expiration date less than one
    /// week in the future"), and the export is marked as failed, every time.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// BATCH_EXPORT_DOWNLOAD_LINK_EXPIRATION_HOURS=720
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// BATCH_EXPORT_DOWNLOAD_LINK_EXPIRATION_HOURS=168
    /// ```
    ///
    /// ## Seen in
    /// `S3RequestPresigner` of the AWS SDK for JavaScript, `signer.js` of @google-cloud/storage; Langfuse's
    /// `worker/src/features/batchExport/handleBatchExportJob.ts`.
    EXPORT_LINK_EXPIRY_TOO_LONG = "export-link-expiry-too-long", Error, Failure, export_link_expiry_too_long
}

fn export_link_expiry_too_long(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const HOURS: Var = var("BATCH_EXPORT_DOWNLOAD_LINK_EXPIRATION_HOURS");
    let Some(config) = cx.config(Containers::WORKER).filter(|c| matches!(c.engine, Engine::S3 | Engine::Gcs)) else {
        return;
    };
    let block = config.block(UseCase::Exports);
    let Some(setting) = config.environment.set_value(HOURS).filter(|_| block.in_use()) else { return };
    let Some(text) = setting.text().filter(|t| !HOURS.row().rejects(t)) else { return };
    if js_number(text).is_none_or(|hours| hours * 3600.0 <= LONGEST_SECONDS) {
        return;
    }
    out.push(
        Finding::at(config, setting)
            .for_block(block)
            .message(format!(
                "{} is {}, expected 168 (seven days) or less: no link can be signed for longer, and every export fails",
                setting.name,
                shown(setting)
            ))
            .help(format!("Write `{}=168` or less; the default is 24.", setting.name))
            .fix(replace_value(setting, "168").map(|e| DraftFix::risky("write `168`", e))),
    );
}

rule! {
    /// Only the worker has the export bucket, so web can't renew download links.
    ///
    /// ## Why
    /// Since v4.0.0 web signs a new link at each click, with its own LANGFUSE_S3_BATCH_EXPORT settings. Without a
    /// bucket it falls back to the link that the worker stored. A link signed with a role's credentials expires with
    /// the role's session, hours before the export does: `ExpiredToken`.
    ///
    /// ## Example
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#15536; `downloadUrl` in Langfuse's `web/src/features/batch-exports/server/batchExport.ts`.
    EXPORT_UNKNOWN_TO_WEB = "export-unknown-to-web", Warning, Failure, export_unknown_to_web
}

/// The first release in which web signs download links (langfuse/langfuse#15536).
const WEB_SIGNS: Version = Version { major: 4, minor: 0, patch: 0 };

fn export_unknown_to_web(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let (Some(web), Some(worker)) = (cx.config(Containers::WEB), cx.config(Containers::WORKER)) else { return };
    if std::ptr::eq(web, worker) || web.environment.open || cx.is_older(Containers::WEB, WEB_SIGNS) {
        return;
    }
    let block = worker.block(UseCase::Exports);
    let (Some(bucket), Some(variable)) =
        (block.bucket.filter(|_| block.in_use()), slot(UseCase::Exports, Role::Bucket))
    else {
        return;
    };
    if web.block(UseCase::Exports).bucket.is_some() {
        return;
    }
    out.push(
        Finding::missing(web, variable)
            .because(bucket, "the worker has it")
            .looks_at(block.enabled)
            .message(format!("{} is set only in the worker; web can't renew download links", variable.name()))
            .help(
                "Give web the same LANGFUSE_S3_BATCH_EXPORT block as the worker: bucket, region, endpoints, keys, path \
                 style.",
            ),
    );
}

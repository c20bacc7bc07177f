//! Docker Compose: what the file forwards, the defaults it adds, and who can reach its store.

use super::finding::{DraftFix, replace_value};
use super::{Context, Finding, Findings, Rule, rule};
use crate::config::endpoint::Endpoint;
use crate::config::{Block, Config, Credentials, Engine, SWITCHES, text};
use crate::provider::{self, AWS_REGIONS, Shape};
use crate::report::Severity;
use crate::source::{BundledStore, ComposeFacts, Kind, Setting};
use crate::text::mask::{quoted, shown};
use crate::variable::{Containers, Role, UseCase, Var, Version, find, var};

pub(super) static RULES: &[&Rule] = &[
    &VARIABLE_NOT_FORWARDED,
    &EMPTY_PREFIX_REPLACED,
    &DEFAULT_KEYS_SENT_ELSEWHERE,
    &ENDPOINT_LEFT_AT_BUNDLED_STORE,
    &USE_CASE_LEFT_AT_BUNDLED_STORE,
    &BUCKET_NOT_CREATED,
    &KEYS_DIFFER_FROM_STORE,
    &LOCALHOST_INSIDE_CONTAINER,
    &HOST_PORT_INSIDE_NETWORK,
    &LOCALHOST_PORT_OF_ANOTHER_SERVICE,
    &COMPOSE_FILE_OUTDATED,
    &SAMPLE_KEYS_ON_OPEN_PORT,
];

/// The active use cases on the S3 engine.
fn s3_blocks<'c, 'd>(cx: &'c Context<'d>) -> impl Iterator<Item = (&'d Config<'d>, &'d Block<'d>)> + use<'c, 'd> {
    cx.configs.iter().filter(|c| c.engine == Engine::S3).flat_map(|c| c.used().map(move |b| (c, b)))
}

/// The compose file's facts and its store, if there are any.
fn store<'d>(cx: &Context<'d>) -> Option<(&'d ComposeFacts, &'d BundledStore)> {
    let facts = cx.deployment.compose.as_ref()?;
    Some((facts, facts.store.as_ref()?))
}

/// Whether `setting` is the compose file's default because nothing else sets it.
fn is_compose_default(cx: &Context<'_>, config: &Config<'_>, setting: &Setting) -> bool {
    setting.from_wrapper() && cx.deployment.is_default(config.containers, setting)
}

/// Whether the endpoint of `block` points to `store`: by service name in the network, or by a published port.
fn is_at(block: &Block<'_>, store: &BundledStore) -> bool {
    block.endpoint_url().is_some_and(|url| {
        url.host.eq_ignore_ascii_case(&store.service)
            || url.is_loopback() && store.ports.iter().any(|(outer, _)| *outer == url.effective_port())
    })
}

/// The port on which `store` speaks S3 inside its container.
fn api_port(store: &BundledStore) -> u16 {
    let mut words = store.command.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '='));
    let address = words.find(|w| *w == "--address").and_then(|_| words.find(|w| !w.is_empty()));
    address.and_then(|a| a.rsplit(':').next()?.parse().ok()).unwrap_or(9000)
}

/// Whether any of the compose files contains one of `words`.
fn files_mention(cx: &Context<'_>, words: &[&str]) -> bool {
    let mut files = cx.deployment.texts.iter().filter(|t| t.kind == Kind::Compose);
    files.any(|t| words.iter().any(|w| t.text.contains(w)))
}

/// `url` with another port; `None` if it has more than scheme, host, port and path.
fn with_port(url: &Endpoint<'_>, port: u16) -> Option<String> {
    let simple =
        url.user_info.is_none() && url.query.is_none() && url.fragment.is_none() && url.ip.is_none_or(|i| i.is_ipv4());
    let scheme = if url.https { "https" } else { "http" };
    simple.then(|| format!("{scheme}://{}:{port}{}", url.host, url.path))
}

rule! {
    /// The compose file doesn't pass a setting in `.env` to any Langfuse container.
    ///
    /// ## Why
    /// `.env` is not the containers' environment: Docker Compose only uses it to fill in `${…}` in the compose file.
    /// The official file forwards 28 of Langfuse's storage settings. Anything else in `.env` reaches no container, and
    /// Langfuse silently uses its default. With `LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true` there, Langfuse keeps using
    /// S3.
    ///
    /// ## Example
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &storage
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme-events
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    ///       LANGFUSE_S3_MEDIA_UPLOAD_BUCKET: acme-media
    ///       LANGFUSE_S3_MEDIA_UPLOAD_REGION: eu-west-1
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    /// ```
    /// ```dotenv
    /// LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH=2000000000
    /// ```
    ///
    /// ## Use instead
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &storage
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme-events
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    ///       LANGFUSE_S3_MEDIA_UPLOAD_BUCKET: acme-media
    ///       LANGFUSE_S3_MEDIA_UPLOAD_REGION: eu-west-1
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    /// ```
    /// ```compose file=docker-compose.override.yml
    /// services:
    ///   langfuse-web:
    ///     environment:
    ///       LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH: ${LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH}
    /// ```
    /// ```dotenv
    /// LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH=2000000000
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6872, where LANGFUSE_USE_AZURE_BLOB was not yet forwarded; langfuse/langfuse#6317; the names
    /// in Langfuse's `docker-compose.yml` compared with those in its `env.ts`.
    VARIABLE_NOT_FORWARDED = "variable-not-forwarded", Warning, Ignored, variable_not_forwarded
}

fn variable_not_forwarded(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let (Some(facts), Some(config)) = (cx.deployment.compose.as_ref(), cx.configs.first()) else { return };
    for setting in &facts.unforwarded {
        let Some(variable) = setting.var else { continue };
        let row = variable.row();
        let (Some(_), false) = (setting.text(), row.unused) else { continue };
        // It asks for Langfuse's default.
        if setting.text() == row.default {
            continue;
        }
        if row.context && !context_matters(cx, variable) {
            continue;
        }
        let switch = SWITCHES.iter().find(|(_, v)| *v == variable && setting.text() == Some("true"));
        let consequence = match switch {
            Some((engine, _)) => format!(": {} stays off", engine.name()),
            None => row
                .default
                .filter(|d| !d.is_empty())
                .map_or(String::new(), |d| format!(": Langfuse uses its default `{d}`")),
        };
        let mut finding = Finding::at(config, setting)
            .containers(row.readers)
            .keeps_severity()
            .severity(if switch.is_some() { Severity::Error } else { Severity::Warning });
        if let Some((_, span)) = facts.environment_spans.iter().find(|(c, _)| c.meets(row.readers)) {
            finding = finding.related(Some(*span), "only variables listed here reach Langfuse");
        }
        out.push(
            finding
                .message(format!(
                    "{} is {} here, but the compose file doesn't pass it to any Langfuse container{consequence}",
                    setting.name,
                    shown(setting)
                ))
                .help(how_to_forward(variable)),
        );
    }
}

/// Whether a variable of the AWS SDK would change anything if it reached Langfuse.
fn context_matters(cx: &Context<'_>, variable: Var) -> bool {
    s3_blocks(cx).any(|(config, block)| match variable.name() {
        "AWS_REGION" => block.region.is_none_or(|r| is_compose_default(cx, config, r)),
        "AWS_DEFAULT_REGION" => false,
        "AWS_ENDPOINT_URL" | "AWS_ENDPOINT_URL_S3" => block.endpoint.is_none_or(|e| is_compose_default(cx, config, e)),
        _ => !matches!(block.credentials(), Credentials::Pair(id, _) if !is_compose_default(cx, config, id)),
    })
}

fn how_to_forward(variable: Var) -> String {
    let name = variable.name();
    match name {
        "AWS_REGION" => {
            return "Set the region of each use case instead, which the official file forwards: \
                    `LANGFUSE_S3_EVENT_UPLOAD_REGION=…`, and so on."
                .into();
        }
        "AWS_ENDPOINT_URL" | "AWS_ENDPOINT_URL_S3" => {
            return "Set the endpoint of each use case instead, which the official file forwards: \
                    `LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=…`, and so on."
                .into();
        }
        _ => {}
    }
    let readers = variable.row().readers;
    let services = match (readers.meets(Containers::WEB), readers.meets(Containers::WORKER)) {
        (true, false) => "`langfuse-web`",
        (false, true) => "`langfuse-worker`",
        _ => "`langfuse-web` and `langfuse-worker`",
    };
    let file = matches!(
        name,
        "NODE_EXTRA_CA_CERTS"
            | "LANGFUSE_OCI_CONFIG_FILE"
            | "AWS_WEB_IDENTITY_TOKEN_FILE"
            | "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
    );
    let mount = if file { " Also mount the file it names." } else { "" };
    format!(
        "Under `environment:` of {services}, in the compose file or in a docker-compose.override.yml, add \
         `{name}: ${{{name}}}`.{mount}"
    )
}

rule! {
    /// The compose file replaces an empty prefix in `.env` with its default.
    ///
    /// ## Why
    /// The official file forwards `${NAME:-default}`, and `:-` also replaces an empty value, not only a missing one.
    /// Keys still start with `events/`, `media/` or `exports/`, so a lifecycle rule or copy job that expects them at
    /// the bucket's root finds nothing.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `docker-compose.yml`; Docker documentation, interpolation.
    EMPTY_PREFIX_REPLACED = "empty-prefix-replaced", Warning, Ignored, empty_prefix_replaced
}

fn empty_prefix_replaced(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    if cx.deployment.compose.is_none() {
        return;
    }
    for line in cx.deployment.lines.iter().filter(|l| l.value.as_deref() == Some("") && l.unset.is_empty()) {
        let Some(variable) = find(&line.name).filter(|v| v.row().role == Some(Role::Prefix)) else { continue };
        for config in cx.configs.iter().filter(|c| c.containers.meets(variable.row().readers)) {
            let Some(setting) = config.environment.set_value(variable).filter(|s| s.from_wrapper()) else { continue };
            if !variable.row().use_case.is_some_and(|u| config.block(u).in_use()) {
                continue;
            }
            out.push(
                Finding::at(config, setting)
                    .span(Some(line.place.name))
                    .keeps_severity()
                    .related(setting.span(), "this default is used instead")
                    .message(format!(
                        "{} is empty here, but the compose file replaces it with {}",
                        line.name,
                        shown(setting)
                    ))
                    .help(format!(
                        "Set `{}={}` to make this explicit. Only if no other use case shares the bucket, add \
                         `{}: \"\"` under `environment:` of both containers in a docker-compose.override.yml.",
                        line.name,
                        setting.text().unwrap_or(""),
                        line.name
                    )),
            );
        }
    }
}

rule! {
    /// The compose file's MinIO keys are sent to another store.
    ///
    /// ## Why
    /// If `.env` sets no keys, or empty ones, the official file uses `minio` and `miniosecret`. That is right for its
    /// own MinIO and wrong everywhere else: Amazon S3 answers `InvalidAccessKeyId`, and an IAM role is never used
    /// because Langfuse has keys. `.env` can't unset them.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=
    /// ```
    ///
    /// ## Use instead
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &storage
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme-events
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    ///       LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID: ${LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID:-}
    ///       LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: ${LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY:-}
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `docker-compose.yml`; Docker documentation, interpolation.
    DEFAULT_KEYS_SENT_ELSEWHERE = "default-keys-sent-elsewhere", Error, Failure, default_keys_sent_elsewhere
}

fn default_keys_sent_elsewhere(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    if cx.deployment.compose.is_none() {
        return;
    }
    for (config, block) in s3_blocks(cx) {
        let (Some(endpoint), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
        let Credentials::Pair(id, secret) = block.credentials() else { continue };
        let (id_left, secret_left) = (is_compose_default(cx, config, id), is_compose_default(cx, config, secret));
        if !(id_left || secret_left) || !url.is_public() || is_compose_default(cx, config, endpoint) {
            continue;
        }
        if opens_bundled_store(cx, block, id, secret) {
            continue;
        }
        let left = if id_left { id } else { secret };
        // An unrecognized host may be the operator's own MinIO, with the same sample keys.
        let own = id_left && secret_left && block.provider.is_none_or(is_self_hosted);
        let whose = block.provider.map_or(url.host, |p| p.name);
        let mut finding = Finding::at(config, left).for_block(block).because(endpoint, "requests go here");
        let message = if id_left && secret_left {
            finding = finding.looks_at(Some(secret));
            format!("{} is not set, so the compose file's {} is sent to {whose}", id.name, shown(id))
        } else {
            let given = if id_left { secret } else { id };
            finding = finding.because(given, "the other key isn't the compose file's default");
            format!("{} is not set, so the compose file's default is sent with {} to {whose}", left.name, given.name)
        };
        let role = if block.is_aws() {
            format!(
                " For an IAM role, add `{}: \"\"` and `{}: \"\"` under `environment:` of both containers in a \
                 docker-compose.override.yml: `.env` can't unset them.",
                id.name, secret.name
            )
        } else {
            String::new()
        };
        out.push(
            finding
                .severity(if own { Severity::Warning } else { Severity::Error })
                .message(message)
                .help(format!("Set {} and {} to that store's keys.{role}", id.name, secret.name)),
        );
    }
}

/// Whether the keys are those of the compose file's MinIO, at a host that may be a proxy in front of it.
pub(super) fn opens_bundled_store(cx: &Context<'_>, block: &Block<'_>, id: &Setting, secret: &Setting) -> bool {
    let store = cx.deployment.compose.as_ref().and_then(|c| c.store.as_ref());
    let same = |root: Option<&Setting>, key: &Setting| root.is_some_and(|r| r.is_set() && r.value == key.value);
    store.is_some_and(|s| same(s.user.as_ref(), id) && same(s.password.as_ref(), secret))
        && block.provider.is_none_or(is_self_hosted)
}

/// Self-hosted stores, where any keys may be right.
fn is_self_hosted(store: &provider::Provider) -> bool {
    matches!(store.id, "minio" | "seaweedfs" | "garage" | "ceph" | "rustfs")
}

rule! {
    /// The settings are for Amazon S3, but requests go to the compose file's MinIO.
    ///
    /// ## Why
    /// Without an endpoint the SDK would derive Amazon's from the region. But the official file replaces a missing or
    /// empty endpoint with `http://minio:9000`. That MinIO has neither the Amazon keys nor the buckets and answers
    /// `InvalidAccessKeyId` or `NoSuchBucket`. Under compose, the Amazon S3 endpoint must be set explicitly.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `docker-compose.yml`; Docker documentation, interpolation.
    ENDPOINT_LEFT_AT_BUNDLED_STORE = "endpoint-left-at-bundled-store", Error, Failure, endpoint_left_at_bundled_store
}

/// A setting that only makes sense on Amazon S3, while the endpoint of `block` is the compose file's default.
pub(super) fn meant_for_amazon<'d>(cx: &Context<'d>, config: &Config<'d>, block: &Block<'d>) -> Option<&'d Setting> {
    let endpoint = block.endpoint.filter(|e| is_compose_default(cx, config, e))?;
    let key_is_default = block.key_id.is_none_or(|k| is_compose_default(cx, config, k));
    let of_amazon = |k: &&Setting| {
        k.text().is_some_and(|t| (t.starts_with("AKIA") || t.starts_with("ASIA")) && Shape::AwsKeyId.fits(t))
    };
    if let Some(key) = block.key_id.filter(of_amazon) {
        return Some(key);
    }
    // MinIO's own documentation uses `us-east-1`. Other keys may be the bundled store's.
    let region = block.region.filter(|r| {
        key_is_default
            && !cx.deployment.is_default(config.containers, r)
            && r.text().is_some_and(|t| t != "us-east-1" && AWS_REGIONS.contains(&t))
    })?;
    let emptied = cx.deployment.lines.iter().any(|l| l.name == endpoint.name && l.value.as_deref() == Some(""));
    let unknown_bucket = block.bucket.is_some_and(|b| {
        let made = store(cx).and_then(|(_, s)| creates(s, b.text()?));
        !cx.deployment.is_default(config.containers, b) && made != Some(true)
    });
    (emptied || unknown_bucket).then_some(region)
}

fn endpoint_left_at_bundled_store(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    if cx.deployment.compose.is_none() {
        return;
    }
    for (config, block) in s3_blocks(cx).filter(|(c, b)| !repeats_worker(cx, c, b)) {
        let Some(sign) = meant_for_amazon(cx, config, block) else { continue };
        let Some(endpoint) = block.endpoint else { continue };
        let known = text(block.region).filter(|r| AWS_REGIONS.contains(r));
        let region = known.unwrap_or("eu-west-1");
        let more = match known {
            Some(_) => String::new(),
            None => format!(" and `{}={region}`, with the bucket's region in both", block.name(Role::Region)),
        };
        let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        out.push(
            Finding::at(config, endpoint)
                .containers(Containers::BOTH.and(readers(endpoint)))
                .for_block(block)
                .because(sign, "this is meant for Amazon S3")
                .message(format!(
                    "{} is not set, so requests go to the compose file's MinIO at {}, although {} is {}",
                    endpoint.name,
                    shown(endpoint),
                    sign.name,
                    shown(sign)
                ))
                .help(format!(
                    "Set `{}=https://s3.{region}.{domain}`{more}; under compose the endpoint can't be omitted.",
                    endpoint.name
                )),
        );
    }
}

/// The official file has a separate default for web's media endpoint; one finding, about the worker's, is enough.
fn repeats_worker(cx: &Context<'_>, config: &Config<'_>, block: &Block<'_>) -> bool {
    block.use_case == UseCase::Media
        && config.containers == Containers::WEB
        && cx
            .config(Containers::WORKER)
            .is_some_and(|w| w.block(UseCase::Media).endpoint.is_some_and(|e| is_compose_default(cx, w, e)))
}

fn readers(setting: &Setting) -> Containers {
    setting.var.map_or(Containers::BOTH, |v| v.row().readers)
}

rule! {
    /// Events go to a cloud store, but media or exports stay on the compose file's MinIO.
    ///
    /// ## Why
    /// Each use case has its own block, and settings missing from `.env` keep the compose file's defaults. Moving only
    /// events leaves media and exports on the local MinIO. Its volume then looks unused, and removing it loses media
    /// for good.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Seen in
    /// The three blocks and their defaults in Langfuse's `docker-compose.yml`.
    USE_CASE_LEFT_AT_BUNDLED_STORE = "use-case-left-at-bundled-store", Warning, Risk, use_case_left_at_bundled_store
}

/// The events endpoint, if events have moved away from the compose file's store and `block` hasn't.
fn left_behind<'d>(cx: &Context<'d>, config: &'d Config<'d>, block: &Block<'d>) -> Option<&'d Setting> {
    if !matches!(block.use_case, UseCase::Media | UseCase::Exports) {
        return None;
    }
    block.endpoint.filter(|e| is_compose_default(cx, config, e))?;
    let events = config.block(UseCase::Events);
    let moved = events.endpoint_url().is_some_and(Endpoint::is_public);
    events.endpoint.filter(|e| moved && !is_compose_default(cx, config, e))
}

fn use_case_left_at_bundled_store(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    if cx.deployment.compose.is_none() {
        return;
    }
    for (config, block) in s3_blocks(cx).filter(|(c, b)| !repeats_worker(cx, c, b)) {
        let Some(events) = left_behind(cx, config, block) else { continue };
        let Some(endpoint) = block.endpoint.filter(|_| meant_for_amazon(cx, config, block).is_none()) else { continue };
        let what = if block.use_case == UseCase::Media { "media" } else { "exports" };
        out.push(
            Finding::at(config, endpoint)
                .containers(Containers::BOTH.and(readers(endpoint)))
                .for_block(block)
                .because(events, "events go here")
                .message(format!(
                    "{} is not set: the store for {what} is still the compose file's, {}, while events go to {}",
                    endpoint.name,
                    shown(endpoint),
                    shown(events)
                ))
                .help(format!(
                    "Copy the stored objects, then set the variables for {what} as for events, starting with \
                     `{}=…`.",
                    endpoint.name
                )),
        );
    }
}

rule! {
    /// Nothing in the compose file creates the bucket in its store.
    ///
    /// ## Why
    /// Langfuse never creates an S3 bucket, and MinIO starts without any. The official file runs
    /// `mkdir -p /data/langfuse` before it starts MinIO; another bucket or a custom start command needs the same.
    /// Without it, every request fails with `NoSuchBucket`.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=traces
    /// ```
    ///
    /// ## Use instead
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &storage
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: traces
    ///       LANGFUSE_S3_EVENT_UPLOAD_PREFIX: events/
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: us-east-1
    ///       LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT: http://minio:9000
    ///       LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID: lf-store
    ///       LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: 9f8e7d6c5b4a39281706
    ///       LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE: "true"
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    ///   minio:
    ///     image: cgr.dev/chainguard/minio
    ///     entrypoint: sh
    ///     command: -c 'mkdir -p /data/traces && minio server --address ":9000" /data'
    ///     environment:
    ///       MINIO_ROOT_USER: lf-store
    ///       MINIO_ROOT_PASSWORD: 9f8e7d6c5b4a39281706
    /// ```
    ///
    /// ## Seen in
    /// The start command of `minio` in Langfuse's `docker-compose.yml`.
    BUCKET_NOT_CREATED = "bucket-not-created", Warning, Failure, bucket_not_created
}

/// Whether the store's start command creates `bucket`; `None` if the command doesn't show it.
fn creates(store: &BundledStore, bucket: &str) -> Option<bool> {
    let command = store.command.as_str();
    let mut words = command.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '&' | '(' | ')'));
    if words.any(|w| w.starts_with('/') && w.trim_end_matches('/').rsplit('/').next() == Some(bucket)) {
        return Some(true);
    }
    // Variables, braces, scripts and clients can create any bucket.
    let open = command.contains(['$', '{', '`']) || [" mb ", ".sh", "for "].iter().any(|w| command.contains(w));
    (!open).then_some(false)
}

fn bucket_not_created(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some((_, store)) = store(cx) else { return };
    for (config, block) in s3_blocks(cx) {
        let Some(bucket) = block.bucket.filter(|_| is_at(block, store)) else { continue };
        let Some(name) = bucket.text() else { continue };
        if creates(store, name) != Some(false)
            || meant_for_amazon(cx, config, block).is_some()
            || left_behind(cx, config, block).is_some()
            // Another service, or Bitnami's image, creates buckets.
            || files_mention(cx, &[" mb ", "\"mb\"", "make-bucket", "create-bucket", "DEFAULT_BUCKETS", "minio/mc", "minio-mc", "minio-client"])
        {
            continue;
        }
        out.push(
            Finding::at(config, bucket)
                .for_block(block)
                .keeps_severity()
                .message(format!(
                    "{} is {}, but nothing in the compose file creates that bucket in `{}`, and neither does Langfuse",
                    bucket.name,
                    shown(bucket),
                    store.service
                ))
                .help(format!(
                    "Create it in the start command of `{}`: `mkdir -p {}` before `minio server /data`. If you created \
                     it by hand, ignore this.",
                    store.service,
                    quoted(&format!("/data/{name}")).trim_matches('`')
                )),
        );
    }
}

rule! {
    /// Langfuse's keys don't match those of the compose file's store.
    ///
    /// ## Why
    /// The official file has `minio` and `miniosecret` in four places: as MinIO's root user and as the keys of each use
    /// case. If only one place changes, MinIO answers `InvalidAccessKeyId` or `SignatureDoesNotMatch` and ingestion
    /// fails with HTTP 500.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// MINIO_ROOT_USER=lf-store
    /// MINIO_ROOT_PASSWORD=9f8e7d6c5b4a39281706
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv deployment=compose
    /// MINIO_ROOT_USER=lf-store
    /// MINIO_ROOT_PASSWORD=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-store
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-store
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=lf-store
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `docker-compose.yml`.
    KEYS_DIFFER_FROM_STORE = "keys-differ-from-store", Warning, Failure, keys_differ_from_store
}

/// The store's counterpart of `key`, if it is known to differ.
fn other<'d>(key: &Setting, root: Option<&'d Setting>) -> Option<&'d Setting> {
    let root = root?;
    (key.text()? != root.text()?).then_some(root)
}

fn keys_differ_from_store(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some((_, store)) = store(cx) else { return };
    let mut left: Vec<(&Config<'_>, &Setting, &Setting)> = Vec::new();
    for (config, block) in s3_blocks(cx).filter(|(_, b)| is_at(b, store)) {
        let Credentials::Pair(id, secret) = block.credentials() else { continue };
        let pairs = [(id, store.user.as_ref()), (secret, store.password.as_ref())];
        let Some((key, root)) = pairs.into_iter().find_map(|(key, root)| Some((key, other(key, root)?))) else {
            continue;
        };
        if is_compose_default(cx, config, key) {
            if left.iter().all(|(_, k, _)| k.name != key.name) {
                left.push((config, key, root));
            }
            continue;
        }
        // Another rule reports Amazon's keys at the bundled store.
        if meant_for_amazon(cx, config, block).is_some() {
            continue;
        }
        out.push(
            Finding::at(config, key)
                .for_block(block)
                .because(root, format!("{} of `{}`", root.name, store.service))
                .message(format!(
                    "{} is {}, but {} of the compose file's store is {}",
                    key.name,
                    shown(key),
                    root.name,
                    differing(key, root)
                ))
                .help(format!(
                    "Set MINIO_ROOT_USER and MINIO_ROOT_PASSWORD to the values of {} and {}, or create a MinIO user \
                     with these keys.",
                    id.name, secret.name
                )),
        );
    }
    // The operator changed the store's side: report it there, once for all use cases that still have the default.
    for root in [store.user.as_ref(), store.password.as_ref()].into_iter().flatten() {
        let mut forgotten = left.iter().filter(|(_, _, r)| std::ptr::eq(*r, root));
        let Some((config, first, _)) = forgotten.next() else { continue };
        let mut names = first.name.to_string();
        let mut finding =
            Finding::at(config, root).containers(Containers::BOTH).because(first, "still the compose file's default");
        for (_, key, _) in forgotten {
            names.push_str(", ");
            names.push_str(&key.name);
            finding = finding.because(key, "still the compose file's default");
        }
        out.push(finding.message(format!("{} was changed, but not the keys Langfuse uses: {names}", root.name)).help(
            "Set the _ACCESS_KEY_ID of each use case to MINIO_ROOT_USER, and its _SECRET_ACCESS_KEY to \
                     MINIO_ROOT_PASSWORD.",
        ));
    }
}

/// The store's side of a comparison. Secrets aren't shown, only that they differ.
fn differing(key: &Setting, root: &Setting) -> String {
    if key.is_secret() || root.is_secret() { "different".into() } else { shown(root) }
}

rule! {
    /// The endpoint is localhost, which inside a container is the container itself.
    ///
    /// ## Why
    /// MinIO's published port exists on the host. Langfuse runs in its own container, where nothing listens on that
    /// port: `connect ECONNREFUSED 127.0.0.1:9090`, and every ingestion request fails with HTTP 500. Inside the network
    /// the store has its service name and container port, `http://minio:9000`.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://localhost:9090
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6190, langfuse/langfuse#5140
    LOCALHOST_INSIDE_CONTAINER = "localhost-inside-container", Error, Failure, localhost_inside_container
}

fn localhost_inside_container(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    if cx.deployment.compose.is_none() {
        return;
    }
    let bundled = store(cx).map(|(_, s)| s);
    for config in cx.configs.iter().filter(|c| c.engine != Engine::Gcs) {
        // Web only signs media links, and a media rule reports the worker's media endpoint.
        for block in config.used().filter(|b| b.use_case != UseCase::Media) {
            let (Some(endpoint), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
            if !url.is_loopback() || files_mention(cx, &["network_mode"]) {
                continue;
            }
            let inside = bundled.filter(|_| config.engine == Engine::S3 && !url.https).map(|s| {
                let port = api_port(s);
                let meant = url.port.is_some_and(|p| p == port || s.ports.contains(&(p, port)));
                (format!("http://{}:{port}", s.service), meant)
            });
            let (right, meant) = inside.unwrap_or_else(|| ("http://minio:9000".into(), false));
            let fix = replace_value(endpoint, &right).filter(|_| meant && url.path.is_empty());
            out.push(
                Finding::at(config, endpoint)
                    .for_block(block)
                    .message(format!(
                        "{} is {}, but in a container localhost is the container itself, where no store listens",
                        endpoint.name,
                        shown(endpoint)
                    ))
                    .help(if meant {
                        format!(
                            "Set `{}={right}`, the store's service name and port inside the network.",
                            endpoint.name
                        )
                    } else {
                        format!(
                            "Use the store's service name and its port inside the network, such as `{}={right}`; for a \
                             store on the host itself, use `host.docker.internal`.",
                            endpoint.name
                        )
                    })
                    .fix(fix.map(|edits| DraftFix::safe(format!("set to `{right}`"), edits))),
            );
        }
    }
}

rule! {
    /// The endpoint uses the store's service name with a port that exists only on the host.
    ///
    /// ## Why
    /// `9090:9000` publishes port 9000 of the container as port 9090 of the host. Containers reach each other on the
    /// container port: nothing listens on `minio:9090`, so requests fail with `connect ECONNREFUSED`.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9090
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6190; the ports of `minio` in Langfuse's `docker-compose.yml`.
    HOST_PORT_INSIDE_NETWORK = "host-port-inside-network", Error, Failure, host_port_inside_network
}

fn host_port_inside_network(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some((_, store)) = store(cx) else { return };
    for config in cx.configs.iter().filter(|c| c.engine != Engine::Gcs) {
        for block in config.used() {
            // Web only signs media links; another rule reports a service name in them.
            if block.use_case == UseCase::Media && !config.containers.meets(Containers::WORKER) {
                continue;
            }
            let (Some(endpoint), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
            let Some(port) = url.port.filter(|_| url.host.eq_ignore_ascii_case(&store.service)) else { continue };
            let inner = api_port(store);
            let published = store.ports.contains(&(port, inner));
            if port == inner || !published || store.ports.iter().any(|(_, i)| *i == port) {
                continue;
            }
            let right = with_port(url, inner);
            let fix = right.as_deref().and_then(|r| replace_value(endpoint, r));
            out.push(
                Finding::at(config, endpoint)
                    .for_block(block)
                    .message(format!(
                        "{} is {}, but {port} is a port on the host; inside the network `{}` listens on {inner}",
                        endpoint.name,
                        shown(endpoint),
                        store.service
                    ))
                    .help(format!("Set `{}=http://{}:{inner}`.", endpoint.name, store.service))
                    .fix(fix.map(|edits| DraftFix::safe(format!("use port {inner}"), edits))),
            );
        }
    }
}

rule! {
    /// A link for browsers points to a localhost port that isn't the store's.
    ///
    /// ## Why
    /// Browsers open links to media and exports on the host, where the compose file publishes MinIO as 9090. In the
    /// official file, port 9000 of the host belongs to ClickHouse, which doesn't speak S3: uploads and downloads fail.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=http://localhost:9000
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=http://localhost:9090
    /// ```
    ///
    /// ## Seen in
    /// The published ports in Langfuse's `docker-compose.yml`.
    LOCALHOST_PORT_OF_ANOTHER_SERVICE = "localhost-port-of-another-service", Warning, Failure, localhost_port_of_another_service
}

fn localhost_port_of_another_service(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some((facts, store)) = store(cx) else { return };
    let inner = api_port(store);
    let Some(outer) = store.ports.iter().find(|(_, i)| *i == inner).map(|(o, _)| *o) else { return };
    for (config, block) in s3_blocks(cx) {
        let (setting, url) = match block.use_case {
            UseCase::Media if config.containers.meets(Containers::WEB) => (block.endpoint, block.endpoint_url()),
            UseCase::Exports => (block.external, block.external_endpoint_url()),
            _ => continue,
        };
        let (Some(setting), Some(url)) = (setting, url) else { continue };
        // Only the container port in place of the host port is a mistake; other ports may be a proxy's.
        if !url.is_loopback() || url.port != Some(inner) || store.ports.iter().any(|(o, _)| *o == inner) {
            continue;
        }
        let whose = if inner == 9000 && facts.services.iter().any(|s| s == "clickhouse") {
            "; in the official compose file that port is ClickHouse's"
        } else {
            ""
        };
        let fix = with_port(url, outer).and_then(|right| replace_value(setting, &right));
        out.push(
            Finding::at(config, setting)
                .for_block(block)
                .message(format!(
                    "{} is {}, but the compose file publishes `{}` on host port {outer}{whose}",
                    setting.name,
                    shown(setting),
                    store.service
                ))
                .help(format!("Set `{}=http://localhost:{outer}`.", setting.name))
                .fix(fix.map(|edits| DraftFix::safe(format!("use port {outer}"), edits))),
        );
    }
}

rule! {
    /// The compose file is older than the Langfuse release it starts.
    ///
    /// ## Why
    /// Image tags move on; a copied compose file doesn't. Over time the official file gained the media endpoint that
    /// browsers reach (v3.46.0), the settings for batch exports (v3.47.0) and the switch for Azure (v3.67.0). With an
    /// older file, these lines in `.env` have no effect, and media links point to `http://minio:9000`, which browsers
    /// can't resolve.
    ///
    /// ## Example
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &storage
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: ${LANGFUSE_S3_EVENT_UPLOAD_BUCKET:-langfuse}
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: ${LANGFUSE_S3_EVENT_UPLOAD_REGION:-auto}
    ///       LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT: ${LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT:-http://minio:9000}
    ///       LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE: ${LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE:-true}
    ///       LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID: ${LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID:-minio}
    ///       LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: ${LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY:-miniosecret}
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    /// ```
    ///
    /// ## Use instead
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &storage
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: ${LANGFUSE_S3_EVENT_UPLOAD_BUCKET:-langfuse}
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: ${LANGFUSE_S3_EVENT_UPLOAD_REGION:-auto}
    ///       LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT: ${LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT:-http://minio:9000}
    ///       LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE: ${LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE:-true}
    ///       LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID: ${LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID:-minio}
    ///       LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: ${LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY:-miniosecret}
    ///       LANGFUSE_S3_EVENT_UPLOAD_PREFIX: ${LANGFUSE_S3_EVENT_UPLOAD_PREFIX:-events/}
    ///       LANGFUSE_S3_BATCH_EXPORT_ENABLED: ${LANGFUSE_S3_BATCH_EXPORT_ENABLED:-false}
    ///       LANGFUSE_S3_BATCH_EXPORT_BUCKET: ${LANGFUSE_S3_BATCH_EXPORT_BUCKET:-langfuse}
    ///       LANGFUSE_S3_BATCH_EXPORT_PREFIX: ${LANGFUSE_S3_BATCH_EXPORT_PREFIX:-exports/}
    ///       LANGFUSE_S3_BATCH_EXPORT_REGION: ${LANGFUSE_S3_BATCH_EXPORT_REGION:-auto}
    ///       LANGFUSE_S3_BATCH_EXPORT_ENDPOINT: ${LANGFUSE_S3_BATCH_EXPORT_ENDPOINT:-http://minio:9000}
    ///       LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT: ${LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT:-http://localhost:9090}
    ///       LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID: ${LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID:-minio}
    ///       LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY: ${LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY:-miniosecret}
    ///       LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE: ${LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE:-true}
    ///       LANGFUSE_USE_AZURE_BLOB: ${LANGFUSE_USE_AZURE_BLOB:-false}
    ///       LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE: ${LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE:-false}
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6265, langfuse/langfuse#6300, langfuse/langfuse#7153
    COMPOSE_FILE_OUTDATED = "compose-file-outdated", Warning, Ignored, compose_file_outdated
}

fn compose_file_outdated(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const EXPORT_BUCKET: &str = "LANGFUSE_S3_BATCH_EXPORT_BUCKET";
    const MEDIA_ENDPOINT: Var = var("LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT");
    const SWITCHES_SINCE: [(&str, u16); 2] =
        [("LANGFUSE_USE_AZURE_BLOB", 67), ("LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE", 168)];
    let Some(facts) = cx.deployment.compose.as_ref().filter(|f| f.forwards) else { return };
    // Compare only a file that was read. `env_file` also passes variables that the file doesn't name, and a file that
    // builds Langfuse from source is as old as the source.
    if facts.environment_spans.is_empty() || files_mention(cx, &["env_file", "worker/Dockerfile"]) {
        return;
    }
    let since = |minor: u16| !cx.is_older(Containers::BOTH, Version { major: 3, minor, patch: 0 });
    let lacks =
        |name: &str| cx.configs.iter().all(|c| c.environment.by_name(name).is_none()) && !files_mention(cx, &[name]);
    let mut parts: Vec<String> = Vec::new();
    let mut severity = Severity::Hint;
    if since(47) && lacks(EXPORT_BUCKET) {
        parts.push("the LANGFUSE_S3_BATCH_EXPORT_ settings (v3.47.0)".into());
        severity = Severity::Warning;
    }
    let media = cx.config(Containers::WEB).and_then(|c| Some((c, c.environment.set_value(MEDIA_ENDPOINT)?)));
    let media = media.filter(|(c, s)| {
        let block = c.block(UseCase::Media);
        s.from_wrapper() && since(46) && block.in_use() && block.endpoint_url().is_some_and(Endpoint::is_internal)
    });
    if media.is_some() {
        parts.push("web's default `http://localhost:9090` for media (v3.46.0)".into());
        severity = Severity::Warning;
    }
    for (name, minor) in SWITCHES_SINCE {
        if since(minor) && lacks(name) {
            parts.push(format!("{name} (v3.{minor}.0)"));
        }
    }
    if parts.is_empty() {
        return;
    }
    let place = facts.environment_spans.first().map(|(_, span)| *span);
    let mut finding = Finding::text(Containers::BOTH).span(place).keeps_severity().severity(severity);
    if let Some((_, setting)) = media {
        finding = finding.because(setting, "browsers and SDKs outside the network receive this URL");
    }
    out.push(
        finding
            .message(format!(
                "this compose file forwards settings like the official one, but lacks {}",
                parts.join(", ")
            ))
            .help(
                "Copy the missing lines from the docker-compose.yml of the Langfuse release you run; until then these \
                 names in `.env` have no effect.",
            ),
    );
}

rule! {
    /// The store of a public Langfuse is open to anyone with the published sample keys.
    ///
    /// ## Why
    /// The compose file publishes MinIO's port on every network interface, because browsers fetch media there, and
    /// Docker bypasses the host's firewall rules (ufw). `minio` and `miniosecret` are public in Langfuse's repository.
    /// Anyone who can reach the port can read every trace and every file, and delete them. The same applies behind a
    /// proxy that gives the store a public name.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// NEXTAUTH_URL=https://langfuse.example.com
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://media.example.com
    /// ```
    ///
    /// ## Use instead
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &storage
    ///       NEXTAUTH_URL: https://langfuse.example.com
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: langfuse
    ///       LANGFUSE_S3_EVENT_UPLOAD_PREFIX: events/
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: us-east-1
    ///       LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT: http://minio:9000
    ///       LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID: lf-store
    ///       LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: 9f8e7d6c5b4a39281706
    ///       LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE: "true"
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    ///   minio:
    ///     image: cgr.dev/chainguard/minio
    ///     entrypoint: sh
    ///     command: -c 'mkdir -p /data/langfuse && minio server --address ":9000" /data'
    ///     environment:
    ///       MINIO_ROOT_USER: lf-store
    ///       MINIO_ROOT_PASSWORD: 9f8e7d6c5b4a39281706
    ///     ports:
    ///       - 127.0.0.1:9090:9000
    /// ```
    ///
    /// ## Seen in
    /// The ports and the root user of `minio` in Langfuse's `docker-compose.yml`; docker/for-linux#690 on the firewall.
    SAMPLE_KEYS_ON_OPEN_PORT = "sample-keys-on-open-port", Warning, Risk, sample_keys_on_open_port
}

fn sample_keys_on_open_port(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const SAMPLES: [(&str, &str); 2] = [("minio", "miniosecret"), ("minioadmin", "minioadmin")];
    let Some((_, store)) = store(cx) else { return };
    let (Some(user), Some(password)) = (&store.user, &store.password) else { return };
    if !user.text().zip(password.text()).is_some_and(|pair| SAMPLES.contains(&pair)) {
        return;
    }
    let Some((port, place)) = store.exposed else { return sample_keys_behind_proxy(cx, user, password, out) };
    let public =
        cx.configs.iter().find(|c| c.is_public() && c.engine == Engine::S3 && c.used().any(|b| is_at(b, store)));
    let Some((config, address)) = public.and_then(|c| Some((c, c.public_url_setting()?))) else { return };
    let mut finding = Finding::at(config, password)
        .containers(Containers::BOTH)
        .looks_at(Some(user))
        .because(address, "Langfuse is reachable from other machines");
    if place.is_some() {
        finding = finding.related(place, format!("port {port} is published beyond this machine"));
    }
    let inner = api_port(store);
    out.push(
        finding
            .message(format!(
                "the store is published on port {port} with the sample keys {} and `***`, while NEXTAUTH_URL is {}",
                shown(user),
                shown(address)
            ))
            .help(format!(
                "{NEW_KEYS}; publish the port as `127.0.0.1:{port}:{inner}`, behind a proxy if browsers need it."
            )),
    );
}

/// The same if no port is published, but an endpoint points to the store under a public name.
fn sample_keys_behind_proxy(cx: &Context<'_>, user: &Setting, password: &Setting, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine == Engine::S3) {
        let led = config.used().find(|block| match (block.credentials(), block.endpoint_url()) {
            (Credentials::Pair(id, secret), Some(url)) => url.is_public() && opens_bundled_store(cx, block, id, secret),
            _ => false,
        });
        let Some(endpoint) = led.and_then(|block| block.endpoint) else { continue };
        out.push(
            Finding::at(config, password)
                .containers(Containers::BOTH)
                .looks_at(Some(user))
                .because(endpoint, "the store is reachable under a public name")
                .message(format!(
                    "the store has the sample keys {} and `***`, while {} is {}",
                    shown(user),
                    endpoint.name,
                    shown(endpoint)
                ))
                .help(format!("{NEW_KEYS}.")),
        );
    }
}

/// What to do about sample keys.
const NEW_KEYS: &str =
    "Set MINIO_ROOT_USER and MINIO_ROOT_PASSWORD to new values, and set each use case's keys to the same values";

#[cfg(test)]
mod tests {
    use super::*;

    fn store(command: &str) -> BundledStore {
        BundledStore {
            service: "minio".into(),
            image: "minio/minio".into(),
            user: None,
            password: None,
            ports: Vec::new(),
            exposed: None,
            command: command.into(),
        }
    }

    #[test]
    fn finds_the_buckets_a_command_creates() {
        let official = r#"sh -c 'mkdir -p /data/langfuse && minio server --address ":9000" /data'"#;
        for (command, bucket, made) in [
            (official, "langfuse", Some(true)),
            (official, "lang", Some(false)),
            ("mkdir -p /data/a /data/b; minio server /data", "b", Some(true)),
            ("mkdir -p '/data/a/' && minio server /data", "a", Some(true)),
            ("mkdir -p /data/{a,b} && minio server /data", "b", None),
            ("mkdir -p /data/${BUCKET} && minio server /data", "b", None),
            ("/init.sh", "b", None),
            ("server /data --console-address :9001", "langfuse", Some(false)),
            ("", "langfuse", Some(false)),
        ] {
            assert_eq!(creates(&store(command), bucket), made, "{command}");
        }
    }

    #[test]
    fn finds_the_port_of_the_s3_api() {
        for (command, port) in [
            (r#"minio server --address ":9000" --console-address ":9001" /data"#, 9000),
            ("server /data --console-address :9001", 9000),
            ("server /data --address :7000", 7000),
            ("server /data --address=0.0.0.0:7000", 7000),
        ] {
            assert_eq!(api_port(&store(command)), port, "{command}");
        }
    }
}

//! Docker Compose: what the file hands on, what it puts in the place of what is missing, who reaches its store.

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

/// The purposes in use on the S3 engine.
fn s3_blocks<'c, 'd>(cx: &'c Context<'d>) -> impl Iterator<Item = (&'d Config<'d>, &'d Block<'d>)> + use<'c, 'd> {
    cx.configs.iter().filter(|c| c.engine == Engine::S3).flat_map(|c| c.used().map(move |b| (c, b)))
}

/// The facts and the store, where the deployment is a compose file's.
fn store<'d>(cx: &Context<'d>) -> Option<(&'d ComposeFacts, &'d BundledStore)> {
    let facts = cx.deployment.compose.as_ref()?;
    Some((facts, facts.store.as_ref()?))
}

/// Whether `setting` is the official compose file's default, put there because nobody said anything else.
fn is_compose_default(cx: &Context<'_>, config: &Config<'_>, setting: &Setting) -> bool {
    setting.from_wrapper() && cx.deployment.is_default(config.containers, setting)
}

/// Whether the endpoint of `block` leads to `store`: by the service's name inside, by a published port outside.
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

/// `url` with another port; `None` where there is more to it than scheme, host, port and path.
fn with_port(url: &Endpoint<'_>, port: u16) -> Option<String> {
    let simple =
        url.user_info.is_none() && url.query.is_none() && url.fragment.is_none() && url.ip.is_none_or(|i| i.is_ipv4());
    let scheme = if url.https { "https" } else { "http" };
    simple.then(|| format!("{scheme}://{}:{port}{}", url.host, url.path))
}

rule! {
    /// A setting in `.env` that the compose file hands to no Langfuse container.
    ///
    /// ## Why
    /// `.env` is not an environment: Docker Compose only fills the `${…}` of the compose file from it. The official file
    /// forwards 28 of Langfuse's storage settings. Whatever else stands in `.env` reaches nobody, Langfuse runs with its
    /// default, and nothing says so. With `LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true` there, Langfuse goes on using S3.
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
    /// ## Instead
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
    /// langfuse/langfuse#6872, where LANGFUSE_USE_AZURE_BLOB was not forwarded yet; langfuse/langfuse#6317; the names in
    /// Langfuse's `docker-compose.yml` against those in its `env.ts`.
    VARIABLE_NOT_FORWARDED = "variable-not-forwarded", Warning, Ignored, variable_not_forwarded
}

fn variable_not_forwarded(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let (Some(facts), Some(config)) = (cx.deployment.compose.as_ref(), cx.configs.first()) else { return };
    for setting in &facts.unforwarded {
        let Some(variable) = setting.var else { continue };
        let row = variable.row();
        let (Some(_), false) = (setting.text(), row.unused) else { continue };
        // What Langfuse does without it is what it asks for.
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
            finding = finding.related(Some(*span), "only what stands here reaches Langfuse");
        }
        out.push(
            finding
                .message(format!(
                    "{} is {} here, but the compose file hands it to no Langfuse container{consequence}",
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
            return "Set the region of each purpose instead, which the official file forwards: \
                    `LANGFUSE_S3_EVENT_UPLOAD_REGION=…`, and so on."
                .into();
        }
        "AWS_ENDPOINT_URL" | "AWS_ENDPOINT_URL_S3" => {
            return "Set the endpoint of each purpose instead, which the official file forwards: \
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
    let mount = if file { " The file that it names must be mounted there too." } else { "" };
    format!(
        "Below `environment:` of {services}, in the compose file or in a docker-compose.override.yml, add the line \
         `{name}: ${{{name}}}`.{mount}"
    )
}

rule! {
    /// An empty prefix in `.env`, in whose place the compose file puts its default.
    ///
    /// ## Why
    /// The official file forwards `${NAME:-default}`, and `:-` replaces an empty value as well as a missing one. Keys
    /// begin with `events/`, `media/` or `exports/` all the same. Whoever expects them at the bucket's root, a lifecycle
    /// rule or a copy job, finds nothing.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=
    /// ```
    ///
    /// ## Instead
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// ```
    ///
    /// ## Seen in
    /// `docker-compose.yml` of Langfuse; Docker documentation, interpolation.
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
                        "{} is empty here, and the compose file puts {} in its place",
                        line.name,
                        shown(setting)
                    ))
                    .help(format!(
                        "Write `{}={}` to say what happens. Only for a bucket that no other purpose shares, write \
                         `{}: \"\"` below `environment:` of both containers in a docker-compose.override.yml.",
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
    /// Where `.env` gives no keys, or empty ones, the official file puts `minio` and `miniosecret` in their place. That is
    /// right for its own MinIO and wrong everywhere else: Amazon answers `InvalidAccessKeyId`, and an IAM role is never
    /// asked, because Langfuse has a pair. From `.env` the pair cannot be taken away.
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
    /// ## Instead
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
    /// `docker-compose.yml` of Langfuse; Docker documentation, interpolation.
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
        // A stranger's host may be a MinIO of one's own, with the same sample pair.
        let own = id_left && secret_left && block.provider.is_none_or(is_self_hosted);
        let whose = block.provider.map_or(url.host, |p| p.name);
        let mut finding = Finding::at(config, left).for_block(block).because(endpoint, "requests go here");
        let message = if id_left && secret_left {
            finding = finding.looks_at(Some(secret));
            format!("{} is not set, so the compose file's {} is sent to {whose}", id.name, shown(id))
        } else {
            let given = if id_left { secret } else { id };
            finding = finding.because(given, "the other half of the pair is not the compose file's");
            format!("{} is not set, so the compose file's own value goes with {} to {whose}", left.name, given.name)
        };
        let role = if block.is_aws() {
            format!(
                " For an IAM role write `{}: \"\"` and `{}: \"\"` below `environment:` of both containers in a \
                 docker-compose.override.yml: `.env` cannot empty them.",
                id.name, secret.name
            )
        } else {
            String::new()
        };
        out.push(
            finding
                .severity(if own { Severity::Warning } else { Severity::Error })
                .message(message)
                .help(format!("Set {} and {} to keys of that store.{role}", id.name, secret.name)),
        );
    }
}

/// Whether the pair is the one of the MinIO that the file starts, at a host that may be a proxy before it.
pub(super) fn opens_bundled_store(cx: &Context<'_>, block: &Block<'_>, id: &Setting, secret: &Setting) -> bool {
    let store = cx.deployment.compose.as_ref().and_then(|c| c.store.as_ref());
    let same = |root: Option<&Setting>, key: &Setting| root.is_some_and(|r| r.is_set() && r.value == key.value);
    store.is_some_and(|s| same(s.user.as_ref(), id) && same(s.password.as_ref(), secret))
        && block.provider.is_none_or(is_self_hosted)
}

/// Stores that people run themselves, where any pair may be right.
fn is_self_hosted(store: &provider::Provider) -> bool {
    matches!(store.id, "minio" | "seaweedfs" | "garage" | "ceph" | "rustfs")
}

rule! {
    /// Settings for Amazon S3, but requests go to the MinIO of the compose file.
    ///
    /// ## Why
    /// Without an endpoint the SDK would find Amazon by the region. The official file does not let the endpoint be
    /// missing or empty: it puts `http://minio:9000` in its place. That MinIO does not know Amazon's keys and buckets
    /// and answers `InvalidAccessKeyId` or `NoSuchBucket`. Under compose the endpoint of Amazon has to be written out.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Instead
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
    /// `docker-compose.yml` of Langfuse; Docker documentation, interpolation.
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
    // `us-east-1` is what MinIO's own documentation writes. Other keys may well be the bundled store's.
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
            None => format!(" and `{}={region}`, with the bucket's own region in both", block.name(Role::Region)),
        };
        let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        out.push(
            Finding::at(config, endpoint)
                .containers(Containers::BOTH.and(readers(endpoint)))
                .for_block(block)
                .because(sign, "this is meant for Amazon S3")
                .message(format!(
                    "{} is not set, so the compose file sends requests to its own MinIO at {}, although {} is {}",
                    endpoint.name,
                    shown(endpoint),
                    sign.name,
                    shown(sign)
                ))
                .help(format!(
                    "Write `{}=https://s3.{region}.{domain}`{more}; under compose the endpoint cannot be left out.",
                    endpoint.name
                )),
        );
    }
}

/// Web's media endpoint has a default of its own in the official file; the finding about the worker's is enough.
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
    /// Events go to a store in the cloud, media or exports stayed at the MinIO of the compose file.
    ///
    /// ## Why
    /// Each purpose has a block of its own, and what `.env` does not set keeps the compose file's default. A move that
    /// was made for events only leaves media and exports on the local MinIO, whose volume is then easily taken for
    /// unused: whoever removes it loses media for good.
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
    /// ## Instead
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
    /// The three blocks with their defaults in Langfuse's `docker-compose.yml`.
    USE_CASE_LEFT_AT_BUNDLED_STORE = "use-case-left-at-bundled-store", Warning, Risk, purpose_left_at_bundled_store
}

/// The endpoint of the events, where it leads away from the compose file's store and `block` did not go with it.
fn left_behind<'d>(cx: &Context<'d>, config: &'d Config<'d>, block: &Block<'d>) -> Option<&'d Setting> {
    if !matches!(block.use_case, UseCase::Media | UseCase::Exports) {
        return None;
    }
    block.endpoint.filter(|e| is_compose_default(cx, config, e))?;
    let events = config.block(UseCase::Events);
    let moved = events.endpoint_url().is_some_and(Endpoint::is_public);
    events.endpoint.filter(|e| moved && !is_compose_default(cx, config, e))
}

fn purpose_left_at_bundled_store(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
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
                    "{} is not set: {what} stayed at the compose file's own store, {}, while events go to {}",
                    endpoint.name,
                    shown(endpoint),
                    shown(events)
                ))
                .help(format!(
                    "Copy what is stored there, then set the block of {what} as that of events, beginning with `{}=…`.",
                    endpoint.name
                )),
        );
    }
}

rule! {
    /// Nothing in the compose file makes the bucket in its store.
    ///
    /// ## Why
    /// Langfuse never creates an S3 bucket, and MinIO starts without any. The official file runs `mkdir -p
    /// /data/langfuse` before it starts MinIO; another bucket, or a start command of one's own, needs the same. Without
    /// it every request ends with `NoSuchBucket`.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=traces
    /// ```
    ///
    /// ## Instead
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

/// Whether the store's start command makes `bucket`; `None` where the command does not say.
fn creates(store: &BundledStore, bucket: &str) -> Option<bool> {
    let command = store.command.as_str();
    let mut words = command.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '&' | '(' | ')'));
    if words.any(|w| w.starts_with('/') && w.trim_end_matches('/').rsplit('/').next() == Some(bucket)) {
        return Some(true);
    }
    // Variables, braces, scripts and clients can make any bucket.
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
            // Another service, or Bitnami's image, makes buckets.
            || files_mention(cx, &[" mb ", "\"mb\"", "make-bucket", "create-bucket", "DEFAULT_BUCKETS", "minio/mc", "minio-mc", "minio-client"])
        {
            continue;
        }
        out.push(
            Finding::at(config, bucket)
                .for_block(block)
                .keeps_severity()
                .message(format!(
                    "{} is {}, but nothing in the compose file makes that bucket in `{}`, and Langfuse does not either",
                    bucket.name,
                    shown(bucket),
                    store.service
                ))
                .help(format!(
                    "Make it in the start command of `{}`: `mkdir -p {}` before `minio server /data`. Where it was made \
                     by hand, nothing is wrong.",
                    store.service,
                    quoted(&format!("/data/{name}")).trim_matches('`')
                )),
        );
    }
}

rule! {
    /// Langfuse's keys are not those of the store that the compose file starts.
    ///
    /// ## Why
    /// The official file writes the pair `minio` and `miniosecret` in four places: as the root user of MinIO and as the
    /// keys of each purpose. Changed in one place only, MinIO answers `InvalidAccessKeyId` or `SignatureDoesNotMatch`
    /// and ingestion ends with HTTP 500.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// MINIO_ROOT_USER=lf-store
    /// MINIO_ROOT_PASSWORD=9f8e7d6c5b4a39281706
    /// ```
    ///
    /// ## Instead
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
    /// `docker-compose.yml` of Langfuse.
    KEYS_DIFFER_FROM_STORE = "keys-differ-from-store", Warning, Failure, keys_differ_from_store
}

/// What the store has in the place of a key, where it is known to be something else.
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
        // The keys of Amazon at the bundled store are another rule's.
        if meant_for_amazon(cx, config, block).is_some() {
            continue;
        }
        out.push(
            Finding::at(config, key)
                .for_block(block)
                .because(root, format!("{} is what `{}` starts with", root.name, store.service))
                .message(format!(
                    "{} is {}, but {} of the store that the compose file starts is {}",
                    key.name,
                    shown(key),
                    root.name,
                    differing(key, root)
                ))
                .help(format!(
                    "Give MINIO_ROOT_USER and MINIO_ROOT_PASSWORD the same pair as {} and {}, or make a user with this \
                     pair in MinIO.",
                    id.name, secret.name
                )),
        );
    }
    // What the operator changed is the store's side: one finding there, however many purposes were forgotten.
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
        out.push(
            finding.message(format!("{} was changed, but what Langfuse signs with was not: {names}", root.name)).help(
                "Set the _ACCESS_KEY_ID of each purpose to the store's MINIO_ROOT_USER, and its _SECRET_ACCESS_KEY to \
                     MINIO_ROOT_PASSWORD.",
            ),
        );
    }
}

/// The store's side of a comparison; secrets are not shown, so that says no more than that they differ.
fn differing(key: &Setting, root: &Setting) -> String {
    if key.is_secret() || root.is_secret() { "another".into() } else { shown(root) }
}

rule! {
    /// An endpoint at localhost, which inside a container is the container itself.
    ///
    /// ## Why
    /// The published port of MinIO exists on the host. Langfuse runs in a container of its own, where nothing listens on
    /// that port: `connect ECONNREFUSED 127.0.0.1:9090`, and every ingestion request ends with HTTP 500. Inside the
    /// network the store has its service name and its own port, `http://minio:9000`.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://localhost:9090
    /// ```
    ///
    /// ## Instead
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
        // Web only signs media links, and the worker's media endpoint has a rule beside the other media rules.
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
                        format!("Write `{}={right}`, the store's name and port inside the network.", endpoint.name)
                    } else {
                        format!(
                            "Write the store's service name and its port inside the network, such as `{}={right}`; for a \
                             store on the host itself, `host.docker.internal` as the host.",
                            endpoint.name
                        )
                    })
                    .fix(fix.map(|edits| DraftFix::safe(format!("write `{right}`"), edits))),
            );
        }
    }
}

rule! {
    /// The store's service name with a port that exists only on the host.
    ///
    /// ## Why
    /// `9090:9000` publishes port 9000 of the container as port 9090 of the host. Containers talk to each other on the
    /// container's port: at `minio:9090` nothing listens, and the answer is `connect ECONNREFUSED`.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9090
    /// ```
    ///
    /// ## Instead
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
            // Web only signs media links; a service name in them is another rule's.
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
                        "{} is {}, but {port} is a port of the host; inside the network `{}` listens on {inner}",
                        endpoint.name,
                        shown(endpoint),
                        store.service
                    ))
                    .help(format!("Write `{}=http://{}:{inner}`.", endpoint.name, store.service))
                    .fix(fix.map(|edits| DraftFix::safe(format!("write port {inner}"), edits))),
            );
        }
    }
}

rule! {
    /// A link for browsers leads to a port of localhost that is not the store's.
    ///
    /// ## Why
    /// Links to media and exports are called from the host, where the compose file publishes MinIO as 9090. Port 9000 of
    /// the host belongs to ClickHouse in the official file, which does not speak S3: uploads and downloads fail with an
    /// answer that is none.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=http://localhost:9000
    /// ```
    ///
    /// ## Instead
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
        // The container's port, written where the host's belongs: that is the slip, other ports may be a proxy's.
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
                    "{} is {}, but the compose file publishes `{}` on port {outer} of the host{whose}",
                    setting.name,
                    shown(setting),
                    store.service
                ))
                .help(format!("Write `{}=http://localhost:{outer}`.", setting.name))
                .fix(fix.map(|edits| DraftFix::safe(format!("write port {outer}"), edits))),
        );
    }
}

rule! {
    /// The compose file is older than the Langfuse that it starts.
    ///
    /// ## Why
    /// Images move on with their tag, a copied compose file does not. The official file gained the media endpoint that
    /// browsers reach (v3.46.0), the settings of batch exports (v3.47.0) and the switch for Azure (v3.67.0) over time. In
    /// a file from before, the same lines in `.env` have no effect, and media links lead to `http://minio:9000`, which
    /// no browser knows.
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
    /// ## Instead
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
    // Only a file that can be seen is compared; `env_file` hands on what the file does not name, and the file that
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
        finding = finding.because(setting, "browsers and SDKs outside the network get this address");
    }
    out.push(
        finding
            .message(format!("this compose file forwards settings as the official one does, but lacks {}", parts.join(", ")))
            .help(
                "Take over the lines from the docker-compose.yml of the Langfuse release that is run; until then the same \
                 names in `.env` have no effect.",
            ),
    );
}

rule! {
    /// A public Langfuse whose store is open to everybody with the published sample keys.
    ///
    /// ## Why
    /// The compose file publishes MinIO's port on every network interface, because browsers fetch media there, and
    /// Docker opens it past the host's own firewall rules (ufw). The pair `minio` and `miniosecret` is printed in Langfuse's
    /// repository. Whoever reaches the port reads every trace and every file, and can delete them. It is the same behind a
    /// proxy that gives the store a public name.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// NEXTAUTH_URL=https://langfuse.example.com
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://media.example.com
    /// ```
    ///
    /// ## Instead
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
    /// The ports and the root user of `minio` in Langfuse's `docker-compose.yml`; docker/for-linux#690 for the firewall.
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
        .because(address, "Langfuse is not opened from this machine alone");
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
                "{OWN_PAIR}; publish the port as `127.0.0.1:{port}:{inner}`, with a proxy before it where browsers need it."
            )),
    );
}

/// The same where no port is published, but an endpoint leads to the store under a public name.
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
                .because(endpoint, "the store answers under a public name")
                .message(format!(
                    "the store has the sample keys {} and `***`, and {} is {}",
                    shown(user),
                    endpoint.name,
                    shown(endpoint)
                ))
                .help(format!("{OWN_PAIR}.")),
        );
    }
}

/// What to do about sample keys.
const OWN_PAIR: &str =
    "Set MINIO_ROOT_USER and MINIO_ROOT_PASSWORD to a pair of your own, and the same pair in the keys of each purpose";

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
    fn sees_which_buckets_a_command_makes() {
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
    fn sees_on_which_port_a_store_speaks_s3() {
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

//! Docker Compose: what the file forwards, the defaults it adds, and who can reach its store.

mod bucket_not_created;
mod compose_file_outdated;
mod default_keys_sent_elsewhere;
mod empty_prefix_replaced;
mod endpoint_host_not_a_service;
mod endpoint_left_at_bundled_store;
mod host_port_inside_network;
mod keys_differ_from_store;
mod localhost_inside_container;
mod localhost_port_of_another_service;
mod sample_keys_on_open_port;
mod use_case_left_at_bundled_store;
mod variable_not_forwarded;
mod worker_missing;

use super::{Context, Rule, s3_blocks};
use crate::config::endpoint::Endpoint;
use crate::config::{Block, Config};
use crate::provider::{self, AWS_REGIONS, Shape};
use crate::source::{BundledStore, ComposeFacts, Kind, Setting};
use crate::variable::{Containers, UseCase};

pub(super) static RULES: &[&Rule] = &[
    &variable_not_forwarded::VARIABLE_NOT_FORWARDED,
    &empty_prefix_replaced::EMPTY_PREFIX_REPLACED,
    &default_keys_sent_elsewhere::DEFAULT_KEYS_SENT_ELSEWHERE,
    &endpoint_left_at_bundled_store::ENDPOINT_LEFT_AT_BUNDLED_STORE,
    &use_case_left_at_bundled_store::USE_CASE_LEFT_AT_BUNDLED_STORE,
    &bucket_not_created::BUCKET_NOT_CREATED,
    &keys_differ_from_store::KEYS_DIFFER_FROM_STORE,
    &localhost_inside_container::LOCALHOST_INSIDE_CONTAINER,
    &worker_missing::WORKER_MISSING,
    &endpoint_host_not_a_service::ENDPOINT_HOST_NOT_A_SERVICE,
    &host_port_inside_network::HOST_PORT_INSIDE_NETWORK,
    &localhost_port_of_another_service::LOCALHOST_PORT_OF_ANOTHER_SERVICE,
    &compose_file_outdated::COMPOSE_FILE_OUTDATED,
    &sample_keys_on_open_port::SAMPLE_KEYS_ON_OPEN_PORT,
];

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

/// Whether the keys are those of the compose file's MinIO, at a host that may be a proxy in front of it.
pub(super) fn opens_bundled_store(cx: &Context<'_>, block: &Block<'_>, id: &Setting, secret: &Setting) -> bool {
    let store = cx.deployment.compose.as_ref().and_then(|c| c.store.as_ref());
    let same = |root: Option<&Setting>, key: &Setting| root.is_some_and(|r| r.is_set() && r.value == key.value);
    store.is_some_and(|s| same(s.user.as_ref(), id) && same(s.password.as_ref(), secret))
        && block.provider.is_none_or(is_self_hosted)
}

/// Self-hosted stores, where any keys may be right.
pub(super) fn is_self_hosted(store: &provider::Provider) -> bool {
    matches!(store.id, "minio" | "seaweedfs" | "garage" | "ceph" | "rustfs")
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

/// The store's counterpart of `key`, if it is known to differ.
fn other<'d>(key: &Setting, root: Option<&'d Setting>) -> Option<&'d Setting> {
    let root = root?;
    (key.text()? != root.text()?).then_some(root)
}

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

//! `sample-keys-on-open-port`.

use super::{api_port, is_at, opens_bundled_store, store};
use crate::config::{Credentials, Engine};
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Setting;
use crate::variable::Containers;

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

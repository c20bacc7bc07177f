//! `compose-file-outdated`.

use super::files_mention;
use crate::config::endpoint::Endpoint;
use crate::report::Severity;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, UseCase, Var, Version, var};

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
    ///   minio:
    ///     image: cgr.dev/chainguard/minio
    ///     entrypoint: sh
    ///     command: -c 'mkdir -p /data/langfuse && minio server /data'
    ///     environment:
    ///       MINIO_ROOT_USER: ${MINIO_ROOT_USER:-minio}
    ///       MINIO_ROOT_PASSWORD: ${MINIO_ROOT_PASSWORD:-miniosecret}
    ///     ports:
    ///       - 9090:9000
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
    ///   minio:
    ///     image: cgr.dev/chainguard/minio
    ///     entrypoint: sh
    ///     command: -c 'mkdir -p /data/langfuse && minio server /data'
    ///     environment:
    ///       MINIO_ROOT_USER: ${MINIO_ROOT_USER:-minio}
    ///       MINIO_ROOT_PASSWORD: ${MINIO_ROOT_PASSWORD:-miniosecret}
    ///     ports:
    ///       - 9090:9000
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

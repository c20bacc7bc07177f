//! `media-endpoint-worker-localhost`.

use crate::config::Engine;
use crate::config::endpoint::Endpoint;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Wrapper;
use crate::variable::{Containers, UseCase};

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

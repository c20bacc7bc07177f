//! `endpoint-host-not-a-service`.

use super::store;
use crate::config::Engine;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, UseCase};

rule! {
    /// The endpoint's host has one label, and no container that Langfuse reaches is called so.
    ///
    /// ## Why
    /// Inside a project's network Docker resolves the names of services, their `container_name`, `hostname`, aliases and
    /// `extra_hosts`. Any other single label is left to the machine's own DNS, which rarely has it: `getaddrinfo
    /// ENOTFOUND`. A service that shares no network with Langfuse doesn't resolve either.
    ///
    /// ## Example
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &env
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: langfuse
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: us-east-1
    ///       LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT: http://minio:9000
    ///       LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID: lf-store
    ///       LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: 9f8e7d6c5b4a39281706
    ///       LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE: "true"
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *env
    ///   storage:
    ///     image: rustfs/rustfs
    /// ```
    ///
    /// ## Use instead
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &env
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: langfuse
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: us-east-1
    ///       LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT: http://storage:9000
    ///       LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID: lf-store
    ///       LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: 9f8e7d6c5b4a39281706
    ///       LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE: "true"
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *env
    ///   storage:
    ///     image: rustfs/rustfs
    /// ```
    ///
    /// ## Seen in
    /// Compose files that renamed MinIO's service and kept `http://minio:9000`.
    ENDPOINT_HOST_NOT_A_SERVICE = "endpoint-host-not-a-service", Warning, Failure, endpoint_host_not_a_service
}

fn endpoint_host_not_a_service(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(hosts) = cx.deployment.compose.as_ref().and_then(|c| c.hosts.as_ref()) else { return };
    for config in cx.configs.iter().filter(|c| c.engine != Engine::Gcs) {
        for block in config.used() {
            // Browsers open web's media endpoint; other rules judge it.
            if block.use_case == UseCase::Media && config.containers == Containers::WEB {
                continue;
            }
            let (Some(endpoint), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
            let single = url.is_internal() && !url.host.contains('.');
            if !single || hosts.iter().any(|h| h.eq_ignore_ascii_case(url.host)) {
                continue;
            }
            let apart = cx.is_service(url.host);
            let right = store(cx).map(|(_, s)| s.service.as_str());
            let help = match right {
                _ if apart => format!("Put `{}` and the Langfuse services on a common network.", url.host),
                Some(service) => {
                    format!("Set `{}` to the store's service: `{}`.", endpoint.name, url.with_host(service))
                }
                None => format!("Set `{}` to the name of the service that runs the store.", endpoint.name),
            };
            out.push(
                Finding::at(config, endpoint)
                    .for_block(block)
                    .keeps_severity()
                    .message(format!(
                        "{} is {}, but {}, so it may not resolve",
                        endpoint.name,
                        shown(endpoint),
                        if apart {
                            "that service shares no network with Langfuse's"
                        } else {
                            "no service of the compose file has that name"
                        }
                    ))
                    .help(help),
            );
        }
    }
}

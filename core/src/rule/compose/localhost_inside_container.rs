//! `localhost-inside-container`.

use super::{api_port, files_mention, store};
use crate::config::Engine;
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::UseCase;

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

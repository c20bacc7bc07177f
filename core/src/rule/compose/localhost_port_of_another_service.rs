//! `localhost-port-of-another-service`.

use super::{api_port, s3_blocks, store, with_port};
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, UseCase};

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
    LOCALHOST_PORT_OF_ANOTHER_SERVICE = "localhost-port-of-another-service", Error, Failure, localhost_port_of_another_service
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

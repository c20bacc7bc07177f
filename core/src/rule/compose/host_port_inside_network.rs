//! `host-port-inside-network`.

use super::{api_port, store, with_port};
use crate::config::Engine;
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, UseCase};

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

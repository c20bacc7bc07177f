//! `endpoint-scheme-port-mismatch`.

use super::{endpoints, is_external, is_public, is_service, remedy, s3_blocks, with_scheme};
use crate::config::endpoint::Endpoint;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Wrapper;
use crate::variable::UseCase;

rule! {
    /// The endpoint's scheme and port contradict each other.
    ///
    /// ## Why
    /// `http://` with port 443 sends plain HTTP to a TLS server; `https://` with port 80 does the opposite. The compose
    /// file's MinIO speaks plain HTTP on 9000 (9090 on the host), so `https://minio:9000` fails with "wrong version
    /// number" or "EPROTO".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://s3.example.com:443
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.example.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// curie-eng/curie#1500
    ENDPOINT_SCHEME_PORT_MISMATCH = "endpoint-scheme-port-mismatch", Error, Failure, endpoint_scheme_port_mismatch
}

/// Whether the endpoint is the compose file's MinIO, which speaks plain HTTP.
fn is_bundled(cx: &Context<'_>, url: &Endpoint<'_>) -> bool {
    match cx.deployment.compose.as_ref().map(|c| c.store.as_ref()) {
        Some(Some(store)) => {
            let published = url.is_loopback() && store.ports.iter().any(|(host, _)| Some(*host) == url.port);
            (published || store.service.eq_ignore_ascii_case(url.host)) && !store.command.contains("certs-dir")
        }
        Some(None) => false,
        None => {
            let inside = url.host.eq_ignore_ascii_case("minio") && url.port == Some(9000);
            let outside = url.is_loopback() && url.port == Some(9090);
            cx.deployment.wrapper == Wrapper::Compose && (inside || outside)
        }
    }
}

fn endpoint_scheme_port_mismatch(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        for (setting, url) in endpoints(block) {
            let (https, why) = match (url.https, url.port) {
                (false, Some(443)) => (true, "plain HTTP to port 443, where servers expect TLS"),
                // For a public store, change the port rather than drop TLS.
                (true, Some(80)) => (is_public(url), "HTTPS to port 80, where servers expect plain HTTP"),
                (true, Some(9000 | 9090)) if is_bundled(cx, url) => (false, "HTTPS to a MinIO that speaks plain HTTP"),
                _ => continue,
            };
            let kept = url.port.is_some_and(|p| !matches!(p, 80 | 443));
            let right = with_scheme(url, https);
            let mut remedy = remedy(cx, config, block, setting, &right);
            // Other rules report plain HTTP for media or links.
            if !https && (block.use_case == UseCase::Media || is_external(setting)) {
                remedy.edits = None;
            }
            let title = if kept { "change the scheme" } else { "remove the port and use the right scheme" };
            out.push(
                Finding::at(config, setting)
                    .for_block(block)
                    .message(format!("{} is {}: {why}", setting.name, shown(setting)))
                    .help(format!("{}.", remedy.help))
                    .fix(remedy.fix(title, is_service(url.host))),
            );
        }
    }
}

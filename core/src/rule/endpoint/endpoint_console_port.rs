//! `endpoint-console-port`.

use std::borrow::Cow;

use super::{console, endpoints, s3_blocks, write};
use crate::config::endpoint::Endpoint;
use crate::redact::shown;
use crate::report::Severity;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// The endpoint uses the port of MinIO's console.
    ///
    /// ## Why
    /// MinIO serves its API and its console on two ports: 9000 and 9001 in the container, and 9090 and 9091 on the host
    /// in the official compose file. The console answers S3 requests with 403 and "S3 API Requests must be made to API
    /// port".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9001
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// minio/object-browser#2637, minio/mc#4523, pivotal-sadubois/tanzu-demo-hub#13
    ENDPOINT_CONSOLE_PORT = "endpoint-console-port", Error, Failure, endpoint_console_port
}

fn with_port(url: &Endpoint<'_>, port: u16) -> String {
    let scheme = if url.https { "https" } else { "http" };
    let host = if url.host.contains(':') { Cow::Owned(format!("[{}]", url.host)) } else { Cow::Borrowed(url.host) };
    format!("{scheme}://{host}:{port}{}", url.path)
}

fn endpoint_console_port(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        for (setting, url) in endpoints(block) {
            let Some((severity, port)) = console(cx, block, setting, url) else { continue };
            let right = with_port(url, port);
            let doubt = if severity == Severity::Error { "is the port" } else { "may be the port" };
            let help = setting.var.map_or_else(String::new, |v| write(cx, v, &right));
            out.push(
                Finding::at(config, setting)
                    .for_block(block)
                    .severity(severity)
                    .message(format!(
                        "{} is {}, but {} {doubt} of MinIO's console, which rejects S3 requests",
                        setting.name,
                        shown(setting),
                        url.effective_port()
                    ))
                    .help(format!("{help}, the port of the API."))
                    .fix(replace_value(setting, &right).map(|e| DraftFix::risky(format!("use port {port}"), e))),
            );
        }
    }
}

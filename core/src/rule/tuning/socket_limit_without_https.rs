//! `socket-limit-without-https`.

use super::chosen;
use crate::config::Engine;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{UseCase, Var, var};

rule! {
    /// The number of sockets is set, but no endpoint uses HTTPS.
    ///
    /// ## Why
    /// `LANGFUSE_S3_CONCURRENT_WRITES` is the socket limit of the HTTPS agent, for reads and writes. Requests to
    /// `http://` endpoints use another agent, which it doesn't affect.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_CONCURRENT_WRITES=200
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
    /// `createS3RequestHandler` in Langfuse's `packages/shared/src/server/services/StorageService.ts`.
    SOCKET_LIMIT_WITHOUT_HTTPS = "socket-limit-without-https", Hint, Ignored, socket_limit_without_https
}

fn socket_limit_without_https(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const WRITES: Var = var("LANGFUSE_S3_CONCURRENT_WRITES");
    for config in cx.configs.iter().filter(|c| c.engine == Engine::S3) {
        let Some((setting, _)) = chosen(cx, config, WRITES) else { continue };
        let plain = config.used().all(|b| b.endpoint_url().is_some_and(|u| !u.https));
        let Some(endpoint) = config.block(UseCase::Events).endpoint.filter(|_| plain) else { continue };
        out.push(
            Finding::at(config, setting)
                .because(endpoint, "plain HTTP")
                .message(format!(
                    "{} is {}, but it limits only HTTPS sockets, and no endpoint here uses HTTPS",
                    setting.name,
                    shown(setting)
                ))
                .help(format!("Remove {}; it matters again with an HTTPS endpoint.", setting.name)),
        );
    }
}

//! `variable-not-forwarded`.

use super::{is_compose_default, s3_blocks};
use crate::config::{Credentials, SWITCHES};
use crate::redact::shown;
use crate::report::Severity;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, Var};

rule! {
    /// The compose file doesn't pass a setting in `.env` to any Langfuse container.
    ///
    /// ## Why
    /// `.env` is not the containers' environment: Docker Compose only uses it to fill in `${…}` in the compose file.
    /// The official file forwards 28 of Langfuse's storage settings. Anything else in `.env` reaches no container, and
    /// Langfuse silently uses its default. With `LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true` there, Langfuse keeps using
    /// S3.
    ///
    /// ## Example
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &storage
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme-events
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    ///       LANGFUSE_S3_MEDIA_UPLOAD_BUCKET: acme-media
    ///       LANGFUSE_S3_MEDIA_UPLOAD_REGION: eu-west-1
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    /// ```
    /// ```dotenv
    /// LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH=2000000000
    /// ```
    ///
    /// ## Use instead
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &storage
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme-events
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    ///       LANGFUSE_S3_MEDIA_UPLOAD_BUCKET: acme-media
    ///       LANGFUSE_S3_MEDIA_UPLOAD_REGION: eu-west-1
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    /// ```
    /// ```compose file=docker-compose.override.yml
    /// services:
    ///   langfuse-web:
    ///     environment:
    ///       LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH: ${LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH}
    /// ```
    /// ```dotenv
    /// LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH=2000000000
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6872, where LANGFUSE_USE_AZURE_BLOB was not yet forwarded; langfuse/langfuse#6317; the names
    /// in Langfuse's `docker-compose.yml` compared with those in its `env.ts`.
    VARIABLE_NOT_FORWARDED = "variable-not-forwarded", Warning, Ignored, variable_not_forwarded
}

fn variable_not_forwarded(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let (Some(facts), Some(config)) = (cx.deployment.compose.as_ref(), cx.configs.first()) else { return };
    for setting in &facts.unforwarded {
        let Some(variable) = setting.var else { continue };
        let row = variable.row();
        let (Some(_), false) = (setting.text(), row.unused) else { continue };
        // It asks for Langfuse's default.
        if setting.text() == row.default {
            continue;
        }
        if row.context && !context_matters(cx, variable) {
            continue;
        }
        let switch = SWITCHES.iter().find(|(_, v)| *v == variable && setting.text() == Some("true"));
        let consequence = match switch {
            Some((engine, _)) => format!(": {} stays off", engine.name()),
            None => row
                .default
                .filter(|d| !d.is_empty())
                .map_or(String::new(), |d| format!(": Langfuse uses its default `{d}`")),
        };
        let mut finding = Finding::at(config, setting)
            .containers(row.readers)
            .keeps_severity()
            .severity(if switch.is_some() { Severity::Error } else { Severity::Warning });
        if let Some((_, span)) = facts.environment_spans.iter().find(|(c, _)| c.meets(row.readers)) {
            finding = finding.related(Some(*span), "only variables listed here reach Langfuse");
        }
        out.push(
            finding
                .message(format!(
                    "{} is {} here, but the compose file doesn't pass it to any Langfuse container{consequence}",
                    setting.name,
                    shown(setting)
                ))
                .help(how_to_forward(variable)),
        );
    }
}

/// Whether a variable of the AWS SDK would change anything if it reached Langfuse.
fn context_matters(cx: &Context<'_>, variable: Var) -> bool {
    s3_blocks(cx).any(|(config, block)| match variable.name() {
        "AWS_REGION" => block.region.is_none_or(|r| is_compose_default(cx, config, r)),
        "AWS_DEFAULT_REGION" => false,
        "AWS_ENDPOINT_URL" | "AWS_ENDPOINT_URL_S3" => block.endpoint.is_none_or(|e| is_compose_default(cx, config, e)),
        _ => !matches!(block.credentials(), Credentials::Pair(id, _) if !is_compose_default(cx, config, id)),
    })
}

fn how_to_forward(variable: Var) -> String {
    let name = variable.name();
    match name {
        "AWS_REGION" => {
            return "Set the region of each use case instead, which the official file forwards: \
                    `LANGFUSE_S3_EVENT_UPLOAD_REGION=…`, and so on."
                .into();
        }
        "AWS_ENDPOINT_URL" | "AWS_ENDPOINT_URL_S3" => {
            return "Set the endpoint of each use case instead, which the official file forwards: \
                    `LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=…`, and so on."
                .into();
        }
        _ => {}
    }
    let readers = variable.row().readers;
    let services = match (readers.meets(Containers::WEB), readers.meets(Containers::WORKER)) {
        (true, false) => "`langfuse-web`",
        (false, true) => "`langfuse-worker`",
        _ => "`langfuse-web` and `langfuse-worker`",
    };
    let file = matches!(
        name,
        "NODE_EXTRA_CA_CERTS"
            | "LANGFUSE_OCI_CONFIG_FILE"
            | "AWS_WEB_IDENTITY_TOKEN_FILE"
            | "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
    );
    let mount = if file { " Also mount the file it names." } else { "" };
    format!(
        "Under `environment:` of {services}, in the compose file or in a docker-compose.override.yml, add \
         `{name}: ${{{name}}}`.{mount}"
    )
}

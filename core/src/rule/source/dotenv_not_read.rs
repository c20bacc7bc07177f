//! `dotenv-not-read`.

use crate::rule::{Context, Finding, Findings, rule};
use crate::text::printable::{escaped, quoted};
use crate::variable::Containers;

rule! {
    /// A dotenv file is next to the compose file, but nothing reads it.
    ///
    /// ## Why
    /// `docker compose` reads `.env` automatically, a file of another name with `--env-file`, and the files that a
    /// service lists in `env_file`. It silently ignores any other file, and every `${X:-default}` keeps its default.
    ///
    /// ## Example
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &storage
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: ${BUCKET:-acme-events}
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    /// ```
    /// ```dotenv file=prod.env beside=unasked
    /// BUCKET=acme-prod-events
    /// ```
    ///
    /// ## Use instead
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &storage
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: ${BUCKET:-acme-events}
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    /// ```
    /// ```dotenv file=.env beside=unasked
    /// BUCKET=acme-prod-events
    /// ```
    ///
    /// ## Seen in
    /// Docker Compose documentation, "Ways to set environment variables".
    DOTENV_NOT_READ = "dotenv-not-read", Warning, Ignored, dotenv_not_read
}

fn dotenv_not_read(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for name in &cx.deployment.unread {
        let shown = quoted(name);
        out.push(
            Finding::text(Containers::BOTH)
                .keeps_severity()
                .message(format!("nothing reads {shown}: docker compose reads `.env` and the files in `env_file`"))
                .help(format!(
                    "Rename it to `.env`, list it in the services' `env_file`, or start with `docker compose \
                     --env-file {}`.",
                    escaped(name)
                )),
        );
    }
}

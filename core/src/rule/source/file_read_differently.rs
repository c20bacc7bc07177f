//! `file-read-differently`.

use super::containers_of;
use crate::report::Severity;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::{Dialect, Kind, Line, Wrapper};

rule! {
    /// Another program would read this file differently.
    ///
    /// ## Why
    /// `.env` isn't a standardized format. Docker Compose strips quotes, drops a comment after a space and expands
    /// `$NAME`; `docker run --env-file` does none of this and passes quotes and comments on as part of the value; npm
    /// dotenv doesn't expand `$`. This check follows one of them (Docker Compose by default), and its findings hold for
    /// that one. If `--deployment` shows that the other one is used, this is a warning.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET="acme-events"
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1 # Ireland
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// # Ireland
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// ```
    ///
    /// ## Seen in
    /// docker/cli#3630, docker/cli#4665, docker/compose#8388
    FILE_READ_DIFFERENTLY = "file-read-differently", Hint, Risk, file_read_differently
}

fn file_read_differently(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let deployment = cx.deployment;
    let composed =
        deployment.wrapper == Wrapper::Compose || deployment.texts.iter().any(|text| text.kind == Kind::Compose);
    for (span, other) in &deployment.disagreements {
        // In a compose project, docker compose reads the dotenv files.
        if composed && deployment.read_by != Some(*other) {
            continue;
        }
        let line = deployment.lines.iter().find(|l| l.raw == *span);
        let what = match line {
            Some(line) => {
                format!("{} reads {} differently: {}", program(*other), line.name, difference(cx, line, *other))
            }
            None => format!("{} rejects this file here", program(*other)),
        };
        let in_use = deployment.read_by == Some(*other);
        out.push(
            Finding::text(containers_of(deployment, Some(*span)))
                .keeps_severity()
                .span(Some(*span))
                .severity(if in_use { Severity::Warning } else { Severity::Hint })
                .message(format!("{what}; this check reads it as {} does", program(deployment.dialect)))
                .help(match (in_use, deployment.dialect_known) {
                    (true, _) => format!(
                        "Write `NAME=value` without quotes, comment, spaces or `$`, and check again with `--dialect \
                         {}`.",
                        other.name()
                    ),
                    (false, true) => {
                        "Write `NAME=value` without quotes, comment, spaces or `$`: every program reads that alike."
                            .to_owned()
                    }
                    (false, false) => {
                        "Write `NAME=value` without quotes, comment, spaces or `$`, or use `--dialect` to name the \
                                       program that reads the file."
                            .to_owned()
                    }
                }),
        );
    }
}

fn program(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Compose => "docker compose",
        Dialect::Docker => "docker run --env-file",
        Dialect::Node => "npm dotenv",
    }
}

/// What `other` does with a line that the active dialect reads differently.
fn difference(cx: &Context<'_>, line: &Line, other: Dialect) -> &'static str {
    let raw = cx.deployment.slice(line.raw);
    let own = cx.deployment.dialect;
    let quoted = raw.trim_start().starts_with(['"', '\'', '`']);
    let docker = other == Dialect::Docker;
    if quoted && docker {
        "the quotes become part of the value"
    } else if raw.contains('#') && docker {
        "the comment becomes part of the value"
    } else if raw.contains('$') && own == Dialect::Compose {
        "`$` is not expanded"
    } else if raw.contains('$') && other == Dialect::Compose {
        "`$` starts a variable"
    } else if own == Dialect::Docker && quoted {
        "the quotes are stripped"
    } else if raw.contains('#') {
        "the comment starts elsewhere"
    } else if raw.contains('\\') {
        "`\\` means something else"
    } else {
        "spaces or the separator are handled differently"
    }
}

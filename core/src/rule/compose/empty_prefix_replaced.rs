//! `empty-prefix-replaced`.

use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Role, find};

rule! {
    /// The compose file replaces an empty prefix in `.env` with its default.
    ///
    /// ## Why
    /// The official file forwards `${NAME:-default}`, and `:-` also replaces an empty value, not only a missing one.
    /// Keys still start with `events/`, `media/` or `exports/`, so a lifecycle rule or copy job that expects them at
    /// the bucket's root finds nothing.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv deployment=compose
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `docker-compose.yml`; Docker documentation, interpolation.
    EMPTY_PREFIX_REPLACED = "empty-prefix-replaced", Warning, Ignored, empty_prefix_replaced
}

fn empty_prefix_replaced(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    if cx.deployment.compose.is_none() {
        return;
    }
    for line in cx.deployment.lines.iter().filter(|l| l.value.as_deref() == Some("") && l.unset.is_empty()) {
        let Some(variable) = find(&line.name).filter(|v| v.row().role == Some(Role::Prefix)) else { continue };
        for config in cx.configs.iter().filter(|c| c.containers.meets(variable.row().readers)) {
            let Some(setting) = config.environment.set_value(variable).filter(|s| s.from_wrapper()) else { continue };
            if !variable.row().use_case.is_some_and(|u| config.block(u).in_use()) {
                continue;
            }
            out.push(
                Finding::at(config, setting)
                    .span(Some(line.place.name))
                    .keeps_severity()
                    .related(setting.span(), "this default is used instead")
                    .message(format!(
                        "{} is empty here, but the compose file replaces it with {}",
                        line.name,
                        shown(setting)
                    ))
                    .help(format!(
                        "Set `{}={}` to make this explicit. Only if no other use case shares the bucket, add \
                         `{}: \"\"` under `environment:` of both containers in a docker-compose.override.yml.",
                        line.name,
                        setting.text().unwrap_or(""),
                        line.name
                    )),
            );
        }
    }
}

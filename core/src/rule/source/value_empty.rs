//! `value-empty`.

use super::expands;
use crate::redact::shown;
use crate::rule::finding::{DraftFix, delete};
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::{Line, Setting, Wrapper};
use crate::variable::Presence;

rule! {
    /// A variable is set but empty.
    ///
    /// ## Why
    /// Langfuse drops empty variables before it reads them: `X=` is the same as no line at all. Under Docker Compose it
    /// isn't even that: the official file forwards `${X:-default}`, which replaces an empty value with the MinIO
    /// default, so nothing can be disabled that way.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// `removeEmptyEnvVariables` in Langfuse; Langfuse's `docker-compose.yml`.
    VALUE_EMPTY = "value-empty", Hint, Ignored, value_empty
}

fn value_empty(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        for setting in config.environment.iter() {
            if setting.is_set() || setting.from_wrapper() {
                continue;
            }
            let Some(row) = setting.var.map(crate::variable::Var::row) else { continue };
            // Required: the startup rule reports it. Default empty: no difference. Expanded to nothing: reported above.
            let said = row.context || row.presence == Presence::Required || row.default == Some("");
            // An empty value that replaces the compose file's default has the intended effect.
            let meant = !cx.deployment.is_default(config.containers, setting);
            if said || meant || !row.readers.meets(config.containers) || expands(cx, setting) {
                continue;
            }
            let default = row.default.map_or(String::new(), |d| format!(": the default `{d}` applies"));
            out.push(
                Finding::at(config, setting)
                    .message(format!("{} is empty, which counts as unset{default}", row.name))
                    .help(format!("Give {} a value, or delete the line.", row.name))
                    .fix(deletion(cx, setting)),
            );
        }
    }
    if cx.deployment.wrapper == Wrapper::Compose {
        for line in cx.deployment.lines.iter().filter(|l| l.value.as_deref() == Some("") && l.unset.is_empty()) {
            replaced_by_default(cx, line, out);
        }
    }
}

/// An empty line in a `.env` that the compose file replaces with a default.
fn replaced_by_default(cx: &Context<'_>, line: &Line, out: &mut Findings<'_, '_>) {
    let Some(var) = crate::variable::find(&line.name).filter(|v| !v.row().context) else { return };
    // An emptied prefix has its own rule, which says what happens to the keys.
    if var.row().role == Some(crate::variable::Role::Prefix) {
        return;
    }
    for config in cx.configs {
        let Some(setting) = config.environment.set_value(var).filter(|s| s.from_wrapper()) else { continue };
        out.push(
            Finding::at(config, setting)
                .span(Some(line.place.name))
                .related(setting.span(), "this default is used instead")
                .message(format!(
                    "{} is empty in the env file, and the compose file replaces it with {}",
                    var.name(),
                    shown(setting)
                ))
                .help(format!(
                    "Give {} a value, or set it to what you want in the compose file: `:-` replaces an empty value.",
                    var.name()
                )),
        );
    }
}

/// Deletes an empty setting, if that uncovers no other value.
fn deletion(cx: &Context<'_>, setting: &Setting) -> Option<DraftFix> {
    let covers = cx.deployment.texts.len() > 1 || cx.deployment.duplicates.iter().any(|d| d.kept.name == setting.name);
    let edits = delete(setting).filter(|_| !covers && cx.stands_alone(setting))?;
    Some(DraftFix::safe("delete the empty line", edits))
}

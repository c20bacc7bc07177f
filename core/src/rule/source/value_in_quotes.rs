//! `value-in-quotes`.

use super::{is_bare, text_kind};
use crate::redact::shown;
use crate::report::Severity;
use crate::rule::finding::{DraftFix, trim_value};
use crate::rule::text::in_quotes;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::Kind;

rule! {
    /// The quotes around a value are part of it.
    ///
    /// ## Why
    /// `docker run --env-file`, systemd, JSON and most web forms pass quotes on. Langfuse trims nothing: an endpoint in
    /// quotes is an "Invalid URL", the bucket becomes `%22langfuse%22`, a region fails with "Region not accepted", and
    /// a key in quotes is a different key.
    ///
    /// ## Example
    /// ```dotenv dialect=docker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET="acme-events"
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv dialect=docker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// docker/cli#3630, docker/cli#4665, docker/compose#8388
    VALUE_IN_QUOTES = "value-in-quotes", Error, Failure, value_in_quotes
}

fn value_in_quotes(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        for setting in config.environment.iter() {
            let Some(inner) = setting.text_with_special_chars().and_then(in_quotes) else { continue };
            let Some(kind) = text_kind(config, setting).filter(|k| *k != Kind::JsonOrPath) else { continue };
            // Inside other quotes, or if the rest would need quotes, removing two bytes isn't safe.
            let bare = !inner.is_empty() && inner.bytes().all(is_bare);
            let fix = bare.then(|| trim_value(setting, 1, 1)).flatten();
            // Only a prefix, or a text that nothing parses, may be meant to have them.
            let certain = !matches!(kind, Kind::Prefix | Kind::Text | Kind::List);
            let severity = if certain { Severity::Error } else { Severity::Warning };
            let doubt = if certain { "" } else { ", which may not be intended" };
            out.push(
                Finding::at(config, setting)
                    .severity(severity)
                    .message(if inner.is_empty() {
                        format!("{} isn't empty: its value is a pair of quotes{doubt}", setting.name)
                    } else {
                        format!("{} is {}, and the quotes are part of the value{doubt}", setting.name, shown(setting))
                    })
                    .help(if inner.is_empty() {
                        "Delete the line: an empty value counts as unset.".to_owned()
                    } else {
                        format!("Write the value of {} without the quotes around it.", setting.name)
                    })
                    .fix(fix.map(|edits| DraftFix::safe("remove the quotes", edits))),
            );
        }
    }
}

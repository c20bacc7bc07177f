//! `event-bucket-missing`.

use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Var, Version, var};

rule! {
    /// Langfuse doesn't start without a bucket for raw events.
    ///
    /// ## Why
    /// Langfuse writes every trace to this bucket before processing it. Since v3.0.0 both containers require the
    /// variable; an empty value counts as unset.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#4498, the change that made it mandatory.
    EVENT_BUCKET_MISSING = "event-bucket-missing", Error, Startup, event_bucket_missing
}

/// The variables that Langfuse doesn't start without; a test compares them with the table.
const REQUIRED: [Var; 1] = [var("LANGFUSE_S3_EVENT_UPLOAD_BUCKET")];

/// The first release that stores events (langfuse/langfuse#4498).
const STORES_EVENTS: Version = Version { major: 3, minor: 0, patch: 0 };

fn event_bucket_missing(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| !c.environment.open && !cx.is_older(c.containers, STORES_EVENTS)) {
        for missing in REQUIRED {
            if config.environment.set_value(missing).is_some() {
                continue;
            }
            let empty = config.environment.get(missing);
            let finding = match empty {
                Some(setting) => Finding::at(config, setting).keeps_severity().message(format!(
                    "{} is empty, which counts as unset; Langfuse doesn't start without it",
                    missing.name()
                )),
                None => Finding::missing(config, missing)
                    .message(format!("{} is not set; Langfuse doesn't start without it", missing.name())),
            };
            out.push(
                finding
                    .help(format!("Set it to the bucket for raw events, such as `{}=acme-langfuse`.", missing.name())),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variable::{Presence, all};

    #[test]
    fn the_required_variables_are_those_of_the_table() {
        let required: Vec<Var> = all().filter(|v| v.row().presence == Presence::Required).collect();
        assert_eq!(required, REQUIRED);
    }
}

//! `variable-set-twice`.

use super::containers_of;
use crate::redact::{hides, shown};
use crate::report::Severity;
use crate::rule::finding::{DraftFix, delete};
use crate::rule::{Context, Finding, Findings, name, rule};
use crate::source::Duplicate;
use crate::text::printable::escaped;
use crate::variable::Containers;

rule! {
    /// A variable is set twice in one file, and only the last one counts.
    ///
    /// ## Why
    /// Docker Compose, docker and npm dotenv keep the last assignment and silently drop the others. It usually happens
    /// when a block from the documentation is pasted below an older one. With the same value in both places it is only
    /// untidy; with two values, somebody will edit the line that has no effect.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-test
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// The programs themselves: compose-go, docker's env-file parser and npm dotenv.
    VARIABLE_SET_TWICE = "variable-set-twice", Warning, Ignored, variable_set_twice
}

fn variable_set_twice(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    /// Duplicates that are reported individually; a file with more of them needs these fixed first.
    const MOST: usize = 500;
    let Some(config) = cx.configs.first() else { return };
    let mut all = cx.deployment.duplicates.iter().filter(|d| Duplicate::matters(&d.kept));
    for duplicate in all.by_ref().take(MOST) {
        let Duplicate { lost, kept } = duplicate;
        // If the name itself is the mistake, another rule reports it.
        if name::misplaced(cx, duplicate).is_some() {
            continue;
        }
        let same = lost.value == kept.value;
        let readers = kept.var.map_or(Containers::BOTH, |v| v.row().readers);
        let containers = containers_of(cx.deployment, lost.span()).and(readers);
        let values = if same {
            "twice with the same value".to_owned()
        } else if hides(lost) || hides(kept) {
            "twice with different values, and the last one counts".to_owned()
        } else {
            format!("twice, and this value, {}, is overridden by {}", shown(lost), shown(kept))
        };
        let fix = delete(lost).filter(|_| cx.stands_alone(lost)).map(|edits| {
            let title = "delete the line that has no effect";
            if same { DraftFix::safe(title, edits) } else { DraftFix::risky(title, edits) }
        });
        out.push(
            Finding::at(config, lost)
                .containers(if containers.is_empty() { config.containers } else { containers })
                .because(kept, "this one counts")
                .severity(if same { Severity::Hint } else { Severity::Warning })
                .message(format!("{} is set {values}", escaped(&kept.name)))
                .help("Keep one of the two lines and delete the other.")
                .fix(fix),
        );
    }
    let left = all.count().saturating_add(cx.deployment.duplicates_left);
    out.push_rest(left, "variables are set more than once");
}

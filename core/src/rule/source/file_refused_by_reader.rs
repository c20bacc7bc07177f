//! `file-refused-by-reader`.

use std::collections::BTreeMap;

use super::containers_of;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::{Refusal, RefusedBy};
use crate::text::span::Span;

rule! {
    /// The program that reads this file rejects it, so none of it reaches Langfuse.
    ///
    /// ## Why
    /// Docker Compose, `docker run --env-file`, Helm and Kubernetes read a file completely or not at all. One line that
    /// they can't parse stops the start, and every other value in the file is lost with it. No other rule checks such a
    /// deployment, because what the containers would receive is unknown.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET="acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET="acme-events"
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// The programs themselves: compose-go, docker's env-file parser, Helm.
    FILE_REFUSED_BY_READER = "file-refused-by-reader", Error, Unread, file_refused_by_reader
}

fn file_refused_by_reader(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    refusals(cx, RefusedBy::Program, out);
}

/// Reports what `by` refuses.
pub(in crate::rule) fn refusals(cx: &Context<'_>, by: RefusedBy, out: &mut Findings<'_, '_>) {
    /// Of what else is wrong at one place.
    const MOST: usize = 16;
    let refusals = || cx.deployment.refusals.iter().filter(|r| r.by == by);
    // Findings at one location are merged, so any further error there becomes related.
    let mut places: BTreeMap<Option<Span>, Vec<&Refusal>> = BTreeMap::new();
    for refusal in refusals() {
        places.entry(refusal.span).or_default().push(refusal);
    }
    for refusal in refusals() {
        let Some(all) = places.remove(&refusal.span) else { continue };
        let mut finding = Finding::text(containers_of(cx.deployment, refusal.span))
            .keeps_severity()
            .span(refusal.span)
            .message(refusal.message.trim_end_matches('.'))
            .help(refusal.help.clone());
        for other in all.into_iter().skip(1).take(MOST) {
            finding = finding.related(other.span, other.message.clone());
        }
        out.push(finding);
    }
}

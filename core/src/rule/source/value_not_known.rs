//! `value-not-known`.

use std::collections::BTreeSet;

use crate::report::Severity;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Value;
use crate::source::outside::outside;
use crate::text::printable::escaped;
use crate::text::span::Span;
use crate::variable::Containers;

rule! {
    /// Values are missing here or kept elsewhere, so what depends on them isn't checked.
    ///
    /// ## Why
    /// A repository rarely has everything: secrets are in a file that git ignores, in a secret store, or encrypted, and
    /// platforms set variables of their own. Such values are unknown here; everything else is checked. Docker Compose
    /// starts nothing while a required variable (`${NAME:?message}`) has no value or an `env_file` doesn't exist.
    ///
    /// ## Example
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &env
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme-events
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    ///       LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID: ${EVENTS_KEY_ID:?set in .env}
    ///       LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: ${EVENTS_SECRET:?set in .env}
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *env
    /// ```
    ///
    /// ## Use instead
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &env
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme-events
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    ///       LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID: AKIAQ7RT2MNBVCXZ5K3P
    ///       LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: 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
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *env
    /// ```
    ///
    /// ## Seen in
    /// Public compose files with `${MINIO_PASSWORD:?set in .env}` and git-ignored env files; Coolify's `SERVICE_…`.
    VALUE_NOT_KNOWN = "value-not-known", Hint, Unread, value_not_known
}

fn value_not_known(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    /// The most related locations.
    const MOST: usize = 16;
    let mut spans: Vec<Option<Span>> = Vec::new();
    let (mut required, mut files) = (BTreeSet::new(), BTreeSet::new());
    for missing in &cx.deployment.missing {
        spans.push(Some(missing.span));
        if missing.file {
            files.insert(missing.name.as_str())
        } else {
            required.insert(missing.name.as_str())
        };
    }
    // A `.env` that wasn't opened may set them; another rule reports it.
    let unopened = cx.deployment.unopened.iter().any(|file| file.span.is_none());
    let mut unset = BTreeSet::new();
    for (setting, names) in cx.deployment.environments.iter().flat_map(|(_, e)| &e.unseen) {
        // What another file supplies is known.
        let known = |c: &crate::config::Config<'_>| {
            c.environment.by_name(&setting.name).is_none_or(|s| s.value == Value::Unknown)
        };
        if !unopened && cx.configs.iter().any(known) {
            spans.push(setting.place.map(|p| p.name));
            unset.extend(names.iter().map(String::as_str).filter(|n| !required.contains(n)));
        }
    }
    let (mut kept, mut places) = (BTreeSet::new(), BTreeSet::new());
    for setting in cx.configs.iter().flat_map(|c| c.environment.iter()) {
        let Some(place) = setting.place.filter(|_| setting.value == Value::Unknown) else { continue };
        if let Some(where_kept) = outside(cx.deployment.slice(place.value)) {
            spans.push(Some(place.name));
            kept.insert(setting.name.as_ref());
            places.insert(where_kept);
        }
    }
    let mut parts = Vec::new();
    if !required.is_empty() {
        parts.push(format!("docker compose refuses to start without a value for {}", listed(&required)));
    }
    if !files.is_empty() {
        let exist = if files.len() == 1 { "doesn't exist" } else { "don't exist" };
        parts.push(format!("{}, which docker compose requires, {exist} here", listed(&files)));
    }
    if !unset.is_empty() {
        let have = if unset.len() == 1 { "has" } else { "have" };
        parts.push(format!("{} {have} no value here", listed(&unset)));
    }
    if !kept.is_empty() {
        let are = if kept.len() == 1 { "is" } else { "are" };
        let places = places.iter().copied().collect::<Vec<_>>().join(", ");
        parts.push(format!("{} {are} kept elsewhere ({places})", listed(&kept)));
    }
    if parts.is_empty() {
        return;
    }
    spans.sort_unstable();
    spans.dedup();
    let mut finding = Finding::text(Containers::BOTH)
        .keeps_severity()
        .severity(if cx.deployment.missing.is_empty() { Severity::Hint } else { Severity::Warning })
        .span(spans.first().copied().flatten())
        .message(format!("{}: what depends on that isn't checked", parts.join("; ")))
        .help(if places.contains("sops") {
            "Check the decrypted values: `sops -d FILE | langfuse-blob check --input dotenv -`."
        } else {
            "To check these as well, pass what the container receives: run `env` in it and pipe the output to \
             `langfuse-blob check -`."
        });
    for span in spans.into_iter().skip(1).take(MOST) {
        finding = finding.related(span, "also unknown");
    }
    out.push(finding);
}

fn listed(names: &BTreeSet<&str>) -> String {
    const MOST: usize = 8;
    let shown = names.iter().take(MOST).map(|n| format!("`{}`", escaped(n))).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

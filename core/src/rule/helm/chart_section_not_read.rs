//! `chart-section-not-read`.

use super::{at_value, ineffective};
use crate::rule::{Context, Findings, rule};
use crate::source::IneffectiveKind;
use crate::text::printable::quoted;

rule! {
    /// A top-level section with storage settings that the chart doesn't read.
    ///
    /// ## Why
    /// Since chart 1.0.0 the store's section is `s3:`; before, it was `minio:`. Helm accepts any section and ignores
    /// those that no template uses, so users, passwords and buckets under `minio:` don't reach the store, and the chart
    /// runs with its defaults.
    ///
    /// ## Example
    /// ```helm
    /// minio:
    ///   deploy: true
    ///   auth:
    ///     rootUser: langfuse
    /// ```
    ///
    /// ## Use instead
    /// ```helm
    /// s3:
    ///   deploy: false
    ///   bucket: acme-langfuse
    ///   region: eu-west-1
    ///   eventUpload:
    ///     prefix: events/
    ///   batchExport:
    ///     prefix: exports/
    ///   mediaUpload:
    ///     prefix: media/
    /// ```
    ///
    /// ## Seen in
    /// `UPGRADE.md` in langfuse/langfuse-k8s.
    CHART_SECTION_NOT_READ = "chart-section-not-read", Warning, Ignored, chart_section_not_read
}

fn chart_section_not_read(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for unused in ineffective(cx, IneffectiveKind::DeadSection) {
        let since = if unused.path == "minio" { " since 1.0.0" } else { "" };
        let section = quoted(&format!("{}:", unused.path));
        out.push(
            at_value(unused)
                .message(format!("the section {section} is not read by any template of the chart{since}"))
                .help("Move the store's settings under `s3:`, a top-level key; UPGRADE.md of langfuse/langfuse-k8s lists the new names."),
        );
    }
}

//! `chart-credential-not-rendered`.

use super::{at_value, ineffective, use_case_of};
use crate::config::Block;
use crate::report::{Impact, Severity};
use crate::rule::{Context, Findings, rule};
use crate::source::{IneffectiveKind, Setting};
use crate::variable::{Role, UseCase};

rule! {
    /// A credential that the chart doesn't render.
    ///
    /// ## Why
    /// Under `accessKeyId` and `secretAccessKey` the chart reads `value`, or `secretKeyRef` with both `name` and `key`.
    /// It silently ignores `existingSecret` and `existingSecretKey`, which other blocks of the same values have. The
    /// variable is missing, Langfuse drops the other key, and the AWS SDK's default credential chain fails with "Could
    /// not load credentials from any providers" or finds another identity.
    ///
    /// ## Example
    /// ```helm
    /// s3:
    ///   deploy: false
    ///   bucket: acme-langfuse
    ///   region: eu-west-1
    ///   accessKeyId:
    ///     existingSecret: langfuse-s3
    ///     existingSecretKey: access-key-id
    ///   secretAccessKey:
    ///     existingSecret: langfuse-s3
    ///     existingSecretKey: secret-access-key
    /// ```
    ///
    /// ## Use instead
    /// ```helm
    /// s3:
    ///   deploy: false
    ///   bucket: acme-langfuse
    ///   region: eu-west-1
    ///   accessKeyId:
    ///     secretKeyRef:
    ///       name: langfuse-s3
    ///       key: access-key-id
    ///   secretAccessKey:
    ///     secretKeyRef:
    ///       name: langfuse-s3
    ///       key: secret-access-key
    ///   eventUpload:
    ///     prefix: events/
    ///   batchExport:
    ///     prefix: exports/
    ///   mediaUpload:
    ///     prefix: media/
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-k8s#178; `langfuse.getValueOrSecret` in the chart's `_helpers.tpl`.
    CHART_CREDENTIAL_NOT_RENDERED = "chart-credential-not-rendered", Error, Failure, chart_credential_not_rendered
}

fn chart_credential_not_rendered(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(config) = cx.configs.first() else { return };
    let mut seen = "";
    for unused in ineffective(cx, IneffectiveKind::ExistingSecret) {
        let (is_id, end) = match (unused.path.find("accessKeyId"), unused.path.find("secretAccessKey")) {
            (Some(at), _) => (true, at.saturating_add("accessKeyId".len())),
            (_, Some(at)) => (false, at.saturating_add("secretAccessKey".len())),
            _ => continue,
        };
        // `existingSecret` and `existingSecretKey` of one credential count as one.
        let Some(field) = unused.path.get(..end).filter(|f| *f != seen) else { continue };
        seen = field;
        let pick = |b: &Block<'_>| (if is_id { b.key_id } else { b.secret }).is_none_or(Setting::from_wrapper);
        let concerned = |b: &&Block<'_>| b.use_case != UseCase::CoreData && pick(b);
        let block = match use_case_of(field) {
            Some(u) => Some(config.block(u)).filter(concerned),
            None => config.blocks.iter().find(concerned),
        };
        let Some(block) = block.filter(|_| !config.environment.open) else { continue };
        let role = if is_id { Role::AccessKeyId } else { Role::SecretAccessKey };
        let got = if is_id { block.key_id } else { block.secret };
        let half = unused.path.contains("secretKeyRef.name") || unused.path.contains("secretKeyRef.key");
        let what = if half {
            format!("`{field}.secretKeyRef` has no name or no key")
        } else {
            format!("`{}` isn't a value of the chart", unused.path)
        };
        let consequence = if got.is_some() {
            "the key of the bundled store is used instead".to_owned()
        } else {
            format!("{} isn't rendered", block.name(role))
        };
        let mut finding = at_value(unused).variable(block.name(role)).severity(if got.is_some() {
            Severity::Warning
        } else {
            Severity::Error
        });
        if got.is_some() {
            finding = finding.impact(Impact::Ignored);
        }
        if use_case_of(field).is_some() {
            finding = finding.for_block(block);
        }
        out.push(
            finding
                .message(format!("{what}: {consequence}"))
                .help(format!("Write `{field}.secretKeyRef` with `name:`, the Secret, and `key:`, the key in it.")),
        );
    }
}

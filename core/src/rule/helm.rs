//! The Langfuse chart: values that have no effect, or a different one than expected.

use super::{Context, Finding, Findings, Rule, rule};
use crate::config::{Block, Config, Engine};
use crate::report::Severity;
use crate::source::helm::CHART_VERSION;
use crate::source::{HelmFacts, HelmSlip, HelmSlipKind, Setting};
use crate::text::mask::{escaped, quoted, shown};
use crate::text::order;
use crate::variable::{Containers, Role, UseCase};

pub(super) static RULES: &[&Rule] = &[
    &CHART_PREFIX_NOT_FOR_EVENTS,
    &CHART_PATH_STYLE_STAYS_ON,
    &CHART_VALUE_UNDER_DEAD_NAME,
    &CHART_MEDIA_SWITCH_WITHOUT_EFFECT,
    &CHART_CREDENTIAL_NOT_RENDERED,
    &CHART_VALUE_AT_WRONG_LEVEL,
    &CHART_KEY_SET_TWICE,
    &CHART_VERSION_NOT_KNOWN,
    &CHART_STORE_OFF_WITHOUT_ANOTHER,
    &CHART_STORE_OUT_OF_REACH,
    &CHART_VALUES_OF_OLD_STORE,
];

/// The ineffective values of one kind.
fn slips<'d>(cx: &Context<'d>, kind: HelmSlipKind) -> impl Iterator<Item = &'d HelmSlip> + use<'d> {
    cx.deployment.helm.iter().flat_map(|h| &h.slips).filter(move |s| s.kind == kind)
}

/// A finding about the shape of the values: no setting is at fault, so none can be a default.
fn at_slip<'d>(slip: &HelmSlip) -> Finding<'d> {
    Finding::text(Containers::BOTH).span(Some(slip.span)).keeps_severity()
}

/// The use case that a path in the values belongs to; `None` for shared values.
fn use_case_of(path: &str) -> Option<UseCase> {
    match path.strip_prefix("s3.")?.split('.').next()? {
        "eventUpload" => Some(UseCase::Events),
        "mediaUpload" => Some(UseCase::Media),
        "batchExport" => Some(UseCase::Exports),
        _ => None,
    }
}

rule! {
    /// `s3.prefix` doesn't apply to events.
    ///
    /// ## Why
    /// The chart's template uses the shared prefix for exports and media; for events it uses only
    /// `s3.eventUpload.prefix`. Events end up at the bucket's root, outside any lifecycle rule or policy for the
    /// prefix.
    ///
    /// ## Example
    /// ```helm
    /// s3:
    ///   deploy: false
    ///   bucket: acme-langfuse
    ///   region: eu-west-1
    ///   prefix: langfuse/
    /// ```
    ///
    /// ## Use instead
    /// ```helm
    /// s3:
    ///   deploy: false
    ///   bucket: acme-langfuse
    ///   region: eu-west-1
    ///   eventUpload:
    ///     prefix: langfuse/events/
    ///   batchExport:
    ///     prefix: langfuse/exports/
    ///   mediaUpload:
    ///     prefix: langfuse/media/
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-k8s#93; `langfuse.s3Env` in the chart's `_helpers.tpl`.
    CHART_PREFIX_NOT_FOR_EVENTS = "chart-prefix-not-for-events", Warning, Ignored, chart_prefix_not_for_events
}

fn chart_prefix_not_for_events(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for slip in slips(cx, HelmSlipKind::TopPrefix) {
        let Some(config) = cx.configs.first() else { return };
        let events = config.block(UseCase::Events);
        // A separate prefix for events shows that somebody knows.
        if events.prefix.is_some() || config.environment.open {
            continue;
        }
        out.push(
            at_slip(slip)
                .for_block(events)
                .variable(events.name(Role::Prefix))
                .message(format!(
                    "`s3.prefix` is {}, but the chart doesn't use it for events: their keys have no prefix",
                    quoted(&slip.value)
                ))
                .help(
                    "Give each use case its own: `s3.eventUpload.prefix: events/`, `s3.batchExport.prefix: exports/`, \
                     `s3.mediaUpload.prefix: media/`.",
                ),
        );
    }
}

rule! {
    /// `forcePathStyle: false` for one use case, which the chart turns into `true`.
    ///
    /// ## Why
    /// Helm's `default` treats `false` as empty, so the template falls through to `s3.forcePathStyle`, which is `true`.
    /// Stores that accept only `bucket.host` (Tigris, Alibaba OSS, Tencent COS) refuse the requests.
    ///
    /// ## Example
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
    ///     forcePathStyle: false
    /// ```
    ///
    /// ## Use instead
    /// ```helm
    /// s3:
    ///   deploy: false
    ///   bucket: acme-langfuse
    ///   region: eu-west-1
    ///   forcePathStyle: false
    ///   eventUpload:
    ///     prefix: events/
    ///   batchExport:
    ///     prefix: exports/
    ///   mediaUpload:
    ///     prefix: media/
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-k8s#93; `langfuse.s3Env` in the chart's `_helpers.tpl`.
    CHART_PATH_STYLE_STAYS_ON = "chart-path-style-stays-on", Warning, Ignored, chart_path_style_stays_on
}

fn chart_path_style_stays_on(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for slip in slips(cx, HelmSlipKind::PathStyleFalse) {
        let (Some(config), Some(use_case)) = (cx.configs.first(), use_case_of(&slip.path)) else { return };
        let block = config.block(use_case);
        // `additionalEnv` of a pod comes last and may have fixed it.
        if !block.forces_path_style() || config.engine != Engine::S3 {
            continue;
        }
        let mut finding = at_slip(slip).for_block(block).variable(block.name(Role::ForcePathStyle));
        if let Some(global) = block.path_style.and_then(Setting::span) {
            finding = finding.related(Some(global), "this value is used");
        }
        out.push(
            finding
                .message(format!(
                    "`{}` is `false`, which Helm treats as empty: {} stays `true`",
                    slip.path,
                    block.name(Role::ForcePathStyle)
                ))
                .help(format!(
                    "Set `s3.forcePathStyle: false`, and `true` for the use cases that need it; or quote the value, \
                     `{}: \"false\"`.",
                    slip.path
                )),
        );
    }
}

rule! {
    /// A media limit that the chart passes under a name that Langfuse doesn't read.
    ///
    /// ## Why
    /// The chart passes `maxContentLength` and `downloadUrlExpirySeconds` as
    /// `LANGFUSE_S3_MEDIA_UPLOAD_MAX_CONTENT_LENGTH` and `LANGFUSE_S3_MEDIA_UPLOAD_DOWNLOAD_URL_EXPIRY_SECONDS`.
    /// Langfuse reads both names without `UPLOAD_`, so it keeps 1000000000 bytes and 3600 seconds.
    ///
    /// ## Example
    /// ```helm
    /// s3:
    ///   mediaUpload:
    ///     downloadUrlExpirySeconds: 600
    /// ```
    ///
    /// ## Use instead
    /// ```helm
    /// langfuse:
    ///   additionalEnv:
    ///     - name: LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS
    ///       value: "600"
    /// ```
    ///
    /// ## Seen in
    /// `langfuse.s3Env` in the chart's `_helpers.tpl`, against Langfuse's `web/src/env.mjs`.
    CHART_VALUE_UNDER_DEAD_NAME = "chart-value-under-dead-name", Warning, Ignored, chart_value_under_dead_name
}

fn chart_value_under_dead_name(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for slip in slips(cx, HelmSlipKind::DeadName) {
        let (emitted, read) = if slip.path.ends_with("maxContentLength") {
            ("LANGFUSE_S3_MEDIA_UPLOAD_MAX_CONTENT_LENGTH", "LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH")
        } else {
            ("LANGFUSE_S3_MEDIA_UPLOAD_DOWNLOAD_URL_EXPIRY_SECONDS", "LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS")
        };
        // If the real name is also set, somebody has noticed.
        let set = |c: &Config<'_>| c.environment.open || c.environment.by_name(read).is_some_and(Setting::is_set);
        let Some(web) = cx.config(Containers::WEB).filter(|c| !set(c)) else { continue };
        out.push(
            at_slip(slip)
                .containers(Containers::WEB)
                .for_block(web.block(UseCase::Media))
                .variable(emitted)
                .message(format!(
                    "`{}` is {}, but the chart passes it as {emitted}, a name that Langfuse doesn't read",
                    slip.path,
                    quoted(&slip.value)
                ))
                .help(format!(
                    "Remove it and write the number, in quotes, as an entry in `langfuse.additionalEnv` with `name: \
                     {read}`."
                )),
        );
    }
}

rule! {
    /// `mediaUpload.enabled: false` doesn't disable media.
    ///
    /// ## Why
    /// The chart uses this switch only to skip two checks of the values. It renders the variables of the media block
    /// anyway, and media is on in Langfuse as soon as it has a bucket.
    ///
    /// ## Example
    /// ```helm
    /// s3:
    ///   mediaUpload:
    ///     enabled: false
    /// ```
    ///
    /// ## Use instead
    /// ```helm
    /// s3:
    ///   mediaUpload:
    ///     prefix: media/
    ///   eventUpload:
    ///     prefix: events/
    ///   batchExport:
    ///     prefix: exports/
    /// ```
    ///
    /// ## Seen in
    /// `langfuse.s3Env` and `validations.yaml` in the chart.
    CHART_MEDIA_SWITCH_WITHOUT_EFFECT = "chart-media-switch-without-effect", Warning, Ignored, chart_media_switch_without_effect
}

fn chart_media_switch_without_effect(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for slip in slips(cx, HelmSlipKind::MediaDisabled) {
        let Some(config) = cx.configs.iter().find(|c| c.block(UseCase::Media).in_use()) else { return };
        let block = config.block(UseCase::Media);
        let bucket = block.bucket.map_or_else(String::new, |b| format!(" is {}, so media is on", shown(b)));
        out.push(
            at_slip(slip)
                .for_block(block)
                .message(format!(
                    "`s3.mediaUpload.enabled` is `false`, but the chart renders the media block anyway: {}{bucket}",
                    block.name(Role::Bucket)
                ))
                .help(
                    "Delete the line and treat media as in use: the chart can't leave it out, and Langfuse has no \
                     switch for it.",
                ),
        );
    }
}

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
    for slip in slips(cx, HelmSlipKind::ExistingSecret) {
        let (is_id, end) = match (slip.path.find("accessKeyId"), slip.path.find("secretAccessKey")) {
            (Some(at), _) => (true, at.saturating_add("accessKeyId".len())),
            (_, Some(at)) => (false, at.saturating_add("secretAccessKey".len())),
            _ => continue,
        };
        // `existingSecret` and `existingSecretKey` of one credential count as one.
        let Some(field) = slip.path.get(..end).filter(|f| *f != seen) else { continue };
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
        let half = slip.path.contains("secretKeyRef.name") || slip.path.contains("secretKeyRef.key");
        let what = if half {
            format!("`{field}.secretKeyRef` has no name or no key")
        } else {
            format!("`{}` isn't a value of the chart", slip.path)
        };
        let consequence = if got.is_some() {
            "the key of the bundled store is used instead".to_owned()
        } else {
            format!("{} isn't rendered", block.name(role))
        };
        let mut finding = at_slip(slip).variable(block.name(role)).severity(if got.is_some() {
            Severity::Warning
        } else {
            Severity::Error
        });
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

rule! {
    /// A storage value at a level where the chart doesn't read it.
    ///
    /// ## Why
    /// Helm accepts any key anywhere and ignores those that no template uses. With one indentation level too many or
    /// too few, the chart runs with its defaults: bucket `langfuse`, region `auto`, its own SeaweedFS.
    ///
    /// ## Example
    /// ```helm
    /// langfuse:
    ///   s3:
    ///     bucket: acme-langfuse
    ///     region: eu-west-1
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
    /// langfuse/langfuse-k8s#196
    CHART_VALUE_AT_WRONG_LEVEL = "chart-value-at-wrong-level", Error, Ignored, chart_value_at_wrong_level
}

fn chart_value_at_wrong_level(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let mut found: Vec<(&str, &str, &HelmSlip)> = slips(cx, HelmSlipKind::WrongLevel)
        .map(|s| {
            let (parent, key) = s.path.rsplit_once('.').unwrap_or(("", &s.path));
            (parent, key, s)
        })
        // Helm itself refuses a string in the place of a credential's map.
        .filter(|(parent, _, _)| *parent != "s3" && use_case_of(parent).is_none())
        .collect();
    order::sort_by_key(&mut found, |(parent, _, s)| (*parent, s.span.file, s.span.start));
    let mut rest = found.as_slice();
    while let Some((parent, key, first)) = rest.first() {
        let more = rest.iter().take_while(|(p, _, _)| p == parent).count();
        let (together, after) = rest.split_at(more);
        rest = after;
        let keys: Vec<String> = together.iter().map(|(_, k, _)| format!("`{k}`")).collect();
        let place =
            if parent.is_empty() { "at the top level of the values".to_owned() } else { format!("under `{parent}`") };
        let mut finding = at_slip(first);
        for (_, other, slip) in together.iter().skip(1) {
            finding = finding.related(Some(slip.span), format!("and `{other}`"));
        }
        let umbrella = if parent.starts_with("langfuse") {
            " If these are the values of your own chart that contains Langfuse's, check the part under `langfuse:` \
             separately."
        } else {
            ""
        };
        out.push(
            finding
                .message(format!(
                    "{} {place} {} not read by any template of the chart",
                    keys.join(", "),
                    verb(together.len())
                ))
                .help(format!(
                    "Move {} `s3:`, as `s3.{key}`; `s3:` is a top-level key, next to `langfuse:`.{umbrella}",
                    if together.len() == 1 { "it under" } else { "them under" }
                )),
        );
    }
}

rule! {
    /// A key occurs twice in the values, and only the last one counts.
    ///
    /// ## Why
    /// Helm silently keeps only the last one: with two `s3:` blocks, everything under the first is lost, and the
    /// chart's defaults take its place. It happens when an example is pasted below existing values.
    ///
    /// ## Example
    /// ```helm
    /// s3:
    ///   deploy: false
    ///   bucket: acme-langfuse
    ///   region: eu-west-1
    /// s3:
    ///   mediaUpload:
    ///     prefix: media/
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
    /// Observed with Helm: its parser for values files keeps the last of two equal keys.
    CHART_KEY_SET_TWICE = "chart-key-set-twice", Warning, Ignored, chart_key_set_twice
}

fn chart_key_set_twice(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for slip in slips(cx, HelmSlipKind::Twice) {
        let same = !slip.value.is_empty();
        out.push(
            at_slip(slip)
                .severity(if same { Severity::Hint } else { Severity::Warning })
                .related(slip.other, "this one counts")
                .message(if same {
                    format!("`{}` occurs twice with the same value", escaped(&slip.path))
                } else {
                    format!("`{}` occurs twice, and Helm drops this one with everything under it", escaped(&slip.path))
                })
                .help("Merge the two under one key."),
        );
    }
}

rule! {
    /// The chart's version isn't the one whose templates this tool has.
    ///
    /// ## Why
    /// What the containers receive is computed with the templates of one chart version. Other versions may have other
    /// values and defaults and render other variables, so this report may be wrong about the chart's own part.
    ///
    /// ## Example
    /// ```helm chart=1.5.0
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
    /// ## Use instead
    /// ```helm chart=2.0.0
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
    /// langfuse/langfuse-k8s#295, where chart 2 renders what chart 1.x didn't.
    CHART_VERSION_NOT_KNOWN = "chart-version-not-known", Hint, Advice, chart_version_not_known
}

fn chart_version_not_known(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let version = cx.deployment.helm.as_ref().and_then(|h| h.chart_version.as_deref());
    let Some(version) = version.filter(|v| *v != CHART_VERSION) else { return };
    out.push(
        Finding::text(Containers::BOTH)
            .message(format!(
                "the values are rendered with the templates of chart {CHART_VERSION}; {} may render other variables",
                quoted(version)
            ))
            .help("Render them with the chart itself: `helm template … | langfuse-blob check -`."),
    );
}

fn verb(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

rule! {
    /// The chart's own store is off, and no other store is set.
    ///
    /// ## Why
    /// With `s3.deploy: false` the chart still writes its defaults: bucket `langfuse`, region `auto`, no endpoint.
    /// Requests then go to `s3.auto.amazonaws.com`, a host that doesn't exist: `getaddrinfo ENOTFOUND`.
    ///
    /// ## Example
    /// ```helm
    /// s3:
    ///   deploy: false
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
    /// langfuse/langfuse-k8s#157, langfuse/langfuse-k8s#93
    CHART_STORE_OFF_WITHOUT_ANOTHER = "chart-store-off-without-another", Error, Failure, chart_store_off_without_another
}

fn chart_store_off_without_another(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(facts) = cx.deployment.helm.as_ref().filter(|h| !h.bundled_store) else { return };
    let Some(config) = cx.configs.first().filter(|c| c.engine == Engine::S3 && !c.environment.open) else { return };
    let events = config.block(UseCase::Events);
    let sdk = ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"].iter().any(|n| config.environment.by_name(n).is_some());
    // Once the bucket is set, the region has its own rule.
    let untouched = |s: Option<&Setting>| s.is_none_or(|s| cx.deployment.is_default(config.containers, s));
    if events.endpoint.is_some() || sdk || !untouched(events.region) || !untouched(events.bucket) {
        return;
    }
    out.push(
        Finding::text(Containers::BOTH)
            .span(facts.deploy_span)
            .keeps_severity()
            .for_block(events)
            .variable(events.name(Role::Region))
            .message(
                "`s3.deploy` is `false`, but bucket, region and endpoint are the chart's defaults: requests go to \
                 s3.auto.amazonaws.com, which doesn't exist",
            )
            .help("Set `s3.bucket` and `s3.region`, and `s3.endpoint` if the store isn't Amazon S3."),
    );
}

rule! {
    /// Browsers would have to fetch media or exports from the chart's own store, which only the cluster can reach.
    ///
    /// ## Why
    /// The bundled SeaweedFS has a Service inside the cluster, `http://<release>-s3-all-in-one:8333`, and no ingress.
    /// Langfuse signs links to media and exports for that host. Outside the cluster it can't be resolved: SDK uploads
    /// fail, images stay empty, downloads end with "server not found".
    ///
    /// ## Example
    /// ```helm
    /// langfuse:
    ///   nextauth:
    ///     url: https://langfuse.example.com
    /// ```
    ///
    /// ## Use instead
    /// ```helm
    /// langfuse:
    ///   nextauth:
    ///     url: https://langfuse.example.com
    ///   additionalEnv:
    ///     - name: LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT
    ///       value: https://files.example.com
    ///   web:
    ///     pod:
    ///       additionalEnv:
    ///         - name: LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT
    ///           value: https://files.example.com
    /// s3:
    ///   eventUpload:
    ///     prefix: events/
    ///   batchExport:
    ///     prefix: exports/
    ///   mediaUpload:
    ///     prefix: media/
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#4369; `langfuse.s3.endpoint` in the chart's `_helpers.tpl`.
    CHART_STORE_OUT_OF_REACH = "chart-store-out-of-reach", Error, Failure, chart_store_out_of_reach
}

fn chart_store_out_of_reach(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    if !cx.deployment.helm.as_ref().is_some_and(|h: &HelmFacts| h.bundled_store) {
        return;
    }
    for (container, use_case) in [(Containers::WEB, UseCase::Media), (Containers::WORKER, UseCase::Exports)] {
        let Some(config) = cx.config(container).filter(|c| c.engine == Engine::S3) else { continue };
        let block = config.block(use_case);
        let Some(endpoint) = block.endpoint.filter(|e| block.in_use() && e.from_wrapper() && e.place.is_none()) else {
            continue;
        };
        let linked = block.external.is_some() || (use_case == UseCase::Exports && config.environment.open);
        if linked {
            continue;
        }
        let mut finding = Finding::at(config, endpoint).containers(container).for_block(block);
        if let Some(address) = config.public_url_setting() {
            finding = finding.span(address.span());
            if config.is_public() {
                finding = finding.because(address, "Langfuse is opened from outside the cluster");
            } else {
                finding = finding.looks_at(Some(address));
            }
        }
        let (what, help) = if use_case == UseCase::Media {
            (
                "media",
                "Expose the store through an ingress, and set its URL for web only: in \
                 `langfuse.web.pod.additionalEnv`, an entry with `name: LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT` and `value: \
                 https://files.example.com`.",
            )
        } else {
            (
                "exports",
                "Expose the store through an ingress, and set its URL: in `langfuse.additionalEnv`, an entry with \
                 `name: LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT` and `value: https://files.example.com`.",
            )
        };
        out.push(
            finding
                .message(format!(
                    "links to {what} point to {}, the chart's own store, which only the cluster can reach",
                    shown(endpoint)
                ))
                .help(help),
        );
    }
}

rule! {
    /// Values for the MinIO that chart 1.x deployed.
    ///
    /// ## Why
    /// Chart 2 deploys SeaweedFS instead. Keys of the old subchart, such as `s3.persistence` or a MinIO image, have no
    /// effect on it, and the old store's data isn't moved: the chart refuses `helm upgrade` while a MinIO is still
    /// there.
    ///
    /// ## Example
    /// ```helm
    /// s3:
    ///   image:
    ///     repository: bitnamilegacy/minio
    ///   persistence:
    ///     storageClass: fast
    /// ```
    ///
    /// ## Use instead
    /// ```helm
    /// s3:
    ///   allInOne:
    ///     data:
    ///       storageClass: fast
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-k8s#295; `examples/upgrade-v1-to-v2` and `validations.yaml` in langfuse/langfuse-k8s.
    CHART_VALUES_OF_OLD_STORE = "chart-values-of-old-store", Hint, Ignored, chart_values_of_old_store
}

fn chart_values_of_old_store(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for slip in slips(cx, HelmSlipKind::OldStore) {
        let help = if slip.path.ends_with("persistence") {
            "Set the volume's size and class under `s3.allInOne.data`; first copy the old store's data, as in \
             examples/upgrade-v1-to-v2 of langfuse/langfuse-k8s."
        } else {
            "Delete it; first copy the old store's data, as in examples/upgrade-v1-to-v2 of langfuse/langfuse-k8s."
        };
        out.push(
            at_slip(slip)
                .message(format!(
                    "`{}` belongs to the MinIO of chart 1.x; chart 2 deploys SeaweedFS and doesn't read it",
                    slip.path
                ))
                .help(help),
        );
    }
}

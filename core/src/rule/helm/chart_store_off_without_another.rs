//! `chart-store-off-without-another`.

use crate::config::Engine;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Setting;
use crate::variable::{Containers, Role, UseCase};

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

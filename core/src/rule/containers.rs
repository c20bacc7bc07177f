//! Web and worker: each must find what the other writes.

use super::{Context, Finding, Findings, Rule, rule};
use crate::config::endpoint::Endpoint;
use crate::config::{Block, Config, Engine, SWITCHES};
use crate::source::{Setting, Wrapper};
use crate::text::mask::{escaped, quoted, shown};
use crate::variable::{Containers, Role, UseCase};

pub(super) static RULES: &[&Rule] =
    &[&ENGINES_DIFFER, &BUCKETS_DIFFER, &ENDPOINTS_DIFFER, &PREFIXES_DIFFER, &REPLICAS_DIFFER];

/// The two configurations, if there are two.
fn both<'d>(cx: &Context<'d>) -> Option<(&'d Config<'d>, &'d Config<'d>)> {
    let (web, worker) = (cx.config(Containers::WEB)?, cx.config(Containers::WORKER)?);
    (!std::ptr::eq(web, worker)).then_some((web, worker))
}

/// A finding at the side that was set explicitly, with the other side as related.
fn at_either<'d>(
    cx: &Context<'_>,
    web: (&'d Config<'d>, &'d Setting),
    worker: (&'d Config<'d>, &'d Setting),
) -> Finding<'d> {
    let web_is_default = cx.deployment.is_default(Containers::WEB, web.1);
    let (main, other, whose) = if web_is_default { (worker, web, "web") } else { (web, worker, "the worker") };
    Finding::at(main.0, main.1).containers(Containers::BOTH).because(other.1, format!("{whose} receives this"))
}

/// How to make both sides the same.
fn one_place(cx: &Context<'_>, name: &str) -> String {
    match cx.deployment.wrapper {
        Wrapper::Compose => format!(
            "Write {name} once for both, as the official file does: `environment: &storage` in one service and \
             `<<: *storage` in the other."
        ),
        Wrapper::Helm => format!(
            "Set it in `s3`, which applies to both, and remove {name} from `langfuse.web.pod.additionalEnv` and \
             `langfuse.worker.pod.additionalEnv`."
        ),
        Wrapper::K8s | Wrapper::Raw => format!("Give both containers the same {name}."),
    }
}

rule! {
    /// Web and worker use different storage engines.
    ///
    /// ## Why
    /// Web writes each event to its store and queues the key; the worker fetches it from its own store. With one on S3
    /// and the other on Azure, every event is accepted and then lost: `NoSuchKey`, or a bucket that doesn't exist.
    ///
    /// ## Example
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// ```
    ///
    /// ## Seen in
    /// `StorageServiceFactory.getInstance` in Langfuse's `packages/shared/src/server/services/StorageService.ts`, which
    /// each container calls with its own environment.
    ENGINES_DIFFER = "engines-differ", Error, Failure, engines_differ
}

fn engines_differ(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some((web, worker)) = both(cx).filter(|(a, b)| a.engine != b.engine) else { return };
    let hidden = |c: &Config<'_>| {
        c.environment.open
            || SWITCHES.iter().any(|(_, v)| c.environment.set_value(*v).is_some_and(|s| s.text().is_none()))
    };
    if hidden(web) || hidden(worker) {
        return;
    }
    let (main, other) = if web.engine == Engine::S3 { (worker, web) } else { (web, worker) };
    let Some((_, variable)) = SWITCHES.iter().find(|(e, _)| *e == main.engine) else { return };
    let Some(switch) = main.environment.get(*variable) else { return };
    let mut finding = Finding::at(main, switch).containers(Containers::BOTH);
    let theirs = SWITCHES.iter().find(|(e, _)| *e == other.engine).map_or(*variable, |(_, v)| *v);
    if let Some(setting) = other.environment.get(theirs) {
        finding = finding.because(setting, "the other container receives this");
    }
    out.push(
        finding
            .message(format!(
                "web stores in {}, the worker in {}: the worker can't find what web writes",
                web.engine.name(),
                worker.engine.name()
            ))
            .help(one_place(cx, &switch.name)),
    );
}

/// The use cases in which both containers work on the same objects.
fn shared<'d>(cx: &Context<'d>) -> impl Iterator<Item = Pair<'d>> + use<'d> {
    let pair = both(cx).filter(|(a, b)| a.engine == b.engine);
    pair.into_iter().flat_map(|(web, worker)| {
        [UseCase::Events, UseCase::Media, UseCase::Exports].into_iter().filter_map(move |use_case| {
            let (a, b) = (web.block(use_case), worker.block(use_case));
            // Only the worker has the switch for exports; another rule covers web without the block.
            let used = match use_case {
                UseCase::Exports => b.in_use() && a.bucket.is_some(),
                _ => a.in_use() && b.in_use(),
            };
            used.then_some(Pair { web, worker, a, b })
        })
    })
}

/// One use case as each container sees it.
struct Pair<'d> {
    web: &'d Config<'d>,
    worker: &'d Config<'d>,
    a: &'d Block<'d>,
    b: &'d Block<'d>,
}

/// Both settings, if both values are known and differ.
fn differ<'d>(a: Option<&'d Setting>, b: Option<&'d Setting>) -> Option<(&'d Setting, &'d Setting)> {
    let (a, b) = (a?, b?);
    (a.text()? != b.text()?).then_some((a, b))
}

rule! {
    /// Web and worker use different buckets for the same use case.
    ///
    /// ## Why
    /// Web writes an event to its bucket and queues the key; the worker looks it up in its own bucket: `NoSuchKey`, and
    /// the trace never appears. Media uploaded through web's URLs isn't found when the worker deletes it, and an export
    /// that the worker wrote isn't found when web signs the download.
    ///
    /// ## Example
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events-worker
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// The code in Langfuse that writes and reads these keys: `processEventBatch.ts`, `ingestionQueue.ts`,
    /// `batchExportFileKey.ts`.
    BUCKETS_DIFFER = "buckets-differ", Error, Failure, buckets_differ
}

fn buckets_differ(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for Pair { web, worker, a, b } in shared(cx) {
        let Some((x, y)) = differ(a.bucket, b.bucket) else { continue };
        let what = match a.use_case {
            UseCase::Events => "the worker can't find the events that web writes",
            UseCase::Media => "the worker can't find the media that web has uploaded",
            _ => "web signs downloads for a bucket that doesn't hold the export",
        };
        out.push(
            at_either(cx, (web, x), (worker, y))
                .for_block(a)
                .message(format!("{} is {} in web and {} in the worker: {what}", x.name, shown(x), shown(y)))
                .help(one_place(cx, &x.name)),
        );
    }
}

rule! {
    /// Web and worker call different stores for the same use case.
    ///
    /// ## Why
    /// One reads what the other writes. Two names for one store are fine (an internal and a public one); with two
    /// stores, the worker finds none of the events that web accepted. Media is exempt: web only signs URLs with its
    /// endpoint, the worker calls the store, and the two are meant to differ.
    ///
    /// ## Example
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.example.com
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.example.com
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.example.com
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// ```
    ///
    /// ## Seen in
    /// The code in Langfuse that writes and reads these keys: `processEventBatch.ts`, `ingestionQueue.ts`.
    ENDPOINTS_DIFFER = "endpoints-differ", Warning, Failure, endpoints_differ
}

fn endpoints_differ(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for Pair { web, worker, a, b } in shared(cx) {
        if a.use_case == UseCase::Media || web.engine == Engine::Gcs || same_store(a, b) {
            continue;
        }
        let place = match a.use_case {
            UseCase::Events => "the worker reads events from a different store than web writes them to",
            _ => "web signs downloads for a different store than the worker writes exports to",
        };
        // If only one side has an endpoint, the other one is Amazon S3, unless it may have settings we can't see.
        let finding = match (a.endpoint, b.endpoint) {
            (Some(x), Some(y)) => at_either(cx, (web, x), (worker, y)).message(format!(
                "{} is {} in web and {} in the worker: {place}",
                x.name,
                shown(x),
                shown(y)
            )),
            (Some(x), None) if !worker.environment.open => Finding::at(web, x)
                .containers(Containers::BOTH)
                .message(format!("{} is {} in web and not set in the worker: {place}", x.name, shown(x))),
            (None, Some(y)) if !web.environment.open => Finding::at(worker, y)
                .containers(Containers::BOTH)
                .message(format!("{} is not set in web and {} in the worker: {place}", y.name, shown(y))),
            _ => continue,
        };
        out.push(finding.for_block(a).help(one_place(cx, a.name(Role::Endpoint))));
    }
}

/// Whether both sides call the same store, or one of them can't be judged.
fn same_store(a: &Block<'_>, b: &Block<'_>) -> bool {
    let unreadable = |x: &Block<'_>| x.endpoint.is_some() && x.endpoint_url().is_none();
    if unreadable(a) || unreadable(b) || (a.is_aws() && b.is_aws()) {
        return true;
    }
    match (a.endpoint_url(), b.endpoint_url()) {
        (Some(u), Some(v)) => {
            let name = |e: &Endpoint<'_>| e.host.len().saturating_sub(usize::from(e.host.ends_with('.')));
            let (hosts, paths) = (u.host.get(..name(u)).zip(v.host.get(..name(v))), u.path == v.path);
            let ports = (u.https, u.effective_port()) == (v.https, v.effective_port());
            ports && paths && hosts.is_some_and(|(x, y)| x.eq_ignore_ascii_case(y))
        }
        (None, None) => true,
        _ => false,
    }
}

rule! {
    /// Web and worker use different prefixes for the same keys.
    ///
    /// ## Why
    /// A job carries the prefix of the container that created it, so much still works. But the worker also writes
    /// events (from OpenTelemetry, experiments, evaluations) and media from spans. One trace is then split over two
    /// prefixes, a merge reads only the prefix its job names, and a lifecycle rule or a replay for one prefix misses
    /// the other.
    ///
    /// ## Example
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `eventBucketPath.ts`, `ingestionQueue.ts`, `otelIngestionQueue.ts` and `createSchedulerDeps.ts`.
    PREFIXES_DIFFER = "prefixes-differ", Warning, Failure, prefixes_differ
}

fn prefixes_differ(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    // Web doesn't read the prefix of exports: it takes the key from the URL that the worker stored.
    for Pair { web, worker, a, b } in shared(cx).filter(|p| p.a.use_case != UseCase::Exports) {
        let finding = match (a.prefix, b.prefix) {
            (Some(x), Some(y)) if differ(Some(x), Some(y)).is_some() => at_either(cx, (web, x), (worker, y))
                .message(format!("{} is {} in web and {} in the worker", x.name, shown(x), shown(y))),
            (Some(x), None) if !worker.environment.open => Finding::at(web, x)
                .containers(Containers::BOTH)
                .message(format!("{} is {} in web and not set in the worker", x.name, shown(x))),
            (None, Some(y)) if !web.environment.open => Finding::at(worker, y)
                .containers(Containers::BOTH)
                .message(format!("{} is not set in web and {} in the worker", y.name, shown(y))),
            _ => continue,
        };
        out.push(finding.for_block(a).help(one_place(cx, a.name(Role::Prefix))));
    }
}

rule! {
    /// Two services run the same part of Langfuse with different storage settings.
    ///
    /// ## Why
    /// All workers take jobs from the same queue, and all web containers serve any user. With different settings, it's
    /// chance which one gets a job or a request: some events are found and some aren't. The other rules judge only the
    /// first of them.
    ///
    /// ## Example
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &storage
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme-events
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    ///   langfuse-worker-2:
    ///     image: langfuse/langfuse-worker:4
    ///     environment:
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme-events-old
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment: &storage
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme-events
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    ///   langfuse-worker-2:
    ///     image: langfuse/langfuse-worker:4
    ///     environment: *storage
    /// ```
    ///
    /// ## Seen in
    /// The queues in Langfuse's `packages/shared/src/server/redis`, which name no worker.
    REPLICAS_DIFFER = "replicas-differ", Warning, Failure, replicas_differ
}

fn replicas_differ(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for replica in &cx.deployment.replicas {
        let what = if replica.containers == Containers::WORKER { "the worker" } else { "web" };
        let names = listed(&replica.differing);
        out.push(
            Finding::text(replica.containers)
                .keeps_severity()
                .span(replica.span)
                .message(format!("{} also runs {what}, with other storage settings: {names}", quoted(&replica.name)))
                .help(format!(
                    "Give every service that runs {what} the same settings. The other rules judge only the first one."
                )),
        );
    }
}

/// The first few of `names`, and how many more there are.
fn listed(names: &[String]) -> String {
    const MOST: usize = 3;
    let shown = names.iter().take(MOST).map(|n| escaped(n)).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

//! Web and worker: what one writes, the other must find.

use super::{Context, Finding, Findings, Rule, rule};
use crate::config::endpoint::Endpoint;
use crate::config::{Block, Config, Engine, SWITCHES};
use crate::source::{Setting, Wrapper};
use crate::text::mask::{escaped, quoted, shown};
use crate::variable::{Containers, Role, UseCase};

pub(super) static RULES: &[&Rule] =
    &[&ENGINES_DIFFER, &BUCKETS_DIFFER, &ENDPOINTS_DIFFER, &PREFIXES_DIFFER, &REPLICAS_DIFFER];

/// The two configurations, where there are two.
fn both<'d>(cx: &Context<'d>) -> Option<(&'d Config<'d>, &'d Config<'d>)> {
    let (web, worker) = (cx.config(Containers::WEB)?, cx.config(Containers::WORKER)?);
    (!std::ptr::eq(web, worker)).then_some((web, worker))
}

/// A finding at the side that somebody set, with the other side in related.
fn at_either<'d>(
    cx: &Context<'_>,
    web: (&'d Config<'d>, &'d Setting),
    worker: (&'d Config<'d>, &'d Setting),
) -> Finding<'d> {
    let web_is_default = cx.deployment.is_default(Containers::WEB, web.1);
    let (main, other, whose) = if web_is_default { (worker, web, "web") } else { (web, worker, "the worker") };
    Finding::at(main.0, main.1).containers(Containers::BOTH).because(other.1, format!("this is what {whose} receives"))
}

/// How to make both sides the same.
fn one_place(cx: &Context<'_>, name: &str) -> String {
    match cx.deployment.wrapper {
        Wrapper::Compose => format!(
            "Write {name} once for both, as the official file does with `environment: &storage` in one service and \
             `<<: *storage` in the other."
        ),
        Wrapper::Helm => format!(
            "Set it in `s3`, which is for both, and take {name} out of `langfuse.web.pod.additionalEnv` and \
             `langfuse.worker.pod.additionalEnv`."
        ),
        Wrapper::K8s | Wrapper::Raw => format!("Give both containers the same {name}."),
    }
}

rule! {
    /// Web and worker use different storage engines.
    ///
    /// ## Why
    /// Web writes each event to the store and puts its key into a queue; the worker fetches it from its own store. With
    /// one of them on S3 and the other on Azure, every event is accepted and then lost: `NoSuchKey`, or a bucket that
    /// does not exist.
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
    /// `StorageServiceFactory.getInstance` in `packages/shared/src/server/services/StorageService.ts` of Langfuse, which
    /// each container asks with its own environment.
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
        finding = finding.because(setting, "this is what the other container receives");
    }
    out.push(
        finding
            .message(format!(
                "web stores in {}, the worker in {}: the worker does not find what web writes",
                web.engine.name(),
                worker.engine.name()
            ))
            .help(one_place(cx, &switch.name)),
    );
}

/// The blocks of a purpose that both containers use for the same objects.
fn shared<'d>(cx: &Context<'d>) -> impl Iterator<Item = Pair<'d>> + use<'d> {
    let pair = both(cx).filter(|(a, b)| a.engine == b.engine);
    pair.into_iter().flat_map(|(web, worker)| {
        [UseCase::Events, UseCase::Media, UseCase::Exports].into_iter().filter_map(move |use_case| {
            let (a, b) = (web.block(use_case), worker.block(use_case));
            // Only the worker has the switch of exports, and web without the block has a rule of its own.
            let used = match use_case {
                UseCase::Exports => b.in_use() && a.bucket.is_some(),
                _ => a.in_use() && b.in_use(),
            };
            used.then_some(Pair { web, worker, a, b })
        })
    })
}

/// One purpose as each container sees it.
struct Pair<'d> {
    web: &'d Config<'d>,
    worker: &'d Config<'d>,
    a: &'d Block<'d>,
    b: &'d Block<'d>,
}

/// Both texts, where both are known and differ.
fn differ<'d>(a: Option<&'d Setting>, b: Option<&'d Setting>) -> Option<(&'d Setting, &'d Setting)> {
    let (a, b) = (a?, b?);
    (a.text()? != b.text()?).then_some((a, b))
}

rule! {
    /// Web and worker use different buckets for the same purpose.
    ///
    /// ## Why
    /// Web puts an event into its bucket and hands the key to the worker, which looks into its own: `NoSuchKey`, and the
    /// trace never appears. Media that web has links made for is not found when the worker deletes it, and an export that
    /// the worker has written is not found when web signs the download.
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
    /// The writers and readers of these keys in Langfuse: `processEventBatch.ts`, `ingestionQueue.ts`,
    /// `batchExportFileKey.ts`.
    BUCKETS_DIFFER = "buckets-differ", Error, Failure, buckets_differ
}

fn buckets_differ(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for Pair { web, worker, a, b } in shared(cx) {
        let Some((x, y)) = differ(a.bucket, b.bucket) else { continue };
        let what = match a.use_case {
            UseCase::Events => "the worker does not find the events that web writes",
            UseCase::Media => "the worker does not find the media that web has uploaded",
            _ => "web signs downloads for a bucket that the export is not in",
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
    /// Web and worker call different stores for the same purpose.
    ///
    /// ## Why
    /// One of them writes what the other reads. Two names for one store are fine (an inner and an outer one); two stores
    /// mean that the worker finds no event that web has taken. Media is left out here: web only signs links with its
    /// address, the worker calls the store, and the two are meant to differ.
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
    /// The writers and readers of these keys in Langfuse: `processEventBatch.ts`, `ingestionQueue.ts`.
    ENDPOINTS_DIFFER = "endpoints-differ", Warning, Failure, endpoints_differ
}

fn endpoints_differ(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for Pair { web, worker, a, b } in shared(cx) {
        if a.use_case == UseCase::Media || web.engine == Engine::Gcs || same_store(a, b) {
            continue;
        }
        let place = match a.use_case {
            UseCase::Events => "the worker reads events from another store than web writes them to",
            _ => "web signs downloads for another store than the worker writes exports to",
        };
        // With one side only, the other one is Amazon S3; more may be set than can be seen.
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

/// Whether both sides surely call the same store, or one of them cannot be judged.
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
    /// Web and worker put different prefixes before the same keys.
    ///
    /// ## Why
    /// A job carries the prefix of the container that made it, so much still works. But the worker writes events too
    /// (from OpenTelemetry, experiments, evaluations), and media out of spans. What belongs to one trace is split over
    /// two prefixes, a merge reads only the one that its job names, and a lifecycle rule or a replay for one prefix
    /// misses the other.
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
    /// `eventBucketPath.ts`, `ingestionQueue.ts`, `otelIngestionQueue.ts` and `createSchedulerDeps.ts` of Langfuse.
    PREFIXES_DIFFER = "prefixes-differ", Warning, Failure, prefixes_differ
}

fn prefixes_differ(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    // Web reads no prefix of exports: it takes the key from the link that the worker stored.
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
    /// Every worker takes jobs from the same queue, and every web container answers for any user. With different
    /// settings it is chance which of them a job or a request meets: some events are found and some are not. Only the
    /// first of them is judged by the other rules.
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
    /// The queues of `packages/shared/src/server/redis` in Langfuse, which carry no name of a worker.
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
                .message(format!("{} runs {what} too, with other storage settings: {names}", quoted(&replica.name)))
                .help(format!("Give every service that runs {what} the same settings. The rules judge the first one.")),
        );
    }
}

/// A few of `names`, and how many more there are.
fn listed(names: &[String]) -> String {
    const MOST: usize = 3;
    let shown = names.iter().take(MOST).map(|n| escaped(n)).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

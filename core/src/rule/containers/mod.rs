//! Web and worker: each must find what the other writes.

mod buckets_differ;
mod endpoints_differ;
mod engines_differ;
mod prefixes_differ;
mod replicas_differ;

use super::{Context, Finding, Rule};
use crate::config::{Block, Config};
use crate::source::{Setting, Wrapper};
use crate::variable::{Containers, UseCase};

pub(super) static RULES: &[&Rule] = &[
    &engines_differ::ENGINES_DIFFER,
    &buckets_differ::BUCKETS_DIFFER,
    &endpoints_differ::ENDPOINTS_DIFFER,
    &prefixes_differ::PREFIXES_DIFFER,
    &replicas_differ::REPLICAS_DIFFER,
];

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

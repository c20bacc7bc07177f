//! `endpoints-differ`.

use super::{Pair, at_either, one_place, shared};
use crate::config::endpoint::Endpoint;
use crate::config::{Block, Engine};
use crate::redact::shown;
use crate::report::Severity;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, Role, UseCase};

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
    ENDPOINTS_DIFFER = "endpoints-differ", Error, Failure, endpoints_differ
}

fn endpoints_differ(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for Pair { web, worker, a, b } in shared(cx) {
        if a.use_case == UseCase::Media || web.engine == Engine::Gcs || same_store(a, b) {
            continue;
        }
        let certain = are_two_stores(a, b);
        let place = match (a.use_case, certain) {
            (UseCase::Events, true) => "the worker reads events from a different store than web writes them to",
            (UseCase::Events, false) => "the worker may read events from a different store than web writes them to",
            (_, true) => "web signs downloads for a different store than the worker writes exports to",
            (_, false) => "web may sign downloads for a different store than the worker writes exports to",
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
        let severity = if certain { Severity::Error } else { Severity::Warning };
        out.push(finding.for_block(a).severity(severity).help(one_place(cx, a.name(Role::Endpoint))));
    }
}

/// Whether both sides call the same store, or one of them can't be judged.
fn are_two_stores(a: &Block<'_>, b: &Block<'_>) -> bool {
    let inside = |x: &Block<'_>| x.endpoint_url().is_some_and(|u| u.is_internal() || u.is_loopback());
    match (a.provider, b.provider) {
        (Some(x), Some(y)) => x != y,
        _ => a.is_aws() && inside(b) || b.is_aws() && inside(a),
    }
}

/// Whether both names may be of one store.
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

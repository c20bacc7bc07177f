//! `buckets-differ`.

use super::{Pair, at_either, differ, one_place, shared};
use crate::redact::shown;
use crate::rule::{Context, Findings, rule};
use crate::variable::UseCase;

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

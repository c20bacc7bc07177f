//! `key-segment-differs`.

use super::SEGMENT;
use crate::config::Config;
use crate::rule::endpoint::write;
use crate::rule::{Context, Finding, Findings, rule};
use crate::text::number::js_number;
use crate::variable::Containers;

rule! {
    /// Web and worker cut keys at different lengths.
    ///
    /// ## Why
    /// Langfuse cuts and hashes an ID over the limit. Web and worker both write events, and with two limits the events
    /// of one long ID end up under two names. Each job reads the name that it carries, so nothing is lost, but the
    /// worker merges only the events under one name.
    ///
    /// ## Example
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES=255
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
    /// LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES=255
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES=255
    /// ```
    ///
    /// ## Seen in
    /// The comments on the variable in Langfuse's `packages/shared/src/env.ts` and `worker/src/env.ts`.
    KEY_SEGMENT_DIFFERS = "key-segment-differs", Warning, Failure, key_segment_differs
}

fn key_segment_differs(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let (Some(web), Some(worker)) = (cx.config(Containers::WEB), cx.config(Containers::WORKER)) else { return };
    if std::ptr::eq(web, worker) {
        return;
    }
    // The effective limit; none if it can't be seen or Langfuse doesn't start with it.
    let limit = |config: &Config<'_>| match config.environment.set_value(SEGMENT) {
        Some(setting) => setting.text().filter(|t| !SEGMENT.row().rejects(t)).and_then(js_number),
        None if config.environment.open => None,
        None => SEGMENT.row().default.and_then(js_number),
    };
    let (Some(a), Some(b)) = (limit(web), limit(worker)) else { return };
    if (a - b).abs() < f64::EPSILON {
        return;
    }
    let (in_web, in_worker) = (web.environment.set_value(SEGMENT), worker.environment.set_value(SEGMENT));
    let mut finding = match (in_worker, in_web) {
        (Some(own), _) => Finding::at(worker, own),
        (None, Some(other)) => Finding::at(web, other),
        (None, None) => return,
    };
    if let (Some(_), Some(other)) = (in_worker, in_web) {
        finding = finding.because(other, "web's limit");
    }
    let smaller = if a < b { a } else { b };
    out.push(
        finding
            .containers(Containers::BOTH)
            .message(format!(
                "{} is {a} in web and {b} in worker, so events with longer IDs may get two names and not be merged",
                SEGMENT.name()
            ))
            .help(format!("{} in both.", write(cx, SEGMENT, &smaller.to_string()))),
    );
}

//! `prefix-with-template`.

use super::{prefixes, template_in, usual_prefix};
use crate::redact::shown;
use crate::rule::endpoint::write;
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// A prefix contains a template or `..`, which Langfuse uses literally.
    ///
    /// ## Why
    /// Langfuse expands and resolves nothing in a prefix: `{date}`, `%Y` and `..` become part of every key as they are.
    /// Langfuse adds project and date to the keys.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/{date}/
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `packages/shared/src/server/ingestion/eventBucketPath.ts`.
    PREFIX_WITH_TEMPLATE = "prefix-with-template", Hint, Ignored, prefix_with_template
}

fn prefix_with_template(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block, prefix, text) in prefixes(cx) {
        if !template_in(text) {
            continue;
        }
        let Some(variable) = prefix.var else { continue };
        out.push(
            Finding::at(config, prefix)
                .for_block(block)
                .message(format!("{} is {}, which becomes part of every key as it is", prefix.name, shown(prefix)))
                .help(format!("Use a fixed prefix. {}.", write(cx, variable, usual_prefix(block.use_case)))),
        );
    }
}

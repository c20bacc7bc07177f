//! `prefix-without-slash`.

use super::{
    has_empty_segment, known_prefix, overlap, prefixed, prefixes, same_bucket, shares, template_in,
    without_empty_segments,
};
use crate::redact::shown;
use crate::rule::endpoint::write;
use crate::rule::finding::{DraftFix, append_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::text::printable::quoted;

rule! {
    /// A prefix doesn't end in `/`.
    ///
    /// ## Why
    /// Langfuse puts the prefix before the key with nothing in between: with `events` the keys begin with
    /// `eventscm5x…/trace/`, one top-level prefix per project. Lifecycle and access rules for `events/` then match
    /// nothing. Adding the slash later changes where Langfuse looks for events: those already stored are no longer
    /// merged or replayed.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events
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
    /// The Langfuse documentation ("If provided, must end with a /") and
    /// `packages/shared/src/server/ingestion/eventBucketPath.ts`.
    PREFIX_WITHOUT_SLASH = "prefix-without-slash", Warning, Risk, prefix_without_slash
}

fn prefix_without_slash(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block, prefix, text) in prefixes(cx) {
        if text.ends_with('/') {
            continue;
        }
        let Some(variable) = prefix.var else { continue };
        // A suggestion must not contain the next mistake.
        let clean = !has_empty_segment(text) && !template_in(text);
        let right = without_empty_segments(text);
        let collides = prefixed(config).any(|b| {
            b.use_case != block.use_case
                && same_bucket(config, block, b)
                && overlap(&right, known_prefix(config, b).unwrap_or("/"))
        });
        let already = prefixed(config).any(|b| b.use_case != block.use_case && shares(config, block, b).is_some());
        let fix = append_value(prefix, "/").filter(|_| clean && (!collides || already));
        let help = if template_in(text) { "Add a `/` at the end".to_owned() } else { write(cx, variable, &right) };
        out.push(
            Finding::at(config, prefix)
                .for_block(block)
                .message(format!(
                    "{} is {}, expected a `/` at the end: keys will begin with {}",
                    prefix.name,
                    shown(prefix),
                    quoted(&format!("{text}<project>/"))
                ))
                .help(format!("{help} on a new installation; on an existing one, also move the objects, or leave it."))
                .fix(fix.map(|e| DraftFix::risky("add the slash", e))),
        );
    }
}

//! Prefixes: every engine puts them before keys as they are, and only they separate the use cases in one bucket.

use super::endpoint::{place, s3_blocks, write};
use super::finding::{DraftFix, append_value, replace_value};
use super::{Context, Finding, Findings, Rule, rule};
use crate::config::addressing::{Style, style};
use crate::config::{Block, Config, Engine, is_hidden};
use crate::source::{Setting, Value};
use crate::text::mask::{quoted, shown};
use crate::variable::{Containers, Role, UseCase, Version, slot};

pub(super) static RULES: &[&Rule] = &[
    &PREFIX_WITHOUT_SLASH,
    &PREFIX_WITH_EMPTY_SEGMENT,
    &PREFIXES_OVERLAP,
    &PREFIX_REPEATS_BUCKET,
    &PREFIX_WITH_TEMPLATE,
];

/// The use cases whose prefix the containers of `config` read: web writes no export files.
fn prefixed<'c, 'd>(config: &'c Config<'d>) -> impl Iterator<Item = &'c Block<'d>> {
    config.used().filter(|b| slot(b.use_case, Role::Prefix).is_some_and(|v| v.row().readers.meets(config.containers)))
}

/// Prefixes that are set, with their value. Other rules cover surrounding spaces, literal quotes, `$` and placeholders.
fn prefixes<'c, 'd>(
    cx: &'c Context<'d>,
) -> impl Iterator<Item = (&'d Config<'d>, &'d Block<'d>, &'d Setting, &'d str)> + use<'c, 'd> {
    cx.configs.iter().flat_map(|config| {
        prefixed(config).filter_map(move |block| {
            let prefix = block.prefix?;
            let text = prefix.text().filter(|t| !t.contains(['$', '<', '>', '"', '\'', '`']) && t.trim() == *t)?;
            Some((config, block, prefix, text))
        })
    })
}

fn has_empty_segment(text: &str) -> bool {
    text.starts_with('/') || text.contains("//")
}

/// `/a//b` → `a/b/`.
fn without_empty_segments(text: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(1));
    for segment in text.split('/').filter(|s| !s.is_empty()) {
        out.push_str(segment);
        out.push('/');
    }
    out
}

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

rule! {
    /// A prefix begins with `/` or contains `//`.
    ///
    /// ## Why
    /// Keys aren't paths: a leading slash or two in a row create a segment without a name, which most tools show as a
    /// directory with an empty name. MinIO refuses such keys ("Object name contains unsupported characters", "Object
    /// name contains a leading slash"), and then every upload fails.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=/events/
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
    /// minio/minio#5874, minio/minio#7746
    PREFIX_WITH_EMPTY_SEGMENT = "prefix-with-empty-segment", Warning, Failure, prefix_with_empty_segment
}

fn prefix_with_empty_segment(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block, prefix, text) in prefixes(cx) {
        if !has_empty_segment(text) {
            continue;
        }
        let Some(variable) = prefix.var else { continue };
        let right = without_empty_segments(text);
        let collides = prefixed(config).any(|b| {
            b.use_case != block.use_case
                && same_bucket(config, block, b)
                && overlap(&right, known_prefix(config, b).unwrap_or("/"))
        });
        let help = if right.is_empty() {
            format!("Remove {}: unset means the bucket's root.", prefix.name)
        } else {
            format!("{}; objects already stored stay under the old keys.", write(cx, variable, &right))
        };
        let edits = replace_value(prefix, &right).filter(|_| !collides);
        out.push(
            Finding::at(config, prefix)
                .for_block(block)
                .message(format!("{} is {}, which puts an empty segment into every key", prefix.name, shown(prefix)))
                .help(help)
                .fix(edits.map(|e| DraftFix::risky(format!("write `{right}`"), e))),
        );
    }
}

/// The effective prefix; `None` if it can't be seen.
fn known_prefix<'d>(config: &Config<'_>, block: &Block<'d>) -> Option<&'d str> {
    match block.prefix {
        Some(prefix) => prefix.text(),
        None => (!config.environment.open).then_some(""),
    }
}

fn overlap(a: &str, b: &str) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

/// Whether both use cases write to one bucket.
pub(super) fn same_bucket(config: &Config<'_>, a: &Block<'_>, b: &Block<'_>) -> bool {
    let (Some(one), Some(other)) = (a.bucket, b.bucket) else { return false };
    if one.value != other.value || one.value == Value::Unknown {
        return false;
    }
    if config.engine == Engine::Gcs || config.engine == Engine::S3 && a.is_aws() && b.is_aws() {
        return true;
    }
    let (ours, theirs) = match (a.endpoint, b.endpoint) {
        (None, None) => return true,
        (Some(ours), Some(theirs)) => (ours, theirs),
        _ => return false,
    };
    match (a.endpoint_url(), b.endpoint_url()) {
        (Some(one), Some(other)) => {
            one.host.eq_ignore_ascii_case(other.host)
                && one.effective_port() == other.effective_port()
                && one.path == other.path
        }
        _ => ours.value == theirs.value && ours.value != Value::Unknown,
    }
}

/// The prefixes of two use cases in one bucket, if one contains the other.
fn shares<'d>(config: &Config<'_>, a: &Block<'d>, b: &Block<'d>) -> Option<(&'d str, &'d str)> {
    if !same_bucket(config, a, b) {
        return None;
    }
    let (p, q) = (known_prefix(config, a)?, known_prefix(config, b)?);
    overlap(p, q).then_some((p, q))
}

fn usual_prefix(use_case: UseCase) -> &'static str {
    match use_case {
        UseCase::Events => "events/",
        UseCase::Media => "media/",
        UseCase::Exports => "exports/",
        UseCase::CoreData => "core-data/",
    }
}

fn noun(use_case: UseCase) -> &'static str {
    match use_case {
        UseCase::Events => "events",
        UseCase::Media => "media",
        UseCase::Exports => "exports",
        UseCase::CoreData => "core data",
    }
}

rule! {
    /// Two use cases share a bucket, and their prefixes don't separate them.
    ///
    /// ## Why
    /// Keys don't collide, but lifecycle, replication and access rules match by prefix. The expiry that raw events
    /// need, 30 days for example, then also deletes media, and deleted media can't be recovered. The chart's defaults
    /// are such a case: one bucket, no prefixes. With defaults alone, this is only a hint.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_PREFIX=media/
    /// ```
    ///
    /// ## Seen in
    /// The Langfuse chart's values; langfuse/langfuse#5683 and langfuse/langfuse#12555 on expiring events.
    PREFIXES_OVERLAP = "prefixes-overlap", Warning, Risk, prefixes_overlap
}

fn prefixes_overlap(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        for block in prefixed(config) {
            let mut earlier = prefixed(config).take_while(|b| b.use_case != block.use_case);
            let Some((other, (own, theirs))) = earlier.find_map(|b| Some((b, shares(config, block, b)?))) else {
                continue;
            };
            let Some(variable) = slot(block.use_case, Role::Prefix) else { continue };
            let Some(others) = slot(other.use_case, Role::Prefix) else { continue };
            let Some(bucket) = block.bucket else { continue };
            let say = |prefix: &str| if prefix.is_empty() { "the root".to_owned() } else { quoted(prefix) };
            let finding = match block.prefix {
                Some(prefix) => Finding::at(config, prefix),
                None => Finding::missing(config, variable),
            };
            let mut finding = finding.looks_at(Some(bucket)).looks_at(block.endpoint).looks_at(other.endpoint);
            if let Some(bucket) = other.bucket {
                finding = finding.because(bucket, format!("{} are in the same bucket", noun(other.use_case)));
            }
            if let Some(prefix) = other.prefix {
                finding = finding.because(prefix, format!("the prefix of {}", noun(other.use_case)));
            }
            let usual = usual_prefix(block.use_case);
            let help = if theirs.is_empty() || overlap(theirs, usual) {
                let moved = if other.use_case == UseCase::Events {
                    " Events already stored aren't found under a new prefix; media and finished exports are."
                } else {
                    ""
                };
                format!(
                    "Give each its own prefix, such as {} for {} and {} for {}, or a separate bucket.{moved}",
                    quoted(usual_prefix(other.use_case)),
                    place(cx, others),
                    quoted(usual),
                    place(cx, variable)
                )
            } else {
                format!("{}, or give {} a separate bucket.", write(cx, variable, usual), noun(block.use_case))
            };
            out.push(
                finding
                    .for_block(block)
                    .message(format!(
                        "{} ({}) and {} ({}) overlap in the bucket {}: lifecycle and access rules can't tell them \
                         apart",
                        noun(block.use_case),
                        say(own),
                        noun(other.use_case),
                        say(theirs),
                        shown(bucket)
                    ))
                    .help(help),
            );
        }
    }
}

rule! {
    /// The export prefix begins with the bucket's name.
    ///
    /// ## Why
    /// When somebody clicks a finished export, web signs a new link and takes the key from the stored one. To support
    /// path style, it strips a first segment that equals the bucket. Here that segment is part of the key, so the new
    /// link ends in `NoSuchKey`. Web has done so since v4.0.0.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_PREFIX=acme-exports/
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_PREFIX=exports/
    /// ```
    ///
    /// ## Seen in
    /// `parseBatchExportFileKeyFromUrl` in Langfuse's `web/src/features/batch-exports/server/batchExportFileKey.ts`.
    PREFIX_REPEATS_BUCKET = "prefix-repeats-bucket", Warning, Failure, prefix_repeats_bucket
}

fn prefix_repeats_bucket(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const RESIGNS: Version = Version { major: 4, minor: 0, patch: 0 };
    for (config, block) in s3_blocks(cx).filter(|(_, b)| b.use_case == UseCase::Exports) {
        let (Some(prefix), Some(bucket)) = (block.prefix, block.bucket) else { continue };
        let (Some(text), Some(name)) = (prefix.text(), bucket.text()) else { continue };
        let repeats = text.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
        // Links are signed for the external endpoint, if there is one.
        let unknown = is_hidden(block.external) || is_hidden(block.endpoint) || is_hidden(block.path_style);
        let signed_for = block.external_endpoint_url().or_else(|| block.endpoint_url());
        let writes = config.containers.meets(Containers::WORKER);
        if !repeats
            || !writes
            || unknown
            || style(block.forces_path_style(), name, signed_for) == Style::Path
            || cx.is_older(Containers::WEB, RESIGNS)
        {
            continue;
        }
        let Some(variable) = prefix.var else { continue };
        out.push(
            Finding::at(config, prefix)
                .because(bucket, "web takes this first segment of the link's path as the bucket and strips it")
                .message(format!(
                    "{} is {}, whose first segment is the bucket's name: links that web re-signs end in NoSuchKey",
                    prefix.name,
                    shown(prefix)
                ))
                .help(format!("{}.", write(cx, variable, "exports/"))),
        );
    }
}

/// Whether `text` contains something to be filled in, or a path to be resolved.
fn template_in(text: &str) -> bool {
    const DATES: [&str; 6] = ["yyyy", "YYYY", "%Y", "%y", "%m", "%d"];
    if text.bytes().all(|b| b.is_ascii_lowercase() && b != b'y' || matches!(b, b'/' | b'-' | b'_')) {
        return false;
    }
    text.contains(['{', '}'])
        || DATES.iter().any(|d| text.contains(d))
        || text.split('/').any(|s| matches!(s, ".." | "."))
}

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

#[cfg(test)]
mod tests {
    use super::template_in;

    #[test]
    fn distinguishes_templates_from_names() {
        for text in ["{date}/", "a/%Y/%m/", "YYYY/MM/", "../x/", "a/./b/", "logs/{}/"] {
            assert!(template_in(text), "{text}");
        }
        for text in ["events/", "Events_2024/", "team.a/", "my/daily/", "a..b/", "50%/", ""] {
            assert!(!template_in(text), "{text}");
        }
    }
}

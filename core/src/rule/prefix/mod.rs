//! Prefixes: every engine puts them before keys as they are, and only they separate the use cases in one bucket.

mod prefix_repeats_bucket;
mod prefix_with_empty_segment;
mod prefix_with_template;
mod prefix_without_slash;
mod prefixes_overlap;

use super::{Context, Rule};
use crate::config::{Block, Config, Engine};
use crate::source::{Setting, Value};
use crate::variable::{Role, UseCase, slot};

pub(super) static RULES: &[&Rule] = &[
    &prefix_without_slash::PREFIX_WITHOUT_SLASH,
    &prefix_with_empty_segment::PREFIX_WITH_EMPTY_SEGMENT,
    &prefixes_overlap::PREFIXES_OVERLAP,
    &prefix_repeats_bucket::PREFIX_REPEATS_BUCKET,
    &prefix_with_template::PREFIX_WITH_TEMPLATE,
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
    // One value for several use cases is one bucket, known or not.
    let one_place = one.place.is_some() && one.place.map(|p| p.value) == other.place.map(|p| p.value);
    if one.value != other.value || (one.value == Value::Unknown && !one_place) {
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

//! The bucket's settings. Best effort: most identities may not read them, and many stores don't support the request.
//! One use case per bucket queries them.

use http::response::Parts;

use crate::probe::case::{Case, Versions};
use crate::probe::result::{Finding, Next, StepResult};
use crate::probe::row::{Row, Work};
use crate::probe::step::Step;
use crate::probe::transport::Answer;
use crate::report::Severity;
use crate::sign::Timestamp;
use crate::storage::StoreError;
use crate::storage::bucket_facts::{self, LifecycleRule, Question, Versioning};

/// Prefixes of the event bucket that Langfuse itself never cleans up.
/// Source: Langfuse v4.16.0, `OtelIngestionProcessor.ts`, `createSchedulerDeps.ts`.
const NEVER_REMOVED: [&str; 2] = ["otel/", "evals/"];

pub(in crate::probe) static VERSIONING: Row = Row {
    only_s3: true,
    after: &[Step::Bucket],
    applies: queries_settings,
    ..Row::new(
        Step::Versioning,
        "the bucket's versioning; a missing permission isn't an error",
        Work::Request {
            begin: |case, now| request(case, Question::Versioning, now),
            on_response: |case, answer, _| judged(case, answer, on_versioning),
        },
    )
};

pub(in crate::probe) static LIFECYCLE: Row = Row {
    only_s3: true,
    after: &[Step::Bucket],
    waits: &[Step::Versioning],
    applies: queries_settings,
    ..Row::new(
        Step::Lifecycle,
        "the bucket's lifecycle rules; a missing permission isn't an error",
        Work::Request {
            begin: |case, now| request(case, Question::Lifecycle, now),
            on_response: |case, answer, _| judged(case, answer, on_lifecycle),
        },
    )
};

pub(in crate::probe) static ENCRYPTION: Row = Row {
    only_s3: true,
    after: &[Step::Bucket],
    applies: queries_settings,
    ..Row::new(
        Step::Encryption,
        "the bucket's default encryption; a missing permission isn't an error",
        Work::Request {
            begin: |case, now| request(case, Question::Encryption, now),
            on_response: |case, answer, _| judged(case, answer, on_encryption),
        },
    )
};

pub(in crate::probe) static OBJECT_LOCK: Row = Row {
    only_s3: true,
    after: &[Step::Bucket],
    applies: queries_settings,
    ..Row::new(
        Step::ObjectLock,
        "the bucket's Object Lock; a missing permission isn't an error",
        Work::Request {
            begin: |case, now| request(case, Question::ObjectLock, now),
            on_response: |case, answer, _| judged(case, answer, on_object_lock),
        },
    )
};

fn queries_settings(case: &Case) -> bool {
    case.neighbours.queries_settings
}

fn request(case: &mut Case, question: Question, now: Timestamp) -> Next {
    case.request(now, |signing| signing.bucket_setting(question))
}

fn judged(
    case: &mut Case,
    answer: Answer,
    judge: fn(&mut Case, &Parts, &[u8]) -> Result<StepResult, StoreError>,
) -> Next {
    match case.response(answer) {
        Ok((head, body)) => judge(case, &head, &body).unwrap_or_else(|error| not_reported(&error)).into(),
        Err(result) => StepResult::skip_only(result.note).into(),
    }
}

fn on_versioning(case: &mut Case, head: &Parts, body: &[u8]) -> Result<StepResult, StoreError> {
    let note = match bucket_facts::versioning(head, body)? {
        Versioning::Off => return Ok(StepResult::pass("off")),
        Versioning::Enabled => "on",
        Versioning::Suspended => "suspended: old versions remain",
    };
    case.versions = case.versions.max(Versions::Enabled);
    Ok(StepResult::pass(note))
}

fn on_lifecycle(case: &mut Case, head: &Parts, body: &[u8]) -> Result<StepResult, StoreError> {
    let rules = bucket_facts::lifecycle(head, body)?;
    let near = &case.neighbours;
    let versioned = case.versions != Versions::None;
    Ok(judge_rules(&rules, &near.media_prefixes, near.event_prefix.as_deref(), versioned))
}

fn on_encryption(_: &mut Case, head: &Parts, body: &[u8]) -> Result<StepResult, StoreError> {
    let found = bucket_facts::encryption(head, body)?;
    Ok(StepResult::pass(found.map_or_else(|| "none by default".to_owned(), |e| format!("{} by default", e.algorithm))))
}

fn on_object_lock(_: &mut Case, head: &Parts, body: &[u8]) -> Result<StepResult, StoreError> {
    let lock = bucket_facts::object_lock(head, body)?;
    Ok(match lock.default {
        Some(retention) => StepResult::warn("object-lock-on", format!("mode {}", retention.mode)),
        None => StepResult::pass(if lock.enabled { "on, without default retention" } else { "off" }),
    })
}

/// Judges the bucket's lifecycle rules. The bucket keeps media under `media` and events under `events`.
fn judge_rules(rules: &[LifecycleRule], media: &[String], events: Option<&str>, versioned: bool) -> StepResult {
    let deletes = |r: &&LifecycleRule| r.enabled && (r.expires_after_days.is_some() || r.expires_at.is_some());
    let covers = |rule: &str, prefix: &str| prefix.starts_with(rule) || rule.starts_with(prefix);
    // A rule for raw events only may be inside a prefix that media shares.
    let raw = |rule: &str| {
        let of_events = events.and_then(|e| rule.strip_prefix(e)).unwrap_or(rule);
        NEVER_REMOVED.iter().any(|n| of_events.starts_with(n))
    };
    let fatal = rules.iter().filter(deletes).find(|r| !raw(&r.prefix) && media.iter().any(|m| covers(&r.prefix, m)));
    if let Some(rule) = fatal {
        let days = rule.expires_after_days.map_or_else(|| "on a date".to_owned(), |d| format!("after {d} days"));
        let name = rule.id.clone().unwrap_or_else(|| "(unnamed)".into());
        return StepResult::fail(
            "lifecycle-deletes-media",
            format!("rule {name} deletes everything under `{}` {days}", rule.prefix),
        );
    }
    let count = format!("{} rule{}", rules.len(), if rules.len() == 1 { "" } else { "s" });
    let Some(events) = events else { return StepResult::pass(count) };
    let removes = |part: &&str| {
        let part = format!("{events}{part}");
        rules.iter().filter(deletes).any(|r| part.starts_with(&r.prefix))
    };
    if !NEVER_REMOVED.iter().all(removes) {
        return StepResult::warn("lifecycle-missing", count);
    }
    if versioned && !rules.iter().any(|r| r.enabled && r.old_versions_after_days.is_some()) {
        return StepResult::found(Finding::new("versions-kept", Severity::Hint).detail(count));
    }
    StepResult::pass(count)
}

/// A request that the store rejects is not an error.
fn not_reported(error: &StoreError) -> StepResult {
    StepResult::skip_only(match error.status {
        403 => "no permission to read it".to_owned(),
        _ => format!("the store doesn't report it: {}", error.label()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(prefix: &str) -> LifecycleRule {
        LifecycleRule { enabled: true, prefix: prefix.into(), expires_after_days: Some(30), ..LifecycleRule::default() }
    }

    #[test]
    fn rules_are_for_raw_events_and_never_for_media() {
        let media = |prefix: &str| vec![prefix.to_owned()];
        let slug = |rules: &[LifecycleRule], media: &[String], events: Option<&str>, versioned| {
            judge_rules(rules, media, events, versioned).finding.map(|f| f.cause.slug)
        };
        let apart = media("media/");
        for (rules, media, events, versioned, expected) in [
            (vec![rule("events/")], &apart, Some("events/"), false, None),
            (vec![rule("events/")], &apart, Some("events/"), true, Some("versions-kept")),
            (vec![], &apart, Some("events/"), false, Some("lifecycle-missing")),
            (vec![rule("events/otel/")], &apart, Some("events/"), false, Some("lifecycle-missing")),
            (vec![rule("events/otel/"), rule("events/evals/")], &apart, Some("events/"), false, None),
            (vec![rule("")], &apart, Some("events/"), false, Some("lifecycle-deletes-media")),
            (vec![rule("media/old/")], &apart, Some("events/"), false, Some("lifecycle-deletes-media")),
            // One prefix for both: a rule may cover only what is never media.
            (vec![rule("otel/"), rule("evals/")], &media(""), Some(""), false, None),
            (vec![rule("")], &media(""), Some(""), false, Some("lifecycle-deletes-media")),
            (vec![], &apart, None, true, None),
            (vec![LifecycleRule { enabled: false, ..rule("") }], &apart, None, false, None),
        ] {
            assert_eq!(slug(&rules, media, events, versioned), expected, "{rules:?} {media:?}");
        }
    }
}

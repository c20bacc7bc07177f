//! The bucket's settings. Best effort: most identities may not read them, and many stores don't support the request.

use crate::sign::Timestamp;
use crate::storage::StoreError;
use crate::storage::bucket_facts::{self, LifecycleRule, Question, Versioning};

use super::case::Case;
use super::finding::{Finding, Next, Verdict};
use super::step::Step;
use super::transport::Answer;
use crate::report::Severity;

/// Prefixes of the event bucket that Langfuse itself never cleans up.
/// Source: Langfuse v4.16.0, `OtelIngestionProcessor.ts`, `createSchedulerDeps.ts`.
const NEVER_REMOVED: [&str; 2] = ["otel/", "evals/"];

impl Case {
    pub(super) fn begin_fact(&mut self, step: Step, now: Timestamp) -> Next {
        let question = match step {
            Step::Versioning => Question::Versioning,
            Step::Lifecycle => Question::Lifecycle,
            Step::Encryption => Question::Encryption,
            _ => Question::ObjectLock,
        };
        self.request(now, |signing| signing.ask(question))
    }

    pub(super) fn hear_fact(&mut self, step: Step, answer: Answer) -> Next {
        let (head, body) = match self.response(answer) {
            Ok(taken) => taken,
            Err(verdict) => return Verdict::pass_over(verdict.note).into(),
        };
        let judged = match step {
            Step::Versioning => bucket_facts::versioning(&head, &body).map(|v| self.versions(v)),
            Step::Lifecycle => bucket_facts::lifecycle(&head, &body).map(|rules| {
                let near = &self.neighbours;
                of_rules(&rules, &near.media_prefixes, near.event_prefix.as_deref(), self.versioned)
            }),
            Step::Encryption => bucket_facts::encryption(&head, &body).map(|found| {
                Verdict::pass(
                    found.map_or_else(|| "none by default".to_owned(), |e| format!("{} by default", e.algorithm)),
                )
            }),
            _ => bucket_facts::object_lock(&head, &body).map(|lock| match lock.default {
                Some(retention) => Verdict::warn("object-lock-on", format!("mode {}", retention.mode)),
                None => Verdict::pass(if lock.enabled { "on, without default retention" } else { "off" }),
            }),
        };
        judged.unwrap_or_else(|error| unreported(&error)).into()
    }

    fn versions(&mut self, versioning: Versioning) -> Verdict {
        match versioning {
            Versioning::Off => Verdict::pass("off"),
            Versioning::Enabled => {
                self.versioned = true;
                Verdict::pass("on")
            }
            Versioning::Suspended => {
                self.versioned = true;
                Verdict::pass("suspended: old versions remain")
            }
        }
    }
}

/// Judges the bucket's lifecycle rules. The bucket keeps media under `media` and events under `events`.
fn of_rules(rules: &[LifecycleRule], media: &[String], events: Option<&str>, versioned: bool) -> Verdict {
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
        return Verdict::fail(
            "lifecycle-deletes-media",
            format!("rule {name} deletes everything under `{}` {days}", rule.prefix),
        );
    }
    let count = format!("{} rule{}", rules.len(), if rules.len() == 1 { "" } else { "s" });
    let Some(events) = events else { return Verdict::pass(count) };
    let removes = |part: &&str| {
        let part = format!("{events}{part}");
        rules.iter().filter(deletes).any(|r| part.starts_with(&r.prefix))
    };
    if !NEVER_REMOVED.iter().all(removes) {
        return Verdict::warn("lifecycle-missing", count);
    }
    if versioned && !rules.iter().any(|r| r.enabled && r.old_versions_after_days.is_some()) {
        return Verdict::found(Finding::new("versions-kept", Severity::Hint).said(count));
    }
    Verdict::pass(count)
}

/// A request that the store rejects is not an error.
fn unreported(error: &StoreError) -> Verdict {
    Verdict::pass_over(match error.status {
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
            of_rules(rules, media, events, versioned).finding.map(|f| f.cause.slug)
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

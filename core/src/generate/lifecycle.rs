//! `lifecycle`: expires raw events and the leftovers of interrupted exports. No filter covers a media key: Langfuse
//! keeps rows that refer to them forever.

use serde_json::{Value as Json, json};

use super::cors::{VIRTUAL, store_flags};
use super::json::pretty;
use super::plan::{Bucket, ConfigPlan};
use super::{Error, Id, Output, OutputFormat};
use crate::config::Engine;
use crate::order;
use crate::provider::Addressing;
use crate::provider::lifecycle::{Lifecycle, S3Rules};
use crate::variable::UseCase;

/// After how many days incomplete multipart uploads are aborted. Langfuse aborts what it can; no export takes a week.
pub(super) const ABORT_DAYS: u32 = 7;

/// One rule for one bucket.
pub(super) struct Rule {
    /// Its name.
    pub id: &'static str,
    /// The prefix of the keys that it covers.
    pub prefix: String,
    /// What happens to them.
    pub action: Action,
}

/// What a rule does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Deletes objects after so many days.
    Expire(u32),
    /// Aborts incomplete multipart uploads.
    AbortUploads,
}

/// The rules of each bucket that has any, and whether they cover only some of the events.
pub(super) fn rules(plan: &ConfigPlan, days: u32) -> (Vec<(&str, Vec<Rule>)>, bool) {
    let mut all: Vec<(&str, Vec<Rule>)> = Vec::new();
    let mut narrow = false;
    for bucket in &plan.buckets {
        let mut own = Vec::new();
        match bucket.use_case {
            UseCase::Events => {
                narrow = !is_separate(plan, bucket);
                // These two kinds of keys aren't in the file log, so neither retention nor project deletion removes
                // them; a project ID is never one of these words.
                let parts: &[(&str, &str)] = if narrow {
                    &[("expire-otel-events", "otel/"), ("expire-pending-evals", "evals/")]
                } else {
                    &[("expire-events", "")]
                };
                for (id, below) in parts {
                    let prefix = format!("{}{below}", bucket.prefix);
                    own.push(Rule { id, prefix, action: Action::Expire(days) });
                }
            }
            UseCase::Exports
                if is_separate(plan, bucket) && plan.engine == Engine::S3 && plan.setup.lifecycle.aborts_uploads() =>
            {
                own.push(Rule { id: "abort-exports", prefix: bucket.prefix.clone(), action: Action::AbortUploads });
            }
            _ => {}
        }
        if own.is_empty() {
            continue;
        }
        match all.iter_mut().find(|(name, _)| *name == bucket.name) {
            Some((_, rules)) => rules.extend(own),
            None => all.push((&bucket.name, own)),
        }
    }
    (all, narrow)
}

/// Whether a filter on the prefix of `bucket` covers no key of another use case, even one that isn't in the plan: it
/// may be in the same bucket.
fn is_separate(plan: &ConfigPlan, bucket: &Bucket) -> bool {
    let others = plan.buckets.iter().filter(|o| o.use_case != bucket.use_case);
    let known = others.clone().all(|other| !bucket.covers(other));
    known && (!bucket.prefix.is_empty() || plan.separate || plan.bucket(UseCase::Media).is_some())
}

pub(super) fn write(plan: &ConfigPlan) -> Result<Output, Error> {
    let Some(days) = plan.retention_days else { return Err(Error::Missing(vec![Id::RetentionDays])) };
    let (buckets, narrow) = rules(plan, days);
    let mut output = match plan.setup.lifecycle {
        Lifecycle::Azure => azure(plan, &buckets),
        Lifecycle::Google => documents(plan, &buckets, google),
        Lifecycle::Oracle => documents(plan, &buckets, oracle),
        Lifecycle::S3(_) => documents(plan, &buckets, amazon),
        Lifecycle::Never(instead) => {
            let message = format!("{} doesn't support lifecycle rules", plan.provider.name);
            return Err(Error::wrong(Id::Provider, message, instead));
        }
    };
    if let Lifecycle::S3(accepted) = plan.setup.lifecycle {
        if plan.provider.addressing == Addressing::VirtualOnly {
            output = output.note(VIRTUAL);
        }
        if !accepted.note.is_empty() {
            output = output.note(accepted.note);
        }
    }
    if narrow {
        output = output.note(
            "No prefix separates events from media, so only `otel/` and `evals/` expire; raw events of the classic API remain until Langfuse's retention or deletion removes them. To expire all of them, use a prefix per use case, or --separate-buckets.",
        );
    }
    Ok(output.note(format!(
        "Media never expires here: set its retention in Langfuse's project settings. If events expire after {days} days, LANGFUSE_ENABLE_BLOB_STORAGE_FILE_LOG=false keeps Langfuse from logging files that no longer exist."
    )))
}

/// The command that applies `file` to `bucket`.
fn command(plan: &ConfigPlan, bucket: &str, file: &str) -> String {
    match plan.setup.lifecycle {
        Lifecycle::Google => format!("gcloud storage buckets update gs://{bucket} --lifecycle-file={file}"),
        Lifecycle::Oracle => format!("oci os object-lifecycle-policy put --bucket-name {bucket} --items file://{file}"),
        _ => format!(
            "aws s3api put-bucket-lifecycle-configuration --bucket {bucket} --lifecycle-configuration file://{file}{}",
            store_flags(plan)
        ),
    }
}

/// One document, or an object of documents by bucket if there are several.
fn documents(plan: &ConfigPlan, buckets: &[(&str, Vec<Rule>)], document: fn(&ConfigPlan, &[Rule]) -> Json) -> Output {
    if let [(bucket, rules)] = buckets {
        return Output::new(OutputFormat::Lifecycle, pretty(&document(plan, rules))).note(format!(
            "Save it as lifecycle.json: `{}`. It replaces the bucket's rules.",
            command(plan, bucket, "lifecycle.json")
        ));
    }
    let all = order::filled(buckets.iter().map(|(bucket, rules)| ((*bucket).to_owned(), document(plan, rules))));
    let mut output = Output::new(OutputFormat::Lifecycle, pretty(&Json::Object(all))).note(
        "One document per bucket, under its name. Each replaces the bucket's rules. Save it as lifecycle.json, then:",
    );
    for (bucket, _) in buckets {
        let file = format!("{bucket}.json");
        let command = command(plan, bucket, &file);
        output = output.note(format!("`jq '.\"{bucket}\"' lifecycle.json > {file} && {command}`"));
    }
    output
}

/// S3's format.
fn amazon(plan: &ConfigPlan, rules: &[Rule]) -> Json {
    let versions = matches!(plan.setup.lifecycle, Lifecycle::S3(S3Rules { deletes_versions: true, .. }));
    let rules: Vec<Json> = rules
        .iter()
        .map(|rule| {
            let mut json = json!({ "ID": rule.id, "Status": "Enabled", "Filter": { "Prefix": rule.prefix } });
            if let Some(object) = json.as_object_mut() {
                match rule.action {
                    Action::Expire(days) => {
                        object.insert("Expiration".into(), json!({ "Days": days }));
                        // In a versioned bucket, an expired object leaves a version behind.
                        if versions {
                            object.insert("NoncurrentVersionExpiration".into(), json!({ "NoncurrentDays": days }));
                        }
                    }
                    Action::AbortUploads => {
                        object.insert(
                            "AbortIncompleteMultipartUpload".into(),
                            json!({ "DaysAfterInitiation": ABORT_DAYS }),
                        );
                    }
                }
            }
            json
        })
        .collect();
    json!({ "Rules": rules })
}

/// Google Cloud Storage's format.
fn google(_: &ConfigPlan, rules: &[Rule]) -> Json {
    let rules: Vec<Json> = rules
        .iter()
        .map(|rule| {
            let (action, age) = match rule.action {
                Action::Expire(days) => ("Delete", days),
                Action::AbortUploads => ("AbortIncompleteMultipartUpload", ABORT_DAYS),
            };
            let mut condition = json!({ "age": age });
            if let (false, Some(object)) = (rule.prefix.is_empty(), condition.as_object_mut()) {
                object.insert("matchesPrefix".into(), json!([rule.prefix]));
            }
            json!({ "action": { "type": action }, "condition": condition })
        })
        .collect();
    json!({ "rule": rules })
}

/// Oracle's format: the items of a policy. Only expiry, see [`Lifecycle::aborts_uploads`].
fn oracle(_: &ConfigPlan, rules: &[Rule]) -> Json {
    let item = |rule: &Rule| {
        let Action::Expire(days) = rule.action else { return None };
        let mut item = json!({
            "name": rule.id, "action": "DELETE", "target": "objects", "isEnabled": true,
            "timeAmount": days, "timeUnit": "DAYS",
        });
        if let (false, Some(object)) = (rule.prefix.is_empty(), item.as_object_mut()) {
            object.insert("objectNameFilter".into(), json!({ "inclusionPrefixes": [rule.prefix] }));
        }
        Some(item)
    };
    Json::Array(rules.iter().filter_map(item).collect())
}

/// Azure's format: one policy for the account, whose filters begin with the container.
fn azure(plan: &ConfigPlan, buckets: &[(&str, Vec<Rule>)]) -> Output {
    let rules: Vec<Json> = buckets
        .iter()
        .flat_map(|(container, rules)| rules.iter().map(move |rule| (container, rule)))
        .filter_map(|(container, rule)| {
            let Action::Expire(days) = rule.action else { return None };
            Some(json!({
                "enabled": true,
                "name": rule.id,
                "type": "Lifecycle",
                "definition": {
                    "actions": { "baseBlob": { "delete": { "daysAfterModificationGreaterThan": days } } },
                    "filters": { "blobTypes": ["blockBlob"], "prefixMatch": [format!("{container}/{}", rule.prefix)] },
                },
            }))
        })
        .collect();
    Output::new(OutputFormat::Lifecycle, pretty(&json!({ "rules": rules }))).note(format!(
        "Save it as lifecycle.json: `az storage account management-policy create --account-name {} --resource-group GROUP --policy @lifecycle.json`. It replaces the account's policy.",
        plan.account.as_deref().unwrap_or("ACCOUNT")
    ))
}

//! The end: deletes what was written the way Langfuse does, then cleans up the rest, regardless of other steps'
//! outcomes.

use crate::probe::artifact::Artifact;
use crate::probe::case::{Case, Versions, during};
use crate::probe::progress::Job;
use crate::probe::result::{Finding, Next, StepResult};
use crate::probe::row::{Row, Work};
use crate::probe::signing::{read_aborted, read_delete, read_deleted_many};
use crate::probe::step::Step;
use crate::probe::transport::Answer;
use crate::report::Severity;
use crate::sign::Timestamp;
use crate::storage::Algorithm;
use crate::storage::cause::Action;
use crate::storage::list_multipart_uploads::ListMultipartUploads;
use crate::storage::list_object_versions::ListObjectVersions;
use crate::variable::UseCase::{Events, Media};

/// How often a deletion is attempted.
const ATTEMPTS: u32 = 3;

pub(in crate::probe) static DELETE: Row = Row {
    use_cases: &[Events, Media],
    writes: true,
    after: &[Step::Bucket],
    waits: &[
        Step::Get,
        Step::OddKey,
        Step::LongKey,
        Step::LinkGet,
        Step::LinkPut,
        Step::LinkChecksum,
        Step::PublicAccess,
    ],
    ..Row::new(
        Step::Delete,
        "DELETE of what was written, in one request with the checksum that Langfuse sends; on Azure one by one",
        Work::Request { begin: begin_delete, on_response: on_delete_response },
    )
};

/// It waits for every other step and runs even if they fail.
pub(in crate::probe) static CLEANUP: Row = Row {
    writes: true,
    ..Row::new(
        Step::Cleanup,
        "deletion of everything that's left",
        Work::Request { begin: begin_cleanup, on_response: on_cleanup_response },
    )
};

fn object_keys(case: &Case) -> Vec<String> {
    case.artifacts.iter().filter(|a| a.is_object()).map(|t| t.key().to_owned()).collect()
}

fn begin_delete(case: &mut Case, now: Timestamp) -> Next {
    let keys = object_keys(case);
    if keys.is_empty() {
        return StepResult::skip_only("nothing was written").into();
    }
    if case.on_azure() {
        let Some(key) = keys.first() else { return StepResult::pass("").into() };
        return case.request(now, |signing| signing.delete(key, None));
    }
    let checksum = case.accesses().map_or(Algorithm::Crc32, |a| a.requests.delete_checksum);
    delete_many(case, &keys, checksum, now)
}

fn delete_many(case: &mut Case, keys: &[String], checksum: Algorithm, now: Timestamp) -> Next {
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    case.request(now, |signing| signing.delete_many(&keys, checksum))
}

fn on_delete_response(case: &mut Case, answer: Answer, now: Timestamp) -> Next {
    let (head, body) = match case.response(answer) {
        Ok(taken) => taken,
        Err(result) => return result.into(),
    };
    let keys = object_keys(case);
    if case.on_azure() {
        if let Err(error) = read_delete(true, &head, &body) {
            return StepResult::error_response(&error, during(Action::Delete)).into();
        }
        if let Some(key) = keys.first() {
            case.untrack(&Artifact::Object { key: key.clone() });
        }
        return match object_keys(case).first() {
            Some(key) => case.request(now, |signing| signing.delete(key, None)),
            None => StepResult::pass("one by one").into(),
        };
    }
    let checksum = case.accesses().map_or(Algorithm::Crc32, |a| a.requests.delete_checksum);
    let names: Vec<&str> = keys.iter().map(String::as_str).collect();
    match read_deleted_many(&names, &head, &body) {
        Ok(failed) => {
            for key in &keys {
                if !failed.iter().any(|f| f.key == *key) {
                    case.untrack(&Artifact::Object { key: key.clone() });
                }
            }
            if let Some(first) = failed.first() {
                let code = first.code.clone().unwrap_or_else(|| "no code".into());
                let detail = format!("{} of {} not deleted, {code}: {}", failed.len(), keys.len(), first.message);
                return StepResult::fail("delete-many-denied", detail).into();
            }
            match case.progress.delete.rejected.take() {
                Some(error) => with_md5(StepResult::error_response(&error, during(Action::DeleteMany))).into(),
                None => StepResult::pass(format!("{} in one request, {}", keys.len(), checksum.name())).into(),
            }
        }
        Err(error) => {
            let unknown = matches!(error.status, 400 | 501) && checksum != Algorithm::Md5;
            if unknown && case.progress.delete.rejected.is_none() {
                case.progress.delete.rejected = Some(error);
                return delete_many(case, &keys, Algorithm::Md5, now);
            }
            let error = case.progress.delete.rejected.take().unwrap_or(error);
            StepResult::error_response(&error, during(Action::DeleteMany)).into()
        }
    }
}

fn begin_cleanup(case: &mut Case, now: Timestamp) -> Next {
    let mut jobs: Vec<Job> = Vec::new();
    let written = case.artifacts.iter().any(Artifact::is_object);
    let versions = match case.versions {
        Versions::None => false,
        Versions::Enabled => written,
        Versions::Kept => true,
    };
    for artifact in &case.artifacts {
        match artifact {
            // All versions are listed at once.
            Artifact::Object { .. } if versions => {}
            Artifact::Upload { key, id: None } => jobs.push(Job::FindUploads(key.clone())),
            Artifact::Blocks { key } => jobs.push(Job::ReplaceBlocks(key.clone())),
            other => jobs.push(Job::Delete(other.clone())),
        }
    }
    if versions {
        jobs.push(Job::FindVersions);
    }
    jobs.reverse();
    case.progress.cleanup.jobs = jobs;
    next_job(case, now)
}

fn next_job(case: &mut Case, now: Timestamp) -> Next {
    let Some(job) = case.progress.cleanup.jobs.pop() else { return summary(case) };
    case.progress.cleanup.attempts = 1;
    request_job(case, &job, now)
}

fn request_job(case: &mut Case, job: &Job, now: Timestamp) -> Next {
    case.progress.cleanup.current = Some(job.clone());
    let root = case.root.clone();
    case.request(now, |signing| match job {
        Job::Delete(Artifact::Upload { key, id: Some(id) }) => signing.abort(key, id),
        Job::Delete(Artifact::Version { key, id }) => signing.delete(key, Some(id)),
        Job::Delete(artifact) => signing.delete(artifact.key(), None),
        Job::FindUploads(key) => signing.uploads(key),
        Job::FindVersions => signing.versions(&root),
        Job::ReplaceBlocks(key) => signing.claim(key),
    })
}

fn on_cleanup_response(case: &mut Case, answer: Answer, now: Timestamp) -> Next {
    let Some(job) = case.progress.cleanup.current.take() else { return next_job(case, now) };
    let (head, body) = match case.response(answer) {
        Ok(taken) => taken,
        Err(result) => return retry(case, job, result.note, now),
    };
    let azure = case.on_azure();
    let done = match &job {
        Job::Delete(Artifact::Upload { .. }) => read_aborted(&head, &body),
        Job::Delete(_) => read_delete(azure, &head, &body),
        Job::FindUploads(key) => {
            let list = ListMultipartUploads { prefix: key, after: None, most: None };
            list.read(&head, &body).map(|page| {
                let found = page.uploads.into_iter().filter(|u| u.key == *key);
                let found = found.map(|u| Artifact::Upload { key: u.key, id: Some(u.upload_id) });
                case.progress.cleanup.jobs.extend(found.map(Job::Delete));
            })
        }
        Job::FindVersions => {
            let list = ListObjectVersions { prefix: &case.root };
            list.read(&head, &body).map(|versions| {
                let found = versions.into_iter().map(|v| Artifact::Version { key: v.key, id: v.id });
                case.progress.cleanup.jobs.extend(found.map(Job::Delete));
            })
        }
        Job::ReplaceBlocks(key) => {
            let claimed = match crate::storage::accepted(&head, &body) {
                Err(error) if error.code.as_deref() == Some("BlobAlreadyExists") => Ok(()),
                other => other,
            };
            claimed.map(|()| case.progress.cleanup.jobs.push(Job::Delete(Artifact::Object { key: key.clone() })))
        }
    };
    match done {
        Ok(()) => {
            if let Job::Delete(artifact) = &job {
                case.progress.cleanup.deleted = case.progress.cleanup.deleted.saturating_add(1);
                case.untrack(artifact);
            }
            next_job(case, now)
        }
        Err(error) if error.is_temporary() => retry(case, job, error.to_string(), now),
        Err(error) => not_deleted(case, job, error.to_string(), now),
    }
}

fn retry(case: &mut Case, job: Job, why: String, now: Timestamp) -> Next {
    if case.progress.cleanup.attempts < ATTEMPTS {
        case.progress.cleanup.attempts = case.progress.cleanup.attempts.saturating_add(1);
        return request_job(case, &job, now);
    }
    not_deleted(case, job, why, now)
}

fn not_deleted(case: &mut Case, job: Job, why: String, now: Timestamp) -> Next {
    match job {
        Job::Delete(artifact) => case.progress.cleanup.not_deleted.push((artifact, why)),
        Job::FindUploads(key) => case.progress.cleanup.not_deleted.push((Artifact::Upload { key, id: None }, why)),
        Job::ReplaceBlocks(key) => case.progress.cleanup.not_deleted.push((Artifact::Blocks { key }, why)),
        Job::FindVersions => {
            // At least delete the objects themselves.
            let objects: Vec<Artifact> = case.artifacts.iter().filter(|a| a.is_object()).cloned().collect();
            case.progress.cleanup.jobs.extend(objects.into_iter().map(Job::Delete));
            let root = case.root.clone();
            case.progress.cleanup.not_deleted.push((Artifact::Version { key: root, id: "all".into() }, why));
        }
    }
    next_job(case, now)
}

fn summary(case: &mut Case) -> Next {
    if case.progress.cleanup.not_deleted.is_empty() {
        return StepResult::pass(match case.progress.cleanup.deleted {
            0 => "nothing left".to_owned(),
            n => format!("{n} deleted, nothing left"),
        })
        .into();
    }
    let names: Vec<String> =
        case.progress.cleanup.not_deleted.iter().map(|(t, why)| format!("{} {} ({why})", t.kind(), t.key())).collect();
    // Langfuse itself can't delete versions either; each of its deletes leaves some.
    let only_versions = case.progress.cleanup.not_deleted.iter().all(|(t, _)| matches!(t, Artifact::Version { .. }));
    let severity = if only_versions { Severity::Hint } else { Severity::Warning };
    StepResult::found(Finding::new("left-behind", severity).detail(names.join("; "))).into()
}

/// The store rejects Langfuse's checksum and accepts another.
fn with_md5(mut result: StepResult) -> StepResult {
    if let Some(finding) = &mut result.finding {
        finding.extra_help = "With MD5, the store accepted the same request.".into();
    }
    result
}

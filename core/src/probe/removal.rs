//! The end: deletes what was written the way Langfuse does, then cleans up the rest, regardless of other steps'
//! outcomes.

use crate::report::Severity;
use crate::sign::Timestamp;
use crate::storage::cause::Action;
use crate::storage::list_multipart_uploads::ListMultipartUploads;
use crate::storage::list_object_versions::ListObjectVersions;
use crate::storage::{Algorithm, StoreError};

use super::case::{Case, Thing, doing};
use super::finding::{Finding, Next, Verdict};
use super::request::{read_aborted, read_delete, read_deleted_many};
use super::transport::Answer;

/// How often a deletion is attempted.
const TRIES: u32 = 3;

/// One thing to do.
#[derive(Clone, Debug)]
enum Job {
    Remove(Thing),
    /// Find the ID of an upload whose response was lost.
    FindUploads(String),
    FindVersions,
    /// Replace uncommitted blocks with an empty blob.
    Claim(String),
}

/// The work that is left.
#[derive(Debug, Default)]
pub(super) struct Removal {
    jobs: Vec<Job>,
    now: Option<Job>,
    tries: u32,
    removed: usize,
    refused: Option<StoreError>,
}

impl Case {
    fn object_keys(&self) -> Vec<String> {
        self.things.iter().filter(|t| matches!(t, Thing::Object { .. })).map(|t| t.key().to_owned()).collect()
    }

    pub(super) fn begin_delete(&mut self, now: Timestamp) -> Next {
        let keys = self.object_keys();
        if keys.is_empty() {
            return Verdict::pass_over("nothing was written").into();
        }
        if self.on_azure() {
            let Some(key) = keys.first() else { return Verdict::pass("").into() };
            return self.request(now, |signing| signing.delete(key, None));
        }
        let checksum = self.accesses().map_or(Algorithm::Crc32, |a| a.requests.delete_checksum);
        self.delete_many(&keys, checksum, now)
    }

    fn delete_many(&mut self, keys: &[String], checksum: Algorithm, now: Timestamp) -> Next {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        self.request(now, |signing| signing.delete_many(&keys, checksum))
    }

    pub(super) fn hear_delete(&mut self, answer: Answer, now: Timestamp) -> Next {
        let (head, body) = match self.response(answer) {
            Ok(taken) => taken,
            Err(verdict) => return verdict.into(),
        };
        let keys = self.object_keys();
        if self.on_azure() {
            if let Err(error) = read_delete(true, &head, &body) {
                return Verdict::refused(&error, doing(Action::Delete)).into();
            }
            if let Some(key) = keys.first() {
                self.unmake(&Thing::Object { key: key.clone() });
            }
            return match self.object_keys().first() {
                Some(key) => self.request(now, |signing| signing.delete(key, None)),
                None => Verdict::pass("one by one").into(),
            };
        }
        let checksum = self.accesses().map_or(Algorithm::Crc32, |a| a.requests.delete_checksum);
        let names: Vec<&str> = keys.iter().map(String::as_str).collect();
        match read_deleted_many(&names, &head, &body) {
            Ok(failed) => {
                for key in &keys {
                    if !failed.iter().any(|f| f.key == *key) {
                        self.unmake(&Thing::Object { key: key.clone() });
                    }
                }
                if let Some(first) = failed.first() {
                    let code = first.code.clone().unwrap_or_else(|| "no code".into());
                    let said = format!("{} of {} not deleted, {code}: {}", failed.len(), keys.len(), first.message);
                    return Verdict::fail("delete-many-denied", said).into();
                }
                match self.removal.refused.take() {
                    Some(error) => with_md5(Verdict::refused(&error, doing(Action::DeleteMany))).into(),
                    None => Verdict::pass(format!("{} in one request, {}", keys.len(), checksum.name())).into(),
                }
            }
            Err(error) => {
                let unknown = matches!(error.status, 400 | 501) && checksum != Algorithm::Md5;
                if unknown && self.removal.refused.is_none() {
                    self.removal.refused = Some(error);
                    return self.delete_many(&keys, Algorithm::Md5, now);
                }
                let error = self.removal.refused.take().unwrap_or(error);
                Verdict::refused(&error, doing(Action::DeleteMany)).into()
            }
        }
    }

    pub(super) fn begin_cleanup(&mut self, now: Timestamp) -> Next {
        let mut jobs: Vec<Job> = Vec::new();
        let written = self.things.iter().any(|t| matches!(t, Thing::Object { .. }));
        let versions = self.kept_versions || (self.versioned && written);
        for thing in &self.things {
            match thing {
                // All versions are listed at once.
                Thing::Object { .. } if versions => {}
                Thing::Upload { key, id: None } => jobs.push(Job::FindUploads(key.clone())),
                Thing::Blocks { key } => jobs.push(Job::Claim(key.clone())),
                other => jobs.push(Job::Remove(other.clone())),
            }
        }
        if versions {
            jobs.push(Job::FindVersions);
        }
        jobs.reverse();
        self.removal.jobs = jobs;
        self.next_job(now)
    }

    fn next_job(&mut self, now: Timestamp) -> Next {
        let Some(job) = self.removal.jobs.pop() else { return self.removed() };
        self.removal.tries = 1;
        self.ask_job(&job, now)
    }

    fn ask_job(&mut self, job: &Job, now: Timestamp) -> Next {
        self.removal.now = Some(job.clone());
        let root = self.root.clone();
        self.request(now, |signing| match job {
            Job::Remove(Thing::Upload { key, id: Some(id) }) => signing.abort(key, id),
            Job::Remove(Thing::Version { key, id }) => signing.delete(key, Some(id)),
            Job::Remove(thing) => signing.delete(thing.key(), None),
            Job::FindUploads(key) => signing.uploads(key),
            Job::FindVersions => signing.versions(&root),
            Job::Claim(key) => signing.claim(key),
        })
    }

    pub(super) fn hear_cleanup(&mut self, answer: Answer, now: Timestamp) -> Next {
        let Some(job) = self.removal.now.take() else { return self.next_job(now) };
        let (head, body) = match self.response(answer) {
            Ok(taken) => taken,
            Err(verdict) => return self.again_or_stuck(job, verdict.note, now),
        };
        let azure = self.on_azure();
        let done = match &job {
            Job::Remove(Thing::Upload { .. }) => read_aborted(&head, &body),
            Job::Remove(_) => read_delete(azure, &head, &body),
            Job::FindUploads(key) => {
                let list = ListMultipartUploads { prefix: key, after: None, most: None };
                list.read(&head, &body).map(|page| {
                    let found = page.uploads.into_iter().filter(|u| u.key == *key);
                    let found = found.map(|u| Thing::Upload { key: u.key, id: Some(u.upload_id) });
                    self.removal.jobs.extend(found.map(Job::Remove));
                })
            }
            Job::FindVersions => {
                let list = ListObjectVersions { prefix: &self.root };
                list.read(&head, &body).map(|versions| {
                    let found = versions.into_iter().map(|v| Thing::Version { key: v.key, id: v.id });
                    self.removal.jobs.extend(found.map(Job::Remove));
                })
            }
            Job::Claim(key) => {
                let claimed = match crate::storage::accepted(&head, &body) {
                    Err(error) if error.code.as_deref() == Some("BlobAlreadyExists") => Ok(()),
                    other => other,
                };
                claimed.map(|()| self.removal.jobs.push(Job::Remove(Thing::Object { key: key.clone() })))
            }
        };
        match done {
            Ok(()) => {
                if let Job::Remove(thing) = &job {
                    self.removal.removed = self.removal.removed.saturating_add(1);
                    self.unmake(thing);
                }
                self.next_job(now)
            }
            Err(error) if error.is_temporary() => self.again_or_stuck(job, error.to_string(), now),
            Err(error) => self.stuck_with(job, error.to_string(), now),
        }
    }

    fn again_or_stuck(&mut self, job: Job, why: String, now: Timestamp) -> Next {
        if self.removal.tries < TRIES {
            self.removal.tries = self.removal.tries.saturating_add(1);
            return self.ask_job(&job, now);
        }
        self.stuck_with(job, why, now)
    }

    fn stuck_with(&mut self, job: Job, why: String, now: Timestamp) -> Next {
        match job {
            Job::Remove(thing) => self.stuck.push((thing, why)),
            Job::FindUploads(key) => self.stuck.push((Thing::Upload { key, id: None }, why)),
            Job::Claim(key) => self.stuck.push((Thing::Blocks { key }, why)),
            Job::FindVersions => {
                // At least delete the objects themselves.
                let objects: Vec<Thing> =
                    self.things.iter().filter(|t| matches!(t, Thing::Object { .. })).cloned().collect();
                self.removal.jobs.extend(objects.into_iter().map(Job::Remove));
                let root = self.root.clone();
                self.stuck.push((Thing::Version { key: root, id: "all".into() }, why));
            }
        }
        self.next_job(now)
    }

    fn removed(&mut self) -> Next {
        if self.stuck.is_empty() {
            return Verdict::pass(match self.removal.removed {
                0 => "nothing left".to_owned(),
                n => format!("{n} deleted, nothing left"),
            })
            .into();
        }
        let names: Vec<String> =
            self.stuck.iter().map(|(t, why)| format!("{} {} ({why})", t.kind(), t.key())).collect();
        // Langfuse itself can't delete versions either; each of its deletes leaves some.
        let only_versions = self.stuck.iter().all(|(t, _)| matches!(t, Thing::Version { .. }));
        let severity = if only_versions { Severity::Hint } else { Severity::Warning };
        Verdict::found(Finding::new("left-behind", severity).said(names.join("; "))).into()
    }
}

/// The store rejects Langfuse's checksum and accepts another.
fn with_md5(mut verdict: Verdict) -> Verdict {
    if let Some(finding) = &mut verdict.finding {
        finding.more = "With MD5, the store accepted the same request.".into();
    }
    verdict
}

//! Objects: list, write and read back, under plain and unusual keys.

use crate::sign::Timestamp;
use crate::storage::StoreError;
use crate::storage::cause::Action;

use super::case::{Case, Thing, doing};
use super::finding::{Next, Verdict};
use super::request::{read_delete, read_list, read_put};
use super::step::Step;
use super::transport::Answer;

/// A segment length, in bytes, that file systems reject (their limit is 255) and Langfuse may exceed.
const LONG: usize = 300;

/// The body to write: JSON with characters of two, three and four bytes.
pub(super) const BODY: &str =
    "[{\"from\":\"langfuse-blob doctor\",\"may be removed\":true,\"text\":\"ä ß 日本 😀 \\u0000\"}]";

/// A file name that some proxies and stores mishandle.
const ODD: &str = "odd =+ &é~.json";

impl Case {
    pub(super) fn begin_list(&mut self, now: Timestamp) -> Next {
        let prefix = self.accesses().map(|a| a.requests.prefix.clone()).unwrap_or_default();
        self.request(now, |signing| signing.list(&prefix))
    }

    pub(super) fn hear_list(&mut self, answer: Answer) -> Next {
        let (head, body) = match self.response(answer) {
            Ok(taken) => taken,
            Err(verdict) => return verdict.into(),
        };
        match read_list(self.on_azure(), &head, &body) {
            Ok(()) => Verdict::pass("").into(),
            Err(error) => Verdict::refused(&error, doing(Action::List)).into(),
        }
    }

    pub(super) fn begin_delete_right(&mut self, now: Timestamp) -> Next {
        let key = self.key("never.json");
        self.request(now, |signing| signing.delete(&key, None))
    }

    pub(super) fn hear_delete_right(&mut self, answer: Answer) -> Next {
        let (head, body) = match self.response(answer) {
            Ok(taken) => taken,
            // Without a response, nothing is written that might be left behind.
            Err(verdict) => return verdict.into(),
        };
        // Deleting a missing key creates a delete marker in a versioned bucket.
        let mark = head.headers.get("x-amz-version-id").and_then(|v| v.to_str().ok()).map(str::to_owned);
        self.note_version(mark.as_deref());
        let allowed = read_delete(self.on_azure(), &head, &body);
        self.removable = Some(allowed.is_ok());
        match allowed {
            Ok(()) => Verdict::pass("the doctor may delete what it writes").into(),
            Err(error) if error.status == 403 => Verdict::pass(
                "no permission to delete, which Langfuse doesn't need here; writes that would remain are skipped",
            )
            .into(),
            Err(error) => Verdict::refused(&error, doing(Action::Delete)).into(),
        }
    }

    /// The key that a step writes.
    fn name_of(&self, step: Step) -> String {
        match step {
            Step::OddKey => self.key(ODD),
            Step::LongKey => {
                let bytes = LONG.min(self.subject.longest_segment);
                self.key(&format!("{}.json", "x".repeat(bytes.saturating_sub(5))))
            }
            _ => self.key("put.json"),
        }
    }

    pub(super) fn begin_put(&mut self, step: Step, now: Timestamp) -> Next {
        if self.removable == Some(false) {
            return Verdict::pass_over("it couldn't be deleted afterwards").into();
        }
        let key = self.name_of(step);
        self.make(Thing::Object { key: key.clone() });
        self.request(now, |signing| signing.put(&key, "application/json", BODY.into()))
    }

    pub(super) fn hear_put(&mut self, step: Step, answer: Answer, now: Timestamp) -> Next {
        let key = self.name_of(step);
        if step == Step::OddKey && self.turn(step) > 1 {
            return self.hear_get(step, answer);
        }
        let (head, body) = match self.response(answer) {
            Ok(taken) => taken,
            Err(verdict) => return self.of_key(step, verdict).into(),
        };
        let facts = match read_put(self.on_azure(), &head, &body) {
            Ok(facts) => facts,
            Err(error) => {
                self.not_made(&key, &error);
                return self.of_key(step, Verdict::refused(&error, doing(Action::Put))).into();
            }
        };
        self.note_version(facts.version_id.as_deref());
        match step {
            Step::OddKey => self.request(now, |signing| signing.get(&key)),
            Step::LongKey => {
                let bytes = LONG.min(self.subject.longest_segment);
                Verdict::pass(format!("{bytes} bytes")).into()
            }
            _ => {
                let wanted = self.accesses().and_then(|a| a.requests.encryption().sse.map(str::to_owned));
                match wanted {
                    Some(wanted) if facts.sse.as_deref() != Some(wanted.as_str()) && !self.on_azure() => {
                        Verdict::warn("encryption-ignored", format!("requested {wanted}")).into()
                    }
                    Some(wanted) => Verdict::pass(format!("encrypted with {wanted}")).into(),
                    None => Verdict::pass("").into(),
                }
            }
        }
    }

    /// The verdict on a key that only some stores accept.
    fn of_key(&self, step: Step, verdict: Verdict) -> Verdict {
        let said = verdict.finding.as_ref().map(|f| f.said.clone()).unwrap_or_default();
        match step {
            Step::LongKey | Step::OddKey if verdict.finding.as_ref().is_some_and(is_of_others) => verdict,
            Step::LongKey => Verdict::warn("long-key-refused", said),
            Step::OddKey => Verdict::fail("odd-key-refused", said),
            _ => verdict,
        }
    }

    pub(super) fn begin_get(&mut self, now: Timestamp) -> Next {
        if !self.passed(Step::Put) {
            return Verdict::pass_over("nothing was written").into();
        }
        let key = self.key("put.json");
        self.request(now, |signing| signing.get(&key))
    }

    pub(super) fn hear_get(&mut self, step: Step, answer: Answer) -> Next {
        let (head, body) = match self.response(answer) {
            Ok(taken) => taken,
            Err(verdict) => return verdict.into(),
        };
        if !head.status.is_success() {
            let error = StoreError::read(head.status, &head.headers, &body);
            return self.of_key(step, Verdict::refused(&error, doing(Action::Get))).into();
        }
        if body == BODY.as_bytes() {
            return Verdict::pass("").into();
        }
        let error = StoreError::read(head.status, &head.headers, &body);
        if matches!(error.body, crate::storage::error::Body::Html) {
            return Verdict::refused(&error, doing(Action::Get)).into();
        }
        Verdict::fail("body-differs", format!("wrote {} bytes, read back {}", BODY.len(), body.len())).into()
    }

    /// A 4xx means that nothing was created. A 5xx may come after the store created the object.
    pub(super) fn not_made(&mut self, key: &str, error: &StoreError) {
        if matches!(error.status, 400..=499) {
            self.unmake(&Thing::Object { key: key.to_owned() });
        }
    }

    pub(super) fn note_version(&mut self, version: Option<&str>) {
        if version.is_some_and(|v| v != "null") {
            self.versioned = true;
            self.kept_versions = true;
        }
    }
}

/// Whether the finding has nothing to do with the key. A bad signature does, if a plain key worked.
fn is_of_others(finding: &super::finding::Finding) -> bool {
    use crate::storage::cause::Topic;
    matches!(finding.cause.topic, Topic::Permission | Topic::Network | Topic::Store)
}

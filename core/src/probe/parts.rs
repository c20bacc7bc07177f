//! Multipart uploads as exports make them: completed, and aborted. On Azure, the same with blocks.

use http::response::Parts as Head;

use crate::sign::Timestamp;
use crate::storage::azure::UploadId;
use crate::storage::cause::Action;
use crate::storage::{Part, PartNumber, StoreError, accepted};

use super::case::{Case, Thing, doing};
use super::finding::{Finding, Next, Verdict, named};
use super::request::{read_aborted, read_completed, read_part, read_upload};
use super::step::Step;
use super::transport::Answer;
use crate::report::Severity;

/// Bytes of the first part: S3's minimum for every part but the last.
/// Source: Amazon S3 user guide, "Amazon S3 multipart upload limits".
pub(super) const FIRST: usize = 5 * 1024 * 1024;

/// Bytes of the last part.
const LAST: usize = 1024;

/// What is known about the uploads in progress.
#[derive(Debug, Default)]
pub(super) struct Uploads {
    id: Option<String>,
    parts: Vec<Part>,
    to_abort: Option<String>,
    blocks: Option<UploadId>,
    /// The verdict to return once the upload is aborted.
    then: Option<Box<Verdict>>,
}

/// Incompressible bytes, so that a compressing proxy can't bring them below a size limit.
pub(super) fn noise(length: usize) -> Vec<u8> {
    let mut state: u32 = 0x9e37_79b9;
    let mut out = Vec::with_capacity(length);
    while out.len() < length {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        out.extend_from_slice(&state.to_le_bytes());
    }
    out.truncate(length);
    out
}

impl Case {
    fn parts_key(&self) -> String {
        self.key("parts.csv")
    }

    fn abort_key(&self) -> String {
        self.key("abort.csv")
    }

    pub(super) fn begin_parts(&mut self, now: Timestamp, random: &[u8; 16]) -> Next {
        let key = self.parts_key();
        if self.on_azure() {
            let upload = UploadId::new(*random);
            let block = upload.block(1);
            self.uploads.blocks = Some(upload);
            self.make(Thing::Blocks { key: key.clone() });
            return self.request(now, |signing| signing.block(&key, &block, noise(FIRST)));
        }
        self.make(Thing::Upload { key: key.clone(), id: None });
        self.request(now, |signing| signing.begin_upload(&key))
    }

    pub(super) fn hear_parts(&mut self, answer: Answer, now: Timestamp) -> Next {
        let (head, body) = match self.response(answer) {
            Ok(taken) => taken,
            Err(verdict) => return verdict.into(),
        };
        if self.on_azure() { self.hear_blocks(&head, &body, now) } else { self.hear_s3_parts(&head, &body, now) }
    }

    fn hear_s3_parts(&mut self, head: &Head, body: &[u8], now: Timestamp) -> Next {
        let key = self.parts_key();
        let Some(id) = self.uploads.id.clone() else {
            return match read_upload(head, body) {
                Ok(id) => {
                    self.unmake(&Thing::Upload { key: key.clone(), id: None });
                    self.make(Thing::Upload { key: key.clone(), id: Some(id.clone()) });
                    self.uploads.id = Some(id.clone());
                    let Some(first) = PartNumber::new(1) else { return Verdict::skip("").into() };
                    self.request(now, |signing| signing.part(&key, &id, first, noise(FIRST)))
                }
                Err(error) => {
                    self.no_upload(&key, &error);
                    Verdict::refused(&error, doing(Action::Put)).into()
                }
            };
        };
        if let Some(verdict) = self.uploads.then.take() {
            // The upload is aborted, or the cleanup at the end does it.
            if read_aborted(head, body).is_ok() {
                self.unmake(&Thing::Upload { key, id: Some(id) });
            }
            return Next::End(*verdict);
        }
        let done = self.uploads.parts.len();
        if done < 2 {
            let size = if done == 0 { FIRST } else { LAST };
            let (Some(this), Some(next)) = (PartNumber::new(if done == 0 { 1 } else { 2 }), PartNumber::new(2)) else {
                return Verdict::skip("").into();
            };
            return match read_part(this, size, head, body) {
                Ok(part) => {
                    self.uploads.parts.push(part);
                    if done == 0 {
                        return self.request(now, |signing| signing.part(&key, &id, next, noise(LAST)));
                    }
                    if self.removable == Some(false) {
                        let verdict =
                            Verdict::pass("two parts, aborted: without permission to delete, the object would remain");
                        self.uploads.then = Some(Box::new(verdict));
                        return self.request(now, |signing| signing.abort(&key, &id));
                    }
                    self.make(Thing::Object { key: key.clone() });
                    let parts = std::mem::take(&mut self.uploads.parts);
                    let next = self.request(now, |signing| signing.complete(&key, &id, &parts));
                    self.uploads.parts = parts;
                    next
                }
                Err(error) => {
                    self.uploads.then = Some(Box::new(of_part(&error)));
                    self.request(now, |signing| signing.abort(&key, &id))
                }
            };
        }
        match read_completed(head, body) {
            Ok(()) => {
                self.unmake(&Thing::Upload { key, id: Some(id) });
                self.drop_answer_head(head);
                Verdict::pass("two parts").into()
            }
            Err(error) => Verdict::refused(&error, doing(Action::Complete)).into(),
        }
    }

    fn hear_blocks(&mut self, head: &Head, body: &[u8], now: Timestamp) -> Next {
        let key = self.parts_key();
        let Some(upload) = self.uploads.blocks.clone() else { return Verdict::skip("").into() };
        if let Err(error) = accepted(head, body) {
            return of_part(&error).into();
        }
        match self.turn(Step::Parts) {
            1 => {
                let block = upload.block(2);
                self.request(now, |signing| signing.block(&key, &block, noise(LAST)))
            }
            2 => {
                let blocks = [upload.block(1), upload.block(2)];
                self.make(Thing::Object { key: key.clone() });
                self.request(now, |signing| signing.commit(&key, &blocks))
            }
            _ => {
                self.unmake(&Thing::Blocks { key });
                Verdict::pass("two blocks").into()
            }
        }
    }

    pub(super) fn begin_abort(&mut self, now: Timestamp) -> Next {
        let key = self.abort_key();
        self.make(Thing::Upload { key: key.clone(), id: None });
        self.request(now, |signing| signing.begin_upload(&key))
    }

    pub(super) fn hear_abort(&mut self, answer: Answer, now: Timestamp) -> Next {
        let key = self.abort_key();
        let (head, body) = match self.response(answer) {
            Ok(taken) => taken,
            Err(verdict) => return verdict.into(),
        };
        let Some(id) = self.uploads.to_abort.clone() else {
            return match read_upload(&head, &body) {
                Ok(id) => {
                    self.unmake(&Thing::Upload { key: key.clone(), id: None });
                    self.make(Thing::Upload { key: key.clone(), id: Some(id.clone()) });
                    self.uploads.to_abort = Some(id.clone());
                    self.request(now, |signing| signing.abort(&key, &id))
                }
                Err(error) => {
                    self.no_upload(&key, &error);
                    Verdict::refused(&error, doing(Action::Put)).into()
                }
            };
        };
        match read_aborted(&head, &body) {
            Ok(()) => {
                self.unmake(&Thing::Upload { key, id: Some(id) });
                Verdict::pass("").into()
            }
            Err(error) if error.status == 403 => {
                Verdict::found(Finding::of(named("abort-denied"), Severity::Warning).said(error.to_string())).into()
            }
            Err(error) => Verdict::refused(&error, doing(Action::Delete)).into(),
        }
    }

    fn no_upload(&mut self, key: &str, error: &StoreError) {
        if matches!(error.status, 400..=499 | 501) {
            self.unmake(&Thing::Upload { key: key.to_owned(), id: None });
        }
    }

    fn drop_answer_head(&mut self, head: &Head) {
        let version = head.headers.get("x-amz-version-id").and_then(|v| v.to_str().ok()).map(str::to_owned);
        self.note_version(version.as_deref());
    }
}

/// The verdict on a rejected part.
fn of_part(error: &StoreError) -> Verdict {
    if error.status == 413 || error.code.as_deref() == Some("EntityTooLarge") {
        return Verdict::fail("multipart-body-too-large", error.to_string());
    }
    Verdict::refused(error, doing(Action::Put))
}

//! Multipart uploads as exports make them: completed, and aborted. On Azure, the same with blocks.

use http::response::Parts as Head;

use crate::probe::artifact::Artifact;
use crate::probe::body::incompressible;
use crate::probe::case::{Case, during};
use crate::probe::result::{Finding, Next, StepResult, cause_named};
use crate::probe::row::{Row, Work};
use crate::probe::signing::{read_aborted, read_completed, read_part, read_upload};
use crate::probe::step::Step;
use crate::probe::transport::Answer;
use crate::report::Severity;
use crate::sign::Timestamp;
use crate::storage::azure::UploadId;
use crate::storage::cause::Action;
use crate::storage::{PartNumber, StoreError, accepted};
use crate::variable::UseCase::{CoreData, Exports};

/// Bytes of the first part: S3's minimum for every part but the last.
/// Source: Amazon S3 user guide, "Amazon S3 multipart upload limits".
const FIRST: usize = 5 * 1024 * 1024;

/// Bytes of the last part.
const LAST: usize = 1024;

pub(in crate::probe) static PARTS: Row = Row {
    use_cases: &[Exports, CoreData],
    writes: true,
    after: &[Step::Put],
    waits: &[Step::DeleteRight],
    ..Row::new(
        Step::Parts,
        "a multipart upload of two parts, 5 MiB and 1 KiB, completed (or aborted, without permission to delete)",
        Work::Request { begin: begin_parts, on_response: on_parts_response },
    )
};

pub(in crate::probe) static ABORT: Row = Row {
    use_cases: &[Exports, CoreData],
    only_s3: true,
    writes: true,
    after: &[Step::Put],
    ..Row::new(
        Step::Abort,
        "start and abort a multipart upload",
        Work::Request { begin: begin_abort, on_response: on_abort_response },
    )
};

fn parts_key(case: &Case) -> String {
    case.key("parts.csv")
}

fn abort_key(case: &Case) -> String {
    case.key("abort.csv")
}

fn begin_parts(case: &mut Case, now: Timestamp) -> Next {
    let key = parts_key(case);
    if case.on_azure() {
        let upload = UploadId::new(case.random);
        let block = upload.block(1);
        case.progress.multipart.blocks = Some(upload);
        case.track(Artifact::Blocks { key: key.clone() });
        return case.request(now, |signing| signing.block(&key, &block, incompressible(FIRST)));
    }
    case.track(Artifact::Upload { key: key.clone(), id: None });
    case.request(now, |signing| signing.begin_upload(&key))
}

fn on_parts_response(case: &mut Case, answer: Answer, now: Timestamp) -> Next {
    let (head, body) = match case.response(answer) {
        Ok(taken) => taken,
        Err(result) => return result.into(),
    };
    if case.on_azure() {
        on_blocks_response(case, &head, &body, now)
    } else {
        on_s3_parts_response(case, &head, &body, now)
    }
}

fn on_s3_parts_response(case: &mut Case, head: &Head, body: &[u8], now: Timestamp) -> Next {
    let key = parts_key(case);
    let Some(id) = case.progress.multipart.id.clone() else {
        return match read_upload(head, body) {
            Ok(id) => {
                case.untrack(&Artifact::Upload { key: key.clone(), id: None });
                case.track(Artifact::Upload { key: key.clone(), id: Some(id.clone()) });
                case.progress.multipart.id = Some(id.clone());
                let Some(first) = PartNumber::new(1) else { return StepResult::skip("").into() };
                case.request(now, |signing| signing.part(&key, &id, first, incompressible(FIRST)))
            }
            Err(error) => {
                untrack_upload(case, &key, &error);
                StepResult::error_response(&error, during(Action::Put)).into()
            }
        };
    };
    if let Some(result) = case.progress.multipart.after_abort.take() {
        // The upload is aborted, or the cleanup at the end does it.
        if read_aborted(head, body).is_ok() {
            case.untrack(&Artifact::Upload { key, id: Some(id) });
        }
        return Next::Done(*result);
    }
    let done = case.progress.multipart.parts.len();
    if done < 2 {
        let size = if done == 0 { FIRST } else { LAST };
        let (Some(this), Some(next)) = (PartNumber::new(if done == 0 { 1 } else { 2 }), PartNumber::new(2)) else {
            return StepResult::skip("").into();
        };
        return match read_part(this, size, head, body) {
            Ok(part) => {
                case.progress.multipart.parts.push(part);
                if done == 0 {
                    return case.request(now, |signing| signing.part(&key, &id, next, incompressible(LAST)));
                }
                if case.may_delete == Some(false) {
                    let result =
                        StepResult::pass("two parts, aborted: without permission to delete, the object would remain");
                    case.progress.multipart.after_abort = Some(Box::new(result));
                    return case.request(now, |signing| signing.abort(&key, &id));
                }
                case.track(Artifact::Object { key: key.clone() });
                let parts = std::mem::take(&mut case.progress.multipart.parts);
                let next = case.request(now, |signing| signing.complete(&key, &id, &parts));
                case.progress.multipart.parts = parts;
                next
            }
            Err(error) => {
                case.progress.multipart.after_abort = Some(Box::new(part_result(&error)));
                case.request(now, |signing| signing.abort(&key, &id))
            }
        };
    }
    match read_completed(head, body) {
        Ok(()) => {
            case.untrack(&Artifact::Upload { key, id: Some(id) });
            case.note_version(head);
            StepResult::pass("two parts").into()
        }
        Err(error) => StepResult::error_response(&error, during(Action::Complete)).into(),
    }
}

fn on_blocks_response(case: &mut Case, head: &Head, body: &[u8], now: Timestamp) -> Next {
    let key = parts_key(case);
    let Some(upload) = case.progress.multipart.blocks.clone() else { return StepResult::skip("").into() };
    if let Err(error) = accepted(head, body) {
        return part_result(&error).into();
    }
    match case.requests_made(Step::Parts) {
        1 => {
            let block = upload.block(2);
            case.request(now, |signing| signing.block(&key, &block, incompressible(LAST)))
        }
        2 => {
            let blocks = [upload.block(1), upload.block(2)];
            case.track(Artifact::Object { key: key.clone() });
            case.request(now, |signing| signing.commit(&key, &blocks))
        }
        _ => {
            case.untrack(&Artifact::Blocks { key });
            StepResult::pass("two blocks").into()
        }
    }
}

fn begin_abort(case: &mut Case, now: Timestamp) -> Next {
    let key = abort_key(case);
    case.track(Artifact::Upload { key: key.clone(), id: None });
    case.request(now, |signing| signing.begin_upload(&key))
}

fn on_abort_response(case: &mut Case, answer: Answer, now: Timestamp) -> Next {
    let key = abort_key(case);
    let (head, body) = match case.response(answer) {
        Ok(taken) => taken,
        Err(result) => return result.into(),
    };
    let Some(id) = case.progress.multipart.to_abort.clone() else {
        return match read_upload(&head, &body) {
            Ok(id) => {
                case.untrack(&Artifact::Upload { key: key.clone(), id: None });
                case.track(Artifact::Upload { key: key.clone(), id: Some(id.clone()) });
                case.progress.multipart.to_abort = Some(id.clone());
                case.request(now, |signing| signing.abort(&key, &id))
            }
            Err(error) => {
                untrack_upload(case, &key, &error);
                StepResult::error_response(&error, during(Action::Put)).into()
            }
        };
    };
    match read_aborted(&head, &body) {
        Ok(()) => {
            case.untrack(&Artifact::Upload { key, id: Some(id) });
            StepResult::pass("").into()
        }
        Err(error) if error.status == 403 => {
            StepResult::found(Finding::of(cause_named("abort-denied"), Severity::Warning).detail(error.to_string()))
                .into()
        }
        Err(error) => StepResult::error_response(&error, during(Action::Delete)).into(),
    }
}

fn untrack_upload(case: &mut Case, key: &str, error: &StoreError) {
    if matches!(error.status, 400..=499 | 501) {
        case.untrack(&Artifact::Upload { key: key.to_owned(), id: None });
    }
}

/// The result on a rejected part.
fn part_result(error: &StoreError) -> StepResult {
    if error.status == 413 || error.code.as_deref() == Some("EntityTooLarge") {
        return StepResult::fail("multipart-body-too-large", error.to_string());
    }
    StepResult::error_response(error, during(Action::Put))
}

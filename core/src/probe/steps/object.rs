//! Objects: list, write and read back, under plain and unusual keys.

use crate::probe::artifact::Artifact;
use crate::probe::body::BODY;
use crate::probe::case::{Case, during};
use crate::probe::result::{Finding, Next, StepResult};
use crate::probe::row::{Row, Work};
use crate::probe::signing::{read_delete, read_list, read_put};
use crate::probe::step::Step;
use crate::probe::transport::Answer;
use crate::sign::Timestamp;
use crate::storage::StoreError;
use crate::storage::cause::{Action, Topic};
use crate::storage::error::Body;
use crate::variable::UseCase::{CoreData, Events, Exports, Media};

/// A segment length, in bytes, that file systems reject (their limit is 255) and Langfuse may exceed.
const LONG: usize = 300;

/// A file name that some proxies and stores mishandle.
const ODD: &str = "odd =+ &é~.json";

pub(in crate::probe) static LIST: Row = Row {
    use_cases: &[Events],
    after: &[Step::Bucket],
    ..Row::new(
        Step::List,
        "a listing of one key under the prefix",
        Work::Request { begin: begin_list, on_response: on_list_response },
    )
};

pub(in crate::probe) static DELETE_RIGHT: Row = Row {
    use_cases: &[Exports, CoreData],
    only_s3: true,
    writes: true,
    after: &[Step::Bucket],
    ..Row::new(
        Step::DeleteRight,
        "DELETE of a missing key. Langfuse never deletes here; without the permission, the doctor skips writes that it \
         couldn't clean up",
        Work::Request { begin: begin_delete_right, on_response: on_delete_right_response },
    )
};

pub(in crate::probe) static PUT: Row = Row {
    writes: true,
    after: &[Step::Bucket, Step::DeleteRight],
    ..Row::new(
        Step::Put,
        "PUT of a small JSON object with non-ASCII letters, with the use case's encryption; if the store fails, without it",
        Work::Request { begin: |case, now| begin_put(case, &put_key(case), now), on_response: on_put_response },
    )
};

pub(in crate::probe) static GET: Row = Row {
    use_cases: &[Events, Media, Exports],
    writes: true,
    after: &[Step::Put],
    ..Row::new(
        Step::Get,
        "GET of the same object, compared byte for byte",
        Work::Request { begin: begin_get, on_response: |case, answer, _| read_back(case, answer, |r| r).into() },
    )
};

pub(in crate::probe) static ODD_KEY: Row = Row {
    use_cases: &[Events],
    writes: true,
    after: &[Step::Get],
    ..Row::new(
        Step::OddKey,
        "PUT and GET of a key with a space, `+`, `=`, `&` and non-ASCII letters",
        Work::Request { begin: |case, now| begin_put(case, &case.key(ODD), now), on_response: on_odd_key_response },
    )
};

pub(in crate::probe) static LONG_KEY: Row = Row {
    use_cases: &[Events],
    writes: true,
    after: &[Step::Put],
    ..Row::new(
        Step::LongKey,
        "PUT of a key with a segment of 300 bytes, or of Langfuse's limit if that's shorter",
        Work::Request { begin: |case, now| begin_put(case, &long_key(case), now), on_response: on_long_key_response },
    )
};

fn begin_list(case: &mut Case, now: Timestamp) -> Next {
    let prefix = case.accesses().map(|a| a.requests.prefix.clone()).unwrap_or_default();
    case.request(now, |signing| signing.list(&prefix))
}

fn on_list_response(case: &mut Case, answer: Answer, _: Timestamp) -> Next {
    let (head, body) = match case.response(answer) {
        Ok(taken) => taken,
        Err(result) => return result.into(),
    };
    match read_list(case.on_azure(), &head, &body) {
        Ok(()) => StepResult::pass("").into(),
        Err(error) => StepResult::error_response(&error, during(Action::List)).into(),
    }
}

fn begin_delete_right(case: &mut Case, now: Timestamp) -> Next {
    let key = case.key("never.json");
    case.request(now, |signing| signing.delete(&key, None))
}

fn on_delete_right_response(case: &mut Case, answer: Answer, _: Timestamp) -> Next {
    let (head, body) = match case.response(answer) {
        Ok(taken) => taken,
        // Without a response, nothing is written that might be left behind.
        Err(result) => return result.into(),
    };
    // Deleting a missing key creates a delete marker in a versioned bucket.
    case.note_version(&head);
    let allowed = read_delete(case.on_azure(), &head, &body);
    case.may_delete = Some(allowed.is_ok());
    match allowed {
        Ok(()) => StepResult::pass("the doctor may delete what it writes").into(),
        Err(error) if error.status == 403 => StepResult::pass(
            "no permission to delete, which Langfuse doesn't need here; writes that would remain are skipped",
        )
        .into(),
        Err(error) => StepResult::error_response(&error, during(Action::Delete)).into(),
    }
}

fn put_key(case: &Case) -> String {
    case.key("put.json")
}

/// Bytes of the long segment.
fn long_segment(case: &Case) -> usize {
    LONG.min(case.subject.longest_segment)
}

fn long_key(case: &Case) -> String {
    case.key(&format!("{}.json", "x".repeat(long_segment(case).saturating_sub(5))))
}

fn begin_put(case: &mut Case, key: &str, now: Timestamp) -> Next {
    if case.may_delete == Some(false) {
        return StepResult::skip_only("it couldn't be deleted afterwards").into();
    }
    case.track(Artifact::Object { key: key.to_owned() });
    case.request(now, |signing| signing.put(key, "application/json", BODY.into()))
}

/// The encryption of the object that was written, or the result of a failure.
fn written(case: &mut Case, key: &str, answer: Answer) -> Result<Option<String>, StepResult> {
    let (head, body) = case.response(answer)?;
    match read_put(case.on_azure(), &head, &body) {
        Ok(facts) => {
            case.note_version(&head);
            Ok(facts.sse)
        }
        Err(error) => {
            case.untrack_rejected(key, &error);
            Err(StepResult::error_response(&error, during(Action::Put)))
        }
    }
}

fn on_put_response(case: &mut Case, answer: Answer, now: Timestamp) -> Next {
    let key = put_key(case);
    let wanted = case.accesses().and_then(|a| a.requests.encryption().sse.map(str::to_owned));
    if let Some(encrypted) = case.progress.put.encrypted.take() {
        return on_plain_put_response(case, &key, *encrypted, wanted.as_deref().unwrap_or(""), answer).into();
    }
    let sse = match written(case, &key, answer) {
        Ok(sse) => sse,
        Err(result) if wanted.is_some() && result.finding.as_ref().is_some_and(says_little) => {
            case.progress.put.encrypted = Some(Box::new(result));
            case.track(Artifact::Object { key: key.clone() });
            return case.request(now, |signing| signing.put_plain(&key, "application/json", BODY.into()));
        }
        Err(result) => return with_server(case, result).into(),
    };
    match wanted {
        Some(wanted) if sse.as_deref() != Some(wanted.as_str()) && !case.on_azure() => {
            StepResult::warn("encryption-ignored", format!("requested {wanted}"))
        }
        Some(wanted) => StepResult::pass(format!("encrypted with {wanted}")),
        None => StepResult::pass(""),
    }
    .into()
}

/// Whether the store's response doesn't say what it rejects.
fn says_little(finding: &Finding) -> bool {
    matches!(finding.cause.slug, "store-failed" | "not-implemented" | "request-refused")
}

/// The result of a write that the store rejected with the encryption `wanted`, after the same write without it.
fn on_plain_put_response(
    case: &mut Case,
    key: &str,
    encrypted: StepResult,
    wanted: &str,
    answer: Answer,
) -> StepResult {
    match (written(case, key, answer), &encrypted.finding) {
        (Ok(_), Some(finding)) => {
            StepResult::fail("encryption-refused", format!("with {wanted}: {}", finding.detail.trim_end_matches('.')))
        }
        _ => with_server(case, encrypted),
    }
}

/// The same with what the server's name adds to it.
fn with_server(case: &Case, mut result: StepResult) -> StepResult {
    let seaweedfs = case.first.as_ref().is_some_and(|first| first.server.to_ascii_lowercase().contains("seaweedfs"));
    if seaweedfs && result.finding.as_ref().is_some_and(|f| f.cause.slug == "store-failed") {
        result.finding = result.finding.map(|f| {
            f.extra_help(
"On SeaweedFS, raise `-volume.max` or add a volume server: each bucket takes several volumes, even one that it just created.",
            )
        });
    }
    result
}

fn on_odd_key_response(case: &mut Case, answer: Answer, now: Timestamp) -> Next {
    let key = case.key(ODD);
    if case.requests_made(Step::OddKey) == 1 {
        return match written(case, &key, answer) {
            Ok(_) => case.request(now, |signing| signing.get(&key)),
            Err(result) => odd_key_rejected(result).into(),
        };
    }
    read_back(case, answer, odd_key_rejected).into()
}

fn on_long_key_response(case: &mut Case, answer: Answer, _: Timestamp) -> Next {
    let key = long_key(case);
    match written(case, &key, answer) {
        Ok(_) => StepResult::pass(format!("{} bytes", long_segment(case))),
        Err(result) => due_to_key(result, |detail| StepResult::warn("long-key-refused", detail)),
    }
    .into()
}

fn begin_get(case: &mut Case, now: Timestamp) -> Next {
    if !case.passed(Step::Put) {
        return StepResult::skip_only("nothing was written").into();
    }
    let key = put_key(case);
    case.request(now, |signing| signing.get(&key))
}

/// Compares what was written. `rejected` judges an error response.
fn read_back(case: &Case, answer: Answer, rejected: fn(StepResult) -> StepResult) -> StepResult {
    let (head, body) = match case.response(answer) {
        Ok(response) => response,
        Err(result) => return result,
    };
    if head.status.is_success() && body == BODY.as_bytes() {
        return StepResult::pass("");
    }
    let error = StoreError::read(head.status, &head.headers, &body);
    if !head.status.is_success() {
        return rejected(StepResult::error_response(&error, during(Action::Get)));
    }
    if matches!(error.body, Body::Html) {
        return StepResult::error_response(&error, during(Action::Get));
    }
    StepResult::fail("body-differs", format!("wrote {} bytes, read back {}", BODY.len(), body.len()))
}

fn odd_key_rejected(result: StepResult) -> StepResult {
    due_to_key(result, |detail| StepResult::fail("odd-key-refused", detail))
}

/// The result for a key that only some stores accept, unless the finding has nothing to do with the key. A bad
/// signature does, if a plain key worked.
fn due_to_key(result: StepResult, rejected: fn(String) -> StepResult) -> StepResult {
    let unrelated = |f: &Finding| matches!(f.cause.topic, Topic::Permission | Topic::Network | Topic::Store);
    if result.finding.as_ref().is_some_and(unrelated) {
        return result;
    }
    rejected(result.finding.map(|f| f.detail).unwrap_or_default())
}

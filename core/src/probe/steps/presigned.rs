//! Presigned URLs: signed as web signs them, used as a browser or one of Langfuse's SDKs uses them, without
//! credentials.

use http::Method;

use crate::object::media::Sha256;
use crate::probe::artifact::Artifact;
use crate::probe::body::{BODY, incompressible};
use crate::probe::case::{Case, FirstResponse, during_presigned, link_origin};
use crate::probe::result::{Next, StepResult};
use crate::probe::row::{Row, Work};
use crate::probe::signing::anonymous;
use crate::probe::step::Step;
use crate::probe::subject::LocalCredentials;
use crate::probe::transport::{Answer, ProbeRequest};
use crate::sign::Timestamp;
use crate::storage::access::{Identity, Place};
use crate::storage::cause::Action;
use crate::storage::error::Body;
use crate::storage::presign::{Disposition, Operation, Upload};
use crate::storage::{Encryption, StoreError, accepted};
use crate::variable::{Role, UseCase};

use UseCase::{Exports, Media};

/// Bytes of an upload through a presigned URL: more than nginx accepts by default (1 MiB).
const UPLOAD: usize = 2 * 1024 * 1024;

/// The content type of uploads through presigned URLs.
const TYPE: &str = "application/octet-stream";

/// The host to which Langfuse's SDKs upload without the checksum header.
/// Source: langfuse-python `media_manager`, langfuse-js `MediaService`.
const GOOGLE: &str = "storage.googleapis.com";

/// The response's CORS header.
const ALLOWED_ORIGIN: &str = "access-control-allow-origin";

pub(in crate::probe) static LINK_GET: Row = Row {
    use_cases: &[Media, Exports],
    after: &[Step::LinkTls],
    waits: &[Step::Get, Step::Bucket],
    ..Row::new(
        Step::LinkGet,
        "GET through a presigned URL, without credentials; for exports as a named download",
        Work::Request { begin: begin_get, on_response: on_get_response },
    )
};

pub(in crate::probe) static LINK_PUT: Row = Row {
    use_cases: &[Media],
    writes: true,
    after: &[Step::LinkTls, Step::Put],
    ..Row::new(
        Step::LinkPut,
        "PUT of 2 MiB through a presigned URL, with only the headers that Langfuse's SDKs send",
        Work::Request { begin: begin_put, on_response: on_put_response },
    )
};

pub(in crate::probe) static LINK_CHECKSUM: Row = Row {
    use_cases: &[Media],
    only_s3: true,
    writes: true,
    after: &[Step::LinkTls, Step::Put],
    ..Row::new(
        Step::LinkChecksum,
        "PUT of a different body than the presigned URL's SHA-256, which must be rejected",
        Work::Request { begin: begin_checksum, on_response: on_checksum_response },
    )
};

pub(in crate::probe) static CORS: Row = Row {
    use_cases: &[Media],
    after: &[Step::LinkTls],
    ..Row::new(
        Step::Cors,
        "a browser's preflight request for that upload, from Langfuse's page",
        Work::Request { begin: begin_cors, on_response: on_cors_response },
    )
};

pub(in crate::probe) static PUBLIC_ACCESS: Row = Row {
    after: &[Step::Bucket],
    waits: &[Step::Put],
    ..Row::new(
        Step::PublicAccess,
        "anonymous GET of the object (or the listing), which must be rejected",
        Work::Request { begin: begin_public_access, on_response: on_public_access_response },
    )
};

fn request_anonymously(
    method: Method,
    url: Result<String, String>,
    headers: &[(&'static str, &str)],
    body: Vec<u8>,
) -> Next {
    let made = url.and_then(|url| anonymous(method, &url, headers, body));
    match made {
        Ok(request) => Next::Send(ProbeRequest::Http(request)),
        Err(why) => StepResult::fail("request-impossible", why).presigned(true).into(),
    }
}

fn link(case: &mut Case, now: Timestamp, key: &str, operation: &Operation<'_>) -> Result<String, String> {
    case.as_web(now, |signing| signing.link(key, operation))
        .unwrap_or_else(|| Err("no credentials to sign with".into()))
}

fn begin_get(case: &mut Case, now: Timestamp) -> Next {
    if !may_sign(case) {
        return StepResult::skip("no credentials to sign with").into();
    }
    // What makes requests fail makes presigned URLs fail, too.
    let before = [Step::Identity, Step::Region, Step::Bucket, Step::Put, Step::Get];
    if let Some(step) = before.into_iter().find(|s| case.failed(*s)) {
        return StepResult::skip(format!("after {}", step.name())).into();
    }
    let key = case.key(if case.passed(Step::Put) { "put.json" } else { "missing.json" });
    let disposition = if case.subject.use_case == Exports { Disposition::Attachment } else { Disposition::Inline };
    let url = link(case, now, &key, &Operation::Get { disposition });
    request_anonymously(Method::GET, url, &[], Vec::new())
}

fn on_get_response(case: &mut Case, answer: Answer, _: Timestamp) -> Next {
    let (head, body) = match case.response(answer) {
        Ok(taken) => taken,
        Err(result) => return link_result(case, result).into(),
    };
    let written = case.passed(Step::Put);
    if head.status.is_success() {
        if written && body == BODY.as_bytes() {
            let named = head.headers.get("content-disposition").and_then(|v| v.to_str().ok());
            let missing = case.subject.use_case == Exports && !named.is_some_and(|n| n.contains("attachment"));
            if missing {
                return StepResult::warn("disposition-missing", "").presigned(true).into();
            }
            return StepResult::pass("").into();
        }
        let error = StoreError::read(head.status, &head.headers, &body);
        if matches!(error.body, Body::Html) {
            return link_result(case, StepResult::error_response(&error, during_presigned(Action::Get))).into();
        }
        return link_result(case, StepResult::fail("body-differs", "the URL returns a different body")).into();
    }
    let error = StoreError::read(head.status, &head.headers, &body);
    let code = error.code.as_deref();
    if !written && matches!(code, Some("NoSuchKey" | "BlobNotFound")) {
        return StepResult::pass("accepted: no such object").into();
    }
    // Without permission to list, a store answers 403 for missing objects.
    if !written && code == Some("AccessDenied") && !error.message.to_ascii_lowercase().contains("expired") {
        return StepResult::pass("accepted: 403, as for a missing object without permission to list").into();
    }
    link_error_response(case, &error, Action::Get)
}

fn begin_put(case: &mut Case, now: Timestamp) -> Next {
    let body = incompressible(UPLOAD);
    let sha256 = Sha256::of(&body).base64();
    upload(case, upload_key(case), &sha256, body, now)
}

fn begin_checksum(case: &mut Case, now: Timestamp) -> Next {
    let sha256 = Sha256::of(&incompressible(BODY.len())).base64();
    upload(case, checksum_key(case), &sha256, BODY.as_bytes().to_vec(), now)
}

fn upload(case: &mut Case, key: String, sha256: &str, body: Vec<u8>, now: Timestamp) -> Next {
    if !may_sign(case) {
        return StepResult::skip("no credentials to sign with").into();
    }
    let (sse, kms) = match case.accesses() {
        Some(a) => {
            let encryption = a.links.encryption();
            (encryption.sse.map(str::to_owned), encryption.kms_key_id.map(str::to_owned))
        }
        None => (None, None),
    };
    let upload = Upload {
        content_type: Some(TYPE),
        content_length: u64::try_from(body.len()).ok(),
        sha256: Some(sha256),
        encryption: Encryption { sse: sse.as_deref(), kms_key_id: kms.as_deref() },
    };
    let url = link(case, now, &key, &Operation::Put(upload));
    // Exactly what the SDKs send.
    let mut headers = vec![("content-type", TYPE)];
    let google = case.host_port(true).is_some_and(|t| t.host == GOOGLE);
    if !google {
        headers.push(("x-amz-checksum-sha256", sha256));
        headers.push(("x-ms-blob-type", "BlockBlob"));
    }
    case.track(Artifact::Object { key });
    request_anonymously(Method::PUT, url, &headers, body)
}

fn on_put_response(case: &mut Case, answer: Answer, _: Timestamp) -> Next {
    let key = upload_key(case);
    let (head, body) = match case.response(answer) {
        Ok(response) => response,
        Err(result) => return link_result(case, result).into(),
    };
    match accepted(&head, &body) {
        Ok(()) => {
            case.note_version(&head);
            StepResult::pass("").into()
        }
        Err(error) => {
            case.untrack_rejected(&key, &error);
            link_error_response(case, &error, Action::Put)
        }
    }
}

fn on_checksum_response(case: &mut Case, answer: Answer, _: Timestamp) -> Next {
    let key = checksum_key(case);
    let (head, body) = match case.response(answer) {
        Ok(response) => response,
        // Some stores close the connection if the body isn't the signed one.
        Err(result) => return StepResult::pass(format!("rejected: {}", result.note)).into(),
    };
    let Err(error) = accepted(&head, &body) else {
        case.note_version(&head);
        let endpoint = case.variable(Role::Endpoint);
        return StepResult::warn("checksum-ignored", "").about(endpoint).presigned(true).into();
    };
    case.untrack_rejected(&key, &error);
    if matches!(error.status, 400..=499) {
        return StepResult::pass(format!("rejected: {}", error.label())).into();
    }
    link_error_response(case, &error, Action::Put)
}

/// The preflight request that a browser sends before the upload.
fn begin_cors(case: &mut Case, now: Timestamp) -> Next {
    let Some(origin) = case.origin.clone() else {
        return StepResult::skip_only("no page origin: pass --origin, or set NEXTAUTH_URL").into();
    };
    let key = upload_key(case);
    let url = if may_sign(case) {
        link(case, now, &key, &Operation::Put(Upload::default()))
    } else {
        Err("no credentials to sign with".into())
    };
    let url = url.or_else(|why| match case.accesses().map(|a| &a.links.place) {
        Some(Place::S3 { link_target, .. }) => Ok(link_target.url(&link_target.path(&key), "")),
        _ => Err(why),
    });
    let wanted = preflight_headers(case);
    let headers = [
        ("origin", origin.as_str()),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", wanted),
    ];
    request_anonymously(Method::OPTIONS, url, &headers, Vec::new())
}

/// Source: Langfuse v4.16.0, `getItemMediaUploadHeaders`.
fn preflight_headers(case: &Case) -> &'static str {
    if case.on_azure() {
        "content-type,x-amz-checksum-sha256,x-ms-blob-type,x-ms-version"
    } else {
        "content-type,x-amz-checksum-sha256"
    }
}

fn on_cors_response(case: &mut Case, answer: Answer, _: Timestamp) -> Next {
    let (head, _) = match case.response(answer) {
        Ok(taken) => taken,
        Err(result) => return link_result(case, result).into(),
    };
    let text = |name: &str| {
        let value = head.headers.get_all(name).iter().filter_map(|v| v.to_str().ok());
        value.collect::<Vec<_>>().join(",").to_ascii_lowercase()
    };
    let origin = case.origin.clone().unwrap_or_default();
    let allowed = text(ALLOWED_ORIGIN);
    let lists = |name: &str, wanted: &str| text(name).split(',').any(|w| matches!(w.trim(), "*") || w.trim() == wanted);
    let lacking = match () {
        () if !head.status.is_success() || allowed.is_empty() => {
            Some(format!("the preflight returns HTTP {}", head.status.as_u16()))
        }
        () if allowed != "*" && !allowed.eq_ignore_ascii_case(&origin) => Some("it allows another origin".into()),
        () if !lists("access-control-allow-methods", "put") => Some("it doesn't allow PUT".into()),
        () => {
            let wanted = preflight_headers(case).split(',');
            let missing: Vec<&str> = wanted.filter(|w| !lists("access-control-allow-headers", w)).collect();
            (!missing.is_empty()).then(|| format!("it doesn't allow the header {}", missing.join(", ")))
        }
    };
    match lacking {
        None => StepResult::pass(format!("for {origin}")).into(),
        Some(why) => StepResult::warn("cors-missing", format!("for {origin}, {why}"))
            .about(case.variable(Role::Bucket))
            .presigned(true)
            .into(),
    }
}

fn begin_public_access(case: &mut Case, _: Timestamp) -> Next {
    let Some(accesses) = case.accesses() else { return StepResult::skip("").into() };
    let written = case.passed(Step::Put);
    let key = case.key("put.json");
    let url = match (&accesses.requests.place, written) {
        (Place::S3 { target, .. }, true) => target.url(&target.path(&key), ""),
        (Place::S3 { target, .. }, false) => target.url(&target.path(""), "list-type=2&max-keys=1"),
        (Place::Azure { target, .. }, true) => target.url(&target.path(&key), ""),
        (Place::Azure { target, .. }, false) => {
            let container = target.path("");
            target.url(container.trim_end_matches('/'), "restype=container&comp=list&maxresults=1")
        }
    };
    request_anonymously(Method::GET, Ok(url), &[], Vec::new())
}

fn on_public_access_response(case: &mut Case, answer: Answer, _: Timestamp) -> Next {
    let (head, body) = match case.response(answer) {
        Ok(taken) => taken,
        Err(result) => return StepResult::skip_only(result.note).into(),
    };
    let text = String::from_utf8_lossy(&body);
    let open = head.status.is_success()
        && (body == BODY.as_bytes() || text.contains("<ListBucketResult") || text.contains("<EnumerationResults"));
    if open {
        return StepResult::fail("public-read", format!("HTTP {} without credentials", head.status.as_u16())).into();
    }
    StepResult::pass(format!("rejected with HTTP {}", head.status.as_u16())).into()
}

fn upload_key(case: &Case) -> String {
    case.key("upload.bin")
}

fn checksum_key(case: &Case) -> String {
    case.key("other-body.bin")
}

fn may_sign(case: &Case) -> bool {
    case.accesses().is_some_and(|a| match &a.links.place {
        Place::Azure { .. } => true,
        Place::S3 { identity, .. } => {
            matches!(identity, Identity::Keys(_)) || matches!(a.local_credentials, LocalCredentials::Found { .. })
        }
    })
}

/// An error on a presigned URL. If the store accepts requests signed with the same keys, the URL itself is at
/// fault.
fn link_error_response(case: &Case, error: &StoreError, action: Action) -> Next {
    let sse = case.accesses().is_some_and(|a| a.links.encryption().sse.is_some());
    let code = error.code.as_deref();
    let signature =
        matches!(code, Some("SignatureDoesNotMatch" | "AccessDenied")) || (error.status == 403 && code.is_none());
    if action == Action::Put && sse && signature && !case.on_azure() {
        return StepResult::fail("media-encryption-signed", error.to_string())
            .about(case.variable(Role::Sse))
            .presigned(true)
            .into();
    }
    let skewed = case.first.as_ref().is_some_and(FirstResponse::is_skewed);
    if skewed && error.status == 403 {
        return link_result(case, StepResult::fail("link-expired", error.to_string())).into();
    }
    let elsewhere = case.accesses().is_some_and(|a| a.requests.place.origin() != link_origin(&a.links));
    if code == Some("SignatureDoesNotMatch") && elsewhere && case.passed(Step::Identity) {
        let base = case.accesses().is_some_and(|a| match &a.links.place {
            Place::S3 { link_target, .. } => link_target.without_base().is_some(),
            Place::Azure { .. } => false,
        });
        let slug = if base { "link-path-stripped" } else { "link-host-rewritten" };
        return link_result(case, StepResult::fail(slug, error.to_string())).into();
    }
    link_result(case, StepResult::error_response(error, during_presigned(action))).into()
}

/// A result about web's variable.
fn link_result(case: &Case, result: StepResult) -> StepResult {
    let about =
        result.finding.as_ref().is_some_and(|f| matches!(f.cause.variable, "" | "_ENDPOINT" | "_EXTERNAL_ENDPOINT"));
    let result = result.presigned(true);
    if about { result.about(case.link_variable()) } else { result }
}

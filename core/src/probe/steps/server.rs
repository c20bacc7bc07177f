//! The first response: a signed GET of a missing object shows what kind of server answers and whether clock, keys,
//! region and bucket are right.

use http::HeaderMap;
use http::response::Parts;

use crate::config::addressing::Style;
use crate::probe::case::{Case, FirstResponse, during};
use crate::probe::progress::Variant;
use crate::probe::result::{Finding, Next, StepResult, cause_named};
use crate::probe::row::{Row, Work};
use crate::probe::step::Step;
use crate::probe::subject::LocalCredentials;
use crate::probe::transport::{Answer, ProbeRequest};
use crate::provider::Addressing;
use crate::report::Severity;
use crate::sign::Timestamp;
use crate::storage::access::Place;
use crate::storage::cause::{self, Action, Cause, Topic};
use crate::storage::error::Body;
use crate::storage::{Fault, StoreError, clock};
use crate::text::printable::escaped;
use crate::variable::{Role, UseCase};

use UseCase::{Events, Exports, Media};

/// The maximum number of variants to try.
const VARIANTS: usize = 5;

pub(in crate::probe) static SERVER: Row = Row {
    after: &[Step::Tls],
    ..Row::new(
        Step::Server,
        "signed GET of a missing object: is this an S3 (or Azure) endpoint?",
        Work::Request { begin: begin_server, on_response: on_server_response },
    )
};

pub(in crate::probe) static CLOCK: Row = Row {
    after: &[Step::Server],
    ..Row::new(Step::Clock, "the same response: its Date against this machine's clock", Work::Evaluate(evaluate_clock))
};

pub(in crate::probe) static IDENTITY: Row = Row {
    after: &[Step::Clock],
    ..Row::new(
        Step::Identity,
        "the same response: are the keys accepted, and whose are they if none are configured?",
        Work::Evaluate(evaluate_identity),
    )
};

pub(in crate::probe) static REGION: Row = Row {
    only_s3: true,
    after: &[Step::Identity],
    ..Row::new(Step::Region, "the same response: is this the bucket's region?", Work::Evaluate(evaluate_region))
};

pub(in crate::probe) static BUCKET: Row = Row {
    after: &[Step::Identity, Step::Region],
    ..Row::new(
        Step::Bucket,
        "the same response: does the bucket or container exist, and is it named only once?",
        Work::Evaluate(evaluate_bucket),
    )
};

pub(in crate::probe) static MISSING_KEY: Row = Row {
    use_cases: &[Events, Media, Exports],
    after: &[Step::Bucket],
    waits: &[Step::List],
    ..Row::new(
        Step::MissingKey,
        "the same response: NoSuchKey, or 403 if the identity may not list",
        Work::Evaluate(evaluate_missing_key),
    )
};

fn begin_server(case: &mut Case, now: Timestamp) -> Next {
    let key = case.key("missing.json");
    case.request(now, |signing| signing.get(&key))
}

fn on_server_response(case: &mut Case, answer: Answer, now: Timestamp) -> Next {
    if let Some(first) = case.first.take() {
        return on_retry_response(case, first, answer, now);
    }
    let target = case.host_port(false);
    let plain = target.as_ref().filter(|t| !t.https);
    let (head, body) = match answer {
        // A TLS server may just close the connection on plain HTTP.
        Answer::Fault(fault @ (Fault::Reset | Fault::Opaque | Fault::BodyCut), detail)
            if case.requests_made(Step::Server) == 1 =>
        {
            if let Some(target) = plain {
                case.progress.server.untried.clear();
                case.progress.server.disconnected = Some((fault, detail));
                return Next::Send(ProbeRequest::Tls { host: target.host.clone(), port: target.port });
            }
            return StepResult::transport_failure(fault, &detail).into();
        }
        Answer::Response(response) => response.into_parts(),
        other => {
            let Some((fault, detail)) = case.progress.server.disconnected.take() else {
                return match case.response(other) {
                    Err(result) => result.into(),
                    Ok(_) => StepResult::skip("no response").into(),
                };
            };
            return match other {
                Answer::Done(_)
                | Answer::Fault(Fault::CertificateExpired | Fault::UnknownIssuer | Fault::WrongName, _) => {
                    StepResult::fail("http-on-tls-port", "the port speaks TLS").into()
                }
                _ => StepResult::transport_failure(fault, &detail).into(),
            };
        }
    };
    let text = String::from_utf8_lossy(body.get(..2048).unwrap_or(&body)).to_ascii_lowercase();
    if plain.is_some() && text.contains("http") && text.contains("https") && head.status.as_u16() == 400 {
        let hint = ["http request to an https server", "plain http request was sent to https port"];
        if hint.iter().any(|h| text.contains(h)) {
            return StepResult::fail("http-on-tls-port", "the port requires HTTPS").into();
        }
    }
    if text.contains("port 9000 is for clickhouse-client") {
        return StepResult::fail("clickhouse-port", "").into();
    }
    let first = FirstResponse {
        error: refusal(&head, &body),
        ahead: ahead(&head, now),
        server: server(&head.headers),
        was_skewed: false,
        proved: None,
    };
    on_first_response(case, first, now)
}

/// Handles the first response: try again, or return a result.
fn on_first_response(case: &mut Case, mut first: FirstResponse, now: Timestamp) -> Next {
    let code = first.error.as_ref().and_then(|e| e.code.as_deref()).unwrap_or("").to_owned();
    let skewed = first.is_skewed();
    if let (Some(ahead), true, false) = (first.ahead, skewed, first.was_skewed) {
        if matches!(code.as_str(), "RequestTimeTooSkewed" | "AuthenticationFailed" | "AccessDenied" | "ExpiredRequest")
            || code.is_empty()
        {
            // From here on, requests use the store's time.
            first.was_skewed = true;
            case.clock_offset = ahead;
            case.first = Some(first);
            return begin_server(case, now);
        }
    }
    if code == "SignatureDoesNotMatch" && first.proved.is_none() && !case.subject.swapped {
        case.progress.server.untried = variants(case);
        case.first = Some(first);
        return try_variant(case, now);
    }
    judged(case, first)
}

/// The response to a second try.
fn on_retry_response(case: &mut Case, mut first: FirstResponse, answer: Answer, now: Timestamp) -> Next {
    // Without a second response, the first one counts.
    let Ok((head, body)) = case.response(answer) else { return judged(case, first) };
    let error = refusal(&head, &body);
    let Some(variant) = case.progress.server.trying.take() else {
        first.error = error;
        return on_first_response(case, first, now);
    };
    let accepted = error.as_ref().is_some_and(|e| matches!(e.code.as_deref(), Some("NoSuchKey" | "AccessDenied")));
    if accepted {
        first.proved = Some((variant.slug, variant.detail));
        return judged(case, first);
    }
    case.first = Some(first);
    try_variant(case, now)
}

fn try_variant(case: &mut Case, now: Timestamp) -> Next {
    let Some(variant) = case.progress.server.untried.pop() else {
        let Some(first) = case.first.take() else { return StepResult::skip("no response").into() };
        return judged(case, first);
    };
    let target = variant.target.clone();
    case.progress.server.trying = Some(variant);
    let key = case.key("missing.json");
    case.request(now, |signing| signing.get_as(&key, &target))
}

/// How a proxy may have changed host and path.
fn variants(case: &Case) -> Vec<Variant> {
    let Some(Place::S3 { target, .. }) = case.accesses().map(|a| &a.requests.place) else { return Vec::new() };
    let mut variants = Vec::new();
    if let Some(stripped) = target.without_base() {
        variants.push(Variant { target: stripped, slug: "proxy-strips-path", detail: String::new() });
    }
    let own = target.host();
    let bare = own.rsplit_once(':').map(|(host, _)| host.to_owned());
    for host in bare.into_iter().chain(case.neighbours.hosts.iter().cloned()).filter(|h| h != own) {
        let detail = format!("the store sees `{}` instead of `{}`", escaped(&host), escaped(own));
        variants.push(Variant { target: target.seen_as(&host), slug: "proxy-rewrites-host", detail });
    }
    variants.truncate(VARIANTS);
    variants.reverse();
    variants
}

fn judged(case: &mut Case, first: FirstResponse) -> Next {
    let note = first.server.clone();
    let result = match first_cause(case, &first) {
        Some((cause, finding)) if matches!(cause.topic, Topic::Store | Topic::Network | Topic::Object) => {
            StepResult::found(finding)
        }
        _ => StepResult::pass(note),
    };
    case.first = Some(first);
    result.into()
}

/// The cause in the first response; `None` if it's as expected.
fn first_cause(case: &Case, first: &FirstResponse) -> Option<(&'static Cause, Finding)> {
    let of = |slug: &str, detail: String| {
        let cause = cause_named(slug);
        Some((cause, Finding::of(cause, Severity::Error).detail(detail)))
    };
    if let Some((slug, detail)) = &first.proved {
        return of(slug, detail.clone());
    }
    let Some(error) = &first.error else { return of("missing-key-found", String::new()) };
    let code = error.code.as_deref();
    if matches!(code, Some("NoSuchKey" | "BlobNotFound")) {
        return None;
    }
    let cause = cause::of(error, during(Action::Get));
    if code == Some("AccessDenied") && cause.is_none_or(|c| c.topic == Topic::Permission) {
        return None;
    }
    if code.is_none() && error.body != Body::Html && matches!(error.status, 200..=299 | 400 | 403 | 404) {
        return of("no-store", error.to_string());
    }
    if case.subject.swapped && matches!(cause.map(|c| c.topic), Some(Topic::Credentials)) {
        return of("keys-swapped", error.to_string());
    }
    let result = StepResult::error_response(error, during(Action::Get));
    let finding = result.finding?;
    Some((finding.cause, finding))
}

/// A step that looks at the first response again.
fn reviewed(case: &Case, topics: &[Topic], well: impl FnOnce(&FirstResponse) -> StepResult) -> StepResult {
    let Some(first) = &case.first else { return StepResult::skip("no response") };
    match first_cause(case, first) {
        Some((cause, finding)) if topics.contains(&cause.topic) => {
            let mut result = StepResult::found(finding);
            if cause.topic == Topic::Region {
                result = result.about(case.variable(Role::Region));
            }
            result
        }
        _ => well(first),
    }
}

fn evaluate_clock(case: &Case) -> StepResult {
    reviewed(case, &[Topic::Clock], |first| {
        let Some(ahead) = first.ahead else { return StepResult::skip_only("the store doesn't send its time") };
        let off = ahead.unsigned_abs();
        let minutes = off / 60;
        let detail = format!(
            "this machine's clock is {minutes} minutes {} the store's",
            if ahead > 0 { "behind" } else { "ahead of" }
        );
        match off {
            // The other steps use the store's time.
            _ if first.was_skewed => StepResult::fail("clock-wrong", detail).unblocking(),
            _ if first.is_skewed() => StepResult::warn("clock-wrong", detail),
            _ => StepResult::pass(format!("{off} s apart")),
        }
    })
}

fn evaluate_identity(case: &Case) -> StepResult {
    let topics = [Topic::Credentials, Topic::Link];
    reviewed(case, &topics, |_| match case.accesses().map(|a| &a.local_credentials) {
        Some(LocalCredentials::Found { source, arn, elsewhere, .. }) => {
            let who = arn.as_ref().map_or_else(
                |why| format!("from this machine's {source} (STS didn't identify it: {why})"),
                |arn| format!("{} from this machine's {source}", escaped(arn)),
            );
            if !elsewhere {
                return StepResult::pass(who);
            }
            let command = format!("{}.", case.subject.context.command);
            let finding = Finding::new("another-identity", Severity::Hint).detail(who).extra_help(command);
            StepResult::found(finding)
        }
        _ => StepResult::pass("accepted"),
    })
}

fn evaluate_region(case: &Case) -> StepResult {
    reviewed(case, &[Topic::Region], |_| {
        let place = case.accesses().map(|a| &a.requests.place);
        let Some(Place::S3 { target, .. }) = place else { return StepResult::pass("") };
        StepResult::pass(target.region.clone())
    })
}

fn evaluate_bucket(case: &Case) -> StepResult {
    let Some(accesses) = case.accesses() else { return StepResult::skip("no bucket") };
    let place = &accesses.requests.place;
    if let Place::S3 { target, .. } = place {
        if target.holds_bucket_twice() {
            let detail = format!("{}{}", place.origin(), target.path(""));
            return StepResult::fail("bucket-doubled", detail);
        }
    }
    if let (Some(error), true) = (case.first.as_ref().and_then(|f| f.error.as_ref()), wants_path_style(place)) {
        if error.code.as_deref() == Some("NoSuchBucket") {
            // Wildcard DNS resolved the host, and the store took the key's first segment for the bucket.
            let result = StepResult::fail("path-style-needed", error.to_string());
            return result.about(case.variable(Role::ForcePathStyle));
        }
    }
    let creates = matches!(place, Place::Azure { creates_container: true, .. });
    let missing =
        |first: &FirstResponse| first.error.as_ref().is_some_and(|e| e.code.as_deref() == Some("ContainerNotFound"));
    if creates && case.first.as_ref().is_some_and(missing) {
        let finding = Finding::new("container-to-be-made", Severity::Warning);
        return StepResult { unblocks: false, ..StepResult::found(finding) };
    }
    reviewed(case, &[Topic::Bucket, Topic::Permission], |_| StepResult::pass(place.bucket().to_owned()))
}

fn evaluate_missing_key(case: &Case) -> StepResult {
    let Some(first) = &case.first else { return StepResult::skip("no response") };
    let status = first.error.as_ref().map_or(200, |e| e.status);
    if status == 404 {
        return StepResult::pass("404");
    }
    let may_list = case.subject.use_case == Events;
    StepResult::pass(if may_list && case.passed(Step::List) {
        "403: this identity may list only under the prefix"
    } else {
        "403: this identity may not list, and this use case never lists"
    })
}

/// Whether the bucket is in the host name although the store may not look for it there.
fn wants_path_style(place: &Place) -> bool {
    let Place::S3 { target, provider, .. } = place else { return false };
    target.addressing == Style::VirtualHosted && provider.is_none_or(|p| p.addressing == Addressing::PathOnly)
}

/// The error in a response; `None` for a success. Some errors come with a success status.
fn refusal(head: &Parts, body: &[u8]) -> Option<StoreError> {
    if head.status.is_success() {
        let error = StoreError::read(head.status, &head.headers, body);
        return matches!(error.body, Body::Document | Body::Html).then_some(error);
    }
    Some(StoreError::read(head.status, &head.headers, body))
}

fn ahead(head: &Parts, now: Timestamp) -> Option<i64> {
    let theirs = i64::try_from(clock::of_store(&head.headers)?.unix()).ok()?;
    Some(theirs.saturating_sub(i64::try_from(now.unix()).ok()?))
}

/// What the server calls itself.
fn server(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(escaped);
    let detail = text("server").filter(|s| !s.is_empty());
    let has = |name: &str| headers.contains_key(name);
    let kind = match () {
        () if has("x-minio-error-code") || has("x-minio-deployment-id") => Some("MinIO"),
        () if has("x-ms-request-id") || has("x-ms-version") => Some("Azure Blob"),
        () if has("x-guploader-uploadid") => Some("Google Cloud Storage"),
        () if has("cf-ray") => Some("behind Cloudflare"),
        () => None,
    };
    match (detail, kind) {
        (Some(detail), Some(kind)) if !detail.contains(kind) => format!("{detail} ({kind})"),
        (Some(detail), _) => detail,
        (None, Some(kind)) => kind.to_owned(),
        (None, None) => "unidentified".to_owned(),
    }
}

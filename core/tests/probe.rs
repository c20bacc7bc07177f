//! The doctor against a store that is a map, a network that fails at will, and an operator who interrupts: it ends, what it
//! wrote is gone or named, and no secret is in what it says.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::format_push_string
)]

mod common;

use std::collections::BTreeMap;

use http::{Method, Request, Response};
use langfuse_blob_core::files::NoFiles;
use langfuse_blob_core::probe::{
    Answer, LocalCredentials, Outcome, Plan, Probe, ProbeOptions, ProbeRequest, Step, Ticket,
};
use langfuse_blob_core::redact::Redactor;
use langfuse_blob_core::render::text::Style;
use langfuse_blob_core::report::Severity;
use langfuse_blob_core::sign::{Credentials, Timestamp};
use langfuse_blob_core::source::{self, Deployment, Given, Input, Kind};
use langfuse_blob_core::storage::Fault;
use langfuse_blob_core::text::secret::Secret;
use langfuse_blob_core::variable::UseCase;
use proptest::prelude::*;

const SECRET: &str = "a-secret-of-forty-characters-a-secret-of";

fn deployment(extra: &str) -> Deployment {
    let mut text = String::from("NEXTAUTH_URL=http://localhost:3000\nLANGFUSE_S3_BATCH_EXPORT_ENABLED=true\n");
    for (block, prefix) in [("EVENT_UPLOAD", "events/"), ("MEDIA_UPLOAD", "media/"), ("BATCH_EXPORT", "exports/")] {
        text += &format!(
            "LANGFUSE_S3_{block}_BUCKET=langfuse\nLANGFUSE_S3_{block}_PREFIX={prefix}\nLANGFUSE_S3_{block}_REGION=us-east-1\n\
             LANGFUSE_S3_{block}_ENDPOINT=https://store.example.com\nLANGFUSE_S3_{block}_ACCESS_KEY_ID=AKIAEXAMPLEEXAMPLE01\n\
             LANGFUSE_S3_{block}_SECRET_ACCESS_KEY={SECRET}\nLANGFUSE_S3_{block}_FORCE_PATH_STYLE=true\n"
        );
    }
    text += extra;
    let input = Input {
        name: "store.env".into(),
        given: Given::Bytes(text.into_bytes()),
        kind: Some(Kind::Dotenv),
        container: None,
    };
    source::read(&[input], &source::Options::default(), &NoFiles).unwrap()
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix(1_800_000_000 + seconds).unwrap()
}

/// A store of one bucket.
#[derive(Default)]
struct Store {
    objects: BTreeMap<String, Vec<u8>>,
    uploads: BTreeMap<String, (String, BTreeMap<u16, Vec<u8>>)>,
    count: u32,
    /// Whether it fails where encryption is requested, or at every write.
    fails_encrypted: bool,
    fails: bool,
}

fn error(status: u16, code: &str) -> Response<Vec<u8>> {
    answer(status, &[], &format!("<Error><Code>{code}</Code><Message>No.</Message></Error>"))
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response<Vec<u8>> {
    let mut builder = Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body.as_bytes().to_vec()).unwrap()
}

fn decoded(path: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = path.bytes();
    while let Some(b) = bytes.next() {
        if b == b'%' {
            let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
            out.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            out.push(b);
        }
    }
    String::from_utf8(out).unwrap()
}

impl Store {
    fn take(&mut self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let Some(key) = request.uri().path().strip_prefix("/langfuse/").map(decoded) else {
            // Langfuse's own page.
            return answer(200, &[("content-security-policy", "default-src 'self' https:")], "<html></html>");
        };
        let query: BTreeMap<String, String> = request
            .uri()
            .query()
            .unwrap_or("")
            .split('&')
            .filter_map(|p| p.split_once('='))
            .map(|(n, v)| (n.to_owned(), decoded(v)))
            .collect();
        let signed = request.headers().contains_key("authorization") || query.contains_key("X-Amz-Signature");
        if *request.method() == Method::OPTIONS {
            let any = [
                ("access-control-allow-origin", "*"),
                ("access-control-allow-methods", "PUT"),
                ("access-control-allow-headers", "*"),
            ];
            return answer(200, &any, "");
        }
        if !signed {
            return error(403, "AccessDenied");
        }
        let has = |name: &str| query.contains_key(name);
        match (request.method().as_str(), key.as_str()) {
            ("GET", "") if has("versions") => answer(200, &[], "<ListVersionsResult/>"),
            ("GET", "") if has("uploads") => {
                let of = query.get("prefix").unwrap();
                let found = self.uploads.iter().filter(|(_, (key, _))| key.starts_with(of.as_str()));
                let found: String = found
                    .map(|(id, (key, _))| format!("<Upload><Key>{key}</Key><UploadId>{id}</UploadId></Upload>"))
                    .collect();
                answer(200, &[], &format!("<ListMultipartUploadsResult>{found}</ListMultipartUploadsResult>"))
            }
            ("GET", "") if has("list-type") => answer(200, &[], "<ListBucketResult/>"),
            ("GET", "") => error(501, "NotImplemented"),
            ("POST", "") => {
                let text = String::from_utf8(request.body().clone()).unwrap();
                let mut out = String::from("<DeleteResult>");
                for piece in text.split("<Key>").skip(1) {
                    let written = piece.split("</Key>").next().unwrap();
                    self.objects.remove(&written.replace("&amp;", "&"));
                    out += &format!("<Deleted><Key>{written}</Key></Deleted>");
                }
                answer(200, &[], &(out + "</DeleteResult>"))
            }
            ("POST", _) if has("uploads") => {
                self.count += 1;
                let id = format!("u{}", self.count);
                self.uploads.insert(id.clone(), (key, BTreeMap::new()));
                let id = format!("<UploadId>{id}</UploadId>");
                answer(200, &[], &format!("<InitiateMultipartUploadResult>{id}</InitiateMultipartUploadResult>"))
            }
            ("POST", _) => match self.uploads.remove(query.get("uploadId").unwrap()) {
                Some((key, parts)) => {
                    self.objects.insert(key, parts.into_values().flatten().collect());
                    let done = "<CompleteMultipartUploadResult><ETag>\"e\"</ETag></CompleteMultipartUploadResult>";
                    answer(200, &[], done)
                }
                None => error(404, "NoSuchUpload"),
            },
            ("PUT", _) if has("partNumber") => match self.uploads.get_mut(query.get("uploadId").unwrap()) {
                Some((_, parts)) => {
                    parts.insert(query["partNumber"].parse().unwrap(), request.body().clone());
                    answer(200, &[("etag", "\"e\"")], "")
                }
                None => error(404, "NoSuchUpload"),
            },
            ("PUT", _) => {
                let encrypted = request.headers().contains_key("x-amz-server-side-encryption");
                if self.fails || (self.fails_encrypted && encrypted) {
                    return error(500, "InternalError");
                }
                if key.contains("other-body") {
                    return error(400, "BadDigest");
                }
                self.objects.insert(key, request.body().clone());
                answer(200, &[("etag", "\"e\"")], "")
            }
            ("GET", _) => match self.objects.get(&key) {
                Some(body) => Response::builder()
                    .header("content-disposition", "attachment; filename=\"x\"")
                    .body(body.clone())
                    .unwrap(),
                None => error(404, "NoSuchKey"),
            },
            ("DELETE", _) => {
                match query.get("uploadId") {
                    Some(id) => drop(self.uploads.remove(id)),
                    None => drop(self.objects.remove(&key)),
                }
                answer(204, &[], "")
            }
            other => panic!("{other:?}"),
        }
    }

    fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.uploads.is_empty()
    }
}

/// What the network does with one question.
#[derive(Clone, Debug)]
enum Fate {
    Well,
    /// It never arrives.
    Lost(Fault),
    /// It is carried out, and the answer is lost.
    ResponseLost(Fault),
    /// Something else answers, and the store never hears of it. Never with an empty success, which nobody could tell from
    /// a deletion.
    Instead(u16, String),
}

fn fate() -> impl Strategy<Value = Fate> {
    let fault = || proptest::sample::select(Fault::ALL.to_vec());
    let body = prop_oneof![
        Just("<html>no</html>".to_owned()),
        Just(format!("<Error><Code>SlowDown</Code><Message>{SECRET}</Message></Error>")),
        Just("<Error><Code>SignatureDoesNotMatch</Code></Error>".to_owned()),
        Just("<Error><Code>AccessDenied</Code></Error>".to_owned()),
        Just("<Error><Code>InternalError</Code></Error>".to_owned()),
    ];
    prop_oneof![
        20 => Just(Fate::Well),
        1 => fault().prop_map(Fate::Lost),
        1 => fault().prop_map(Fate::ResponseLost),
        1 => (proptest::sample::select(vec![200_u16, 301, 400, 403, 404, 413, 500, 501, 503]), body).prop_map(|(s, b)| Fate::Instead(s, b)),
    ]
}

/// Runs it to its end. `fates` go to the questions in turn and then all is well; `choices` say which answer comes first.
fn run(
    deployment: &Deployment,
    store: &mut Store,
    fates: &[Fate],
    choices: &[usize],
    interrupt_at: Option<usize>,
    options: ProbeOptions,
) -> (Probe, usize) {
    let plan = Plan::new(deployment, &[], None, false, &|_| None).unwrap();
    let mut probe = Probe::new(plan, options, [7; 16]);
    let mut out: Vec<(Ticket, ProbeRequest)> = probe.next(at(0));
    let mut asked = 0;
    while !out.is_empty() {
        if Some(asked) == interrupt_at {
            probe.interrupt();
            out.extend(probe.next(at(0)));
        }
        let choice = choices.get(asked % choices.len().max(1)).copied().unwrap_or(0) % out.len();
        let (ticket, request) = out.remove(choice);
        let fate = fates.get(asked).cloned().unwrap_or(Fate::Well);
        let reply = match (&request, fate) {
            (_, Fate::Lost(fault)) => Answer::Fault(fault, format!("words with {SECRET}")),
            (ProbeRequest::Http(request), Fate::Well) => Answer::Response(store.take(request)),
            (ProbeRequest::Http(request), Fate::ResponseLost(fault)) => {
                store.take(request);
                Answer::Fault(fault, String::new())
            }
            (ProbeRequest::Http(_), Fate::Instead(status, body)) => Answer::Response(answer(status, &[], &body)),
            (_, Fate::ResponseLost(fault)) => Answer::Fault(fault, String::new()),
            _ => Answer::Done("fine".into()),
        };
        asked += 1;
        assert!(asked < 1_000, "it does not end");
        out.extend(probe.answer(ticket, reply, at(asked as u64)));
    }
    (probe, asked)
}

#[test]
fn all_is_well_at_a_store_that_works() {
    let deployment = deployment("");
    let mut store = Store::default();
    let (probe, asked) = run(&deployment, &mut store, &[], &[0], None, ProbeOptions::default());
    assert!(probe.is_done() && store.is_empty() && probe.artifacts().is_empty());
    let report = probe.report(&deployment, &Redactor::new(&deployment));
    assert_eq!((report.steps.failed, report.steps.warned, report.summary.errors), (0, 0, 0), "{}", report.json());
    assert!(asked > 40);
    let exports = report.use_cases.iter().find(|c| c.use_case == UseCase::Exports).unwrap();
    let parts = exports.steps.iter().find(|s| s.step == Step::Parts).unwrap();
    assert_eq!((parts.outcome, parts.round_trips), (Outcome::Pass, 4));
}

#[test]
fn a_write_that_fails_for_its_encryption_is_told_from_one_that_fails() {
    let deployment = deployment("LANGFUSE_S3_EVENT_UPLOAD_SSE=aws:kms\n");
    for (fails, slug) in [(false, "encryption-refused"), (true, "store-failed")] {
        let mut store = Store { fails_encrypted: true, fails, ..Store::default() };
        let (probe, _) = run(&deployment, &mut store, &[], &[0], None, ProbeOptions::default());
        assert!(probe.is_done() && store.is_empty() && probe.artifacts().is_empty());
        let report = probe.report(&deployment, &Redactor::new(&deployment));
        let events = report.use_cases.iter().find(|c| c.use_case == UseCase::Events).unwrap();
        let put = events.steps.iter().find(|s| s.step == Step::Put).unwrap();
        assert_eq!((put.outcome, put.round_trips), (Outcome::Fail, 2), "{}", report.json());
        let found =
            report.diagnostics.iter().find(|d| d.use_cases == [UseCase::Events] && d.severity == Severity::Error);
        assert_eq!(found.map(|d| d.rule.as_ref()), Some(slug), "{}", report.json());
    }
}

#[test]
fn everything_that_can_be_asked_is_asked_at_once() {
    let plan = Plan::new(&deployment(""), &[], None, false, &|_| None).unwrap();
    let mut probe = Probe::new(plan, ProbeOptions::default(), [7; 16]);
    let first = probe.next(at(0));
    let resolves = first
        .iter()
        .filter(|(_, request)| matches!(request, ProbeRequest::Resolve { host } if host == "store.example.com"));
    let pages = first
        .iter()
        .filter(|(_, request)| matches!(request, ProbeRequest::Http(r) if *r.uri() == *"http://localhost:3000/"));
    assert_eq!((resolves.count(), pages.count(), first.len()), (3, 1, 4));
    assert!(probe.next(at(0)).is_empty());
}

#[test]
fn without_writes_nothing_is_written() {
    let deployment = deployment("");
    let options = ProbeOptions { read_only: true, origin: None };
    let plan = Plan::new(&deployment, &[], None, false, &|_| None).unwrap();
    let mut probe = Probe::new(plan, options, [7; 16]);
    let mut store = Store::default();
    let mut out = probe.next(at(0));
    while let Some((ticket, request)) = out.pop() {
        let reply = match &request {
            ProbeRequest::Http(request) => {
                assert!(matches!(request.method().as_str(), "GET" | "OPTIONS"), "{request:?}");
                Answer::Response(store.take(request))
            }
            _ => Answer::Done(String::new()),
        };
        out.extend(probe.answer(ticket, reply, at(0)));
    }
    assert!(probe.is_done());
    assert_eq!(probe.report(&deployment, &Redactor::new(&deployment)).summary.errors, 0);
}

#[test]
fn a_use_case_without_keys_is_another_identity_here() {
    let text = "LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=\nLANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=\n";
    let deployment = deployment(text);
    let arn = "arn:aws:iam::123456789012:user/operator";
    for (elsewhere, found) in [(true, vec!["another-identity"]), (false, Vec::new())] {
        let mut plan = Plan::new(&deployment, &[UseCase::Events], None, false, &|_| None).unwrap();
        assert!(plan.subjects[0].wants_credentials());
        let secret = Secret::new(SECRET);
        let credentials = Credentials { access_key_id: "AKIA".into(), secret, session_token: None };
        plan.subjects[0].access.as_mut().unwrap().local_credentials =
            LocalCredentials::Found { credentials, source: "profile".into(), arn: Ok(arn.into()), elsewhere };
        let mut store = Store::default();
        let mut probe = Probe::new(plan, ProbeOptions::default(), [7; 16]);
        let mut out = probe.next(at(0));
        while let Some((ticket, request)) = out.pop() {
            let reply = match &request {
                ProbeRequest::Http(request) => Answer::Response(store.take(request)),
                _ => Answer::Done(String::new()),
            };
            out.extend(probe.answer(ticket, reply, at(0)));
        }
        let report = probe.report(&deployment, &Redactor::new(&deployment));
        assert_eq!(report.diagnostics.iter().map(|d| d.rule.as_ref()).collect::<Vec<_>>(), found);
        assert!(report.json().contains(arn) && report.summary.errors == 0);
    }
    // Nobody at all: a role of Amazon's is only where Langfuse runs, and another store's keys are simply missing.
    let mut plan = Plan::new(&deployment, &[UseCase::Events], None, false, &|_| None).unwrap();
    plan.subjects[0].access.as_mut().unwrap().local_credentials = LocalCredentials::Missing("none".into());
    let probe_of = |plan| {
        let mut probe = Probe::new(plan, ProbeOptions::default(), [7; 16]);
        assert!(probe.next(at(0)).is_empty() && probe.is_done());
        probe.report(&deployment, &Redactor::new(&deployment))
    };
    assert_eq!(probe_of(plan).diagnostics[0].rule, "credentials-missing");
    let amazon = self::deployment(&format!("{text}LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=\n"));
    let mut plan = Plan::new(&amazon, &[UseCase::Events], None, false, &|_| None).unwrap();
    plan.subjects[0].access.as_mut().unwrap().local_credentials = LocalCredentials::Missing("none".into());
    let report = probe_of(plan);
    assert_eq!((report.diagnostics[0].rule.as_ref(), report.summary.errors), ("identity-only-inside", 0));
}

#[test]
fn a_use_case_without_an_address_fails_alone() {
    let deployment = deployment("LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=store.example.com\n");
    let mut store = Store::default();
    let (probe, _) = run(&deployment, &mut store, &[], &[0], None, ProbeOptions::default());
    let report = probe.report(&deployment, &Redactor::new(&deployment));
    assert_eq!(report.diagnostics.iter().map(|d| d.rule.as_ref()).collect::<Vec<_>>(), ["configuration-unusable"]);
    assert_eq!(report.diagnostics[0].variable.as_deref(), Some("LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT"));
    assert!(report.diagnostics[0].span.is_some() && store.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(common::cases(64)))]

    #[test]
    fn what_was_written_is_gone_or_named(
        fates in proptest::collection::vec(fate(), 0..90), choices in proptest::collection::vec(any::<usize>(), 1..40),
        interrupt_at in proptest::option::of(0_usize..70),
    ) {
        let deployment = deployment("");
        let mut store = Store::default();
        let (probe, _) = run(&deployment, &mut store, &fates, &choices, interrupt_at, ProbeOptions::default());
        prop_assert!(probe.is_done());
        let report = probe.report(&deployment, &Redactor::new(&deployment));
        let named = |key: &str| report.left.iter().any(|l| l.key == key);
        for key in store.objects.keys() {
            prop_assert!(named(key), "{} stays and is not named: {}", key, report.json());
        }
        for (key, _) in store.uploads.values() {
            prop_assert!(named(key), "an upload of {} stays and is not named: {}", key, report.json());
        }
        let style = Style::default();
        for text in [report.json(), report.text(&deployment, style)] {
            prop_assert!(!text.contains(SECRET), "{}", text);
        }
    }
}

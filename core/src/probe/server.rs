//! The first response: a signed GET of a missing object shows what kind of server answers and whether clock, keys,
//! region and bucket are right.

use http::HeaderMap;
use http::response::Parts;

use crate::config::addressing::Style;
use crate::provider::Addressing;
use crate::report::Severity;
use crate::sign::Timestamp;
use crate::storage::access::Place;
use crate::storage::cause::{self, Action, Cause, Topic};
use crate::storage::error::Body;
use crate::storage::{Fault, StoreError, Target, clock};
use crate::text::printable::escaped;
use crate::variable::{Role, UseCase};

use super::case::{Case, First, doing};
use super::finding::{Finding, Next, Verdict, named};
use super::subject::Found;
use super::transport::{Answer, Ask};

/// How many seconds a clock may be off before the doctor mentions it; stores reject at more.
/// Source: Amazon S3 API reference, "Error responses", RequestTimeTooSkewed (15 minutes).
pub(super) const NOTICED: u64 = 300;

/// The maximum number of variants to try.
const VARIANTS: usize = 5;

/// Another way to sign the same request, to find out what a proxy changes.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    target: Target,
    slug: &'static str,
    said: String,
}

impl Case {
    pub(super) fn begin_server(&mut self, now: Timestamp) -> Next {
        let key = self.key("missing.json");
        self.request(now, |signing| signing.get(&key))
    }

    pub(super) fn hear_server(&mut self, answer: Answer, now: Timestamp) -> Next {
        if let Some(first) = self.first.take() {
            return self.hear_again(first, answer, now);
        }
        let there = self.there(false);
        let plain = there.as_ref().filter(|t| !t.https);
        let (head, body) = match answer {
            // A TLS server may just close the connection on plain HTTP.
            Answer::Fault(fault @ (Fault::Reset | Fault::Opaque | Fault::BodyCut), detail)
                if self.turn(super::step::Step::Server) == 1 =>
            {
                if let Some(there) = plain {
                    self.variants.clear();
                    self.hung_up = Some((fault, detail));
                    return Next::Ask(Ask::Tls { host: there.host.clone(), port: there.port });
                }
                return Verdict::faulty(fault, &detail).into();
            }
            Answer::Response(response) => response.into_parts(),
            other => {
                let Some((fault, detail)) = self.hung_up.take() else {
                    return match self.response(other) {
                        Err(verdict) => verdict.into(),
                        Ok(_) => Verdict::skip("no response").into(),
                    };
                };
                return match other {
                    Answer::Done(_)
                    | Answer::Fault(Fault::CertificateExpired | Fault::UnknownIssuer | Fault::WrongName, _) => {
                        Verdict::fail("http-on-tls-port", "the port speaks TLS").into()
                    }
                    _ => Verdict::faulty(fault, &detail).into(),
                };
            }
        };
        let text = String::from_utf8_lossy(body.get(..2048).unwrap_or(&body)).to_ascii_lowercase();
        if plain.is_some() && text.contains("http") && text.contains("https") && head.status.as_u16() == 400 {
            let hint = ["http request to an https server", "plain http request was sent to https port"];
            if hint.iter().any(|h| text.contains(h)) {
                return Verdict::fail("http-on-tls-port", "the port requires HTTPS").into();
            }
        }
        if text.contains("port 9000 is for clickhouse-client") {
            return Verdict::fail("clickhouse-port", "").into();
        }
        let first = First {
            error: refusal(&head, &body),
            ahead: ahead(&head, now),
            server: server(&head.headers),
            was_skewed: false,
            proved: None,
        };
        self.take(first, now)
    }

    /// Handles the first response: try again, or return a verdict.
    fn take(&mut self, mut first: First, now: Timestamp) -> Next {
        let code = first.error.as_ref().and_then(|e| e.code.as_deref()).unwrap_or("").to_owned();
        let skewed = first.ahead.is_some_and(|a| a.unsigned_abs() > NOTICED);
        if let (Some(ahead), true, false) = (first.ahead, skewed, first.was_skewed) {
            if matches!(
                code.as_str(),
                "RequestTimeTooSkewed" | "AuthenticationFailed" | "AccessDenied" | "ExpiredRequest"
            ) || code.is_empty()
            {
                // From here on, requests use the store's time.
                first.was_skewed = true;
                self.ahead = ahead;
                self.first = Some(first);
                return self.begin_server(now);
            }
        }
        if code == "SignatureDoesNotMatch" && first.proved.is_none() && !self.subject.swapped {
            self.variants = self.variants();
            self.first = Some(first);
            return self.try_variant(now);
        }
        self.judge_server(first)
    }

    /// The response to a second try.
    fn hear_again(&mut self, mut first: First, answer: Answer, now: Timestamp) -> Next {
        // Without a second response, the first one counts.
        let Ok((head, body)) = self.response(answer) else { return self.judge_server(first) };
        let error = refusal(&head, &body);
        let Some(variant) = self.trying.take() else {
            first.error = error;
            return self.take(first, now);
        };
        let accepted = error.as_ref().is_some_and(|e| matches!(e.code.as_deref(), Some("NoSuchKey" | "AccessDenied")));
        if accepted {
            first.proved = Some((variant.slug, variant.said));
            return self.judge_server(first);
        }
        self.first = Some(first);
        self.try_variant(now)
    }

    fn try_variant(&mut self, now: Timestamp) -> Next {
        let Some(variant) = self.variants.pop() else {
            let Some(first) = self.first.take() else { return Verdict::skip("no response").into() };
            return self.judge_server(first);
        };
        let target = variant.target.clone();
        self.trying = Some(variant);
        let key = self.key("missing.json");
        self.request(now, |signing| signing.get_as(&key, &target))
    }

    /// How a proxy may have changed host and path.
    fn variants(&self) -> Vec<Variant> {
        let Some(Place::S3 { target, .. }) = self.accesses().map(|a| &a.requests.place) else { return Vec::new() };
        let mut variants = Vec::new();
        if let Some(stripped) = target.without_base() {
            variants.push(Variant { target: stripped, slug: "proxy-strips-path", said: String::new() });
        }
        let own = target.host();
        let bare = own.rsplit_once(':').map(|(host, _)| host.to_owned());
        for host in bare.into_iter().chain(self.neighbours.hosts.iter().cloned()).filter(|h| h != own) {
            let said = format!("the store sees `{}` instead of `{}`", escaped(&host), escaped(own));
            variants.push(Variant { target: target.seen_as(&host), slug: "proxy-rewrites-host", said });
        }
        variants.truncate(VARIANTS);
        variants.reverse();
        variants
    }

    fn judge_server(&mut self, first: First) -> Next {
        let note = first.server.clone();
        let verdict = match self.first_cause(&first) {
            Some((cause, finding)) if matches!(cause.topic, Topic::Store | Topic::Network | Topic::Object) => {
                Verdict::found(finding)
            }
            _ => Verdict::pass(note),
        };
        self.first = Some(first);
        verdict.into()
    }

    /// The cause in the first response; `None` if it's as expected.
    fn first_cause(&self, first: &First) -> Option<(&'static Cause, Finding)> {
        let of = |slug: &str, said: String| {
            let cause = named(slug);
            Some((cause, Finding::of(cause, Severity::Error).said(said)))
        };
        if let Some((slug, said)) = &first.proved {
            return of(slug, said.clone());
        }
        let Some(error) = &first.error else { return of("missing-key-found", String::new()) };
        let code = error.code.as_deref();
        if matches!(code, Some("NoSuchKey" | "BlobNotFound")) {
            return None;
        }
        let cause = cause::of(error, doing(Action::Get));
        if code == Some("AccessDenied") && cause.is_none_or(|c| c.topic == Topic::Permission) {
            return None;
        }
        if code.is_none() && error.body != Body::Html && matches!(error.status, 200..=299 | 400 | 403 | 404) {
            return of("no-store", error.to_string());
        }
        if self.subject.swapped && matches!(cause.map(|c| c.topic), Some(Topic::Credentials)) {
            return of("keys-swapped", error.to_string());
        }
        let verdict = Verdict::refused(error, doing(Action::Get));
        let finding = verdict.finding?;
        Some((finding.cause, finding))
    }

    /// A step that looks at the first response again.
    fn again(&self, topics: &[Topic], well: impl FnOnce(&First) -> Verdict) -> Next {
        let Some(first) = &self.first else { return Verdict::skip("no response").into() };
        match self.first_cause(first) {
            Some((cause, finding)) if topics.contains(&cause.topic) => {
                let mut verdict = Verdict::found(finding);
                if cause.topic == Topic::Region {
                    verdict = verdict.about(self.variable(Role::Region));
                }
                verdict.into()
            }
            _ => well(first).into(),
        }
    }

    pub(super) fn begin_clock(&mut self) -> Next {
        self.again(&[Topic::Clock], |first| {
            let Some(ahead) = first.ahead else { return Verdict::pass_over("the store doesn't send its time") };
            let off = ahead.unsigned_abs();
            let minutes = off / 60;
            let said = format!(
                "this machine's clock is {minutes} minutes {} the store's",
                if ahead > 0 { "behind" } else { "ahead of" }
            );
            match off {
                // The other steps use the store's time.
                _ if first.was_skewed => Verdict::fail("clock-wrong", said).opened(),
                o if o > NOTICED => Verdict::warn("clock-wrong", said),
                _ => Verdict::pass(format!("{off} s apart")),
            }
        })
    }

    pub(super) fn begin_identity(&mut self) -> Next {
        let topics = [Topic::Credentials, Topic::Link];
        self.again(&topics, |_| match self.accesses().map(|a| &a.found) {
            Some(Found::Credentials { source, arn, elsewhere, .. }) => {
                let who = arn.as_ref().map_or_else(
                    |why| format!("from this machine's {source} (STS didn't identify it: {why})"),
                    |arn| format!("{} from this machine's {source}", escaped(arn)),
                );
                if !elsewhere {
                    return Verdict::pass(who);
                }
                let command = format!("{}.", self.subject.surroundings.command);
                let finding = Finding::new("another-identity", Severity::Hint).said(who).more(command);
                Verdict::found(finding)
            }
            _ => Verdict::pass("accepted"),
        })
    }

    pub(super) fn begin_region(&mut self) -> Next {
        self.again(&[Topic::Region], |_| {
            let place = self.accesses().map(|a| &a.requests.place);
            let Some(Place::S3 { target, .. }) = place else { return Verdict::pass("") };
            Verdict::pass(target.region.clone())
        })
    }

    pub(super) fn begin_bucket(&mut self) -> Next {
        let Some(accesses) = self.accesses() else { return Verdict::skip("no bucket").into() };
        let place = &accesses.requests.place;
        if let Place::S3 { target, .. } = place {
            if target.holds_bucket_twice() {
                let said = format!("{}{}", place.origin(), target.path(""));
                return Verdict::fail("bucket-doubled", said).into();
            }
        }
        if let (Some(error), true) = (self.first.as_ref().and_then(|f| f.error.as_ref()), wants_path_style(place)) {
            if error.code.as_deref() == Some("NoSuchBucket") {
                // Wildcard DNS resolved the host, and the store took the key's first segment for the bucket.
                let verdict = Verdict::fail("path-style-needed", error.to_string());
                return verdict.about(self.variable(Role::ForcePathStyle)).into();
            }
        }
        let creates = matches!(place, Place::Azure { creates_container: true, .. });
        let missing =
            |first: &First| first.error.as_ref().is_some_and(|e| e.code.as_deref() == Some("ContainerNotFound"));
        if creates && self.first.as_ref().is_some_and(missing) {
            let finding = Finding::new("container-to-be-made", Severity::Warning);
            return Verdict { open: false, ..Verdict::found(finding) }.into();
        }
        self.again(&[Topic::Bucket, Topic::Permission], |_| Verdict::pass(place.bucket().to_owned()))
    }

    pub(super) fn begin_missing_key(&mut self) -> Next {
        let Some(first) = &self.first else { return Verdict::skip("no response").into() };
        let status = first.error.as_ref().map_or(200, |e| e.status);
        if status == 404 {
            return Verdict::pass("404").into();
        }
        let may_list = self.subject.use_case == UseCase::Events;
        Verdict::pass(if may_list && self.passed(super::step::Step::List) {
            "403: this identity may list only under the prefix"
        } else {
            "403: this identity may not list, and this use case never lists"
        })
        .into()
    }
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
    let there = i64::try_from(clock::of_store(&head.headers)?.unix()).ok()?;
    Some(there.saturating_sub(i64::try_from(now.unix()).ok()?))
}

/// What the server calls itself.
fn server(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(escaped);
    let said = text("server").filter(|s| !s.is_empty());
    let has = |name: &str| headers.contains_key(name);
    let kind = match () {
        () if has("x-minio-error-code") || has("x-minio-deployment-id") => Some("MinIO"),
        () if has("x-ms-request-id") || has("x-ms-version") => Some("Azure Blob"),
        () if has("x-guploader-uploadid") => Some("Google Cloud Storage"),
        () if has("cf-ray") => Some("behind Cloudflare"),
        () => None,
    };
    match (said, kind) {
        (Some(said), Some(kind)) if !said.contains(kind) => format!("{said} ({kind})"),
        (Some(said), _) => said,
        (None, Some(kind)) => kind.to_owned(),
        (None, None) => "unidentified".to_owned(),
    }
}

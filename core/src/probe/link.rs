//! Presigned URLs: signed as web signs them, used as a browser or one of Langfuse's SDKs uses them, without
//! credentials.

use http::Method;
use http::response::Parts as Head;

use crate::object::media::Sha256;
use crate::sign::Timestamp;
use crate::storage::access::Place;
use crate::storage::cause::Action;
use crate::storage::presign::{Disposition, Operation, Upload};
use crate::storage::{Encryption, StoreError};
use crate::variable::{Role, UseCase};

use super::case::{Case, Thing, link_origin, on_link};
use super::finding::{Next, Verdict};
use super::object::BODY;
use super::parts::noise;
use super::request::anonymous;
use super::step::Step;
use super::transport::{Answer, Ask};

/// Bytes of an upload through a presigned URL: more than nginx accepts by default (1 MiB).
const UPLOAD: usize = 2 * 1024 * 1024;

/// The content type of uploads through presigned URLs.
const TYPE: &str = "application/octet-stream";

/// The host to which Langfuse's SDKs upload without the checksum header.
/// Source: langfuse-python `media_manager`, langfuse-js `MediaService`.
const GOOGLE: &str = "storage.googleapis.com";

/// The response's CORS header.
const ALLOWED_ORIGIN: &str = "access-control-allow-origin";

impl Case {
    fn ask_link(
        &self,
        method: Method,
        url: Result<String, String>,
        headers: &[(&'static str, &str)],
        body: Vec<u8>,
    ) -> Next {
        let made = url.and_then(|url| anonymous(method, &url, headers, body));
        match made {
            Ok(request) => Next::Ask(Ask::Http(request)),
            Err(why) => Verdict::fail("request-impossible", why).of_links(true).into(),
        }
    }

    fn link(&mut self, now: Timestamp, key: &str, operation: &Operation<'_>) -> Result<String, String> {
        self.as_web(now, |signing| signing.link(key, operation))
            .unwrap_or_else(|| Err("no credentials to sign with".into()))
    }

    pub(super) fn begin_link_get(&mut self, now: Timestamp) -> Next {
        if !self.may_sign() {
            return Verdict::skip("no credentials to sign with").into();
        }
        // What makes requests fail makes presigned URLs fail, too.
        let before = [Step::Identity, Step::Region, Step::Bucket, Step::Put, Step::Get];
        if let Some(step) = before.into_iter().find(|s| self.failed(*s)) {
            return Verdict::skip(format!("after {}", step.name())).into();
        }
        let key = self.key(if self.passed(Step::Put) { "put.json" } else { "missing.json" });
        let disposition =
            if self.subject.use_case == UseCase::Exports { Disposition::Attachment } else { Disposition::Inline };
        let url = self.link(now, &key, &Operation::Get { disposition });
        self.ask_link(Method::GET, url, &[], Vec::new())
    }

    pub(super) fn hear_link_get(&mut self, answer: Answer) -> Next {
        let (head, body) = match self.response(answer) {
            Ok(taken) => taken,
            Err(verdict) => return self.of_link(verdict).into(),
        };
        let written = self.passed(Step::Put);
        if head.status.is_success() {
            if written && body == BODY.as_bytes() {
                let named = head.headers.get("content-disposition").and_then(|v| v.to_str().ok());
                let missing =
                    self.subject.use_case == UseCase::Exports && !named.is_some_and(|n| n.contains("attachment"));
                if missing {
                    return Verdict::warn("disposition-missing", "").of_links(true).into();
                }
                return Verdict::pass("").into();
            }
            let error = StoreError::read(head.status, &head.headers, &body);
            if matches!(error.body, crate::storage::error::Body::Html) {
                return self.of_link(Verdict::refused(&error, on_link(Action::Get))).into();
            }
            return self.of_link(Verdict::fail("body-differs", "the URL returns a different body")).into();
        }
        let error = StoreError::read(head.status, &head.headers, &body);
        let code = error.code.as_deref();
        if !written && matches!(code, Some("NoSuchKey" | "BlobNotFound")) {
            return Verdict::pass("accepted: no such object").into();
        }
        // Without permission to list, a store answers 403 for missing objects.
        if !written && code == Some("AccessDenied") && !error.message.to_ascii_lowercase().contains("expired") {
            return Verdict::pass("accepted: 403, as for a missing object without permission to list").into();
        }
        self.refused_link(&error, Action::Get)
    }

    pub(super) fn begin_link_put(&mut self, step: Step, now: Timestamp) -> Next {
        if !self.may_sign() {
            return Verdict::skip("no credentials to sign with").into();
        }
        let key = self.upload_key(step);
        let (signed, sent) = match step {
            Step::LinkChecksum => (noise(BODY.len()), BODY.as_bytes().to_vec()),
            _ => (noise(UPLOAD), noise(UPLOAD)),
        };
        let sha256 = Sha256::of(&signed).base64();
        let (sse, kms) = match self.accesses() {
            Some(a) => {
                let encryption = a.links.encryption();
                (encryption.sse.map(str::to_owned), encryption.kms_key_id.map(str::to_owned))
            }
            None => (None, None),
        };
        let upload = Upload {
            content_type: Some(TYPE),
            content_length: u64::try_from(signed.len()).ok(),
            sha256: Some(&sha256),
            encryption: Encryption { sse: sse.as_deref(), kms_key_id: kms.as_deref() },
        };
        let url = self.link(now, &key, &Operation::Put(upload));
        // Exactly what the SDKs send.
        let mut headers = vec![("content-type", TYPE)];
        let google = self.there(true).is_some_and(|t| t.host == GOOGLE);
        if !google {
            headers.push(("x-amz-checksum-sha256", sha256.as_str()));
            headers.push(("x-ms-blob-type", "BlockBlob"));
        }
        self.make(Thing::Object { key });
        self.ask_link(Method::PUT, url, &headers, sent)
    }

    pub(super) fn hear_link_put(&mut self, step: Step, answer: Answer) -> Next {
        let key = self.upload_key(step);
        let (head, body) = match self.response(answer) {
            Ok(taken) => taken,
            Err(verdict) if step == Step::LinkChecksum => {
                // Some stores close the connection if the body isn't the signed one.
                return Verdict::pass(format!("rejected: {}", verdict.note)).into();
            }
            Err(verdict) => return self.of_link(verdict).into(),
        };
        let error = match crate::storage::accepted(&head, &body) {
            Ok(()) => {
                self.note_head_version(&head);
                return if step == Step::LinkChecksum {
                    Verdict::warn("checksum-ignored", "").about(self.variable(Role::Endpoint)).of_links(true).into()
                } else {
                    Verdict::pass("").into()
                };
            }
            Err(error) => error,
        };
        self.not_made(&key, &error);
        if step == Step::LinkChecksum {
            return if matches!(error.status, 400..=499) {
                Verdict::pass(format!("rejected: {}", error.label())).into()
            } else {
                self.refused_link(&error, Action::Put)
            };
        }
        self.refused_link(&error, Action::Put)
    }

    /// The preflight request that a browser sends before the upload.
    pub(super) fn begin_cors(&mut self, now: Timestamp) -> Next {
        let Some(origin) = self.origin.clone() else {
            return Verdict::pass_over("no page origin: pass --origin, or set NEXTAUTH_URL").into();
        };
        let key = self.upload_key(Step::LinkPut);
        let url = if self.may_sign() {
            self.link(now, &key, &Operation::Put(Upload::default()))
        } else {
            Err("no credentials to sign with".into())
        };
        let url = url.or_else(|why| match self.accesses().map(|a| &a.links.place) {
            Some(Place::S3 { link_target, .. }) => Ok(link_target.url(&link_target.path(&key), "")),
            _ => Err(why),
        });
        let wanted = self.preflight_headers();
        let headers = [
            ("origin", origin.as_str()),
            ("access-control-request-method", "PUT"),
            ("access-control-request-headers", wanted),
        ];
        self.ask_link(Method::OPTIONS, url, &headers, Vec::new())
    }

    /// Source: Langfuse v4.16.0, `getItemMediaUploadHeaders`.
    fn preflight_headers(&self) -> &'static str {
        if self.on_azure() {
            "content-type,x-amz-checksum-sha256,x-ms-blob-type,x-ms-version"
        } else {
            "content-type,x-amz-checksum-sha256"
        }
    }

    pub(super) fn hear_cors(&mut self, answer: Answer) -> Next {
        let (head, _) = match self.response(answer) {
            Ok(taken) => taken,
            Err(verdict) => return self.of_link(verdict).into(),
        };
        let text = |name: &str| {
            let value = head.headers.get_all(name).iter().filter_map(|v| v.to_str().ok());
            value.collect::<Vec<_>>().join(",").to_ascii_lowercase()
        };
        let origin = self.origin.clone().unwrap_or_default();
        let allowed = text(ALLOWED_ORIGIN);
        let lists =
            |name: &str, wanted: &str| text(name).split(',').any(|w| matches!(w.trim(), "*") || w.trim() == wanted);
        let lacking = match () {
            () if !head.status.is_success() || allowed.is_empty() => {
                Some(format!("the preflight returns HTTP {}", head.status.as_u16()))
            }
            () if allowed != "*" && !allowed.eq_ignore_ascii_case(&origin) => Some("it allows another origin".into()),
            () if !lists("access-control-allow-methods", "put") => Some("it doesn't allow PUT".into()),
            () => {
                let wanted = self.preflight_headers().split(',');
                let missing: Vec<&str> = wanted.filter(|w| !lists("access-control-allow-headers", w)).collect();
                (!missing.is_empty()).then(|| format!("it doesn't allow the header {}", missing.join(", ")))
            }
        };
        match lacking {
            None => Verdict::pass(format!("for {origin}")).into(),
            Some(why) => Verdict::warn("cors-missing", format!("for {origin}, {why}"))
                .about(self.variable(Role::Bucket))
                .of_links(true)
                .into(),
        }
    }

    pub(super) fn begin_public_access(&mut self) -> Next {
        let Some(accesses) = self.accesses() else { return Verdict::skip("").into() };
        let written = self.passed(Step::Put);
        let key = self.key("put.json");
        let url = match (&accesses.requests.place, written) {
            (Place::S3 { target, .. }, true) => target.url(&target.path(&key), ""),
            (Place::S3 { target, .. }, false) => target.url(&target.path(""), "list-type=2&max-keys=1"),
            (Place::Azure { target, .. }, true) => target.url(&target.path(&key), ""),
            (Place::Azure { target, .. }, false) => {
                let container = target.path("");
                target.url(container.trim_end_matches('/'), "restype=container&comp=list&maxresults=1")
            }
        };
        self.ask_link(Method::GET, Ok(url), &[], Vec::new())
    }

    pub(super) fn hear_public_access(&mut self, answer: Answer) -> Next {
        let (head, body) = match self.response(answer) {
            Ok(taken) => taken,
            Err(verdict) => return Verdict::pass_over(verdict.note).into(),
        };
        let text = String::from_utf8_lossy(&body);
        let open = head.status.is_success()
            && (body == BODY.as_bytes() || text.contains("<ListBucketResult") || text.contains("<EnumerationResults"));
        if open {
            return Verdict::fail("public-read", format!("HTTP {} without credentials", head.status.as_u16())).into();
        }
        Verdict::pass(format!("rejected with HTTP {}", head.status.as_u16())).into()
    }

    fn upload_key(&self, step: Step) -> String {
        self.key(if step == Step::LinkChecksum { "other-body.bin" } else { "upload.bin" })
    }

    fn may_sign(&self) -> bool {
        self.accesses().is_some_and(|a| match &a.links.place {
            Place::Azure { .. } => true,
            Place::S3 { identity, .. } => {
                matches!(identity, crate::storage::access::Identity::Keys(_))
                    || matches!(a.found, super::subject::Found::Credentials { .. })
            }
        })
    }

    /// An error on a presigned URL. If the store accepts requests signed with the same keys, the URL itself is at
    /// fault.
    fn refused_link(&self, error: &StoreError, action: Action) -> Next {
        let sse = self.accesses().is_some_and(|a| a.links.encryption().sse.is_some());
        let code = error.code.as_deref();
        let signature =
            matches!(code, Some("SignatureDoesNotMatch" | "AccessDenied")) || (error.status == 403 && code.is_none());
        if action == Action::Put && sse && signature && !self.on_azure() {
            return Verdict::fail("media-encryption-signed", error.to_string())
                .about(self.variable(Role::Sse))
                .of_links(true)
                .into();
        }
        let skewed =
            self.first.as_ref().and_then(|f| f.ahead).is_some_and(|a| a.unsigned_abs() > super::server::NOTICED);
        if skewed && error.status == 403 {
            return self.of_link(Verdict::fail("link-expired", error.to_string())).into();
        }
        let elsewhere = self.accesses().is_some_and(|a| a.requests.place.origin() != link_origin(&a.links));
        if code == Some("SignatureDoesNotMatch") && elsewhere && self.passed(Step::Identity) {
            let base = self.accesses().is_some_and(|a| match &a.links.place {
                Place::S3 { link_target, .. } => link_target.without_base().is_some(),
                Place::Azure { .. } => false,
            });
            let slug = if base { "link-path-stripped" } else { "link-host-rewritten" };
            return self.of_link(Verdict::fail(slug, error.to_string())).into();
        }
        self.of_link(Verdict::refused(error, on_link(action))).into()
    }

    /// A verdict about web's variable.
    fn of_link(&self, verdict: Verdict) -> Verdict {
        let about = verdict
            .finding
            .as_ref()
            .is_some_and(|f| matches!(f.cause.variable, "" | "_ENDPOINT" | "_EXTERNAL_ENDPOINT"));
        let verdict = verdict.of_links(true);
        if about { verdict.about(self.link_variable()) } else { verdict }
    }

    fn note_head_version(&mut self, head: &Head) {
        let version = head.headers.get("x-amz-version-id").and_then(|v| v.to_str().ok()).map(str::to_owned);
        self.note_version(version.as_deref());
    }
}

//! Why stores, SDKs and networks fail, in Langfuse's terms, and what to do: one table for the errors of operations,
//! for `explain ERROR-CODE` and for the doctor.
//!
//! To add a cause, add a row to [`CAUSES`]; the more specific of two rows with the same code comes first.

mod table;

pub use table::CAUSES;

use super::Fault;
use super::error::{Body, StoreError};
use crate::variable::UseCase;

/// What was being done when the error occurred.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Listing keys.
    List,
    /// Reading an object.
    Get,
    /// Writing an object.
    Put,
    /// Deleting one object.
    Delete,
    /// Deleting many objects in one request.
    DeleteMany,
    /// Completing a multipart upload.
    Complete,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::List, Self::Get, Self::Put, Self::Delete, Self::DeleteMany, Self::Complete];

    /// The S3 permission that it requires and that no other action does.
    #[must_use]
    pub fn permission(self) -> Option<&'static str> {
        match self {
            Self::List => Some("s3:ListBucket"),
            Self::Get => Some("s3:GetObject"),
            Self::Put => Some("s3:PutObject"),
            Self::Delete => Some("s3:DeleteObject"),
            Self::DeleteMany | Self::Complete => None,
        }
    }
}

/// What a cause is about; this decides the doctor's step that it belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Topic {
    /// The identity's permissions.
    Permission,
    /// The credentials.
    Credentials,
    /// The clock.
    Clock,
    /// The region in the signature.
    Region,
    /// Bucket, container or account.
    Bucket,
    /// One object: its key, its body, the headers of its request.
    Object,
    /// The server at the address.
    Store,
    /// The network.
    Network,
    /// Presigned URLs, and their clients.
    Link,
    /// What a page in a browser may do.
    Browser,
    /// The bucket's configuration.
    Facts,
}

/// One cause.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cause {
    /// Its own name, used by `explain` and the doctor's report.
    pub slug: &'static str,
    /// Its codes or symptoms, as logs show them; the first one is its title.
    pub codes: &'static [&'static str],
    /// The HTTP statuses that mean it if a response has neither a code nor a web page.
    pub statuses: &'static [u16],
    /// Only while doing this.
    pub action: Option<Action>,
    /// Only with a presigned URL, or only without one.
    pub presigned: Option<bool>,
    /// Only if the response contains one of these, in any case.
    pub says: &'static [&'static str],
    /// What it means: one sentence.
    pub cause: &'static str,
    /// What to do. It names a use case's variables by their suffix: `_REGION`.
    pub remedy: &'static str,
    /// What it is about.
    pub topic: Topic,
    /// The variable to check: the suffix of a use case's own, a full name, or nothing.
    pub variable: &'static str,
    /// The transport failure that means it.
    pub fault: Option<Fault>,
    /// Whether it only says that the doctor couldn't test something from here.
    pub untested: bool,
    /// The source of the fact.
    pub source: &'static str,
}

const PLAIN: Cause = Cause {
    slug: "",
    codes: &[],
    statuses: &[],
    action: None,
    presigned: None,
    says: &[],
    cause: "",
    remedy: "",
    topic: Topic::Store,
    variable: "",
    fault: None,
    untested: false,
    source: "",
};

/// The placeholder for a cause that the table doesn't have.
pub static UNNAMED: Cause = PLAIN;

impl Cause {
    /// Whether its conditions hold for `text`, in lowercase, logged during `action`.
    fn fits(&self, text: &str, action: Option<Action>) -> bool {
        self.action.is_none_or(|a| action == Some(a))
            && (self.says.is_empty() || self.says.iter().any(|s| text.contains(&s.to_ascii_lowercase())))
    }

    /// What to do, with the variables of `use_case` under their full names.
    #[must_use]
    pub fn remedy_for(&self, use_case: UseCase) -> String {
        spelled_out(self.remedy, use_case)
    }

    /// What it means, with the variables of `use_case` under their full names.
    #[must_use]
    pub fn cause_for(&self, use_case: UseCase) -> String {
        spelled_out(self.cause, use_case)
    }

    /// The full name of the variable to check.
    #[must_use]
    pub fn variable_of(&self, use_case: UseCase) -> Option<String> {
        match self.variable {
            "" => None,
            suffix if suffix.starts_with('_') => Some(format!("{}{suffix}", use_case.stem())),
            name => Some(name.to_owned()),
        }
    }
}

/// How a page, which is about no single use case, names the variable with the endpoint of presigned URLs.
const LINKS: &str = "`_EXTERNAL_ENDPOINT` (for media web's own `_ENDPOINT`)";

fn spelled_out(text: &str, use_case: UseCase) -> String {
    let links = if use_case == UseCase::Exports { "`_EXTERNAL_ENDPOINT`" } else { "web's own `_ENDPOINT`" };
    text.replace(LINKS, links).replace("`_", &format!("`{}_", use_case.stem()))
}

/// The context of an error.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Circumstance {
    /// What was being done; `None` if it isn't known.
    pub action: Option<Action>,
    /// Whether the request used a presigned URL.
    pub presigned: bool,
}

/// The code of a web page in place of a store's response in [`CAUSES`].
const WEB_PAGE: &str = "HTML body";

/// Statuses that proxies return on their own.
const PROXIES: [u16; 7] = [401, 413, 429, 502, 503, 504, 507];

/// The cause of `error`: the first row whose conditions all hold.
#[must_use]
pub fn of(error: &StoreError, circumstance: Circumstance) -> Option<&'static Cause> {
    let code = match (&error.code, error.body) {
        (Some(code), _) => Some(code.as_str()),
        // Proxies send their own errors as pages; of the others the page says more than the status.
        (None, Body::Html) if !PROXIES.contains(&error.status) => Some(WEB_PAGE),
        (None, _) => None,
    };
    let said = [error.message.as_str(), error.details.as_deref().unwrap_or("")].map(str::to_ascii_lowercase);
    CAUSES.iter().find(|row| {
        let named = code.map_or_else(
            || row.statuses.contains(&error.status),
            |code| row.codes.iter().any(|c| c.eq_ignore_ascii_case(code)),
        );
        named
            && row.action.is_none_or(|a| circumstance.action == Some(a))
            && row.presigned.is_none_or(|p| circumstance.presigned == p)
            && (row.says.is_empty()
                || row.says.iter().any(|s| said.iter().any(|t| t.contains(&s.to_ascii_lowercase()))))
    })
}

/// The cause of a transport failure.
#[must_use]
pub fn of_fault(fault: Fault) -> Option<&'static Cause> {
    CAUSES.iter().find(|row| row.fault == Some(fault))
}

/// The cause of that name.
#[must_use]
pub fn by_slug(slug: &str) -> Option<&'static Cause> {
    CAUSES.iter().find(|row| row.slug == slug)
}

/// Every cause of a code or symptom, as given to `explain`: the whole string, or a log line that contains one. A log line
/// says more than the code alone, so only the causes whose conditions it meets count, if there are any.
pub fn by_code(code: &str) -> impl Iterator<Item = &'static Cause> {
    let text = code.trim().to_ascii_lowercase();
    let is = |row: &Cause| row.slug == text || row.codes.iter().any(|c| c.eq_ignore_ascii_case(&text));
    let mut causes: Vec<&'static Cause> = CAUSES.iter().filter(|row| is(row)).collect();
    if causes.is_empty() {
        causes.extend(CAUSES.iter().filter(|row| row.codes.iter().any(|c| has_words(&text, &c.to_ascii_lowercase()))));
        let action = permission(&text);
        if causes.iter().any(|row| row.fits(&text, action)) {
            causes.retain(|row| row.fits(&text, action));
        }
    }
    causes.into_iter()
}

/// The cause that a log entry names: the first row whose conditions all hold. `action` is what was being done, if that's
/// known; else the permission that the text names tells.
#[must_use]
pub fn of_text(text: &str, action: Option<Action>) -> Option<&'static Cause> {
    let text = text.to_ascii_lowercase();
    let action = permission(&text).or(action);
    let named = |row: &&Cause| row.codes.iter().any(|c| has_words(&text, &c.to_ascii_lowercase()));
    CAUSES.iter().filter(|row| row.presigned != Some(true) && row.fits(&text, action)).find(named)
}

/// What was being done, by the permission that `text`, in lowercase, names, as stores do when they refuse a request.
fn permission(text: &str) -> Option<Action> {
    let named = |action: &Action| action.permission().is_some_and(|name| text.contains(&name.to_ascii_lowercase()));
    Action::ALL.into_iter().find(named)
}

/// Whether `text` contains `words` as whole words: `NotFound` isn't one in `ENOTFOUND`, nor `412` in `h412x`.
fn has_words(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, found)| {
        let before = text.get(..at).unwrap_or("");
        let after = text.get(at.saturating_add(found.len())..).and_then(|t| t.chars().next());
        let apart = [before.chars().next_back(), after].into_iter().flatten().all(|c| !c.is_alphanumeric());
        apart && (!words.bytes().all(|b| b.is_ascii_digit()) || names_a_status(before))
    })
}

/// Whether a number after `before`, in lowercase, is an HTTP status and not a port, a duration or a count.
fn names_a_status(before: &str) -> bool {
    let before = before.trim_end_matches(|c: char| !c.is_alphanumeric());
    let version = ["http/1.0", "http/1.1", "http/2", "http/2.0", "http/3"];
    let word = ["http", "status", "statuscode", "status code", "status_code", "httpstatuscode"];
    let last = |words: &[&str]| {
        words.iter().any(|w| before.strip_suffix(w).is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric())))
    };
    last(&word) || last(&version)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;

    /// Every code and symptom of the domain's reference, part 3b.
    const EXPLAINED: &[&str] = &[
        "AccessDenied",
        "S3 API Request made to Console port",
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "AuthorizationHeaderMalformed",
        "PermanentRedirect",
        "301",
        "IllegalLocationConstraint",
        "IllegalLocationConstraintException",
        "NoSuchBucket",
        "NoSuchKey",
        "InvalidBucketName",
        "RequestTimeTooSkewed",
        "Request has expired",
        "ExpiredRequest",
        "ExpiredToken",
        "InvalidToken",
        "InvalidTokenId",
        "CredentialsProviderError",
        "Could not load credentials",
        "Region is missing",
        "Region not accepted",
        "InvalidArgument",
        "XAmzContentSHA256Mismatch",
        "NotImplemented",
        "501",
        "MissingContentMD5",
        "412",
        "PreconditionFailed",
        "MalformedSecurityHeader",
        "BadDigest",
        "EntityTooLarge",
        "413",
        "SlowDown",
        "503",
        "XMinioStorageFull",
        "XMinioInvalidObjectName",
        "KMS.NotFoundException",
        "KMS.DisabledException",
        "KMS.InvalidStateException",
        "KMS is not configured",
        "SecondLevelDomainForbidden",
        "AllAccessDisabled",
        "AccountProblem",
        "AuthenticationFailed",
        "KeyBasedAuthenticationNotPermitted",
        "ContainerNotFound",
        "AuthorizationPermissionMismatch",
        "AuthorizationFailure",
        "InvalidResourceName",
        "ResourceNotFound",
        "AccountIsDisabled",
        "x-ms-blob-type",
        "Permission 'iam.serviceAccounts.signBlob' denied",
        "Provided scope(s) are not authorized",
        "Premature close",
        "unable to get local issuer certificate",
        "self-signed certificate",
        "DEPTH_ZERO_SELF_SIGNED_CERT",
        "ERR_TLS_CERT_ALTNAME_INVALID",
        "ENOTFOUND s3.auto.amazonaws.com",
        "ENOTFOUND langfuse.minio",
        "EAI_AGAIN",
        "ECONNREFUSED 127.0.0.1:9090",
        "Port 9000 is for clickhouse-client program",
        "HTML body",
        "net::ERR_FAILED",
        "Content Security Policy",
        "Refused to connect",
        "Refused to load",
        "Media not yet uploaded",
        "Media upload failed with status 403",
    ];

    fn error(status: u16, body: &str) -> StoreError {
        StoreError::read(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes())
    }

    fn cause(status: u16, code: &str, message: &str, circumstance: Circumstance) -> &'static str {
        let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
        of(&error(status, &body), circumstance).unwrap().cause
    }

    #[test]
    fn every_row_says_what_it_means_and_what_to_do() {
        for row in CAUSES {
            let sentence = |t: &str| t.ends_with('.') && !t.contains("  ") && t.chars().next().unwrap().is_uppercase();
            assert!(sentence(row.cause) && sentence(row.remedy), "{row:?}");
            assert!(!row.codes.is_empty() && by_code(row.codes[0]).any(|r| r == row), "{row:?}");
            assert!(!row.source.is_empty() && by_code(row.slug).eq([row]), "{row:?}");
            assert!(row.variable.is_empty() || row.remedy.contains(row.variable), "{row:?}");
        }
        for fault in Fault::ALL {
            assert!(of_fault(fault).is_some(), "{fault:?}");
        }
    }

    #[test]
    fn names_are_their_own() {
        let mut slugs: Vec<&str> = CAUSES.iter().map(|c| c.slug).chain(crate::rule::all().map(|r| r.slug)).collect();
        slugs.sort_unstable();
        let count = slugs.len();
        slugs.dedup();
        assert_eq!(slugs.len(), count);
    }

    #[test]
    fn variables_are_spelled_out() {
        let row = by_slug("region-wrong").unwrap();
        assert!(row.remedy_for(UseCase::Media).starts_with("Set `LANGFUSE_S3_MEDIA_UPLOAD_REGION` to"));
        assert_eq!(row.variable_of(UseCase::Exports).as_deref(), Some("LANGFUSE_S3_BATCH_EXPORT_REGION"));
        // Only exports have an external endpoint.
        for row in CAUSES.iter().filter(|row| row.remedy.contains("for media")) {
            assert!(!row.remedy_for(UseCase::Media).contains("EXTERNAL"), "{row:?}");
            assert!(!row.remedy_for(UseCase::Exports).contains("media"), "{row:?}");
        }
    }

    #[test]
    fn every_code_of_the_reference_is_explained() {
        for code in EXPLAINED {
            assert!(by_code(code).count() > 0, "{code}");
        }
    }

    #[test]
    fn no_row_hides_another() {
        for (at, row) in CAUSES.iter().enumerate() {
            for earlier in &CAUSES[..at] {
                let unconditional = earlier.action.is_none() && earlier.presigned.is_none() && earlier.says.is_empty();
                let covered = |c: &&str| earlier.codes.contains(c);
                assert!(!(unconditional && row.codes.iter().any(covered)), "{earlier:?} hides {row:?}");
            }
        }
    }

    #[test]
    fn the_circumstances_decide() {
        let doing = |action| Circumstance { action: Some(action), presigned: false };
        let unknown = Circumstance::default();
        assert!(cause(403, "AccessDenied", "", doing(Action::List)).contains("may not list"));
        assert!(cause(403, "AccessDenied", "no kms:GenerateDataKey", doing(Action::Put)).contains("KMS"));
        let console = "S3 API Request made to Console port. S3 Requests should be sent to API port.";
        assert!(cause(403, "AccessDenied", console, doing(Action::Put)).contains("console"));
        assert!(cause(403, "AccessDenied", "", unknown).contains("doesn't allow"));
        let link = Circumstance { presigned: true, ..unknown };
        assert!(cause(403, "SignatureDoesNotMatch", "", link).contains("presigned URL"));
        assert!(cause(403, "SignatureDoesNotMatch", "", unknown).contains("secret"));
        assert!(
            cause(400, "InvalidArgument", "Credential access key has length 20, should be 32", unknown).contains("R2")
        );
    }

    #[test]
    fn answers_without_a_code_go_by_status_and_body() {
        let none = Circumstance::default();
        assert!(of(&error(301, ""), none).unwrap().codes.contains(&"PermanentRedirect"));
        assert!(of(&error(404, ""), none).unwrap().codes.contains(&"NoSuchKey"));
        assert!(of(&error(403, "<html>Sign in</html>"), none).unwrap().cause.contains("web page"));
        let page = "<html><h1>413 Request Entity Too Large</h1></html>";
        assert_eq!(of(&error(413, page), none).unwrap().slug, "body-too-large");
        assert_eq!(of(&error(418, ""), none), None);
        assert_eq!(of(&error(403, "<Error><Code>Unheard</Code></Error>"), none), None);
    }

    #[test]
    fn explain_takes_codes_and_lines_of_logs() {
        assert!(by_code("accessdenied").count() > 3);
        assert_eq!(by_code("412").count(), 2);
        let line = "Error: getaddrinfo ENOTFOUND langfuse.minio";
        assert_eq!(by_code(line).map(|c| c.codes[0]).collect::<Vec<_>>(), ["ENOTFOUND"]);
        assert_eq!(by_code("ENOTFOUND s3.auto.amazonaws.com").count(), 1);
        assert_eq!(by_code("").count(), 0);
        assert_eq!(by_code("nothing of the kind").count(), 0);
    }

    #[test]
    fn a_number_is_a_status_only_where_it_is_called_one() {
        for line in [
            "HTTP 412",
            "PUT /a/b HTTP/1.1\" 412 -",
            "upload failed with status 412",
            "\"httpStatusCode\":412,",
            "status code: 412",
            "statusCode=412",
        ] {
            assert_eq!(by_code(line).map(|c| c.slug).collect::<Vec<_>>(), ["precondition-failed"], "{line}");
        }
        for line in [
            "took 412 ms",
            "listening on 127.0.0.1:500",
            "batch of 503 events",
            "line 412",
            "thermostatus 412",
            "412 events",
        ] {
            assert_eq!(by_code(line).count(), 0, "{line}");
        }
    }
}

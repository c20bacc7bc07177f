//! A bucket's configuration, for the doctor. Everything here is best effort: most identities aren't allowed to read it
//! (403), and many stores don't support it (501, or 400); the caller handles both.
//!
//! An error that means "there is none" (`NoSuchCORSConfiguration`) is a result: `None`, or an empty list.

use http::response::Parts;
use http::{Method, Request};

use super::{RequestError, Signer, StoreError, Target, answer, bucket_head};
use crate::sign::Payload;

/// A request about the bucket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Question {
    /// Whether it exists, and in which region; the response has only headers. [`region`].
    Head,
    /// Its region, for its owner. [`location`].
    Location,
    /// [`versioning`].
    Versioning,
    /// [`lifecycle`].
    Lifecycle,
    /// [`encryption`].
    Encryption,
    /// [`public_access_block`].
    PublicAccessBlock,
    /// [`is_public`].
    PolicyStatus,
    /// [`object_lock`].
    ObjectLock,
    /// [`cors`].
    Cors,
}

impl Question {
    fn query(self) -> &'static str {
        match self {
            Self::Head => "",
            Self::Location => "location=",
            Self::Versioning => "versioning=",
            Self::Lifecycle => "lifecycle=",
            Self::Encryption => "encryption=",
            Self::PublicAccessBlock => "publicAccessBlock=",
            Self::PolicyStatus => "policyStatus=",
            Self::ObjectLock => "object-lock=",
            Self::Cors => "cors=",
        }
    }

    /// The head to send.
    ///
    /// # Errors
    /// [`RequestError`] if it can't be signed.
    pub fn request(self, target: &Target, signer: &mut Signer<'_>) -> Result<Request<()>, RequestError> {
        let method = if self == Self::Head { Method::HEAD } else { Method::GET };
        bucket_head(method, target, self.query(), &[], &Payload::EMPTY, signer)
    }
}

/// The region in a response's headers, at any status: Amazon sends it even with 301 and 403.
#[must_use]
pub fn region(head: &Parts) -> Option<String> {
    answer::text(&head.headers, "x-amz-bucket-region")
}

/// The region of [`Question::Location`]. Amazon writes `us-east-1` as empty and, in old buckets, `eu-west-1` as `EU`.
///
/// # Errors
/// [`StoreError`] if the store refuses.
pub fn location(head: &Parts, body: &[u8]) -> Result<String, StoreError> {
    let mut region = String::new();
    // SeaweedFS wraps its response in the document of the request that creates a bucket.
    let wrapped = memchr::memmem::find(body, b"<CreateBucketConfiguration").is_some();
    let root = if wrapped { "CreateBucketConfiguration" } else { "LocationConstraint" };
    answer::document(head, body, root, |path, own| {
        // Some stores repeat the element inside itself.
        if (path.is_empty() || path == ["LocationConstraint"]) && !own.trim().is_empty() {
            own.trim().clone_into(&mut region);
        }
    })?;
    Ok(match region.as_str() {
        "" => "us-east-1".to_owned(),
        "EU" => "eu-west-1".to_owned(),
        _ => region,
    })
}

/// Whether deleted and overwritten objects are kept.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Versioning {
    /// Never enabled: they aren't.
    #[default]
    Off,
    /// Enabled: they are.
    Enabled,
    /// Suspended: old versions are, new ones aren't.
    Suspended,
}

/// Parses the response to [`Question::Versioning`].
///
/// # Errors
/// [`StoreError`] if the store refuses.
pub fn versioning(head: &Parts, body: &[u8]) -> Result<Versioning, StoreError> {
    let mut versioning = Versioning::Off;
    answer::document(head, body, "VersioningConfiguration", |path, own| {
        if path == ["Status"] {
            versioning = match own.trim() {
                "Enabled" => Versioning::Enabled,
                "Suspended" => Versioning::Suspended,
                _ => Versioning::Off,
            };
        }
    })?;
    Ok(versioning)
}

/// A rule that deletes or moves objects by age.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct LifecycleRule {
    /// Its name.
    pub id: Option<String>,
    /// Whether it's enabled.
    pub enabled: bool,
    /// The prefix of the keys it applies to; empty for all.
    pub prefix: String,
    /// Whether tags or sizes narrow it further.
    pub narrowed: bool,
    /// Deletes objects of this age in days.
    pub expires_after_days: Option<u32>,
    /// Deletes objects at that date, as the store writes it.
    pub expires_at: Option<String>,
    /// Deletes old versions this many days after they were replaced.
    pub old_versions_after_days: Option<u32>,
    /// Aborts incomplete multipart uploads of this age in days.
    pub aborts_uploads_after_days: Option<u32>,
    /// The storage classes that it moves objects to.
    pub moves_to: Vec<String>,
}

/// Parses the response to [`Question::Lifecycle`].
///
/// # Errors
/// [`StoreError`] if the store refuses.
pub fn lifecycle(head: &Parts, body: &[u8]) -> Result<Vec<LifecycleRule>, StoreError> {
    let mut rules = Vec::new();
    let mut rule = LifecycleRule::default();
    let days = |own: &str| own.trim().parse().ok();
    let read = answer::document(head, body, "LifecycleConfiguration", |path, own| match path {
        ["Rule", "ID"] => rule.id = answer::filled(own),
        ["Rule", "Status"] => rule.enabled = own.trim() == "Enabled",
        ["Rule", "Prefix"] | ["Rule", "Filter", "Prefix"] | ["Rule", "Filter", "And", "Prefix"] => {
            own.clone_into(&mut rule.prefix);
        }
        ["Rule", "Filter", "Tag" | "ObjectSizeGreaterThan" | "ObjectSizeLessThan"]
        | ["Rule", "Filter", "And", "Tag" | "ObjectSizeGreaterThan" | "ObjectSizeLessThan"] => rule.narrowed = true,
        ["Rule", "Expiration", "Days"] => rule.expires_after_days = days(own),
        ["Rule", "Expiration", "Date"] => rule.expires_at = answer::filled(own),
        ["Rule", "NoncurrentVersionExpiration", "NoncurrentDays"] => rule.old_versions_after_days = days(own),
        ["Rule", "AbortIncompleteMultipartUpload", "DaysAfterInitiation"] => {
            rule.aborts_uploads_after_days = days(own);
        }
        ["Rule", "Transition", "StorageClass"] => rule.moves_to.extend(answer::filled(own)),
        ["Rule"] => rules.push(std::mem::take(&mut rule)),
        _ => {}
    });
    none_at(read, "NoSuchLifecycleConfiguration").map(|found| if found { rules } else { Vec::new() })
}

/// The default encryption, for objects that request none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DefaultEncryption {
    /// `AES256` or `aws:kms`.
    pub algorithm: String,
    /// The KMS key.
    pub kms_key_id: Option<String>,
}

/// Parses the response to [`Question::Encryption`].
///
/// # Errors
/// [`StoreError`] if the store refuses.
pub fn encryption(head: &Parts, body: &[u8]) -> Result<Option<DefaultEncryption>, StoreError> {
    let (mut algorithm, mut kms_key_id) = (None, None);
    let read = answer::document(head, body, "ServerSideEncryptionConfiguration", |path, own| match path {
        ["Rule", "ApplyServerSideEncryptionByDefault", "SSEAlgorithm"] => algorithm = answer::filled(own),
        ["Rule", "ApplyServerSideEncryptionByDefault", "KMSMasterKeyID"] => kms_key_id = answer::filled(own),
        _ => {}
    });
    none_at(read, "ServerSideEncryptionConfigurationNotFoundError")?;
    Ok(algorithm.map(|algorithm| DefaultEncryption { algorithm, kms_key_id }))
}

/// The settings that keep a bucket private despite its policy and its objects' ACLs.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "the four switches of S3's own document")]
pub struct PublicAccessBlock {
    /// New public ACLs are refused.
    pub blocks_acls: bool,
    /// Public ACLs are ignored.
    pub ignores_acls: bool,
    /// New public policies are refused.
    pub blocks_policy: bool,
    /// A public policy only applies within the account.
    pub restricts_buckets: bool,
}

/// Parses the response to [`Question::PublicAccessBlock`].
///
/// # Errors
/// [`StoreError`] if the store refuses.
pub fn public_access_block(head: &Parts, body: &[u8]) -> Result<Option<PublicAccessBlock>, StoreError> {
    let mut block = PublicAccessBlock::default();
    let read = answer::document(head, body, "PublicAccessBlockConfiguration", |path, own| match path {
        ["BlockPublicAcls"] => block.blocks_acls = answer::is_true(own),
        ["IgnorePublicAcls"] => block.ignores_acls = answer::is_true(own),
        ["BlockPublicPolicy"] => block.blocks_policy = answer::is_true(own),
        ["RestrictPublicBuckets"] => block.restricts_buckets = answer::is_true(own),
        _ => {}
    });
    none_at(read, "NoSuchPublicAccessBlockConfiguration").map(|found| found.then_some(block))
}

/// Whether the bucket's policy makes it public; a bucket without a policy isn't. Parses the response to
/// [`Question::PolicyStatus`].
///
/// # Errors
/// [`StoreError`] if the store refuses, or doesn't say.
pub fn is_public(head: &Parts, body: &[u8]) -> Result<bool, StoreError> {
    let mut public = None;
    let read = answer::document(head, body, "PolicyStatus", |path, own| {
        if path == ["IsPublic"] {
            public = Some(answer::is_true(own));
        }
    });
    if none_at(read, "NoSuchBucketPolicy")? {
        public.ok_or_else(|| answer::unusable(head, body, "it doesn't say whether the bucket is public"))
    } else {
        Ok(false)
    }
}

/// The default retention: how long objects can't be deleted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Retention {
    /// `GOVERNANCE`, which some identities may bypass, or `COMPLIANCE`.
    pub mode: String,
    /// In days.
    pub days: Option<u32>,
    /// In years, if it isn't in days.
    pub years: Option<u32>,
}

/// Object Lock: with a default retention, every write needs a checksum, and no deletion frees space.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ObjectLock {
    /// Whether it is on.
    pub enabled: bool,
    /// The default retention.
    pub default: Option<Retention>,
}

/// Parses the response to [`Question::ObjectLock`].
///
/// # Errors
/// [`StoreError`] if the store refuses.
pub fn object_lock(head: &Parts, body: &[u8]) -> Result<ObjectLock, StoreError> {
    let (mut enabled, mut mode, mut days, mut years) = (false, None, None, None);
    let read = answer::document(head, body, "ObjectLockConfiguration", |path, own| match path {
        ["ObjectLockEnabled"] => enabled = own.trim() == "Enabled",
        ["Rule", "DefaultRetention", "Mode"] => mode = answer::filled(own),
        ["Rule", "DefaultRetention", "Days"] => days = own.trim().parse().ok(),
        ["Rule", "DefaultRetention", "Years"] => years = own.trim().parse().ok(),
        _ => {}
    });
    none_at(read, "ObjectLockConfigurationNotFoundError")?;
    Ok(ObjectLock { enabled, default: mode.map(|mode| Retention { mode, days, years }) })
}

/// A CORS rule: what pages of other origins may do.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct CorsRule {
    /// The origins, `*` for any number of characters.
    pub origins: Vec<String>,
    /// The methods, in uppercase.
    pub methods: Vec<String>,
    /// The request headers, `*` for any number of characters.
    pub headers: Vec<String>,
    /// The response headers that the page may read.
    pub exposed: Vec<String>,
    /// How long a browser keeps the permission, in seconds.
    pub max_age: Option<u32>,
}

/// Parses the response to [`Question::Cors`]. The first rule that matches a request applies.
///
/// # Errors
/// [`StoreError`] if the store refuses.
pub fn cors(head: &Parts, body: &[u8]) -> Result<Vec<CorsRule>, StoreError> {
    let mut rules = Vec::new();
    let mut rule = CorsRule::default();
    let read = answer::document(head, body, "CORSConfiguration", |path, own| match path {
        ["CORSRule", "AllowedOrigin"] => rule.origins.extend(answer::filled(own)),
        ["CORSRule", "AllowedMethod"] => rule.methods.extend(answer::filled(own)),
        ["CORSRule", "AllowedHeader"] => rule.headers.extend(answer::filled(own)),
        ["CORSRule", "ExposeHeader"] => rule.exposed.extend(answer::filled(own)),
        ["CORSRule", "MaxAgeSeconds"] => rule.max_age = own.trim().parse().ok(),
        ["CORSRule"] => rules.push(std::mem::take(&mut rule)),
        _ => {}
    });
    none_at(read, "NoSuchCORSConfiguration").map(|found| if found { rules } else { Vec::new() })
}

/// Whether something was found; the error `code` means that there is nothing.
fn none_at(read: Result<(), StoreError>, code: &str) -> Result<bool, StoreError> {
    match read {
        Ok(()) => Ok(true),
        Err(error) if error.status == 404 && error.code.as_deref() == Some(code) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::{FALSE_SUCCESSES, built, head, line};
    use super::*;

    const NAMESPACE: &str = "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";

    fn ok() -> Parts {
        head(200, &[])
    }

    fn none(code: &str) -> (Parts, Vec<u8>) {
        (head(404, &[]), format!("<Error><Code>{code}</Code><Message>None.</Message></Error>").into_bytes())
    }

    #[test]
    fn asks_the_bucket() {
        let ask = |question: Question| line(&built(|target, signer| question.request(target, signer)));
        assert_eq!(ask(Question::Head), "HEAD /langfuse/");
        assert_eq!(ask(Question::PublicAccessBlock), "GET /langfuse/?publicAccessBlock=");
        assert_eq!(ask(Question::ObjectLock), "GET /langfuse/?object-lock=");
    }

    #[test]
    fn regions() {
        assert_eq!(region(&head(403, &[("x-amz-bucket-region", "eu-west-1")])).as_deref(), Some("eu-west-1"));
        assert_eq!(region(&ok()), None);
        for (body, expected) in [
            (
                format!("<?xml version=\"1.0\"?>\n<LocationConstraint {NAMESPACE}>eu-central-1</LocationConstraint>"),
                "eu-central-1",
            ),
            (format!("<LocationConstraint {NAMESPACE}/>"), "us-east-1"),
            ("<LocationConstraint>EU</LocationConstraint>".into(), "eu-west-1"),
            ("<LocationConstraint><LocationConstraint>r</LocationConstraint></LocationConstraint>".into(), "r"),
            // SeaweedFS 4.48.
            (
                "<CreateBucketConfiguration><LocationConstraint></LocationConstraint></CreateBucketConfiguration>"
                    .into(),
                "us-east-1",
            ),
        ] {
            assert_eq!(location(&ok(), body.as_bytes()).as_deref(), Ok(expected), "{body}");
        }
    }

    #[test]
    fn versioning_is_off_unless_it_is_said() {
        for (body, expected) in [
            ("<VersioningConfiguration/>", Versioning::Off),
            (
                "<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Disabled</MfaDelete></VersioningConfiguration>",
                Versioning::Enabled,
            ),
            ("<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>", Versioning::Suspended),
        ] {
            assert_eq!(versioning(&ok(), body.as_bytes()), Ok(expected), "{body}");
        }
    }

    #[test]
    fn lifecycle_rules_say_what_they_are_for() {
        let body = format!(
            "<LifecycleConfiguration {NAMESPACE}>\
             <Rule><ID>a</ID><Filter><And><Prefix>media/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter><Status>Enabled</Status>\
             <Expiration><Days>30</Days></Expiration><NoncurrentVersionExpiration><NoncurrentDays>7</NoncurrentDays></NoncurrentVersionExpiration>\
             <Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition></Rule>\
             <Rule><Prefix>otel/</Prefix><Status>Disabled</Status><Expiration><Date>2030-01-01T00:00:00Z</Date></Expiration>\
             <AbortIncompleteMultipartUpload><DaysAfterInitiation>2</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>\
             <Rule><ID/><Filter/><Status>Enabled</Status><Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration></Rule>\
             </LifecycleConfiguration>"
        );
        let rules = lifecycle(&ok(), body.as_bytes()).unwrap();
        let first = LifecycleRule {
            id: Some("a".into()),
            enabled: true,
            prefix: "media/".into(),
            narrowed: true,
            expires_after_days: Some(30),
            old_versions_after_days: Some(7),
            moves_to: vec!["GLACIER".into()],
            ..LifecycleRule::default()
        };
        let second = LifecycleRule {
            prefix: "otel/".into(),
            expires_at: Some("2030-01-01T00:00:00Z".into()),
            aborts_uploads_after_days: Some(2),
            ..LifecycleRule::default()
        };
        assert_eq!(rules, [first, second, LifecycleRule { enabled: true, ..LifecycleRule::default() }]);
        let (head, body) = none("NoSuchLifecycleConfiguration");
        assert_eq!(lifecycle(&head, &body).unwrap(), []);
    }

    #[test]
    fn encryption_access_and_locks() {
        let body = "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm>\
            <KMSMasterKeyID>arn</KMSMasterKeyID></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>";
        let kms = DefaultEncryption { algorithm: "aws:kms".into(), kms_key_id: Some("arn".into()) };
        assert_eq!(encryption(&ok(), body.as_bytes()), Ok(Some(kms)));
        let (head, absent) = none("ServerSideEncryptionConfigurationNotFoundError");
        assert_eq!(encryption(&head, &absent), Ok(None));

        let body = "<PublicAccessBlockConfiguration><BlockPublicAcls>TRUE</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>\
            <BlockPublicPolicy>false</BlockPublicPolicy></PublicAccessBlockConfiguration>";
        let block = PublicAccessBlock { blocks_acls: true, ignores_acls: true, ..PublicAccessBlock::default() };
        assert_eq!(public_access_block(&ok(), body.as_bytes()), Ok(Some(block)));
        let (head, absent) = none("NoSuchPublicAccessBlockConfiguration");
        assert_eq!(public_access_block(&head, &absent), Ok(None));

        assert_eq!(is_public(&ok(), b"<PolicyStatus><IsPublic>true</IsPublic></PolicyStatus>"), Ok(true));
        assert!(is_public(&ok(), b"<PolicyStatus/>").is_err());
        let (head, absent) = none("NoSuchBucketPolicy");
        assert_eq!(is_public(&head, &absent), Ok(false));

        let body = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode>\
            <Days>365</Days></DefaultRetention></Rule></ObjectLockConfiguration>";
        let default = Some(Retention { mode: "COMPLIANCE".into(), days: Some(365), years: None });
        assert_eq!(object_lock(&ok(), body.as_bytes()), Ok(ObjectLock { enabled: true, default }));
        let (head, absent) = none("ObjectLockConfigurationNotFoundError");
        assert_eq!(object_lock(&head, &absent), Ok(ObjectLock::default()));
    }

    #[test]
    fn cors_rules() {
        let body = "<CORSConfiguration><CORSRule><AllowedOrigin>https://a.example</AllowedOrigin><AllowedOrigin>http://*.b</AllowedOrigin>\
            <AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod><AllowedHeader>*</AllowedHeader><ExposeHeader>ETag</ExposeHeader>\
            <MaxAgeSeconds>3000</MaxAgeSeconds></CORSRule><CORSRule><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>";
        let rules = cors(&ok(), body.as_bytes()).unwrap();
        assert_eq!((rules.len(), rules[0].origins.len(), rules[0].max_age), (2, 2, Some(3000)));
        assert_eq!((rules[0].methods.join(" "), rules[1].methods.len()), ("GET PUT".to_owned(), 0));
        let (head, absent) = none("NoSuchCORSConfiguration");
        assert_eq!(cors(&head, &absent).unwrap(), []);
    }

    #[test]
    fn refusals_are_left_to_the_caller() {
        for (status, code) in
            [(403, "AccessDenied"), (501, "NotImplemented"), (404, "NoSuchBucket"), (400, "NoSuchCORSConfiguration")]
        {
            let (head, body) = (head(status, &[]), format!("<Error><Code>{code}</Code></Error>"));
            assert_eq!(cors(&head, body.as_bytes()).unwrap_err().status, status);
            assert_eq!(lifecycle(&head, body.as_bytes()).unwrap_err().label(), code);
        }
        for body in FALSE_SUCCESSES.map(str::as_bytes) {
            assert!(
                location(&ok(), body).is_err() && versioning(&ok(), body).is_err() && lifecycle(&ok(), body).is_err()
            );
            assert!(
                encryption(&ok(), body).is_err()
                    && public_access_block(&ok(), body).is_err()
                    && is_public(&ok(), body).is_err()
            );
            assert!(object_lock(&ok(), body).is_err() && cors(&ok(), body).is_err());
        }
    }
}

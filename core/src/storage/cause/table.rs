//! The causes themselves: permissions, credentials, region and bucket, headers and bodies, the store, Azure, Google,
//! the network, the browser.

use super::{Action, Cause, PLAIN, Topic, WEB_PAGE};
use crate::storage::Fault;

/// Every cause.
pub static CAUSES: &[Cause] = &[
    // Permissions.
    Cause {
        slug: "console-port",
        codes: &["AccessDenied", "InvalidArgument", "S3 API Request made to Console port"],
        says: &["console port", "api request made to console", "must be made to api port"],
        cause: "The endpoint is the port of MinIO's console, not the one of its S3 API.",
        remedy: "Give the API's port in `_ENDPOINT`, 9000 unless it was changed; 9001 is the console's.",
        topic: Topic::Store,
        variable: "_ENDPOINT",
        source: "minio/object-browser#2637",
        ..PLAIN
    },
    Cause {
        slug: "link-expired",
        codes: &["AccessDenied"],
        says: &["request has expired"],
        cause: "The link's time is over, or the clock of the machine that signed it is wrong.",
        remedy: "Sign a new link, for longer if need be, and synchronise the clock (NTP).",
        topic: Topic::Clock,
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "kms-denied",
        codes: &["AccessDenied"],
        says: &["kms:"],
        cause: "The identity may write to the bucket, but not use the KMS key that encrypts it.",
        remedy: "Allow `kms:GenerateDataKey` and `kms:Decrypt` on the key, in the identity's policy and in the key's own.",
        topic: Topic::Permission,
        source: "langfuse/langfuse-k8s#144; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "list-denied",
        codes: &["AccessDenied"],
        action: Some(Action::List),
        cause: "The identity may not list the bucket: `s3:ListBucket` is missing, or was given on the objects \
                (`arn:aws:s3:::bucket/*`) instead of the bucket.",
        remedy: "Allow `s3:ListBucket` on `arn:aws:s3:::bucket`, without `/*`.",
        topic: Topic::Permission,
        source: "krobertson/deb-s3#118; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "get-denied",
        codes: &["AccessDenied"],
        action: Some(Action::Get),
        cause: "The identity may not read the object; or the object does not exist and the identity may not list the \
                bucket, in which case S3 says 403 instead of 404.",
        remedy: "Allow `s3:GetObject` on `arn:aws:s3:::bucket/*`, and `s3:ListBucket` on the bucket to get 404 for \
                 missing objects.",
        topic: Topic::Permission,
        source: "Amazon S3 API reference, \"GetObject\": 403 instead of 404 without `s3:ListBucket`",
        ..PLAIN
    },
    Cause {
        slug: "put-denied",
        codes: &["AccessDenied"],
        action: Some(Action::Put),
        cause: "The identity may not write: `s3:PutObject` is missing, or the bucket's policy wants an encryption \
                header or a certain network endpoint.",
        remedy: "Allow `s3:PutObject` on `arn:aws:s3:::bucket/*`. Where the bucket's policy wants encryption, set the \
                 purpose's `_SSE` variable.",
        topic: Topic::Permission,
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "delete-denied",
        codes: &["AccessDenied"],
        action: Some(Action::Delete),
        cause: "The identity may not delete, so data retention and project deletion will fail.",
        remedy: "Allow `s3:DeleteObject` on `arn:aws:s3:::bucket/*`.",
        topic: Topic::Permission,
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "delete-many-denied",
        codes: &["AccessDenied"],
        action: Some(Action::DeleteMany),
        cause: "The identity may not delete, so data retention and project deletion will fail.",
        remedy: "Allow `s3:DeleteObject` on `arn:aws:s3:::bucket/*`.",
        topic: Topic::Permission,
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "access-denied",
        codes: &["AccessDenied"],
        statuses: &[403],
        cause: "The store knows the identity and does not allow it this request.",
        remedy: "Langfuse needs `s3:ListBucket` on the bucket and `s3:PutObject`, `s3:GetObject`, `s3:DeleteObject` and \
                 `s3:AbortMultipartUpload` on its objects.",
        topic: Topic::Permission,
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "account-suspended",
        codes: &["AllAccessDisabled", "AccountProblem"],
        cause: "The provider has suspended the account or the bucket, usually over billing.",
        remedy: "Ask the provider; no setting of Langfuse changes it.",
        topic: Topic::Permission,
        source: "Langfuse v4.16.0, `customerFaultClassification.ts`; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    // Credentials.
    Cause {
        slug: "key-unknown",
        codes: &["InvalidAccessKeyId"],
        cause: "This store does not know the access key id: the compose file's default `minio` at another provider, another provider's key, or temporary credentials without their session token.",
        remedy: "Set `_ACCESS_KEY_ID` to the key id that this store issued. Keys that begin with `ASIA` are temporary and do not work in Langfuse's variables, which have none for the session token.",
        topic: Topic::Credentials,
        variable: "_ACCESS_KEY_ID",
        source: "Amazon S3 API reference, \"Error responses\"; langfuse/langfuse, docker-compose.yml: the default `minio`",
        ..PLAIN
    },
    Cause {
        slug: "link-refused",
        codes: &["SignatureDoesNotMatch"],
        presigned: Some(true),
        cause: "The link was changed on its way, or a header that it binds was not sent as signed: a proxy rewrites \
                host or path, the client leaves out the encryption or checksum header, or sends a body without \
                Content-Length.",
        remedy: "Let the proxy pass Host and path unchanged, and send exactly the headers in `X-Amz-SignedHeaders`. \
                 Langfuse's SDKs do not send encryption headers: leave the media purpose's `_SSE` unset.",
        topic: Topic::Link,
        source: "langfuse/langfuse#6693; aws/aws-sdk-js-v3#1576",
        ..PLAIN
    },
    Cause {
        slug: "signature-refused",
        codes: &["SignatureDoesNotMatch"],
        cause: "The secret is wrong, has white space around it, or stands in the key id's place; or a proxy changes host or path.",
        remedy: "Check `_SECRET_ACCESS_KEY`, without quotes and spaces, and that it belongs to this key id. Behind a proxy, let Host and path pass unchanged.",
        topic: Topic::Credentials,
        variable: "_SECRET_ACCESS_KEY",
        source: "langfuse/langfuse#14314; minio/minio#7736; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "session-ended",
        codes: &["ExpiredToken", "InvalidToken", "InvalidTokenId"],
        cause: "The temporary credentials have ended, or their session token is missing or of another session.",
        remedy: "Let the platform's role renew them (leave `_ACCESS_KEY_ID` and its secret unset), or use long-lived keys.",
        topic: Topic::Credentials,
        variable: "_ACCESS_KEY_ID",
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "key-not-of-r2",
        codes: &["InvalidArgument"],
        says: &["access key has length"],
        cause: "Cloudflare R2 was given a key that is none of its own: R2's key ids have 32 characters.",
        remedy: "Create an R2 API token and set `_ACCESS_KEY_ID` and `_SECRET_ACCESS_KEY` to its two keys, not to the token itself.",
        topic: Topic::Credentials,
        variable: "_ACCESS_KEY_ID",
        source: "grafana/loki#9224",
        ..PLAIN
    },
    Cause {
        slug: "credentials-missing",
        codes: &[
            "Could not load credentials",
            "Could not load credentials from any providers",
            "CredentialsProviderError",
        ],
        cause: "The SDK found no credentials: only one of key id and secret is set, or the role's source (instance metadata, container credentials, web identity) can't be reached.",
        remedy: "Set both `_ACCESS_KEY_ID` and `_SECRET_ACCESS_KEY`, or neither and give the container a role. On EC2, containers need a metadata hop limit of 2.",
        topic: Topic::Credentials,
        variable: "_ACCESS_KEY_ID",
        source: "langfuse/langfuse#5138; aws/aws-sdk-js-v3#3913",
        ..PLAIN
    },
    Cause {
        slug: "clock-wrong",
        codes: &["RequestTimeTooSkewed", "ExpiredRequest", "Request has expired"],
        cause: "The clock of the machine that signed is wrong by more than the store allows, or the link's time is over.",
        remedy: "Synchronise the clock (NTP), in virtual machines and containers' hosts too; sign links for longer.",
        topic: Topic::Clock,
        source: "Amazon S3 API reference, \"Error responses\"; Cloudflare R2 documentation, \"Error codes\"",
        ..PLAIN
    },
    // Region and bucket.
    Cause {
        slug: "region-wrong",
        codes: &["AuthorizationHeaderMalformed"],
        says: &["expecting", "region"],
        cause: "The request was signed for another region than the bucket's.",
        remedy: "Set the purpose's `_REGION` to the one that the message expects.",
        topic: Topic::Region,
        variable: "_REGION",
        source: "langfuse/langfuse-k8s#93; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "signature-unreadable",
        codes: &["AuthorizationHeaderMalformed", "AuthorizationQueryParametersError"],
        cause: "The store can't read the signature's scope: key id, date or region has the wrong form.",
        remedy: "Check `_REGION` first, then the key id for stray characters.",
        topic: Topic::Region,
        variable: "_REGION",
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "bucket-elsewhere",
        codes: &["PermanentRedirect", "TemporaryRedirect", "301"],
        statuses: &[301, 307],
        cause: "The bucket is in another region. Langfuse's SDK does not follow the redirect.",
        remedy: "Set the purpose's `_REGION` to the bucket's region; on Amazon S3 leave `_ENDPOINT` unset.",
        topic: Topic::Region,
        variable: "_REGION",
        source: "langfuse/langfuse#9333; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "region-of-another-endpoint",
        codes: &["IllegalLocationConstraintException", "IllegalLocationConstraint"],
        cause: "The bucket is in another region: newer Amazon regions answer so instead of redirecting.",
        remedy: "Set the purpose's `_REGION` to the bucket's region.",
        topic: Topic::Region,
        variable: "_REGION",
        source: "boto/boto3#2728",
        ..PLAIN
    },
    Cause {
        slug: "region-not-set",
        codes: &["Region is missing"],
        cause: "No region is set, and the SDK does not work without one, at any provider.",
        remedy: "Set the purpose's `_REGION`. MinIO takes `us-east-1`, Cloudflare R2 `auto`.",
        topic: Topic::Region,
        variable: "_REGION",
        source: "`@aws-sdk/client-s3` 3.1074.0",
        ..PLAIN
    },
    Cause {
        slug: "region-not-accepted",
        codes: &["Region not accepted"],
        cause: "The region holds a character that no host name has, such as a space or an underscore.",
        remedy: "Set `_REGION` to the region's code, such as `eu-west-1`.",
        topic: Topic::Region,
        variable: "_REGION",
        source: "`@aws-sdk/client-s3` 3.1074.0",
        ..PLAIN
    },
    Cause {
        slug: "bucket-not-found",
        codes: &["NoSuchBucket"],
        cause: "There is no bucket of that name at this store. Langfuse never creates one on S3; or the endpoint already holds the bucket's name, so that it is asked for twice.",
        remedy: "Create the bucket, correct `_BUCKET`, or take its name out of `_ENDPOINT`.",
        topic: Topic::Bucket,
        variable: "_BUCKET",
        source: "Langfuse v4.16.0, `StorageService.ts`: it creates no S3 bucket; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "key-missing",
        codes: &["NoSuchKey", "NotFound", "BlobNotFound"],
        statuses: &[404],
        cause: "The object is not there: web and worker use different buckets or prefixes, a lifecycle rule deleted it before it was processed, or the prefix was changed.",
        remedy: "Give web and worker the same settings, let lifecycle rules wait until events are processed, and set the old `_PREFIX` again.",
        topic: Topic::Object,
        variable: "_PREFIX",
        source: "langfuse/langfuse#14428; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "bucket-name-refused",
        codes: &["InvalidBucketName"],
        cause: "The bucket's name holds what no bucket's name has: a slash, `s3://`, a URL.",
        remedy: "Set `_BUCKET` to the name alone, and `_PREFIX` to the folder.",
        topic: Topic::Bucket,
        variable: "_BUCKET",
        source: "`@aws-sdk/client-s3` 3.1074.0; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "path-style-forbidden",
        codes: &["SecondLevelDomainForbidden"],
        cause: "Alibaba Cloud OSS does not take path-style requests.",
        remedy: "Set `_FORCE_PATH_STYLE=false`.",
        topic: Topic::Bucket,
        variable: "_FORCE_PATH_STYLE",
        source: "treeverse/lakeFS#3490",
        ..PLAIN
    },
    // What the body or the headers ask for.
    Cause {
        slug: "rapid-storage-class",
        codes: &["InvalidArgument"],
        says: &["rapid"],
        cause: "The Google bucket's storage class (Rapid) takes no multipart uploads, which exports need.",
        remedy: "Set `_BUCKET` to one of the Standard class.",
        topic: Topic::Object,
        variable: "_BUCKET",
        source: "langfuse/langfuse#14478",
        ..PLAIN
    },
    Cause {
        slug: "body-changed",
        codes: &["XAmzContentSHA256Mismatch"],
        cause: "A proxy or gateway changes the body, or the store does not understand checksums sent after it.",
        remedy: "Let the proxy before `_ENDPOINT` pass bodies unchanged, and bring the store up to date.",
        topic: Topic::Object,
        variable: "_ENDPOINT",
        source: "fleetdm/fleet#47850",
        ..PLAIN
    },
    Cause {
        slug: "delete-many-unknown",
        codes: &["NotImplemented"],
        action: Some(Action::DeleteMany),
        cause: "The store can't delete many objects in one request, as Google's S3 interface long could not, or can't check its \
                CRC32.",
        remedy: "Set LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM to MD5; on Google Cloud Storage use the native engine.",
        topic: Topic::Object,
        variable: "LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM",
        source: "langfuse/langfuse#6172; supabase/storage#898",
        ..PLAIN
    },
    Cause {
        slug: "checksum-unknown",
        codes: &["NotImplemented"],
        says: &["checksum"],
        cause: "The store does not know the checksum header. Langfuse sends one only to delete many objects.",
        remedy: "Set LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM to MD5.",
        topic: Topic::Object,
        variable: "LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM",
        source: "aws/aws-sdk-js-v3#6810",
        ..PLAIN
    },
    Cause {
        slug: "kms-not-configured",
        codes: &["NotImplemented", "501", "KMS is not configured"],
        statuses: &[501],
        says: &["kms", "encryption"],
        cause: "The store has no key management configured, and the request asks for encryption.",
        remedy: "Configure KMS at the store, or leave the purpose's `_SSE` unset.",
        topic: Topic::Object,
        variable: "_SSE",
        source: "MinIO, `cmd/api-errors.go`",
        ..PLAIN
    },
    Cause {
        slug: "not-implemented",
        codes: &["NotImplemented", "501"],
        statuses: &[501],
        cause: "The store does not have this operation or header.",
        remedy: "Bring the store up to date, or leave out the setting that asks for it.",
        topic: Topic::Object,
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "kms-not-there",
        codes: &["InvalidArgument", "InvalidRequest"],
        says: &["kms is not configured", "kms not configured", "sse-s3 requires"],
        cause: "The store has no key management configured, and the request asks for encryption.",
        remedy: "Configure KMS at the store, or leave the purpose's `_SSE` unset.",
        topic: Topic::Object,
        variable: "_SSE",
        source: "MinIO, `cmd/api-errors.go`",
        ..PLAIN
    },
    Cause {
        slug: "content-md5-missing",
        codes: &["MissingContentMD5"],
        cause: "The store wants Content-MD5 to delete many objects, as older MinIO releases do.",
        remedy: "Set LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM to MD5.",
        topic: Topic::Object,
        variable: "LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM",
        source: "langfuse/langfuse#14981; langfuse/langfuse-k8s#356",
        ..PLAIN
    },
    Cause {
        slug: "complete-precondition",
        codes: &["PreconditionFailed", "412"],
        statuses: &[412],
        action: Some(Action::Complete),
        cause: "Google's S3 interface does not accept the checksum that older Langfuse releases send when an export \
                ends.",
        remedy: "Bring Langfuse up to date, or use the native Google Cloud Storage engine.",
        topic: Topic::Object,
        source: "langfuse/langfuse#13280",
        ..PLAIN
    },
    Cause {
        slug: "precondition-failed",
        codes: &["PreconditionFailed", "412"],
        statuses: &[412],
        cause: "The object is no longer, or not yet, the one that the request was for.",
        remedy: "Look at the object again and repeat the request.",
        topic: Topic::Object,
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "checksum-header-refused",
        codes: &["MalformedSecurityHeader"],
        cause: "The link binds `x-amz-checksum-sha256`, and Google Cloud Storage does not accept that header beside its \
                own.",
        remedy: "Update the Langfuse SDK that uploads, or use the native Google Cloud Storage engine without a custom \
                 universe domain.",
        topic: Topic::Link,
        source: "langfuse/langfuse-python#1265",
        ..PLAIN
    },
    Cause {
        slug: "digest-wrong",
        codes: &["BadDigest"],
        cause: "The body is not the one that was hashed: something changed it on the way, such as a proxy that compresses.",
        remedy: "Let the proxy before `_ENDPOINT` pass bodies unchanged.",
        topic: Topic::Object,
        variable: "_ENDPOINT",
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "body-too-large",
        codes: &["EntityTooLarge", "413"],
        statuses: &[413],
        cause: "The body is larger than the store, or a proxy before it, allows.",
        remedy: "Raise the limit of the proxy before `_ENDPOINT` (nginx: `client_max_body_size`), or the store's.",
        topic: Topic::Object,
        variable: "_ENDPOINT",
        source: "Amazon S3 API reference, \"Error responses\"; nginx, `client_max_body_size`",
        ..PLAIN
    },
    Cause {
        slug: "kms-key-unusable",
        codes: &[
            "KMS.NotFoundException",
            "KMS.DisabledException",
            "KMS.InvalidStateException",
            "KMS.KMSInvalidStateException",
        ],
        cause: "The KMS key does not exist in the bucket's region, or is disabled or being deleted.",
        remedy: "Set `_SSE_KMS_KEY_ID` to the ARN of an enabled key in the bucket's region.",
        topic: Topic::Object,
        variable: "_SSE_KMS_KEY_ID",
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    // The store itself.
    Cause {
        slug: "rate-limited",
        codes: &["SlowDown", "503", "ServerBusy"],
        statuses: &[429, 503],
        cause: "The store limits the rate of requests.",
        remedy: "Lower LANGFUSE_S3_CONCURRENT_WRITES and LANGFUSE_S3_CONCURRENT_READS.",
        topic: Topic::Store,
        variable: "LANGFUSE_S3_CONCURRENT_WRITES",
        source: "langfuse/langfuse#10691; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "disk-full",
        codes: &["XMinioStorageFull"],
        statuses: &[507],
        cause: "MinIO's disk is full. Ingestion answers 500 to the SDKs, and events are lost.",
        remedy: "Make room, then add a lifecycle rule for raw events: Langfuse does not delete all of them itself.",
        topic: Topic::Store,
        source: "langfuse/langfuse#6742",
        ..PLAIN
    },
    Cause {
        slug: "key-not-a-file-name",
        codes: &["XMinioInvalidObjectName"],
        cause: "The key is no file name for MinIO: a segment has more than 255 bytes, or the prefix is odd.",
        remedy: "Lower LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES, and let prefixes be plain folders that end in `/`.",
        topic: Topic::Object,
        variable: "LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES",
        source: "langfuse/langfuse#13476; minio/minio#20952",
        ..PLAIN
    },
    Cause {
        slug: "web-page",
        codes: &[WEB_PAGE, "HTML"],
        cause: "A web page answered where a store should: the store's console, a login page or a proxy's challenge.",
        remedy: "Set `_ENDPOINT` to the S3 API's address, and take it out of single sign-on and bot protection.",
        topic: Topic::Store,
        variable: "_ENDPOINT",
        source: "minio/object-browser#2637",
        ..PLAIN
    },
    Cause {
        slug: "store-failed",
        codes: &["InternalError", "500"],
        statuses: &[500],
        cause: "The store failed, or says inside a success that it did.",
        remedy: "Look into the store's log under the request's id, and try again.",
        topic: Topic::Store,
        source: "Amazon S3 API reference, \"CompleteMultipartUpload\": an error may come with 200",
        ..PLAIN
    },
    Cause {
        slug: "gateway-failed",
        codes: &["502", "504", "Bad Gateway", "Gateway Timeout"],
        statuses: &[502, 504],
        cause: "A proxy answered: it could not reach the store behind it, or did not wait long enough.",
        remedy: "Look into the proxy's log, and check where it sends `_ENDPOINT` on to.",
        topic: Topic::Store,
        variable: "_ENDPOINT",
        source: "RFC 9110, 15.6.3 and 15.6.5",
        ..PLAIN
    },
    Cause {
        slug: "sign-in-wanted",
        codes: &["401", "Unauthorized"],
        statuses: &[401],
        cause: "A proxy before the store wants a sign-in of its own.",
        remedy: "Take the store's address out of single sign-on, or set `_ENDPOINT` to one that is.",
        topic: Topic::Store,
        variable: "_ENDPOINT",
        source: "RFC 9110, 15.5.2",
        ..PLAIN
    },
    Cause {
        slug: "method-refused",
        codes: &["MethodNotAllowed", "405"],
        statuses: &[405],
        cause: "What answers does not know the request's method: a web server, or a path that is none of the store's.",
        remedy: "Set `_ENDPOINT` to the S3 API's address.",
        topic: Topic::Store,
        variable: "_ENDPOINT",
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "address-moved",
        codes: &["302", "303", "308"],
        statuses: &[302, 303, 308],
        cause: "The address sends on to another one, as sign-in pages and redirects to https do. Langfuse's SDK does not follow.",
        remedy: "Set `_ENDPOINT` to the address that it leads to, if that is the store.",
        topic: Topic::Store,
        variable: "_ENDPOINT",
        source: "RFC 9110, 15.4",
        ..PLAIN
    },
    Cause {
        slug: "no-store",
        codes: &["no store's answer"],
        cause: "What answers is no store: it speaks HTTP, but neither S3 nor Azure Blob.",
        remedy: "Set `_ENDPOINT` to the address of the store's API, not of its console, its metrics or a web server.",
        topic: Topic::Store,
        variable: "_ENDPOINT",
        source: "minio/object-browser#2637",
        ..PLAIN
    },
    // Azure Blob Storage.
    Cause {
        slug: "azure-signature-refused",
        codes: &["AuthenticationFailed"],
        cause: "Azure can't verify the signature: the account key is wrong or no base64, the account is not the one in the endpoint, or the clock is wrong.",
        remedy: "Set the account's name as key id, one of its two keys as `_SECRET_ACCESS_KEY`, and `https://<account>.blob.core.windows.net` as endpoint.",
        topic: Topic::Credentials,
        variable: "_SECRET_ACCESS_KEY",
        source: "Azure Storage REST API, \"Common REST API error codes\" and \"Blob service error codes\"",
        ..PLAIN
    },
    Cause {
        slug: "azure-keys-forbidden",
        codes: &["KeyBasedAuthenticationNotPermitted"],
        cause: "The storage account forbids account keys, and Langfuse has no other way to sign in to Azure.",
        remedy: "Allow storage account key access, or use another account.",
        topic: Topic::Credentials,
        source: "langfuse/langfuse#15596",
        ..PLAIN
    },
    Cause {
        slug: "container-missing",
        codes: &["ContainerNotFound"],
        cause: "The container does not exist, and Langfuse is told not to look for it first.",
        remedy: "Create the container, correct `_BUCKET`, or set LANGFUSE_AZURE_SKIP_CONTAINER_CHECK=false so that Langfuse creates it.",
        topic: Topic::Bucket,
        variable: "_BUCKET",
        source: "langfuse/langfuse#8317; Azure Storage REST API, \"Common REST API error codes\" and \"Blob service error codes\"",
        ..PLAIN
    },
    Cause {
        slug: "azure-not-authorized",
        codes: &["AuthorizationPermissionMismatch", "AuthorizationFailure"],
        cause: "Azure does not let this request through: role assignment, firewall or private endpoint. From a public \
                address it is mostly the firewall, not the key.",
        remedy: "Try from inside the deployment's network; then check the account's firewall and roles. The emulator Azurite says so of a wrong `_SECRET_ACCESS_KEY` as well.",
        topic: Topic::Permission,
        source: "Langfuse v4.16.0, `customerFaultClassification.ts`; Azure Storage REST API, \"Common REST API error codes\" and \"Blob service error codes\"",
        ..PLAIN
    },
    Cause {
        slug: "azure-name-wrong",
        codes: &["InvalidResourceName", "ResourceNotFound", "AccountIsDisabled"],
        cause: "The container's or the account's name is wrong, or the account is disabled.",
        remedy: "Correct `_BUCKET`: container names are 3 to 63 small letters, digits and single dashes; check the account in the portal.",
        topic: Topic::Bucket,
        variable: "_BUCKET",
        source: "Azure Storage REST API, \"Common REST API error codes\" and \"Blob service error codes\"",
        ..PLAIN
    },
    Cause {
        slug: "blob-type-missing",
        codes: &["x-ms-blob-type", "MissingRequiredHeader"],
        cause: "The upload lacks the header `x-ms-blob-type: BlockBlob`, which Azure wants.",
        remedy: "Update the Langfuse SDK that uploads; other clients have to send the header themselves.",
        topic: Topic::Link,
        source: "langfuse/langfuse-js#465",
        ..PLAIN
    },
    // Google Cloud Storage.
    Cause {
        slug: "google-sign-blob",
        codes: &["Permission 'iam.serviceAccounts.signBlob' denied", "iam.serviceAccounts.signBlob"],
        cause: "Without a key file, Google signs links through an API that this service account may not use.",
        remedy: "Give the service account the role Service Account Token Creator on itself.",
        topic: Topic::Credentials,
        source: "langfuse/langfuse-terraform-gcp#14",
        ..PLAIN
    },
    Cause {
        slug: "google-scopes",
        codes: &["Provided scope(s) are not authorized", "scope(s) are not authorized"],
        cause: "The node's access scopes do not include storage.",
        remedy: "Use Workload Identity, or nodes with the `cloud-platform` scope.",
        topic: Topic::Credentials,
        source: "langfuse/langfuse-k8s#277",
        ..PLAIN
    },
    Cause {
        slug: "google-premature-close",
        codes: &["Premature close"],
        cause: "The connection to Google's signing API broke off; recent Langfuse releases try again.",
        remedy: "Bring Langfuse up to date.",
        topic: Topic::Network,
        source: "langfuse/langfuse#14637",
        ..PLAIN
    },
    // Network and TLS, as Node.js says it.
    Cause {
        slug: "authority-unknown",
        codes: &[
            "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
            "unable to get local issuer certificate",
            "DEPTH_ZERO_SELF_SIGNED_CERT",
            "SELF_SIGNED_CERT_IN_CHAIN",
            "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
            "self-signed certificate",
            "self signed certificate",
        ],
        cause: "The store's certificate is signed by an authority that Node.js does not know.",
        remedy: "Mount the authority's certificate and set NODE_EXTRA_CA_CERTS to its path, on web and worker.",
        topic: Topic::Network,
        variable: "NODE_EXTRA_CA_CERTS",
        fault: Some(Fault::UnknownIssuer),
        source: "langfuse/langfuse#5837",
        ..PLAIN
    },
    Cause {
        slug: "certificate-of-another-name",
        codes: &["ERR_TLS_CERT_ALTNAME_INVALID"],
        cause: "The certificate is not for this host: the bucket's name became part of it, and the certificate has no \
                wildcard.",
        remedy: "Set `_FORCE_PATH_STYLE=true`, or get a certificate for `*.host`.",
        topic: Topic::Network,
        variable: "_FORCE_PATH_STYLE",
        fault: Some(Fault::WrongName),
        source: "Node.js, `tls.checkServerIdentity`; RFC 6125, 6.4.3",
        ..PLAIN
    },
    Cause {
        slug: "amazon-host-made-up",
        codes: &["ENOTFOUND s3.auto.amazonaws.com"],
        cause: "The region is `auto` and there is no endpoint, so the SDK made up an Amazon host.",
        remedy: "Set the provider's `_ENDPOINT`, or a real region.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse-k8s#157",
        ..PLAIN
    },
    Cause {
        slug: "host-unknown",
        codes: &["ENOTFOUND"],
        cause: "The host does not exist. With a bucket's name before it, the SDK used virtual-hosted style, which this \
                store has no names for.",
        remedy: "Set `_FORCE_PATH_STYLE=true` where the host begins with the bucket; otherwise correct `_ENDPOINT`.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        fault: Some(Fault::NotFound),
        source: "langfuse/langfuse#4369",
        ..PLAIN
    },
    Cause {
        slug: "lookup-failed",
        codes: &["EAI_AGAIN"],
        cause: "The name could not be looked up at this moment: the container's DNS does not answer.",
        remedy: "Check the DNS of Docker or the cluster (`ndots`), and that both containers share a network.",
        topic: Topic::Network,
        source: "langfuse/langfuse#9743",
        ..PLAIN
    },
    Cause {
        slug: "connection-refused",
        codes: &["ECONNREFUSED"],
        cause: "Nothing listens at that address. Inside a container, `localhost` is the container itself.",
        remedy: "Set `_ENDPOINT` to the service's name and its port inside the network, such as `http://minio:9000`.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        fault: Some(Fault::Refused),
        source: "langfuse/langfuse#6190",
        ..PLAIN
    },
    Cause {
        slug: "proxy-unreachable",
        codes: &["proxy unreachable"],
        cause: "The proxy that the environment names for this address does not answer; the store itself was not asked.",
        remedy: "Correct `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY`, or name the store's host in `NO_PROXY`.",
        topic: Topic::Network,
        fault: Some(Fault::ProxyUnreachable),
        source: "this tool's transport",
        ..PLAIN
    },
    Cause {
        slug: "clickhouse-port",
        codes: &["Port 9000 is for clickhouse-client program"],
        cause: "The endpoint is ClickHouse, which uses port 9000 too.",
        remedy: "Set `_ENDPOINT` to MinIO's host.",
        topic: Topic::Store,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse, docker-compose.yml: ClickHouse on host port 9000",
        ..PLAIN
    },
    Cause {
        slug: "timed-out",
        codes: &["ETIMEDOUT", "TimeoutError"],
        cause: "Nothing came back in time: a firewall drops the packets, or the store does not answer.",
        remedy: "Check security groups, firewalls and the port in `_ENDPOINT`; from a private network the store may need an endpoint of its own there.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        fault: Some(Fault::TimedOut),
        source: "Node.js, `Common system errors`",
        ..PLAIN
    },
    Cause {
        slug: "connection-broken",
        codes: &["ECONNRESET", "EPIPE", "socket hang up"],
        cause: "The other side broke the connection off before it answered: a proxy or a load balancer, or a port that speaks something else than HTTP.",
        remedy: "Check that the port in `_ENDPOINT` is the store's, and the log of what stands before it.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        fault: Some(Fault::Reset),
        source: "Node.js, `Common system errors`",
        ..PLAIN
    },
    Cause {
        slug: "answer-cut",
        codes: &["IncompleteBody", "aborted", "ERR_STREAM_PREMATURE_CLOSE"],
        cause: "The body broke off before its end: something on the way limits time or size.",
        remedy: "Look for limits and timeouts in the proxy or load balancer before `_ENDPOINT`.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        fault: Some(Fault::BodyCut),
        source: "RFC 9112, 8",
        ..PLAIN
    },
    Cause {
        slug: "answer-too-large",
        codes: &["answer too large"],
        cause: "The answer is larger than any document of the S3 or Azure API: something else than a store answers there.",
        remedy: "Check that `_ENDPOINT` is the store's API, and any proxy on the way.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        fault: Some(Fault::TooLarge),
        source: "this tool's transport",
        ..PLAIN
    },
    Cause {
        slug: "request-failed",
        codes: &["request failed"],
        cause: "The request came to nothing, for a reason that only the network library has words for.",
        remedy: "Read its words; then check `_ENDPOINT`, and any proxy on the way.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        fault: Some(Fault::Opaque),
        source: "this tool's transport",
        ..PLAIN
    },
    Cause {
        slug: "tls-not-spoken",
        codes: &["ERR_SSL_WRONG_VERSION_NUMBER", "wrong version number", "EPROTO"],
        cause: "The port does not speak TLS: the endpoint begins with https://, the store on that port speaks plain HTTP.",
        remedy: "Begin `_ENDPOINT` with http://, or give the port of the store that speaks TLS.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        fault: Some(Fault::TlsNotSpoken),
        source: "curie-eng/curie#1500",
        ..PLAIN
    },
    Cause {
        slug: "http-on-tls-port",
        codes: &["Client sent an HTTP request to an HTTPS server", "The plain HTTP request was sent to HTTPS port"],
        cause: "The port speaks TLS: the endpoint begins with http://, and the store on that port wants https://.",
        remedy: "Begin `_ENDPOINT` with https://.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        source: "Go, `net/http`: its answer to plain HTTP on a TLS port",
        ..PLAIN
    },
    Cause {
        slug: "certificate-expired",
        codes: &["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID", "certificate has expired"],
        cause: "The certificate is not valid at this time: it has expired, is not valid yet, or this machine's clock is wrong.",
        remedy: "Renew the store's certificate; `_ENDPOINT` is right.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        fault: Some(Fault::CertificateExpired),
        source: "Node.js, `X509 certificate error codes`",
        ..PLAIN
    },
    Cause {
        slug: "path-style-needed",
        codes: &["ENOTFOUND bucket.host"],
        cause: "The bucket's name is put before the store's host, and the store is not there, or does not look for the bucket there: it has no names for virtual-hosted style.",
        remedy: "Set `_FORCE_PATH_STYLE=true`.",
        topic: Topic::Network,
        variable: "_FORCE_PATH_STYLE",
        source: "langfuse/langfuse#5998",
        ..PLAIN
    },
    // In the browser.
    Cause {
        slug: "cors-missing",
        codes: &["net::ERR_FAILED", "blocked by CORS policy", "CORS"],
        cause: "The bucket's CORS rules do not let Langfuse's page upload or show media.",
        remedy: "Allow the origin of NEXTAUTH_URL, the methods GET and PUT, and the headers content-type and \
                 x-amz-checksum-sha256.",
        topic: Topic::Browser,
        source: "Langfuse v4.16.0, `useDatasetItemMediaUpload`",
        ..PLAIN
    },
    Cause {
        slug: "csp-blocks-store",
        codes: &["Content Security Policy", "Refused to connect", "Refused to load"],
        cause: "Langfuse's page may not talk to this store: the addresses it allows are built into its image.",
        remedy: "Serve media under a host that the page's `Content-Security-Policy` header allows, in `img-src`, \
                 `media-src` and `connect-src`.",
        topic: Topic::Browser,
        source: "langfuse/langfuse#14613",
        ..PLAIN
    },
    Cause {
        slug: "media-not-uploaded",
        codes: &["Media not yet uploaded", "Media upload failed with status"],
        cause: "The SDK got a link from Langfuse and its upload failed, or it never reported that it was done.",
        remedy: "Look into `upload_http_status` and `upload_http_error` of the table `media`; most often the SDK can't \
                 reach the media endpoint.",
        topic: Topic::Browser,
        source: "langfuse/langfuse#5250",
        ..PLAIN
    },
    // What the doctor finds by itself, without a store's code for it.
    Cause {
        slug: "configuration-unusable",
        codes: &["configuration unusable"],
        cause: "The configuration names no place that a request could go to.",
        remedy: "Run `langfuse-blob check`, which says what to write.",
        topic: Topic::Bucket,
        source: "Langfuse v4.16.0, `StorageService.ts`",
        ..PLAIN
    },
    Cause {
        slug: "azure-key-unreadable",
        codes: &["account key is no base64"],
        cause: "The account key is no base64, so that every signature made with it is refused.",
        remedy: "Set `_SECRET_ACCESS_KEY` to one of the account's two keys as Azure shows it: 88 characters that end in `==`.",
        topic: Topic::Credentials,
        variable: "_SECRET_ACCESS_KEY",
        source: "Azure Storage REST API, \"Authorize with Shared Key\"",
        ..PLAIN
    },
    Cause {
        slug: "visible-only-inside",
        codes: &["visible only inside"],
        cause: "The host is one that only the deployment's own network knows, and it is not known here.",
        remedy: "Run the doctor where Langfuse runs.",
        topic: Topic::Network,
        source: "langfuse/langfuse, docker-compose.yml: `http://minio:9000`",
        ..PLAIN
    },
    Cause {
        slug: "another-identity",
        codes: &["another identity"],
        cause: "No keys are configured: the container signs with the role that its platform gives it, and this machine with its own. What is proved here holds for the latter.",
        remedy: "Run the doctor where Langfuse runs, to prove its own role.",
        topic: Topic::Credentials,
        source: "`@aws-sdk/credential-providers`, `fromNodeProviderChain`",
        ..PLAIN
    },
    Cause {
        slug: "identity-only-inside",
        codes: &["identity only inside"],
        cause: "No keys are configured and this machine has no AWS credentials of its own: the role is where Langfuse runs.",
        remedy: "Run the doctor where Langfuse runs.",
        topic: Topic::Credentials,
        source: "`@aws-sdk/credential-providers`, `fromNodeProviderChain`",
        ..PLAIN
    },
    Cause {
        slug: "keys-swapped",
        codes: &["keys swapped"],
        cause: "Key id and secret stand in each other's place, as their shapes show.",
        remedy: "Swap `_ACCESS_KEY_ID` and `_SECRET_ACCESS_KEY`; then issue a new pair, for the secret was sent where key ids are logged.",
        topic: Topic::Credentials,
        variable: "_ACCESS_KEY_ID",
        source: "Amazon S3 API reference, \"Authenticating Requests\": the key id is sent as it is",
        ..PLAIN
    },
    Cause {
        slug: "proxy-rewrites-host",
        codes: &["proxy rewrites Host"],
        cause: "A proxy before the store sends another `Host` on than the one that was signed: signed for that host, the same request is accepted.",
        remedy: "Let the proxy pass Host unchanged (nginx: `proxy_set_header Host $http_host`), or set `_ENDPOINT` to the store itself.",
        topic: Topic::Credentials,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse#6693; minio/minio#7736",
        ..PLAIN
    },
    Cause {
        slug: "proxy-strips-path",
        codes: &["proxy strips path"],
        cause: "A proxy before the store takes the endpoint's path away: signed without it, the same request is accepted.",
        remedy: "Give the store a host name of its own and take the path out of `_ENDPOINT`; no setting of the SDK can leave it unsigned.",
        topic: Topic::Credentials,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse#6693",
        ..PLAIN
    },
    Cause {
        slug: "bucket-doubled",
        codes: &["bucket doubled"],
        cause: "The endpoint holds the bucket's name already, so that it is asked for twice and everything is kept one level too deep.",
        remedy: "Take the bucket's name out of `_ENDPOINT`; what is there already has to be moved.",
        topic: Topic::Bucket,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse-k8s#93",
        ..PLAIN
    },
    Cause {
        slug: "body-differs",
        codes: &["body differs"],
        cause: "What came back is not what was written: something between here and the store changes bodies.",
        remedy: "Let what stands before `_ENDPOINT` pass bodies unchanged.",
        topic: Topic::Object,
        variable: "_ENDPOINT",
        source: "this tool compares every byte",
        ..PLAIN
    },
    Cause {
        slug: "missing-key-found",
        codes: &["missing key found"],
        cause: "An object that does not exist was answered with a success, so Langfuse would take a stranger's page for an event.",
        remedy: "Set `_ENDPOINT` to the store's API: what answers there is something else.",
        topic: Topic::Object,
        variable: "_ENDPOINT",
        source: "Amazon S3 API reference, \"GetObject\"",
        ..PLAIN
    },
    Cause {
        slug: "odd-key-refused",
        codes: &["odd key refused"],
        cause: "A plain key works and one with a space, `+`, `=` and a letter outside ASCII does not: something between here and the store writes the path anew.",
        remedy: "Let the proxy before `_ENDPOINT` pass paths as they are (nginx: `proxy_pass` without a path).",
        topic: Topic::Object,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse#6693",
        ..PLAIN
    },
    Cause {
        slug: "long-key-refused",
        codes: &["long key refused"],
        cause: "The store takes no key with a segment as long as the ids that Langfuse lets through: events with such ids are lost.",
        remedy: "Set LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES=200 on web and worker.",
        topic: Topic::Object,
        variable: "LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES",
        source: "langfuse/langfuse#13476; minio/minio#20952",
        ..PLAIN
    },
    Cause {
        slug: "multipart-body-too-large",
        codes: &["body too large for parts"],
        cause: "Small objects are taken and a part of 5 MiB is not: a proxy before the store limits bodies.",
        remedy: "Raise the proxy's limit before `_ENDPOINT` (nginx: `client_max_body_size 0`).",
        topic: Topic::Object,
        variable: "_ENDPOINT",
        source: "nginx, `client_max_body_size`",
        ..PLAIN
    },
    Cause {
        slug: "link-host-inside",
        codes: &["link to an internal host"],
        cause: "Links are signed for a host that only the deployment's own network knows, so no browser and no SDK elsewhere can open them.",
        remedy: "Set `_EXTERNAL_ENDPOINT` (for media web's own `_ENDPOINT`) to the address that browsers reach.",
        topic: Topic::Link,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse#4369",
        ..PLAIN
    },
    Cause {
        slug: "link-host-local",
        codes: &["link to localhost"],
        cause: "Links are signed for localhost and Langfuse is opened under another name: every browser would call its own machine.",
        remedy: "Set `_EXTERNAL_ENDPOINT` (for media web's own `_ENDPOINT`) to the store's public address.",
        topic: Topic::Link,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse#14299",
        ..PLAIN
    },
    Cause {
        slug: "media-encryption-signed",
        codes: &["media encryption signed"],
        cause: "With `_SSE` set, upload links bind an encryption header that no Langfuse SDK sends, so every media upload is refused.",
        remedy: "Leave `_SSE` of media unset, and let the bucket encrypt by default.",
        topic: Topic::Link,
        variable: "_SSE",
        source: "aws/aws-sdk-js-v3#1576; langfuse-python, `media_manager`",
        ..PLAIN
    },
    Cause {
        slug: "checksum-ignored",
        codes: &["checksum ignored"],
        cause: "A link bound to one body's SHA-256 took another body: the store does not check it, so that media can be swapped or cut unnoticed.",
        remedy: "Bring the store up to date, or use one that checks `x-amz-checksum-sha256`; `_ENDPOINT` says which one it is.",
        topic: Topic::Link,
        variable: "_ENDPOINT",
        source: "Amazon S3 user guide, \"Checking object integrity in Amazon S3\"",
        ..PLAIN
    },
    Cause {
        slug: "disposition-missing",
        codes: &["disposition missing"],
        cause: "The download link asks for `content-disposition: attachment` and the answer has none, so browsers show an export instead of saving it.",
        remedy: "Bring the store up to date, or look for a proxy before `_EXTERNAL_ENDPOINT` that drops the query.",
        topic: Topic::Link,
        variable: "_EXTERNAL_ENDPOINT",
        source: "Amazon S3 API reference, \"GetObject\": response-content-disposition",
        ..PLAIN
    },
    Cause {
        slug: "public-read",
        codes: &["public read"],
        cause: "Anybody can read what Langfuse writes, without keys: the bucket is public.",
        remedy: "Take public access away from `_BUCKET`: its policy, its ACL, or the container's access level.",
        topic: Topic::Object,
        variable: "_BUCKET",
        source: "Amazon S3 user guide, \"Blocking public access\"",
        ..PLAIN
    },
    Cause {
        slug: "versions-kept",
        codes: &["versions kept"],
        cause: "The bucket keeps versions and no rule removes old ones: what retention deletes stays and is paid for.",
        remedy: "Add a lifecycle rule for noncurrent versions to `_BUCKET`.",
        topic: Topic::Facts,
        variable: "_BUCKET",
        source: "Langfuse documentation, S3 / Blob Storage",
        ..PLAIN
    },
    Cause {
        slug: "lifecycle-missing",
        codes: &["lifecycle missing"],
        cause: "No lifecycle rule removes raw events, and Langfuse removes some of them (`otel/`, `evals/`) never: the bucket only grows.",
        remedy: "Write one: `langfuse-blob generate lifecycle`. It belongs on `_BUCKET`.",
        topic: Topic::Facts,
        variable: "_BUCKET",
        source: "langfuse/langfuse#5683; langfuse/langfuse#12555",
        ..PLAIN
    },
    Cause {
        slug: "lifecycle-deletes-media",
        codes: &["lifecycle deletes media"],
        cause: "A lifecycle rule covers media, which Langfuse still shows: after its days they are gone.",
        remedy: "Narrow the rule to raw events, or set LANGFUSE_S3_MEDIA_UPLOAD_PREFIX to a folder of its own: `langfuse-blob generate lifecycle` writes one that covers no media.",
        topic: Topic::Facts,
        variable: "LANGFUSE_S3_MEDIA_UPLOAD_PREFIX",
        source: "Langfuse documentation, S3 / Blob Storage",
        ..PLAIN
    },
    Cause {
        slug: "object-lock-on",
        codes: &["object lock on"],
        cause: "The bucket locks new objects by default: nothing that Langfuse deletes makes room, and every write needs a checksum that Langfuse does not send.",
        remedy: "Use another `_BUCKET`, or take the default retention away.",
        topic: Topic::Facts,
        variable: "_BUCKET",
        source: "Amazon S3 user guide, \"Object Lock considerations\"",
        ..PLAIN
    },
    Cause {
        slug: "container-to-be-made",
        codes: &["container to be made"],
        cause: "The container is not there, and Langfuse will make it at its first write.",
        remedy: "Create `_BUCKET` yourself to prove the rest now.",
        topic: Topic::Bucket,
        variable: "_BUCKET",
        source: "langfuse/langfuse#8317",
        ..PLAIN
    },
    Cause {
        slug: "left-behind",
        codes: &["left behind"],
        cause: "Something that the doctor wrote could not be removed again.",
        remedy: "Remove it by hand: `langfuse-blob rm`.",
        topic: Topic::Object,
        source: "this tool",
        ..PLAIN
    },
    Cause {
        slug: "engine-not-probed",
        codes: &["engine not probed"],
        cause: "The doctor does not speak this engine's own interface yet.",
        remedy: "Run `langfuse-blob check`, and try an upload in Langfuse itself.",
        topic: Topic::Bucket,
        source: "this tool",
        ..PLAIN
    },
    Cause {
        slug: "certificate-of-another-host",
        codes: &["certificate of another host"],
        cause: "The certificate is for another host than the endpoint's.",
        remedy: "Set `_ENDPOINT` to a name that stands in the certificate, or have one issued for this name.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        source: "RFC 9525, 6",
        ..PLAIN
    },
    Cause {
        slug: "request-refused",
        codes: &["request refused"],
        cause: "The store refused, with a code that this tool has no cause for.",
        remedy: "Look the code up in the store's documentation, and the request's id in its log.",
        topic: Topic::Object,
        source: "this tool",
        ..PLAIN
    },
    Cause {
        slug: "request-impossible",
        codes: &["request impossible"],
        cause: "The request cannot be made with these settings: a key, a header or a name holds what none may hold.",
        remedy: "Run `langfuse-blob check`, which says where.",
        topic: Topic::Object,
        source: "RFC 9110, 5.5",
        ..PLAIN
    },
    Cause {
        slug: "encryption-ignored",
        codes: &["encryption ignored"],
        cause: "The write asked for encryption and the store does not say that it encrypted.",
        remedy: "Leave `_SSE` unset and set the bucket's default encryption, or use a store that has it.",
        topic: Topic::Object,
        variable: "_SSE",
        source: "Amazon S3 API reference, \"PutObject\": x-amz-server-side-encryption",
        ..PLAIN
    },
    Cause {
        slug: "abort-denied",
        codes: &["abort denied"],
        cause: "The identity may not give uploads up, so the parts of every export that fails stay and are paid for.",
        remedy: "Allow `s3:AbortMultipartUpload` on `arn:aws:s3:::bucket/*`.",
        topic: Topic::Permission,
        source: "Langfuse v4.16.0, `S3ChunkedUploadStrategy`",
        ..PLAIN
    },
    Cause {
        slug: "link-host-rewritten",
        codes: &["link host rewritten"],
        cause: "The same keys are accepted at the store's own address and refused on links: the proxy at the links' host sends another `Host` on than the one that was signed.",
        remedy: "Let the proxy pass Host unchanged (nginx: `proxy_set_header Host $http_host`), or sign for another host with `_EXTERNAL_ENDPOINT` (for media web's own `_ENDPOINT`).",
        topic: Topic::Link,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse#6693; minio/minio#7736",
        ..PLAIN
    },
    Cause {
        slug: "link-path-stripped",
        codes: &["link path stripped"],
        cause: "The same keys are accepted at the store's own address and refused on links: the proxy at the links' host takes away the path that was signed.",
        remedy: "Give the store a host name of its own there, and take the path out of `_EXTERNAL_ENDPOINT` (for media web's own `_ENDPOINT`).",
        topic: Topic::Link,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse#6693",
        ..PLAIN
    },
    Cause {
        slug: "link-unreachable",
        codes: &["link unreachable"],
        cause: "Links are for an address that this machine cannot reach; browsers and SDKs here could not open them.",
        remedy: "Start the deployment if it is down, publish the store's port, or set `_EXTERNAL_ENDPOINT` (for media web's own `_ENDPOINT`) to the address that browsers reach.",
        topic: Topic::Link,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse#4717; langfuse/langfuse#6504",
        ..PLAIN
    },
    Cause {
        slug: "value-hidden",
        codes: &["value hidden"],
        cause: "A value that is needed stands in a Secret whose content is not among the files, so nothing can be tried.",
        remedy: "Hand over the Secret too, name a second file with --env-file that sets it, or run the doctor where Langfuse runs.",
        topic: Topic::Credentials,
        source: "Kubernetes, `secretKeyRef`",
        ..PLAIN
    },
];

//! The causes themselves: permissions, credentials, region and bucket, headers and bodies, the store, Azure, Google,
//! the network, the browser.

use super::{Action, Cause, PLAIN, Topic, WEB_PAGE};
use crate::storage::Fault;

/// Every cause.
pub static CAUSES: &[Cause] = &[
    // The wrong engine.
    Cause {
        slug: "azure-engine-at-s3-store",
        codes: &["RestError: Access Denied"],
        cause: "Langfuse's Azure client got an S3 store's response: LANGFUSE_USE_AZURE_BLOB is `true`, but the endpoint and the keys are those of an S3 store.",
        remedy: "Set LANGFUSE_USE_AZURE_BLOB=false, or set `_ENDPOINT`, `_ACCESS_KEY_ID` and `_SECRET_ACCESS_KEY` to the Azure account's.",
        topic: Topic::Store,
        variable: "LANGFUSE_USE_AZURE_BLOB",
        source: "Langfuse v4.16.0 with `@azure/storage-blob` at SeaweedFS",
        ..PLAIN
    },
    // Permissions.
    Cause {
        slug: "console-port",
        codes: &["AccessDenied", "InvalidArgument", "S3 API Request made to Console port"],
        says: &["console port", "api request made to console", "must be made to api port"],
        cause: "The endpoint is the port of MinIO's console, not of its S3 API.",
        remedy: "Set `_ENDPOINT` to the API's port: 9000 by default; 9001 is the console.",
        topic: Topic::Store,
        variable: "_ENDPOINT",
        source: "minio/object-browser#2637",
        ..PLAIN
    },
    Cause {
        slug: "link-expired",
        codes: &["AccessDenied"],
        says: &["request has expired"],
        cause: "The presigned URL has expired, or the clock of the machine that signed it is wrong.",
        remedy: "Sign a new URL, with a longer expiry if needed, and synchronize the clock (NTP).",
        topic: Topic::Clock,
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "kms-denied",
        codes: &["AccessDenied"],
        says: &["kms:"],
        cause: "The identity may write to the bucket, but may not use the KMS key that encrypts it.",
        remedy: "Allow `kms:GenerateDataKey` and `kms:Decrypt` on the key, in the identity's policy and in the key policy.",
        topic: Topic::Permission,
        source: "langfuse/langfuse-k8s#144; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "list-denied",
        codes: &["AccessDenied"],
        action: Some(Action::List),
        cause: "The identity may not list the bucket: `s3:ListBucket` is missing, or was granted on the objects \
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
        cause: "The identity may not read the object, or the object doesn't exist and the identity may not list the \
                bucket: S3 then answers 403 instead of 404.",
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
        cause: "The identity may not write: `s3:PutObject` is missing, or the bucket policy requires an encryption \
                header or a certain network endpoint.",
        remedy: "Allow `s3:PutObject` on `arn:aws:s3:::bucket/*`. If the bucket policy requires encryption, set \
                 `_SSE`.",
        topic: Topic::Permission,
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "delete-denied",
        codes: &["AccessDenied"],
        action: Some(Action::Delete),
        cause: "The identity may not delete, so data retention and project deletion fail.",
        remedy: "Allow `s3:DeleteObject` on `arn:aws:s3:::bucket/*`.",
        topic: Topic::Permission,
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "delete-many-denied",
        codes: &["AccessDenied"],
        action: Some(Action::DeleteMany),
        cause: "The identity may not delete, so data retention and project deletion fail.",
        remedy: "Allow `s3:DeleteObject` on `arn:aws:s3:::bucket/*`.",
        topic: Topic::Permission,
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "access-denied",
        codes: &["AccessDenied", "Access Denied", "403"],
        statuses: &[403],
        cause: "The store recognizes the identity, but doesn't allow it this request.",
        remedy: "Allow `s3:ListBucket` on the bucket, and `s3:PutObject`, `s3:GetObject`, `s3:DeleteObject` and \
                 `s3:AbortMultipartUpload` on its objects.",
        topic: Topic::Permission,
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "account-suspended",
        codes: &["AllAccessDisabled", "AccountProblem"],
        cause: "The provider suspended the account or the bucket, usually over billing.",
        remedy: "Contact the provider; no Langfuse setting changes this.",
        topic: Topic::Permission,
        source: "Langfuse v4.16.0, `customerFaultClassification.ts`; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    // Credentials.
    Cause {
        slug: "key-unknown",
        codes: &[
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist",
            "The access key ID you provided does not exist",
        ],
        cause: "The store doesn't recognize the access key ID: the compose file's default `minio` at another provider, another provider's key, or temporary credentials without their session token.",
        remedy: "Set `_ACCESS_KEY_ID` to the key ID that this store issued. Keys that begin with `ASIA` are temporary and don't work: Langfuse has no variable for the session token.",
        topic: Topic::Credentials,
        variable: "_ACCESS_KEY_ID",
        source: "Amazon S3 API reference, \"Error responses\"; langfuse/langfuse, docker-compose.yml: the default `minio`",
        ..PLAIN
    },
    Cause {
        slug: "link-refused",
        codes: &["SignatureDoesNotMatch"],
        presigned: Some(true),
        cause: "The presigned URL was changed on its way, or a signed header wasn't sent as signed: a proxy rewrites \
                host or path, or the client leaves out the encryption or checksum header, or sends a body without \
                Content-Length.",
        remedy: "Make the proxy pass Host and path unchanged, and send exactly the headers in `X-Amz-SignedHeaders`. \
                 Langfuse's SDKs don't send encryption headers: leave LANGFUSE_S3_MEDIA_UPLOAD_SSE unset.",
        topic: Topic::Link,
        source: "langfuse/langfuse#6693; aws/aws-sdk-js-v3#1576",
        ..PLAIN
    },
    Cause {
        slug: "signature-refused",
        codes: &["SignatureDoesNotMatch", "The request signature we calculated does not match"],
        cause: "The secret key is wrong, has whitespace around it, or is in the key ID's place; or a proxy changes host or path.",
        remedy: "Check `_SECRET_ACCESS_KEY`: it must have no quotes or spaces and must belong to this key ID. If there is a proxy, make it pass Host and path unchanged.",
        topic: Topic::Credentials,
        variable: "_SECRET_ACCESS_KEY",
        source: "langfuse/langfuse#14314; minio/minio#7736; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "session-ended",
        codes: &["ExpiredToken", "InvalidToken", "InvalidTokenId"],
        cause: "The temporary credentials have expired, or their session token is missing or belongs to another session.",
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
        cause: "The key isn't a Cloudflare R2 key: R2's key IDs have 32 characters.",
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
        cause: "The SDK found no credentials: only one of the two keys is set, or the role's source (instance metadata, container credentials, web identity) is unreachable.",
        remedy: "Set both `_ACCESS_KEY_ID` and `_SECRET_ACCESS_KEY`, or set neither and give the container a role. On EC2, containers need a metadata hop limit of 2.",
        topic: Topic::Credentials,
        variable: "_ACCESS_KEY_ID",
        source: "langfuse/langfuse#5138; aws/aws-sdk-js-v3#3913",
        ..PLAIN
    },
    Cause {
        slug: "clock-wrong",
        codes: &["RequestTimeTooSkewed", "ExpiredRequest", "Request has expired"],
        cause: "The clock of the machine that signed is off by more than the store allows, or the presigned URL has expired.",
        remedy: "Synchronize the clock (NTP), also in virtual machines and on container hosts; sign URLs with a longer expiry.",
        topic: Topic::Clock,
        source: "Amazon S3 API reference, \"Error responses\"; Cloudflare R2 documentation, \"Error codes\"",
        ..PLAIN
    },
    // Region and bucket.
    Cause {
        slug: "region-wrong",
        codes: &["AuthorizationHeaderMalformed", "The authorization header is malformed"],
        says: &["expecting", "region"],
        cause: "The request was signed for a different region than the bucket's.",
        remedy: "Set `_REGION` to the region that the message expects.",
        topic: Topic::Region,
        variable: "_REGION",
        source: "langfuse/langfuse-k8s#93; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "signature-unreadable",
        codes: &["AuthorizationHeaderMalformed", "AuthorizationQueryParametersError"],
        cause: "The store can't parse the signature's scope: key ID, date or region is malformed.",
        remedy: "Check `_REGION` first, then the key ID for stray characters.",
        topic: Topic::Region,
        variable: "_REGION",
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "bucket-elsewhere",
        codes: &["PermanentRedirect", "TemporaryRedirect", "301", "must be addressed using the specified endpoint"],
        statuses: &[301, 307],
        cause: "The bucket is in another region, and Langfuse's SDK doesn't follow the redirect.",
        remedy: "Set `_REGION` to the bucket's region; on Amazon S3, leave `_ENDPOINT` unset.",
        topic: Topic::Region,
        variable: "_REGION",
        source: "langfuse/langfuse#9333; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "region-of-another-endpoint",
        codes: &["IllegalLocationConstraintException", "IllegalLocationConstraint"],
        cause: "The bucket is in another region: newer Amazon regions return this error instead of a redirect.",
        remedy: "Set `_REGION` to the bucket's region.",
        topic: Topic::Region,
        variable: "_REGION",
        source: "boto/boto3#2728",
        ..PLAIN
    },
    Cause {
        slug: "region-not-set",
        codes: &["Region is missing"],
        cause: "No region is set, and the SDK requires one with any provider. At the first event both web and worker exit.",
        remedy: "Set `_REGION`: the bucket's region on Amazon S3, `us-east-1` for MinIO, `auto` for Cloudflare R2.",
        topic: Topic::Region,
        variable: "_REGION",
        source: "`@aws-sdk/client-s3` 3.1074.0",
        ..PLAIN
    },
    Cause {
        slug: "region-not-accepted",
        codes: &["Region not accepted"],
        cause: "The region contains a character that's invalid in a host name, such as a space or an underscore.",
        remedy: "Set `_REGION` to the region's code, such as `eu-west-1`.",
        topic: Topic::Region,
        variable: "_REGION",
        source: "`@aws-sdk/client-s3` 3.1074.0",
        ..PLAIN
    },
    Cause {
        slug: "bucket-not-found",
        codes: &["NoSuchBucket", "The specified bucket does not exist"],
        cause: "The store has no bucket of this name, and Langfuse never creates one on S3; or the endpoint already contains the bucket name, so the request has it twice.",
        remedy: "Create the bucket, correct `_BUCKET`, or remove the bucket name from `_ENDPOINT`.",
        topic: Topic::Bucket,
        variable: "_BUCKET",
        source: "Langfuse v4.16.0, `StorageService.ts`: it creates no S3 bucket; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "key-missing",
        codes: &["NoSuchKey", "NotFound", "BlobNotFound", "The specified key does not exist", "404"],
        statuses: &[404],
        cause: "The object doesn't exist: web and worker use different buckets or prefixes, a lifecycle rule deleted it before it was processed, or the prefix was changed.",
        remedy: "Give web and worker the same settings, make lifecycle rules wait until events are processed, and restore the old `_PREFIX`.",
        topic: Topic::Object,
        variable: "_PREFIX",
        source: "langfuse/langfuse#14428; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "bucket-name-refused",
        codes: &["InvalidBucketName"],
        cause: "The bucket name contains something invalid: a slash, `s3://`, a URL.",
        remedy: "Set `_BUCKET` to the name only, and `_PREFIX` to the rest of the path.",
        topic: Topic::Bucket,
        variable: "_BUCKET",
        source: "`@aws-sdk/client-s3` 3.1074.0; Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "path-style-forbidden",
        codes: &["SecondLevelDomainForbidden"],
        cause: "Alibaba Cloud OSS doesn't support path-style requests.",
        remedy: "Set `_FORCE_PATH_STYLE=false`.",
        topic: Topic::Bucket,
        variable: "_FORCE_PATH_STYLE",
        source: "treeverse/lakeFS#3490",
        ..PLAIN
    },
    // Body and headers.
    Cause {
        slug: "rapid-storage-class",
        codes: &["InvalidArgument"],
        says: &["rapid"],
        cause: "The Google bucket's storage class (Rapid) doesn't support multipart uploads, which exports need.",
        remedy: "Set `_BUCKET` to a bucket of the Standard class.",
        topic: Topic::Object,
        variable: "_BUCKET",
        source: "langfuse/langfuse#14478",
        ..PLAIN
    },
    Cause {
        slug: "body-changed",
        codes: &["XAmzContentSHA256Mismatch"],
        cause: "A proxy or gateway changes the body, or the store doesn't support trailing checksums.",
        remedy: "Make the proxy in front of `_ENDPOINT` pass bodies unchanged, and update the store.",
        topic: Topic::Object,
        variable: "_ENDPOINT",
        source: "fleetdm/fleet#47850",
        ..PLAIN
    },
    Cause {
        slug: "delete-many-unknown",
        codes: &["NotImplemented"],
        action: Some(Action::DeleteMany),
        cause: "The store can't delete multiple objects in one request (Google's S3 interface long couldn't), or can't \
                verify the request's CRC32.",
        remedy: "Set LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM to MD5; on Google Cloud Storage, use the native engine.",
        topic: Topic::Object,
        variable: "LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM",
        source: "langfuse/langfuse#6172; supabase/storage#898",
        ..PLAIN
    },
    Cause {
        slug: "checksum-unknown",
        codes: &["NotImplemented"],
        says: &["checksum"],
        cause: "The store doesn't support the checksum header. Langfuse sends one only to delete multiple objects.",
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
        cause: "The request asks for encryption, but the store has no key management configured.",
        remedy: "Configure KMS in the store, or leave `_SSE` unset.",
        topic: Topic::Object,
        variable: "_SSE",
        source: "MinIO, `cmd/api-errors.go`",
        ..PLAIN
    },
    Cause {
        slug: "not-implemented",
        codes: &["NotImplemented", "501"],
        statuses: &[501],
        cause: "The store doesn't support this operation or header.",
        remedy: "Update the store, or remove the setting that needs it.",
        topic: Topic::Object,
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "kms-not-there",
        codes: &["InvalidArgument", "InvalidRequest"],
        says: &["kms is not configured", "kms not configured", "sse-s3 requires"],
        cause: "The request asks for encryption, but the store has no key management configured.",
        remedy: "Configure KMS in the store, or leave `_SSE` unset.",
        topic: Topic::Object,
        variable: "_SSE",
        source: "MinIO, `cmd/api-errors.go`",
        ..PLAIN
    },
    Cause {
        slug: "content-md5-missing",
        codes: &["MissingContentMD5"],
        cause: "The store requires Content-MD5 to delete multiple objects, as older MinIO releases do.",
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
        cause: "Google's S3 interface rejects the checksum that older Langfuse releases send when they complete an \
                export.",
        remedy: "Update Langfuse, or use the native Google Cloud Storage engine.",
        topic: Topic::Object,
        source: "langfuse/langfuse#13280",
        ..PLAIN
    },
    Cause {
        slug: "precondition-failed",
        codes: &["PreconditionFailed", "412"],
        statuses: &[412],
        cause: "The object changed, or doesn't exist yet, so it isn't the one that the request expects.",
        remedy: "Check the object, then retry the request.",
        topic: Topic::Object,
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "checksum-header-refused",
        codes: &["MalformedSecurityHeader"],
        cause: "The presigned URL signs `x-amz-checksum-sha256`, and Google Cloud Storage doesn't accept that header \
                alongside its own.",
        remedy: "Update the Langfuse SDK that uploads, or use the native Google Cloud Storage engine without a custom \
                 universe domain.",
        topic: Topic::Link,
        source: "langfuse/langfuse-python#1265",
        ..PLAIN
    },
    Cause {
        slug: "digest-wrong",
        codes: &["BadDigest"],
        cause: "The body isn't the one that was hashed: something on the way changed it, such as a proxy that compresses.",
        remedy: "Make the proxy in front of `_ENDPOINT` pass bodies unchanged.",
        topic: Topic::Object,
        variable: "_ENDPOINT",
        source: "Amazon S3 API reference, \"Error responses\"",
        ..PLAIN
    },
    Cause {
        slug: "body-too-large",
        codes: &["EntityTooLarge", "413"],
        statuses: &[413],
        cause: "The body is larger than the store, or a proxy in front of it, allows.",
        remedy: "Raise the limit of the proxy in front of `_ENDPOINT` (nginx: `client_max_body_size`), or the store's.",
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
        cause: "The KMS key doesn't exist in the bucket's region, is disabled, or is being deleted.",
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
        cause: "The store limits the request rate.",
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
        cause: "MinIO's disk is full. Ingestion answers SDKs with 500, and events are lost.",
        remedy: "Free up space, then add a lifecycle rule for raw events: Langfuse doesn't delete all of them itself.",
        topic: Topic::Store,
        source: "langfuse/langfuse#6742",
        ..PLAIN
    },
    Cause {
        slug: "key-not-a-file-name",
        codes: &["XMinioInvalidObjectName"],
        cause: "MinIO can't use the key as a file name: a segment is longer than 255 bytes, or the prefix is unusual.",
        remedy: "Lower LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES, and use plain prefixes that end in `/`.",
        topic: Topic::Object,
        variable: "LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES",
        source: "langfuse/langfuse#13476; minio/minio#20952",
        ..PLAIN
    },
    Cause {
        slug: "web-page",
        codes: &[WEB_PAGE, "HTML", "@aws-sdk XML parse error", "Deserialization error", "is not expected.:1:1"],
        cause: "A web page answered instead of a store: the store's console, a login page or a proxy's challenge.",
        remedy: "Set `_ENDPOINT` to the S3 API's address, and exempt it from single sign-on and bot protection.",
        topic: Topic::Store,
        variable: "_ENDPOINT",
        source: "minio/object-browser#2637",
        ..PLAIN
    },
    Cause {
        slug: "store-failed",
        codes: &["InternalError", "500"],
        statuses: &[500],
        cause: "The store failed, or reports a failure inside a success response. SeaweedFS also answers this while the bucket doesn't exist, when no volume is free, and for `_SSE` without encryption set up.",
        remedy: "Check that the store has free space and that `_SSE` is unset unless the store encrypts; then look up the request ID in the store's log.",
        topic: Topic::Store,
        source: "Amazon S3 API reference, \"CompleteMultipartUpload\": an error may come with 200",
        ..PLAIN
    },
    Cause {
        slug: "gateway-failed",
        codes: &["502", "504", "Bad Gateway", "Gateway Timeout"],
        statuses: &[502, 504],
        cause: "A proxy answered: it couldn't reach the store behind it, or didn't wait long enough.",
        remedy: "Check the proxy's log, and where it forwards `_ENDPOINT` to.",
        topic: Topic::Store,
        variable: "_ENDPOINT",
        source: "RFC 9110, 15.6.3 and 15.6.5",
        ..PLAIN
    },
    Cause {
        slug: "sign-in-wanted",
        codes: &["401", "Unauthorized"],
        statuses: &[401],
        cause: "A proxy in front of the store requires its own sign-in.",
        remedy: "Exempt the store's address from single sign-on, or set `_ENDPOINT` to one that's exempt.",
        topic: Topic::Store,
        variable: "_ENDPOINT",
        source: "RFC 9110, 15.5.2",
        ..PLAIN
    },
    Cause {
        slug: "method-refused",
        codes: &["MethodNotAllowed", "405"],
        statuses: &[405],
        cause: "The server doesn't support the request's method: it's a web server, or the path isn't the store's.",
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
        cause: "The address redirects to another one, as sign-in pages and redirects to https do. Langfuse's SDK doesn't follow.",
        remedy: "Set `_ENDPOINT` to the redirect's target, if that's the store.",
        topic: Topic::Store,
        variable: "_ENDPOINT",
        source: "RFC 9110, 15.4",
        ..PLAIN
    },
    Cause {
        slug: "no-store",
        codes: &["no store's answer"],
        cause: "The server isn't a store: it speaks HTTP, but neither S3 nor Azure Blob.",
        remedy: "Set `_ENDPOINT` to the store's API, not to its console, its metrics or a web server.",
        topic: Topic::Store,
        variable: "_ENDPOINT",
        source: "minio/object-browser#2637",
        ..PLAIN
    },
    // Azure Blob Storage.
    Cause {
        slug: "azure-signature-refused",
        codes: &["AuthenticationFailed"],
        cause: "Azure can't verify the signature: the account key is wrong or not base64, the account isn't the one in the endpoint, or the clock is wrong.",
        remedy: "Set the account name as key ID, one of its two keys as `_SECRET_ACCESS_KEY`, and `https://<account>.blob.core.windows.net` as endpoint.",
        topic: Topic::Credentials,
        variable: "_SECRET_ACCESS_KEY",
        source: "Azure Storage REST API, \"Common REST API error codes\" and \"Blob service error codes\"",
        ..PLAIN
    },
    Cause {
        slug: "azure-keys-forbidden",
        codes: &["KeyBasedAuthenticationNotPermitted"],
        cause: "The storage account disallows account keys, and Langfuse has no other way to sign in to Azure.",
        remedy: "Allow storage account key access, or use another account.",
        topic: Topic::Credentials,
        source: "langfuse/langfuse#15596",
        ..PLAIN
    },
    Cause {
        slug: "container-missing",
        codes: &["ContainerNotFound"],
        cause: "The container doesn't exist, and Langfuse is set not to check for it first.",
        remedy: "Create the container, correct `_BUCKET`, or set LANGFUSE_AZURE_SKIP_CONTAINER_CHECK=false so that Langfuse creates it.",
        topic: Topic::Bucket,
        variable: "_BUCKET",
        source: "langfuse/langfuse#8317; Azure Storage REST API, \"Common REST API error codes\" and \"Blob service error codes\"",
        ..PLAIN
    },
    Cause {
        slug: "azure-not-authorized",
        codes: &["AuthorizationPermissionMismatch", "AuthorizationFailure"],
        cause: "Azure blocks this request: role assignment, firewall or private endpoint. From a public address it's \
                usually the firewall, not the key.",
        remedy: "Try from inside the deployment's network, then check the account's firewall and roles. The emulator Azurite also says this for a wrong `_SECRET_ACCESS_KEY`.",
        topic: Topic::Permission,
        source: "Langfuse v4.16.0, `customerFaultClassification.ts`; Azure Storage REST API, \"Common REST API error codes\" and \"Blob service error codes\"",
        ..PLAIN
    },
    Cause {
        slug: "azure-name-wrong",
        codes: &["InvalidResourceName", "ResourceNotFound", "AccountIsDisabled"],
        cause: "The container name or the account name is wrong, or the account is disabled.",
        remedy: "Correct `_BUCKET`: container names are 3 to 63 lowercase letters, digits and single dashes; check the account in the portal.",
        topic: Topic::Bucket,
        variable: "_BUCKET",
        source: "Azure Storage REST API, \"Common REST API error codes\" and \"Blob service error codes\"",
        ..PLAIN
    },
    Cause {
        slug: "blob-type-missing",
        codes: &["x-ms-blob-type", "MissingRequiredHeader"],
        cause: "The upload lacks the header `x-ms-blob-type: BlockBlob`, which Azure requires.",
        remedy: "Update the Langfuse SDK that uploads; other clients must send the header themselves.",
        topic: Topic::Link,
        source: "langfuse/langfuse-js#465",
        ..PLAIN
    },
    // Google Cloud Storage.
    Cause {
        slug: "google-sign-blob",
        codes: &["Permission 'iam.serviceAccounts.signBlob' denied", "iam.serviceAccounts.signBlob"],
        cause: "Without a key file, Google signs URLs through an API that this service account may not use.",
        remedy: "Grant the service account the role Service Account Token Creator on itself.",
        topic: Topic::Credentials,
        source: "langfuse/langfuse-terraform-gcp#14",
        ..PLAIN
    },
    Cause {
        slug: "google-scopes",
        codes: &["Provided scope(s) are not authorized", "scope(s) are not authorized"],
        cause: "The node's access scopes don't include storage.",
        remedy: "Use Workload Identity, or nodes with the `cloud-platform` scope.",
        topic: Topic::Credentials,
        source: "langfuse/langfuse-k8s#277",
        ..PLAIN
    },
    Cause {
        slug: "google-premature-close",
        codes: &["Premature close"],
        cause: "The connection to Google's signing API was cut off; recent Langfuse releases retry.",
        remedy: "Update Langfuse.",
        topic: Topic::Network,
        source: "langfuse/langfuse#14637",
        ..PLAIN
    },
    // Network and TLS, in Node.js's words.
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
        cause: "The store's certificate is signed by an authority that Node.js doesn't trust.",
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
        cause: "The certificate isn't for this host: the bucket name became part of the host, and the certificate has \
                no wildcard.",
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
        cause: "The region is `auto` and no endpoint is set, so the SDK calls an Amazon host that doesn't exist.",
        remedy: "Set the provider's `_ENDPOINT`, or a real region.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse-k8s#157",
        ..PLAIN
    },
    Cause {
        slug: "host-unknown",
        codes: &["ENOTFOUND"],
        cause: "The host doesn't exist. If it begins with the bucket name, the SDK used virtual-hosted style, for \
                which this store has no host names.",
        remedy: "Set `_FORCE_PATH_STYLE=true` if the host begins with the bucket name; otherwise correct `_ENDPOINT`.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        fault: Some(Fault::NotFound),
        source: "langfuse/langfuse#4369",
        ..PLAIN
    },
    Cause {
        slug: "lookup-failed",
        codes: &["EAI_AGAIN"],
        cause: "The host couldn't be resolved at this moment: the container's DNS doesn't answer.",
        remedy: "Check the DNS of Docker or of the cluster (`ndots`), and that both containers share a network.",
        topic: Topic::Network,
        source: "langfuse/langfuse#9743",
        ..PLAIN
    },
    Cause {
        slug: "connection-refused",
        codes: &["ECONNREFUSED"],
        cause: "Nothing listens at that address. Inside a container, `localhost` is the container itself.",
        remedy: "Set `_ENDPOINT` to the service name and its port inside the network, such as `http://minio:9000`.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        fault: Some(Fault::Refused),
        source: "langfuse/langfuse#6190",
        ..PLAIN
    },
    Cause {
        slug: "proxy-unreachable",
        codes: &["proxy unreachable"],
        cause: "The proxy that the environment sets for this address doesn't answer; the request never reached the store.",
        remedy: "Correct `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY`, or add the store's host to `NO_PROXY`.",
        topic: Topic::Network,
        fault: Some(Fault::ProxyUnreachable),
        source: "this tool's transport",
        ..PLAIN
    },
    Cause {
        slug: "clickhouse-port",
        codes: &["Port 9000 is for clickhouse-client program"],
        cause: "The endpoint is ClickHouse, which also uses port 9000.",
        remedy: "Set `_ENDPOINT` to MinIO's host.",
        topic: Topic::Store,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse, docker-compose.yml: ClickHouse on host port 9000",
        ..PLAIN
    },
    Cause {
        slug: "timed-out",
        codes: &["ETIMEDOUT", "TimeoutError"],
        cause: "The connection timed out: a firewall drops the packets, or the store doesn't answer.",
        remedy: "Check security groups, firewalls and the port in `_ENDPOINT`; a private network may need its own endpoint for the store.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        fault: Some(Fault::TimedOut),
        source: "Node.js, `Common system errors`",
        ..PLAIN
    },
    Cause {
        slug: "connection-broken",
        codes: &["ECONNRESET", "EPIPE", "socket hang up"],
        cause: "The other side closed the connection before it answered: a proxy or a load balancer, or a port that doesn't speak HTTP.",
        remedy: "Check that the port in `_ENDPOINT` is the store's, and the log of any proxy in front of it.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        fault: Some(Fault::Reset),
        source: "Node.js, `Common system errors`",
        ..PLAIN
    },
    Cause {
        slug: "answer-cut",
        codes: &["IncompleteBody", "aborted", "ERR_STREAM_PREMATURE_CLOSE"],
        cause: "The body was cut off: something on the way limits time or size.",
        remedy: "Look for limits and timeouts in the proxy or load balancer in front of `_ENDPOINT`.",
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
        slug: "answer-too-slow",
        codes: &["answer too slow"],
        cause: "The answer kept arriving, but so slowly that it wasn't complete in time: the store or a proxy is overloaded, or isn't one.",
        remedy: "Check that `_ENDPOINT` is the store's API, and the load of the store and of any proxy on the way.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        fault: Some(Fault::TooSlow),
        source: "this tool's transport",
        ..PLAIN
    },
    Cause {
        slug: "request-failed",
        codes: &["request not answered"],
        cause: "The request failed for a reason that only the network library describes.",
        remedy: "Read its message, then check `_ENDPOINT` and any proxy on the way.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        fault: Some(Fault::Opaque),
        source: "this tool's transport",
        ..PLAIN
    },
    Cause {
        slug: "tls-not-spoken",
        codes: &["ERR_SSL_WRONG_VERSION_NUMBER", "wrong version number", "EPROTO"],
        cause: "The endpoint begins with https://, but the store on that port speaks plain HTTP.",
        remedy: "Change `_ENDPOINT` to http://, or to the store's TLS port.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        fault: Some(Fault::TlsNotSpoken),
        source: "curie-eng/curie#1500",
        ..PLAIN
    },
    Cause {
        slug: "http-on-tls-port",
        codes: &["Client sent an HTTP request to an HTTPS server", "The plain HTTP request was sent to HTTPS port"],
        cause: "The endpoint begins with http://, but the store on that port speaks TLS.",
        remedy: "Change `_ENDPOINT` to https://.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        source: "Go, `net/http`: its answer to plain HTTP on a TLS port",
        ..PLAIN
    },
    Cause {
        slug: "certificate-expired",
        codes: &["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID", "certificate has expired"],
        cause: "The certificate isn't valid now: it has expired, isn't valid yet, or this machine's clock is wrong.",
        remedy: "Renew the store's certificate; `_ENDPOINT` is correct.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        fault: Some(Fault::CertificateExpired),
        source: "Node.js, `X509 certificate error codes`",
        ..PLAIN
    },
    Cause {
        slug: "path-style-needed",
        codes: &["ENOTFOUND bucket.host"],
        cause: "The SDK puts the bucket name before the store's host, but that host doesn't exist, or the store doesn't look for the bucket there: it isn't set up for virtual-hosted style.",
        remedy: "Set `_FORCE_PATH_STYLE=true`.",
        topic: Topic::Network,
        variable: "_FORCE_PATH_STYLE",
        source: "langfuse/langfuse#5998",
        ..PLAIN
    },
    Cause {
        slug: "endpoint-unreadable",
        codes: &["was not a valid URI", "Invalid URL"],
        cause: "An endpoint isn't a URL with `http://` or `https://` in front.",
        remedy: "Set `_ENDPOINT` to a whole URL, such as `http://minio:9000`.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        source: "`@aws-sdk/client-s3` 3.1074.0: \"Custom endpoint … was not a valid URI\"",
        ..PLAIN
    },
    // In the browser.
    Cause {
        slug: "mixed-content",
        codes: &["Mixed Content"],
        cause: "Langfuse's page is open over https, so the browser blocks media from an endpoint with http.",
        remedy: "Serve the store over https as well, and set `_ENDPOINT` on web to that address.",
        topic: Topic::Browser,
        variable: "_ENDPOINT",
        source: "W3C Mixed Content, 5.3",
        ..PLAIN
    },
    Cause {
        slug: "cors-missing",
        codes: &["net::ERR_FAILED", "blocked by CORS policy", "CORS", "Failed to fetch"],
        cause: "The bucket's CORS rules don't allow Langfuse's page to upload or show media.",
        remedy: "Allow the origin of NEXTAUTH_URL, the methods GET and PUT, and the headers content-type and \
                 x-amz-checksum-sha256.",
        topic: Topic::Browser,
        source: "Langfuse v4.16.0, `useDatasetItemMediaUpload`",
        ..PLAIN
    },
    Cause {
        slug: "csp-blocks-store",
        codes: &["Content Security Policy", "Refused to connect", "Refused to load"],
        cause: "Langfuse's page may not connect to this store: the allowed hosts are built into its image.",
        remedy: "Serve media from a host that the page's `Content-Security-Policy` header allows in `img-src`, \
                 `media-src` and `connect-src`.",
        topic: Topic::Browser,
        source: "langfuse/langfuse#14613",
        ..PLAIN
    },
    Cause {
        slug: "media-not-uploaded",
        codes: &["Media not yet uploaded", "Media upload failed with status"],
        cause: "The SDK got a presigned URL from Langfuse, but its upload failed, or it never reported success.",
        remedy: "Check `upload_http_status` and `upload_http_error` in the table `media`; usually the SDK can't reach \
                 the media endpoint.",
        topic: Topic::Browser,
        source: "langfuse/langfuse#5250",
        ..PLAIN
    },
    // Found by the doctor, without an error code from the store.
    Cause {
        slug: "configuration-unusable",
        codes: &["configuration unusable"],
        cause: "The configuration gives no address to send requests to.",
        remedy: "Run `langfuse-blob check`; it says what to set.",
        topic: Topic::Bucket,
        source: "Langfuse v4.16.0, `StorageService.ts`",
        ..PLAIN
    },
    Cause {
        slug: "azure-key-unreadable",
        codes: &["account key is not base64"],
        cause: "The account key isn't base64, so Azure rejects every signature made with it.",
        remedy: "Set `_SECRET_ACCESS_KEY` to one of the account's two keys as Azure shows it: 88 characters that end in `==`.",
        topic: Topic::Credentials,
        variable: "_SECRET_ACCESS_KEY",
        source: "Azure Storage REST API, \"Authorize with Shared Key\"",
        ..PLAIN
    },
    Cause {
        slug: "visible-only-inside",
        codes: &["visible only inside"],
        cause: "The host resolves only on the deployment's own network, not here.",
        remedy: "Run the doctor where Langfuse runs.",
        topic: Topic::Network,
        untested: true,
        source: "langfuse/langfuse, docker-compose.yml: `http://minio:9000`",
        ..PLAIN
    },
    Cause {
        slug: "another-identity",
        codes: &["another identity"],
        cause: "No keys are configured: the container signs with the role of its platform, this machine with its own credentials. The results apply only to this machine's credentials.",
        remedy: "Run the doctor where Langfuse runs, to test its role.",
        topic: Topic::Credentials,
        source: "`@aws-sdk/credential-providers`, `fromNodeProviderChain`",
        ..PLAIN
    },
    Cause {
        slug: "identity-only-inside",
        codes: &["identity only inside"],
        cause: "No keys are configured and this machine has no AWS credentials: the role exists only where Langfuse runs.",
        remedy: "Run the doctor where Langfuse runs.",
        topic: Topic::Credentials,
        untested: true,
        source: "`@aws-sdk/credential-providers`, `fromNodeProviderChain`",
        ..PLAIN
    },
    Cause {
        slug: "keys-swapped",
        codes: &["keys swapped"],
        cause: "Key ID and secret key are swapped, judging by their shapes.",
        remedy: "Swap `_ACCESS_KEY_ID` and `_SECRET_ACCESS_KEY`, then issue new keys: the secret was sent where key IDs are logged.",
        topic: Topic::Credentials,
        variable: "_ACCESS_KEY_ID",
        source: "Amazon S3 API reference, \"Authenticating Requests\": the key ID is sent unchanged",
        ..PLAIN
    },
    Cause {
        slug: "proxy-rewrites-host",
        codes: &["proxy rewrites Host"],
        cause: "A proxy in front of the store replaces the signed `Host` header: signed for the new host, the same request is accepted.",
        remedy: "Make the proxy pass Host unchanged (nginx: `proxy_set_header Host $http_host`), or set `_ENDPOINT` to the store itself.",
        topic: Topic::Credentials,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse#6693; minio/minio#7736",
        ..PLAIN
    },
    Cause {
        slug: "proxy-strips-path",
        codes: &["proxy strips path"],
        cause: "A proxy in front of the store strips the endpoint's path: signed without it, the same request is accepted.",
        remedy: "Give the store its own host name and remove the path from `_ENDPOINT`; no SDK setting leaves the path unsigned.",
        topic: Topic::Credentials,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse#6693",
        ..PLAIN
    },
    Cause {
        slug: "bucket-doubled",
        codes: &["bucket doubled"],
        cause: "The endpoint already contains the bucket name, so requests have it twice and everything is stored one level too deep.",
        remedy: "Remove the bucket name from `_ENDPOINT`, and move what's already stored.",
        topic: Topic::Bucket,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse-k8s#93",
        ..PLAIN
    },
    Cause {
        slug: "body-differs",
        codes: &["body differs"],
        cause: "What came back isn't what was written: something on the way to the store changes bodies.",
        remedy: "Make the proxy in front of `_ENDPOINT` pass bodies unchanged.",
        topic: Topic::Object,
        variable: "_ENDPOINT",
        source: "this tool compares every byte",
        ..PLAIN
    },
    Cause {
        slug: "missing-key-found",
        codes: &["missing key found"],
        cause: "A missing object was answered with a success, so Langfuse would take an unrelated page for an event.",
        remedy: "Set `_ENDPOINT` to the store's API; another server answers there.",
        topic: Topic::Object,
        variable: "_ENDPOINT",
        source: "Amazon S3 API reference, \"GetObject\"",
        ..PLAIN
    },
    Cause {
        slug: "odd-key-refused",
        codes: &["odd key refused"],
        cause: "A plain key works, but one with a space, `+`, `=` and a non-ASCII letter doesn't: something on the way to the store rewrites the path.",
        remedy: "Make the proxy in front of `_ENDPOINT` pass paths unchanged (nginx: `proxy_pass` without a path).",
        topic: Topic::Object,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse#6693",
        ..PLAIN
    },
    Cause {
        slug: "long-key-refused",
        codes: &["long key refused"],
        cause: "The store rejects keys with a segment as long as the IDs that Langfuse allows: events with such IDs are lost.",
        remedy: "Set LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES=200 on web and worker.",
        topic: Topic::Object,
        variable: "LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES",
        source: "langfuse/langfuse#13476; minio/minio#20952",
        ..PLAIN
    },
    Cause {
        slug: "multipart-body-too-large",
        codes: &["body too large for parts"],
        cause: "Small objects are accepted, but a part of 5 MiB isn't: a proxy in front of the store limits bodies.",
        remedy: "Raise the limit of the proxy in front of `_ENDPOINT` (nginx: `client_max_body_size 0`).",
        topic: Topic::Object,
        variable: "_ENDPOINT",
        source: "nginx, `client_max_body_size`",
        ..PLAIN
    },
    Cause {
        slug: "link-host-inside",
        codes: &["link to an internal host"],
        cause: "Presigned URLs point to a host that resolves only on the deployment's own network, so browsers and SDKs elsewhere can't open them.",
        remedy: "Set `_EXTERNAL_ENDPOINT` (for media web's own `_ENDPOINT`) to the address that browsers reach.",
        topic: Topic::Link,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse#4369",
        ..PLAIN
    },
    Cause {
        slug: "link-host-local",
        codes: &["link to localhost"],
        cause: "Presigned URLs point to localhost, but Langfuse is opened under another name: every browser would call its own machine.",
        remedy: "Set `_EXTERNAL_ENDPOINT` (for media web's own `_ENDPOINT`) to the store's public address.",
        topic: Topic::Link,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse#14299",
        ..PLAIN
    },
    Cause {
        slug: "media-encryption-signed",
        codes: &["media encryption signed"],
        cause: "With `_SSE` set, upload URLs sign an encryption header that no Langfuse SDK sends, so every media upload is rejected.",
        remedy: "Leave `_SSE` unset, and let the bucket encrypt by default.",
        topic: Topic::Link,
        variable: "_SSE",
        source: "aws/aws-sdk-js-v3#1576; langfuse-python, `media_manager`",
        ..PLAIN
    },
    Cause {
        slug: "checksum-ignored",
        codes: &["checksum ignored"],
        cause: "A presigned URL with one body's SHA-256 accepted a different body: the store doesn't verify it, so media can be swapped or truncated unnoticed.",
        remedy: "Update the store in `_ENDPOINT`, or use one that verifies `x-amz-checksum-sha256`.",
        topic: Topic::Link,
        variable: "_ENDPOINT",
        source: "Amazon S3 user guide, \"Checking object integrity in Amazon S3\"",
        ..PLAIN
    },
    Cause {
        slug: "disposition-missing",
        codes: &["disposition missing"],
        cause: "The download URL requests `content-disposition: attachment`, but the response has none, so browsers show an export instead of saving it.",
        remedy: "Update the store, or look for a proxy in front of `_EXTERNAL_ENDPOINT` that drops the query string.",
        topic: Topic::Link,
        variable: "_EXTERNAL_ENDPOINT",
        source: "Amazon S3 API reference, \"GetObject\": response-content-disposition",
        ..PLAIN
    },
    Cause {
        slug: "public-read",
        codes: &["public read"],
        cause: "The bucket is public: anyone can read what Langfuse writes, without keys.",
        remedy: "Remove public access from `_BUCKET`: its policy, its ACL, or the container's access level.",
        topic: Topic::Object,
        variable: "_BUCKET",
        source: "Amazon S3 user guide, \"Blocking public access\"",
        ..PLAIN
    },
    Cause {
        slug: "versions-kept",
        codes: &["versions kept"],
        cause: "The bucket keeps versions and no rule deletes old ones: what retention deletes remains and costs money.",
        remedy: "Add a lifecycle rule for noncurrent versions to `_BUCKET`.",
        topic: Topic::Facts,
        variable: "_BUCKET",
        source: "Langfuse documentation, S3 / Blob Storage",
        ..PLAIN
    },
    Cause {
        slug: "lifecycle-missing",
        codes: &["lifecycle missing"],
        cause: "No lifecycle rule deletes raw events, and Langfuse never deletes some of them (`otel/`, `evals/`): the bucket only grows.",
        remedy: "Run `langfuse-blob generate lifecycle --retention-days 30` with the same files: it writes the rules that this store accepts for `_BUCKET`, and names the command that applies them.",
        topic: Topic::Facts,
        variable: "_BUCKET",
        source: "langfuse/langfuse#5683; langfuse/langfuse#12555",
        ..PLAIN
    },
    Cause {
        slug: "lifecycle-deletes-media",
        codes: &["lifecycle deletes media"],
        cause: "A lifecycle rule covers media: it deletes files that Langfuse still shows.",
        remedy: "Narrow the rule to raw events, or set LANGFUSE_S3_MEDIA_UPLOAD_PREFIX to a separate prefix: `langfuse-blob generate lifecycle` writes a rule that covers no media.",
        topic: Topic::Facts,
        variable: "LANGFUSE_S3_MEDIA_UPLOAD_PREFIX",
        source: "Langfuse documentation, S3 / Blob Storage",
        ..PLAIN
    },
    Cause {
        slug: "object-lock-on",
        codes: &["object lock on"],
        cause: "The bucket locks new objects by default: Langfuse's deletes free no space, and every write needs a checksum that Langfuse doesn't send.",
        remedy: "Use another `_BUCKET`, or remove the default retention.",
        topic: Topic::Facts,
        variable: "_BUCKET",
        source: "Amazon S3 user guide, \"Object Lock considerations\"",
        ..PLAIN
    },
    Cause {
        slug: "container-to-be-made",
        codes: &["container to be made"],
        cause: "The container doesn't exist; Langfuse creates it on its first write.",
        remedy: "Create `_BUCKET` yourself to test the rest now.",
        topic: Topic::Bucket,
        variable: "_BUCKET",
        source: "langfuse/langfuse#8317",
        ..PLAIN
    },
    Cause {
        slug: "left-behind",
        codes: &["left behind"],
        cause: "The doctor couldn't delete something that it wrote.",
        remedy: "Delete it with `langfuse-blob rm`.",
        topic: Topic::Object,
        source: "this tool",
        ..PLAIN
    },
    Cause {
        slug: "engine-not-probed",
        codes: &["engine not probed"],
        cause: "The doctor doesn't support this engine yet.",
        remedy: "Run `langfuse-blob check`, and try an upload in Langfuse itself.",
        topic: Topic::Bucket,
        untested: true,
        source: "this tool",
        ..PLAIN
    },
    Cause {
        slug: "certificate-of-another-host",
        codes: &["certificate of another host"],
        cause: "The certificate is for a different host than the endpoint's.",
        remedy: "Set `_ENDPOINT` to a name in the certificate, or get a certificate for this name.",
        topic: Topic::Network,
        variable: "_ENDPOINT",
        source: "RFC 9525, 6",
        ..PLAIN
    },
    Cause {
        slug: "request-refused",
        codes: &["request refused"],
        cause: "The store rejected the request with a code that this tool has no cause for.",
        remedy: "Look up the code in the store's documentation, and the request ID in its log.",
        topic: Topic::Object,
        source: "this tool",
        ..PLAIN
    },
    Cause {
        slug: "request-impossible",
        codes: &["request impossible"],
        cause: "The request can't be built from these settings: a key, a header or a name contains something invalid.",
        remedy: "Run `langfuse-blob check`; it says where.",
        topic: Topic::Object,
        source: "RFC 9110, 5.5",
        ..PLAIN
    },
    Cause {
        slug: "encryption-ignored",
        codes: &["encryption ignored"],
        cause: "The write requested encryption, but the store doesn't confirm that it encrypted.",
        remedy: "Leave `_SSE` unset and set the bucket's default encryption, or use a store that has it.",
        topic: Topic::Object,
        variable: "_SSE",
        source: "Amazon S3 API reference, \"PutObject\": x-amz-server-side-encryption",
        ..PLAIN
    },
    Cause {
        slug: "encryption-refused",
        codes: &["encryption refused"],
        cause: "The store rejects writes that request encryption: the same write without it works.",
        remedy: "Leave `_SSE` unset, or set up key management in the store.",
        topic: Topic::Object,
        variable: "_SSE",
        source: "SeaweedFS 4.48 answers InternalError",
        ..PLAIN
    },
    Cause {
        slug: "abort-denied",
        codes: &["abort denied"],
        cause: "The identity may not abort multipart uploads, so the parts of every failed export remain and cost money.",
        remedy: "Allow `s3:AbortMultipartUpload` on `arn:aws:s3:::bucket/*`.",
        topic: Topic::Permission,
        source: "Langfuse v4.16.0, `S3ChunkedUploadStrategy`",
        ..PLAIN
    },
    Cause {
        slug: "link-host-rewritten",
        codes: &["link host rewritten"],
        cause: "The store accepts the keys at its own address but rejects them on presigned URLs: the proxy at the URLs' host replaces the signed `Host` header.",
        remedy: "Make the proxy pass Host unchanged (nginx: `proxy_set_header Host $http_host`), or sign for another host with `_EXTERNAL_ENDPOINT` (for media web's own `_ENDPOINT`).",
        topic: Topic::Link,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse#6693; minio/minio#7736",
        ..PLAIN
    },
    Cause {
        slug: "link-path-stripped",
        codes: &["link path stripped"],
        cause: "The store accepts the keys at its own address but rejects them on presigned URLs: the proxy at the URLs' host strips the signed path.",
        remedy: "Give the store its own host name there, and remove the path from `_EXTERNAL_ENDPOINT` (for media web's own `_ENDPOINT`).",
        topic: Topic::Link,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse#6693",
        ..PLAIN
    },
    Cause {
        slug: "link-unreachable",
        codes: &[
            "link unreachable",
            "net::ERR_CONNECTION_REFUSED",
            "net::ERR_NAME_NOT_RESOLVED",
            "net::ERR_CONNECTION_TIMED_OUT",
        ],
        cause: "Presigned URLs point to an address that this machine can't reach; browsers and SDKs here couldn't open them.",
        remedy: "Start the deployment if it's down, publish the store's port, or set `_EXTERNAL_ENDPOINT` (for media web's own `_ENDPOINT`) to the address that browsers reach.",
        topic: Topic::Link,
        variable: "_ENDPOINT",
        source: "langfuse/langfuse#4717; langfuse/langfuse#6504",
        ..PLAIN
    },
    Cause {
        slug: "value-hidden",
        codes: &["value hidden"],
        cause: "A required value is in a Secret that isn't among the files, so nothing can be tested.",
        remedy: "Add the Secret to the files, set the value in a second file with --env-file, or run the doctor where Langfuse runs.",
        topic: Topic::Credentials,
        untested: true,
        source: "Kubernetes, `secretKeyRef`",
        ..PLAIN
    },
];

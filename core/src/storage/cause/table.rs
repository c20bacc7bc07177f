//! The causes themselves: permissions, credentials, region and bucket, headers and bodies, the store, Azure, Google,
//! the network, the browser.

use super::{Action, Cause, PLAIN, WEB_PAGE};

/// Every cause.
pub static CAUSES: &[Cause] = &[
    // Permissions.
    Cause {
        codes: &["AccessDenied"],
        says: &["console port", "api request made to console"],
        cause: "The endpoint is the port of MinIO's console, not the one of its S3 API.",
        remedy: "Use the API's port, 9000 unless it was changed; 9001 is the console's.",
        ..PLAIN
    },
    Cause {
        codes: &["AccessDenied"],
        says: &["request has expired"],
        cause: "The link's time is over, or the clock of the machine that signed it is wrong.",
        remedy: "Sign a new link, for longer if need be, and synchronise the clock (NTP).",
        ..PLAIN
    },
    Cause {
        codes: &["AccessDenied"],
        says: &["kms:"],
        cause: "The identity may write to the bucket, but not use the KMS key that encrypts it.",
        remedy: "Allow `kms:GenerateDataKey` and `kms:Decrypt` on the key, in the identity's policy and in the key's own.",
        ..PLAIN
    },
    Cause {
        codes: &["AccessDenied"],
        action: Some(Action::List),
        cause: "The identity may not list the bucket: `s3:ListBucket` is missing, or was given on the objects \
                (`arn:aws:s3:::bucket/*`) instead of the bucket.",
        remedy: "Allow `s3:ListBucket` on `arn:aws:s3:::bucket`, without `/*`.",
        ..PLAIN
    },
    Cause {
        codes: &["AccessDenied"],
        action: Some(Action::Get),
        cause: "The identity may not read the object; or the object does not exist and the identity may not list the \
                bucket, in which case S3 says 403 instead of 404.",
        remedy: "Allow `s3:GetObject` on `arn:aws:s3:::bucket/*`, and `s3:ListBucket` on the bucket to get 404 for \
                 missing objects.",
        ..PLAIN
    },
    Cause {
        codes: &["AccessDenied"],
        action: Some(Action::Put),
        cause: "The identity may not write: `s3:PutObject` is missing, or the bucket's policy wants an encryption \
                header or a certain network endpoint.",
        remedy: "Allow `s3:PutObject` on `arn:aws:s3:::bucket/*`. Where the bucket's policy wants encryption, set the \
                 purpose's `_SSE` variable.",
        ..PLAIN
    },
    Cause {
        codes: &["AccessDenied"],
        action: Some(Action::Delete),
        cause: "The identity may not delete, so data retention and project deletion will fail.",
        remedy: "Allow `s3:DeleteObject` on `arn:aws:s3:::bucket/*`.",
        ..PLAIN
    },
    Cause {
        codes: &["AccessDenied"],
        action: Some(Action::DeleteMany),
        cause: "The identity may not delete, so data retention and project deletion will fail.",
        remedy: "Allow `s3:DeleteObject` on `arn:aws:s3:::bucket/*`.",
        ..PLAIN
    },
    Cause {
        codes: &["AccessDenied"],
        statuses: &[403],
        cause: "The store knows the identity and does not allow it this request.",
        remedy: "Langfuse needs `s3:ListBucket` on the bucket and `s3:PutObject`, `s3:GetObject`, `s3:DeleteObject` and \
                 `s3:AbortMultipartUpload` on its objects.",
        ..PLAIN
    },
    Cause {
        codes: &["AllAccessDisabled", "AccountProblem"],
        cause: "The provider has suspended the account or the bucket, usually over billing.",
        remedy: "Ask the provider; no setting of Langfuse changes it.",
        ..PLAIN
    },
    // Credentials.
    Cause {
        codes: &["InvalidAccessKeyId"],
        cause: "This store does not know the access key id: the compose file's default `minio` at another provider, \
                another provider's key, or temporary credentials without their session token.",
        remedy: "Set the key id that this store issued. Keys that begin with `ASIA` are temporary and do not work in \
                 Langfuse's variables, which have none for the session token.",
        ..PLAIN
    },
    Cause {
        codes: &["SignatureDoesNotMatch"],
        presigned: Some(true),
        cause: "The link was changed on its way, or a header that it binds was not sent as signed: a proxy rewrites \
                host or path, the client leaves out the encryption or checksum header, or sends a body without \
                Content-Length.",
        remedy: "Let the proxy pass Host and path unchanged, and send exactly the headers in `X-Amz-SignedHeaders`. \
                 Langfuse's SDKs do not send encryption headers: leave the media purpose's `_SSE` unset.",
        ..PLAIN
    },
    Cause {
        codes: &["SignatureDoesNotMatch"],
        cause: "The secret is wrong, has white space around it, or stands in the key id's place; or a proxy changes \
                host or path.",
        remedy: "Check the secret, without quotes and spaces, and that it belongs to this key id. Behind a proxy, let \
                 Host and path pass unchanged.",
        ..PLAIN
    },
    Cause {
        codes: &["ExpiredToken", "InvalidToken", "InvalidTokenId"],
        cause: "The temporary credentials have ended, or their session token is missing or of another session.",
        remedy: "Let the platform's role renew them (leave both key variables unset), or use long-lived keys.",
        ..PLAIN
    },
    Cause {
        codes: &["InvalidArgument"],
        says: &["access key has length"],
        cause: "Cloudflare R2 was given a key that is none of its own: R2's key ids have 32 characters.",
        remedy: "Create an R2 API token and use its Access Key ID and Secret Access Key, not the token itself.",
        ..PLAIN
    },
    Cause {
        codes: &[
            "Could not load credentials",
            "Could not load credentials from any providers",
            "CredentialsProviderError",
        ],
        cause: "The SDK found no credentials: only one of key id and secret is set, or the role's source (instance \
                metadata, container credentials, web identity) can't be reached.",
        remedy: "Set both variables, or neither and give the container a role. On EC2, containers need a metadata hop \
                 limit of 2.",
        ..PLAIN
    },
    Cause {
        codes: &["RequestTimeTooSkewed", "ExpiredRequest", "Request has expired"],
        cause: "The clock of the machine that signed is wrong by more than the store allows, or the link's time is over.",
        remedy: "Synchronise the clock (NTP), in virtual machines and containers' hosts too; sign links for longer.",
        ..PLAIN
    },
    // Region and bucket.
    Cause {
        codes: &["AuthorizationHeaderMalformed"],
        says: &["expecting", "region"],
        cause: "The request was signed for another region than the bucket's.",
        remedy: "Set the purpose's `_REGION` to the one that the message expects.",
        ..PLAIN
    },
    Cause {
        codes: &["AuthorizationHeaderMalformed", "AuthorizationQueryParametersError"],
        cause: "The store can't read the signature's scope: key id, date or region has the wrong form.",
        remedy: "Check the region first, then the key id for stray characters.",
        ..PLAIN
    },
    Cause {
        codes: &["PermanentRedirect", "TemporaryRedirect", "301"],
        statuses: &[301, 307],
        cause: "The bucket is in another region. Langfuse's SDK does not follow the redirect.",
        remedy: "Set the purpose's `_REGION` to the bucket's region; on Amazon S3 leave `_ENDPOINT` unset.",
        ..PLAIN
    },
    Cause {
        codes: &["IllegalLocationConstraintException", "IllegalLocationConstraint"],
        cause: "The bucket is in another region: newer Amazon regions answer so instead of redirecting.",
        remedy: "Set the purpose's `_REGION` to the bucket's region.",
        ..PLAIN
    },
    Cause {
        codes: &["Region is missing"],
        cause: "No region is set, and the SDK does not work without one, at any provider.",
        remedy: "Set the purpose's `_REGION`. MinIO takes `us-east-1`, Cloudflare R2 `auto`.",
        ..PLAIN
    },
    Cause {
        codes: &["Region not accepted"],
        cause: "The region holds a character that no host name has, such as a space or an underscore.",
        remedy: "Write the region's code, such as `eu-west-1`.",
        ..PLAIN
    },
    Cause {
        codes: &["NoSuchBucket"],
        cause: "There is no bucket of that name at this store. Langfuse never creates one on S3; or the endpoint \
                already holds the bucket's name, so that it is asked for twice.",
        remedy: "Create the bucket, or take its name out of `_ENDPOINT`.",
        ..PLAIN
    },
    Cause {
        codes: &["NoSuchKey", "NotFound"],
        statuses: &[404],
        cause: "The object is not there: web and worker use different buckets or prefixes, a lifecycle rule deleted it \
                before it was processed, or the prefix was changed.",
        remedy: "Give web and worker the same settings, let lifecycle rules wait until events are processed, and set \
                 the old prefix again.",
        ..PLAIN
    },
    Cause {
        codes: &["InvalidBucketName"],
        cause: "The bucket's name holds what no bucket's name has: a slash, `s3://`, a URL.",
        remedy: "Set `_BUCKET` to the name alone, and `_PREFIX` to the folder.",
        ..PLAIN
    },
    Cause {
        codes: &["SecondLevelDomainForbidden"],
        cause: "Alibaba Cloud OSS does not take path-style requests.",
        remedy: "Set `_FORCE_PATH_STYLE=false`.",
        ..PLAIN
    },
    // What the body or the headers ask for.
    Cause {
        codes: &["InvalidArgument"],
        says: &["rapid"],
        cause: "The Google bucket's storage class (Rapid) takes no multipart uploads, which exports need.",
        remedy: "Use a bucket of the Standard class.",
        ..PLAIN
    },
    Cause {
        codes: &["XAmzContentSHA256Mismatch"],
        cause: "A proxy or gateway changes the body, or the store does not understand checksums sent after it.",
        remedy: "Let the proxy pass bodies unchanged, and bring the store up to date.",
        ..PLAIN
    },
    Cause {
        codes: &["NotImplemented"],
        action: Some(Action::DeleteMany),
        cause: "The store can't delete many objects in one request, as Google's S3 interface long could not, or can't check its \
                CRC32.",
        remedy: "Set LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM to MD5; on Google Cloud Storage use the native engine.",
        ..PLAIN
    },
    Cause {
        codes: &["NotImplemented"],
        says: &["checksum"],
        cause: "The store does not know the checksum header. Langfuse sends one only to delete many objects.",
        remedy: "Set LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM to MD5.",
        ..PLAIN
    },
    Cause {
        codes: &["NotImplemented", "501"],
        statuses: &[501],
        says: &["kms", "encryption"],
        cause: "The store has no key management configured, and the request asks for encryption.",
        remedy: "Configure KMS at the store, or leave the purpose's `_SSE` unset.",
        ..PLAIN
    },
    Cause {
        codes: &["NotImplemented", "501"],
        statuses: &[501],
        cause: "The store does not have this operation or header.",
        remedy: "Bring the store up to date, or leave out the setting that asks for it.",
        ..PLAIN
    },
    Cause {
        codes: &["InvalidArgument", "InvalidRequest"],
        says: &["kms is not configured", "kms not configured", "sse-s3 requires"],
        cause: "The store has no key management configured, and the request asks for encryption.",
        remedy: "Configure KMS at the store, or leave the purpose's `_SSE` unset.",
        ..PLAIN
    },
    Cause {
        codes: &["MissingContentMD5"],
        cause: "The store wants Content-MD5 to delete many objects, as older MinIO releases do.",
        remedy: "Set LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM to MD5.",
        ..PLAIN
    },
    Cause {
        codes: &["PreconditionFailed", "412"],
        statuses: &[412],
        action: Some(Action::Complete),
        cause: "Google's S3 interface does not accept the checksum that older Langfuse releases send when an export \
                ends.",
        remedy: "Bring Langfuse up to date, or use the native Google Cloud Storage engine.",
        ..PLAIN
    },
    Cause {
        codes: &["PreconditionFailed", "412"],
        statuses: &[412],
        cause: "The object is no longer, or not yet, the one that the request was for.",
        remedy: "Look at the object again and repeat the request.",
        ..PLAIN
    },
    Cause {
        codes: &["MalformedSecurityHeader"],
        cause: "The link binds `x-amz-checksum-sha256`, and Google Cloud Storage does not accept that header beside its \
                own.",
        remedy: "Update the Langfuse SDK that uploads, or use the native Google Cloud Storage engine without a custom \
                 universe domain.",
        ..PLAIN
    },
    Cause {
        codes: &["BadDigest"],
        cause: "The body is not the one that was hashed: something changed it on the way, such as a proxy that \
                compresses.",
        remedy: "Let the proxy pass bodies unchanged.",
        ..PLAIN
    },
    Cause {
        codes: &["EntityTooLarge", "413"],
        statuses: &[413],
        cause: "The body is larger than the store, or a proxy before it, allows.",
        remedy: "Raise the proxy's limit (nginx: `client_max_body_size`) or the store's.",
        ..PLAIN
    },
    Cause {
        codes: &[
            "KMS.NotFoundException",
            "KMS.DisabledException",
            "KMS.InvalidStateException",
            "KMS.KMSInvalidStateException",
        ],
        cause: "The KMS key does not exist in the bucket's region, or is disabled or being deleted.",
        remedy: "Set `_SSE_KMS_KEY_ID` to the ARN of an enabled key in the bucket's region.",
        ..PLAIN
    },
    // The store itself.
    Cause {
        codes: &["SlowDown", "503"],
        statuses: &[429, 503],
        cause: "The store limits the rate of requests.",
        remedy: "Lower LANGFUSE_S3_CONCURRENT_WRITES and LANGFUSE_S3_CONCURRENT_READS.",
        ..PLAIN
    },
    Cause {
        codes: &["XMinioStorageFull"],
        statuses: &[507],
        cause: "MinIO's disk is full. Ingestion answers 500 to the SDKs, and events are lost.",
        remedy: "Make room, then add a lifecycle rule for raw events: Langfuse does not delete all of them itself.",
        ..PLAIN
    },
    Cause {
        codes: &["XMinioInvalidObjectName"],
        cause: "The key is no file name for MinIO: a segment has more than 255 bytes, or the prefix is odd.",
        remedy: "Lower LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES, and let prefixes be plain folders that end in `/`.",
        ..PLAIN
    },
    Cause {
        codes: &[WEB_PAGE, "HTML"],
        cause: "A web page answered where a store should: the store's console, a login page or a proxy's challenge.",
        remedy: "Set `_ENDPOINT` to the S3 API's address, and take it out of single sign-on and bot protection.",
        ..PLAIN
    },
    // Azure Blob Storage.
    Cause {
        codes: &["AuthenticationFailed"],
        cause: "Azure can't verify the signature: the account key is wrong or no base64, the account is not the one in \
                the endpoint, or the clock is wrong.",
        remedy: "Set the account's name as key id, one of its two keys as secret, and \
                 `https://<account>.blob.core.windows.net` as endpoint.",
        ..PLAIN
    },
    Cause {
        codes: &["KeyBasedAuthenticationNotPermitted"],
        cause: "The storage account forbids account keys, and Langfuse has no other way to sign in to Azure.",
        remedy: "Allow storage account key access, or use another account.",
        ..PLAIN
    },
    Cause {
        codes: &["ContainerNotFound"],
        cause: "The container does not exist, and Langfuse is told not to look for it first.",
        remedy: "Create the container, or set LANGFUSE_AZURE_SKIP_CONTAINER_CHECK=false so that Langfuse creates it.",
        ..PLAIN
    },
    Cause {
        codes: &["AuthorizationPermissionMismatch", "AuthorizationFailure"],
        cause: "Azure does not let this request through: role assignment, firewall or private endpoint. From a public \
                address it is mostly the firewall, not the key.",
        remedy: "Try from inside the deployment's network; then check the account's firewall and roles.",
        ..PLAIN
    },
    Cause {
        codes: &["InvalidResourceName", "ResourceNotFound", "AccountIsDisabled"],
        cause: "The container's or the account's name is wrong, or the account is disabled.",
        remedy: "Container names are 3 to 63 small letters, digits and single dashes; check the account in the portal.",
        ..PLAIN
    },
    Cause {
        codes: &["x-ms-blob-type", "MissingRequiredHeader"],
        cause: "The upload lacks the header `x-ms-blob-type: BlockBlob`, which Azure wants.",
        remedy: "Update the Langfuse SDK that uploads; other clients have to send the header themselves.",
        ..PLAIN
    },
    // Google Cloud Storage.
    Cause {
        codes: &["Permission 'iam.serviceAccounts.signBlob' denied", "iam.serviceAccounts.signBlob"],
        cause: "Without a key file, Google signs links through an API that this service account may not use.",
        remedy: "Give the service account the role Service Account Token Creator on itself.",
        ..PLAIN
    },
    Cause {
        codes: &["Provided scope(s) are not authorized", "scope(s) are not authorized"],
        cause: "The node's access scopes do not include storage.",
        remedy: "Use Workload Identity, or nodes with the `cloud-platform` scope.",
        ..PLAIN
    },
    Cause {
        codes: &["Premature close"],
        cause: "The connection to Google's signing API broke off; recent Langfuse releases try again.",
        remedy: "Bring Langfuse up to date.",
        ..PLAIN
    },
    // Network and TLS, as Node.js says it.
    Cause {
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
        ..PLAIN
    },
    Cause {
        codes: &["ERR_TLS_CERT_ALTNAME_INVALID"],
        cause: "The certificate is not for this host: the bucket's name became part of it, and the certificate has no \
                wildcard.",
        remedy: "Set `_FORCE_PATH_STYLE=true`, or get a certificate for `*.host`.",
        ..PLAIN
    },
    Cause {
        codes: &["ENOTFOUND s3.auto.amazonaws.com"],
        cause: "The region is `auto` and there is no endpoint, so the SDK made up an Amazon host.",
        remedy: "Set the provider's `_ENDPOINT`, or a real region.",
        ..PLAIN
    },
    Cause {
        codes: &["ENOTFOUND"],
        cause: "The host does not exist. With a bucket's name before it, the SDK used virtual-hosted style, which this \
                store has no names for.",
        remedy: "Set `_FORCE_PATH_STYLE=true` where the host begins with the bucket; otherwise correct `_ENDPOINT`.",
        ..PLAIN
    },
    Cause {
        codes: &["EAI_AGAIN"],
        cause: "The name could not be looked up at this moment: the container's DNS does not answer.",
        remedy: "Check the DNS of Docker or the cluster (`ndots`), and that both containers share a network.",
        ..PLAIN
    },
    Cause {
        codes: &["ECONNREFUSED"],
        cause: "Nothing listens at that address. Inside a container, `localhost` is the container itself.",
        remedy: "Use the service's name and its port inside the network, such as `http://minio:9000`.",
        ..PLAIN
    },
    Cause {
        codes: &["Port 9000 is for clickhouse-client program"],
        cause: "The endpoint is ClickHouse, which uses port 9000 too.",
        remedy: "Set `_ENDPOINT` to MinIO's host.",
        ..PLAIN
    },
    // In the browser.
    Cause {
        codes: &["net::ERR_FAILED", "blocked by CORS policy", "CORS"],
        cause: "The bucket's CORS rules do not let Langfuse's page upload or show media.",
        remedy: "Allow the origin of NEXTAUTH_URL, the methods GET and PUT, and the headers content-type and \
                 x-amz-checksum-sha256.",
        ..PLAIN
    },
    Cause {
        codes: &["Content Security Policy", "Refused to connect", "Refused to load"],
        cause: "Langfuse's page may not talk to this store: the addresses it allows are built into its image.",
        remedy: "Serve media under a host that the page's `Content-Security-Policy` header allows, in `img-src`, \
                 `media-src` and `connect-src`.",
        ..PLAIN
    },
    Cause {
        codes: &["Media not yet uploaded", "Media upload failed with status"],
        cause: "The SDK got a link from Langfuse and its upload failed, or it never reported that it was done.",
        remedy: "Look into `upload_http_status` and `upload_http_error` of the table `media`; most often the SDK can't \
                 reach the media endpoint.",
        ..PLAIN
    },
];

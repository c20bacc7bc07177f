//! Procedures: what to do in which order, and what is lost if a step is skipped.

/// A guide of `explain`.
pub struct Guide {
    /// As `explain` calls it.
    pub name: &'static str,
    /// One line.
    pub title: &'static str,
    /// The text.
    pub text: &'static str,
}

/// Every guide.
pub static GUIDES: &[Guide] = &[
    Guide {
        name: "rotate",
        title: "New access keys without an outage: the order of steps, restarts included",
        text: ROTATE,
    },
    Guide {
        name: "migrate",
        title: "Moving to another store: the order of steps, and what is lost if one is skipped",
        text: MIGRATE,
    },
    Guide {
        name: "outside",
        title: "What must be right outside the configuration: rights, CORS, lifecycle, certificates",
        text: OUTSIDE,
    },
];

const ROTATE: &str = "\
Rotating the access keys of Langfuse's storage

Langfuse reads its environment once, when a container starts. Two key pairs that are both valid for a while make the
change without an outage; one pair that is swapped in place does not.

1. Make a second key pair with the same rights as the first. Leave the first one active.
   Skipped: between the change and the last restart one of the containers signs with a key that no longer exists, and
   ingestion answers HTTP 500.

2. Put the new pair into a file of its own, new.env, with the same variable names, and prove it before anything changes:
     langfuse-blob check --env-file .env --env-file new.env
     langfuse-blob upload file README.md langfuse-blob-probe.txt --env-file .env --env-file new.env
   Later files win, so this is the future configuration. Do it for every use case that has keys (--use-case media,
   --use-case exports). Remove the probe object afterwards.
   Skipped: a pair without the right to one bucket shows days later, when the first export or media file fails.

3. Write the new pair where the deployment has the old one, for all use cases that share it: events, media, exports.
   Each has its own two variables; a pair of which only one half is changed signs with a mixture.
   With the bundled MinIO, MINIO_ROOT_USER and MINIO_ROOT_PASSWORD are the same pair once more.
   Skipped for one use case: that use case keeps the old key and stops with step 6.

4. Restart the worker, then web.
     Docker Compose   docker compose up -d            (recreates what changed; `restart` keeps the old environment)
     Helm             helm upgrade …, then kubectl rollout restart deployment for web and worker
     Kubernetes       kubectl rollout restart deployment: a pod does not notice that a Secret changed
   Skipped for one container: it goes on with the old key until it dies with step 6.

5. Wait as long as the longest link lives: 3600 s for media uploads, LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS for
   media, BATCH_EXPORT_DOWNLOAD_LINK_EXPIRATION_HOURS for the stored links of exports (24 hours by default).
   Skipped: links that were signed with the old key and are still in use fail with InvalidAccessKeyId.

6. Deactivate the old pair, watch the logs for an hour, then delete it. Deactivating first can be undone.
";

const MIGRATE: &str = "\
Moving Langfuse's storage to another store

Three facts decide the order. Queued work in Redis names objects in the event bucket, and the worker fetches them by exact
key. Rows in Postgres (media.bucket_name and the path) name the media bucket. The engine switches (Azure, Google, Oracle)
count for all use cases at once.

1. Make the buckets in the new store under the SAME NAMES, and keep all prefixes.
   Keys are relative to the bucket, so no row has to change.
   Skipped (another name for the media bucket): existing media rows keep the old name, and after a restart reads or even
   new uploads go to the wrong bucket, until media.bucket_name is updated in Postgres as well.

2. Copy everything once while Langfuse runs, for instance with rclone copy or aws s3 sync. Set CORS, lifecycle rules and
   encryption on the new buckets now.
   Skipped: step 4 takes hours instead of minutes, with Langfuse down.

3. Write the new configuration, for web and worker alike, and check it before it is used:
     langfuse-blob check --env-file .env --env-file new.env
     langfuse-blob upload file README.md langfuse-blob-probe.txt --env-file .env --env-file new.env
   All use cases move together when the engine changes.
   Skipped for exports or media: half of the data stays behind on the old store, and nobody notices until it is gone.

4. Stop web first, so that nothing new arrives; let the worker finish its queues; stop the worker; copy once more.
   Skipped (worker switched with jobs still queued): it looks for events in the new store that are only in the old one,
   answers NoSuchKey, and those traces are lost.
   Skipped (second copy): what was written between the copies is missing from the new store.

5. Switch both containers to the new configuration. Start the worker, then web.
   Skipped for one container: web writes events where the worker does not look.

6. Look: a new trace arrives, an old image opens, an old export downloads. Web makes the links of old exports anew from
   bucket and key, so they work as soon as bucket and key are the same.

7. Keep the old store, read-only, until your retention has passed once. Then delete it.
   Skipped: there is no way back, and what the copy missed is gone.
";

const OUTSIDE: &str = "\
What must be right outside the configuration

No variable shows any of this, so no rule of `check` can say whether it is right.

Rights on Amazon S3
   On the bucket s3:ListBucket; on its objects s3:PutObject, s3:GetObject, s3:DeleteObject, s3:AbortMultipartUpload; with
   KMS keys kms:GenerateDataKey and kms:Decrypt.
   Missing: retention and project deletion fail without s3:DeleteObject; without s3:ListBucket a missing object looks like
   AccessDenied.

Roles on EC2
   A container reaches the instance's role only if the instance's metadata options allow two hops (HttpPutResponseHopLimit
   2 or more). Missing: Could not load credentials from any providers.
   A link dies with the session that signed it, however long LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS and
   BATCH_EXPORT_DOWNLOAD_LINK_EXPIRATION_HOURS say it lives: with a role, keep both within the session's hours.

Google Cloud Storage without a key file (Workload Identity)
   Links to media and exports are signed by Google's API, so the service account needs the role Service Account Token
   Creator (iam.serviceAccounts.signBlob) on itself.
   Missing: events arrive, and every media upload and every export link fails with
   Permission 'iam.serviceAccounts.signBlob' denied.
   On GKE, nodes need the `cloud-platform` scope or Workload Identity: else Provided scope(s) are not authorized.

CORS, for attachments that browsers upload to datasets
   Origin: the origin of NEXTAUTH_URL. Methods: GET, PUT, HEAD. Headers: content-type, x-amz-checksum-sha256; on Azure, for
   the account, x-ms-blob-type and x-ms-version as well. MinIO allows every origin unless told otherwise.
   Missing: the upload fails in the browser with net::ERR_FAILED. SDKs and the viewer need no CORS.

Lifecycle
   Raw events under otel/ and evals/ are removed by no retention and no project deletion of Langfuse, only by a lifecycle
   rule on the event bucket or prefix, 30 days for instance. Give media another prefix or bucket: a rule that covers it
   deletes images for ever. Add a rule that ends unfinished multipart uploads, and one for old versions if the bucket keeps
   them. With such a rule LANGFUSE_ENABLE_BLOB_STORAGE_FILE_LOG=false saves the log of files.
   Missing: the store fills up; MinIO then answers XMinioStorageFull.

Certificates of one's own
   A store behind a private certificate authority needs NODE_EXTRA_CA_CERTS with the path of its PEM file inside web and
   worker, and the file mounted into both. Missing: unable to get local issuer certificate.

Age of the store
   MinIO before RELEASE.2025-02-03 refuses bulk deletion with MissingContentMD5:
   set LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM=MD5.
";

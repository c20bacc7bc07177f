//! How-to guides: the steps in order, and what you lose if you skip one.

/// A guide that `explain` prints.
pub struct Guide {
    /// Its topic name in `explain`.
    pub name: &'static str,
    /// One line.
    pub title: &'static str,
    /// The full text.
    pub text: &'static str,
}

/// Every guide.
pub static GUIDES: &[Guide] = &[
    Guide {
        name: "rotate",
        title: "Rotate access keys without an outage: the steps in order, restarts included",
        text: ROTATE,
    },
    Guide {
        name: "migrate",
        title: "Move to another store: the steps in order, and what you lose if you skip one",
        text: MIGRATE,
    },
    Guide {
        name: "outside",
        title: "What to set up outside the configuration: permissions, CORS, lifecycle rules, certificates",
        text: OUTSIDE,
    },
    Guide {
        name: "upgrade-chart",
        title: "Upgrade the Helm chart from 1.x to 2: what changes for storage, and how its data moves",
        text: UPGRADE_CHART,
    },
];

const ROTATE: &str = "\
Rotate the access keys of Langfuse's storage

Langfuse reads its environment once, when a container starts. Two sets of keys that are both valid for a while avoid an
outage; swapping a single set in place doesn't.

1. Create a second set of keys with the same permissions as the first. Leave the first one active.
   If skipped: between the change and the last restart, one container signs with a key that no longer exists, and
   ingestion answers HTTP 500.

2. Put the new keys into a separate file, new.env, under the same variable names, and test them before you change
   anything:
     langfuse-blob check --env-file .env --env-file new.env
     langfuse-blob doctor --env-file .env --env-file new.env
   Later files win, so this is the future configuration. The doctor tests every use case that's enabled and deletes what
   it writes.
   If skipped: keys without permission on one bucket show up days later, when the first export or media file fails.

3. Replace the old keys in the deployment, for every use case that shares them: events, media, exports.
   Each use case has its own two variables; change both, or requests are signed with keys that don't match.
   With the bundled MinIO, MINIO_ROOT_USER and MINIO_ROOT_PASSWORD hold the same keys.
   If skipped for one use case: it keeps the old keys and stops working at step 6.

4. Restart the worker, then web.
     Docker Compose   docker compose up -d            (recreates what changed; `restart` keeps the old environment)
     Helm             helm upgrade …, then kubectl rollout restart deployment for web and worker
     Kubernetes       kubectl rollout restart deployment (pods don't notice that a Secret changed)
   If skipped for one container: it keeps using the old keys until they stop working at step 6.

5. Wait until the longest-lived link expires: 3600 s for media uploads, LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS
   for media, BATCH_EXPORT_DOWNLOAD_LINK_EXPIRATION_HOURS for the stored links of exports (24 hours by default).
   If skipped: links signed with the old keys that are still in use fail with InvalidAccessKeyId.

6. Deactivate the old keys, watch the logs for an hour, then delete them. You can undo a deactivation, not a deletion.
";

const MIGRATE: &str = "\
Move Langfuse's storage to another store

Three facts determine the order. Queued jobs in Redis name objects in the event bucket, and the worker fetches them by
exact key. Rows in Postgres (media.bucket_name and the path) name the media bucket. The engine switches (Azure, Google,
Oracle) apply to all use cases at once.

1. Create the buckets in the new store under the SAME NAMES, and keep all prefixes.
   Keys are relative to the bucket, so no row has to change.
   If skipped (another name for the media bucket): existing media rows keep the old name, and after a restart reads or
   even new uploads go to the wrong bucket until you update media.bucket_name in Postgres.

2. Copy everything once while Langfuse runs, for example with rclone copy or aws s3 sync. Set up CORS, lifecycle rules
   and encryption on the new buckets now.
   If skipped: step 4 takes hours instead of minutes, with Langfuse down.

3. Write the new configuration, for both web and worker, and test it before you use it:
     langfuse-blob check --env-file .env --env-file new.env
     langfuse-blob doctor --env-file .env --env-file new.env
   If the engine changes, all use cases move together.
   If skipped for exports or media: half of the data stays in the old store, and nobody notices until it's gone.

4. Stop web first, so that nothing new arrives; let the worker drain its queues; stop the worker; copy once more.
   If skipped (worker switched with jobs still queued): it looks in the new store for events that exist only in the old
   one, gets NoSuchKey, and those traces are lost.
   If skipped (second copy): anything written between the two copies is missing from the new store.

5. Switch both containers to the new configuration. Start the worker, then web.
   If skipped for one container: web writes events where the worker doesn't look.

6. Verify: a new trace arrives, an old image opens, an old export downloads. Web signs new links to old exports from
   bucket and key, so they work as long as bucket and key are the same.

7. Keep the old store, read-only, for one full retention period. Then delete it.
   If skipped: there's no way back, and anything the copy missed is gone.
";

const OUTSIDE: &str = "\
What to set up outside the configuration

No variable shows any of this, so no rule of `check` can verify whether it's right.

Permissions on Amazon S3
   On the bucket: s3:ListBucket. On its objects: s3:PutObject, s3:GetObject, s3:DeleteObject, s3:AbortMultipartUpload.
   With KMS keys: kms:GenerateDataKey and kms:Decrypt.
   If missing: without s3:DeleteObject, retention and project deletion fail; without s3:ListBucket, a missing object
   looks like AccessDenied.

Roles on EC2
   A container reaches the instance's role only if the instance's metadata options allow two hops
   (HttpPutResponseHopLimit 2 or more). If missing: Could not load credentials from any providers.
   A link expires with the session that signed it, no matter what LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS and
   BATCH_EXPORT_DOWNLOAD_LINK_EXPIRATION_HOURS say: with a role, keep both shorter than the session.

Google Cloud Storage without a key file (Workload Identity)
   Google's API signs the links to media and exports, so the service account needs the role Service Account Token
   Creator (iam.serviceAccounts.signBlob) on itself.
   If missing: events arrive, but every media upload and every export link fails with
   Permission 'iam.serviceAccounts.signBlob' denied.
   On GKE, nodes need the `cloud-platform` scope or Workload Identity; otherwise: Provided scope(s) are not authorized.

CORS, for attachments that browsers upload to datasets
   Origin: the origin of NEXTAUTH_URL. Methods: GET, PUT, HEAD. Headers: content-type, x-amz-checksum-sha256; on Azure,
   for the account, also x-ms-blob-type and x-ms-version. MinIO allows every origin by default.
   If missing: the upload fails in the browser with net::ERR_FAILED. SDKs and the viewer don't need CORS.

Lifecycle rules
   Langfuse's retention and project deletion never delete raw events under otel/ and evals/; only a lifecycle rule on
   the event bucket or prefix does, after 30 days for example. Give media another prefix or bucket: a rule that covers
   it deletes images for good. Add a rule that aborts incomplete multipart uploads, and one for old versions if the
   bucket keeps them. `langfuse-blob generate lifecycle --retention-days 30` writes the rules that your store accepts,
   and names the command that applies them. With such a rule, set LANGFUSE_ENABLE_BLOB_STORAGE_FILE_LOG=false to skip the file log.
   If missing: the store fills up; MinIO then answers XMinioStorageFull.

Private certificate authorities
   A store behind a private certificate authority needs NODE_EXTRA_CA_CERTS with the path of its PEM file inside web and
   worker, and the file mounted into both. If missing: unable to get local issuer certificate.

Age of the store
   MinIO before RELEASE.2025-02-03 rejects bulk deletes with MissingContentMD5:
   set LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM=MD5.
";

// Source: langfuse/langfuse-k8s at the tag langfuse-2.0.0, examples/upgrade-v1-to-v2 and charts/langfuse/templates;
// bitnami/charts, bitnami/minio/templates/pvc.yaml, which sets no resource policy.
const UPGRADE_CHART: &str = "\
Upgrade the Langfuse chart from 1.x to 2

Chart 2 replaces the bundled MinIO with SeaweedFS, and the other bundled stores as well. It copies nothing: MinIO's data
stays behind in its volume. `helm upgrade` therefore stops while a MinIO, PostgreSQL or ClickHouse of chart 1.x is there.
langfuse.allowV1Upgrade=true skips that check: Langfuse starts with empty stores, and helm deletes MinIO with its
PersistentVolumeClaim, which deletes the data unless the volume's reclaim policy is Retain.

What changes for storage
     chart 1.x                                chart 2
     http://langfuse-s3:9000                  http://langfuse-s3-all-in-one:8333
     Secret langfuse-s3: root-user,           Secret langfuse-s3-auth: accessKey, secretKey, also for other release
     root-password                            names, unless s3.allInOne.s3.existingConfigSecret names another
     s3.auth.rootUser: minio by default       s3.auth.rootUser: langfuse by default
     s3.auth.rootPassword: required           generated if it's empty
     s3.bucket: empty by default, then        s3.bucket: langfuse by default
     s3.defaultBuckets
     s3.persistence.size, .storageClass       s3.allInOne.data.size, .storageClass
     s3.resources                             s3.allInOne.resources
     s3.image                                 s3.allInOne.image
     s3.defaultBuckets creates the buckets    s3.allInOne.s3.createBuckets must list every bucket in use
     s3.auth.existingSecret: the store's too  s3.allInOne.s3.existingConfigSecret as well: a Secret with the key
                                              seaweedfs_s3_config
   These stay as they are: s3.region, s3.endpoint, s3.forcePathStyle, the keys, s3.eventUpload, s3.batchExport,
   s3.mediaUpload, and everything if s3.deploy is false.

1. Get the chart's own scripts, and check what you have. Upgrade to the last chart 1.x first: both charts must run the
   same version of Langfuse, at least 3.224.1.
     git clone --depth 1 --branch langfuse-2.0.0 https://github.com/langfuse/langfuse-k8s
     helm get values langfuse -n langfuse -o yaml > v1-values.yaml
     langfuse-blob check v1-values.yaml --chart-version 1.5.41
   If skipped: a mistake of today looks like one of the upgrade.

2. If s3.deploy, postgresql.deploy and clickhouse.deploy are all false, no data has to move. Rename the values, check
   them, and upgrade the release in place. That's all.
     python3 langfuse-k8s/examples/upgrade-v1-to-v2/scripts/migrate-values.py --mode inplace -i v1-values.yaml -o v2-values.yaml
     langfuse-blob check v2-values.yaml --chart-version 2.0.0
     helm upgrade langfuse oci://ghcr.io/langfuse/langfuse-k8s/langfuse --version 2.0.0 -n langfuse -f v2-values.yaml

3. Otherwise, install a second release next to the first. Write its values; the script drops sizes and storage classes,
   so add them as in the table above, and keep the buckets' names.
     python3 langfuse-k8s/examples/upgrade-v1-to-v2/scripts/migrate-values.py --mode sibling --target-fullname langfuse-v2 -i v1-values.yaml -o v2-values.yaml
     langfuse-blob check v2-values.yaml --chart-version 2.0.0 --release langfuse-v2
     helm install langfuse-v2 oci://ghcr.io/langfuse/langfuse-k8s/langfuse --version 2.0.0 -n langfuse -f v2-values.yaml
     kubectl -n langfuse rollout status deploy/langfuse-v2-web --timeout=600s
     kubectl -n langfuse scale deploy/langfuse-v2-web deploy/langfuse-v2-worker --replicas=0
   The salt, the encryption key and nextauth.secret must be those of the old release. If skipped (another bucket name):
   rows of media in PostgreSQL name the old bucket, and images stay empty.

4. Copy the objects while the old release serves, every bucket in use: the chart's migrate-v1-to-v2.sh copies s3.bucket
   only. In a pod that has mc, with both stores' keys:
     mc alias set v1 http://langfuse-s3.langfuse.svc.cluster.local:9000 KEY SECRET
     mc alias set v2 http://langfuse-v2-s3-all-in-one.langfuse.svc.cluster.local:8333 KEY SECRET
     mc mirror --overwrite v1/langfuse v2/langfuse
   Copy PostgreSQL and ClickHouse in the same way: examples/upgrade-v1-to-v2/README.md.
   If skipped: traces are there, but images, exports and events to replay are gone.

5. Stop web of the old release, let its worker empty the queues, stop the worker, and copy what's new: `mc mirror` again.
     kubectl -n langfuse scale deploy/langfuse-web --replicas=0
     kubectl -n langfuse scale deploy/langfuse-worker --replicas=0
   If skipped (worker stopped with jobs still queued): those events stay in the old store and never become traces.

6. Start the new release, point the ingress to langfuse-v2-web, and verify: a new trace arrives, an old image opens.
     kubectl -n langfuse scale deploy/langfuse-v2-web deploy/langfuse-v2-worker --replicas=1

7. Keep the old release for a while: scaling it up again is the way back. `helm uninstall langfuse` then deletes MinIO
   with its PersistentVolumeClaim, langfuse-s3.
   If skipped: there's no way back, and anything the copy missed is gone.
";

//! What Langfuse itself logs about storage: each message, what it hides, and what usually causes it.
//!
//! Source: Langfuse v4.16.0, the files that [`Message::source`] names. To add a message, add its text to a row's
//! `texts`, `{}` for each part that varies.

use crate::storage::cause::Action;
use crate::variable::UseCase;

/// A group of log messages with one meaning.
pub struct Message {
    /// Its name as a topic of `explain`.
    pub slug: &'static str,
    /// The texts, `{}` for each part that varies. The first one is the title.
    pub texts: &'static [&'static str],
    /// What happened in Langfuse: one sentence.
    pub means: &'static str,
    /// What to do, if that doesn't depend on the cause.
    pub help: &'static str,
    /// Slugs of the usual causes in the table of causes, the likeliest first.
    pub likely: &'static [&'static str],
    /// The request that failed, if it was one.
    pub action: Option<Action>,
    /// The use case, if it's certain.
    pub use_case: Option<UseCase>,
    /// Its place in the story that a log tells.
    pub part: Part,
    /// Where Langfuse logs it.
    pub source: &'static str,
}

/// A message's place in the story that a log tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The message names its cause.
    Cause,
    /// The message says what failed; the store's or the network's own text follows it, if Langfuse had one.
    Failure,
    /// The message follows from a failure that was logged before it.
    Consequence,
    /// The message announces details about a failure.
    Preface,
    /// The message isn't about storage.
    Other,
}

const PLAIN: Message = Message {
    slug: "",
    texts: &[],
    means: "",
    help: "",
    likely: &[],
    action: None,
    use_case: None,
    part: Part::Failure,
    source: "StorageService.ts",
};

/// What makes every request fail, the likeliest first.
const ANY_REQUEST: &[&str] = &[
    "connection-refused",
    "host-unknown",
    "signature-refused",
    "key-unknown",
    "bucket-not-found",
    "region-not-set",
    "credentials-missing",
    "access-denied",
];

/// Every message. Of two that match one line, the earlier row counts.
pub static MESSAGES: &[Message] = &[
    // What names its cause.
    Message {
        slug: "media-not-configured",
        texts: &[
            "Media upload to blob storage not enabled or no bucket configured",
            "OTEL media upload is enabled but no media storage bucket is configured",
        ],
        means: "Langfuse got an image, audio or file, but no bucket for media is set (cause: media-bucket-missing).",
        help: "Set LANGFUSE_S3_MEDIA_UPLOAD_BUCKET, its region and its credentials on web and worker.",
        use_case: Some(UseCase::Media),
        part: Part::Cause,
        source: "mediaService.ts, processOtelMedia.ts",
        ..PLAIN
    },
    Message {
        slug: "media-too-large",
        texts: &["File size must be less than {} bytes"],
        means: "The file is larger than LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH allows.",
        help: "Raise LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH on web (default: 1,000,000,000 bytes).",
        use_case: Some(UseCase::Media),
        part: Part::Cause,
        source: "media/index.ts",
        ..PLAIN
    },
    Message {
        slug: "exports-not-enabled",
        texts: &["Batch export is not enabled. Configure environment variables to use this feature"],
        means: "Somebody exported a table, but batch exports are off in the worker.",
        help: "Set LANGFUSE_S3_BATCH_EXPORT_ENABLED=true and LANGFUSE_S3_BATCH_EXPORT_BUCKET on web and worker.",
        use_case: Some(UseCase::Exports),
        part: Part::Cause,
        source: "handleBatchExportJob.ts",
        ..PLAIN
    },
    Message {
        slug: "exports-bucket-missing",
        texts: &["No S3 bucket configured for exports"],
        means: "Batch exports are on, but no bucket for them is set in the worker.",
        help: "Set LANGFUSE_S3_BATCH_EXPORT_BUCKET on web and worker.",
        use_case: Some(UseCase::Exports),
        part: Part::Cause,
        source: "handleBatchExportJob.ts",
        ..PLAIN
    },
    Message {
        slug: "azure-not-configured",
        texts: &["Endpoint, account and account key must be configured to use Azure Blob Storage"],
        means: "LANGFUSE_USE_AZURE_BLOB is `true`, but a use case lacks its endpoint, account or key.",
        help: "Set `_ENDPOINT` to the account's URL, `_ACCESS_KEY_ID` to the account's name and `_SECRET_ACCESS_KEY` to its key, for each use case.",
        part: Part::Cause,
        ..PLAIN
    },
    Message {
        slug: "google-credentials-unreadable",
        texts: &["Failed to parse Google Cloud Storage credentials", "Failed to initialize Google Cloud Storage"],
        means: "LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS isn't valid: neither JSON nor the path of a readable file in the container.",
        help: "Set it to the service account's whole JSON on one line, or leave it unset to use the platform's identity.",
        part: Part::Cause,
        ..PLAIN
    },
    Message {
        slug: "oci-not-configured",
        texts: &[
            "OCI auth not configured: set LANGFUSE_OCI_AUTH_TYPE to",
            "OCI ObjectStorage client failed to initialize",
            "Cannot build PAR URL: no externalEndpoint configured and client.endpoint is empty",
        ],
        means: "Langfuse couldn't set up its Oracle Object Storage client.",
        help: "Set LANGFUSE_OCI_AUTH_TYPE and what that type requires; see `langfuse-blob explain LANGFUSE_OCI_AUTH_TYPE`.",
        part: Part::Cause,
        ..PLAIN
    },
    Message {
        slug: "events-not-found",
        texts: &["No events found for project {} and event"],
        means: "The worker found no object below the event's prefix: the event is skipped, and no job fails.",
        help: "Give web and worker the same bucket, prefix and endpoint; then queue the events again (`langfuse-blob ls --replay-list`, `langfuse-blob explain replay`).",
        use_case: Some(UseCase::Events),
        part: Part::Cause,
        source: "ingestionQueue.ts",
        ..PLAIN
    },
    Message {
        slug: "ingestion-slowed-down",
        texts: &[
            "S3 SlowDown error during upload, marking project",
            "S3 SlowDown error during ingestion processing, marking project",
        ],
        means: "The store limits the request rate (cause: rate-limited); Langfuse moves the project to its secondary queue.",
        help: "Raise the store's limit, or set LANGFUSE_S3_CONCURRENT_WRITES and LANGFUSE_S3_CONCURRENT_READS lower.",
        use_case: Some(UseCase::Events),
        part: Part::Cause,
        source: "processEventBatch.ts, ingestionQueue.ts",
        ..PLAIN
    },
    Message {
        slug: "azure-upload-settings-ignored",
        texts: &[
            "Azure blob upload for {}: maxPartAttempts is set but has no effect",
            "Azure blob upload for {}: partSizeBytes {} exceeds Azure",
        ],
        means: "An export set part sizes or retries that Azure's SDK doesn't apply; the upload itself goes on.",
        help: "Nothing has to be done.",
        part: Part::Cause,
        ..PLAIN
    },
    Message {
        slug: "event-id-shortened",
        texts: &["Sanitized oversized/invalid entity ID for S3 key"],
        means: "An ID is too long for a segment of an object key, so Langfuse shortened it in the key.",
        help: "Nothing has to be done.",
        use_case: Some(UseCase::Events),
        part: Part::Cause,
        source: "processEventBatch.ts",
        ..PLAIN
    },
    // Requests that failed.
    Message {
        slug: "request-diagnostics",
        texts: &["S3 request failed; emitting diagnostics"],
        means: "The store refused a request. Langfuse logs this before the failure itself, never for network errors.",
        likely: &["signature-refused", "key-unknown", "region-wrong"],
        part: Part::Preface,
        ..PLAIN
    },
    Message {
        slug: "store-unavailable",
        texts: &["DNS lookup failure during", "Storage service temporarily unavailable due to network issues"],
        means: "The container couldn't resolve the store's host.",
        likely: &["lookup-failed", "host-unknown", "path-style-needed"],
        ..PLAIN
    },
    Message {
        slug: "events-not-stored",
        texts: &[
            "Failed to upload JSON to S3",
            "Failed to upload JSON to Azure Blob Storage",
            "Failed to upload JSON to Google Cloud Storage",
            "Failed to upload JSON to OCI Object Storage",
            "upload JSON to S3",
            "upload JSON to Azure Blob Storage",
            "upload JSON to Google Cloud Storage",
            "upload JSON to OCI Object Storage",
        ],
        means: "Langfuse couldn't store an event. The sender got HTTP 500, and the event is lost unless the SDK sends it again.",
        likely: ANY_REQUEST,
        action: Some(Action::Put),
        use_case: Some(UseCase::Events),
        ..PLAIN
    },
    Message {
        slug: "upload-failed",
        texts: &[
            "Failed to upload file (buffered) to",
            "Failed to upload file to Azure Blob Storage",
            "Failed to upload file to Google Cloud Storage",
            "Failed to upload file to OCI Object Storage",
            "Failed to upload file to",
            "upload file to S3 or generate signed URL",
            "upload file to S3 (buffered)",
            "upload file to S3",
            "upload file to Azure Blob Storage",
            "upload file to Google Cloud Storage",
            "upload file to OCI Object Storage",
        ],
        means: "Langfuse couldn't upload a file: a batch export, or a project's export to its own bucket.",
        likely: ANY_REQUEST,
        action: Some(Action::Put),
        ..PLAIN
    },
    Message {
        slug: "download-failed",
        texts: &[
            "Failed to download file from S3",
            "Failed to download file from Azure Blob Storage",
            "Failed to download file from Google Cloud Storage",
            "Failed to download file from OCI Object Storage",
            "download file from S3",
            "download file from Azure Blob Storage",
            "download file from Google Cloud Storage",
            "download file from OCI Object Storage",
        ],
        means: "The worker couldn't read an event back. It tries six times within three minutes; then the job stays in the failed set.",
        likely: &[
            "key-missing",
            "connection-refused",
            "host-unknown",
            "signature-refused",
            "bucket-not-found",
            "region-not-set",
            "credentials-missing",
            "get-denied",
        ],
        action: Some(Action::Get),
        use_case: Some(UseCase::Events),
        ..PLAIN
    },
    Message {
        slug: "list-failed",
        texts: &[
            "Failed to list files from S3",
            "Failed to list files from Azure Blob Storage",
            "Failed to list files from Google Cloud Storage",
            "Failed to list files from OCI Object Storage",
            "list files from S3",
            "list files from Azure Blob Storage",
            "list files from Google Cloud Storage",
            "list files from OCI Object Storage",
        ],
        means: "The worker couldn't list an event's objects, so the event isn't processed.",
        likely: &[
            "list-denied",
            "connection-refused",
            "host-unknown",
            "signature-refused",
            "bucket-not-found",
            "region-not-set",
            "credentials-missing",
        ],
        action: Some(Action::List),
        use_case: Some(UseCase::Events),
        ..PLAIN
    },
    Message {
        slug: "delete-failed",
        texts: &[
            "Failed to delete files from S3",
            "Failed to delete files from Azure Blob Storage",
            "Failed to delete files from Google Cloud Storage",
            "Failed to delete files from OCI Object Storage",
            "delete files from S3",
            "delete files from Azure Blob Storage",
            "delete files from Google Cloud Storage",
            "delete files from OCI Object Storage",
        ],
        means: "Langfuse couldn't delete objects of a deleted trace or project: they stay in the bucket.",
        likely: &["delete-many-denied", "content-md5-missing", "delete-many-unknown", "access-denied"],
        action: Some(Action::DeleteMany),
        ..PLAIN
    },
    Message {
        slug: "media-upload-url-failed",
        texts: &["Failed to get media upload URL", "Failed to get media upload URL for trace"],
        means: "Web couldn't presign an upload of media and answered HTTP 500. Presigning contacts no store, and Langfuse logs no cause: settings are missing or unreadable.",
        likely: &["region-not-set", "credentials-missing", "endpoint-unreadable"],
        use_case: Some(UseCase::Media),
        source: "mediaService.ts",
        ..PLAIN
    },
    Message {
        slug: "presign-failed",
        texts: &[
            "Failed to generate presigned URL",
            "Failed to generate presigned upload URL",
            "Failed to generate signed URL",
            "Failed to generate signed upload URL",
            "generate presigned URL for Azure Blob Storage",
            "generate signed URL for Google Cloud Storage",
            "generate signed URL for OCI Object Storage",
            "generate signed URL",
        ],
        means: "Langfuse couldn't create a presigned URL. That contacts no store: credentials, region or endpoint are missing or unreadable.",
        likely: &[
            "credentials-missing",
            "region-not-set",
            "endpoint-unreadable",
            "google-sign-blob",
            "azure-key-unreadable",
        ],
        ..PLAIN
    },
    Message {
        slug: "container-not-created",
        texts: &["Failed to create Azure Blob Storage container", "create Azure Blob Storage container"],
        means: "Langfuse tried to create the Azure container, and couldn't.",
        help: "Create the container yourself and set LANGFUSE_AZURE_SKIP_CONTAINER_CHECK=true, or allow the identity to create it.",
        likely: &["azure-signature-refused", "azure-not-authorized", "host-unknown"],
        ..PLAIN
    },
    Message {
        slug: "storage-operation-failed",
        texts: &["Unsupported body type passed to streamToString", "Unsupported data type. Must be Readable or string"],
        means: "Langfuse got data from or for the store in a form that it doesn't handle.",
        likely: &["web-page", "answer-cut"],
        ..PLAIN
    },
    Message {
        slug: "media-upload-missing",
        texts: &["Media not yet uploaded", "Media upload failed with status {}:"],
        means: "The client got a presigned URL from Langfuse, but its upload failed, or it never reported success (cause: media-not-uploaded).",
        help: "Check that the client can reach the media endpoint: `langfuse-blob doctor --use-case media --origin` with Langfuse's own address.",
        likely: &["link-unreachable", "cors-missing", "csp-blocks-store", "link-refused"],
        use_case: Some(UseCase::Media),
        source: "mediaService.ts",
        ..PLAIN
    },
    Message {
        slug: "media-not-found",
        texts: &[
            "Media asset not found",
            "Media asset {} not found in project",
            "Dropping dataset item media reference with unresolved media",
            "Error updating uploadedAt on media ID",
        ],
        means: "PostgreSQL has no usable record of this media: the ID is of another project, or was deleted.",
        help: "Nothing about storage has to be changed.",
        use_case: Some(UseCase::Media),
        part: Part::Cause,
        source: "mediaService.ts, datasetItemMediaReferences.ts",
        ..PLAIN
    },
    Message {
        slug: "integration-failed",
        texts: &[
            "[BLOB INTEGRATION]",
            "Blob storage export in-flight at shutdown signal",
            "BlobStorageIntegrationProcessingQueue not initialized",
        ],
        means: "A project's blob storage integration failed. Its bucket and credentials are those entered in the project's settings, not the variables that this tool checks.",
        help: "Open Settings, Integrations, Blob Storage of the project, correct it there and choose \"Validate\".",
        likely: ANY_REQUEST,
        part: Part::Cause,
        source: "handleBlobStorageIntegrationProjectJob.ts",
        ..PLAIN
    },
    // What follows from a failure.
    Message {
        slug: "event-lost",
        texts: &[
            "Failed to upload event to S3",
            "Failed to upload events to blob storage, aborting event processing",
            "Error processing events",
        ],
        means: "Web rejected a request with events, because it couldn't store them. The cause is in the line before, after \"Failed to upload JSON to …\".",
        likely: ANY_REQUEST,
        action: Some(Action::Put),
        use_case: Some(UseCase::Events),
        part: Part::Consequence,
        source: "processEventBatch.ts",
        ..PLAIN
    },
    Message {
        slug: "ingestion-job-failed",
        texts: &[
            "Failed job ingestion processing for",
            "Failed job otel ingestion processing for",
            "Queue job {} in {} failed",
            "OTEL media processing failed; continuing ingestion with original span values",
        ],
        means: "A job of the worker failed. If storage is the cause, it's in the line before, after \"Failed to download file …\" or \"Failed to list files …\".",
        likely: &[
            "key-missing",
            "connection-refused",
            "host-unknown",
            "signature-refused",
            "bucket-not-found",
            "list-denied",
        ],
        use_case: Some(UseCase::Events),
        part: Part::Consequence,
        source: "ingestionQueue.ts, otelIngestionQueue.ts",
        ..PLAIN
    },
    Message {
        slug: "export-job-failed",
        texts: &["[BATCH EXPORT] Failed Batch Export job", "[BATCH EXPORT] Getting data from DB and transform failed"],
        means: "A batch export failed. If storage is the cause, it's in the line before, after \"Failed to upload file to …\".",
        likely: ANY_REQUEST,
        action: Some(Action::Put),
        use_case: Some(UseCase::Exports),
        part: Part::Consequence,
        source: "batchExportQueue.ts, handleBatchExportJob.ts",
        ..PLAIN
    },
    // Not about storage.
    Message {
        slug: "export-job-state",
        texts: &[
            "[BATCH EXPORT] Batch export {} not found. Job will be skipped",
            "[BATCH EXPORT] Job {} has invalid status",
            "Job not found for project: {} and export",
            "Failed to parse query for",
        ],
        means: "The record of a batch export isn't as the job expects. This isn't about storage.",
        help: "Start the export again in Langfuse.",
        part: Part::Other,
        source: "batchExportQueue.ts, handleBatchExportJob.ts",
        ..PLAIN
    },
    Message {
        slug: "integration-settings",
        texts: &[
            "Failed to fetch minimum timestamp",
            "Invalid export mode",
            "No text export format for file type",
            "Reached the text-format export path with fileType=PARQUET",
            "Unhandled terminal export outcome",
            "Unsupported export frequency",
            "Unsupported file type",
            "Unsupported table type",
        ],
        means: "A project's blob storage integration has a setting that this release of Langfuse doesn't support, or ClickHouse failed. This isn't about the store.",
        help: "Check the integration in the project's settings.",
        part: Part::Other,
        source: "handleBlobStorageIntegrationProjectJob.ts",
        ..PLAIN
    },
    Message {
        slug: "ingestion-not-about-storage",
        texts: &[
            "Failed to query target project",
            "Failed to query project workload",
            "Ingestion suspended: Usage threshold exceeded",
            "Failed to set recently-processed cache. Continuing processing",
            "Prisma not available",
            "Redis not available",
            "Redis not initialized, aborting event processing",
            "Missing project ID",
            "Access Scope Denied",
            "Dropping OTEL event due to masking failure",
            "Failed to create event record for project",
            "Failed to write event record for",
            "Failed to extract SDK info from resourceSpans",
            "Failed to fetch observation eval configs for project",
            "Failed to schedule observation evals for project",
            "Failed to parse SDK version",
            "Failed to parse otel observation",
            "Failed to resolve organization signup date for project",
        ],
        means: "Ingestion failed or went on without a part, for a reason that isn't storage: Redis, PostgreSQL, ClickHouse, the API key's scope, or the event itself.",
        help: "Look at the lines around it for the database's own error.",
        part: Part::Other,
        source: "ingestionQueue.ts, otelIngestionQueue.ts, processEventBatch.ts",
        ..PLAIN
    },
];

impl Message {
    /// The message of that name.
    #[must_use]
    pub fn by_slug(slug: &str) -> Option<&'static Self> {
        MESSAGES.iter().find(|m| m.slug == slug)
    }

    /// The message that `line` begins with or contains first, and its text.
    #[must_use]
    pub fn find(line: &str) -> Option<(&'static Self, &'static str)> {
        let all = MESSAGES.iter().flat_map(|m| m.texts.iter().map(move |text| (m, *text)));
        all.filter_map(|(m, text)| Some((position(line, text)?, m, text)))
            // Of two at one place, the longer says more: "Failed to upload file to Azure …".
            .min_by_key(|(at, _, text)| (*at, std::cmp::Reverse(text.len())))
            .map(|(_, m, text)| (m, text))
    }
}

/// Where `line` contains the fixed parts of `text` in their order.
fn position(line: &str, text: &str) -> Option<usize> {
    let mut parts = text.split("{}");
    let first = parts.next().unwrap_or("");
    let at = line.find(first)?;
    let mut rest = line.get(at.saturating_add(first.len())..)?;
    for part in parts {
        rest = rest.split_once(part)?.1;
    }
    Some(at)
}

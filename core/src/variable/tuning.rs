//! Limits, concurrency, expiries, switches.

use super::row::{Containers, Kind, Range, Variable};

const CHECKSUMS: [&str; 6] = ["MD5", "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"];
const WEB: Containers = Containers::WEB;
const WORKER: Containers = Containers::WORKER;
const BOTH: Containers = Containers::BOTH;
const POSITIVE: Kind = Kind::Number(Range::POSITIVE);

pub(super) static ROWS: [Variable; 34] = [
    Variable::new("LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH", Kind::Number(Range::POSITIVE_WHOLE), WEB,
        "Largest media file in bytes that web signs an upload for.").default("1000000000"),
    Variable::new("LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS", Kind::Number(Range::NOT_NEGATIVE), WEB,
        "Lifetime of a media download link in seconds. S3 and Google allow at most 604800.").default("3600"),
    Variable::new("LANGFUSE_S3_CONCURRENT_WRITES", POSITIVE, BOTH,
        "Maximum sockets of the https agent, also for reads. No effect with an http endpoint.")
        .default("50").chart("s3.concurrency.writes", "50"),
    Variable::new("LANGFUSE_S3_CONCURRENT_READS", POSITIVE, WORKER,
        "Event files that the worker fetches at once.").default("50").chart("s3.concurrency.reads", "50"),
    Variable::new("LANGFUSE_S3_LIST_MAX_KEYS", POSITIVE, BOTH,
        "Keys to request per listing. Langfuse reads one page, and S3 returns at most 1000.").default("200"),
    Variable::new("LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES", Kind::Number(Range::between(64.0, 2048.0).whole()), BOTH,
        "Longest segment of an event key in bytes; longer IDs are truncated and hashed. Use 200 for stores that keep keys as file names. Must be the same in web and worker.")
        .default("2048").since(3, 189),
    Variable::new("LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM", Kind::Choice(&CHECKSUMS), BOTH,
        "Checksum for multi-object deletes. Unset: CRC32. MinIO before RELEASE.2025-02-03 needs `MD5`.").since(3, 213),
    Variable::new("LANGFUSE_S3_UPLOAD_ENABLE_BUFFERED", Kind::Boolean, BOTH,
        "`true` uploads large files in buffered parts and retries them; it also enables the next two settings and the part size.")
        .default("false").since(3, 156),
    Variable::new("LANGFUSE_S3_UPLOAD_MAX_PART_ATTEMPTS", Kind::Number(Range::between(1.0, 10.0)), BOTH,
        "Attempts for each part of a buffered upload.").default("3").since(3, 156),
    Variable::new("LANGFUSE_S3_UPLOAD_MAX_CONCURRENT_PARTS", Kind::Number(Range::between(1.0, 10.0)), BOTH,
        "Parts of a buffered upload in flight.").default("3").since(3, 156),
    Variable::new("LANGFUSE_S3_RATE_ERROR_SLOWDOWN_ENABLED", Kind::Boolean, BOTH,
        "`true` moves a project to the slow queue after the store answers SlowDown.").default("false").since(3, 136),
    Variable::new("LANGFUSE_S3_RATE_ERROR_SLOWDOWN_TTL_SECONDS", POSITIVE, BOTH,
        "How long the project stays there, in seconds.").default("3600").since(3, 136),
    Variable::new("LANGFUSE_SKIP_S3_LIST_FOR_OBSERVATIONS_PROJECT_IDS", Kind::List, BOTH,
        "Projects whose observations are merged without a listing. The IDs aren't trimmed.").default(""),
    // Source: `packages/shared/src/env.ts`; what the modes do: `web/src/pages/api/public/ingestion.ts`.
    Variable::new("LANGFUSE_MIGRATION_V4_WRITE_MODE", Kind::Choice(&["legacy", "dual", "events_only"]), BOTH,
        "Which tables events are written to. With `events_only`, the ingestion API rejects trace, span and generation events; OpenTelemetry, scores and replays still work. `dual` accepts all. Release 3 defaults to `legacy`.")
        .default("events_only"),
    Variable::new("LANGFUSE_ENABLE_BLOB_STORAGE_FILE_LOG", Kind::Boolean, BOTH,
        "Whether to log every event file in ClickHouse; retention and deletion need the log.")
        .default("true").since(3, 101),
    Variable::new("LANGFUSE_BLOB_STORAGE_DELETE_S3_CONCURRENCY", Kind::Number(Range::between(1.0, 20.0)), BOTH,
        "Multi-object deletes in flight during cleanup.").default("5").since(3, 209),
    Variable::new("LANGFUSE_OTEL_MEDIA_UPLOAD_ENABLED", Kind::Boolean, WORKER,
        "`true` makes the worker extract media from OTel spans and upload it itself.").default("false").since(3, 224),
    Variable::new("LANGFUSE_OBSERVATION_FIELD_OVERFLOW_ENABLED", Kind::Boolean, WORKER,
        "`true` makes the worker move large observation fields to the media bucket.")
        .default("false").since(4, 2).forwarded("false"),
    Variable::new("LANGFUSE_OBSERVATION_FIELD_SIZE_LIMIT_BYTES", Kind::Number(Range::POSITIVE_WHOLE), WORKER,
        "Size in bytes from which a field counts as large.").default("2097152").since(4, 2).forwarded("2097152"),
    Variable::new("BATCH_EXPORT_PAGE_SIZE", POSITIVE, WORKER,
        "Rows that an export reads from the database at once.").default("500"),
    Variable::new("BATCH_EXPORT_ROW_LIMIT", POSITIVE, WORKER,
        "Maximum rows of an export.").default("1500000"),
    Variable::new("BATCH_EXPORT_DOWNLOAD_LINK_EXPIRATION_HOURS", POSITIVE, WORKER,
        "Lifetime of an export's stored download link in hours. S3 and Google allow at most 168.").default("24"),
    Variable::new("BATCH_EXPORT_S3_PART_SIZE_MIB", Kind::Number(Range::between(5.0, 100.0)), WORKER,
        "Part size of an export in MiB; used with buffered uploads on S3, and always on Azure and OCI.").default("10"),
    Variable::new("BATCH_ACTION_EXPORT_ROW_LIMIT", POSITIVE, WORKER,
        "Maximum rows that a batch action processes.").default("50000"),
    Variable::new("QUEUE_CONSUMER_BATCH_EXPORT_QUEUE_IS_ENABLED", Kind::Boolean, WORKER,
        "Whether this worker takes export jobs.").default("true"),
    Variable::new("QUEUE_CONSUMER_BLOB_STORAGE_INTEGRATION_QUEUE_IS_ENABLED", Kind::Boolean, WORKER,
        "Whether this worker takes jobs for the projects' own blob storage exports.").default("true"),
    Variable::new("LANGFUSE_BLOB_STORAGE_ENDPOINT_WHITELISTED_HOST", Kind::List, BOTH,
        "Hosts that projects may export to. Setting any of these three lists enables the address check for such endpoints.").default(""),
    Variable::new("LANGFUSE_BLOB_STORAGE_ENDPOINT_WHITELISTED_IPS", Kind::List, BOTH,
        "Addresses that projects may export to.").default(""),
    Variable::new("LANGFUSE_BLOB_STORAGE_ENDPOINT_WHITELISTED_IP_SEGMENTS", Kind::List, BOTH,
        "Networks in CIDR notation that projects may export to.").default(""),
    Variable::new("LANGFUSE_BLOB_STORAGE_FAILURE_NOTIFICATION_COOLDOWN_HOURS", POSITIVE, WORKER,
        "Hours between two emails about the same failing project export.").default("24"),
    Variable::new("LANGFUSE_BLOB_STORAGE_EXPORT_TRACE_ONLY_PROJECT_IDS", Kind::List, WORKER,
        "Projects whose own export omits observations and scores.").default(""),
    Variable::new("LANGFUSE_MEDIA_RETENTION_CLEANER_ITEM_LIMIT", POSITIVE, WORKER,
        "Media files that one retention run deletes.").default("10000"),
    Variable::new("LANGFUSE_BATCH_PROJECT_MEDIA_CLEANER_BATCH_SIZE", POSITIVE, WORKER,
        "Media files that one project deletion run deletes.").default("5000"),
    Variable::new("NODE_EXTRA_CA_CERTS", Kind::Path, BOTH,
        "Path in the container of a PEM file with additional certificate authorities, for stores with a private one. Read by Node itself."),
];

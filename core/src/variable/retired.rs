//! Names that occur in real configurations but that Langfuse doesn't read.

/// Why Langfuse doesn't read a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// Removed.
    Removed,
    /// Never read by any release.
    Never,
}

/// Whether the value keeps its meaning under the new name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The value can be moved unchanged.
    AsItIs,
    /// The new name means something else; the sentence says what.
    Changed(&'static str),
}

/// A name that Langfuse doesn't read.
#[derive(Clone, Copy, Debug)]
pub struct Retired {
    /// The name.
    pub name: &'static str,
    /// Why it's not read.
    pub gone: Gone,
    /// The variable to set instead.
    pub instead: Option<&'static str>,
    /// Whether the value means the same under that name.
    pub kept: Kept,
    /// A note, one sentence.
    pub note: &'static str,
}

/// The entry for `name`.
#[must_use]
pub fn retired(name: &str) -> Option<&'static Retired> {
    RETIRED.iter().find(|r| r.name == name)
}

const fn removed(name: &'static str, instead: Option<&'static str>, note: &'static str) -> Retired {
    Retired { name, gone: Gone::Removed, instead, kept: Kept::AsItIs, note }
}

const fn never(name: &'static str, instead: Option<&'static str>, note: &'static str) -> Retired {
    Retired { name, gone: Gone::Never, instead, kept: Kept::AsItIs, note }
}

/// Every such name seen in the wild.
pub static RETIRED: &[Retired] = &[
    removed(
        "LANGFUSE_S3_EVENT_UPLOAD_ENABLED",
        None,
        "Event upload is mandatory since v3.0.0; `false` doesn't disable it.",
    ),
    removed(
        "LANGFUSE_S3_MEDIA_UPLOAD_ENABLED",
        None,
        "Media upload is enabled when LANGFUSE_S3_MEDIA_UPLOAD_BUCKET is set.",
    ),
    removed(
        "LANGFUSE_S3_EVENT_UPLOAD_POSTGRES_LOG_ENABLED",
        None,
        "The file log is in ClickHouse: LANGFUSE_ENABLE_BLOB_STORAGE_FILE_LOG.",
    ),
    removed("S3_ENDPOINT", Some("LANGFUSE_S3_BATCH_EXPORT_ENDPOINT"), "A Langfuse v2 name for exports."),
    removed("S3_BUCKET_NAME", Some("LANGFUSE_S3_BATCH_EXPORT_BUCKET"), "A Langfuse v2 name for exports."),
    removed("S3_REGION", Some("LANGFUSE_S3_BATCH_EXPORT_REGION"), "A Langfuse v2 name for exports."),
    removed("S3_ACCESS_KEY_ID", Some("LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID"), "A Langfuse v2 name for exports."),
    removed(
        "S3_SECRET_ACCESS_KEY",
        Some("LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY"),
        "A Langfuse v2 name for exports.",
    ),
    removed(
        "S3_FORCE_PATH_STYLE",
        Some("LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE"),
        "A Langfuse v2 name for exports.",
    ),
    removed("DB_EXPORT_PAGE_SIZE", Some("BATCH_EXPORT_PAGE_SIZE"), "Renamed in the v3 line."),
    never(
        "LANGFUSE_S3_MEDIA_UPLOAD_MAX_CONTENT_LENGTH",
        Some("LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH"),
        "The Helm chart sets this name; Langfuse reads the one without `UPLOAD_`.",
    ),
    never(
        "LANGFUSE_S3_MEDIA_UPLOAD_DOWNLOAD_URL_EXPIRY_SECONDS",
        Some("LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS"),
        "The Helm chart sets this name; Langfuse reads the one without `UPLOAD_`.",
    ),
    never(
        "LANGFUSE_S3_MEDIA_UPLOAD_EXTERNAL_ENDPOINT",
        None,
        "Media has no external endpoint; give web and worker their own LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT.",
    ),
    never(
        "LANGFUSE_S3_EVENT_UPLOAD_EXTERNAL_ENDPOINT",
        None,
        "Events are never downloaded through links, so they have no external endpoint.",
    ),
    never("OCI_CONFIG_FILE", Some("LANGFUSE_OCI_CONFIG_FILE"), "Langfuse's own OCI sample uses this name by mistake."),
    never(
        "OCI_CONFIG_PROFILE",
        Some("LANGFUSE_OCI_CONFIG_PROFILE"),
        "Langfuse's own OCI sample uses this name by mistake.",
    ),
    never(
        "LANGFUSE_S3_CORE_DATA_EXPORT_SSE",
        Some("LANGFUSE_S3_CORE_DATA_UPLOAD_SSE"),
        "Declared, but no code reads it.",
    ),
    never(
        "LANGFUSE_S3_CORE_DATA_EXPORT_SSE_KMS_KEY_ID",
        Some("LANGFUSE_S3_CORE_DATA_UPLOAD_SSE_KMS_KEY_ID"),
        "Declared, but no code reads it.",
    ),
    never(
        "LANGFUSE_S3_CORE_DATA_EXPORT_BUCKET",
        Some("LANGFUSE_S3_CORE_DATA_UPLOAD_BUCKET"),
        "The block is called CORE_DATA_UPLOAD.",
    ),
    never(
        "LANGFUSE_S3_CORE_DATA_EXPORT_PREFIX",
        Some("LANGFUSE_S3_CORE_DATA_UPLOAD_PREFIX"),
        "The block is called CORE_DATA_UPLOAD.",
    ),
    never(
        "LANGFUSE_S3_CORE_DATA_EXPORT_REGION",
        Some("LANGFUSE_S3_CORE_DATA_UPLOAD_REGION"),
        "The block is called CORE_DATA_UPLOAD.",
    ),
    never(
        "LANGFUSE_S3_CORE_DATA_EXPORT_ENDPOINT",
        Some("LANGFUSE_S3_CORE_DATA_UPLOAD_ENDPOINT"),
        "The block is called CORE_DATA_UPLOAD.",
    ),
    never(
        "LANGFUSE_S3_CORE_DATA_EXPORT_ACCESS_KEY_ID",
        Some("LANGFUSE_S3_CORE_DATA_UPLOAD_ACCESS_KEY_ID"),
        "The block is called CORE_DATA_UPLOAD.",
    ),
    never(
        "LANGFUSE_S3_CORE_DATA_EXPORT_SECRET_ACCESS_KEY",
        Some("LANGFUSE_S3_CORE_DATA_UPLOAD_SECRET_ACCESS_KEY"),
        "The block is called CORE_DATA_UPLOAD.",
    ),
    never(
        "LANGFUSE_S3_CORE_DATA_EXPORT_FORCE_PATH_STYLE",
        Some("LANGFUSE_S3_CORE_DATA_UPLOAD_FORCE_PATH_STYLE"),
        "The block is called CORE_DATA_UPLOAD.",
    ),
    never(
        "LANGFUSE_S3_CORE_DATA_EXPORT_ENABLED",
        Some("LANGFUSE_S3_CORE_DATA_EXPORT_IS_ENABLED"),
        "The switch is called _IS_ENABLED.",
    ),
    never(
        "LANGFUSE_S3_CORE_DATA_UPLOAD_ENABLED",
        Some("LANGFUSE_S3_CORE_DATA_EXPORT_IS_ENABLED"),
        "The switch is called CORE_DATA_EXPORT_IS_ENABLED.",
    ),
    never(
        "LANGFUSE_AZURE_BLOB_CREDENTIAL",
        None,
        "Only a pull request reads it; Langfuse authenticates with Azure by account key only.",
    ),
    Retired {
        name: "LANGFUSE_USE_S3",
        gone: Gone::Never,
        instead: None,
        kept: Kept::Changed("S3 is the engine unless another one is enabled."),
        note: "There is no such switch: S3 is the engine unless another one is enabled.",
    },
];

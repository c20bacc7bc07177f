//! Which storage engine is used, and what the engines other than S3 need.

use super::row::{Containers, Kind, Presence, Variable};

const OCI_AUTH: [&str; 5] =
    ["workload_identity", "instance_principal", "resource_principal", "oci_profile", "session_token"];

pub(super) static ROWS: [Variable; 9] = [
    Variable::new(
        "LANGFUSE_USE_AZURE_BLOB",
        Kind::Boolean,
        Containers::BOTH,
        "`true` stores everything in Azure Blob Storage. Wins over the other engine switches.",
    )
    .default("false")
    .forwarded("false")
    .chart("s3.storageProvider", ""),
    Variable::new(
        "LANGFUSE_AZURE_SKIP_CONTAINER_CHECK",
        Kind::Boolean,
        Containers::BOTH,
        "`true` (the default since v3.93.0) doesn't create a missing container; `false` creates it on first use.",
    )
    .default("true"),
    Variable::new(
        "LANGFUSE_USE_GOOGLE_CLOUD_STORAGE",
        Kind::Boolean,
        Containers::BOTH,
        "`true` stores everything through Google's own API; endpoint, region, keys, path style and encryption are then ignored.",
    )
    .default("false")
    .since(3, 46)
    .chart("s3.storageProvider", ""),
    Variable::new(
        "LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS",
        Kind::JsonOrPath,
        Containers::BOTH,
        "Service account key: a JSON document if it begins with `{`, otherwise the path of a file in the container. Unset: the ambient identity, which needs the role Service Account Token Creator on itself to sign URLs.",
    )
    .since(3, 46)
    .secret()
    .chart("s3.gcs.credentials", ""),
    Variable::new(
        "GOOGLE_CLOUD_UNIVERSE_DOMAIN",
        Kind::Text,
        Containers::BOTH,
        "Domain of a sovereign Google Cloud; URLs use `storage.<domain>`.",
    )
    .default("googleapis.com")
    .since(3, 180),
    Variable::new(
        "LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE",
        Kind::Boolean,
        Containers::BOTH,
        "`true` stores everything through Oracle's own API. It reuses bucket, region, endpoint and prefix.",
    )
    .default("false")
    .since(3, 168)
    .forwarded("false"),
    Variable::new(
        "LANGFUSE_OCI_AUTH_TYPE",
        Kind::Choice(&OCI_AUTH),
        Containers::BOTH,
        "How to authenticate with Oracle's API. If the OCI engine is on and this is unset, the first use fails.",
    )
    .since(3, 168)
    .presence(Presence::When("LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE is `true`"))
    .forwarded("workload_identity"),
    Variable::new(
        "LANGFUSE_OCI_CONFIG_FILE",
        Kind::Path,
        Containers::BOTH,
        "Path of the OCI configuration file in the container, for `oci_profile` and `session_token`.",
    )
    .since(3, 168)
    .presence(Presence::When("LANGFUSE_OCI_AUTH_TYPE is `oci_profile` or `session_token`")),
    Variable::new(
        "LANGFUSE_OCI_CONFIG_PROFILE",
        Kind::Text,
        Containers::BOTH,
        "Profile of the OCI configuration file, for `oci_profile` and `session_token`.",
    )
    .since(3, 168)
    .presence(Presence::When("LANGFUSE_OCI_AUTH_TYPE is `oci_profile` or `session_token`")),
];

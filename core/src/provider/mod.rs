//! Object stores as data: how to recognize them and where they differ, each difference with its reason.
//!
//! To add a provider, add a row to [`PROVIDERS`]; detection, credential rules, addressing rules, suggestions and
//! documentation follow from it.

pub mod lifecycle;
pub mod setup;
mod storage;

pub use storage::{COMMON, Storage};

use storage::{WITH_CRC32C, WITH_CRC64};

use crate::variable::has_length;

/// One store, or one family of stores behind the same API.
#[derive(Debug)]
pub struct Provider {
    /// Its `--provider` value.
    pub id: &'static str,
    /// Its display name.
    pub name: &'static str,
    /// Host names: an exact name, a suffix with a leading dot, or a prefix with a trailing dot or dash.
    pub hosts: &'static [&'static str],
    /// Which addressing styles it supports.
    pub addressing: Addressing,
    /// Regions that requests may be signed for; empty: any, or too many to list.
    pub regions: &'static [&'static str],
    /// What its key IDs look like.
    pub key_id: Shape,
    /// What its secrets look like.
    pub secret: Shape,
    /// Whether a use case can work without keys, with AWS roles.
    pub ambient_credentials: bool,
    /// Whether it supports `x-amz-server-side-encryption: aws:kms`.
    pub kms: bool,
    /// What it supports in uploads and deletes.
    pub storage: Storage,
    /// What to know about it, for `explain` and the documentation.
    pub note: &'static str,
}

/// IDs are unique.
impl PartialEq for Provider {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// Which addressing styles a store supports.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Addressing {
    /// Bucket in the host name or in the path.
    Either,
    /// Only `https://host/bucket/key`: no wildcard DNS, or none without extra setup.
    PathOnly,
    /// Only `https://bucket.host/key`.
    VirtualOnly,
}

/// What a credential looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Anything.
    Any,
    /// Exactly this many characters.
    Length(u64),
    /// Begins with this.
    Prefix(&'static str),
    /// AWS: 16 to 128 characters of `A-Z0-9`, in practice beginning with `AKIA` or `ASIA`.
    AwsKeyId,
}

impl Shape {
    /// Whether `text` has this shape.
    #[must_use]
    pub fn fits(self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Length(n) => has_length(text, n, n),
            Self::Prefix(prefix) => text.starts_with(prefix),
            Self::AwsKeyId => {
                has_length(text, 16, 128)
                    && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
                    && text.starts_with('A')
            }
        }
    }

    /// As a phrase: "32 characters".
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::Any => "any string".into(),
            Self::Length(n) => format!("{n} characters"),
            Self::Prefix(p) => format!("a string that begins with `{p}`"),
            Self::AwsKeyId => "16 to 128 uppercase letters and digits, such as `AKIA…`".into(),
        }
    }
}

const PLAIN: Provider = Provider {
    id: "",
    name: "",
    hosts: &[],
    addressing: Addressing::Either,
    regions: &[],
    key_id: Shape::Any,
    secret: Shape::Any,
    ambient_credentials: false,
    kms: false,
    storage: COMMON,
    note: "",
};

/// Amazon S3, also if no endpoint is set.
pub static AWS: Provider = Provider {
    id: "aws",
    name: "Amazon S3",
    hosts: &[".amazonaws.com", ".amazonaws.com.cn", "s3.amazonaws.com"],
    key_id: Shape::AwsKeyId,
    secret: Shape::Length(40),
    ambient_credentials: true,
    kms: true,
    // Amazon S3 user guide, "Checking object integrity in Amazon S3": CRC64NVME is its default.
    storage: WITH_CRC64,
    note: "Leave the endpoint unset: the SDK derives it from the region. Roles need no keys.",
    ..PLAIN
};

/// Cloudflare R2.
pub static R2: Provider = Provider {
    id: "r2",
    name: "Cloudflare R2",
    hosts: &[".r2.cloudflarestorage.com"],
    // "auto", and its aliases. Cloudflare R2 documentation, S3 API compatibility.
    regions: &["auto", "us-east-1", "wnam", "enam", "weur", "eeur", "apac", "oc"],
    key_id: Shape::Length(32),
    secret: Shape::Length(64),
    // CRC64NVME of the whole object: Cloudflare R2 documentation, "S3 API compatibility", checksum types. Parts of
    // equal size: the same, "Multipart upload", limitations.
    storage: Storage { equal_parts: true, ..WITH_CRC64 },
    note: "Endpoint `https://<account>.r2.cloudflarestorage.com` (`.eu.`, `.us.`, `.fedramp.` by jurisdiction), region `auto`.",
    ..PLAIN
};

/// Google Cloud Storage through its S3 interface.
pub static GCS: Provider = Provider {
    id: "gcs",
    name: "Google Cloud Storage",
    hosts: &["storage.googleapis.com", ".storage.googleapis.com"],
    key_id: Shape::Prefix("GOOG"),
    secret: Shape::Length(40),
    // Deleting multiple objects returned NotImplemented (langfuse/langfuse#6172) and is documented only since April
    // 2026; one request per object always works.
    storage: Storage { delete_many: false, ..COMMON },
    note: "The S3 interface needs HMAC keys and breaks media uploads; prefer the native engine (LANGFUSE_USE_GOOGLE_CLOUD_STORAGE).",
    ..PLAIN
};

/// Azure Blob Storage.
pub static AZURE: Provider = Provider {
    id: "azure",
    name: "Azure Blob Storage",
    hosts: &[
        ".blob.core.windows.net",
        ".blob.core.usgovcloudapi.net",
        ".blob.core.chinacloudapi.cn",
        ".dfs.core.windows.net",
    ],
    note: "Not an S3 API: LANGFUSE_USE_AZURE_BLOB must be `true`, the key ID is the account, the secret its key.",
    ..PLAIN
};

/// MinIO by its usual host names.
pub static MINIO: Provider = Provider {
    id: "minio",
    name: "MinIO",
    hosts: &["minio", "minio.", "minio-"],
    addressing: Addressing::PathOnly,
    // CRC64NVME came only with RELEASE.2025-02-03, and Langfuse's older charts ship older releases.
    storage: WITH_CRC32C,
    note: "Path style. Keys are file names: segments over 255 bytes are rejected.",
    ..PLAIN
};

/// SeaweedFS by its usual host names and the chart's.
pub static SEAWEEDFS: Provider = Provider {
    id: "seaweedfs",
    name: "SeaweedFS",
    hosts: &["seaweedfs", "seaweedfs.", "seaweedfs-", "seaweed", "weed"],
    addressing: Addressing::PathOnly,
    storage: WITH_CRC32C,
    note: "Path style. The region isn't checked; segments over 255 bytes are rejected.",
    ..PLAIN
};

/// Every store with recognizable host names. Order matters only if one suffix ends with another.
pub static PROVIDERS: &[&Provider] = &[
    &AWS,
    &R2,
    &GCS,
    &AZURE,
    &MINIO,
    &SEAWEEDFS,
    &Provider {
        id: "garage",
        name: "Garage",
        hosts: &["garage", "garage.", "garage-"],
        note: "The region must be the one in garage.toml (`garage` by default); `auto` is rejected.",
        ..PLAIN
    },
    &Provider {
        id: "ceph",
        name: "Ceph RGW",
        hosts: &["rgw", "rgw.", "ceph", "ceph.", "rook-ceph-rgw-"],
        addressing: Addressing::PathOnly,
        note: "Some gateways need the zonegroup as the region.",
        ..PLAIN
    },
    &Provider {
        id: "rustfs",
        name: "RustFS",
        hosts: &["rustfs", "rustfs.", "rustfs-"],
        addressing: Addressing::PathOnly,
        note: "Path style.",
        ..PLAIN
    },
    &Provider {
        id: "tigris",
        name: "Tigris",
        hosts: &["fly.storage.tigris.dev", "t3.storage.dev", ".tigris.dev", ".t3.storage.dev"],
        addressing: Addressing::VirtualOnly,
        key_id: Shape::Prefix("tid_"),
        secret: Shape::Prefix("tsec_"),
        note: "Virtual-hosted style only, region `auto`. Langfuse documentation, Tigris section.",
        ..PLAIN
    },
    &Provider {
        id: "oci",
        name: "Oracle Cloud Object Storage",
        hosts: &[".oraclecloud.com", ".oci.customer-oci.com"],
        addressing: Addressing::PathOnly,
        note: "The S3 interface is `<namespace>.compat.objectstorage.<region>.oraclecloud.com`, path style.",
        ..PLAIN
    },
    &Provider {
        id: "alibaba",
        name: "Alibaba Cloud OSS",
        hosts: &[".aliyuncs.com"],
        // SecondLevelDomainForbidden: treeverse/lakeFS#3490.
        addressing: Addressing::VirtualOnly,
        note: "Path style is rejected with SecondLevelDomainForbidden.",
        ..PLAIN
    },
    &Provider {
        id: "tencent",
        name: "Tencent COS",
        hosts: &[".myqcloud.com"],
        // coze-dev/coze-studio#2308.
        addressing: Addressing::VirtualOnly,
        note: "Path style is rejected.",
        ..PLAIN
    },
    &Provider {
        id: "b2",
        name: "Backblaze B2",
        hosts: &[".backblazeb2.com"],
        note: "The region is in the host name.",
        ..PLAIN
    },
    &Provider {
        id: "wasabi",
        name: "Wasabi",
        hosts: &[".wasabisys.com"],
        note: "The region is in the host name.",
        ..PLAIN
    },
    &Provider {
        id: "digitalocean",
        name: "DigitalOcean Spaces",
        hosts: &[".digitaloceanspaces.com"],
        note: "The region is in the host name.",
        ..PLAIN
    },
    &Provider {
        id: "scaleway",
        name: "Scaleway",
        hosts: &[".scw.cloud"],
        note: "The region is in the host name.",
        ..PLAIN
    },
    &Provider {
        id: "hetzner",
        name: "Hetzner",
        hosts: &[".your-objectstorage.com"],
        note: "The region is in the host name.",
        ..PLAIN
    },
    &Provider {
        id: "ovh",
        name: "OVHcloud",
        hosts: &[".io.cloud.ovh.net", ".io.cloud.ovh.us"],
        note: "The region is in the host name.",
        ..PLAIN
    },
    &Provider {
        id: "ibm",
        name: "IBM Cloud Object Storage",
        hosts: &[".cloud-object-storage.appdomain.cloud"],
        ..PLAIN
    },
    &Provider { id: "linode", name: "Akamai (Linode)", hosts: &[".linodeobjects.com"], ..PLAIN },
    &Provider { id: "vultr", name: "Vultr", hosts: &[".vultrobjects.com"], ..PLAIN },
    &Provider { id: "exoscale", name: "Exoscale", hosts: &[".exo.io"], ..PLAIN },
];

/// The store at `host`, by name only.
#[must_use]
pub fn by_host(host: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().copied().find(|p| p.hosts.iter().any(|pattern| matches(pattern, host)))
}

/// The suffix of `host` that all customers of its provider share.
#[must_use]
pub fn own_suffix(host: &str) -> Option<&str> {
    let suffixes = PROVIDERS.iter().flat_map(|p| p.hosts).filter(|h| h.starts_with('.') && matches(h, host));
    host.get(host.len().checked_sub(suffixes.map(|s| s.len()).max()?)?..)
}

/// The store with that ID.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().copied().find(|p| p.id == id)
}

fn matches(pattern: &str, host: &str) -> bool {
    let (pattern, host) = (pattern.as_bytes(), host.as_bytes());
    let tail = |n: usize| host.len().checked_sub(n).and_then(|at| host.get(at..)).unwrap_or(&[]);
    let head = |n: usize| host.get(..n).unwrap_or(&[]);
    match (pattern.first(), pattern.last()) {
        (Some(b'.'), _) => tail(pattern.len()).eq_ignore_ascii_case(pattern),
        (_, Some(b'.' | b'-')) => head(pattern.len()).eq_ignore_ascii_case(pattern),
        _ => host.eq_ignore_ascii_case(pattern),
    }
}

/// The commercial, Chinese and US government regions of AWS, for suggestions; regions not listed here aren't errors.
pub static AWS_REGIONS: &[&str] = &[
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-1",
    "ap-south-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-south-1",
    "eu-south-2",
    "eu-north-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "cn-north-1",
    "cn-northwest-1",
    "us-gov-east-1",
    "us-gov-west-1",
    "eusc-de-east-1",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_identify_their_provider() {
        for (host, id) in [
            ("s3.eu-west-1.amazonaws.com", Some("aws")),
            ("s3.cn-north-1.amazonaws.com.cn", Some("aws")),
            ("S3.AMAZONAWS.COM", Some("aws")),
            ("abc.eu.r2.cloudflarestorage.com", Some("r2")),
            ("storage.googleapis.com", Some("gcs")),
            ("acct.blob.core.windows.net", Some("azure")),
            ("minio", Some("minio")),
            ("minio.storage.svc", Some("minio")),
            ("oss-cn-hangzhou.aliyuncs.com", Some("alibaba")),
            ("s3.example.com", None),
            ("notamazonaws.com", None),
            ("", None),
        ] {
            assert_eq!(by_host(host).map(|p| p.id), id, "{host}");
        }
    }

    #[test]
    fn ids_are_unique() {
        let mut ids: Vec<_> = PROVIDERS.iter().map(|p| p.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), PROVIDERS.len());
    }
}

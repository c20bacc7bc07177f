//! What a new configuration needs to know about a store: its endpoint, its region, how to set permissions. One row for
//! each row of [`super::PROVIDERS`].

use super::Provider;
use super::lifecycle::{Lifecycle, S3Rules};

/// One store, as a new configuration needs it.
#[derive(Debug, PartialEq)]
pub struct Setup {
    /// The provider's ID.
    pub id: &'static str,
    /// The region to sign requests for.
    pub region: Region,
    /// The store's endpoint.
    pub place: Place,
    /// What the provider calls `{account}` in the endpoint; empty if there is none.
    pub account: &'static str,
    /// How many hexadecimal digits the account has; 0 if it's a name.
    pub account_digits: usize,
    /// Whether Langfuse has a native engine for it, and whether that's the better choice.
    pub native: Native,
    /// How to set permissions.
    pub rights: Rights,
    /// How to expire objects.
    pub lifecycle: Lifecycle,
    /// Whether it keeps objects in files of the same name, so that a segment of a key has at most 255 bytes.
    pub keys_are_file_names: bool,
}

/// The value of `LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES` for a store whose keys are file names. A file name has at most
/// 255 bytes; the rest is for what stores append, such as SeaweedFS's `.versions`. Langfuse 4.16.0 with this value was
/// tried on SeaweedFS 4.48.
pub const FILE_NAME_SEGMENT: &str = "200";

/// Where a region comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Region {
    /// The user must give it; this is an example.
    Asked(&'static str),
    /// The store accepts this one, wherever it runs.
    Usual(&'static str),
}

/// The store's endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The SDK derives it from the region.
    Amazon,
    /// A URL template with `{account}` and `{region}`.
    Hosted(&'static str),
    /// Self-hosted.
    Own,
}

/// Whether Langfuse has an engine for the store's own API.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Native {
    /// No: use the S3 interface.
    None,
    /// Yes, and the store has no S3 interface.
    Only,
    /// Yes, and it's the better choice.
    Better,
    /// Yes; the S3 interface is just as good.
    Possible,
}

/// How to set permissions in a store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rights {
    /// An AWS IAM policy.
    Iam,
    /// Another way, described in a sentence.
    Otherwise(&'static str),
}

const HOSTED: Setup = Setup {
    id: "",
    region: Region::Usual("auto"),
    place: Place::Own,
    account: "",
    account_digits: 0,
    native: Native::None,
    rights: Rights::Otherwise(
        "Grant its access key read, write, list and delete on the buckets in the provider's console.",
    ),
    lifecycle: Lifecycle::S3(S3Rules::COMMON),
    keys_are_file_names: false,
};

const OWN: Setup = Setup { region: Region::Usual("us-east-1"), rights: Rights::Iam, ..HOSTED };

/// One row per provider. Sources: the providers' own lists of S3 endpoints and regions; for lifecycle rules their own
/// documentation, unless a row names another source.
pub static SETUPS: &[Setup] = &[
    Setup {
        id: "aws",
        region: Region::Asked("eu-west-1"),
        place: Place::Amazon,
        rights: Rights::Iam,
        lifecycle: Lifecycle::S3(S3Rules::AMAZON),
        ..HOSTED
    },
    Setup {
        id: "r2",
        place: Place::Hosted("https://{account}.r2.cloudflarestorage.com"),
        account: "Cloudflare account ID",
        account_digits: 32,
        rights: Rights::Otherwise(
            "R2 has no policies: create an API token with the permission \"Object Read & Write\" for these buckets only.",
        ),
        // "Object lifecycles": buckets begin with a rule that aborts uploads after seven days.
        lifecycle: Lifecycle::S3(S3Rules {
            note: "It also replaces R2's default rule, which aborts incomplete multipart uploads of the whole bucket after seven days.",
            ..S3Rules::COMMON
        }),
        ..HOSTED
    },
    Setup {
        id: "gcs",
        place: Place::Hosted("https://storage.googleapis.com"),
        native: Native::Better,
        rights: Rights::Otherwise(
            "Google uses roles: grant roles/storage.objectUser on the buckets and, without a key file, roles/iam.serviceAccountTokenCreator to the service account on itself. `generate terraform --provider gcs` writes both.",
        ),
        lifecycle: Lifecycle::Google,
        ..HOSTED
    },
    Setup {
        id: "azure",
        place: Place::Hosted("https://{account}.blob.core.windows.net"),
        account: "storage account",
        native: Native::Only,
        rights: Rights::Otherwise(
            "Langfuse authenticates with the account key, which allows everything: use a separate storage account for Langfuse.",
        ),
        lifecycle: Lifecycle::Azure,
        ..HOSTED
    },
    Setup {
        id: "minio",
        // minio/minio#15681; RELEASE.2026-02-12 still answers InvalidArgument, and accepts noncurrent versions.
        lifecycle: Lifecycle::S3(S3Rules {
            aborts_uploads: false,
            deletes_versions: true,
            note: "MinIO rejects a rule that only aborts multipart uploads: it removes incomplete ones itself after 24 hours.",
        }),
        keys_are_file_names: true,
        ..OWN
    },
    Setup {
        id: "seaweedfs",
        rights: Rights::Otherwise(
            "SeaweedFS keeps permissions in its identities: give Langfuse's identity the actions Read, Write and List for each bucket, such as `Read:acme-langfuse`.",
        ),
        // seaweedfs/seaweedfs#8812, #11183.
        lifecycle: Lifecycle::S3(S3Rules {
            note: "SeaweedFS writes expiring objects to separate volumes: keep some free (`-volume.max`). A longer expiry later doesn't save what was written under this rule.",
            ..S3Rules::COMMON
        }),
        keys_are_file_names: true,
        ..OWN
    },
    Setup {
        id: "garage",
        region: Region::Usual("garage"),
        rights: Rights::Otherwise("Run `garage bucket allow --read --write BUCKET --key KEY` for each bucket."),
        ..OWN
    },
    Setup { id: "ceph", ..OWN },
    Setup {
        id: "rustfs",
        // rustfs/rustfs#7456.
        lifecycle: Lifecycle::S3(S3Rules {
            aborts_uploads: false,
            note: "RustFS rejects a rule that only aborts multipart uploads: abort incomplete ones with `langfuse-blob rm --uploads`.",
            ..S3Rules::COMMON
        }),
        // It stores a key as a directory, as MinIO does.
        keys_are_file_names: true,
        ..OWN
    },
    Setup {
        id: "tigris",
        place: Place::Hosted("https://t3.storage.dev"),
        // "Object Expiration"; prefixes and several rules since May 2026.
        lifecycle: Lifecycle::S3(S3Rules { aborts_uploads: false, ..S3Rules::COMMON }),
        ..HOSTED
    },
    Setup {
        id: "oci",
        region: Region::Asked("eu-frankfurt-1"),
        place: Place::Hosted("https://{account}.compat.objectstorage.{region}.oraclecloud.com"),
        account: "Object Storage namespace",
        native: Native::Possible,
        rights: Rights::Otherwise(
            "Oracle has its own policies: allow Langfuse's group or dynamic group to manage objects in these buckets and, with the native engine, to manage the buckets' pre-authenticated requests.",
        ),
        lifecycle: Lifecycle::Oracle,
        ..HOSTED
    },
    Setup {
        id: "alibaba",
        region: Region::Asked("eu-central-1"),
        place: Place::Hosted("https://s3.oss-{region}.aliyuncs.com"),
        // "Compatibility with Amazon S3" lists PutBucketLifecycle; OSS calls the abort of uploads differently.
        lifecycle: Lifecycle::S3(S3Rules { aborts_uploads: false, ..S3Rules::COMMON }),
        ..HOSTED
    },
    Setup {
        id: "tencent",
        region: Region::Asked("eu-frankfurt"),
        place: Place::Hosted("https://cos.{region}.myqcloud.com"),
        ..HOSTED
    },
    Setup {
        id: "b2",
        region: Region::Asked("eu-central-003"),
        place: Place::Hosted("https://s3.{region}.backblazeb2.com"),
        // "S3 Put Lifecycle Configuration": Expiration only hides, and every bucket keeps versions.
        lifecycle: Lifecycle::S3(S3Rules::AMAZON),
        ..HOSTED
    },
    Setup {
        id: "wasabi",
        region: Region::Asked("eu-central-1"),
        place: Place::Hosted("https://s3.{region}.wasabisys.com"),
        rights: Rights::Iam,
        ..HOSTED
    },
    Setup {
        id: "digitalocean",
        region: Region::Asked("fra1"),
        place: Place::Hosted("https://{region}.digitaloceanspaces.com"),
        ..HOSTED
    },
    Setup {
        id: "scaleway",
        region: Region::Asked("fr-par"),
        place: Place::Hosted("https://s3.{region}.scw.cloud"),
        ..HOSTED
    },
    Setup {
        id: "hetzner",
        region: Region::Asked("fsn1"),
        place: Place::Hosted("https://{region}.your-objectstorage.com"),
        ..HOSTED
    },
    Setup {
        id: "ovh",
        region: Region::Asked("gra"),
        place: Place::Hosted("https://s3.{region}.io.cloud.ovh.net"),
        ..HOSTED
    },
    Setup {
        id: "ibm",
        region: Region::Asked("eu-de"),
        place: Place::Hosted("https://s3.{region}.cloud-object-storage.appdomain.cloud"),
        ..HOSTED
    },
    Setup {
        id: "linode",
        region: Region::Asked("eu-central-1"),
        place: Place::Hosted("https://{region}.linodeobjects.com"),
        ..HOSTED
    },
    Setup {
        id: "vultr",
        region: Region::Asked("ams1"),
        place: Place::Hosted("https://{region}.vultrobjects.com"),
        ..HOSTED
    },
    Setup {
        id: "exoscale",
        region: Region::Asked("ch-dk-2"),
        place: Place::Hosted("https://sos-{region}.exo.io"),
        // "Bucket Lifecycle".
        lifecycle: Lifecycle::Never(
            "Run Exoscale's own lifecycle tool on a schedule: community.exoscale.com/product/storage/object-storage/how-to/bucketlifecycle",
        ),
        ..HOSTED
    },
];

impl Provider {
    /// What a new configuration needs to know about it.
    #[must_use]
    pub fn setup(&self) -> &'static Setup {
        const UNKNOWN: &Setup = &OWN;
        SETUPS.iter().find(|s| s.id == self.id).unwrap_or(UNKNOWN)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PROVIDERS, by_host};
    use super::*;

    #[test]
    fn every_provider_has_one_and_is_recognized_by_its_endpoint() {
        assert_eq!(SETUPS.len(), PROVIDERS.len());
        for provider in PROVIDERS {
            let setup = provider.setup();
            assert_eq!(setup.id, provider.id);
            let Place::Hosted(template) = setup.place else { continue };
            let (Region::Asked(region) | Region::Usual(region)) = setup.region;
            let host = template.trim_start_matches("https://").replace("{account}", "acme").replace("{region}", region);
            assert_eq!(by_host(&host).map(|p| p.id), Some(provider.id), "{host}");
            assert_eq!(template.contains("{account}"), !setup.account.is_empty(), "{template}");
        }
    }
}

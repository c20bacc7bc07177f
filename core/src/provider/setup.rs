//! What a new configuration needs to know about a store: its endpoint, its region, how to set permissions. One row for
//! each row of [`super::PROVIDERS`].

use super::Provider;

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
}

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
};

const OWN: Setup = Setup { region: Region::Usual("us-east-1"), rights: Rights::Iam, ..HOSTED };

/// One row per provider. Sources: the providers' own lists of S3 endpoints and regions.
pub static SETUPS: &[Setup] = &[
    Setup { id: "aws", region: Region::Asked("eu-west-1"), place: Place::Amazon, rights: Rights::Iam, ..HOSTED },
    Setup {
        id: "r2",
        place: Place::Hosted("https://{account}.r2.cloudflarestorage.com"),
        account: "Cloudflare account ID",
        account_digits: 32,
        rights: Rights::Otherwise(
            "R2 has no policies: create an API token with the permission \"Object Read & Write\" for these buckets only.",
        ),
        ..HOSTED
    },
    Setup {
        id: "gcs",
        place: Place::Hosted("https://storage.googleapis.com"),
        native: Native::Better,
        rights: Rights::Otherwise(
            "Google uses roles: grant roles/storage.objectUser on the buckets and, without a key file, roles/iam.serviceAccountTokenCreator to the service account on itself. `generate terraform --provider gcs` writes both.",
        ),
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
        ..HOSTED
    },
    Setup { id: "minio", ..OWN },
    Setup {
        id: "seaweedfs",
        rights: Rights::Otherwise(
            "SeaweedFS keeps permissions in its identities: give Langfuse's identity the actions Read, Write and List for each bucket, such as `Read:acme-langfuse`.",
        ),
        ..OWN
    },
    Setup {
        id: "garage",
        region: Region::Usual("garage"),
        rights: Rights::Otherwise("Run `garage bucket allow --read --write BUCKET --key KEY` for each bucket."),
        ..OWN
    },
    Setup { id: "ceph", ..OWN },
    Setup { id: "rustfs", ..OWN },
    Setup { id: "tigris", place: Place::Hosted("https://t3.storage.dev"), ..HOSTED },
    Setup {
        id: "oci",
        region: Region::Asked("eu-frankfurt-1"),
        place: Place::Hosted("https://{account}.compat.objectstorage.{region}.oraclecloud.com"),
        account: "Object Storage namespace",
        native: Native::Possible,
        rights: Rights::Otherwise(
            "Oracle has its own policies: allow Langfuse's group or dynamic group to manage objects in these buckets and, with the native engine, to manage the buckets' pre-authenticated requests.",
        ),
        ..HOSTED
    },
    Setup {
        id: "alibaba",
        region: Region::Asked("eu-central-1"),
        place: Place::Hosted("https://s3.oss-{region}.aliyuncs.com"),
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

//! What a new configuration needs to know of a store: where it answers, which region it takes, how it is told rights
//! and CORS rules. A row here for each row of [`super::PROVIDERS`].

use super::Provider;

/// One store, as a new configuration sees it.
#[derive(Debug, PartialEq)]
pub struct Setup {
    /// The provider's id.
    pub id: &'static str,
    /// Which region requests are signed for.
    pub region: Region,
    /// Where the store answers.
    pub place: Place,
    /// What `{account}` in the endpoint is called there; empty where it has none.
    pub account: &'static str,
    /// How many hexadecimal digits the account has; 0 where it is a name.
    pub account_digits: usize,
    /// Whether a native engine of Langfuse talks to it, and whether that is the better choice.
    pub native: Native,
    /// How it is told who may do what.
    pub rights: Rights,
}

/// Where a region comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Region {
    /// It has to be asked for; this is what one looks like.
    Asked(&'static str),
    /// The store takes it whatever its place.
    Usual(&'static str),
}

/// Where the store answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The SDK derives it from the region.
    Amazon,
    /// A URL in which `{account}` and `{region}` stand for the operator's.
    Hosted(&'static str),
    /// Wherever the operator runs it.
    Own,
}

/// Whether Langfuse has an engine for the store's own API.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Native {
    /// It has none: the S3 interface is the way.
    None,
    /// It has one, and nothing else talks to the store.
    Only,
    /// It has one, and it is the better way.
    Better,
    /// It has one; the S3 interface does as well.
    Possible,
}

/// How a store is told who may do what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rights {
    /// A policy document in the language of AWS IAM.
    Iam,
    /// In another way, said in a sentence.
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
        "Give its access key read, write, list and delete on the buckets in the provider's console.",
    ),
};

const OWN: Setup = Setup { region: Region::Usual("us-east-1"), rights: Rights::Iam, ..HOSTED };

/// A row for each provider. Sources: the providers' own lists of S3 endpoints and regions.
pub static SETUPS: &[Setup] = &[
    Setup { id: "aws", region: Region::Asked("eu-west-1"), place: Place::Amazon, rights: Rights::Iam, ..HOSTED },
    Setup {
        id: "r2",
        place: Place::Hosted("https://{account}.r2.cloudflarestorage.com"),
        account: "Cloudflare account id",
        account_digits: 32,
        rights: Rights::Otherwise(
            "R2 knows no policies: make an API token with the permission \"Object Read & Write\" for these buckets alone.",
        ),
        ..HOSTED
    },
    Setup {
        id: "gcs",
        place: Place::Hosted("https://storage.googleapis.com"),
        native: Native::Better,
        rights: Rights::Otherwise(
            "Google knows roles: roles/storage.objectUser on the buckets and, without a key file, roles/iam.serviceAccountTokenCreator of the service account on itself. `generate terraform --provider gcs` writes both.",
        ),
        ..HOSTED
    },
    Setup {
        id: "azure",
        place: Place::Hosted("https://{account}.blob.core.windows.net"),
        account: "storage account",
        native: Native::Only,
        rights: Rights::Otherwise(
            "Langfuse signs in with the account key, which may do everything: keep a storage account for Langfuse alone.",
        ),
        ..HOSTED
    },
    Setup { id: "minio", ..OWN },
    Setup {
        id: "seaweedfs",
        rights: Rights::Otherwise(
            "SeaweedFS keeps rights in its identities: give Langfuse's identity the actions Read, Write and List for each bucket, such as `Read:acme-langfuse`.",
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
            "Oracle knows policies of its own: allow Langfuse's group or dynamic group to manage objects in these buckets and, with the native engine, to manage buckets' pre-authenticated requests.",
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
    /// What a new configuration needs to know of it.
    #[must_use]
    pub fn setup(&self) -> &'static Setup {
        const STRANGER: &Setup = &OWN;
        SETUPS.iter().find(|s| s.id == self.id).unwrap_or(STRANGER)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PROVIDERS, by_host};
    use super::*;

    #[test]
    fn every_provider_has_one_and_is_recognised_by_its_endpoint() {
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

//! The variables that choose the storage engine.

use super::{Var, var};

/// The storage engine in use: one for all use cases.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// The AWS SDK.
    S3,
    /// The Azure SDK.
    Azure,
    /// Google's own API.
    Gcs,
    /// Oracle's own API.
    Oci,
}

const AZURE: Var = var("LANGFUSE_USE_AZURE_BLOB");
const GCS: Var = var("LANGFUSE_USE_GOOGLE_CLOUD_STORAGE");
const OCI: Var = var("LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE");

/// The engine switches, in the order in which Langfuse checks them: the first that is `true` wins.
/// Source: `packages/shared/src/server/services/StorageService.ts`, `StorageServiceFactory.getInstance`.
pub const SWITCHES: [(Engine, Var); 3] = [(Engine::Azure, AZURE), (Engine::Gcs, GCS), (Engine::Oci, OCI)];

impl Engine {
    /// The variable that enables it; S3 has none.
    #[must_use]
    pub const fn switch(self) -> Option<Var> {
        match self {
            Self::S3 => None,
            Self::Azure => Some(AZURE),
            Self::Gcs => Some(GCS),
            Self::Oci => Some(OCI),
        }
    }

    /// As reports write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::S3 => "S3",
            Self::Azure => "Azure Blob Storage",
            Self::Gcs => "native Google Cloud Storage",
            Self::Oci => "native Oracle Object Storage",
        }
    }
}

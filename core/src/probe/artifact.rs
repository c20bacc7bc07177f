//! What the doctor creates in the store and must delete.

/// Something that we may have created in the store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Artifact {
    /// An object.
    Object {
        /// The full key.
        key: String,
    },
    /// One version of an object, or a delete marker.
    Version {
        /// The full key.
        key: String,
        /// The version ID.
        id: String,
    },
    /// A multipart upload; its ID is `None` if the response with it was lost.
    Upload {
        /// The full key.
        key: String,
        /// The upload ID.
        id: Option<String>,
    },
    /// Uncommitted blocks on Azure.
    Blocks {
        /// The full key.
        key: String,
    },
}

impl Artifact {
    /// Its key.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Object { key } | Self::Version { key, .. } | Self::Upload { key, .. } | Self::Blocks { key } => key,
        }
    }

    /// `object`, `version`, `upload`, `blocks`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Object { .. } => "object",
            Self::Version { .. } => "version",
            Self::Upload { .. } => "upload",
            Self::Blocks { .. } => "blocks",
        }
    }

    /// Whether it's an object.
    pub(super) fn is_object(&self) -> bool {
        matches!(self, Self::Object { .. })
    }
}

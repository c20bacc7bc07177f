//! How a store expires objects: which document it accepts, and what a rule in it may do.

/// How a store expires objects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lifecycle {
    /// With S3's lifecycle configuration.
    S3(S3Rules),
    /// With Google's lifecycle configuration.
    Google,
    /// With a management policy of the Azure storage account.
    Azure,
    /// With Oracle's lifecycle policy of the bucket.
    Oracle,
    /// It doesn't. What to do instead, in a sentence.
    Never(&'static str),
}

/// What S3's lifecycle configuration may contain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct S3Rules {
    /// Whether a rule may do nothing but abort incomplete multipart uploads.
    pub aborts_uploads: bool,
    /// Whether a rule may also delete noncurrent versions. Without it, an expired object of a versioned bucket remains as
    /// a version.
    pub deletes_versions: bool,
    /// What to know before applying it, in a sentence; empty for nothing.
    pub note: &'static str,
}

impl Lifecycle {
    /// Whether a rule may do nothing but abort incomplete multipart uploads.
    #[must_use]
    pub fn aborts_uploads(self) -> bool {
        match self {
            Self::S3(rules) => rules.aborts_uploads,
            Self::Google => true,
            Self::Azure | Self::Oracle | Self::Never(_) => false,
        }
    }

    /// As a phrase, for the documentation.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::S3(S3Rules { aborts_uploads: true, deletes_versions: true, .. }) => "S3 rules, also for versions",
            Self::S3(S3Rules { aborts_uploads: true, .. }) => "S3 rules",
            Self::S3(S3Rules { deletes_versions: true, .. }) => "S3 rules, also for versions; no abort of uploads",
            Self::S3(_) => "S3 rules; no abort of uploads",
            Self::Google => "Google's rules",
            Self::Azure => "Azure's management policy",
            Self::Oracle => "Oracle's lifecycle policy",
            Self::Never(_) => "none",
        }
    }
}

impl S3Rules {
    /// Expiration, and the abort of uploads.
    pub const COMMON: Self = Self { aborts_uploads: true, deletes_versions: false, note: "" };

    /// Amazon's own.
    pub const AMAZON: Self = Self { deletes_versions: true, ..Self::COMMON };
}

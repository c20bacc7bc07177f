//! What a source of credentials returns, and the clock that expiry is measured with.

use crate::clock;
use langfuse_blob_core::sign::{Credentials, Timestamp};

/// How long before expiry credentials are renewed, in seconds. Source: `credentialsTreatedAsExpired` of the SDK.
pub(super) const EARLY: u64 = 300;

/// What a source returns: credentials and their expiry.
pub(super) type Found = Result<(Credentials, Option<Timestamp>), Reason>;

/// Why a source found nothing. The text is for people and contains no secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Reason {
    pub(super) text: String,
    /// Whether the SDK stops here instead of trying the next source.
    pub(super) ends: bool,
}

impl Reason {
    /// The search continues.
    pub(super) fn next(text: impl Into<String>) -> Self {
        Self { text: text.into(), ends: false }
    }

    /// The search ends.
    pub(super) fn end(text: impl Into<String>) -> Self {
        Self { text: text.into(), ends: true }
    }

    pub(super) fn within(self, what: &str) -> Self {
        Self { text: format!("{what}: {}", self.text), ..self }
    }
}

/// The system's clock. If it is outside the years 1970 to 9999, all credentials count as expired.
pub(super) fn now() -> Timestamp {
    clock::now().unwrap_or(Timestamp::LAST)
}

//! The system's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use langfuse_blob_core::sign::Timestamp;

/// The current time; `None` if the clock is outside the years 1970 to 9999.
pub fn now() -> Option<Timestamp> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Timestamp::from_unix(since.as_secs()).ok()
}

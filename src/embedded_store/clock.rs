//! Times are kept as whole milliseconds since the Unix epoch, UTC.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use s3s::dto::Timestamp;

// 9999-12-31T23:59:59Z: a later time in a metadata file couldn't be formatted.
const LATEST_MS: u64 = 253_402_300_799_000;

/// The current time in milliseconds since the Unix epoch; 0 if the clock is set before it.
pub(super) fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(LATEST_MS))
}

/// `ms` milliseconds since the Unix epoch as a response has it.
pub(super) fn timestamp(ms: u64) -> Timestamp {
    let since = Duration::from_millis(ms.min(LATEST_MS));
    Timestamp::from(UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH))
}

/// `ms` truncated to the second, the precision of HTTP dates.
pub(super) fn whole_seconds(ms: u64) -> Timestamp {
    timestamp(ms.saturating_sub(ms.checked_rem(1000).unwrap_or(0)))
}

//! Step 2: algorithm, time, scope and the hash of the canonical request, one per line.

use super::{ALGORITHM, Scope, hex_sha256};

/// The string to sign.
pub(super) fn build(scope: &Scope<'_>, date_time: &str, canonical_request: &str) -> String {
    let mut out = String::with_capacity(160);
    out.push_str(ALGORITHM);
    out.push('\n');
    out.push_str(date_time);
    out.push('\n');
    scope.push(&mut out, date_time);
    out.push('\n');
    hex_sha256(canonical_request.as_bytes(), &mut out);
    out
}

//! Step 2: algorithm, time, scope and the hash of the canonical request, one below the other.

use super::{ALGORITHM, Scope, hex_sha256};

/// The string to sign.
pub(super) fn build(scope: &Scope<'_>, canonical_request: &str) -> String {
    let mut out = String::with_capacity(160);
    out.push_str(ALGORITHM);
    out.push('\n');
    scope.at.push_date_time(&mut out);
    out.push('\n');
    scope.push(&mut out);
    out.push('\n');
    hex_sha256(canonical_request.as_bytes(), &mut out);
    out
}

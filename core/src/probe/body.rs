//! The bodies that the doctor writes.

/// A small one: JSON with characters of two, three and four bytes.
pub(super) const BODY: &str =
    "[{\"from\":\"langfuse-blob doctor\",\"may be removed\":true,\"text\":\"ä ß 日本 😀 \\u0000\"}]";

/// Incompressible bytes, so that a compressing proxy can't bring them below a size limit.
pub(super) fn incompressible(length: usize) -> Vec<u8> {
    let mut state: u32 = 0x9e37_79b9;
    let mut out = Vec::with_capacity(length);
    while out.len() < length {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        out.extend_from_slice(&state.to_le_bytes());
    }
    out.truncate(length);
    out
}

//! What the tests of properties share.

/// How many cases a property is tried with: `usual`, or `PROPTEST_CASES`, which `npm run test:full` sets.
pub fn cases(usual: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

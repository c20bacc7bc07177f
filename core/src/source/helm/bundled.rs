//! The host of the SeaweedFS that the chart starts.

/// The Service of the bundled SeaweedFS under `release`; `chart` is the sub-chart's name, `s3` unless overridden.
#[must_use]
pub fn bundled_service(release: &str, chart: &str) -> String {
    if release.contains(chart) { all_in_one(release) } else { all_in_one(&format!("{release}-{chart}")) }
}

pub(super) fn all_in_one(base: &str) -> String {
    let base: String = base.chars().take(52).collect();
    format!("{}-all-in-one", base.trim_end_matches('-'))
}

/// Whether `host` is the bundled SeaweedFS of a release whose names aren't overridden.
#[must_use]
pub fn is_bundled_host(host: &str) -> bool {
    host.ends_with("-s3-all-in-one")
}

//! The Service of the object store that the chart starts.

use crate::source::facts::ChartStore;

/// The Service of the bundled SeaweedFS under `release`; `chart` is the sub-chart's name, `s3` unless overridden.
#[must_use]
pub fn bundled_service(release: &str, chart: &str) -> String {
    all_in_one(&full_name(release, chart))
}

/// What charts name their objects after.
pub(super) fn full_name(release: &str, chart: &str) -> String {
    if release.contains(chart) { release.to_owned() } else { format!("{release}-{chart}") }
}

pub(super) fn all_in_one(base: &str) -> String {
    format!("{}-all-in-one", cut(base, 52))
}

/// As `trunc` and `trimSuffix "-"` of the templates.
pub(super) fn cut(name: &str, characters: usize) -> String {
    let name: String = name.chars().take(characters).collect();
    name.strip_suffix('-').unwrap_or(&name).to_owned()
}

/// The store whose Service `host` is, in a release whose names aren't overridden.
#[must_use]
pub fn bundled_store_at(host: &str) -> Option<ChartStore> {
    if host.ends_with("-s3-all-in-one") {
        Some(ChartStore::SeaweedFs)
    } else if host.ends_with("langfuse-s3") {
        Some(ChartStore::MinIo)
    } else {
        None
    }
}

//! K3s and RKE2: `HelmChart` and `HelmChartConfig`.

use std::collections::BTreeMap;

use super::{Layer, Release, objects, text};
use crate::source::yaml::{Id, Yaml};

/// The charts that the objects install.
pub(super) fn releases(yaml: &Yaml) -> Vec<Release> {
    let objects = objects(yaml);
    let of_kind = |kind: &str| -> Vec<Id> {
        objects.iter().copied().filter(|o| text(yaml, *o, &["kind"]).as_deref() == Some(kind)).collect()
    };
    let configs = of_kind("HelmChartConfig");
    let charts = of_kind("HelmChart");
    if charts.is_empty() {
        // The chart itself is installed elsewhere.
        let alone = |config: &Id| Release { hidden: true, ..release(yaml, *config, &[]) };
        return configs.iter().map(alone).collect();
    }
    let mut by_name: BTreeMap<Option<String>, Vec<Id>> = BTreeMap::new();
    for config in configs {
        by_name.entry(text(yaml, config, &["metadata", "name"])).or_default().push(config);
    }
    let own = |chart: Id| by_name.get(&text(yaml, chart, &["metadata", "name"])).map_or(&[][..], Vec::as_slice);
    charts.into_iter().map(|chart| release(yaml, chart, own(chart))).collect()
}

fn release(yaml: &Yaml, object: Id, configs: &[Id]) -> Release {
    let name = text(yaml, object, &["metadata", "name"]);
    let mut release = Release {
        chart: text(yaml, object, &["spec", "chart"]),
        version: text(yaml, object, &["spec", "version"]),
        hidden: yaml.path(object, &["spec", "valuesSecrets"]).is_some(),
        ..Release::default()
    };
    release.layers.extend(yaml.path(object, &["spec", "valuesContent"]).map(Layer::Text));
    let more = configs.iter().filter_map(|c| yaml.path(*c, &["spec", "valuesContent"]));
    release.layers.extend(more.map(Layer::Text));
    if let Some(set) = yaml.path(object, &["spec", "set"]) {
        let entry = |e: &crate::source::yaml::Entry| Layer::Parameter { name: e.key_id, value: e.value, string: false };
        release.layers.extend(yaml.entries(set).iter().map(entry));
    }
    release.name = name;
    release
}

//! helmfile: releases with values in it and in files beside it.

use super::{Layer, Release, text};
use crate::source::yaml::{Id, Yaml};

/// The releases of the file.
pub(super) fn releases(yaml: &Yaml) -> Vec<Release> {
    let lists = yaml.documents.iter().filter_map(|root| yaml.seq(yaml.get(*root, "releases")?));
    lists.flatten().map(|item| release(yaml, *item)).collect()
}

fn release(yaml: &Yaml, item: Id) -> Release {
    let some = |key| yaml.get(item, key);
    let list = |key| some(key).and_then(|v| yaml.seq(v)).unwrap_or(&[]);
    let mut release = Release {
        chart: text(yaml, item, &["chart"]),
        version: text(yaml, item, &["version"]),
        name: text(yaml, item, &["name"]),
        hidden: !list("secrets").is_empty() || some("inherit").is_some(),
        ..Release::default()
    };
    for values in list("values") {
        release.layers.push(if yaml.is_map(*values) { Layer::Node(*values) } else { Layer::Beside(*values) });
    }
    for (key, string) in [("set", false), ("setString", true)] {
        for parameter in list(key) {
            match (yaml.get(*parameter, "name"), yaml.get(*parameter, "value")) {
                (Some(name), Some(value)) => release.layers.push(Layer::Parameter { name, value, string }),
                _ => release.hidden = true,
            }
        }
    }
    release
}

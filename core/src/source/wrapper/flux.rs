//! Flux: `HelmRelease`.

use std::collections::BTreeMap;

use super::{Layer, Release, objects, text};
use crate::source::yaml::{Id, Yaml};

/// The objects of a file by kind and name.
type Named = BTreeMap<(String, String), Id>;

/// The charts that the releases install.
pub(super) fn releases(yaml: &Yaml) -> Vec<Release> {
    let objects = objects(yaml);
    let key = |o: &Id| Some((text(yaml, *o, &["kind"])?, text(yaml, *o, &["metadata", "name"]).unwrap_or_default()));
    let named: Named = objects.iter().filter_map(|o| Some((key(o)?, *o))).collect();
    let is_release = |o: &&Id| text(yaml, **o, &["kind"]).as_deref() == Some("HelmRelease");
    objects.iter().filter(is_release).map(|o| release(yaml, &named, *o)).collect()
}

fn release(yaml: &Yaml, named: &Named, object: Id) -> Release {
    let own = |path: &[&str]| text(yaml, object, path);
    let reference = own(&["spec", "chartRef", "name"]);
    let named = |kind: &str, name: &str| named.get(&(kind.to_owned(), name.to_owned())).copied();
    let repository = reference.as_deref().and_then(|name| named("OCIRepository", name));
    let url = repository.and_then(|r| text(yaml, r, &["spec", "url"]));
    let tag = repository.and_then(|r| text(yaml, r, &["spec", "ref", "tag"]));
    let name = own(&["spec", "releaseName"]).or_else(|| {
        let name = own(&["metadata", "name"])?;
        Some(own(&["spec", "targetNamespace"]).map_or_else(|| name.clone(), |namespace| format!("{namespace}-{name}")))
    });
    let mut release = Release {
        chart: own(&["spec", "chart", "spec", "chart"]).or(url),
        version: own(&["spec", "chart", "spec", "version"]).or(tag),
        name,
        ..Release::default()
    };
    for source in yaml.path(object, &["spec", "valuesFrom"]).and_then(|v| yaml.seq(v)).unwrap_or(&[]) {
        let key = text(yaml, *source, &["valuesKey"]).unwrap_or_else(|| "values.yaml".into());
        let map = text(yaml, *source, &["kind"])
            .filter(|kind| kind == "ConfigMap" && yaml.get(*source, "targetPath").is_none())
            .and_then(|kind| named(&kind, &text(yaml, *source, &["name"])?))
            .and_then(|map| yaml.path(map, &["data", &key]));
        match map {
            Some(values) => release.layers.push(Layer::Text(values)),
            None => release.hidden = true,
        }
    }
    let values = yaml.path(object, &["spec", "values"]).filter(|v| !yaml.is_null(*v));
    release.layers.extend(values.map(Layer::Node));
    release
}

//! Argo CD: `Application` and `ApplicationSet`.

use super::{Layer, Release, objects, text};
use crate::source::yaml::{Id, Yaml};

/// The charts that the applications install.
pub(super) fn releases(yaml: &Yaml) -> Vec<Release> {
    let mut out = Vec::new();
    for object in objects(yaml) {
        let template = match text(yaml, object, &["kind"]).as_deref() {
            Some("Application") => Some(object),
            Some("ApplicationSet") => yaml.path(object, &["spec", "template"]),
            _ => None,
        };
        let Some((template, spec)) = template.and_then(|t| Some((t, yaml.get(t, "spec")?))) else { continue };
        let several = yaml.get(spec, "sources").and_then(|s| yaml.seq(s)).unwrap_or(&[]);
        for source in yaml.get(spec, "source").iter().chain(several) {
            out.extend(release(yaml, template, *source));
        }
    }
    out
}

fn release(yaml: &Yaml, template: Id, source: Id) -> Option<Release> {
    let chart = text(yaml, source, &["chart"]).or_else(|| text(yaml, source, &["path"]).map(|p| format!("./{p}")));
    let helm = yaml.get(source, "helm");
    let name =
        helm.and_then(|h| text(yaml, h, &["releaseName"])).or_else(|| text(yaml, template, &["metadata", "name"]));
    let mut release = Release {
        chart,
        version: text(yaml, source, &["targetRevision"]),
        name: name.filter(|n| !n.contains("{{")),
        ..Release::default()
    };
    // A directory without settings for helm may hold anything.
    let Some(helm) = helm else { return yaml.get(source, "chart").is_some().then_some(release) };
    let some = |key| yaml.get(helm, key).filter(|id| !yaml.is_null(*id));
    // Files in a repository; they come first.
    release.hidden = some("valueFiles").or_else(|| some("fileParameters")).is_some();
    // Values as text have no effect beside an object.
    match some("valuesObject") {
        Some(object) => release.layers.push(Layer::Node(object)),
        None => release.layers.extend(some("values").map(Layer::Text)),
    }
    for parameter in some("parameters").and_then(|p| yaml.seq(p)).unwrap_or(&[]) {
        let (Some(name), Some(value)) = (yaml.get(*parameter, "name"), yaml.get(*parameter, "value")) else { continue };
        let string = text(yaml, *parameter, &["forceString"]).as_deref() == Some("true");
        release.layers.push(Layer::Parameter { name, value, string });
    }
    Some(release)
}

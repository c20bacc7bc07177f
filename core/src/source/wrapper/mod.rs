//! Documents around values of the Langfuse chart, and around objects that the reader of manifests knows.
//!
//! What is inside is judged as if it were a separate file; every location is that of the outer file.

mod argocd;
mod flux;
mod helm_get;
mod helmfile;
mod k3s;
pub(super) mod kustomize;
mod layer;
mod release;
pub(super) mod secret_template;
mod umbrella;

use std::rc::Rc;

use super::error::ReadError;
use super::helm::values::ChartValues;
use super::input::Decoded;
use super::kind::Kind;
use super::reader::Reader;
use super::yaml::{Id, Yaml};
use crate::text::printable::quoted;
use crate::text::span::Span;
use layer::Layer;
pub(super) use layer::{FILLED, without_templates};
use release::{Content, Release};
pub(super) use umbrella::{alias, is_umbrella};

/// Adds the values in the document `d`, which is file `number`; `None` when it's refused.
pub(super) fn unwrap(
    reader: &mut Reader<'_>,
    number: usize,
    d: &Decoded<'_>,
    values: &mut ChartValues,
) -> Result<Option<()>, ReadError> {
    let parsed = match d.kind {
        Kind::Helmfile => Yaml::parse_helm(&without_templates(&d.text)),
        _ => Yaml::parse_helm(&d.text),
    };
    let yaml = match parsed {
        Ok(yaml) => Rc::new(yaml),
        Err(error) => {
            let span = Span::new(number, error.at, error.at.saturating_add(1).min(d.text.len()));
            let message = format!("{} refuses this file: {}", program(d.kind), error.message);
            reader.refuse(Some(span), message, "Fix the YAML here.");
            return Ok(None);
        }
    };
    let releases = match d.kind {
        Kind::ArgoCd => argocd::releases(&yaml),
        Kind::Flux => flux::releases(&yaml),
        Kind::K3s => k3s::releases(&yaml),
        Kind::Helmfile => helmfile::releases(&yaml),
        Kind::Kustomize => kustomize::releases(&yaml),
        Kind::HelmGet => helm_get::releases(&yaml),
        _ => umbrella::releases(&yaml),
    };
    let mut found = Vec::new();
    for release in releases {
        let Some(opened) = layer::open(reader, number, d, &yaml, &release)? else { return Ok(None) };
        if let Some(content) = release::content(reader, &release, opened) {
            found.push((release, content));
        }
    }
    let mut found = found.into_iter();
    let Some((release, content)) = found.next() else {
        let render = match d.kind {
            Kind::ArgoCd => "argocd app manifests NAME",
            Kind::Helmfile => "helmfile template",
            Kind::Kustomize => "kubectl kustomize --enable-helm .",
            _ => "helm template …",
        };
        reader.unsuited(
            number,
            format!("nothing in this {} installs the Langfuse chart or runs a Langfuse image", noun(d.kind)),
            format!("Name the file that does, or check what this one renders: `{render} | langfuse-blob check -`."),
        );
        return Ok(None);
    };
    if let Some((other, _)) = found.next() {
        let name = |release: &Release| quoted(release.name.as_deref().unwrap_or("?"));
        reader.unsuited(
            number,
            format!("this file installs Langfuse more than once, as {} and as {}", name(&release), name(&other)),
            "Check each of them in a separate file.",
        );
        return Ok(None);
    }
    values.recognized = true;
    values.release = values.release.take().or_else(|| release.name.clone());
    values.templates.push(template_of(d.kind));
    match content {
        Content::Values { files, hidden } => {
            values.chart_version = values.chart_version.take().or_else(|| release.chart_version());
            values.files.extend(files);
            values.hidden |= hidden;
        }
        Content::Containers(environments) => values.environments.extend(environments),
    }
    Ok(Some(()))
}

/// The objects in the documents, the items of lists included.
fn objects(yaml: &Yaml) -> Vec<Id> {
    let items = |document: &Id| match yaml.get(*document, "items").and_then(|i| yaml.seq(i)) {
        Some(items) => items.to_vec(),
        None => vec![*document],
    };
    yaml.documents.iter().flat_map(items).collect()
}

/// The text at a path, if it's a scalar with one.
fn text(yaml: &Yaml, id: Id, path: &[&str]) -> Option<String> {
    yaml.scalar(yaml.path(id, path)?).map(|(t, _)| t.to_owned()).filter(|t| !t.is_empty())
}

/// Who reads such a document.
fn program(kind: Kind) -> &'static str {
    match kind {
        Kind::ArgoCd | Kind::Flux | Kind::K3s => "kubectl",
        Kind::Helmfile => "helmfile",
        Kind::Kustomize => "kustomize",
        _ => "helm",
    }
}

/// What such a document is called.
fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::ArgoCd => "Argo CD application",
        Kind::Flux => "HelmRelease",
        Kind::K3s => "HelmChart",
        Kind::Helmfile => "helmfile",
        Kind::Kustomize => "kustomization",
        _ => "file",
    }
}

/// Recognizes what the program that reads such a document replaces in values.
fn template_of(kind: Kind) -> fn(&str) -> bool {
    match kind {
        // `postBuild` of the Kustomization that applies it.
        Kind::Flux => |text| text.contains("${"),
        Kind::ArgoCd => |text| text.contains("{{") || text.contains(FILLED) || text.contains("<path:"),
        Kind::Helmfile => |text| text.contains("{{") || text.contains(FILLED) || text.contains("ref+"),
        _ => |_| false,
    }
}

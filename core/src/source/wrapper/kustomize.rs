//! Kustomizations: the objects that they generate, and the files that they name.

use std::collections::BTreeMap;

use super::{Layer, Release};
use crate::source::error::ReadError;
use crate::source::kind::{Dialect, Kind};
use crate::source::manifest::{File, Held, Objects, text_at};
use crate::source::path::{base_name, dir_name, join};
use crate::source::reader::{Companion, Reader};
use crate::source::setting::{Place, Value};
use crate::source::yaml::{Id, Yaml};
use crate::text::span::Span;
use crate::variable::Containers;

/// The deepest chain of kustomizations that name one another.
const DEEPEST: usize = 8;

/// The charts that the kustomization renders.
pub(super) fn releases(yaml: &Yaml) -> Vec<Release> {
    let charts = yaml.documents.iter().flat_map(|root| list(yaml, *root, "helmCharts"));
    let release = |chart: Id| {
        let text = |key| super::text(yaml, chart, &[key]);
        let files = yaml.get(chart, "valuesFile").into_iter().chain(list(yaml, chart, "additionalValuesFiles"));
        // Inline values override the files, unless they are merged the other way round.
        let mut layers: Vec<Layer> = files.map(Layer::Beside).collect();
        let inline = yaml.get(chart, "valuesInline").map(Layer::Node);
        match text("valuesMerge").as_deref() {
            Some("merge") => layers.splice(0..0, inline).for_each(drop),
            Some("replace") if inline.is_some() => layers = inline.into_iter().collect(),
            _ => layers.extend(inline),
        }
        Release { chart: text("name"), version: text("version"), name: text("releaseName"), layers, hidden: false }
    };
    charts.map(release).collect()
}

/// What kustomizations add to the files that are read.
#[derive(Default)]
pub(in crate::source) struct Built {
    /// The manifests that they name.
    pub(in crate::source) files: Vec<File>,
    /// The objects that they generate.
    pub(in crate::source) objects: Objects,
    /// Whether they change or add objects in ways that aren't followed.
    pub(in crate::source) open: bool,
}

/// Follows the kustomization `file`, called `name`.
pub(in crate::source) fn build(
    reader: &mut Reader<'_>,
    name: &str,
    file: &File,
    built: &mut Built,
) -> Result<(), ReadError> {
    follow(reader, name, file, built, 0)
}

fn follow(reader: &mut Reader<'_>, name: &str, file: &File, built: &mut Built, depth: usize) -> Result<(), ReadError> {
    let directory = dir_name(name).to_owned();
    for root in file.yaml.documents.clone() {
        for key in ["patches", "patchesStrategicMerge", "patchesJson6902", "helmCharts", "replacements"] {
            built.open |= file.yaml.get(root, key).is_some();
        }
        for (key, secret) in [("configMapGenerator", false), ("secretGenerator", true)] {
            for item in list(&file.yaml, root, key) {
                let object = generated(reader, &directory, file, item, secret, built)?;
                let at = (secret, String::new(), text_at(&file.yaml, item, &["name"]).unwrap_or_default());
                built.objects.entry(at).or_default().extend(object);
            }
        }
        for key in ["resources", "bases", "components"] {
            for item in list(&file.yaml, root, key) {
                resource(reader, &directory, file, item, built, depth)?;
            }
        }
    }
    Ok(())
}

fn list(yaml: &Yaml, id: Id, key: &str) -> Vec<Id> {
    yaml.get(id, key).and_then(|v| yaml.seq(v)).map(<[Id]>::to_vec).unwrap_or_default()
}

/// Opens a manifest or another kustomization.
fn resource(
    reader: &mut Reader<'_>,
    directory: &str,
    file: &File,
    item: Id,
    built: &mut Built,
    depth: usize,
) -> Result<(), ReadError> {
    let Some((written, _)) = file.yaml.scalar(item) else { return Ok(()) };
    let (start, end, _) = file.yaml.content(item);
    let span = Some(Span::new(file.number, start, end));
    if written.contains("://") || written.contains("?ref=") || depth > DEEPEST {
        built.open = true;
        return Ok(());
    }
    let is_file = [".yaml", ".yml", ".json"].iter().any(|ending| written.ends_with(ending));
    let names: Vec<String> = if is_file {
        vec![written.to_owned()]
    } else {
        ["kustomization.yaml", "kustomization.yml", "Kustomization"].iter().map(|n| join(written, n)).collect()
    };
    for name in names {
        let (path, Companion::Text(text)) = reader.companion(directory, &name, span)? else { continue };
        if reader.deployment.texts.iter().any(|t| t.name == path) {
            return Ok(());
        }
        let inner = base_name(&path).to_ascii_lowercase().starts_with("kustomization");
        let kind = if inner { Kind::Kustomize } else { Kind::K8s };
        let number = reader.keep(&path, kind, Containers::BOTH, text.clone());
        match Yaml::parse(&text) {
            Ok(yaml) => {
                let next = File { number, yaml };
                if inner {
                    follow(reader, &path, &next, built, depth.saturating_add(1))?;
                } else {
                    built.files.push(next);
                }
            }
            Err(error) => {
                let span = Span::new(number, error.at, error.at.saturating_add(1).min(text.len()));
                let message = format!("kustomize refuses this file: {}", error.message);
                reader.refuse(Some(span), message, "Fix the YAML here.");
            }
        }
        return Ok(());
    }
    built.open = true;
    Ok(())
}

/// The entries of a generated ConfigMap or Secret.
fn generated(
    reader: &mut Reader<'_>,
    directory: &str,
    file: &File,
    item: Id,
    secret: bool,
    built: &mut Built,
) -> Result<BTreeMap<String, Held>, ReadError> {
    let yaml = &file.yaml;
    let mut out = BTreeMap::new();
    let single = yaml.get(item, "env");
    for source in list(yaml, item, "envs").into_iter().chain(single) {
        let Some((written, _)) = yaml.scalar(source) else { continue };
        let (start, end, _) = yaml.content(source);
        let span = Some(Span::new(file.number, start, end));
        let (path, Companion::Text(text)) = reader.companion(directory, written, span)? else {
            built.open = true;
            continue;
        };
        let number = reader.keep(&path, Kind::Dotenv, Containers::BOTH, text);
        let read = reader.dotenv(number, Dialect::Docker, &|_| None).unwrap_or_default();
        for setting in read.iter() {
            let Some(place) = setting.place else { continue };
            out.insert(setting.name.to_string(), Held { value: setting.value.clone(), place, from_secret: secret });
        }
    }
    for literal in list(yaml, item, "literals") {
        let Some((text, _)) = yaml.scalar(literal) else { continue };
        let Some((name, value)) = text.split_once('=') else { continue };
        let (start, end, quote) = yaml.content(literal);
        let plain = end.saturating_sub(start) == text.len();
        let name_end = if plain { start.saturating_add(name.len()) } else { end };
        let value_start = if plain { name_end.saturating_add(1) } else { start };
        // kustomize removes quotes around a literal's value.
        let bare = ['"', '\''].iter().find_map(|q| value.strip_prefix(*q)?.strip_suffix(*q));
        let place = Place {
            name: Span::new(file.number, start, name_end),
            value: Span::new(file.number, value_start, end),
            entry: None,
            plain: plain && bare.is_none(),
            quote,
            named: plain,
        };
        let value = Value::Known(bare.unwrap_or(value).to_owned());
        out.insert(name.to_owned(), Held { value, place, from_secret: secret });
    }
    // Values in files of their own.
    for source in list(yaml, item, "files") {
        let Some((text, _)) = yaml.scalar(source) else { continue };
        let name = text.split_once('=').map_or_else(|| base_name(text), |(name, _)| name);
        let place = crate::source::manifest::place(file, source, source, None);
        out.insert(
            name.to_owned(),
            Held { value: Value::Unknown, place: Place { named: false, ..place }, from_secret: secret },
        );
    }
    Ok(out)
}

//! `extends`: services that build on others, of the same file or of another.

use super::project::{File, Project, Service, add_file};
use crate::source::error::ReadError;
use crate::source::path::join;
use crate::source::reader::{Companion, Reader};
use crate::source::yaml::Id;
use crate::text::printable::quoted;
use crate::text::span::Span;

/// How many services may extend each other in a row.
const LONGEST_CHAIN: usize = 16;

/// What a service extends: the service's name, and its file as written, if one is named.
fn extends(project: &Project, file: &File, service: Id) -> Option<(String, Option<(String, Span)>)> {
    let base = file.yaml.get(service, "extends")?;
    let (name, _) = file.yaml.scalar(base).or_else(|| file.yaml.scalar(file.yaml.get(base, "service")?))?;
    let path = file.yaml.get(base, "file").and_then(|id| {
        let (text, _) = file.yaml.scalar(id)?;
        Some((project.expand(text)?, file.span(id)))
    });
    Some((name.to_owned(), path))
}

/// Reads the files that services extend. `false` when one is refused or missing.
pub(super) fn extension_files(reader: &mut Reader<'_>, project: &mut Project) -> Result<bool, ReadError> {
    let mut at = 0;
    while let Some(file) = project.files.get(at) {
        at = at.saturating_add(1);
        let Some(services) = file.yaml.get(file.root, "services") else { continue };
        let wanted: Vec<(String, Span)> = file
            .yaml
            .entries(services)
            .iter()
            .filter_map(|entry| extends(project, file, entry.value)?.1)
            .filter(|(written, _)| !project.names.contains(&join(&project.directory, written)))
            .collect();
        for (written, span) in wanted {
            let path = join(&project.directory, &written);
            if project.bases.iter().any(|(known, _)| *known == path) || project.bases.len() >= LONGEST_CHAIN {
                continue;
            }
            let text = match reader.companion(&project.directory, &written, Some(span))?.1 {
                Companion::Text(text) => text,
                Companion::Unopened => continue,
                Companion::Missing => {
                    let path = quoted(&path);
                    reader.refuse(
                        Some(span),
                        format!("docker compose refuses this file: {path} does not exist"),
                        "Create the file or correct the path.",
                    );
                    return Ok(false);
                }
            };
            let before = project.files.len();
            if !add_file(reader, &mut project.files, &path, &text) {
                return Ok(false);
            }
            if project.files.len() > before {
                project.bases.push((path, before));
            }
        }
    }
    Ok(true)
}

/// The layers of a service, those it extends first.
pub(super) fn extended(project: &Project, service: &Service, services: &[Service], depth: usize) -> Vec<(usize, Id)> {
    let mut layers = Vec::new();
    for (index, node) in &service.layers {
        let Some(file) = project.files.get(*index) else { continue };
        match extends(project, file, *node).filter(|_| depth < LONGEST_CHAIN) {
            Some((name, Some((written, _)))) if !project.names.contains(&join(&project.directory, &written)) => {
                let path = join(&project.directory, &written);
                let base = project.bases.iter().find(|(known, _)| *known == path);
                layers.extend(base.map(|(_, at)| base_layers(project, *at, &name, depth)).unwrap_or_default());
            }
            Some((name, _)) => {
                if let Some(base) = services.iter().find(|s| s.name == name && !std::ptr::eq(*s, service)) {
                    layers.extend(extended(project, base, services, depth.saturating_add(1)));
                }
            }
            None => {}
        }
        layers.push((*index, *node));
    }
    layers
}

/// The layers of the service `name` of the base file number `at`.
fn base_layers(project: &Project, at: usize, name: &str, depth: usize) -> Vec<(usize, Id)> {
    let node = project.files.get(at).and_then(|f| f.yaml.path(f.root, &["services", name]));
    let (Some(file), Some(node)) = (project.files.get(at), node.filter(|_| depth < LONGEST_CHAIN)) else {
        return Vec::new();
    };
    let mut layers = Vec::new();
    if let Some((next, path)) = extends(project, file, node) {
        let path = path.map(|(written, _)| join(&project.directory, &written));
        let other = path.and_then(|path| project.bases.iter().find(|(known, _)| *known == path));
        layers = base_layers(project, other.map_or(at, |(_, at)| *at), &next, depth.saturating_add(1));
    }
    layers.push((at, node));
    layers
}

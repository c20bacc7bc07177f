//! The services of a project, and which of them run Langfuse.

use std::collections::BTreeMap;

use super::extends::extended;
use super::project::{Project, Service};
use crate::source::image;
use crate::source::yaml::{Id, Yaml};
use crate::text::span::Span;
use crate::variable::{Containers, Version, find};

/// The project's services, with the layers that they extend.
pub(super) fn services(project: &Project) -> Vec<Service> {
    let mut services: Vec<Service> = Vec::new();
    let mut places: BTreeMap<std::rc::Rc<str>, usize> = BTreeMap::new();
    let own = project.files.len().saturating_sub(project.bases.len());
    for (index, file) in project.files.iter().take(own).enumerate() {
        let Some(node) = file.yaml.get(file.root, "services") else { continue };
        for entry in file.yaml.entries(node).iter() {
            let span = file.yaml.written(entry.key_id).map(|k| Span::new(file.number, k.start, k.end));
            match places.get(&entry.key).and_then(|at| services.get_mut(*at)) {
                Some(service) => service.layers.push((index, entry.value)),
                None => {
                    places.insert(std::rc::Rc::clone(&entry.key), services.len());
                    services.push(Service { name: entry.key.to_string(), layers: vec![(index, entry.value)], span });
                }
            }
        }
    }
    let whole: Vec<Vec<(usize, Id)>> = services.iter().map(|s| extended(project, s, &services, 0)).collect();
    for (service, layers) in services.iter_mut().zip(whole) {
        service.layers = layers;
    }
    services
}

/// The value of a service's scalar key, from the last file that has it, expanded.
pub(super) fn scalar_of(project: &Project, service: &Service, key: &str) -> Option<(String, Span)> {
    service.layers.iter().rev().find_map(|(file, node)| {
        let file = project.files.get(*file)?;
        let value = file.yaml.get(*node, key)?;
        let (text, _) = file.yaml.scalar(value)?;
        Some((project.expand(text)?, file.span(value)))
    })
}

/// Signs that a service runs Langfuse, the most reliable first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    Image,
    Name,
    Settings,
}

/// The services that run Langfuse, and what they run: for each container those with the most reliable sign. If some of
/// them get settings, the ones without any (a migration, a health check) are left out.
pub(super) fn of_langfuse<'s>(project: &Project, services: &'s [Service]) -> Vec<(Containers, &'s Service)> {
    let detected: Vec<_> =
        services.iter().filter_map(|s| container_of(project, s).map(|(sign, c)| (sign, c, s))).collect();
    let known = detected.iter().any(|t| t.0 < Sign::Settings);
    let chosen = |containers: Containers| -> Vec<&'s Service> {
        let sign = detected.iter().filter(|t| t.1 == containers).map(|t| t.0).min();
        let Some(sign) = sign.filter(|s| *s < Sign::Settings || !known) else { return Vec::new() };
        let alike = || detected.iter().filter(move |t| t.1 == containers && t.0 == sign).map(|t| t.2);
        let with_settings: Vec<_> = alike().filter(|s| takes_settings(project, s)).collect();
        if with_settings.is_empty() { alike().take(1).collect() } else { with_settings }
    };
    let (web, worker) = (chosen(Containers::WEB), chosen(Containers::WORKER));
    let is_one = |list: &[&Service], service: &Service| list.iter().any(|s| std::ptr::eq(*s, service));
    let kept = detected.iter().filter(|(_, c, s)| is_one(if *c == Containers::WEB { &web } else { &worker }, s));
    kept.map(|(_, containers, service)| (*containers, *service)).collect()
}

/// Which Langfuse container a service is, detected from its image, else from its name, else from its settings.
fn container_of(project: &Project, service: &Service) -> Option<(Sign, Containers)> {
    let image = scalar_of(project, service, "image").map(|(i, _)| i).unwrap_or_default();
    if let Some(containers) = image::containers(&image) {
        return Some((Sign::Image, containers));
    }
    let last = image::name(&image);
    let name = service.name.to_ascii_lowercase();
    let containers = if name.contains("worker") { Containers::WORKER } else { Containers::WEB };
    if names_storage(project, service) {
        let sign = if name.contains("langfuse") { Sign::Name } else { Sign::Settings };
        return Some((sign, containers));
    }
    // The deployment's store or database may be named after it, and may also have an `env_file`.
    let foreign = !last.is_empty() && !last.contains("langfuse");
    (name.contains("langfuse") && !foreign && takes_settings(project, service)).then_some((Sign::Name, containers))
}

/// Whether a service gets storage settings, or an env file that may contain some.
fn takes_settings(project: &Project, service: &Service) -> bool {
    let has_file =
        |(file, node): &(usize, Id)| project.files.get(*file).is_some_and(|f| f.yaml.get(*node, "env_file").is_some());
    names_storage(project, service) || service.layers.iter().any(has_file)
}

/// Whether the `environment` of a service names a storage setting.
fn names_storage(project: &Project, service: &Service) -> bool {
    service.layers.iter().any(|(file, node)| {
        let file = project.files.get(*file);
        file.is_some_and(|f| f.yaml.get(*node, "environment").is_some_and(|e| mentions_storage(&f.yaml, e)))
    })
}

fn mentions_storage(yaml: &Yaml, environment: Id) -> bool {
    let known = |name: &str| find(name).is_some_and(|v| !v.row().context);
    match yaml.seq(environment) {
        Some(items) => {
            items.iter().filter_map(|i| yaml.scalar(*i)).any(|(t, _)| known(t.split('=').next().unwrap_or("")))
        }
        None => yaml.entries(environment).iter().any(|e| known(&e.key)),
    }
}

/// The service with Langfuse's own web image, if no service runs the worker.
pub(super) fn web_alone(project: &Project, services: &[Service]) -> Option<Span> {
    let all = of_langfuse(project, services);
    let is_web = |s: &Service| {
        scalar_of(project, s, "image").is_some_and(|(i, _)| image::containers(&i) == Some(Containers::WEB))
    };
    let [(_, web)] = all.as_slice() else { return None };
    web.span.filter(|_| is_web(web))
}

/// The Langfuse release in the tag of a service's image.
pub(super) fn version_of(project: &Project, service: &Service) -> Option<(Version, Option<Span>)> {
    let (image, span) = scalar_of(project, service, "image")?;
    Some((image::version(&image)?, Some(span)))
}

//! Which names resolve inside a project's networks.

use std::collections::BTreeSet;

use super::project::{File, Project, Service};
use crate::source::yaml::Id;

/// Whether a service has neither image nor build: then the files override others that aren't here.
pub(super) fn is_partial(project: &Project, services: &[Service]) -> bool {
    services.iter().any(|service| {
        let sets = |(index, node): &(usize, Id)| {
            let has = |file: &File| ["image", "build"].iter().any(|key| file.yaml.get(*node, key).is_some());
            project.files.get(*index).is_some_and(has)
        };
        !service.layers.iter().any(sets)
    })
}

/// Every name under which a container of the project resolves; `None` if a network may have other containers.
pub(super) fn hosts(project: &Project, services: &[Service], langfuse: &[&Service]) -> Option<Vec<String>> {
    for file in &project.files {
        let Some(networks) = file.yaml.get(file.root, "networks") else { continue };
        if file.yaml.entries(networks).iter().any(|n| is_external(file, n.value)) {
            return None;
        }
    }
    let reached: BTreeSet<String> = langfuse.iter().flat_map(|s| networks(project, s)).collect();
    let mut names = Vec::new();
    for service in services {
        let shares = networks(project, service).iter().any(|n| reached.contains(n));
        if shares {
            names.push(service.name.clone());
        }
        for (index, node) in &service.layers {
            let Some(file) = project.files.get(*index) else { continue };
            let yaml = &file.yaml;
            if ["network_mode", "external_links", "dns"].iter().any(|key| yaml.get(*node, key).is_some()) {
                return None;
            }
            // `extra_hosts` and `links` are a service's own.
            if !shares {
                continue;
            }
            let own = ["container_name", "hostname"].iter().filter_map(|key| yaml.get(*node, key));
            names.extend(own.filter_map(|id| project.expand(yaml.scalar(id)?.0)));
            for key in ["links", "extra_hosts"] {
                names.extend(aliased(project, file, *node, key));
            }
            let networks = yaml.get(*node, "networks");
            for network in networks.map(|n| yaml.entries(n)).iter().flat_map(|e| e.iter()) {
                let aliases = yaml.get(network.value, "aliases").and_then(|a| yaml.seq(a)).unwrap_or(&[]);
                names.extend(aliases.iter().filter_map(|a| project.expand(yaml.scalar(*a)?.0)));
            }
        }
    }
    Some(names)
}

/// The networks of a service: those that any of its layers names, else the project's default one.
fn networks(project: &Project, service: &Service) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (index, node) in &service.layers {
        let Some(file) = project.files.get(*index) else { continue };
        let Some(list) = file.yaml.get(*node, "networks") else { continue };
        match file.yaml.seq(list) {
            Some(items) => all.extend(items.iter().filter_map(|i| project.expand(file.yaml.scalar(*i)?.0))),
            None => all.extend(file.yaml.entries(list).iter().map(|e| e.key.to_string())),
        }
    }
    if all.is_empty() {
        all.insert("default".into());
    }
    all
}

fn is_external(file: &File, network: Id) -> bool {
    file.yaml.get(network, "external").is_some_and(|e| file.yaml.scalar(e).is_none_or(|(text, _)| text != "false"))
}

/// The names of `links` (`service:alias`) or `extra_hosts` (`host:address`, `host=address`, or a mapping).
fn aliased(project: &Project, file: &File, service: Id, key: &str) -> Vec<String> {
    let Some(list) = file.yaml.get(service, key) else { return Vec::new() };
    let Some(items) = file.yaml.seq(list) else {
        return file.yaml.entries(list).iter().map(|e| e.key.to_string()).collect();
    };
    let texts = items.iter().filter_map(|i| project.expand(file.yaml.scalar(*i)?.0));
    texts.flat_map(|t| t.split([':', '=']).map(str::to_owned).collect::<Vec<_>>()).collect()
}

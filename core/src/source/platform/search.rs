//! Finds containers anywhere in a tree: mappings with an image and variables.

use std::collections::BTreeSet;

use super::{Container, any, is_filled};
use crate::source::yaml::{Id, Yaml};

const IMAGE: [&str; 4] = ["image", "Image", "ImageName", "imageName"];
const VARIABLES: [&str; 6] =
    ["env", "environment", "Env", "Environment", "environmentVariables", "environment_variables"];
const SECRETS: [&str; 2] = ["secrets", "Secrets"];
const FURTHER: [&str; 5] = ["envFrom", "env_from", "environmentFiles", "EnvironmentFiles", "environment_files"];

/// The containers below `roots`, in the order of the file.
pub(in crate::source) fn search(yaml: &Yaml, roots: &[Id]) -> Vec<Container> {
    let mut out = Vec::new();
    let mut todo: Vec<(Id, Option<Id>)> = roots.iter().rev().map(|root| (*root, None)).collect();
    let mut seen = BTreeSet::new();
    while let Some((id, key)) = todo.pop() {
        if !seen.insert(yaml.target(id)) {
            continue;
        }
        if let Some(items) = yaml.seq(id) {
            todo.extend(items.iter().rev().map(|item| (*item, None)));
            continue;
        }
        out.extend(container(yaml, id, key));
        todo.extend(yaml.entries(id).iter().rev().map(|e| (e.value, Some(e.key_id))));
    }
    out
}

/// The mapping as a container; `None` if it isn't one. `key` names it if it has no name itself.
pub(super) fn container(yaml: &Yaml, id: Id, key: Option<Id>) -> Option<Container> {
    let image = any(yaml, id, &IMAGE).and_then(|i| image(yaml, i));
    let listed = |keys: &[&str]| -> Vec<Id> {
        let collection = |id: &Id| yaml.seq(*id).is_some() || yaml.is_map(*id);
        keys.iter().filter_map(|key| yaml.get(id, key)).filter(collection).collect()
    };
    let variables = listed(&VARIABLES);
    let secrets: Vec<Id> = listed(&SECRETS).into_iter().filter(|s| has_names(yaml, *s)).collect();
    let further = listed(&FURTHER);
    if image.is_none() || (variables.is_empty() && secrets.is_empty() && further.is_empty()) {
        return None;
    }
    let open = further.iter().any(|id| is_filled(yaml, *id));
    let named = any(yaml, id, &["name", "Name"]).or(key);
    let name = named.and_then(|n| Some((yaml.scalar(n)?.0.to_owned(), n)));
    Some(Container { image, name, variables, secrets, open })
}

/// Whether the list is one of variables: `secrets` may also be files.
fn has_names(yaml: &Yaml, list: Id) -> bool {
    let from = |item: &Id| any(yaml, *item, &["valueFrom", "ValueFrom", "value_from"]).is_some();
    yaml.seq(list).is_some_and(|items| items.iter().any(from))
}

/// An image: a text, one with a function around it, `{repository, tag}`, `{url}`; empty if it's unknown.
pub(super) fn image(yaml: &Yaml, id: Id) -> Option<(String, Id)> {
    if let Some((text, _)) = yaml.scalar(id) {
        return Some((text.to_owned(), id));
    }
    let text = |key: &str| yaml.get(id, key).and_then(|v| Some((yaml.scalar(v)?.0.to_owned(), v)));
    if let Some((repository, at)) = text("repository") {
        let tag = text("tag").map(|(tag, _)| format!(":{tag}")).unwrap_or_default();
        return Some((format!("{repository}{tag}"), at));
    }
    let Some(inner) = any(yaml, id, &["url", "Fn::Sub", "Fn::Join"]) else { return Some((String::new(), id)) };
    // The separator comes first, then what is joined.
    if let Some(parts) = yaml.get(id, "Fn::Join").and_then(|join| yaml.seq(*yaml.seq(join)?.get(1)?)) {
        return Some((parts.iter().filter_map(|p| Some(yaml.scalar(*p)?.0)).collect(), id));
    }
    match yaml.seq(inner) {
        Some(items) => items.first().and_then(|first| Some((yaml.scalar(*first)?.0.to_owned(), *first))),
        None => Some((yaml.scalar(inner)?.0.to_owned(), inner)),
    }
}

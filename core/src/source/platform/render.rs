//! Render blueprints: services with `envVars`.

use super::{Container, Described, search};
use crate::source::yaml::{Id, Yaml};

pub(super) fn describe(yaml: &Yaml, root: Id) -> Described {
    let items = |key| yaml.get(root, key).and_then(|s| yaml.seq(s)).unwrap_or(&[]);
    let groups: Vec<(&str, Id)> = items("envVarGroups").iter().filter_map(|g| group(yaml, *g)).collect();
    let containers = items("services").iter().map(|s| container(yaml, *s, &groups)).collect();
    Described { containers, ..Described::default() }
}

/// A group's name and its variables.
fn group(yaml: &Yaml, group: Id) -> Option<(&str, Id)> {
    Some((yaml.scalar(yaml.get(group, "name")?)?.0, yaml.get(group, "envVars")?))
}

/// A service; one that is built from a Dockerfile has no image.
fn container(yaml: &Yaml, service: Id, groups: &[(&str, Id)]) -> Container {
    let variables = yaml.get(service, "envVars");
    let items = variables.and_then(|v| yaml.seq(v)).unwrap_or(&[]);
    let linked = || items.iter().filter_map(|item| Some(yaml.scalar(yaml.get(*item, "fromGroup")?)?.0));
    let defined = |name: &str| groups.iter().find(|(group, _)| *group == name).map(|(_, variables)| *variables);
    let name = yaml.get(service, "name").and_then(|n| Some((yaml.scalar(n)?.0.to_owned(), n)));
    Container {
        image: yaml.get(service, "image").and_then(|i| search::image(yaml, i)),
        name,
        // The service's own variables override those of its groups.
        variables: linked().filter_map(defined).chain(variables).collect(),
        open: linked().any(|name| defined(name).is_none()),
        ..Container::default()
    }
}

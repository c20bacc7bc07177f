//! Render blueprints: services with `envVars`.

use super::{Container, Described, search};
use crate::source::yaml::{Id, Yaml};

pub(super) fn describe(yaml: &Yaml, root: Id) -> Described {
    let services = yaml.get(root, "services").and_then(|s| yaml.seq(s)).unwrap_or(&[]);
    Described { containers: services.iter().map(|s| container(yaml, *s)).collect(), ..Described::default() }
}

/// A service; one that is built from a Dockerfile has no image.
fn container(yaml: &Yaml, service: Id) -> Container {
    let variables = yaml.get(service, "envVars");
    let items = variables.and_then(|v| yaml.seq(v)).unwrap_or(&[]);
    let name = yaml.get(service, "name").and_then(|n| Some((yaml.scalar(n)?.0.to_owned(), n)));
    Container {
        image: yaml.get(service, "image").and_then(|i| search::image(yaml, i)),
        name,
        variables: variables.into_iter().collect(),
        // A group of variables, which may be defined elsewhere.
        open: items.iter().any(|item| yaml.get(*item, "fromGroup").is_some()),
        ..Container::default()
    }
}

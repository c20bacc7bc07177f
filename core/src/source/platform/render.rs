//! Render blueprints: services with `envVars`.

use super::{Described, search};
use crate::source::yaml::{Id, Yaml};

pub(super) fn describe(yaml: &Yaml, root: Id) -> Described {
    let services = yaml.get(root, "services").and_then(|s| yaml.seq(s)).unwrap_or(&[]);
    let mut described = Described { containers: search(yaml, services), ..Described::default() };
    for container in &mut described.containers {
        for list in container.variables.clone() {
            let items = yaml.seq(list).unwrap_or(&[]);
            // A group of variables, which may be defined elsewhere.
            container.open |= items.iter().any(|item| yaml.get(*item, "fromGroup").is_some());
        }
    }
    described
}

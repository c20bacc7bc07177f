//! Nomad jobs as JSON: `nomad job inspect`, `nomad job run -output`.

use super::{Container, Described};
use crate::source::yaml::{Id, Yaml};

pub(super) fn describe(yaml: &Yaml, root: Id) -> Described {
    let job = yaml.get(root, "Job").unwrap_or(root);
    let list = |id: Id, key: &str| yaml.get(id, key).and_then(|v| yaml.seq(v)).unwrap_or(&[]);
    let mut described = Described::default();
    for task in list(job, "TaskGroups").iter().flat_map(|group| list(*group, "Tasks")) {
        let scalar = |path: &[&str]| {
            let id = yaml.path(*task, path)?;
            Some((yaml.scalar(id)?.0.to_owned(), id))
        };
        let is_environment = |template: &Id| {
            let text = yaml.get(*template, "Envvars").and_then(|e| yaml.scalar(e)).map(|(t, _)| t);
            text == Some("true")
        };
        described.containers.push(Container {
            image: scalar(&["Config", "image"]),
            name: scalar(&["Name"]),
            variables: yaml.get(*task, "Env").into_iter().collect(),
            // A template's variables are known only to the cluster.
            open: list(*task, "Templates").iter().any(is_environment),
            ..Container::default()
        });
    }
    described
}

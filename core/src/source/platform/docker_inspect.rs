//! What `docker inspect` and `podman inspect` print of containers.

use super::{Described, any, search};
use crate::source::yaml::{Id, Yaml};

pub(super) fn describe(yaml: &Yaml, root: Id) -> Described {
    // The list of variables alone: `--format '{{json .Config.Env}}'`.
    if yaml.seq(root).and_then(<[Id]>::first).is_some_and(|first| yaml.scalar(*first).is_some()) {
        let container = super::Container { variables: vec![root], ..super::Container::default() };
        return Described { containers: vec![container], ..Described::default() };
    }
    let single = [root];
    let mut described = Described::default();
    for container in yaml.seq(root).unwrap_or(&single) {
        let Some(config) = yaml.get(*container, "Config") else { continue };
        let scalar = |id: Option<Id>| id.and_then(|id| Some((yaml.scalar(id)?.0.to_owned(), id)));
        // An image by its digest has a name only in podman's output.
        let by_name = |image: &(String, Id)| !image.0.starts_with("sha256:");
        let image = scalar(yaml.get(config, "Image")).filter(by_name);
        // An image gets further variables when it's run.
        let tags = yaml.get(*container, "RepoTags");
        let tag = || scalar(tags.and_then(|t| yaml.seq(t)?.first().copied()));
        described.containers.push(super::Container {
            image: image
                .filter(|(name, _)| !name.is_empty())
                .or_else(|| scalar(any(yaml, *container, &["ImageName"])))
                .or_else(tag),
            open: tags.is_some(),
            name: scalar(yaml.get(*container, "Name")),
            variables: yaml.get(config, "Env").into_iter().collect(),
            ..super::Container::default()
        });
    }
    if described.containers.is_empty() {
        // A service of a swarm.
        described.containers = search(yaml, &[root]);
    }
    described
}

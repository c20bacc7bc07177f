//! CloudFormation and SAM templates, as people write them and as CDK synthesizes them.

use super::{Container, Described, any, search};
use crate::source::yaml::{Id, Yaml};

pub(super) fn describe(yaml: &Yaml, root: Id) -> Described {
    let mut described = Described::default();
    let Some(resources) = yaml.get(root, "Resources") else { return described };
    for resource in yaml.entries(resources).iter() {
        let kind = yaml.get(resource.value, "Type").and_then(|t| yaml.scalar(t)).map_or("", |(t, _)| t);
        let Some(properties) = yaml.get(resource.value, "Properties") else { continue };
        match kind {
            "AWS::ECS::TaskDefinition" => {
                described.identity |= yaml.get(properties, "TaskRoleArn").is_some();
                let containers = yaml.get(properties, "ContainerDefinitions");
                described.containers.extend(containers.into_iter().flat_map(|c| search(yaml, &[c])));
            }
            "AWS::AppRunner::Service" => {
                let repository = yaml.path(properties, &["SourceConfiguration", "ImageRepository"]);
                described.containers.extend(repository.and_then(|r| app_runner(yaml, r)));
                described.identity |= yaml.path(properties, &["InstanceConfiguration", "InstanceRoleArn"]).is_some();
            }
            _ => {}
        }
    }
    described
}

fn app_runner(yaml: &Yaml, repository: Id) -> Option<Container> {
    let image = any(yaml, repository, &["ImageIdentifier"])?;
    let configuration = yaml.get(repository, "ImageConfiguration")?;
    let list = |key| yaml.get(configuration, key).into_iter().collect();
    Some(Container {
        image: yaml.scalar(image).map(|(t, _)| (t.to_owned(), image)),
        variables: list("RuntimeEnvironmentVariables"),
        secrets: list("RuntimeEnvironmentSecrets"),
        ..Container::default()
    })
}

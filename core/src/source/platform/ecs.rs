//! ECS task definitions: the JSON that registers one, what `describe-task-definition` prints, the bare list of
//! containers.

use super::{Described, any, search};
use crate::source::yaml::{Id, Yaml};

pub(super) fn describe(yaml: &Yaml, root: Id) -> Described {
    let definition = any(yaml, root, &["taskDefinition"]).unwrap_or(root);
    let containers = any(yaml, definition, &["containerDefinitions"]).unwrap_or(definition);
    let role = any(yaml, definition, &["taskRoleArn"]).filter(|r| !yaml.is_null(*r));
    let identity = role.and_then(|r| yaml.scalar(r)).is_some_and(|(t, _)| !t.is_empty());
    Described { containers: search(yaml, &[containers]), identity, ..Described::default() }
}

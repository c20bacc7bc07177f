//! What `terraform show -json` prints of a plan or a state, for any resource that has containers.

use std::collections::BTreeSet;

use super::{Described, any, search};
use crate::source::yaml::{Id, Yaml};

pub(super) fn describe(yaml: &Yaml, root: Id) -> Described {
    // A plan has both: what is planned counts.
    let Some(values) = any(yaml, root, &["planned_values", "values"]) else { return Described::default() };
    let mut described = Described { containers: search(yaml, &[values]), ..Described::default() };
    let mut todo = vec![values];
    let mut seen = BTreeSet::new();
    while let Some(id) = todo.pop() {
        if !seen.insert(yaml.target(id)) {
            continue;
        }
        todo.extend(yaml.seq(id).unwrap_or(&[]));
        for entry in yaml.entries(id).iter() {
            todo.push(entry.value);
            // ECS takes its containers as JSON in a string.
            if &*entry.key == "container_definitions"
                && let Some((text, _)) = yaml.scalar(entry.value)
                && let Ok(mut inner) = Yaml::parse_json(text)
            {
                let (start, end, _) = yaml.content(entry.value);
                inner.relocate(start.saturating_sub(1), end.saturating_add(1));
                described.nested.push((inner, entry.value));
                described.identity |= any(yaml, id, &["task_role_arn"]).is_some_and(|r| !yaml.is_null(r));
            }
        }
    }
    described
}

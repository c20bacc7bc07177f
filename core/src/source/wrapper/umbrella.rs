//! Values of a chart that has the Langfuse chart as a dependency, under its name or an alias.

use super::{Layer, Release};
use crate::source::yaml::{Entry, Id, Yaml};

/// Keys at the top of the Langfuse chart's values.
const KEYS: [&str; 5] = ["langfuse", "s3", "postgresql", "clickhouse", "redis"];

/// How many keys at the top of the Langfuse chart's values the mapping has.
pub(super) fn keys(yaml: &Yaml, id: Id) -> usize {
    KEYS.into_iter().filter(|key| yaml.get(id, key).is_some_and(|value| yaml.is_map(value))).count()
}

/// The name of the dependency, if the values show it.
pub(super) fn certain(yaml: &Yaml, root: Id) -> Option<String> {
    let entries = yaml.entries(root);
    // `global` is for all dependencies.
    let found = entries.iter().filter(|e| &*e.key != "global").find(|e| keys(yaml, e.value) > 1);
    found.map(|e| e.key.to_string())
}

/// The name of the dependency in the text, if it shows it.
pub(in crate::source) fn alias(text: &str) -> Option<String> {
    let yaml = Yaml::parse_helm(text).ok()?;
    certain(&yaml, yaml.documents.first().copied()?)
}

/// Whether the text holds the values of such a chart.
pub(in crate::source) fn is_umbrella(text: &str) -> bool {
    let inner = |line: &str| {
        let entry = line.trim_start_matches([' ', '{']);
        KEYS.into_iter().any(|key| entry.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')))
            && (line.starts_with(' ') || line.contains('{'))
    };
    // Parsed only if enough of it looks like it.
    if !text.lines().any(|line| inner(line) || line.contains('{')) {
        return false;
    }
    alias(text).is_some()
}

/// The values as a release of the outer chart; those of several dependencies as a release each.
pub(super) fn releases(yaml: &Yaml) -> Vec<Release> {
    let Some(root) = yaml.documents.first().copied().filter(|root| yaml.is_map(*root)) else {
        return vec![Release::default()];
    };
    let entries = yaml.entries(root);
    let found: Vec<_> = entries.iter().filter(|e| &*e.key != "global" && keys(yaml, e.value) > 1).collect();
    let whole = || Release { layers: vec![Layer::Node(root)], ..Release::default() };
    match found.as_slice() {
        [] | [_] => vec![whole()],
        several => {
            let named = |e: &&Entry| Release { name: Some(e.key.to_string()), ..whole() };
            several.iter().map(named).collect()
        }
    }
}

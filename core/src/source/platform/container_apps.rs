//! Azure Container Apps: what `az containerapp show` and `list` print, the YAML that creates one, and ARM templates.

use super::{Described, search};
use crate::source::yaml::{Id, Yaml};

pub(super) fn describe(yaml: &Yaml, root: Id) -> Described {
    let single = [root];
    let template = |app: &Id| yaml.path(*app, &["properties", "template"]).or_else(|| yaml.get(*app, "template"));
    let apps = yaml.get(root, "resources").unwrap_or(root);
    let roots: Vec<Id> = yaml.seq(apps).unwrap_or(&single).iter().filter_map(template).collect();
    let containers: Vec<Id> = roots.into_iter().filter_map(|t| yaml.get(t, "containers")).collect();
    Described { containers: search(yaml, &containers), ..Described::default() }
}

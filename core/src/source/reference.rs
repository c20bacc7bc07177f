//! References of a pod's variables to ConfigMaps and Secrets.

use super::scalar;
use super::setting::Value;
use super::yaml::{Id, Yaml};

/// What a `valueFrom` refers to.
pub(super) fn reference(yaml: &Yaml, from: Id) -> Value {
    for (kind, secret) in [("secretKeyRef", true), ("configMapKeyRef", false)] {
        if let Some(target) = yaml.get(from, kind) {
            let text = |key: &str| {
                let id = yaml.get(target, key)?;
                let (text, style) = yaml.scalar(id)?;
                let tag = yaml.node(id).map_or("", |n| n.tag.as_str());
                scalar::resolve(text, style, tag, scalar::Reader::Helm).text()
            };
            if let (Some(name), Some(key)) = (text("name"), text("key")) {
                return Value::Reference { name, key, secret };
            }
        }
    }
    Value::Unknown
}

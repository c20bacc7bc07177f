//! Objects from which a controller makes Secrets: External Secrets, Sealed Secrets, Vault Secrets Operator.

use crate::source::manifest::{File, Held, Objects, Typed, place, string, text_at};
use crate::source::setting::Value;
use crate::source::yaml::Id;

/// Adds the Secret that the controller makes of `object`. What it fetches, decrypts or fills in is set, but unknown.
pub(in crate::source) fn held(file: &File, object: Id, out: &mut Objects) -> Typed<()> {
    let yaml = &file.yaml;
    let own = |path: &[&str]| text_at(yaml, object, path);
    let name =
        [&["spec", "target", "name"][..], &["spec", "template", "metadata", "name"], &["spec", "destination", "name"]]
            .into_iter()
            .find_map(own)
            .or_else(|| own(&["metadata", "name"]))
            .unwrap_or_default();
    let namespace = own(&["metadata", "namespace"]).unwrap_or_default();
    let entries = out.entry((true, namespace, name)).or_default();
    for item in yaml.path(object, &["spec", "data"]).and_then(|d| yaml.seq(d)).unwrap_or(&[]) {
        let Some((key, _)) = yaml.get(*item, "secretKey").and_then(|k| yaml.scalar(k)) else { continue };
        let Some(id) = yaml.get(*item, "secretKey") else { continue };
        entries.insert(
            key.to_owned(),
            Held { value: Value::Unknown, place: place(file, id, id, None), from_secret: true },
        );
    }
    let encrypted = yaml.path(object, &["spec", "encryptedData"]);
    for entry in encrypted.map(|e| yaml.entries(e)).unwrap_or_default().iter() {
        let place = place(file, entry.key_id, entry.value, None);
        entries.insert(entry.key.to_string(), Held { value: Value::Unknown, place, from_secret: true });
    }
    for path in [
        &["spec", "target", "template", "data"][..],
        &["spec", "template", "data"],
        &["spec", "template", "stringData"],
        &["spec", "destination", "transformation", "templates"],
    ] {
        let Some(map) = yaml.path(object, path) else { continue };
        for entry in yaml.entries(map).iter() {
            let id = yaml.get(entry.value, "text").unwrap_or(entry.value);
            let Some(text) = string(file, id, &format!("{}.{}", path.join("."), entry.key))? else { continue };
            let place = place(file, entry.key_id, id, Some(&text));
            let value = if text.contains("{{") { Value::Unknown } else { Value::Known(text) };
            entries.insert(entry.key.to_string(), Held { value, place, from_secret: true });
        }
    }
    Ok(())
}

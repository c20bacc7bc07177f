//! What the chart refuses: `templates/validations.yaml`, and the shapes that the templates need.

use saphyr_parser::ScalarStyle;

use super::chart::{Feature, Templates};
use super::values::{Checked, Values, bucket, enabled, parts, refused};
use crate::source::facts::ChartStore;
use crate::source::scalar::{self, Scalar};
use crate::source::yaml::{Id, Yaml};
use crate::text::printable::quoted;
use crate::text::span::Span;
use crate::variable::UseCase;

/// Checks that there are mappings where the templates read keys, and lists of mappings where they iterate.
fn shapes(values: &Values, templates: &Templates, deploy: bool) -> Checked<()> {
    for path in [
        &["langfuse"][..],
        &["langfuse", "nextauth"],
        &["langfuse", "web"],
        &["langfuse", "web", "pod"],
        &["langfuse", "worker"],
        &["langfuse", "worker", "pod"],
        &["s3"],
    ] {
        values.table(path, true)?;
    }
    for part in parts() {
        values.table(&["s3", part.key], true)?;
    }
    values.table(&["s3", "concurrency"], false)?;
    if deploy {
        values.table(&["s3", "auth"], true)?;
        if templates.store == ChartStore::SeaweedFs {
            values.table(&["s3", "allInOne"], false)?;
            values.table(&["s3", "allInOne", "s3"], false)?;
        }
    }
    if templates.has(Feature::Providers) && values.get(&["s3", "storageProvider"], "s3").text() == "gcs" {
        values.table(&["s3", "gcs"], true)?;
    }
    for path in [
        &["langfuse", "additionalEnv"][..],
        &["langfuse", "web", "pod", "additionalEnv"],
        &["langfuse", "worker", "pod", "additionalEnv"],
    ] {
        if path.len() > 2 && !templates.has(Feature::ComponentEnv) {
            continue;
        }
        let Some((file, _, value)) = values.node(path) else { continue };
        let yaml = &file.yaml;
        let fits = match yaml.seq(value) {
            Some(items) => items.iter().all(|item| yaml.is_map(*item) && has_text_name(yaml, *item)),
            None if yaml.is_map(value) => yaml.pairs(value).is_empty(),
            None => {
                let own = yaml.scalar(value).map(|(t, style)| (t.is_empty(), style == ScalarStyle::Plain));
                // A component's own list may also be an empty string.
                yaml.is_null(value) || (path.len() > 2 && own == Some((true, false)))
            }
        };
        if !fits {
            return refused(
                values.span(path),
                format!("{} isn't a list of variables", path.join(".")),
                "Write each variable as `- name: NAME`, NAME a string, with `value:` or `valueFrom:` below it.",
            );
        }
    }
    Ok(())
}

/// The templates compare each name with a string.
fn has_text_name(yaml: &Yaml, item: Id) -> bool {
    let Some(name) = yaml.get(item, "name") else { return true };
    let tag = yaml.node(name).map_or("", |n| n.tag.as_str());
    yaml.scalar(name).is_some_and(|(text, style)| {
        matches!(scalar::resolve(text, style, tag, scalar::Reader::Helm), Scalar::Text(_) | Scalar::Null)
    })
}

/// The storage part of `validations.yaml`.
pub(super) fn validate(values: &Values, templates: &Templates) -> Checked<()> {
    let deploy = values.get(&["s3", "deploy"], "true").is_truthy();
    shapes(values, templates, deploy)?;
    if deploy && templates.store == ChartStore::SeaweedFs {
        bundled_buckets(values, templates)?;
        bundled_secret(values)?;
    }
    let provider = values.get(&["s3", "storageProvider"], "s3");
    if templates.has(Feature::Providers) && !matches!(provider.text().as_str(), "s3" | "azure" | "gcs") {
        return refused(
            provider.place.map(|p| p.value),
            format!("s3.storageProvider is {}, expected `s3`, `azure` or `gcs`", quoted(&provider.text())),
            "Use one of the three. The chart has no provider for Oracle's native API; for that, set LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE and LANGFUSE_OCI_AUTH_TYPE in `langfuse.additionalEnv`.",
        );
    }
    for part in parts().filter(|part| enabled(values, templates, part)) {
        let truthy = |path: &[&str], default| values.get(path, default).is_truthy();
        if deploy && !truthy(&["s3", "forcePathStyle"], "true") && !truthy(&["s3", part.key, "forcePathStyle"], "") {
            return refused(
                values.span(&["s3", "forcePathStyle"]),
                "the bundled store requires path-style addressing",
                format!("Set `s3.forcePathStyle: true` or `s3.{}.forcePathStyle: true`.", part.key),
            );
        }
        if !deploy && !truthy(&["s3", "bucket"], templates.bucket) && !truthy(&["s3", part.key, "bucket"], "") {
            return refused(
                values.span(&["s3", "bucket"]).or_else(|| values.span(&["s3"])),
                format!("s3.{}.bucket and s3.bucket are both empty", part.key),
                "Set `s3.bucket`, or the bucket of each type.",
            );
        }
    }
    twins(values, templates)
}

/// The bundled store creates the buckets that are used.
fn bundled_buckets(values: &Values, templates: &Templates) -> Checked<()> {
    let none = [&["s3", "allInOne"][..], &["s3", "allInOne", "s3"]]
        .iter()
        .any(|path| values.node(path).is_some_and(|(file, _, value)| file.yaml.is_null(value)));
    let created: Vec<String> = match values.node(&["s3", "allInOne", "s3", "createBuckets"]) {
        None if none => Vec::new(),
        None => vec!["langfuse".into()],
        Some(_) => values
            .items(&["s3", "allInOne", "s3", "createBuckets"])
            .into_iter()
            .filter_map(|(file, item)| file.yaml.scalar(file.yaml.get(item, "name")?).map(|(t, _)| t.to_owned()))
            .collect(),
    };
    for part in parts() {
        // The exports switch counts here, the media one doesn't.
        if part.use_case == UseCase::Exports && !enabled(values, templates, &part) {
            continue;
        }
        let bucket = bucket(values, templates, &part, true);
        let is_known = |name: &String| !values.is_template(name);
        if bucket.is_truthy()
            && !created.contains(&bucket.text())
            && is_known(&bucket.text())
            && created.iter().all(is_known)
        {
            let name = quoted(&bucket.text());
            return refused(
                bucket.place.map(|p| p.value),
                format!("s3.{} uses bucket {name}, which the bundled store does not create", part.key),
                format!(
                    "Add {name} to `s3.allInOne.s3.createBuckets`, or set `s3.deploy: false` to use your own store."
                ),
            );
        }
    }
    Ok(())
}

/// The bundled store mounts the Secret that the keys come from.
fn bundled_secret(values: &Values) -> Checked<()> {
    if !values.get(&["s3", "auth", "existingSecret"], "").is_truthy() {
        return Ok(());
    }
    let secret = values.get(&["s3", "auth", "existingSecret"], "").text();
    let mounted = values.text_or(&["s3", "allInOne", "s3", "existingConfigSecret"], "langfuse-s3-auth");
    if mounted == "langfuse-s3-auth" && secret != "langfuse-s3-auth" {
        return refused(
            values.span(&["s3", "auth", "existingSecret"]),
            "s3.auth.existingSecret is set, but the bundled store still mounts the chart's own Secret",
            "Also point `s3.allInOne.s3.existingConfigSecret` at a Secret with a seaweedfs_s3_config key.",
        );
    }
    Ok(())
}

/// A variable in `langfuse.additionalEnv` whose value in `s3.*` is not empty.
fn twins(values: &Values, templates: &Templates) -> Checked<()> {
    let fields = [
        ("bucket", "BUCKET", templates.bucket),
        ("region", "REGION", "auto"),
        ("accessKeyId", "ACCESS_KEY_ID", ""),
        ("secretAccessKey", "SECRET_ACCESS_KEY", ""),
        ("endpoint", "ENDPOINT", ""),
        ("forcePathStyle", "FORCE_PATH_STYLE", "true"),
    ];
    let items = values.items(&["langfuse", "additionalEnv"]);
    for part in parts() {
        for field in ["accessKeyId", "secretAccessKey"] {
            is_credential(values, &["s3", part.key, field])?;
        }
        for (field, suffix, default) in fields {
            let name = format!("{}_{suffix}", part.stem);
            let twin = items.iter().find_map(|(file, item)| {
                let id = file.yaml.get(*item, "name")?;
                let (text, _) = file.yaml.scalar(id)?;
                let (start, end, _) = file.yaml.content(id);
                let value = file.yaml.get(*item, "value");
                // An entry without `value` renders as `<no value>`, which is not empty.
                let empty = value.is_some_and(|v| file.yaml.scalar(v).is_some_and(|(t, _)| t.is_empty()));
                (text == name && !empty).then(|| Span::new(file.number, start, end))
            });
            let Some(span) = twin else { continue };
            let set = |at: &[&str], default: &str| match field {
                "accessKeyId" | "secretAccessKey" => {
                    let inner = |k: &[&str]| values.get(&[at, k].concat(), "").is_truthy();
                    inner(&["value"]) || inner(&["secretKeyRef", "name"])
                }
                _ => values.get(at, default).is_truthy(),
            };
            if set(&["s3", part.key, field], "") || set(&["s3", field], default) {
                return refused(
                    Some(span),
                    format!(
                        "{name} is in langfuse.additionalEnv, but s3.{field} or s3.{}.{field} is also set",
                        part.key
                    ),
                    format!(
                        "Set it as `s3.{}.{field}`, or under `langfuse.web.pod.additionalEnv` and `langfuse.worker.pod.additionalEnv`, which win.",
                        part.key
                    ),
                );
            }
        }
    }
    Ok(())
}

/// The templates read `value` and `secretKeyRef` of a credential and fail on anything else.
pub(super) fn is_credential(values: &Values, path: &[&str]) -> Checked<()> {
    for path in [path.to_vec(), [path, &["secretKeyRef"]].concat()] {
        let Some((file, _, value)) = values.node(&path) else { continue };
        if !file.yaml.is_map(value) {
            let name = path.join(".");
            let keys =
                if path.ends_with(&["secretKeyRef"]) { "`name:` and `key:`" } else { "`value:` or `secretKeyRef:`" };
            return refused(
                values.span(&path),
                format!("{name} isn't a mapping"),
                format!("Write {keys} below `{name}:`."),
            );
        }
    }
    for key in ["fieldRef", "resourceFieldRef"] {
        let path = [path, &[key]].concat();
        if values.own(&path).is_some_and(|f| f.is_truthy()) {
            values.table(&path, true)?;
        }
    }
    Ok(())
}

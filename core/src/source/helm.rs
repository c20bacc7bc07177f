//! Values of the Langfuse chart 2.0.0: what its templates render from them, and what they refuse.
//!
//! Source: charts/langfuse of langfuse/langfuse-k8s at chart 2.0.0, `templates/_helpers.tpl`
//! (`langfuse.s3Env` and what it calls) and `templates/validations.yaml`.

use std::collections::{BTreeMap, BTreeSet};

use saphyr_parser::ScalarStyle;

use super::read::{Decoded, Reader};
use super::scalar::{self, Scalar};
use super::yaml::{Id, Yaml};
use super::{Duplicate, Entries, Environment, HelmFacts, HelmSlip, HelmSlipKind, Kind, Origin, Place, Setting, Value};
use crate::order;
use crate::text::span::Span;
use crate::variable::{Containers, UseCase, Version};

/// The chart version whose templates are reproduced here.
pub const CHART_VERSION: &str = "2.0.0";

/// Keys of the `s3` block, to detect them at the wrong level.
const STORAGE_KEYS: [&str; 11] = [
    "bucket",
    "prefix",
    "region",
    "endpoint",
    "forcePathStyle",
    "accessKeyId",
    "secretAccessKey",
    "eventUpload",
    "batchExport",
    "mediaUpload",
    "storageProvider",
];

/// A values file.
struct File {
    number: usize,
    yaml: Yaml,
    root: Id,
}

/// One or more values files over the chart's defaults; per key, the last file wins.
struct Values {
    files: Vec<File>,
}

/// A value and its location; `place` is `None` for the chart's defaults.
#[derive(Clone, Debug)]
struct Found {
    scalar: Scalar,
    place: Option<Place>,
}

impl Found {
    fn default(text: &str) -> Self {
        let scalar = match text {
            "true" => Scalar::Bool(true),
            "false" => Scalar::Bool(false),
            text if text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty() => {
                scalar::resolve(text, ScalarStyle::Plain, "", scalar::Reader::Helm)
            }
            text => Scalar::Text(text.to_owned()),
        };
        Self { scalar, place: None }
    }

    fn is_truthy(&self) -> bool {
        self.scalar.is_truthy()
    }

    fn text(&self) -> String {
        self.scalar.clone().text().unwrap_or_default()
    }
}

impl Values {
    /// The node at `path` in the last file that has it, `null` included.
    fn node(&self, path: &[&str]) -> Option<(&File, Id, Id)> {
        self.files.iter().rev().find_map(|file| {
            let (last, parents) = path.split_last()?;
            let parent = file.yaml.path(file.root, parents)?;
            let entry = file.yaml.entry(parent, last)?;
            Some((file, entry.key_id, entry.value))
        })
    }

    /// The scalar at `path` in the files.
    fn own(&self, path: &[&str]) -> Option<Found> {
        let (file, key, value) = self.node(path)?;
        let (text, style) = file.yaml.scalar(value)?;
        let tag = file.yaml.node(value).map_or("", |n| n.tag.as_str());
        Some(Found {
            scalar: scalar::resolve(text, style, tag, scalar::Reader::Helm),
            place: Some(place(file, Some(key), value, text, false)),
        })
    }

    /// The scalar at `path`, else the chart's default. As in helm, a `null` in the files removes the default.
    fn get(&self, path: &[&str], default: &str) -> Found {
        self.own(path).or_else(|| self.printed(path)).unwrap_or_else(|| Found::default(default))
    }

    /// The string at `path`, or the default if it counts as empty, like the templates' `default`.
    fn text_or(&self, path: &[&str], default: &str) -> String {
        Some(self.get(path, default)).filter(Found::is_truthy).map_or_else(|| default.to_owned(), |f| f.text())
    }

    /// A list or mapping in a scalar's place, as Go prints it; an empty one counts as unset.
    fn printed(&self, path: &[&str]) -> Option<Found> {
        let (file, key, value) = self.node(path)?;
        let empty = file.yaml.pairs(value).is_empty() && file.yaml.seq(value).is_none_or(<[Id]>::is_empty);
        let scalar = if empty { Scalar::Null } else { Scalar::Text(printed(&file.yaml, value, 0)) };
        Some(Found { scalar, place: Some(place(file, Some(key), value, "", false)) })
    }

    /// Refuses anything but a mapping at `path`; a `null` only if the templates need the mapping.
    fn table(&self, path: &[&str], needed: bool) -> Checked<()> {
        match self.node(path) {
            Some((file, _, value)) if !file.yaml.is_map(value) && (needed || !file.yaml.is_null(value)) => refused(
                self.span(path),
                format!("{} isn't a mapping", path.join(".")),
                "Write its keys below it, or remove it to use the chart's defaults.",
            ),
            _ => Ok(()),
        }
    }

    /// The elements of the sequence at `path`.
    fn items(&self, path: &[&str]) -> Vec<(&File, Id)> {
        let Some((file, _, value)) = self.node(path) else { return Vec::new() };
        file.yaml.seq(value).unwrap_or(&[]).iter().map(|item| (file, *item)).collect()
    }

    fn span(&self, path: &[&str]) -> Option<Span> {
        let (file, key, _) = self.node(path)?;
        let node = file.yaml.written(key)?;
        Some(Span::new(file.number, node.start, node.end))
    }
}

/// Go's `%v` of a node.
fn printed(yaml: &Yaml, id: Id, depth: usize) -> String {
    const DEEPEST: usize = 8;
    if depth > DEEPEST {
        return String::new();
    }
    let deeper = depth.saturating_add(1);
    if let Some((text, style)) = yaml.scalar(id) {
        let tag = yaml.node(id).map_or("", |n| n.tag.as_str());
        return scalar::resolve(text, style, tag, scalar::Reader::Helm).text().unwrap_or_else(|| "<nil>".into());
    }
    if let Some(items) = yaml.seq(id) {
        let items: Vec<String> = items.iter().map(|i| printed(yaml, *i, deeper)).collect();
        return format!("[{}]", items.join(" "));
    }
    let entries = yaml.entries(id);
    let mut entries: Vec<(&str, Id)> = entries.iter().map(|e| (&*e.key, e.value)).collect();
    order::sort(&mut entries);
    let entries: Vec<String> = entries.iter().map(|(k, v)| format!("{k}:{}", printed(yaml, *v, deeper))).collect();
    format!("map[{}]", entries.join(" "))
}

fn place(file: &File, key: Option<Id>, value: Id, text: &str, named: bool) -> Place {
    let (start, end, quote) = file.yaml.content(value);
    let name = key.map_or((start, start), |k| {
        let (a, b, _) = file.yaml.content(k);
        (a, b)
    });
    let aliased = file.yaml.target(value) != value;
    Place {
        name: Span::new(file.number, name.0, name.1),
        value: Span::new(file.number, start, end),
        entry: None,
        plain: !aliased && end.saturating_sub(start) == text.len() && !text.contains(['\n', '\\']),
        quote,
        named,
    }
}

/// Why the chart refuses the values.
struct Refused {
    span: Option<Span>,
    message: String,
    help: String,
}

type Checked<T> = Result<T, Refused>;

fn refused<T>(span: Option<Span>, message: impl Into<String>, help: impl Into<String>) -> Checked<T> {
    Err(Refused { span, message: message.into(), help: help.into() })
}

/// The first file, if nothing shows that the files are values of the Langfuse chart and the user hasn't said so.
/// An empty file means the chart's defaults.
fn unrecognized(files: &[File], inputs: &[&Decoded<'_>]) -> Option<usize> {
    /// Top-level keys that this chart shares with others, chart 1.x included.
    const SHARED: [&str; 9] = [
        "global",
        "nameOverride",
        "fullnameOverride",
        "postgresql",
        "clickhouse",
        "redis",
        "valkey",
        "minio",
        "extraManifests",
    ];
    let keys: Vec<std::rc::Rc<str>> = files
        .iter()
        .flat_map(|f| f.yaml.entries(f.root).iter().map(|e| std::rc::Rc::clone(&e.key)).collect::<Vec<_>>())
        .collect();
    let told = inputs.iter().any(|d| d.input.kind.is_some());
    let own = keys.iter().any(|k| matches!(&**k, "langfuse" | "s3") || STORAGE_KEYS.contains(&&**k));
    let shared = keys.iter().all(|k| SHARED.contains(&&**k));
    files.first().filter(|_| !told && !own && !shared).map(|f| f.number)
}

/// Reads values files, in the order of `helm -f`.
pub(super) fn read(reader: &mut Reader<'_>, inputs: &[&Decoded<'_>]) -> Vec<(Containers, Environment)> {
    let mut files = Vec::new();
    for d in inputs {
        let number = reader.keep(&d.input.name, Kind::Helm, Containers::BOTH, d.text.clone());
        match Yaml::parse_helm(&d.text) {
            Ok(yaml) => {
                if let Some(root) = yaml.documents.first().copied() {
                    if !yaml.is_map(root) && !yaml.is_null(root) {
                        let span = yaml.node(root).map(|n| Span::new(number, n.start, n.end));
                        reader.refuse(
                            span,
                            "helm refuses this file: it isn't a mapping",
                            "Write values such as `s3:` with its keys below it.",
                        );
                        return Vec::new();
                    }
                    files.push(File { number, yaml, root });
                }
            }
            Err(error) => {
                let span = Span::new(number, error.at, error.at.saturating_add(1).min(d.text.len()));
                reader.refuse(Some(span), format!("helm refuses this file: {}", error.message), "Fix the YAML here.");
                return Vec::new();
            }
        }
    }
    if let Some(number) = unrecognized(&files, inputs) {
        let span = Span::new(number, 0, 0);
        reader.refuse(
            Some(span),
            "not a compose file, Langfuse chart values or Kubernetes manifests",
            "Name the file that configures Langfuse; if it's this one, set its type with `--input`.",
        );
        return Vec::new();
    }
    let values = Values { files };
    let release = reader.options.release.clone().unwrap_or_else(|| "langfuse".into());
    // Before anything is refused: a key in the wrong place is still a secret to redact.
    let mut facts = facts(&values);
    facts.chart_version.clone_from(&reader.options.chart_version);
    reader.deployment.platform_identity =
        facts.service_account_annotations.iter().any(|(name, _)| name == "eks.amazonaws.com/role-arn");
    reader.deployment.helm = Some(facts);
    let mut doubles = Vec::new();
    let built =
        validate(&values).and_then(|()| Chart { values: &values, release: &release }.environments(&mut doubles));
    let environments = match built {
        Ok(environments) => environments,
        Err(Refused { span, message, help }) => {
            reader.refuse(span, format!("the chart refuses these values: {message}"), help);
            return Vec::new();
        }
    };
    for duplicate in doubles {
        reader.deployment.keep_duplicate(duplicate);
    }
    for (container, component) in [(Containers::WEB, "web"), (Containers::WORKER, "worker")] {
        let tag = [vec!["langfuse", component, "image", "tag"], vec!["langfuse", "image", "tag"]]
            .into_iter()
            .find_map(|path| values.own(&path).filter(Found::is_truthy));
        if let Some((version, found)) = tag.and_then(|t| Some((Version::parse(&t.text())?, t))) {
            reader.deployment.versions.push((container, version, found.place.map(|p| p.value)));
        }
    }
    environments
}

/// A connection block of the chart.
struct Type {
    key: &'static str,
    use_case: UseCase,
    stem: &'static str,
}

const TYPES: [Type; 3] = [
    Type { key: "eventUpload", use_case: UseCase::Events, stem: "LANGFUSE_S3_EVENT_UPLOAD" },
    Type { key: "batchExport", use_case: UseCase::Exports, stem: "LANGFUSE_S3_BATCH_EXPORT" },
    Type { key: "mediaUpload", use_case: UseCase::Media, stem: "LANGFUSE_S3_MEDIA_UPLOAD" },
];

/// Whether the chart renders or validates a part at all: exports and media have a switch, events don't.
fn enabled(values: &Values, part: &Type) -> bool {
    part.use_case == UseCase::Events || values.get(&["s3", part.key, "enabled"], "true").is_truthy()
}

/// Checks that there are mappings where the templates read keys, and lists of mappings where they iterate.
fn shapes(values: &Values, deploy: bool) -> Checked<()> {
    for path in [
        &["langfuse"][..],
        &["langfuse", "nextauth"],
        &["langfuse", "web"],
        &["langfuse", "web", "pod"],
        &["langfuse", "worker"],
        &["langfuse", "worker", "pod"],
        &["s3"],
        &["s3", "eventUpload"],
        &["s3", "batchExport"],
        &["s3", "mediaUpload"],
    ] {
        values.table(path, true)?;
    }
    values.table(&["s3", "concurrency"], false)?;
    if deploy {
        values.table(&["s3", "auth"], true)?;
        values.table(&["s3", "allInOne"], false)?;
        values.table(&["s3", "allInOne", "s3"], false)?;
    }
    if values.get(&["s3", "storageProvider"], "s3").text() == "gcs" {
        values.table(&["s3", "gcs"], true)?;
    }
    for path in [
        &["langfuse", "additionalEnv"][..],
        &["langfuse", "web", "pod", "additionalEnv"],
        &["langfuse", "worker", "pod", "additionalEnv"],
    ] {
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
fn validate(values: &Values) -> Checked<()> {
    let deploy = values.get(&["s3", "deploy"], "true").is_truthy();
    shapes(values, deploy)?;
    if deploy {
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
        for part in &TYPES {
            // The exports switch counts here, the media one doesn't.
            if part.use_case == UseCase::Exports && !enabled(values, part) {
                continue;
            }
            let bucket = bucket(values, part, true);
            if bucket.is_truthy() && !created.contains(&bucket.text()) {
                let name = crate::text::printable::quoted(&bucket.text());
                return refused(
                    bucket.place.map(|p| p.value),
                    format!("s3.{} uses bucket {name}, which the bundled store does not create", part.key),
                    format!(
                        "Add {name} to `s3.allInOne.s3.createBuckets`, or set `s3.deploy: false` to use your own store."
                    ),
                );
            }
        }
        if values.get(&["s3", "auth", "existingSecret"], "").is_truthy() {
            let secret = values.get(&["s3", "auth", "existingSecret"], "").text();
            let mounted = values.text_or(&["s3", "allInOne", "s3", "existingConfigSecret"], "langfuse-s3-auth");
            if mounted == "langfuse-s3-auth" && secret != "langfuse-s3-auth" {
                return refused(
                    values.span(&["s3", "auth", "existingSecret"]),
                    "s3.auth.existingSecret is set, but the bundled store still mounts the chart's own Secret",
                    "Also point `s3.allInOne.s3.existingConfigSecret` at a Secret with a seaweedfs_s3_config key.",
                );
            }
        }
    }
    let provider = values.get(&["s3", "storageProvider"], "s3");
    if !matches!(provider.text().as_str(), "s3" | "azure" | "gcs") {
        return refused(
            provider.place.map(|p| p.value),
            format!(
                "s3.storageProvider is {}, expected `s3`, `azure` or `gcs`",
                crate::text::printable::quoted(&provider.text())
            ),
            "Use one of the three. The chart has no provider for Oracle's native API; for that, set LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE and LANGFUSE_OCI_AUTH_TYPE in `langfuse.additionalEnv`.",
        );
    }
    for part in &TYPES {
        if !enabled(values, part) {
            continue;
        }
        let truthy = |path: &[&str], default| values.get(path, default).is_truthy();
        if deploy && !truthy(&["s3", "forcePathStyle"], "true") && !truthy(&["s3", part.key, "forcePathStyle"], "") {
            return refused(
                values.span(&["s3", "forcePathStyle"]),
                "the bundled store requires path-style addressing",
                format!("Set `s3.forcePathStyle: true` or `s3.{}.forcePathStyle: true`.", part.key),
            );
        }
        if !deploy && !truthy(&["s3", "bucket"], "langfuse") && !truthy(&["s3", part.key, "bucket"], "") {
            return refused(
                values.span(&["s3", "bucket"]).or_else(|| values.span(&["s3"])),
                format!("s3.{}.bucket and s3.bucket are both empty", part.key),
                "Set `s3.bucket`, or the bucket of each type.",
            );
        }
    }
    twins(values)
}

/// A variable in `langfuse.additionalEnv` whose value in `s3.*` is not empty.
fn twins(values: &Values) -> Checked<()> {
    const FIELDS: [(&str, &str, &str); 6] = [
        ("bucket", "BUCKET", "langfuse"),
        ("region", "REGION", "auto"),
        ("accessKeyId", "ACCESS_KEY_ID", ""),
        ("secretAccessKey", "SECRET_ACCESS_KEY", ""),
        ("endpoint", "ENDPOINT", ""),
        ("forcePathStyle", "FORCE_PATH_STYLE", "true"),
    ];
    let items = values.items(&["langfuse", "additionalEnv"]);
    for part in &TYPES {
        for field in ["accessKeyId", "secretAccessKey"] {
            is_credential(values, &["s3", part.key, field])?;
        }
        for (field, suffix, default) in FIELDS {
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
fn is_credential(values: &Values, path: &[&str]) -> Checked<()> {
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

/// The first non-empty one, like helm's `coalesce` and `default`.
fn bucket(values: &Values, part: &Type, deploy: bool) -> Found {
    let own = values.get(&["s3", part.key, "bucket"], "");
    let shared = values.get(&["s3", "bucket"], "langfuse");
    let legacy = values.get(&["s3", "defaultBuckets"], "langfuse");
    if own.is_truthy() {
        own
    } else if shared.is_truthy() || !deploy {
        shared
    } else {
        legacy
    }
}

struct Chart<'v> {
    values: &'v Values,
    release: &'v str,
}

impl Chart<'_> {
    /// What each container receives; `doubles` collects duplicates in the lists of variables.
    fn environments(&self, doubles: &mut Vec<Duplicate>) -> Checked<Vec<(Containers, Environment)>> {
        let mut out = Vec::new();
        for (container, component) in [(Containers::WEB, "web"), (Containers::WORKER, "worker")] {
            let mut environment = Environment::default();
            self.common(&mut environment)?;
            for path in [vec!["langfuse", "additionalEnv"], vec!["langfuse", component, "pod", "additionalEnv"]] {
                doubles.extend(self.additional(&mut environment, &path).doubles);
            }
            for path in [vec!["langfuse", "additionalEnvFrom"], vec!["langfuse", component, "pod", "additionalEnvFrom"]]
            {
                environment.open |= !self.values.items(&path).is_empty();
            }
            out.push((container, environment));
        }
        Ok(out)
    }

    fn set(&self, environment: &mut Environment, name: &str, found: &Found) {
        let mut setting = Setting::new(name.to_owned(), Value::Known(found.text()));
        if found.place.is_none() {
            setting.origin = Origin::Wrapper;
        }
        setting.place = found.place;
        environment.set(setting);
    }

    /// `langfuse.s3Env` and Langfuse's own URL.
    fn common(&self, environment: &mut Environment) -> Checked<()> {
        let values = self.values;
        self.set(environment, "NEXTAUTH_URL", &values.get(&["langfuse", "nextauth", "url"], "http://localhost:3000"));
        let deploy = values.get(&["s3", "deploy"], "true").is_truthy();
        let provider = values.get(&["s3", "storageProvider"], "s3");
        let switch = Found { scalar: Scalar::Bool(true), place: provider.place.map(|p| Place { plain: false, ..p }) };
        match provider.text().as_str() {
            "azure" => self.set(environment, "LANGFUSE_USE_AZURE_BLOB", &switch),
            "gcs" => {
                self.set(environment, "LANGFUSE_USE_GOOGLE_CLOUD_STORAGE", &switch);
                if let Some(value) = self.value_or_secret(&["s3", "gcs", "credentials"])? {
                    self.set_value(environment, "LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS", value);
                }
            }
            _ => {}
        }
        for part in &TYPES {
            if part.use_case == UseCase::Exports {
                let switch = values.get(&["s3", part.key, "enabled"], "true");
                self.set(environment, "LANGFUSE_S3_BATCH_EXPORT_ENABLED", &switch);
                if !switch.is_truthy() {
                    continue;
                }
            }
            self.part(environment, part, deploy)?;
        }
        let dead = [
            ("maxContentLength", "LANGFUSE_S3_MEDIA_UPLOAD_MAX_CONTENT_LENGTH", "1000000000"),
            ("downloadUrlExpirySeconds", "LANGFUSE_S3_MEDIA_UPLOAD_DOWNLOAD_URL_EXPIRY_SECONDS", "3600"),
        ];
        for (key, name, default) in dead {
            self.set(environment, name, &values.get(&["s3", "mediaUpload", key], default));
        }
        if !self.is_null(&["s3", "concurrency"]) {
            for (key, name) in [("reads", "LANGFUSE_S3_CONCURRENT_READS"), ("writes", "LANGFUSE_S3_CONCURRENT_WRITES")]
            {
                if !self.is_null(&["s3", "concurrency", key]) {
                    self.set(environment, name, &values.get(&["s3", "concurrency", key], "50"));
                }
            }
        }
        Ok(())
    }

    /// Whether the files remove a default with `null`.
    fn is_null(&self, path: &[&str]) -> bool {
        self.values.node(path).is_some_and(|(file, _, value)| file.yaml.is_null(value))
    }

    fn part(&self, environment: &mut Environment, part: &Type, deploy: bool) -> Checked<()> {
        let values = self.values;
        let name = |suffix: &str| format!("{}_{suffix}", part.stem);
        let own = |key: &str| values.get(&["s3", part.key, key], "");
        let or_shared = |key: &str, default: &str| {
            let own = own(key);
            if own.is_truthy() { own } else { values.get(&["s3", key], default) }
        };
        let bucket = bucket(values, part, deploy);
        if !bucket.is_truthy() {
            return refused(
                values.span(&["s3", "bucket"]).or_else(|| values.span(&["s3"])),
                format!("s3.{}.bucket is required", part.key),
                "Set `s3.bucket`, or the bucket of each type.",
            );
        }
        self.set(environment, &name("BUCKET"), &bucket);
        // The shared prefix is not used for events.
        let prefix = if part.use_case == UseCase::Events { own("prefix") } else { or_shared("prefix", "") };
        if prefix.is_truthy() {
            self.set(environment, &name("PREFIX"), &prefix);
        }
        let region = or_shared("region", "auto");
        if region.is_truthy() {
            self.set(environment, &name("REGION"), &region);
        }
        let endpoint = or_shared("endpoint", "");
        if endpoint.is_truthy() {
            self.set(environment, &name("ENDPOINT"), &endpoint);
        } else if deploy {
            // A type without its own endpoint uses the bundled store's, which is looked up for events first.
            let events = values.get(&["s3", "eventUpload", "endpoint"], "");
            let found = if events.is_truthy() {
                events
            } else {
                Found { scalar: Scalar::Text(self.bundled_endpoint()), place: None }
            };
            self.set(environment, &name("ENDPOINT"), &found);
        }
        for (key, suffix, user_key, secret_key) in [
            ("accessKeyId", "ACCESS_KEY_ID", "rootUserSecretKey", "accessKey"),
            ("secretAccessKey", "SECRET_ACCESS_KEY", "rootPasswordSecretKey", "secretKey"),
        ] {
            let own = self.value_or_secret(&["s3", part.key, key])?;
            let value = match own {
                Some(value) => Some(value),
                None => self.value_or_secret(&["s3", key])?,
            };
            match value {
                Some(value) => self.set_value(environment, &name(suffix), value),
                None if deploy => {
                    let existing = values.get(&["s3", "auth", "existingSecret"], "");
                    let (object, key) = if existing.is_truthy() {
                        let key = values.get(&["s3", "auth", user_key], "");
                        if !key.is_truthy() {
                            return refused(
                                existing.place.map(|p| p.value),
                                format!("s3.auth.{user_key} is required when s3.auth.existingSecret is set"),
                                format!("Name the key of the Secret: `s3.auth.{user_key}`."),
                            );
                        }
                        (existing.text(), key.text())
                    } else {
                        let path = ["s3", "allInOne", "s3", "existingConfigSecret"];
                        (values.text_or(&path, "langfuse-s3-auth"), secret_key.to_owned())
                    };
                    let mut setting = Setting::new(name(suffix), Value::Reference { name: object, key, secret: true });
                    setting.origin = Origin::Wrapper;
                    environment.set(setting);
                }
                None => {}
            }
        }
        // The chart's own `null` for each type keeps the key, so the variable is always set, if only to nothing.
        let style = own("forcePathStyle");
        let style = if style.is_truthy() { style } else { values.get(&["s3", "forcePathStyle"], "true") };
        self.set(environment, &name("FORCE_PATH_STYLE"), &style);
        Ok(())
    }

    /// The Service of the bundled SeaweedFS.
    fn bundled_endpoint(&self) -> String {
        let values = self.values;
        let sub = values.text_or(&["s3", "fullnameOverride"], "");
        let sub_name = values.text_or(&["s3", "nameOverride"], "");
        let chart = if sub_name.is_empty() { "s3" } else { &sub_name };
        let service = if sub.is_empty() { bundled_service(self.release, chart) } else { all_in_one(&sub) };
        let port = values.text_or(&["s3", "allInOne", "s3", "port"], "8333");
        format!("http://{service}:{port}")
    }

    /// `langfuse.getValueOrSecret`.
    fn value_or_secret(&self, path: &[&str]) -> Checked<Option<(Value, Option<Place>)>> {
        is_credential(self.values, path)?;
        let at = |rest: &[&str]| self.values.get(&[path, rest].concat(), "");
        let (value, name, key) = (at(&["value"]), at(&["secretKeyRef", "name"]), at(&["secretKeyRef", "key"]));
        let field = at(&["fieldRef", "fieldPath"]);
        let resource = at(&["resourceFieldRef", "resource"]);
        let secret = name.is_truthy() && key.is_truthy();
        let ways = [value.is_truthy(), secret, field.is_truthy(), resource.is_truthy()];
        let place = |found: &Found| found.place;
        if secret || field.is_truthy() || resource.is_truthy() {
            if ways.into_iter().filter(|w| *w).count() > 1 {
                return refused(
                    place(&value).or(place(&name)).map(|p| p.name),
                    format!("value and secretKeyRef are both set for {}", path.join(".")),
                    "Keep one of them, preferably the Secret.",
                );
            }
            if secret {
                // The template doesn't quote the names, so YAML resolves them again.
                let again = |f: &Found| {
                    scalar::resolve(&f.text(), ScalarStyle::Plain, "", scalar::Reader::Helm).text().unwrap_or_default()
                };
                let value = Value::Reference { name: again(&name), key: again(&key), secret: true };
                return Ok(Some((value, place(&key).map(|p| Place { plain: false, ..p }))));
            }
            return Ok(Some((Value::Unknown, place(&field).or(place(&resource)))));
        }
        Ok(value.is_truthy().then(|| (Value::Known(value.text()), place(&value))))
    }

    fn set_value(&self, environment: &mut Environment, name: &str, (value, place): (Value, Option<Place>)) {
        let mut setting = Setting::new(name.to_owned(), value);
        setting.place = place;
        environment.set(setting);
    }

    /// Entries of an `additionalEnv`: they follow the chart's own, and the last one of a name wins.
    fn additional(&self, environment: &mut Environment, path: &[&str]) -> Entries {
        let mut listed = Entries::default();
        for (file, item) in self.values.items(path) {
            let yaml = &file.yaml;
            let Some(name_id) = yaml.get(item, "name") else { continue };
            let Some((name, _)) = yaml.scalar(name_id) else { continue };
            let (start, end, _) = yaml.content(name_id);
            let name_span = Span::new(file.number, start, end);
            if let Some(value) = yaml.get(item, "value") {
                let Some((text, style)) = yaml.scalar(value) else { continue };
                let tag = yaml.node(value).map_or("", |n| n.tag.as_str());
                let resolved = scalar::resolve(text, style, tag, scalar::Reader::Helm).text().unwrap_or_default();
                let same = resolved == text;
                let place = place(file, None, value, text, true);
                let place = Place { name: name_span, plain: place.plain && same, ..place };
                listed.put(environment, Setting::new(name.to_owned(), Value::Known(resolved)).at(place));
            } else if let Some(from) = yaml.get(item, "valueFrom") {
                let value = reference(yaml, from);
                let place = Place {
                    name: name_span,
                    value: Span::at(file.number, end),
                    entry: None,
                    plain: false,
                    quote: None,
                    named: true,
                };
                listed.put(environment, Setting::new(name.to_owned(), value).at(place));
            } else {
                listed.put(environment, Setting::new(name.to_owned(), Value::Known(String::new())));
            }
        }
        listed
    }
}

/// The Service of the bundled SeaweedFS under `release`; `chart` is the sub-chart's name, `s3` unless overridden.
#[must_use]
pub fn bundled_service(release: &str, chart: &str) -> String {
    if release.contains(chart) { all_in_one(release) } else { all_in_one(&format!("{release}-{chart}")) }
}

fn all_in_one(base: &str) -> String {
    let base: String = base.chars().take(52).collect();
    format!("{}-all-in-one", base.trim_end_matches('-'))
}

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

/// Findings that the values' structure alone shows.
fn facts(values: &Values) -> HelmFacts {
    let mut facts =
        HelmFacts { bundled_store: values.get(&["s3", "deploy"], "true").is_truthy(), ..HelmFacts::default() };
    facts.deploy_span = values.span(&["s3", "deploy"]);
    let bundled_store = facts.bundled_store;
    let mut slip = |kind, path: &[&str], value: String| {
        if let Some(span) = values.span(path) {
            facts.slips.push(HelmSlip { kind, path: path.join("."), span, value, other: None });
        }
    };
    let own = |path: &[&str]| values.own(path);
    if let Some(found) = own(&["s3", "prefix"]).filter(Found::is_truthy) {
        slip(HelmSlipKind::TopPrefix, &["s3", "prefix"], found.text());
    }
    let global = values.get(&["s3", "forcePathStyle"], "true").is_truthy();
    for part in &TYPES {
        let path = ["s3", part.key, "forcePathStyle"];
        if global && own(&path).is_some_and(|f| f.scalar == Scalar::Bool(false)) {
            slip(HelmSlipKind::PathStyleFalse, &path, "false".into());
        }
    }
    for at in ["accessKeyId", "secretAccessKey"] {
        for field in TYPES.iter().map(|part| vec!["s3", part.key, at]).chain([vec!["s3", at]]) {
            for tail in [
                &["existingSecret"][..],
                &["existingSecretKey"],
                &["secretKeyRef", "existingSecret"],
                &["secretKeyRef", "existingSecretKey"],
            ] {
                let path = [field.as_slice(), tail].concat();
                if let Some(found) = own(&path).filter(Found::is_truthy) {
                    slip(HelmSlipKind::ExistingSecret, &path, found.text());
                }
            }
            let whole = |key| own(&[field.as_slice(), &["secretKeyRef", key]].concat()).is_some_and(|f| f.is_truthy());
            if whole("name") != whole("key") {
                let given = if whole("name") { "name" } else { "key" };
                slip(
                    HelmSlipKind::ExistingSecret,
                    &[field.as_slice(), &["secretKeyRef", given]].concat(),
                    String::new(),
                );
            }
        }
    }
    if bundled_store {
        if values.node(&["s3", "persistence"]).is_some() {
            slip(HelmSlipKind::OldStore, &["s3", "persistence"], String::new());
        }
        if let Some(found) = own(&["s3", "image", "repository"]).filter(|f| f.text().contains("minio")) {
            slip(HelmSlipKind::OldStore, &["s3", "image", "repository"], found.text());
        }
    }
    for (key, default) in [("maxContentLength", "1e+09"), ("downloadUrlExpirySeconds", "3600")] {
        let path = ["s3", "mediaUpload", key];
        if let Some(found) = own(&path).filter(|f| f.text() != default) {
            slip(HelmSlipKind::DeadName, &path, found.text());
        }
    }
    if own(&["s3", "mediaUpload", "enabled"]).is_some_and(|f| !f.is_truthy()) {
        slip(HelmSlipKind::MediaDisabled, &["s3", "mediaUpload", "enabled"], "false".into());
    }
    wrong_levels(values, &mut slip);
    values.files.iter().for_each(|file| doubled_keys(file, &mut facts.slips));
    for file in &values.files {
        if let Some(node) = file.yaml.path(file.root, &["langfuse", "serviceAccount", "annotations"]) {
            for entry in file.yaml.entries(node).iter() {
                let text = file.yaml.scalar(entry.value).map_or("", |(t, _)| t);
                facts.service_account_annotations.push((entry.key.to_string(), text.to_owned()));
            }
        }
    }
    facts
}

/// Duplicate keys in one mapping, in the storage parts of the values.
fn doubled_keys(file: &File, slips: &mut Vec<HelmSlip>) {
    let yaml = &file.yaml;
    let mut todo: Vec<(Id, Vec<&str>)> = vec![(file.root, Vec::new())];
    let mut seen = BTreeSet::new();
    while let Some((id, path)) = todo.pop() {
        if !seen.insert(yaml.target(id)) {
            continue;
        }
        let mut last: BTreeMap<&str, (Id, Id)> = BTreeMap::new();
        for (key, value) in yaml.pairs(id).iter().rev() {
            let Some((text, _)) = yaml.scalar(*key).filter(|_| !yaml.is_merge(*key)) else { continue };
            if path.is_empty() && !matches!(text, "langfuse" | "s3") {
                continue;
            }
            let full = [path.as_slice(), &[text]].concat();
            let span = |key: Id| {
                let (start, end, _) = yaml.content(key);
                Span::new(file.number, start, end)
            };
            match last.get(text) {
                None => {
                    last.insert(text, (*key, *value));
                    todo.push((*value, full));
                }
                Some((kept, kept_value)) => {
                    let same = yaml.scalar(*value).is_some() && yaml.scalar(*value) == yaml.scalar(*kept_value);
                    slips.push(HelmSlip {
                        kind: HelmSlipKind::Twice,
                        path: full.join("."),
                        span: span(*key),
                        // Says whether a value is lost, but not which: it may be a secret.
                        value: if same { "same".into() } else { String::new() },
                        other: Some(span(*kept)),
                    });
                }
            }
        }
    }
}

/// Keys of the storage block at a level where the chart doesn't read them.
fn wrong_levels(values: &Values, slip: &mut dyn FnMut(HelmSlipKind, &[&str], String)) {
    for key in STORAGE_KEYS {
        for parents in [vec!["langfuse", "s3"], vec!["langfuse"], vec!["s3", "s3"], vec![]] {
            let path: Vec<&str> = parents.iter().copied().chain([key]).collect();
            if values.node(&path).is_some() {
                // The value is kept only so that it's redacted.
                let nested = [path.as_slice(), &["value"]].concat();
                let found = values.own(&path).or_else(|| values.own(&nested));
                slip(HelmSlipKind::WrongLevel, &path, found.map(|f| f.text()).unwrap_or_default());
            }
        }
    }
    for key in ["accessKeyId", "secretAccessKey"] {
        for path in TYPES.iter().map(|part| vec!["s3", part.key, key]).chain([vec!["s3", key]]) {
            // A plain string in place of `value:` or `secretKeyRef:`.
            if let Some(found) = values.own(&path).filter(Found::is_truthy) {
                slip(HelmSlipKind::WrongLevel, &path, found.text());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::{Given, Input, Options, Outcome, read};
    use super::super::{Environment, Kind};
    use crate::variable::Containers;

    /// Web's region of media; `None` when the values are refused.
    fn region(text: &str) -> Option<String> {
        let given = Given::Bytes(text.as_bytes().to_vec());
        let input = Input { name: "values.yaml".into(), given, kind: Some(Kind::Helm), container: None };
        let Outcome::Ready(deployment) = read(&[input], &Options::default()) else { return None };
        let environment: &Environment = deployment.environment(Containers::WEB)?;
        let setting = environment.by_name("LANGFUSE_S3_MEDIA_UPLOAD_REGION");
        Some(setting.map_or(String::new(), |s| s.text().unwrap_or("").to_owned()))
    }

    #[test]
    fn what_the_templates_look_into_is_a_mapping() {
        for text in [
            "s3:\n",
            "s3: x\n",
            "s3: {mediaUpload: null}\n",
            "s3: {auth: null}\n",
            "s3: {concurrency: x}\n",
            "s3: {allInOne: x}\n",
            "s3: {allInOne: null}\n",
            "s3: {storageProvider: gcs, gcs: null}\n",
            "s3: {accessKeyId: {fieldRef: x}}\n",
            "langfuse: null\n",
            "langfuse: {nextauth: null}\n",
            "langfuse: {web: {pod: null}}\n",
            "langfuse: {additionalEnv: x}\n",
            "langfuse: {additionalEnv: {A: b}}\n",
            "langfuse: {additionalEnv: [x]}\n",
            "langfuse: {additionalEnv: [{name: 5, value: x}]}\n",
        ] {
            assert_eq!(region(text), None, "{text}");
        }
        for text in [
            "s3: {mediaUpload: {}, concurrency: null}\n",
            "s3: {deploy: false, allInOne: null, auth: null, gcs: null}\n",
            "langfuse: {additionalEnv: [{value: x}], web: {pod: {additionalEnv: \"\"}}}\n",
            "langfuse: {additionalEnv: {}}\n",
        ] {
            assert_eq!(region(text).as_deref(), Some("auto"), "{text}");
        }
    }

    #[test]
    fn an_empty_secret_name_is_the_charts_own() {
        let text = "s3: {region: r, auth: {existingSecret: other}, allInOne: {s3: {existingConfigSecret: \"\"}}}\n";
        assert_eq!(region(text), None);
        let text = "s3: {region: r, fullnameOverride: 0, allInOne: {s3: {port: 0}}}\n";
        assert_eq!(region(text).as_deref(), Some("r"));
    }

    #[test]
    fn odd_values_come_out_as_go_prints_them() {
        for (text, value) in [
            ("[a, 1, {b: c}, null, true, 1.5]", "[a 1 map[b:c] <nil> true 1.5]"),
            ("{b: x y, a: 1000000}", "map[a:1e+06 b:x y]"),
            ("{}\n  region: last", "last"),
        ] {
            let text = format!("s3:\n  mediaUpload:\n    region: {text}\n");
            assert_eq!(region(&text).as_deref(), Some(value), "{text}");
        }
        assert_eq!(region("s3: {region: first}\ns3: {region: last}\n").as_deref(), Some("last"));
    }
}

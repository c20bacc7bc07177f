//! Kubernetes manifests: what Langfuse's pods receive from `env`, `envFrom`, ConfigMaps and Secrets.

use std::collections::BTreeMap;

use super::environment::{Entries, Environment};
use super::error::ReadError;
use super::image;
use super::input::Decoded;
use super::kind::Kind;
use super::manifest::{File, Held, Objects, Typed, place, string, text_at};
use super::reader::Reader;
use super::reference::reference;
use super::replica::Replica;
use super::setting::{Origin, Place, Setting, Value};
use super::wrapper::kustomize::{self, Built};
use super::wrapper::secret_template;
use super::yaml::{Id, Yaml};
use crate::order;
use crate::text::base64;
use crate::text::span::Span;
use crate::variable::{Containers, Version};

type Environments = Vec<(Containers, Environment)>;

/// A Kubernetes object.
#[derive(Clone, Copy)]
struct Object {
    file: usize,
    id: Id,
}

/// Reads manifests: several documents, `kind: List`, YAML or JSON.
pub(super) fn read(reader: &mut Reader<'_>, inputs: &[&Decoded<'_>]) -> Result<Environments, ReadError> {
    let mut files = Vec::new();
    let mut built = Built::default();
    for d in inputs {
        let number = reader.keep(&d.input.name, d.kind, Containers::BOTH, d.text.clone());
        match Yaml::parse(&d.text) {
            Ok(yaml) => {
                let file = File { number, yaml };
                if d.kind == Kind::Kustomize {
                    kustomize::build(reader, &d.input.name, &file, &mut built)?;
                }
                files.push(file);
            }
            Err(error) => {
                let span = Span::new(number, error.at, error.at.saturating_add(1).min(d.text.len()));
                reader.refuse(
                    Some(span),
                    format!("kubectl refuses this file: {}", error.message),
                    "Fix the YAML here.",
                );
                return Ok(Vec::new());
            }
        }
    }
    if !reader.deployment.refusals.is_empty() {
        return Ok(Vec::new());
    }
    files.extend(built.files);
    let mut environments = read_files(reader, &files, built.objects);
    for (_, environment) in &mut environments {
        environment.open |= built.open;
    }
    Ok(environments)
}

/// Reads parsed manifests; `generated` are objects that aren't in them.
fn read_files(reader: &mut Reader<'_>, files: &[File], generated: Objects) -> Environments {
    let objects = objects(files);
    let held = match holders(files, &objects) {
        Ok(mut held) => {
            held.extend(generated);
            reader.deployment.from_secret = from_secret(&held);
            held
        }
        Err((span, what)) => {
            refuse_type(reader, span, &what);
            return Vec::new();
        }
    };
    let mut environments: Environments = Vec::new();
    for object in &objects {
        let Some(file) = files.get(object.file) else { continue };
        if text_at(&file.yaml, object.id, &["kind"]).as_deref() == Some("ServiceAccount") {
            let annotations = file.yaml.path(object.id, &["metadata", "annotations"]);
            reader.deployment.platform_identity |=
                annotations.is_some_and(|a| file.yaml.get(a, "eks.amazonaws.com/role-arn").is_some());
        }
        let namespace = text_at(&file.yaml, object.id, &["metadata", "namespace"]).unwrap_or_default();
        let Some(pod) = pod_spec(&file.yaml, object.id) else { continue };
        let Some(containers) = file.yaml.get(pod, "containers") else { continue };
        for container in file.yaml.seq(containers).unwrap_or(&[]) {
            let Some(which) = which(&file.yaml, *container) else { continue };
            match environment(file, *container, &held, &namespace) {
                Ok((environment, entries)) => {
                    if let Some((_, first)) = environments.iter().find(|(c, _)| *c == which) {
                        let span = file.yaml.path(object.id, &["metadata", "name"]).map(|name| {
                            let (start, end, _) = file.yaml.content(name);
                            Span::new(file.number, start, end)
                        });
                        let name = text_at(&file.yaml, object.id, &["metadata", "name"]).unwrap_or_default();
                        reader.deployment.replicas.extend(Replica::of(first, &environment, name, which, span));
                        continue;
                    }
                    // The chart appends `additionalEnv` to its own entries, and the last one counts: there, a duplicate
                    // is how a value is overridden, not a mistake.
                    if !is_of_chart(&file.yaml, object.id) {
                        reader.keep_duplicates(entries);
                    }
                    environments.push((which, environment));
                }
                Err((span, what)) => {
                    refuse_type(reader, span, &what);
                    return Vec::new();
                }
            }
            if let Some((version, span)) = version(file, *container) {
                reader.deployment.versions.push((which, version, Some(span)));
            }
        }
    }
    if environments.is_empty() {
        return alone(reader, files, &held);
    }
    order::sort_by_key(&mut environments, |(c, _)| *c);
    environments
}

/// Without a pod in the files, a ConfigMap or Secret with storage variables applies to both containers, unless
/// its name ends in that of one container.
fn alone(reader: &mut Reader<'_>, files: &[File], held: &Objects) -> Environments {
    let whose = |name: &str| match name.rsplit_once('-') {
        Some((_, "web")) => Containers::WEB,
        Some((_, "worker")) => Containers::WORKER,
        _ => Containers::BOTH,
    };
    let apart = held.keys().any(|(_, _, name)| whose(name) != Containers::BOTH);
    let containers = if apart { vec![Containers::WEB, Containers::WORKER] } else { vec![Containers::BOTH] };
    let mut any = false;
    let mut environments = Vec::new();
    for container in containers {
        let mut environment = Environment::partly_visible();
        let meant = held.iter().filter(|((_, _, name), _)| whose(name).meets(container));
        for (name, held) in meant.flat_map(|(_, entries)| entries) {
            let setting = held.setting(name.clone());
            any |= setting.is_storage();
            environment.set(setting);
        }
        environments.push((container, environment));
    }
    if any {
        return environments;
    }
    reader.unsuited(
        files.first().map_or(0, |f| f.number),
        "no pod of these manifests runs Langfuse, and no ConfigMap or Secret contains its variables",
        "Include the Deployments: `kubectl get deploy,cm,secret -o yaml | langfuse-blob check -`, or `helm template … | langfuse-blob check -`.",
    );
    Vec::new()
}

fn refuse_type(reader: &mut Reader<'_>, span: Span, what: &str) {
    reader.refuse(
        Some(span),
        format!("Kubernetes refuses this file: {what}"),
        "Put quotes around it: Kubernetes accepts only strings, and YAML parses this as something else.",
    );
}

/// Every object in the files, the items of lists included.
fn objects(files: &[File]) -> Vec<Object> {
    let mut out = Vec::new();
    for (index, file) in files.iter().enumerate() {
        for document in &file.yaml.documents {
            match file.yaml.get(*document, "items").and_then(|i| file.yaml.seq(i)) {
                Some(items) => out.extend(items.iter().map(|id| Object { file: index, id: *id })),
                None => out.push(Object { file: index, id: *document }),
            }
        }
    }
    out
}

/// The pod spec of any kind that has one.
fn pod_spec(yaml: &Yaml, object: Id) -> Option<Id> {
    let path: &[&str] = match text_at(yaml, object, &["kind"])?.as_str() {
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
            // A job of Cloud Run holds an execution, which holds the task.
            let inner = yaml.path(object, &["spec", "template", "spec", "template", "spec"]);
            return inner.or_else(|| yaml.path(object, &["spec", "template", "spec"]));
        }
        "CronJob" => &["spec", "jobTemplate", "spec", "template", "spec"],
        "Pod" => &["spec"],
        // Cloud Run and Knative; a Service of Kubernetes itself has no template.
        "Service" => &["spec", "template", "spec"],
        _ => return None,
    };
    yaml.path(object, path)
}

/// Which Langfuse container this is, detected from its image, else from its name.
fn which(yaml: &Yaml, container: Id) -> Option<Containers> {
    let image = text_at(yaml, container, &["image"]).unwrap_or_default();
    if let Some(containers) = image::containers(&image) {
        return Some(containers);
    }
    match text_at(yaml, container, &["name"])?.as_str() {
        "langfuse-worker" => Some(Containers::WORKER),
        "langfuse-web" | "langfuse" => Some(Containers::WEB),
        _ => None,
    }
}

fn version(file: &File, container: Id) -> Option<(Version, Span)> {
    let id = file.yaml.get(container, "image")?;
    let (image, _) = file.yaml.scalar(id)?;
    let (start, end, _) = file.yaml.content(id);
    Some((image::version(image)?, Span::new(file.number, start, end)))
}

/// The contents of the ConfigMaps and Secrets.
fn holders(files: &[File], objects: &[Object]) -> Typed<Objects> {
    let mut out = Objects::new();
    for object in objects {
        let Some(file) = files.get(object.file) else { continue };
        let yaml = &file.yaml;
        let secret = match text_at(yaml, object.id, &["kind"]).as_deref() {
            Some("Secret") => true,
            Some("ConfigMap") => false,
            Some("ExternalSecret" | "SealedSecret" | "VaultStaticSecret" | "VaultDynamicSecret") => {
                secret_template::held(file, object.id, &mut out)?;
                continue;
            }
            _ => continue,
        };
        let name = text_at(yaml, object.id, &["metadata", "name"]).unwrap_or_default();
        let namespace = text_at(yaml, object.id, &["metadata", "namespace"]).unwrap_or_default();
        let entries = out.entry((secret, namespace, name)).or_default();
        // stringData comes second because it wins over data.
        for field in ["data", "stringData"] {
            let Some(map) = yaml.get(object.id, field) else { continue };
            for entry in yaml.entries(map).iter() {
                let Some(text) = string(file, entry.value, &format!("{field}.{}", entry.key))? else { continue };
                let encoded = secret && field == "data";
                let value = if encoded {
                    let decoded = base64::decode(&text).and_then(|b| String::from_utf8(b).ok());
                    match decoded {
                        Some(text) => Value::Known(text),
                        None if text.is_empty() => Value::Known(String::new()),
                        // Output redacted by a kubectl plug-in, or binary: set, but its value can't be checked.
                        None => Value::Unknown,
                    }
                } else {
                    Value::Known(text.clone())
                };
                let written = (!encoded).then_some(text.as_str());
                let place = place(file, entry.key_id, entry.value, written);
                entries.insert(entry.key.to_string(), Held { value, place, from_secret: secret });
            }
        }
    }
    Ok(out)
}

/// Values in Secrets whose names aren't settings.
fn from_secret(objects: &Objects) -> Vec<Setting> {
    let secrets = objects.iter().filter(|((secret, _, _), _)| *secret).flat_map(|(_, entries)| entries);
    secrets.map(|(key, held)| held.setting(key.clone())).filter(Setting::is_secret).collect()
}

fn look_up<'h>(held: &'h Objects, secret: bool, namespace: &str, name: &str) -> Option<&'h BTreeMap<String, Held>> {
    held.get(&(secret, namespace.to_owned(), name.to_owned())).or_else(|| {
        // Rendered manifests often leave the namespace to kubectl's command line.
        held.iter()
            .find(|((s, ns, n), _)| *s == secret && n == name && (ns.is_empty() || namespace.is_empty()))
            .map(|(_, e)| e)
    })
}

/// Whether the Langfuse chart rendered the object.
fn is_of_chart(yaml: &Yaml, object: Id) -> bool {
    let labels = yaml.path(object, &["metadata", "labels"]);
    let chart = labels.and_then(|labels| text_at(yaml, labels, &["helm.sh/chart"]));
    chart.is_some_and(|chart| chart.starts_with("langfuse-"))
}

/// What a container receives, and the duplicates in its `env`.
fn environment(file: &File, container: Id, held: &Objects, namespace: &str) -> Typed<(Environment, Entries)> {
    let yaml = &file.yaml;
    let mut environment = Environment::default();
    let mut listed = Entries::default();
    let sources = yaml.get(container, "envFrom").and_then(|e| yaml.seq(e)).unwrap_or(&[]);
    for source in sources {
        let prefix = text_at(yaml, *source, &["prefix"]).unwrap_or_default();
        for (kind, secret) in [("configMapRef", false), ("secretRef", true)] {
            let Some(target) = yaml.get(*source, kind) else { continue };
            let name = text_at(yaml, target, &["name"]).unwrap_or_default();
            let Some(entries) = look_up(held, secret, namespace, &name) else {
                environment.open = true;
                continue;
            };
            let via = yaml.get(target, "name").map(|n| {
                let (start, end, _) = yaml.content(n);
                Span::new(file.number, start, end)
            });
            for (key, entry) in entries {
                let mut setting = entry.setting(format!("{prefix}{key}"));
                setting.via = via;
                environment.set(setting);
            }
        }
    }
    let items = yaml.get(container, "env").and_then(|e| yaml.seq(e)).unwrap_or(&[]);
    for item in items {
        let Some(name_id) = yaml.get(*item, "name") else { continue };
        let Some(name) = text_at(yaml, *item, &["name"]) else { continue };
        if let Some(from) = yaml.get(*item, "valueFrom") {
            listed.put(&mut environment, follow(file, &name, name_id, from, held, namespace));
            continue;
        }
        let Some(value_id) = yaml.get(*item, "value") else {
            listed.put(&mut environment, Setting::new(name, Value::Known(String::new())));
            continue;
        };
        let text = string(file, value_id, &format!("the value of {name}"))?.unwrap_or_default();
        let expanded = expand(&text, &environment);
        let mut place = place(file, name_id, value_id, Some(&text));
        place.plain &= expanded == text;
        listed.put(&mut environment, Setting::new(name, Value::Known(expanded)).at(place));
    }
    Ok((environment, listed))
}

/// The setting behind a `valueFrom`, resolved if its object is in the files.
fn follow(file: &File, name: &str, name_id: Id, from: Id, held: &Objects, namespace: &str) -> Setting {
    let (start, end, _) = file.yaml.content(name_id);
    let here = Span::new(file.number, start, end);
    let value = reference(&file.yaml, from);
    if let Value::Reference { name: object, key, secret } = &value {
        if let Some(entry) = look_up(held, *secret, namespace, object).and_then(|e| e.get(key)) {
            let mut setting = entry.setting(name.to_owned());
            setting.place = Some(Place { named: false, ..entry.place });
            setting.via = Some(here);
            return setting;
        }
    }
    let mut setting = Setting::new(name.to_owned(), value);
    // The Secret that the chart creates for its bundled store.
    if matches!(&setting.value, Value::Reference { name, secret: true, .. } if name == "langfuse-s3-auth") {
        setting.origin = Origin::Wrapper;
    }
    setting.at(Place {
        name: here,
        value: Span::at(file.number, end),
        entry: None,
        plain: false,
        quote: None,
        named: true,
    })
}

/// `$(NAME)` of a variable set before; `$$(NAME)` stays `$(NAME)`; an unknown name stays as it is.
fn expand(text: &str, environment: &Environment) -> String {
    if !text.contains("$(") {
        return text.replace("$$", "$");
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if let Some(after) = from.strip_prefix("$$") {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = from.strip_prefix("$(").and_then(|f| f.split_once(')')) {
            match environment.by_name(name).map(|s| &s.value) {
                Some(Value::Known(value)) => out.push_str(value),
                _ => {
                    out.push_str("$(");
                    out.push_str(name);
                    out.push(')');
                }
            }
            rest = after;
        } else {
            out.push('$');
            rest = from.get(1..).unwrap_or("");
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::super::{Deployment, Given, Input, Options};
    use super::*;
    use crate::files::NoFiles;

    fn read(text: String) -> Deployment {
        let given = Given::Bytes(text.into_bytes());
        let input = Input { name: "a.yaml".into(), given, kind: Some(Kind::K8s), container: None };
        super::super::read(&[input], &Options::default(), &NoFiles).unwrap()
    }

    #[test]
    fn maps_alone_go_to_the_containers_of_their_names() {
        let map = |name: &str, bucket: &str| {
            format!(
                "---\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{LANGFUSE_S3_{bucket}_UPLOAD_BUCKET: b}}\n"
            )
        };
        let names = |deployment: &Deployment, container| -> Vec<String> {
            deployment.environment(container).unwrap().iter().map(|s| s.name.to_string()).collect()
        };
        let both = read(map("storage", "EVENT") + &map("network", "MEDIA"));
        assert_eq!(both.environments.len(), 1);
        let apart = read(map("storage", "EVENT") + &map("storage-worker", "MEDIA"));
        assert_eq!(names(&apart, Containers::WEB), ["LANGFUSE_S3_EVENT_UPLOAD_BUCKET"]);
        assert_eq!(names(&apart, Containers::WORKER).len(), 2);
    }

    #[test]
    fn what_the_chart_replaces_is_no_double() {
        let text = |labels: &str| {
            format!(
                "kind: Deployment\nmetadata:\n  name: web\n{labels}spec: {{ template: {{ spec: {{ containers: [{{ name: w, image: langfuse/langfuse:4, \
                 env: [{{ name: LANGFUSE_S3_EVENT_UPLOAD_REGION, value: a }}, {{ name: LANGFUSE_S3_EVENT_UPLOAD_REGION, value: b }}] }}] }} }} }}\n"
            )
        };
        for (labels, duplicates) in [("", 1), ("  labels: { helm.sh/chart: langfuse-2.0.0 }\n", 0)] {
            let deployment = read(text(labels));
            assert_eq!(deployment.duplicates.len(), duplicates, "{labels}");
            let region = crate::variable::find("LANGFUSE_S3_EVENT_UPLOAD_REGION").unwrap();
            assert_eq!(deployment.environment(Containers::WEB).unwrap().text(region), Some("b"));
        }
    }

    #[test]
    fn references_to_earlier_variables_are_followed() {
        let mut e = Environment::default();
        e.set(Setting::new("A", Value::Known("x".into())));
        assert_eq!(expand("$(A)/$(B)/$$(A)/$", &e), "x/$(B)/$(A)/$");
        assert_eq!(expand("p$$w", &e), "p$w");
    }
}

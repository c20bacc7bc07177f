//! Values of the Langfuse chart 2.0.0: what its templates render from them, and what they refuse.
//!
//! Source: charts/langfuse of langfuse/langfuse-k8s at chart 2.0.0, `templates/_helpers.tpl`
//! (`langfuse.s3Env` and what it calls) and `templates/validations.yaml`.

mod bundled;
mod ineffective;
mod render;
mod validate;
mod values;

pub use bundled::{bundled_service, is_bundled_host};

use super::environment::Environment;
use super::input::Decoded;
use super::kind::Kind;
use super::reader::Reader;
use super::yaml::Yaml;
use crate::text::span::Span;
use crate::variable::{Containers, Version};
use ineffective::{STORAGE_KEYS, facts};
use render::Chart;
use validate::validate;
use values::{File, Found, Refused, Values};

/// The chart version whose templates are reproduced here.
pub const CHART_VERSION: &str = "2.0.0";

/// Whether nothing shows that the files are values of the Langfuse chart and the user hasn't said so. An empty file
/// means the chart's defaults.
fn is_foreign(files: &[File], inputs: &[&Decoded<'_>]) -> bool {
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
    !told && !own && !shared
}

/// Reads values files, in the order of `helm -f`.
pub(super) fn read(reader: &mut Reader<'_>, inputs: &[&Decoded<'_>]) -> Vec<(Containers, Environment)> {
    let Some(files) = parsed(reader, inputs) else { return Vec::new() };
    if is_foreign(&files, inputs) {
        reader.deployment.texts.retain(|text| text.kind != Kind::Helm);
        reader.deployment.foreign.extend(inputs.iter().map(|d| d.input.name.clone()));
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

/// The files, parsed; `None` when helm refuses one.
fn parsed(reader: &mut Reader<'_>, inputs: &[&Decoded<'_>]) -> Option<Vec<File>> {
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
                        return None;
                    }
                    files.push(File { number, yaml, root });
                }
            }
            Err(error) => {
                let span = Span::new(number, error.at, error.at.saturating_add(1).min(d.text.len()));
                reader.refuse(Some(span), format!("helm refuses this file: {}", error.message), "Fix the YAML here.");
                return None;
            }
        }
    }
    Some(files)
}

#[cfg(test)]
mod tests {
    use crate::files::NoFiles;
    use crate::source::{Environment, Given, Input, Kind, Options, read};
    use crate::variable::Containers;

    /// Web's region of media; `None` when the values are refused.
    fn region(text: &str) -> Option<String> {
        let given = Given::Bytes(text.as_bytes().to_vec());
        let input = Input { name: "values.yaml".into(), given, kind: Some(Kind::Helm), container: None };
        let deployment = read(&[input], &Options::default(), &NoFiles).ok()?;
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

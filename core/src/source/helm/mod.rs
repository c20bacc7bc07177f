//! Values of the Langfuse chart: what the templates of its version render from them, and what they refuse.
//!
//! Source: charts/langfuse of langfuse/langfuse-k8s, `templates/_helpers.tpl` (`langfuse.s3Env` and what it calls) and
//! `templates/validations.yaml`. How the versions differ is in [`chart`].

mod bundled;
mod chart;
mod ineffective;
mod render;
pub(super) mod template;
mod validate;
pub(super) mod values;
mod version;

pub use bundled::{bundled_service, bundled_store_at};
pub use chart::CHART_VERSION;

use std::rc::Rc;

use super::environment::Environment;
use super::error::ReadError;
use super::facts::{ChartBasis, IneffectiveKind, RefusedBy};
use super::input::Decoded;
use super::kind::{Kind, Wrapper};
use super::reader::Reader;
use super::wrapper;
use super::yaml::Yaml;
use crate::order;
use crate::text::span::Span;
use crate::variable::{Containers, Version};
use ineffective::{STORAGE_KEYS, facts};
use render::Chart;
use validate::validate;
use values::{ChartValues, File, Found, Refused, Values};

/// Whether nothing shows that the files are values of the Langfuse chart and the user hasn't said so. An empty file
/// means the chart's defaults.
fn is_foreign(values: &ChartValues) -> bool {
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
    let keys: Vec<Rc<str>> = values
        .files
        .iter()
        .flat_map(|f| f.yaml.entries(f.root).iter().map(|e| Rc::clone(&e.key)).collect::<Vec<_>>())
        .collect();
    let own = keys.iter().any(|k| matches!(&**k, "langfuse" | "s3") || STORAGE_KEYS.contains(&&**k));
    let shared = keys.iter().all(|k| SHARED.contains(&&**k));
    !values.files.is_empty() && !values.recognized && !own && !shared
}

/// Reads values files and the documents around values, in the order of `helm -f`.
pub(super) fn read(
    reader: &mut Reader<'_>,
    inputs: &[&Decoded<'_>],
) -> Result<Vec<(Containers, Environment)>, ReadError> {
    let mut values =
        ChartValues { recognized: inputs.iter().any(|d| d.input.kind.is_some()), ..ChartValues::default() };
    // Further files of a chart that contains Langfuse's may each hold little of it.
    let umbrella = inputs.iter().filter(|d| d.kind == Kind::UmbrellaValues).find_map(|d| wrapper::alias(&d.text));
    for d in inputs {
        let number = reader.keep(&d.input.name, d.kind, Containers::BOTH, d.text.clone());
        let read = match d.kind {
            Kind::Helm if template::is_template(&d.input.name) => {
                let masked = template::masked(&d.text);
                values.templates.push(|text| text.contains(wrapper::FILLED));
                values.hidden |= masked.conditional;
                values.unrendered = true;
                parsed(reader, number, &masked.text, umbrella.as_deref(), &mut values)
            }
            Kind::Helm => parsed(reader, number, &d.text, umbrella.as_deref(), &mut values),
            _ => wrapper::unwrap(reader, number, d, &mut values)?,
        };
        if read.is_none() {
            return Ok(Vec::new());
        }
    }
    let named = reader.options.chart_version.clone().or_else(|| values.chart_version.take()).map(|v| (v, None));
    let asked = named.or_else(|| version::beside(reader, inputs, &values));
    Ok(judge(reader, values, asked))
}

/// What the containers of the release receive; `asked` is the chart's version, and the file beside that names it.
fn judge(
    reader: &mut Reader<'_>,
    mut given: ChartValues,
    asked: Option<(String, Option<String>)>,
) -> Vec<(Containers, Environment)> {
    if given.files.is_empty() && !given.environments.is_empty() {
        // Another chart: advice about the values of Langfuse's would mislead.
        if reader.options.deployment.is_none() {
            reader.deployment.wrapper = Wrapper::K8s;
        }
        let mut environments = std::mem::take(&mut given.environments);
        order::sort_by_key(&mut environments, |(c, _)| *c);
        return conceal(environments, &given);
    }
    if is_foreign(&given) {
        let texts = std::mem::take(&mut reader.deployment.texts);
        let (values, others): (Vec<_>, Vec<_>) = texts.into_iter().partition(|text| text.kind == Kind::Helm);
        reader.deployment.texts = others;
        reader.deployment.foreign.extend(values.into_iter().map(|text| ReadError::Foreign { file: text.name }));
        return Vec::new();
    }
    let values = Values { files: std::mem::take(&mut given.files), templates: given.templates.clone() };
    let release = reader.options.release.clone().or_else(|| given.release.take()).unwrap_or_else(|| "langfuse".into());
    // Before anything is refused: a key in the wrong place is still a secret to redact.
    let (templates, chart) = version::choose(asked, &values);
    let mut facts = facts(&values, templates, chart);
    let nearest = match &facts.chart.basis {
        ChartBasis::Nearest(version) => Some(version.as_str()),
        _ => None,
    };
    // Charts before 1.0.0 have that section.
    if nearest.is_some_and(|v| v.starts_with("0.")) {
        facts.ineffective.retain(|s| s.kind != IneffectiveKind::DeadSection);
    }
    // The checks of a version that isn't known aren't known either, nor what another program fills in.
    let lenient = nearest.is_some() || given.unrendered;
    // What isn't visible may switch the store off.
    facts.bundled_store &= !given.hidden || facts.deploy_span.is_some();
    reader.deployment.platform_identity =
        facts.service_account_annotations.iter().any(|(name, _)| name == "eks.amazonaws.com/role-arn");
    reader.deployment.helm = Some(facts);
    let mut duplicates = Vec::new();
    let valid = if given.hidden || lenient { Ok(()) } else { validate(&values, templates) };
    let chart = Chart { values: &values, release: &release, templates, lenient };
    let built = valid.and_then(|()| chart.environments(&mut duplicates));
    let environments = match built {
        Ok(environments) => environments,
        Err(Refused { span, message, help }) => {
            reader.refuse_by(RefusedBy::Chart, span, format!("the chart refuses these values: {message}"), help);
            return Vec::new();
        }
    };
    for duplicate in duplicates {
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
    conceal(environments, &given)
}

/// The environments without what isn't visible: values that another program fills in, and defaults that further values
/// may override.
fn conceal(environments: Vec<(Containers, Environment)>, given: &ChartValues) -> Vec<(Containers, Environment)> {
    let conceal = |(containers, mut environment): (Containers, Environment)| {
        environment.forget(&|text| given.templates.iter().any(|is_template| is_template(text)));
        if given.hidden {
            environment = environment.without_defaults();
            environment.open = true;
        }
        (containers, environment)
    };
    environments.into_iter().map(conceal).collect()
}

/// Adds a values file, or what it has for the dependency `alias`; `None` when helm refuses it.
fn parsed(
    reader: &mut Reader<'_>,
    number: usize,
    text: &str,
    alias: Option<&str>,
    values: &mut ChartValues,
) -> Option<()> {
    match Yaml::parse_helm(text) {
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
                let root = alias.map_or(Some(root), |alias| yaml.get(root, alias));
                let yaml = Rc::new(yaml);
                values.files.extend(root.map(|root| File { number, yaml, root }));
            }
            Some(())
        }
        Err(error) => {
            let span = Span::new(number, error.at, error.at.saturating_add(1).min(text.len()));
            reader.refuse(Some(span), format!("helm refuses this file: {}", error.message), "Fix the YAML here.");
            None
        }
    }
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

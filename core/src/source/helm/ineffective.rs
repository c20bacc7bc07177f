//! Values that have no effect, or not the one that they seem to have: what their structure alone shows.

use std::collections::{BTreeMap, BTreeSet};

use super::chart::{Dotted, Endpoints, Feature, Release, StoreKeys, TEMPLATES, Templates};
use super::values::{File, Found, Values, parts};
use super::version;
use crate::source::facts::{ChartFacts, ChartStore, HelmFacts, IneffectiveKind, IneffectiveValue};
use crate::source::scalar::Scalar;
use crate::source::yaml::Id;
use crate::text::span::Span;
use crate::variable::UseCase;

/// Keys of the `s3` block, to detect them at the wrong level.
pub(super) const STORAGE_KEYS: [&str; 11] = [
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

/// Findings that the values' structure alone shows.
pub(super) fn facts(values: &Values, templates: &Templates, chart: ChartFacts) -> HelmFacts {
    let mut facts = HelmFacts {
        bundled_store: values.get(&["s3", "deploy"], "true").is_truthy(),
        deploy_span: values.span(&["s3", "deploy"]),
        ineffective: Vec::new(),
        chart,
        service_account_annotations: Vec::new(),
    };
    let bundled_store = facts.bundled_store;
    let mut add = |kind, path: &[&str], value: String| {
        if let Some(span) = values.span(path) {
            facts.ineffective.push(IneffectiveValue { kind, path: path.join("."), span, value, other: None });
        }
    };
    let own = |path: &[&str]| values.own(path);
    if let Some(found) = own(&["s3", "prefix"]).filter(Found::is_truthy) {
        add(IneffectiveKind::TopPrefix, &["s3", "prefix"], found.text());
    }
    let global = values.get(&["s3", "forcePathStyle"], "true").is_truthy();
    for part in parts() {
        let path = ["s3", part.key, "forcePathStyle"];
        if global && own(&path).is_some_and(|f| f.scalar == Scalar::Bool(false)) {
            add(IneffectiveKind::PathStyleFalse, &path, "false".into());
        }
    }
    unrendered_credentials(values, &mut add);
    if bundled_store && templates.store == ChartStore::SeaweedFs {
        if values.node(&["s3", "persistence"]).is_some() {
            add(IneffectiveKind::OldStore, &["s3", "persistence"], String::new());
        }
        if let Some(found) = own(&["s3", "image", "repository"]).filter(|f| f.text().contains("minio")) {
            add(IneffectiveKind::OldStore, &["s3", "image", "repository"], found.text());
        }
        // Values for chart 1.x whose storage part fits both charts.
        if let Some(path) = version::only_of_chart_1(values).filter(|path| path.first() != Some(&"s3")) {
            add(IneffectiveKind::OldStore, &path, String::new());
        }
    }
    later(values, templates, &mut add);
    for (key, default) in [("maxContentLength", "1e+09"), ("downloadUrlExpirySeconds", "3600")] {
        let path = ["s3", "mediaUpload", key];
        if let Some(found) = own(&path).filter(|f| f.text() != default) {
            add(IneffectiveKind::DeadName, &path, found.text());
        }
    }
    if own(&["s3", "mediaUpload", "enabled"]).is_some_and(|f| !f.is_truthy()) {
        add(IneffectiveKind::MediaDisabled, &["s3", "mediaUpload", "enabled"], "false".into());
    }
    wrong_levels(values, &mut add);
    dead_sections(values, &mut add);
    values.files.iter().for_each(|file| doubled_keys(file, &mut facts.ineffective));
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

/// Keys that the templates of later versions read and these don't.
fn later(values: &Values, templates: &Templates, add: &mut dyn FnMut(IneffectiveKind, &[&str], String)) {
    let since = |reads: &dyn Fn(&Templates) -> bool| -> Option<Release> {
        if reads(templates) { None } else { TEMPLATES.iter().find(|t| reads(t)).map(|t| t.since) }
    };
    let mut note = |since: Option<Release>, path: &[&str]| {
        let Some(since) = since.filter(|_| values.node(path).is_some()) else { return };
        add(IneffectiveKind::LaterChart, path, Dotted(since).to_string());
    };
    let gained = |feature: Feature| (!templates.has(feature)).then(|| feature.since());
    let providers = gained(Feature::Providers);
    let provider = values.own(&["s3", "storageProvider"]).is_some_and(|f| f.is_truthy() && f.text() != "s3");
    note(providers.filter(|_| provider), &["s3", "storageProvider"]);
    note(providers, &["s3", "gcs"]);
    let keys = since(&|t| t.keys != StoreKeys::Text);
    for key in ["rootUserSecretKey", "rootPasswordSecretKey"] {
        note(keys, &["s3", "auth", key]);
    }
    let endpoints = since(&|t| t.endpoints != Endpoints::OfEvents);
    let component = gained(Feature::ComponentEnv);
    let from = gained(Feature::EnvFrom);
    let downward = gained(Feature::Downward);
    for part in parts() {
        if Some(part.key) != UseCase::Events.chart_key() {
            note(endpoints, &["s3", part.key, "endpoint"]);
        }
    }
    for at in ["accessKeyId", "secretAccessKey"] {
        for field in parts().map(|part| vec!["s3", part.key, at]).chain([vec!["s3", at]]) {
            for key in ["fieldRef", "resourceFieldRef"] {
                note(downward, &[field.as_slice(), &[key]].concat());
            }
        }
    }
    note(from, &["langfuse", "additionalEnvFrom"]);
    for container in ["web", "worker"] {
        note(component, &["langfuse", container, "pod", "additionalEnv"]);
        note(from, &["langfuse", container, "pod", "additionalEnvFrom"]);
    }
    if templates.store == ChartStore::MinIo {
        let seaweedfs = since(&|t| t.store == ChartStore::SeaweedFs);
        for path in version::ONLY_2.into_iter().filter(|path| path.first() == Some(&"s3")) {
            note(seaweedfs, path);
        }
    }
}

/// Credentials in a form that the templates don't read.
fn unrendered_credentials(values: &Values, add: &mut dyn FnMut(IneffectiveKind, &[&str], String)) {
    for at in ["accessKeyId", "secretAccessKey"] {
        for field in parts().map(|part| vec!["s3", part.key, at]).chain([vec!["s3", at]]) {
            for tail in [
                &["existingSecret"][..],
                &["existingSecretKey"],
                &["secretKeyRef", "existingSecret"],
                &["secretKeyRef", "existingSecretKey"],
            ] {
                let path = [field.as_slice(), tail].concat();
                if let Some(found) = values.own(&path).filter(Found::is_truthy) {
                    add(IneffectiveKind::ExistingSecret, &path, found.text());
                }
            }
            let whole =
                |key| values.own(&[field.as_slice(), &["secretKeyRef", key]].concat()).is_some_and(|f| f.is_truthy());
            if whole("name") != whole("key") {
                let given = if whole("name") { "name" } else { "key" };
                add(
                    IneffectiveKind::ExistingSecret,
                    &[field.as_slice(), &["secretKeyRef", given]].concat(),
                    String::new(),
                );
            }
        }
    }
}

/// Duplicate keys in one mapping, in the storage parts of the values.
fn doubled_keys(file: &File, ineffective: &mut Vec<IneffectiveValue>) {
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
                    ineffective.push(IneffectiveValue {
                        kind: IneffectiveKind::Twice,
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

/// Top-level sections with storage settings under a name that the chart doesn't have: `minio:` of charts before 1.0.0.
fn dead_sections(values: &Values, add: &mut dyn FnMut(IneffectiveKind, &[&str], String)) {
    const READ: [&str; 9] = [
        "langfuse",
        "s3",
        "postgresql",
        "clickhouse",
        "redis",
        "global",
        "nameOverride",
        "fullnameOverride",
        "extraManifests",
    ];
    // Names that only a storage section has.
    const OWN: [&str; 4] = ["eventUpload", "batchExport", "mediaUpload", "forcePathStyle"];
    let mut seen = BTreeSet::new();
    for file in &values.files {
        for entry in file.yaml.entries(file.root).iter() {
            let key = &*entry.key;
            if READ.contains(&key) || STORAGE_KEYS.contains(&key) || file.yaml.entries(entry.value).is_empty() {
                continue;
            }
            let has = |id| OWN.iter().any(|own| file.yaml.get(id, own).is_some());
            let storage = key == "minio" || has(entry.value) || file.yaml.get(entry.value, "s3").is_some_and(has);
            if storage && seen.insert(key.to_owned()) {
                add(IneffectiveKind::DeadSection, &[key], String::new());
            }
        }
    }
}

/// Keys of the storage block at a level where the chart doesn't read them.
fn wrong_levels(values: &Values, add: &mut dyn FnMut(IneffectiveKind, &[&str], String)) {
    for key in STORAGE_KEYS {
        for parents in [vec!["langfuse", "s3"], vec!["langfuse"], vec!["s3", "s3"], vec![]] {
            let path: Vec<&str> = parents.iter().copied().chain([key]).collect();
            if values.node(&path).is_some() {
                // The value is kept only so that it's redacted.
                let nested = [path.as_slice(), &["value"]].concat();
                let found = values.own(&path).or_else(|| values.own(&nested));
                add(IneffectiveKind::WrongLevel, &path, found.map(|f| f.text()).unwrap_or_default());
            }
        }
    }
    for key in ["accessKeyId", "secretAccessKey"] {
        for path in parts().map(|part| vec!["s3", part.key, key]).chain([vec!["s3", key]]) {
            // A plain string in place of `value:` or `secretKeyRef:`.
            if let Some(found) = values.own(&path).filter(Found::is_truthy) {
                add(IneffectiveKind::WrongLevel, &path, found.text());
            }
        }
    }
}

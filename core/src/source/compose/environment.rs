//! `environment` and `env_file` of a service: what it receives.

use std::collections::BTreeMap;

use super::env_file::{EnvFile, env_files_of};
use super::project::{File, Project, Service, UNKNOWN};
use super::refusal::refuse_template;
use crate::order;
use crate::source::environment::{Duplicate, Environment, hash};
use crate::source::error::ReadError;
use crate::source::facts::Missing;
use crate::source::kind::{Dialect, Kind};
use crate::source::reader::{Companion, Reader};
use crate::source::scalar::{self, Scalar};
use crate::source::setting::{Origin, Place, Setting, Value};
use crate::source::template::{self, TemplateError};
use crate::source::yaml::Id;
use crate::text::printable::quoted;
use crate::text::span::Span;
use crate::variable::{Containers, Var, find};

/// One entry of `environment` before it is resolved.
struct Entry {
    name: String,
    /// `None`: only a name; the project's value is passed through.
    value: Option<String>,
    place: Place,
    /// Few entries of a huge list have one, so it takes little room in the others.
    template: Option<Box<Template>>,
    /// Whether the value is exactly what was written.
    same: bool,
}

impl Entry {
    /// The value as written, if it is a template.
    fn written(&self) -> Option<&str> {
        self.template.as_deref().map(|t| t.written.as_str())
    }

    /// The names in the value that have no value.
    fn unset(&self) -> &[String] {
        self.template.as_deref().map_or(&[], |t| &t.unset)
    }
}

/// A value with variables in it.
struct Template {
    /// As written.
    written: String,
    /// The names in it that have no value.
    unset: Vec<String>,
}

/// What a service gets from its layers.
#[derive(Default)]
struct Layers {
    entries: Vec<Entry>,
    /// Where a name is in `entries`, by its hash: copying the names of a huge list would cost too much.
    places: BTreeMap<u64, usize>,
    env_files: Vec<EnvFile>,
}

impl Layers {
    /// Adds the `env_file` of a layer.
    fn add_env_files(&mut self, project: &Project, file: &File, list: Id) {
        let tag = file.yaml.written(list).map_or("", |n| n.tag.as_str());
        if matches!(tag, "!reset" | "!override") {
            self.env_files.clear();
        }
        if tag != "!reset" {
            env_files_of(project, file, list, &mut self.env_files);
        }
    }

    /// Adds the `environment` of a layer; `false` when compose would refuse the project.
    fn add_entries(&mut self, reader: &mut Reader<'_>, project: &Project, file: &File, value: Id) -> bool {
        let tag = file.yaml.written(value).map_or("", |n| n.tag.as_str());
        if matches!(tag, "!reset" | "!override") {
            self.entries.clear();
            self.places.clear();
        }
        if tag == "!reset" {
            return true;
        }
        let read = match entries_of(project, file, value) {
            Ok(read) => read,
            Err((span, error)) => {
                refuse_template(reader, span, &error);
                return false;
            }
        };
        let twice = duplicates(&read);
        if twice.is_empty() && self.entries.is_empty() {
            self.places = order::filled(read.iter().enumerate().map(|(at, entry)| (hash(&entry.name), at)));
            self.entries = read;
            return true;
        }
        for (lost, kept) in twice {
            if let (Some(lost), Some(kept)) = (resolve(project, lost), resolve(project, kept)) {
                reader.deployment.keep_duplicate(Duplicate { lost, kept });
            }
        }
        for entry in read {
            let at = *self.places.entry(hash(&entry.name)).or_insert(self.entries.len());
            match self.entries.get_mut(at).filter(|old| old.name == entry.name) {
                Some(old) => *old = entry,
                None => self.entries.push(entry),
            }
        }
        true
    }
}

/// What a service receives. `None` if compose would refuse the project.
pub(super) fn environment(
    reader: &mut Reader<'_>,
    project: &Project,
    service: &Service,
) -> Result<Option<Environment>, ReadError> {
    let mut layers = Layers::default();
    for (file, node) in &service.layers {
        let (Some(file), node) = (project.files.get(*file), *node) else { continue };
        if let Some(list) = file.yaml.get(node, "env_file") {
            layers.add_env_files(project, file, list);
        }
        let Some(value) = file.yaml.get(node, "environment") else { continue };
        if !layers.add_entries(reader, project, file, value) {
            return Ok(None);
        }
    }
    let Layers { entries, env_files, .. } = layers;
    let known = |e: &Entry| Some((e.name.clone(), e.value.clone().or_else(|| project.lookup(&e.name))?));
    // Only an env file needs them.
    let asked = entries.iter().filter(|_| !env_files.is_empty());
    let own: BTreeMap<String, String> = order::filled(asked.filter_map(known));
    let Some(mut environment) = from_env_files(reader, project, env_files, &own)? else { return Ok(None) };
    let mut without = Vec::new();
    environment.reserve(entries.len());
    for entry in entries {
        let bare = entry.value.is_none() && project.lookup(&entry.name).is_none();
        // A `$` inside a secret is an accident, and what follows it is part of the secret.
        let hidden = |v: Var| v.row().secret || v.row().kind == crate::variable::Kind::KeyId;
        let whole = entry.written().is_some_and(|t| whole_reference(t).is_some());
        let counts = find(&entry.name).is_some_and(|v| bare || whole || !hidden(v));
        if (bare || !entry.unset().is_empty()) && counts {
            let names = if bare { vec![entry.name.clone()] } else { entry.unset().to_vec() };
            environment.unseen.push((Setting::of(&entry.name, Value::Unknown).at(entry.place), names));
        }
        match resolve(project, &entry) {
            Some(setting) => {
                environment.set(setting);
            }
            // A name without a value anywhere also unsets what an env file set.
            None => without.push(entry.name),
        }
    }
    environment.remove_all(&order::filled(without.iter().map(String::as_str)));
    if !project.elsewhere.is_empty() {
        environment.hide(|text| text.contains(UNKNOWN));
    }
    Ok(Some(environment))
}

/// What the env files set; `own` are the values of the service's `environment`. `None` if compose would refuse one.
fn from_env_files(
    reader: &mut Reader<'_>,
    project: &Project,
    env_files: Vec<EnvFile>,
    own: &BTreeMap<String, String>,
) -> Result<Option<Environment>, ReadError> {
    let mut environment = Environment::default();
    let mut seen: BTreeMap<String, String> = own.clone();
    for env_file in env_files {
        let via = env_file.via;
        let (_, companion) = reader.companion(&project.directory, &env_file.written, Some(via))?;
        let text = match companion {
            Companion::Text(text) => text,
            Companion::Missing if env_file.required => {
                // Git ignores such a file in most projects. It may set anything.
                let missing = Missing { span: via, name: env_file.path, file: true };
                if !reader.deployment.missing.contains(&missing) {
                    reader.deployment.missing.push(missing);
                }
                environment.open = true;
                continue;
            }
            Companion::Missing | Companion::Unopened => continue,
        };
        if !matches!(env_file.format.as_str(), "" | "raw") {
            let format = quoted(&env_file.format);
            reader.refuse(
                Some(via),
                format!("docker compose refuses this file: env file format {format} isn't supported"),
                "Remove `format`, or write `format: raw`.",
            );
            return Ok(None);
        }
        let lookup = {
            let (shell, values, seen) = (&project.shell, &project.values, seen.clone());
            move |n: &str| {
                shell.get(n).or_else(|| values.get(n)).or_else(|| own.get(n)).or_else(|| seen.get(n)).cloned()
            }
        };
        let Some(read) = read_env_file(reader, &env_file, text, &lookup) else { return Ok(None) };
        for setting in read.iter() {
            if let Value::Known(text) = &setting.value {
                seen.insert(setting.name.to_string(), text.clone());
            }
            let mut setting = setting.clone();
            setting.via = Some(via);
            environment.set(setting);
        }
    }
    Ok(Some(environment))
}

/// Reads one env file. One that both services share is recorded once.
fn read_env_file(
    reader: &mut Reader<'_>,
    env_file: &EnvFile,
    text: String,
    lookup: &template::Lookup<'_>,
) -> Option<Environment> {
    let dialect = if env_file.format == "raw" { Dialect::Docker } else { Dialect::Compose };
    let known = reader.deployment.texts.iter().position(|t| t.name == env_file.path);
    let number = known.unwrap_or_else(|| reader.keep(&env_file.path, Kind::Dotenv, Containers::BOTH, text));
    let (lines, duplicates, odd) =
        (reader.deployment.lines.len(), reader.deployment.duplicates.len(), reader.deployment.disagreements.len());
    let left = reader.deployment.duplicates_left;
    let read = reader.dotenv(number, dialect, lookup)?;
    if known.is_some() {
        reader.deployment.lines.truncate(lines);
        reader.deployment.duplicates.truncate(duplicates);
        reader.deployment.duplicates_left = left;
        reader.deployment.disagreements.truncate(odd);
    }
    Some(read)
}

/// Entries of one list that a later one of the same name replaces, each with the one that counts.
fn duplicates(entries: &[Entry]) -> Vec<(&Entry, &Entry)> {
    let mut last: BTreeMap<&str, &Entry> = BTreeMap::new();
    let mut out: Vec<(&Entry, &Entry)> = Vec::new();
    for entry in entries.iter().rev() {
        match last.get(entry.name.as_str()) {
            Some(kept) => out.push((entry, kept)),
            None => {
                last.insert(&entry.name, entry);
            }
        }
    }
    out
}

/// The entries of an `environment`, expanded; the error is at the template that can't be.
fn entries_of(project: &Project, file: &File, value: Id) -> Result<Vec<Entry>, (Span, TemplateError)> {
    if let Some(items) = file.yaml.seq(value) {
        return listed(project, file, items);
    }
    let mut out = Vec::new();
    let lookup = |n: &str| project.lookup(n);
    for entry in file.yaml.entries(value).iter() {
        let Some(node) = file.yaml.node(entry.value) else { continue };
        let Some((text, style)) = file.yaml.scalar(entry.value) else { continue };
        let (start, end, quote) = file.yaml.content(entry.value);
        let (name_start, name_end, _) = file.yaml.content(entry.key_id);
        let span = Span::new(file.number, start, end);
        let resolved = scalar::resolve(text, style, &node.tag, scalar::Reader::Compose);
        let is_text = matches!(resolved, Scalar::Text(_));
        let value = resolved.text();
        let same = is_text && value.as_ref().is_some_and(|text| !text.contains('$'));
        let template = value.clone().filter(|_| is_text && !same);
        let mut unset = Vec::new();
        let value = match value {
            Some(text) if is_text && !same => {
                Some(template::expand(&text, &lookup, &mut |n| unset.push(n.to_owned())).map_err(|e| (span, e))?)
            }
            other => other,
        };
        out.push(Entry {
            name: entry.key.to_string(),
            value,
            place: Place {
                name: Span::new(file.number, name_start, name_end),
                value: span,
                entry: None,
                plain: false,
                quote,
                named: true,
            },
            template: template.map(|written| Box::new(Template { written, unset })),
            same,
        });
    }
    Ok(out)
}

/// The entries of an `environment` that is a list.
fn listed(project: &Project, file: &File, items: &[Id]) -> Result<Vec<Entry>, (Span, TemplateError)> {
    let mut out = Vec::new();
    let lookup = |n: &str| project.lookup(n);
    out.reserve_exact(items.len());
    for item in items {
        let Some(node) = file.yaml.written(*item) else { continue };
        let Some((text, style)) = file.yaml.scalar(*item) else { continue };
        let (start, end, quote) = file.yaml.content(*item);
        let text = scalar::resolve(text, style, &node.tag, scalar::Reader::Compose).text().unwrap_or_default();
        let span = Span::new(file.number, start, end);
        let mut unset = Vec::new();
        let expanded = template::expand(&text, &lookup, &mut |n| unset.push(n.to_owned())).map_err(|e| (span, e))?;
        let (name, value) = expanded.split_once('=').map_or((expanded.as_str(), None), |(n, v)| (n, Some(v)));
        let same = value.is_some() && !text.contains('$');
        let written = text.split_once('=').filter(|_| !same).map(|(_, v)| v.to_owned());
        let name_end = start.saturating_add(name.len()).min(end);
        let value_start = name_end.saturating_add(usize::from(value.is_some())).min(end);
        out.push(Entry {
            name: name.to_owned(),
            value: value.map(str::to_owned),
            place: Place {
                name: Span::new(file.number, start, name_end),
                value: Span::new(file.number, value_start, end),
                entry: None,
                plain: false,
                quote,
                named: true,
            },
            template: written.map(|written| Box::new(Template { written, unset })),
            same,
        });
    }
    Ok(out)
}

/// The setting an entry resolves to, located where its value really comes from.
fn resolve(project: &Project, entry: &Entry) -> Option<Setting> {
    let here = entry.place;
    let Some(value) = &entry.value else {
        let Some(text) = project.lookup(&entry.name) else {
            return project.values_unknown.then(|| Setting::new(entry.name.clone(), Value::Unknown).at(here));
        };
        let mut setting = Setting::new(entry.name.clone(), Value::Known(text)).at(here);
        if !project.shell.contains_key(&entry.name) {
            if let Some(place) = project.dotenv.by_name(&entry.name).and_then(|s| s.place) {
                setting.place = Some(place);
                setting.via = Some(here.name);
            }
        }
        return Some(setting);
    };
    let template = entry.written().unwrap_or("");
    if project.values_unknown && template.contains('$') {
        let from_shell = whole_reference(template).is_some_and(|(name, _)| project.shell.contains_key(name));
        if !from_shell {
            return Some(Setting::new(entry.name.clone(), Value::Unknown).at(here));
        }
    }
    let mut setting = Setting::new(entry.name.clone(), Value::Known(value.clone())).at(here);
    match whole_reference(template) {
        None => {
            let same = entry.same;
            setting.place = Some(Place { plain: same && here.value.len() == value.len(), ..here });
        }
        Some((name, fallback)) => {
            let given = project.lookup(name).filter(|v| !v.is_empty() || fallback.is_none());
            if given.is_some() {
                let from_file = project.dotenv.by_name(name).filter(|_| !project.shell.contains_key(name));
                if let Some(place) = from_file.and_then(|s| s.place) {
                    setting.place = Some(Place { named: name == entry.name, ..place });
                    setting.via = Some(here.value);
                }
            } else if let Some(fallback) = fallback {
                setting.origin = Origin::Wrapper;
                // `${NAME:-` before the default, `}` after it.
                let end = here.value.end.saturating_sub(1);
                let start = end.saturating_sub(fallback.len());
                let plain = !fallback.contains('$') && here.value.len() == template.len();
                if plain {
                    setting.place = Some(Place { value: Span::new(here.value.file, start, end), plain, ..here });
                }
            }
        }
    }
    Some(setting)
}

/// `${NAME}`, `$NAME` or `${NAME:-default}` as the whole value: the name and the default.
fn whole_reference(template: &str) -> Option<(&str, Option<&str>)> {
    let rest = template.strip_prefix('$')?;
    let is_name = |n: &str| !n.is_empty() && n.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric());
    if is_name(rest) {
        return Some((rest, None));
    }
    let inner = rest.strip_prefix('{')?.strip_suffix('}')?;
    if is_name(inner) {
        return Some((inner, None));
    }
    let (name, default) = inner.split_once(":-")?;
    (is_name(name) && !default.contains('}')).then_some((name, Some(default)))
}

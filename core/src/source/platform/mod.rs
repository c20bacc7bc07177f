//! Whole environments in a platform's own form: containers with an image, a name and a list of variables.

mod cloudformation;
mod container_apps;
mod docker_inspect;
mod ecs;
mod nomad;
mod render;
mod search;
pub(super) mod systemd;
mod terraform_json;

use saphyr_parser::ScalarStyle;

use super::environment::{Entries, Environment};
use super::image;
use super::input::Decoded;
use super::kind::Kind;
use super::reader::Reader;
use super::replica::Replica;
use super::scalar::{self, Scalar};
use super::setting::{Place, Setting, Value};
use super::yaml::{Id, Yaml};
use crate::order;
use crate::text::printable::quoted;
use crate::text::span::Span;
use crate::variable::{Containers, is_storage_name};
pub(super) use search::search;

type Environments = Vec<(Containers, Environment)>;

/// A container as a platform describes it.
#[derive(Clone, Debug, Default)]
pub(super) struct Container {
    /// Its image, and where it's named.
    pub(super) image: Option<(String, Id)>,
    /// Its name.
    pub(super) name: Option<(String, Id)>,
    /// Lists or mappings of variables; later ones override earlier ones.
    pub(super) variables: Vec<Id>,
    /// Lists of variables whose values are kept elsewhere.
    pub(super) secrets: Vec<Id>,
    /// Whether it receives more than is visible.
    pub(super) open: bool,
}

/// The containers that a document describes.
#[derive(Debug, Default)]
struct Described {
    containers: Vec<Container>,
    /// Texts that hold a JSON document of their own, with the node that they are.
    nested: Vec<(Yaml, Id)>,
    /// Whether the platform provides AWS credentials.
    identity: bool,
}

/// Reads a platform's document.
pub(super) fn read(reader: &mut Reader<'_>, d: &Decoded<'_>) -> Environments {
    let number = reader.keep(&d.input.name, d.kind, Containers::BOTH, d.text.clone());
    let json = d.text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
    let parsed = if json { Yaml::parse_json(&d.text) } else { Yaml::parse(&d.text) };
    let yaml = match parsed {
        Ok(yaml) => yaml,
        Err(error) => {
            let span = Span::new(number, error.at, error.at.saturating_add(1).min(d.text.len()));
            let language = if json { "JSON" } else { "YAML" };
            let message = format!("invalid {language} in this {}: {}", noun(d.kind), error.message);
            reader.refuse(Some(span), message, "Fix the syntax here.");
            return Vec::new();
        }
    };
    let described = yaml.documents.first().map_or_else(Described::default, |root| match d.kind {
        Kind::Ecs => ecs::describe(&yaml, *root),
        Kind::DockerInspect => docker_inspect::describe(&yaml, *root),
        Kind::ContainerApps => container_apps::describe(&yaml, *root),
        Kind::Render => render::describe(&yaml, *root),
        Kind::CloudFormation => cloudformation::describe(&yaml, *root),
        Kind::TerraformJson => terraform_json::describe(&yaml, *root),
        _ => nomad::describe(&yaml, *root),
    });
    reader.deployment.platform_identity |= described.identity;
    let strict = d.kind == Kind::Ecs;
    let mut found = environments(reader, number, &yaml, &described.containers, strict);
    for (inner, _) in &described.nested {
        let Some(root) = inner.documents.first().copied() else { continue };
        for (which, environment) in environments(reader, number, inner, &search(inner, &[root]), strict) {
            if !found.iter().any(|(c, _)| *c == which) {
                found.push((which, environment));
            }
        }
    }
    // What another program fills in first; no platform expands it, but Nomad.
    if matches!(d.kind, Kind::Ecs | Kind::Nomad | Kind::ContainerApps) {
        for (_, environment) in &mut found {
            environment.forget(&|text| text.contains("${") || text.contains("{{") || is_expression(text));
        }
    }
    if found.is_empty() && reader.deployment.refusals.is_empty() {
        reader.unsuited(
            number,
            format!("no container of this {} runs Langfuse", noun(d.kind)),
            match d.kind {
                Kind::TerraformJson => {
                    "If a `helm_release` installs Langfuse, run `helm get values RELEASE | langfuse-blob check -`."
                }
                _ => "Name the file whose containers use the images langfuse/langfuse and langfuse/langfuse-worker.",
            },
        );
    }
    order::sort_by_key(&mut found, |(c, _)| *c);
    found
}

/// Whether an ARM template computes the value.
fn is_expression(text: &str) -> bool {
    let expression = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    expression.is_some_and(|e| e.starts_with(|c: char| c.is_ascii_alphabetic()) && e.contains('('))
}

/// What such a document is called.
fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Ecs => "ECS task definition",
        Kind::DockerInspect => "output of `docker inspect`",
        Kind::ContainerApps => "container app",
        Kind::Render => "Render blueprint",
        Kind::CloudFormation => "CloudFormation template",
        Kind::TerraformJson => "output of `terraform show -json`",
        _ => "Nomad job",
    }
}

/// What the containers that run Langfuse receive. Where no image and no name says which those are, their variables do.
/// With `strict`, values that aren't strings are refused.
pub(super) fn environments(
    reader: &mut Reader<'_>,
    number: usize,
    yaml: &Yaml,
    containers: &[Container],
    strict: bool,
) -> Environments {
    let mut detected: Vec<(Containers, &Container)> =
        containers.iter().filter_map(|c| Some((of_image(c).or_else(|| of_name(c))?, c))).collect();
    if detected.is_empty() {
        let with_settings = |c: &&Container| c.variables.iter().chain(&c.secrets).any(|v| names_storage(yaml, *v));
        let found: Vec<&Container> = containers.iter().filter(with_settings).collect();
        let is_worker = |c: &Container| c.name.as_ref().is_some_and(|(n, _)| n.to_ascii_lowercase().contains("worker"));
        detected = match found.as_slice() {
            [only] if !is_worker(only) => vec![(Containers::BOTH, *only)],
            several => {
                let which = |c: &Container| if is_worker(c) { Containers::WORKER } else { Containers::WEB };
                several.iter().map(|c| (which(c), *c)).collect()
            }
        };
    }
    let mut out: Environments = Vec::new();
    for (which, container) in detected {
        let document = Document { number, yaml, strict };
        let (environment, entries) = match document.environment(container) {
            Ok(read) => read,
            Err((span, name)) => {
                reader.refuse(
                    Some(span),
                    format!("the value of {} isn't a string, so this file is refused", quoted(&name)),
                    "Put quotes around it.",
                );
                return Vec::new();
            }
        };
        if let Some((_, first)) = out.iter().find(|(c, _)| *c == which) {
            let (name, id) = container.name.as_ref().map_or(("", None), |(name, id)| (name.as_str(), Some(*id)));
            let span = id.map(|id| document.span(id));
            reader.deployment.replicas.extend(Replica::of(first, &environment, name.to_owned(), which, span));
            continue;
        }
        reader.keep_duplicates(entries);
        if let Some((text, id)) = &container.image
            && let Some(version) = image::version(text)
        {
            reader.deployment.versions.push((which, version, Some(document.span(*id))));
        }
        out.push((which, environment));
    }
    out
}

fn of_image(container: &Container) -> Option<Containers> {
    image::containers(&container.image.as_ref()?.0)
}

fn of_name(container: &Container) -> Option<Containers> {
    let name = container.name.as_ref()?.0.trim_start_matches('/').to_ascii_lowercase();
    // A database may be named after what uses it.
    let foreign = container.image.as_ref().is_some_and(|(i, _)| !image::name(i).is_empty() && !i.contains("langfuse"));
    if foreign && !container.image.as_ref().is_some_and(|(i, _)| i.contains(['$', '{'])) {
        return None;
    }
    match name.as_str() {
        "langfuse-worker" => Some(Containers::WORKER),
        "langfuse" | "langfuse-web" => Some(Containers::WEB),
        _ => None,
    }
}

fn names_storage(yaml: &Yaml, list: Id) -> bool {
    match yaml.seq(list) {
        Some(items) => items.iter().any(|item| {
            let name = yaml.scalar(*item).map(|(t, _)| t.split('=').next().unwrap_or(""));
            let name = name.or_else(|| Some(yaml.scalar(key_of(yaml, *item)?)?.0));
            name.is_some_and(is_storage_name)
        }),
        None => yaml.entries(list).iter().any(|e| is_storage_name(&e.key)),
    }
}

/// The value under the first of `keys` that a mapping has.
fn any(yaml: &Yaml, id: Id, keys: &[&str]) -> Option<Id> {
    keys.iter().find_map(|key| yaml.get(id, key))
}

/// Whether a node holds anything.
fn is_filled(yaml: &Yaml, id: Id) -> bool {
    match (yaml.scalar(id), yaml.seq(id)) {
        (Some((text, _)), _) => !yaml.is_null(id) && !text.is_empty(),
        (None, Some(items)) => !items.is_empty(),
        (None, None) => !yaml.entries(id).is_empty(),
    }
}

/// The name of a variable in a list.
fn key_of(yaml: &Yaml, item: Id) -> Option<Id> {
    any(yaml, item, &["name", "Name", "key", "Key"])
}

/// A document that is read.
struct Document<'y> {
    number: usize,
    yaml: &'y Yaml,
    strict: bool,
}

impl Document<'_> {
    fn span(&self, id: Id) -> Span {
        let (start, end, _) = self.yaml.content(id);
        Span::new(self.number, start, end)
    }

    /// What the container receives, and the duplicates in it; the span and the name of a value that is refused.
    fn environment(&self, container: &Container) -> Result<(Environment, Entries), (Span, String)> {
        let mut environment = Environment::default();
        let mut listed = Entries::default();
        for list in &container.variables {
            for setting in self.settings(*list)? {
                listed.put(&mut environment, setting);
            }
        }
        for list in &container.secrets {
            for mut setting in self.settings(*list)? {
                setting.value = Value::Unknown;
                if let Some(place) = &mut setting.place {
                    (place.value, place.plain) = (Span::at(self.number, place.name.end), false);
                }
                listed.put(&mut environment, setting);
            }
        }
        environment.open = container.open;
        Ok((environment, listed))
    }

    /// The variables of a list or a mapping.
    fn settings(&self, list: Id) -> Result<Vec<Setting>, (Span, String)> {
        let yaml = self.yaml;
        let Some(items) = yaml.seq(list) else {
            let entries = yaml.entries(list);
            return entries.iter().map(|e| self.named(&e.key, e.key_id, e.value)).collect();
        };
        let mut out = Vec::new();
        for item in items {
            if let Some((text, _)) = yaml.scalar(*item) {
                out.extend(self.assignment(*item, text));
                continue;
            }
            let Some(key) = key_of(yaml, *item) else { continue };
            let Some((name, _)) = yaml.scalar(key) else { continue };
            let from = ["valueFrom", "ValueFrom", "value_from", "value_source", "secretRef", "secret_name"];
            let elsewhere = from.iter().filter_map(|key| yaml.get(*item, key)).any(|id| is_filled(yaml, id));
            let value = any(yaml, *item, &["value", "Value"]).filter(|v| {
                let empty = yaml.is_null(*v) && !self.strict || yaml.scalar(*v).is_some_and(|(t, _)| t.is_empty());
                !(empty && elsewhere) && (self.strict || !yaml.is_null(*v))
            });
            match value {
                Some(value) => out.push(self.named(name, key, value)?),
                None => {
                    let further = yaml.entries(*item).iter().filter(|e| is_filled(yaml, e.value)).count() > 1;
                    let value = if further { Value::Unknown } else { Value::Known(String::new()) };
                    out.push(Setting::new(name.to_owned(), value).at(self.place(key, None)));
                }
            }
        }
        Ok(out)
    }

    /// `NAME=value` in one string.
    fn assignment(&self, id: Id, text: &str) -> Option<Setting> {
        let (name, value) = text.split_once('=')?;
        let (start, end, quote) = self.yaml.content(id);
        // With an escape in it, the name's bytes aren't known.
        let plain = end.saturating_sub(start) == text.len();
        let name_end = if plain { start.saturating_add(name.len()) } else { end };
        let value_start = if plain { name_end.saturating_add(1) } else { start };
        let place = Place {
            name: Span::new(self.number, start, name_end),
            value: Span::new(self.number, value_start, end),
            entry: None,
            plain,
            quote,
            named: plain,
        };
        Some(Setting::new(name.to_owned(), Value::Known(value.to_owned())).at(place))
    }

    /// A variable and the node of its value.
    fn named(&self, name: &str, key: Id, value: Id) -> Result<Setting, (Span, String)> {
        let yaml = self.yaml;
        let setting = |value| Setting::new(name.to_owned(), value);
        let Some((text, style)) = yaml.scalar(value) else {
            // Some write `NAME: {value: …}`.
            if let Some(inner) = yaml.get(value, "value").filter(|v| yaml.scalar(*v).is_some()) {
                return self.named(name, key, inner);
            }
            return Ok(setting(Value::Unknown).at(self.place(key, None)));
        };
        let tag = yaml.node(value).map_or("", |n| n.tag.as_str());
        // CloudFormation's functions.
        if tag.starts_with('!') && !tag.starts_with("!!") {
            return Ok(setting(Value::Unknown).at(self.place(key, None)));
        }
        let known = match scalar::resolve(text, style, tag, scalar::Reader::Helm) {
            Scalar::Text(_) => text.to_owned(),
            _ if self.strict => {
                let node = yaml.node(value);
                let span = node.map_or_else(|| self.span(key), |n| Span::new(self.number, n.start, n.end));
                return Err((span, name.to_owned()));
            }
            Scalar::Null => String::new(),
            Scalar::Bool(b) => b.to_string(),
            // As written: what prints it depends on the platform.
            Scalar::Number(_) => text.to_owned(),
        };
        let place = self.place(key, Some((value, &known, style)));
        Ok(setting(Value::Known(known)).at(place))
    }

    fn place(&self, key: Id, value: Option<(Id, &str, ScalarStyle)>) -> Place {
        let name = self.span(key);
        let Some((id, text, style)) = value else {
            let value = Span::at(self.number, name.end);
            return Place { name, value, entry: None, plain: false, quote: None, named: true };
        };
        let (start, end, quote) = self.yaml.content(id);
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let same = end.saturating_sub(start) == text.len() && self.yaml.target(id) == id;
        let plain = same && !block && !text.contains(['\n', '\\', '\'', '"']);
        Place { name, value: Span::new(self.number, start, end), entry: None, plain, quote, named: true }
    }
}

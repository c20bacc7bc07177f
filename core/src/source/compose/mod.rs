//! Compose files: what each Langfuse service receives, as compose-go resolves it.

mod env_file;
mod environment;
mod extends;
mod official;
mod ports;
mod project;
mod refusal;
mod service;
mod store;
mod topology;

use std::collections::{BTreeMap, BTreeSet};

use super::environment::Environment;
use super::error::ReadError;
use super::facts::ComposeFacts;
use super::input::{Decoded, Given};
use super::kind::{Dialect, Kind, Wrapper};
use super::path::{base_name, dir_name};
use super::reader::{Companion, Reader};
use super::replica::Replica;
use super::setting::Setting;
use super::template;
use crate::order;
use crate::text::span::Span;
use crate::variable::{Var, find};
use env_file::read_dotenvs;
use environment::environment;
use extends::extension_files;
use ports::published;
use project::{Environments, Project, Service, add_file, include_files};
use refusal::accepted;
use service::{of_langfuse, services, version_of, web_alone};
use store::bundled_store;
use topology::{hosts, is_partial};

/// The file names `docker compose` looks for, in its order.
pub const DEFAULT_NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// Reads the compose files among `inputs`; the dotenv files among them are the project's.
pub(super) fn read(reader: &mut Reader<'_>, inputs: &[Decoded<'_>]) -> Result<Environments, ReadError> {
    let files: Vec<(&str, &str)> =
        inputs.iter().filter(|d| d.kind == Kind::Compose).map(|d| (d.input.name.as_str(), d.text.as_str())).collect();
    let dotenvs: Vec<&Decoded<'_>> = inputs.iter().filter(|d| d.kind == Kind::Dotenv).collect();
    let mut files = files;
    // `docker compose` without `-f` adds the override file; a file with a default name is read like that call.
    let single = files.first().filter(|_| files.len() == 1).map(|f| f.0.to_owned());
    let extra = match single {
        Some(name) if is_default_name(&name) => override_of(reader, &name)?,
        _ => None,
    };
    if let Some((name, text)) = &extra {
        files.push((name, text));
    }
    order::sort_by_key(&mut files, |(name, _)| is_override_name(name));
    project(reader, &files, &dotenvs)
}

/// Reads a lone `.env` as the project file of the Langfuse compose file next to it; with `--deployment compose`, several
/// dotenv files of any name. `None`: the compose file doesn't exist, or the user chose another reader.
pub(super) fn beside(reader: &mut Reader<'_>, inputs: &[Decoded<'_>]) -> Result<Option<Environments>, ReadError> {
    let options = reader.options;
    let Some(first) = inputs.first() else { return Ok(None) };
    let is_plain = |d: &Decoded<'_>| {
        let file = matches!(d.input.given, Given::Bytes(_));
        d.kind == Kind::Dotenv && file && d.input.container.is_none() && d.input.name != "-"
    };
    let other_reader = options.dialect.is_some_and(|d| d != Dialect::Compose);
    if !inputs.iter().all(is_plain) || other_reader || options.deployment.is_some_and(|w| w != Wrapper::Compose) {
        return Ok(None);
    }
    let asked = options.deployment == Some(Wrapper::Compose);
    if !asked && (base_name(&first.input.name) != ".env" || inputs.len() > 1) {
        return Ok(None);
    }
    let mut found = None;
    for name in DEFAULT_NAMES {
        if let (path, Companion::Text(text)) = reader.companion(dir_name(&first.input.name), name, None)? {
            found.get_or_insert((path, text));
        }
    }
    let Some((path, text)) = found.filter(|(_, text)| text.contains("langfuse")) else {
        return Ok(asked.then(|| official::read(reader, inputs)));
    };
    let extra = override_of(reader, &path)?;
    reader.deployment.wrapper = Wrapper::Compose;
    reader.deployment.dialect_known = true;
    let mut files = vec![(path.as_str(), text.as_str())];
    if let Some((name, text)) = &extra {
        files.push((name, text));
    }
    let dotenvs: Vec<&Decoded<'_>> = inputs.iter().collect();
    project(reader, &files, &dotenvs).map(Some)
}

/// The override file of a compose file: its path and text.
fn override_of(reader: &mut Reader<'_>, path: &str) -> Result<Option<(String, String)>, ReadError> {
    let stem = base_name(path).rsplit_once('.').map_or("", |(s, _)| s);
    let mut found = None;
    for ending in ["yml", "yaml"] {
        let name = format!("{stem}.override.{ending}");
        if let (path, Companion::Text(text)) = reader.companion(dir_name(path), &name, None)? {
            found.get_or_insert((path, text));
        }
    }
    Ok(found)
}

/// Resolves the project of the `named` files.
fn project(
    reader: &mut Reader<'_>,
    named: &[(&str, &str)],
    dotenvs: &[&Decoded<'_>],
) -> Result<Environments, ReadError> {
    let Some(project) = opened(reader, named, dotenvs)? else { return Ok(Vec::new()) };
    let services = services(&project);
    let mut facts =
        ComposeFacts { services: services.iter().map(|s| s.name.clone()).collect(), ..ComposeFacts::default() };
    let Some(mut environments) = of_services(reader, &project, &services, &mut facts)? else { return Ok(Vec::new()) };
    // A file that wasn't opened may set anything.
    let open = !reader.deployment.unopened.is_empty();
    if environments.is_empty() && open {
        return Ok(Vec::new());
    }
    for (_, environment) in &mut environments {
        environment.open |= open;
    }
    if environments.is_empty() {
        reader.unsuited(
            project.files.first().map_or(0, |f| f.number),
            "no service of this compose file runs Langfuse",
            "Name the compose file whose services use the images langfuse/langfuse and langfuse/langfuse-worker.",
        );
        return Ok(Vec::new());
    }
    order::sort_by_key(&mut environments, |(c, _)| *c);
    order::sort_by_key(&mut facts.service_spans, |(c, _)| *c);
    facts.store = bundled_store(reader, &project, &services)?;
    facts.published = published(&project, &services);
    if !open && !is_partial(&project, &services) {
        let langfuse: Vec<&Service> = of_langfuse(&project, &services).into_iter().map(|(_, s)| s).collect();
        facts.hosts = hosts(&project, &services, &langfuse);
        facts.web_alone = web_alone(&project, &services);
    }
    let names = referenced_names(&project);
    facts.forwards = names.iter().filter(|n| find(n).is_some()).count() > 3;
    let lost = |s: &&Setting| {
        !environments.iter().any(|(_, e)| e.by_name(&s.name).is_some()) && !names.contains(s.name.as_ref())
    };
    facts.unrecognized = project.dotenv.iter().filter(|s| s.is_unrecognized()).filter(lost).cloned().collect();
    facts.unforwarded = project
        .dotenv
        .iter()
        .filter(lost)
        .filter(|s| s.is_set() && s.var.is_some_and(Var::is_storage))
        .cloned()
        .collect();
    reader.deployment.compose = Some(facts);
    Ok(environments)
}

/// The project with all files that it needs; `None` when compose refuses one.
fn opened(
    reader: &mut Reader<'_>,
    named: &[(&str, &str)],
    dotenvs: &[&Decoded<'_>],
) -> Result<Option<Project>, ReadError> {
    let directory = named.first().map_or("", |(name, _)| dir_name(name)).to_owned();
    let mut files = Vec::new();
    for (name, text) in named {
        if !add_file(reader, &mut files, name, text) {
            return Ok(None);
        }
    }
    let own = files.len();
    if include_files(reader, &mut files, &directory)?.is_none() {
        return Ok(None);
    }
    // Included files come first; they may have a dotenv file of their own.
    let included = files.len().saturating_sub(own);
    let shell = reader.options.shell.clone();
    let names = reader.deployment.texts.iter().filter(|t| t.kind == Kind::Compose).map(|t| t.name.clone()).collect();
    let mut project = Project {
        files,
        names,
        bases: Vec::new(),
        directory,
        dotenv: Environment::default(),
        values: BTreeMap::new(),
        values_unknown: false,
        elsewhere: BTreeSet::new(),
        shell,
    };
    let fits = read_dotenvs(reader, &mut project, dotenvs)?
        && accepted(reader, &mut project, included)
        && extension_files(reader, &mut project)?;
    Ok(fits.then_some(project))
}

/// What the services that run Langfuse receive; `None` when compose refuses the project.
fn of_services(
    reader: &mut Reader<'_>,
    project: &Project,
    services: &[Service],
    facts: &mut ComposeFacts,
) -> Result<Option<Environments>, ReadError> {
    let mut environments: Environments = Vec::new();
    for (containers, service) in of_langfuse(project, services) {
        let Some(environment) = environment(reader, project, service)? else { return Ok(None) };
        if let Some((_, first)) = environments.iter().find(|(c, _)| c.meets(containers)) {
            let replica = Replica::of(first, &environment, service.name.clone(), containers, service.span);
            reader.deployment.replicas.extend(replica);
            continue;
        }
        if let Some(span) = service.span {
            facts.service_spans.push((containers, span));
        }
        let place = service.layers.iter().rev().find_map(|(file, node)| {
            let file = project.files.get(*file)?;
            let entry = file.yaml.entry(*node, "environment")?;
            let key = file.yaml.written(entry.key_id)?;
            Some(Span::new(file.number, key.start, key.end))
        });
        facts.environment_spans.extend(place.map(|p| (containers, p)));
        if let Some((version, span)) = version_of(project, service) {
            reader.deployment.versions.push((containers, version, span));
        }
        environments.push((containers, environment));
    }
    Ok(Some(environments))
}

/// Every name that the files' scalars refer to.
fn referenced_names(project: &Project) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in &project.files {
        let mut todo = vec![file.root];
        let mut seen = BTreeSet::new();
        while let Some(id) = todo.pop() {
            let id = file.yaml.target(id);
            if !seen.insert(id) {
                continue;
            }
            if let Some((text, _)) = file.yaml.scalar(id) {
                if text.contains('$') {
                    names.extend(template::names(text));
                }
            } else if let Some(items) = file.yaml.seq(id) {
                todo.extend(items);
            } else {
                todo.extend(file.yaml.entries(id).iter().map(|e| e.value));
            }
        }
    }
    names
}

/// Whether `docker compose` finds a file named `name` without `-f`.
#[must_use]
pub fn is_default_name(name: &str) -> bool {
    DEFAULT_NAMES.contains(&base_name(name))
}

fn is_override_name(name: &str) -> bool {
    base_name(name).contains(".override.")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::source::{Given, Input, Kind, Options, Setting, read};
    use crate::variable::Containers;

    /// Web's value of `AWS_A`, where `service` is its part of the file; `None` when the project is refused.
    fn value(service: &str, more: &[(&str, &str)]) -> Option<String> {
        let text = format!("services:\n  langfuse-web:\n    image: langfuse/langfuse:4\n{service}");
        let name = "docker-compose.yml";
        let given = Given::Bytes(text.into_bytes());
        let input = Input { name: name.into(), given, kind: Some(Kind::Compose), container: None };
        let files: BTreeMap<&str, &str> = more.iter().copied().collect();
        let deployment = read(&[input], &Options::default(), &files).ok()?;
        let environment = deployment.environment(Containers::WEB)?;
        Some(environment.by_name("AWS_A").and_then(|s| s.text()).unwrap_or("").to_owned())
    }

    #[test]
    fn the_whole_project_is_refused_for_any_part_of_it() {
        for text in [
            "volumes:\n  a:\n    name: ${NO\n",
            "x-a: {5: a}\n",
            "    environment:\n",
            "    environment: x\n",
            "    environment: {AWS_A: [x]}\n",
            "    environment: [AWS_A=x, 5]\n",
            "    environment: [\"AWS_A =x\"]\n",
            "    environment:\n      <<: {AWS_A: x}\n      <<: {AWS_B: y}\n",
            "    env_file: [{path: a.env, format: odd}]\n",
        ] {
            assert_eq!(value(text, &[("a.env", "AWS_A=a\n")]), None, "{text}");
        }
        assert!(value("    environment: !reset null\n", &[]).is_some());
        let over = ("docker-compose.override.yml", "services:\n  langfuse-web:\n    environment:\n");
        assert_eq!(value("    environment: {AWS_A: x}\n", &[over]).as_deref(), Some("x"));
    }

    #[test]
    fn env_files_are_told_apart_by_their_paths_as_written() {
        let files = [("a.env", "AWS_A=a\n"), ("b.env", "AWS_A=b\n"), ("c.env", "B='x'\nAWS_A=$B\n")];
        for (text, expected) in [
            ("[a.env, b.env, a.env]", "b"),
            ("[./a.env, b.env, a.env]", "a"),
            ("sub/../a.env", "a"),
            ("[{path: none.env, required: \"${NO:-false}\"}, b.env]", "b"),
            ("c.env", "x"),
        ] {
            assert_eq!(value(&format!("    env_file: {text}\n"), &files).as_deref(), Some(expected), "{text}");
        }
        let over = "services:\n  langfuse-web:\n    env_file: !reset null\n";
        let files = [("a.env", "AWS_A=a\n"), ("docker-compose.override.yml", over)];
        assert_eq!(value("    env_file: a.env\n", &files).as_deref(), Some(""));
    }

    #[test]
    fn extends_may_name_another_file() {
        let text = "services:\n  langfuse-web:\n    image: langfuse/langfuse\n    extends: {file: base.yml, service: common}\n    environment: {AWS_B: own}\n";
        let base = "services:\n  common:\n    extends: {service: deeper}\n    environment: {AWS_A: base, AWS_B: lost}\n  deeper:\n    environment: {AWS_C: '${X:-d}'}\n";
        let given = Given::Bytes(text.into());
        let input = Input { name: "compose.yml".into(), given, kind: None, container: None };
        let read = |files: &[(&str, &str)]| {
            let files: BTreeMap<&str, &str> = files.iter().copied().collect();
            read(std::slice::from_ref(&input), &Options::default(), &files).unwrap()
        };
        let deployment = read(&[("base.yml", base)]);
        let web = deployment.environment(Containers::WEB).unwrap();
        let text = |name: &str| web.by_name(name).and_then(Setting::text).map(str::to_owned);
        assert_eq!(["AWS_A", "AWS_B", "AWS_C"].map(|n| text(n).unwrap()), ["base", "own", "d"]);
        assert!(read(&[]).refusals[0].message.contains("base.yml"));
    }

    #[test]
    fn extends_may_name_the_same_file() {
        let text = "    extends: {file: docker-compose.yml, service: base}\n  base: {environment: {AWS_A: x}}\n";
        assert_eq!(value(text, &[]).as_deref(), Some("x"));
    }
}

//! Compose files: what each Langfuse service receives, as compose-go resolves it.

use std::collections::{BTreeMap, BTreeSet};

use super::read::{Companion, Decoded, Given, Reader, Stop};
use super::scalar::{self, Scalar};
use super::template::{self, TemplateError};
use super::yaml::{Id, Yaml};
use super::{
    BundledStore, ComposeFacts, Dialect, Duplicate, Environment, Kind, Origin, Place, Replica, Setting, Value, Wrapper,
    dotenv, hash, image,
};
use crate::order;
use crate::text::span::Span;
use crate::variable::{Containers, Var, Version, find};

/// The file names `docker compose` looks for, in its order.
pub const DEFAULT_NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

type Environments = Vec<(Containers, Environment)>;

/// A parsed compose file.
struct File {
    number: usize,
    yaml: Yaml,
    root: Id,
}

/// A service, merged over all files that mention it.
#[derive(Default)]
struct Service {
    name: String,
    /// File index and node of each layer; the last one wins.
    layers: Vec<(usize, Id)>,
    span: Option<Span>,
}

/// Reads the compose files among `inputs`; the dotenv files among them are the project's.
pub(super) fn read(reader: &mut Reader<'_>, inputs: &[Decoded<'_>]) -> Result<Environments, Stop> {
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

/// Reads a lone `.env` as the project file of the Langfuse compose file next to it. `None`: there is no such file, or
/// the user chose another reader.
pub(super) fn beside(reader: &mut Reader<'_>, inputs: &[Decoded<'_>]) -> Result<Option<Environments>, Stop> {
    let options = reader.options;
    let [only] = inputs else { return Ok(None) };
    let file = matches!(only.input.given, Given::Bytes(_));
    let plain = only.kind == Kind::Dotenv && file && only.input.container.is_none() && only.input.name != "-";
    let other_reader = options.dialect.is_some_and(|d| d != Dialect::Compose);
    if !plain || other_reader || options.deployment.is_some_and(|w| w != Wrapper::Compose) {
        return Ok(None);
    }
    let asked = options.deployment == Some(Wrapper::Compose);
    if base_name(&only.input.name) != ".env" && !asked {
        return Ok(None);
    }
    let mut stop = None;
    let mut found = None;
    for name in DEFAULT_NAMES {
        match reader.companion(dir_name(&only.input.name), name, None) {
            Ok((path, Companion::Text(text))) if found.is_none() => found = Some((path, text)),
            Ok(_) => {}
            Err(error) => stop = Some(error),
        }
    }
    if let Some(stop) = stop {
        return Err(stop);
    }
    let Some((path, text)) = found.filter(|(_, text)| text.contains("langfuse")) else {
        return if asked { official(reader, only).map(Some) } else { Ok(None) };
    };
    let extra = override_of(reader, &path)?;
    reader.deployment.wrapper = Wrapper::Compose;
    reader.deployment.dialect_known = true;
    let mut files = vec![(path.as_str(), text.as_str())];
    if let Some((name, text)) = &extra {
        files.push((name, text));
    }
    project(reader, &files, &[only]).map(Some)
}

/// How the official compose file resolves a `.env`, if there is no compose file to read.
fn official(reader: &mut Reader<'_>, dotenv: &Decoded<'_>) -> Result<Environments, Stop> {
    reader.deployment.dialect_known = true;
    let number = reader.keep(&dotenv.input.name, Kind::Dotenv, Containers::BOTH, dotenv.text.clone());
    let shell = reader.options.shell.clone();
    let Some(given) = reader.dotenv(number, Dialect::Compose, &move |n| shell.get(n).cloned()) else {
        return Ok(Vec::new());
    };
    let mut environments = Vec::new();
    for container in [Containers::WEB, Containers::WORKER] {
        let mut environment = Environment::default();
        for var in crate::variable::all() {
            let Some(defaults) = var.row().compose else { continue };
            let set = given.get(var).filter(|s| s.is_set()).cloned();
            let mut fallback = Setting::new(var.name(), Value::Known(defaults.of(container).to_owned()));
            fallback.origin = Origin::Wrapper;
            environment.set(set.unwrap_or(fallback));
        }
        environments.push((container, environment));
    }
    let unforwarded = given
        .iter()
        .filter(|s| s.var.is_some_and(|v| v.row().compose.is_none() && v.is_storage()) && s.is_set())
        .cloned()
        .collect();
    let strangers = given.iter().filter(|s| is_unrecognized(s)).cloned().collect();
    let services = ["langfuse-web", "langfuse-worker", "minio", "clickhouse", "redis", "postgres"];
    reader.deployment.compose = Some(ComposeFacts {
        services: services.map(str::to_owned).to_vec(),
        forwards: true,
        unforwarded,
        store: Some(official_store(&given)),
        strangers,
        ..ComposeFacts::default()
    });
    Ok(environments)
}

/// The official compose file's MinIO, with the root user that the `.env` sets.
fn official_store(given: &Environment) -> BundledStore {
    let root = |name: &'static str, default: &str| {
        let mut fallback = Setting::new(name, Value::Known(default.to_owned()));
        fallback.origin = Origin::Wrapper;
        Some(given.by_name(name).filter(|s| s.is_set()).cloned().unwrap_or(fallback))
    };
    BundledStore {
        service: "minio".into(),
        image: "cgr.dev/chainguard/minio".into(),
        user: root("MINIO_ROOT_USER", "minio"),
        password: root("MINIO_ROOT_PASSWORD", "miniosecret"),
        ports: vec![(9090, 9000), (9091, 9001)],
        exposed: Some((9090, None)),
        command: "mkdir -p /data/langfuse && minio server /data".into(),
    }
}

/// Whether `setting` has a value under a name that Langfuse doesn't read.
fn is_unrecognized(setting: &Setting) -> bool {
    setting.is_set() && setting.var.is_none_or(|v| v.row().unused)
}

fn override_of(reader: &mut Reader<'_>, name: &str) -> Result<Option<(String, String)>, Stop> {
    let stem = base_name(name).rsplit_once('.').map_or("", |(s, _)| s);
    let mut found = None;
    let mut stop = None;
    for ending in ["yml", "yaml"] {
        match reader.companion(dir_name(name), &format!("{stem}.override.{ending}"), None) {
            Ok((path, Companion::Text(text))) if found.is_none() => found = Some((path, text)),
            Ok(_) => {}
            Err(error) => stop = Some(error),
        }
    }
    stop.map_or(Ok(found), Err)
}

/// Everything needed to resolve the project.
struct Project {
    files: Vec<File>,
    /// Names of the files, included ones as well.
    names: Vec<String>,
    /// Files whose services are only extended: path and number in `files`, behind the project's own.
    bases: Vec<(String, usize)>,
    directory: String,
    /// Settings of the project's dotenv file.
    dotenv: Environment,
    /// Expanded values of that file, without the shell's overrides.
    values: BTreeMap<String, String>,
    /// Whether a dotenv file of the project wasn't opened, so that what it sets is unknown.
    values_unknown: bool,
    shell: BTreeMap<String, String>,
}

impl Project {
    /// The shell's value wins over the dotenv file's.
    fn lookup(&self, name: &str) -> Option<String> {
        self.shell.get(name).or_else(|| self.values.get(name)).cloned()
    }
}

fn project(reader: &mut Reader<'_>, named: &[(&str, &str)], dotenvs: &[&Decoded<'_>]) -> Result<Environments, Stop> {
    let directory = named.first().map_or("", |(name, _)| dir_name(name)).to_owned();
    let mut files = Vec::new();
    for (name, text) in named {
        if !add_file(reader, &mut files, name, text) {
            return Ok(Vec::new());
        }
    }
    let own = files.len();
    if include_files(reader, &mut files, &directory)?.is_none() {
        return Ok(Vec::new());
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
        shell,
    };
    if !read_dotenvs(reader, &mut project, dotenvs)? {
        return Ok(Vec::new());
    }
    let judged = project.files.iter().skip(included).enumerate();
    if let Some((span, trouble)) = judged.map(|(i, file)| unfit(&project, file, i == 0)).find_map(|t| t) {
        match trouble {
            Trouble::Template(error) => refuse_template(reader, span, &error),
            Trouble::Shape(message, help) => {
                reader.refuse(Some(span), format!("docker compose refuses this file: {message}"), help);
            }
        }
        return Ok(Vec::new());
    }
    if !extension_files(reader, &mut project)? {
        return Ok(Vec::new());
    }
    let services = services(&project);
    let mut facts =
        ComposeFacts { services: services.iter().map(|s| s.name.clone()).collect(), ..ComposeFacts::default() };
    let mut environments: Environments = Vec::new();
    for (containers, service) in of_langfuse(&project, &services) {
        let Some(environment) = environment(reader, &project, service)? else { return Ok(Vec::new()) };
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
        if let Some((version, span)) = version_of(&project, service) {
            reader.deployment.versions.push((containers, version, span));
        }
        environments.push((containers, environment));
    }
    // A file that wasn't opened may set anything.
    let open = !reader.deployment.unopened.is_empty();
    if environments.is_empty() && open {
        return Ok(Vec::new());
    }
    for (_, environment) in &mut environments {
        environment.open |= open;
    }
    if environments.is_empty() {
        let span = project.files.first().map(|f| Span::new(f.number, 0, 0));
        reader.refuse(
            span,
            "no service of this compose file runs Langfuse",
            "Name the compose file whose services use the images langfuse/langfuse and langfuse/langfuse-worker.",
        );
        return Ok(Vec::new());
    }
    order::sort_by_key(&mut environments, |(c, _)| *c);
    order::sort_by_key(&mut facts.service_spans, |(c, _)| *c);
    facts.store = bundled_store(reader, &project, &services)?;
    let names = referenced_names(&project);
    facts.forwards = names.iter().filter(|n| find(n).is_some()).count() > 3;
    let lost = |s: &&Setting| {
        !environments.iter().any(|(_, e)| e.by_name(&s.name).is_some()) && !names.contains(s.name.as_ref())
    };
    facts.strangers = project.dotenv.iter().filter(|s| is_unrecognized(s)).filter(lost).cloned().collect();
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

/// Why docker compose refuses a file that is YAML.
enum Trouble {
    Template(TemplateError),
    /// What is wrong and what to do.
    Shape(String, &'static str),
}

/// The first thing in `file` that docker compose refuses: it validates the whole file before it drops services.
fn unfit(project: &Project, file: &File, first: bool) -> Option<(Span, Trouble)> {
    let yaml = &file.yaml;
    let mut todo = vec![file.root];
    let mut seen = BTreeSet::new();
    while let Some(id) = todo.pop() {
        let id = yaml.target(id);
        let node = yaml.written(id)?;
        if !seen.insert(id) || node.tag == "!reset" {
            continue;
        }
        if let Some((text, _)) = yaml.scalar(id) {
            if text.contains('$') {
                if let Err(error) = template::expand(text, &|n| project.lookup(n), &mut |_| {}) {
                    return Some((Span::new(file.number, node.start, node.end), Trouble::Template(error)));
                }
            }
            continue;
        }
        todo.extend(yaml.seq(id).unwrap_or(&[]).iter().rev());
        let mut merges = 0_usize;
        for (key, value) in yaml.pairs(id).iter().rev() {
            todo.push(*value);
            let Some((text, style)) = yaml.scalar(*key) else { continue };
            let tag = yaml.node(*key).map_or("", |n| n.tag.as_str());
            merges = merges.saturating_add(usize::from(yaml.is_merge(*key)));
            let twice = merges > 1;
            if !twice && matches!(scalar::resolve(text, style, tag, scalar::Reader::Compose), Scalar::Text(_)) {
                continue;
            }
            let (start, end, _) = yaml.content(*key);
            let shown = crate::text::printable::quoted(text);
            let trouble = if twice {
                Trouble::Shape(
                    "`<<` appears twice in the same mapping".into(),
                    "Write one `<<` with a list: `<<: [*a, *b]`.",
                )
            } else {
                Trouble::Shape(format!("the key {shown} isn't a string"), "Put quotes around the key.")
            };
            return Some((Span::new(file.number, start, end), trouble));
        }
    }
    let services = yaml.get(file.root, "services")?;
    yaml.entries(services).iter().find_map(|service| unfit_service(file, service.value, first))
}

/// What docker compose refuses in the `environment` of a service.
fn unfit_service(file: &File, service: Id, first: bool) -> Option<(Span, Trouble)> {
    let yaml = &file.yaml;
    let at = |id: Id| {
        let (start, end, _) = yaml.content(id);
        Span::new(file.number, start, end)
    };
    let shape = |id: Id, message: &str, help: &'static str| Some((at(id), Trouble::Shape(message.to_owned(), help)));
    let entry = yaml.entry(service, "environment")?;
    if yaml.written(entry.value).is_some_and(|n| n.tag == "!reset") {
        return None;
    }
    if let Some(items) = yaml.seq(entry.value) {
        return items.iter().find_map(|item| {
            let tag = yaml.node(*item).map_or("", |n| n.tag.as_str());
            let text = yaml.scalar(*item).filter(|(text, style)| {
                let resolved = scalar::resolve(text, *style, tag, scalar::Reader::Compose);
                matches!(resolved, Scalar::Text(read) if read == *text)
            });
            let Some((text, _)) = text else {
                return shape(*item, "this entry of `environment` isn't a string", "Write it as `- NAME=value`.");
            };
            let name = text.split('=').next().unwrap_or("");
            if name.ends_with(char::is_whitespace) {
                return shape(*item, "whitespace before the `=`", "Write `NAME=value` without it.");
            }
            None
        });
    }
    // Values merged over other settings are checked together with them.
    if !first || yaml.get(service, "extends").is_some() {
        return None;
    }
    if !yaml.is_map(entry.value) {
        return shape(
            entry.key_id,
            "`environment` is neither a mapping nor a list",
            "Write the variables below it, or remove it.",
        );
    }
    let nested = yaml.entries(entry.value).iter().find(|e| yaml.scalar(e.value).is_none()).map(|e| e.key_id)?;
    shape(nested, "this variable is a mapping or a list, expected a string", "Write its value on the same line.")
}

/// Parses one file; `false` when it is refused.
fn add_file(reader: &mut Reader<'_>, files: &mut Vec<File>, name: &str, text: &str) -> bool {
    let number = reader.keep(name, Kind::Compose, Containers::BOTH, text.to_owned());
    match Yaml::parse_go(text) {
        Ok(yaml) => {
            if let Some(root) = yaml.documents.first().copied() {
                files.push(File { number, yaml, root });
            }
            true
        }
        Err(error) => {
            let span = Span::new(number, error.at, error.at.saturating_add(1).min(text.len()));
            reader.refuse(
                Some(span),
                format!("docker compose refuses this file: {}", error.message),
                "Fix the YAML here; until then nothing in this file reaches Langfuse.",
            );
            false
        }
    }
}

/// Files named under `include`: they come before the file that includes them. `None` when one is refused.
fn include_files(reader: &mut Reader<'_>, files: &mut Vec<File>, directory: &str) -> Result<Option<()>, Stop> {
    const MOST: usize = 32;
    let mut at = 0;
    while let Some(file) = files.get(at) {
        at = at.saturating_add(1);
        let mut paths = Vec::new();
        for item in
            file.yaml.get(file.root, "include").and_then(|i| file.yaml.seq(i).map(<[Id]>::to_vec)).unwrap_or_default()
        {
            let path = file.yaml.get(item, "path").unwrap_or(item);
            let list = file.yaml.seq(path).map_or_else(|| vec![path], <[Id]>::to_vec);
            paths.extend(list.into_iter().filter_map(|p| {
                let (start, end, _) = file.yaml.content(p);
                Some((file.yaml.scalar(p)?.0.to_owned(), Span::new(file.number, start, end)))
            }));
        }
        for (written, span) in paths {
            let path = join(directory, &written);
            if files.len() > MOST || reader.deployment.texts.iter().any(|t| t.name == path) {
                continue;
            }
            if let (path, Companion::Text(text)) = reader.companion(directory, &written, Some(span))? {
                let mut included = Vec::new();
                if !add_file(reader, &mut included, &path, &text) {
                    return Ok(None);
                }
                // The including file's definition of a service wins.
                files.extend(included);
                files.rotate_right(1);
                at = at.saturating_add(1);
            }
        }
    }
    Ok(Some(()))
}

/// The project's dotenv files: the named ones in order, else the `.env` next to the first file.
fn read_dotenvs(reader: &mut Reader<'_>, project: &mut Project, named: &[&Decoded<'_>]) -> Result<bool, Stop> {
    let env_files = env_file_paths(project);
    let mut texts: Vec<(String, String)> = named
        .iter()
        .filter(|d| !env_files.contains(&d.input.name))
        .map(|d| (d.input.name.clone(), d.text.clone()))
        .collect();
    if texts.is_empty() {
        match reader.companion(&project.directory, ".env", None)? {
            (path, Companion::Text(text)) => texts.push((path, text)),
            (_, Companion::Missing) => {}
            (_, Companion::Unopened) => project.values_unknown = true,
        }
    }
    for (name, text) in texts {
        let number = reader.keep(&name, Kind::Dotenv, Containers::BOTH, text);
        let shell = project.shell.clone();
        let before = project.values.clone();
        let lookup = move |n: &str| shell.get(n).or_else(|| before.get(n)).cloned();
        let Some(environment) = reader.dotenv(number, Dialect::Compose, &lookup) else { return Ok(false) };
        for setting in environment.iter() {
            if let Value::Known(text) = &setting.value {
                // compose-go drops names that begin with a digit.
                if !setting.name.starts_with(|c: char| c.is_ascii_digit()) {
                    project.values.insert(setting.name.to_string(), text.clone());
                }
            }
            project.dotenv.set(setting.clone());
        }
    }
    Ok(true)
}

fn services(project: &Project) -> Vec<Service> {
    let mut services: Vec<Service> = Vec::new();
    let mut places: BTreeMap<std::rc::Rc<str>, usize> = BTreeMap::new();
    let own = project.files.len().saturating_sub(project.bases.len());
    for (index, file) in project.files.iter().take(own).enumerate() {
        let Some(node) = file.yaml.get(file.root, "services") else { continue };
        for entry in file.yaml.entries(node).iter() {
            let span = file.yaml.written(entry.key_id).map(|k| Span::new(file.number, k.start, k.end));
            match places.get(&entry.key).and_then(|at| services.get_mut(*at)) {
                Some(service) => service.layers.push((index, entry.value)),
                None => {
                    places.insert(std::rc::Rc::clone(&entry.key), services.len());
                    services.push(Service { name: entry.key.to_string(), layers: vec![(index, entry.value)], span });
                }
            }
        }
    }
    let whole: Vec<Vec<(usize, Id)>> = services.iter().map(|s| extended(project, s, &services, 0)).collect();
    for (service, layers) in services.iter_mut().zip(whole) {
        service.layers = layers;
    }
    services
}

/// The value of a service's scalar key, from the last file that has it, expanded.
fn scalar_of(project: &Project, service: &Service, key: &str) -> Option<(String, Span)> {
    service.layers.iter().rev().find_map(|(file, node)| {
        let file = project.files.get(*file)?;
        let value = file.yaml.get(*node, key)?;
        let (text, _) = file.yaml.scalar(value)?;
        let expanded = template::expand(text, &|n| project.lookup(n), &mut |_| {}).ok()?;
        let (start, end, _) = file.yaml.content(value);
        Some((expanded, Span::new(file.number, start, end)))
    })
}

/// Signs that a service runs Langfuse, the most reliable first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    Image,
    Name,
    Settings,
}

/// The services that run Langfuse, and what they run: for each container those with the most reliable sign. If some of
/// them get settings, the ones without any (a migration, a health check) are left out.
fn of_langfuse<'s>(project: &Project, services: &'s [Service]) -> Vec<(Containers, &'s Service)> {
    let told: Vec<_> = services.iter().filter_map(|s| container_of(project, s).map(|(sign, c)| (sign, c, s))).collect();
    let known = told.iter().any(|t| t.0 < Sign::Settings);
    let chosen = |containers: Containers| -> Vec<&'s Service> {
        let sign = told.iter().filter(|t| t.1 == containers).map(|t| t.0).min();
        let Some(sign) = sign.filter(|s| *s < Sign::Settings || !known) else { return Vec::new() };
        let alike = || told.iter().filter(move |t| t.1 == containers && t.0 == sign).map(|t| t.2);
        let with_settings: Vec<_> = alike().filter(|s| takes_settings(project, s)).collect();
        if with_settings.is_empty() { alike().take(1).collect() } else { with_settings }
    };
    let (web, worker) = (chosen(Containers::WEB), chosen(Containers::WORKER));
    let is_one = |list: &[&Service], service: &Service| list.iter().any(|s| std::ptr::eq(*s, service));
    let kept = told.iter().filter(|(_, c, s)| is_one(if *c == Containers::WEB { &web } else { &worker }, s));
    kept.map(|(_, containers, service)| (*containers, *service)).collect()
}

/// Which Langfuse container a service is, detected from its image, else from its name, else from its settings.
fn container_of(project: &Project, service: &Service) -> Option<(Sign, Containers)> {
    let image = scalar_of(project, service, "image").map(|(i, _)| i).unwrap_or_default();
    if let Some(containers) = image::containers(&image) {
        return Some((Sign::Image, containers));
    }
    let last = image::name(&image);
    let name = service.name.to_ascii_lowercase();
    let containers = if name.contains("worker") { Containers::WORKER } else { Containers::WEB };
    if names_storage(project, service) {
        let sign = if name.contains("langfuse") { Sign::Name } else { Sign::Settings };
        return Some((sign, containers));
    }
    // The deployment's store or database may be named after it, and may also have an `env_file`.
    let foreign = !last.is_empty() && !last.contains("langfuse");
    (name.contains("langfuse") && !foreign && takes_settings(project, service)).then_some((Sign::Name, containers))
}

/// Whether a service gets storage settings, or an env file that may contain some.
fn takes_settings(project: &Project, service: &Service) -> bool {
    let has_file =
        |(file, node): &(usize, Id)| project.files.get(*file).is_some_and(|f| f.yaml.get(*node, "env_file").is_some());
    names_storage(project, service) || service.layers.iter().any(has_file)
}

/// Whether the `environment` of a service names a storage setting.
fn names_storage(project: &Project, service: &Service) -> bool {
    service.layers.iter().any(|(file, node)| {
        let file = project.files.get(*file);
        file.is_some_and(|f| f.yaml.get(*node, "environment").is_some_and(|e| mentions_storage(&f.yaml, e)))
    })
}

fn mentions_storage(yaml: &Yaml, environment: Id) -> bool {
    let known = |name: &str| find(name).is_some_and(|v| !v.row().context);
    match yaml.seq(environment) {
        Some(items) => {
            items.iter().filter_map(|i| yaml.scalar(*i)).any(|(t, _)| known(t.split('=').next().unwrap_or("")))
        }
        None => yaml.entries(environment).iter().any(|e| known(&e.key)),
    }
}

fn version_of(project: &Project, service: &Service) -> Option<(Version, Option<Span>)> {
    let (image, span) = scalar_of(project, service, "image")?;
    Some((image::version(&image)?, Some(span)))
}

/// One entry of `environment` before it is resolved.
struct Entry {
    name: String,
    /// `None`: only a name; the project's value is passed through.
    value: Option<String>,
    place: Place,
    /// The value as written, if it is a template.
    template: Option<String>,
    /// Whether the value is exactly what was written.
    same: bool,
}

/// What a service receives. `None` if compose would refuse the project.
fn environment(reader: &mut Reader<'_>, project: &Project, service: &Service) -> Result<Option<Environment>, Stop> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut env_files: Vec<EnvFile> = Vec::new();
    // Keyed by the name's hash: copying the names of a huge list would cost too much.
    let mut places: BTreeMap<u64, usize> = BTreeMap::new();
    for (file, node) in &service.layers {
        let (Some(file), node) = (project.files.get(*file), *node) else { continue };
        if let Some(list) = file.yaml.get(node, "env_file") {
            let tag = file.yaml.written(list).map_or("", |n| n.tag.as_str());
            if matches!(tag, "!reset" | "!override") {
                env_files.clear();
            }
            if tag != "!reset" {
                env_files_of(project, file, list, &mut env_files);
            }
        }
        let Some(value) = file.yaml.get(node, "environment") else { continue };
        let tag = file.yaml.written(value).map_or("", |n| n.tag.as_str());
        if tag == "!reset" {
            entries.clear();
            places.clear();
            continue;
        }
        if tag == "!override" {
            entries.clear();
            places.clear();
        }
        let read = match entries_of(project, file, value) {
            Ok(read) => read,
            Err((span, error)) => {
                refuse_template(reader, span, &error);
                return Ok(None);
            }
        };
        let twice = doubles(&read);
        if twice.is_empty() && entries.is_empty() {
            places = order::filled(read.iter().enumerate().map(|(at, entry)| (hash(&entry.name), at)));
            entries = read;
            continue;
        }
        for (lost, kept) in twice {
            if let (Some(lost), Some(kept)) = (resolve(project, lost), resolve(project, kept)) {
                reader.deployment.keep_duplicate(Duplicate { lost, kept });
            }
        }
        for entry in read {
            let at = *places.entry(hash(&entry.name)).or_insert(entries.len());
            match entries.get_mut(at).filter(|old| old.name == entry.name) {
                Some(old) => *old = entry,
                None => entries.push(entry),
            }
        }
    }
    let known = |e: &Entry| Some((e.name.clone(), e.value.clone().or_else(|| project.lookup(&e.name))?));
    // Only an env file needs them.
    let asked = entries.iter().filter(|_| !env_files.is_empty());
    let own: BTreeMap<String, String> = order::filled(asked.filter_map(known));
    let mut environment = Environment::default();
    let mut seen: BTreeMap<String, String> = own.clone();
    for EnvFile { written, path, required, format, via } in env_files {
        let (_, companion) = reader.companion(&project.directory, &written, Some(via))?;
        let Companion::Text(text) = companion else {
            if required && matches!(companion, Companion::Missing) {
                reader.refuse(
                    Some(via),
                    format!(
                        "docker compose refuses this file: env file {} does not exist",
                        crate::text::printable::quoted(&path)
                    ),
                    "Create the file, correct the path, or mark it `required: false`.",
                );
                return Ok(None);
            }
            continue;
        };
        if !matches!(format.as_str(), "" | "raw") {
            let format = crate::text::printable::quoted(&format);
            reader.refuse(
                Some(via),
                format!("docker compose refuses this file: env file format {format} isn't supported"),
                "Remove `format`, or write `format: raw`.",
            );
            return Ok(None);
        }
        let dialect = if format == "raw" { Dialect::Docker } else { Dialect::Compose };
        let known = reader.deployment.texts.iter().position(|t| t.name == path);
        let first = known.is_none();
        let number = known.unwrap_or_else(|| reader.keep(&path, Kind::Dotenv, Containers::BOTH, text.clone()));
        let lookup = {
            let (shell, values, own, seen) = (&project.shell, &project.values, &own, seen.clone());
            move |n: &str| {
                shell.get(n).or_else(|| values.get(n)).or_else(|| own.get(n)).or_else(|| seen.get(n)).cloned()
            }
        };
        // A file that both services share is recorded once.
        let (lines, duplicates, odd) =
            (reader.deployment.lines.len(), reader.deployment.duplicates.len(), reader.deployment.disagreements.len());
        let left = reader.deployment.duplicates_left;
        let Some(read) = reader.dotenv(number, dialect, &lookup) else { return Ok(None) };
        if !first {
            reader.deployment.lines.truncate(lines);
            reader.deployment.duplicates.truncate(duplicates);
            reader.deployment.duplicates_left = left;
            reader.deployment.disagreements.truncate(odd);
        }
        for setting in read.iter() {
            if let Value::Known(text) = &setting.value {
                seen.insert(setting.name.to_string(), text.clone());
            }
            let mut setting = setting.clone();
            setting.via = Some(via);
            environment.set(setting);
        }
    }
    let mut without = Vec::new();
    environment.reserve(entries.len());
    for entry in entries {
        match resolve(project, &entry) {
            Some(setting) => {
                environment.set(setting);
            }
            // A name without a value anywhere also unsets what an env file set.
            None => without.push(entry.name),
        }
    }
    environment.remove_all(&order::filled(without.iter().map(String::as_str)));
    Ok(Some(environment))
}

/// Entries of one list that a later one of the same name replaces, each with the one that counts.
fn doubles(entries: &[Entry]) -> Vec<(&Entry, &Entry)> {
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

/// How many services may extend each other in a row.
const LONGEST_CHAIN: usize = 16;

/// What a service extends: the service's name, and its file as written, if one is named.
fn extends(project: &Project, file: &File, service: Id) -> Option<(String, Option<(String, Span)>)> {
    let base = file.yaml.get(service, "extends")?;
    let (name, _) = file.yaml.scalar(base).or_else(|| file.yaml.scalar(file.yaml.get(base, "service")?))?;
    let path = file.yaml.get(base, "file").and_then(|id| {
        let (text, _) = file.yaml.scalar(id)?;
        let text = template::expand(text, &|n| project.lookup(n), &mut |_| {}).ok()?;
        let (start, end, _) = file.yaml.content(id);
        Some((text, Span::new(file.number, start, end)))
    });
    Some((name.to_owned(), path))
}

/// Reads the files that services extend. `false` when one is refused or missing.
fn extension_files(reader: &mut Reader<'_>, project: &mut Project) -> Result<bool, Stop> {
    let mut at = 0;
    while let Some(file) = project.files.get(at) {
        at = at.saturating_add(1);
        let Some(services) = file.yaml.get(file.root, "services") else { continue };
        let wanted: Vec<(String, Span)> = file
            .yaml
            .entries(services)
            .iter()
            .filter_map(|entry| extends(project, file, entry.value)?.1)
            .filter(|(written, _)| !project.names.contains(&join(&project.directory, written)))
            .collect();
        for (written, span) in wanted {
            let path = join(&project.directory, &written);
            if project.bases.iter().any(|(known, _)| *known == path) || project.bases.len() >= LONGEST_CHAIN {
                continue;
            }
            let text = match reader.companion(&project.directory, &written, Some(span))?.1 {
                Companion::Text(text) => text,
                Companion::Unopened => continue,
                Companion::Missing => {
                    let path = crate::text::printable::quoted(&path);
                    reader.refuse(
                        Some(span),
                        format!("docker compose refuses this file: {path} does not exist"),
                        "Create the file or correct the path.",
                    );
                    return Ok(false);
                }
            };
            let before = project.files.len();
            if !add_file(reader, &mut project.files, &path, &text) {
                return Ok(false);
            }
            if project.files.len() > before {
                project.bases.push((path, before));
            }
        }
    }
    Ok(true)
}

/// The layers of a service, those it extends first.
fn extended(project: &Project, service: &Service, services: &[Service], depth: usize) -> Vec<(usize, Id)> {
    let mut layers = Vec::new();
    for (index, node) in &service.layers {
        let Some(file) = project.files.get(*index) else { continue };
        match extends(project, file, *node).filter(|_| depth < LONGEST_CHAIN) {
            Some((name, Some((written, _)))) if !project.names.contains(&join(&project.directory, &written)) => {
                let path = join(&project.directory, &written);
                let base = project.bases.iter().find(|(known, _)| *known == path);
                layers.extend(base.map(|(_, at)| base_layers(project, *at, &name, depth)).unwrap_or_default());
            }
            Some((name, _)) => {
                if let Some(base) = services.iter().find(|s| s.name == name && !std::ptr::eq(*s, service)) {
                    layers.extend(extended(project, base, services, depth.saturating_add(1)));
                }
            }
            None => {}
        }
        layers.push((*index, *node));
    }
    layers
}

/// The layers of the service `name` of the base file number `at`.
fn base_layers(project: &Project, at: usize, name: &str, depth: usize) -> Vec<(usize, Id)> {
    let node = project.files.get(at).and_then(|f| f.yaml.path(f.root, &["services", name]));
    let (Some(file), Some(node)) = (project.files.get(at), node.filter(|_| depth < LONGEST_CHAIN)) else {
        return Vec::new();
    };
    let mut layers = Vec::new();
    if let Some((next, path)) = extends(project, file, node) {
        let path = path.map(|(written, _)| join(&project.directory, &written));
        let other = path.and_then(|path| project.bases.iter().find(|(known, _)| *known == path));
        layers = base_layers(project, other.map_or(at, |(_, at)| *at), &next, depth.saturating_add(1));
    }
    layers.push((at, node));
    layers
}

/// One entry of `env_file`.
struct EnvFile {
    /// The path as written, expanded.
    written: String,
    path: String,
    required: bool,
    format: String,
    via: Span,
}

/// The entries of an `env_file`. An entry with the path of an earlier one replaces it.
fn env_files_of(project: &Project, file: &File, list: Id, out: &mut Vec<EnvFile>) {
    let items = file.yaml.seq(list).map_or_else(|| vec![list], <[Id]>::to_vec);
    for item in items {
        let path_id = file.yaml.get(item, "path").unwrap_or(item);
        let Some((path, _)) = file.yaml.scalar(path_id) else { continue };
        let Ok(path) = template::expand(path, &|n| project.lookup(n), &mut |_| {}) else { continue };
        let field = |key: &str| {
            let (text, _) = file.yaml.scalar(file.yaml.get(item, key)?)?;
            template::expand(text, &|n| project.lookup(n), &mut |_| {}).ok()
        };
        let required =
            field("required").is_none_or(|t| !matches!(t.to_ascii_lowercase().as_str(), "false" | "n" | "no" | "off"));
        let format = field("format").unwrap_or_default();
        let (start, end, _) = file.yaml.content(path_id);
        let via = Span::new(file.number, start, end);
        let entry = EnvFile { path: join(&project.directory, &path), written: path, required, format, via };
        match out.iter_mut().find(|e| e.written == entry.written) {
            Some(old) => *old = entry,
            None => out.push(entry),
        }
    }
}

fn env_file_paths(project: &Project) -> Vec<String> {
    let mut out = Vec::new();
    for service in services(project) {
        for (index, node) in &service.layers {
            if let Some(file) = project.files.get(*index) {
                if let Some(list) = file.yaml.get(*node, "env_file") {
                    env_files_of(project, file, list, &mut out);
                }
            }
        }
    }
    out.into_iter().map(|e| e.path).collect()
}

fn entries_of(project: &Project, file: &File, value: Id) -> Result<Vec<Entry>, (Span, TemplateError)> {
    let mut out = Vec::new();
    let lookup = |n: &str| project.lookup(n);
    if let Some(items) = file.yaml.seq(value) {
        out.reserve_exact(items.len());
        for item in items {
            let Some(node) = file.yaml.written(*item) else { continue };
            let Some((text, style)) = file.yaml.scalar(*item) else { continue };
            let (start, end, quote) = file.yaml.content(*item);
            let text = scalar::resolve(text, style, &node.tag, scalar::Reader::Compose).text().unwrap_or_default();
            let span = Span::new(file.number, start, end);
            let expanded = template::expand(&text, &lookup, &mut |_| {}).map_err(|e| (span, e))?;
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
                template: written,
                same,
            });
        }
        return Ok(out);
    }
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
        let value = match value {
            Some(text) if is_text && !same => {
                Some(template::expand(&text, &lookup, &mut |_| {}).map_err(|e| (span, e))?)
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
            template,
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
    let template = entry.template.as_deref().unwrap_or("");
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

fn refuse_template(reader: &mut Reader<'_>, span: Span, error: &TemplateError) {
    reader.refuse(
        Some(span),
        format!("docker compose refuses this file: {}", dotenv::template_message(error)),
        "Give the variable a value or a default, `${NAME:-default}`; write a literal `$` as `$$`.",
    );
}

fn bundled_store(reader: &mut Reader<'_>, project: &Project, all: &[Service]) -> Result<Option<BundledStore>, Stop> {
    for service in all {
        let Some((image, _)) = scalar_of(project, service, "image") else { continue };
        let repository = image.split('@').next().unwrap_or("").to_ascii_lowercase();
        let last = repository.rsplit('/').next().unwrap_or("");
        if !last.starts_with("minio") || last.starts_with("minio-mc") {
            continue;
        }
        let Some(environment) = environment(reader, project, service)? else { return Ok(None) };
        let mut published: Vec<Published> = Vec::new();
        let mut command = String::new();
        for (index, node) in &service.layers {
            let Some(file) = project.files.get(*index) else { continue };
            if let Some(list) = file.yaml.get(*node, "ports") {
                if matches!(file.yaml.written(list).map_or("", |n| n.tag.as_str()), "!reset" | "!override") {
                    published.clear();
                }
                let items = file.yaml.seq(list).unwrap_or(&[]);
                published.extend(items.iter().filter_map(|item| Published::read(file, *item, project)));
            }
            for key in ["entrypoint", "command"] {
                let Some(node) = file.yaml.get(*node, key) else { continue };
                let parts = file.yaml.seq(node).map_or_else(|| vec![node], <[Id]>::to_vec);
                for part in parts {
                    command.push_str(file.yaml.scalar(part).map_or("", |(t, _)| t));
                    command.push(' ');
                }
            }
        }
        return Ok(Some(BundledStore {
            service: service.name.clone(),
            image,
            user: environment.by_name("MINIO_ROOT_USER").cloned(),
            password: environment.by_name("MINIO_ROOT_PASSWORD").cloned(),
            ports: published.iter().map(|p| (p.outer, p.inner)).collect(),
            exposed: published.iter().find(|p| !p.local).map(|p| (p.outer, Some(p.span))),
            command,
        }));
    }
    Ok(None)
}

/// A published port.
struct Published {
    /// On the host.
    outer: u16,
    /// In the container.
    inner: u16,
    /// Whether only this machine can reach it.
    local: bool,
    span: Span,
}

impl Published {
    /// `9090:9000`, `127.0.0.1:9091:9001/tcp`, or a mapping with `target`, `published` and `host_ip`.
    fn read(file: &File, item: Id, project: &Project) -> Option<Self> {
        let expand = |text: &str| template::expand(text, &|n| project.lookup(n), &mut |_| {}).ok();
        let is_local = |ip: &str| ip.starts_with("127.") || matches!(ip, "[::1]" | "::1" | "localhost");
        let (start, end, _) = file.yaml.content(item);
        let span = Span::new(file.number, start, end);
        let Some((text, _)) = file.yaml.scalar(item) else {
            let field = |key: &str| file.yaml.scalar(file.yaml.get(item, key)?).and_then(|(t, _)| expand(t));
            let (outer, inner) = (field("published")?.parse().ok()?, field("target")?.parse().ok()?);
            return Some(Self { outer, inner, local: field("host_ip").is_some_and(|ip| is_local(&ip)), span });
        };
        let text = expand(text)?;
        let (rest, inner) = text.split('/').next()?.rsplit_once(':')?;
        let (ip, outer) = rest.rsplit_once(':').unwrap_or(("", rest));
        Some(Self { outer: outer.parse().ok()?, inner: inner.parse().ok()?, local: is_local(ip), span })
    }
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

/// The last part of a path.
#[must_use]
pub fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Everything before the last slash; empty for a bare name.
#[must_use]
pub fn dir_name(path: &str) -> &str {
    path.rfind(['/', '\\']).and_then(|at| path.get(..at)).unwrap_or("")
}

/// `path` relative to `directory`, with `./` and `x/../` removed.
#[must_use]
pub fn join(directory: &str, path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let joined =
        if directory.is_empty() || path.starts_with('/') { path.to_owned() } else { format!("{directory}/{path}") };
    if !path.contains("./") {
        return joined;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, "" | "..")) => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::super::read::{Given, Input, Options, Outcome, read};
    use super::*;

    /// Web's value of `AWS_A`, where `service` is its part of the file; `None` when the project is refused.
    fn value(service: &str, more: &[(&str, &str)]) -> Option<String> {
        let text = format!("services:\n  langfuse-web:\n    image: langfuse/langfuse:4\n{service}");
        let name = "docker-compose.yml";
        let given = Given::Bytes(text.into_bytes());
        let input = Input { name: name.into(), given, kind: Some(Kind::Compose), container: None };
        let mut options = Options::default();
        for (path, text) in more {
            options.found.insert((*path).to_owned(), Some(text.as_bytes().to_vec()));
        }
        loop {
            match read(std::slice::from_ref(&input), &options) {
                Outcome::Ready(deployment) => {
                    let environment = deployment.environment(Containers::WEB)?;
                    return Some(environment.by_name("AWS_A").and_then(|s| s.text()).unwrap_or("").to_owned());
                }
                Outcome::Wants(wants) => wants.into_iter().for_each(|w| {
                    options.found.entry(w.path).or_insert(None);
                }),
                Outcome::Undecodable { .. } => return None,
            }
        }
    }

    #[test]
    fn the_whole_project_is_refused_for_any_part_of_it() {
        for text in [
            "x-a: \"${NO:?why}\"\n",
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
        let given = crate::source::Given::Bytes(text.into());
        let input = Input { name: "compose.yml".into(), given, kind: None, container: None };
        let mut options = Options::default();
        let read = |options: &Options| read(std::slice::from_ref(&input), options);
        for name in [".env", "compose.override.yml", "compose.override.yaml"] {
            options.found.insert(name.into(), None);
        }
        options.found.insert("base.yml".into(), Some(base.into()));
        let Outcome::Ready(deployment) = read(&options) else { panic!("not ready") };
        let web = deployment.environment(Containers::WEB).unwrap();
        let text = |name: &str| web.by_name(name).and_then(Setting::text).map(str::to_owned);
        assert_eq!(["AWS_A", "AWS_B", "AWS_C"].map(|n| text(n).unwrap()), ["base", "own", "d"]);
        options.found.insert("base.yml".into(), None);
        let Outcome::Ready(deployment) = read(&options) else { panic!("not ready") };
        assert!(deployment.refusals[0].message.contains("base.yml"));
    }

    #[test]
    fn extends_may_name_the_same_file() {
        let text = "    extends: {file: docker-compose.yml, service: base}\n  base: {environment: {AWS_A: x}}\n";
        assert_eq!(value(text, &[]).as_deref(), Some("x"));
    }
}

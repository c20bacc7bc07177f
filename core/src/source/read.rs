//! From files to a [`Deployment`]: which reader gets each file, and in which order they count.

use super::deployment::Deployment;
use super::environment::Environment;
use super::error::ReadError;
use super::file::Text;
use super::input::{Decoded, Given, Input, Options};
use super::kind::{Dialect, Kind, Wrapper};
use super::layers::Layers;
use super::reader::{Reader, decode};
use super::setting::{Origin, Setting};
use super::{compose, detect, envlist, excerpt, helm, json, k8s, platform};
use crate::files::Files;
use crate::text::secret::Secret;
use crate::variable::{Containers, find, names_a_secret};

/// Reads `inputs` in order; later ones override earlier ones. Files that they name come from `files`.
///
/// # Errors
/// A file isn't text, can't be opened, is of no kind that is read, or holds nothing for Langfuse.
pub fn read(inputs: &[Input], options: &Options, files: &dyn Files) -> Result<Deployment, ReadError> {
    let mut rest: Vec<&Input> = inputs.iter().collect();
    let mut unsuited = Vec::new();
    loop {
        let mut reader = Reader { options, files, deployment: Deployment::new(Wrapper::Raw), unsuited: None };
        match read_all(&mut reader, &rest) {
            Ok(()) => {
                reader.deployment.foreign.extend(unsuited);
                return Ok(reader.deployment);
            }
            // The others are judged, unless they only belong to it.
            Err(error) => match &error {
                ReadError::Unsuited { file, .. } if rest.iter().any(|i| stands_apart(i, file)) => {
                    rest.retain(|input| input.name != *file);
                    unsuited.push(error);
                }
                _ => return Err(unsuited.into_iter().next().unwrap_or(error)),
            },
        }
    }
}

/// Whether `input` isn't `file`, nor variables for a compose file to interpolate.
fn stands_apart(input: &Input, file: &str) -> bool {
    let is_dotenv = |bytes: &[u8]| {
        let kind = input.kind.or_else(|| detect::kind(&input.name, &String::from_utf8_lossy(bytes)));
        kind.is_none_or(|kind| kind == Kind::Dotenv)
    };
    input.name != file && matches!(&input.given, Given::Bytes(bytes) if !is_dotenv(bytes))
}

fn read_all(reader: &mut Reader<'_>, inputs: &[&Input]) -> Result<(), ReadError> {
    let mut decoded = Vec::new();
    for input in inputs {
        match &input.given {
            Given::Bytes(bytes) => {
                let text = decode(&input.name, bytes)?;
                let Some(kind) = input.kind.or_else(|| detect::kind(&input.name, &text)) else {
                    reader.deployment.foreign.push(ReadError::Foreign { file: input.name.clone() });
                    continue;
                };
                decoded.push(Decoded { input, text, kind });
            }
            Given::Variables(_) => decoded.push(Decoded { input, text: String::new(), kind: Kind::Process }),
        }
    }
    let (excerpts, decoded): (Vec<Decoded<'_>>, Vec<Decoded<'_>>) =
        decoded.into_iter().partition(|d| d.kind.is_excerpt());
    let options = reader.options;
    let has = |kind: Kind| decoded.iter().any(|d| d.kind == kind);
    let wrapper = options.deployment.unwrap_or(if has(Kind::Compose) {
        Wrapper::Compose
    } else if decoded.iter().any(Decoded::holds_values) {
        Wrapper::Helm
    } else if decoded.iter().any(|d| d.kind.is_manifest() && d.kind != Kind::CloudRun) {
        Wrapper::K8s
    } else {
        Wrapper::Raw
    });
    read_by(&mut reader.deployment, options, wrapper, has(Kind::Compose));
    let mut layers = Layers::default();
    if has(Kind::Compose) {
        layers.add(compose::read(reader, &decoded)?);
        for d in decoded.iter().filter(|d| !matches!(d.kind, Kind::Compose | Kind::Dotenv)) {
            read_one(reader, d, &mut layers)?;
        }
    } else if let Some(environments) = compose::beside(reader, &decoded)? {
        layers.add(environments);
    } else {
        let values: Vec<&Decoded<'_>> = decoded.iter().filter(|d| d.holds_values()).collect();
        let is_manifest = |d: &&Decoded<'_>| d.kind.is_manifest() && !d.holds_values();
        let manifests: Vec<&Decoded<'_>> = decoded.iter().filter(is_manifest).collect();
        if !values.is_empty() {
            layers.add(helm::read(reader, &values)?);
        }
        if !manifests.is_empty() {
            layers.add(k8s::read(reader, &manifests)?);
        }
        for d in decoded.iter().filter(|d| !d.holds_values() && !d.kind.is_manifest()) {
            read_one(reader, d, &mut layers)?;
        }
    }
    keep_shell_secrets(reader);
    let excerpts = read_excerpts(reader, &excerpts)?;
    if let (Some(error), true) = (reader.deployment.foreign.first(), reader.deployment.texts.is_empty()) {
        return Err(error.clone());
    }
    if reader.deployment.refusals.is_empty() {
        if let Some(error) = reader.unsuited.take() {
            return Err(error);
        }
        reader.deployment.environments = layers.finish();
        reader.deployment.environments.extend(excerpts);
        let is_read = |name: &&String| reader.deployment.texts.iter().any(|t| t.name == **name);
        reader.deployment.unread = reader.options.beside.iter().filter(|name| !is_read(name)).cloned().collect();
    }
    Ok(())
}

/// Reads excerpts. They don't override each other, nor other files: where their values go isn't known.
fn read_excerpts(
    reader: &mut Reader<'_>,
    excerpts: &[Decoded<'_>],
) -> Result<Vec<(Containers, Environment)>, ReadError> {
    let mut all = Vec::new();
    for d in excerpts {
        let Kind::Excerpt(language) = d.kind else { continue };
        excerpt::fits(&d.input.name, &d.text)?;
        let containers = d.input.container.unwrap_or(Containers::BOTH);
        let file = reader.keep(&d.input.name, d.kind, containers, d.text.clone());
        all.extend(excerpt::read(reader, file, language).into_iter().map(|e| (containers, e)));
    }
    Ok(all)
}

/// Records the shell's secrets that a file may interpolate: `${GITHUB_TOKEN}` as a bucket must not print it.
fn keep_shell_secrets(reader: &mut Reader<'_>) {
    if reader.options.shell.is_empty() {
        return;
    }
    let deployment = &mut reader.deployment;
    let expands = |text: &&Text| matches!(text.kind, Kind::Compose | Kind::Dotenv) && text.text.contains('$');
    let texts: Vec<&str> = deployment.texts.iter().filter(expands).map(|text| text.text.as_str()).collect();
    if texts.is_empty() {
        return;
    }
    let is_secret = |name: &str| find(name).map_or_else(|| names_a_secret(name), |v| v.row().secret);
    let taken_in = |(name, value): &(&String, &String)| {
        !value.is_empty() && is_secret(name) && texts.iter().any(|text| text.contains(name.as_str()))
    };
    let secrets = reader.options.shell.iter().filter(taken_in).map(|(_, value)| Secret::new(value.clone()));
    deployment.shell_secrets = secrets.collect();
}

/// Records how Langfuse is deployed and which program reads dotenv files.
fn read_by(deployment: &mut Deployment, options: &Options, wrapper: Wrapper, compose: bool) {
    deployment.wrapper = wrapper;
    deployment.dialect_known = options.dialect.is_some() || wrapper == Wrapper::Compose || compose;
    deployment.dialect = options.dialect.unwrap_or_default();
    let shown_by_deployment = match (options.deployment, options.dialect) {
        (Some(Wrapper::Raw), None) => Some(Dialect::Docker),
        (Some(Wrapper::Compose), _) => Some(Dialect::Compose),
        _ => None,
    };
    deployment.read_by = shown_by_deployment.filter(|d| *d != deployment.dialect);
}

/// The deployment of one set of variables without a file, as [`read`] returns it; the set is called `name`.
#[must_use]
pub fn of_environment(name: &str, environment: Environment, options: &Options) -> Deployment {
    let mut deployment = Deployment::new(Wrapper::Raw);
    read_by(&mut deployment, options, options.deployment.unwrap_or(Wrapper::Raw), false);
    deployment.texts.push(Text::new(name, Kind::Process, Containers::BOTH, ""));
    deployment.environments.push((Containers::BOTH, environment));
    deployment
}

fn read_one(reader: &mut Reader<'_>, d: &Decoded<'_>, layers: &mut Layers) -> Result<(), ReadError> {
    let containers = d.input.container.unwrap_or(Containers::BOTH);
    if let Given::Variables(variables) = &d.input.given {
        let mut environment = Environment::default();
        for (name, value) in variables {
            environment.set(Setting { origin: Origin::Process, ..Setting::plain(name, value.clone()) });
        }
        reader.keep(&d.input.name, Kind::Process, containers, String::new());
        layers.add(vec![(containers, environment)]);
        return Ok(());
    }
    if d.kind.is_platform() || matches!(d.kind, Kind::Systemd | Kind::Quadlet) {
        let mut read =
            if d.kind.is_platform() { platform::read(reader, d) } else { platform::systemd::read(reader, d)? };
        // Where the image doesn't say which container it is, the user may.
        for (own, _) in read.iter_mut().filter(|(own, _)| *own == Containers::BOTH) {
            *own = containers;
        }
        layers.add(read);
        return Ok(());
    }
    let file = reader.keep(&d.input.name, d.kind, containers, d.text.clone());
    let read = match d.kind {
        Kind::Dotenv => {
            let shell = &reader.options.shell;
            let dialect = reader.deployment.dialect;
            let lookup = move |name: &str| shell.get(name).cloned();
            reader.dotenv(file, dialect, &lookup).map(|e| vec![(containers, e)]).unwrap_or_default()
        }
        Kind::Json => json::read(reader, file, containers),
        _ => vec![(containers, envlist::read(reader, file))],
    };
    layers.add(read);
    Ok(())
}

//! Dotenv files of a project: the services' `env_file`, and the project's own.

use super::project::{File, Project};
use super::service::services;
use crate::source::error::ReadError;
use crate::source::input::Decoded;
use crate::source::kind::{Dialect, Kind};
use crate::source::path::join;
use crate::source::reader::{Companion, Reader};
use crate::source::setting::Value;
use crate::source::yaml::Id;
use crate::text::span::Span;
use crate::variable::Containers;

/// The project's dotenv files: the named ones in order, else the `.env` next to the first file.
pub(super) fn read_dotenvs(
    reader: &mut Reader<'_>,
    project: &mut Project,
    named: &[&Decoded<'_>],
) -> Result<bool, ReadError> {
    let env_files = env_file_paths(project);
    let is_project_file = |name: &String| reader.options.env_files.contains(name) || !env_files.contains(name);
    let mut texts: Vec<(String, String)> = named
        .iter()
        .filter(|d| is_project_file(&d.input.name))
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
            if setting.value == Value::Unknown {
                project.elsewhere.insert(setting.name.to_string());
            }
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

/// One entry of `env_file`.
pub(super) struct EnvFile {
    /// The path as written, expanded.
    pub(super) written: String,
    pub(super) path: String,
    pub(super) required: bool,
    pub(super) format: String,
    pub(super) via: Span,
}

/// The entries of an `env_file`. An entry with the path of an earlier one replaces it.
pub(super) fn env_files_of(project: &Project, file: &File, list: Id, out: &mut Vec<EnvFile>) {
    let items = file.yaml.seq(list).map_or_else(|| vec![list], <[Id]>::to_vec);
    for item in items {
        let path_id = file.yaml.get(item, "path").unwrap_or(item);
        let Some((path, _)) = file.yaml.scalar(path_id) else { continue };
        let Some(path) = project.expand(path) else { continue };
        let field = |key: &str| {
            let (text, _) = file.yaml.scalar(file.yaml.get(item, key)?)?;
            project.expand(text)
        };
        let required =
            field("required").is_none_or(|t| !matches!(t.to_ascii_lowercase().as_str(), "false" | "n" | "no" | "off"));
        let format = field("format").unwrap_or_default();
        let via = file.span(path_id);
        let entry = EnvFile { path: join(&project.directory, &path), written: path, required, format, via };
        match out.iter_mut().find(|e| e.written == entry.written) {
            Some(old) => *old = entry,
            None => out.push(entry),
        }
    }
}

/// The paths of all services' env files.
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

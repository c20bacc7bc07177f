//! A compose project: its files, and the values that they refer to.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::environment::Environment;
use crate::source::error::ReadError;
use crate::source::kind::Kind;
use crate::source::path::join;
use crate::source::reader::{Companion, Reader};
use crate::source::template;
use crate::source::yaml::{Id, Yaml};
use crate::text::span::Span;
use crate::variable::Containers;

/// Stands for a value that isn't known while values are expanded; no file contains this character.
pub(super) const UNKNOWN: &str = "\u{10ffff}";

/// What each container receives.
pub(super) type Environments = Vec<(Containers, Environment)>;

/// A parsed compose file.
pub(super) struct File {
    pub(super) number: usize,
    pub(super) yaml: Yaml,
    pub(super) root: Id,
}

impl File {
    /// Where the content of a node is.
    pub(super) fn span(&self, id: Id) -> Span {
        let (start, end, _) = self.yaml.content(id);
        Span::new(self.number, start, end)
    }
}

/// A service, merged over all files that mention it.
#[derive(Default)]
pub(super) struct Service {
    pub(super) name: String,
    /// File index and node of each layer; the last one wins.
    pub(super) layers: Vec<(usize, Id)>,
    pub(super) span: Option<Span>,
}

/// Everything needed to resolve the project.
pub(super) struct Project {
    pub(super) files: Vec<File>,
    /// Names of the files, included ones as well.
    pub(super) names: Vec<String>,
    /// Files whose services are only extended: path and number in `files`, behind the project's own.
    pub(super) bases: Vec<(String, usize)>,
    pub(super) directory: String,
    /// Settings of the project's dotenv file.
    pub(super) dotenv: Environment,
    /// Expanded values of that file, without the shell's overrides.
    pub(super) values: BTreeMap<String, String>,
    /// Whether a dotenv file of the project wasn't opened, so that what it sets is unknown.
    pub(super) values_unknown: bool,
    /// Names that are required and have no value here, and names whose value is kept elsewhere.
    pub(super) elsewhere: BTreeSet<String>,
    pub(super) shell: BTreeMap<String, String>,
}

impl Project {
    /// The shell's value wins over the dotenv file's.
    pub(super) fn lookup(&self, name: &str) -> Option<String> {
        let value = self.shell.get(name).or_else(|| self.values.get(name)).cloned();
        let known = value.as_ref().is_some_and(|v| !v.is_empty());
        if !known && self.elsewhere.contains(name) { Some(UNKNOWN.to_owned()) } else { value }
    }

    /// `text` with its variables expanded; `None` if compose-go refuses it.
    pub(super) fn expand(&self, text: &str) -> Option<String> {
        template::expand(text, &|n| self.lookup(n), &mut |_| {}).ok()
    }
}

/// Parses one file; `false` when it is refused.
pub(super) fn add_file(reader: &mut Reader<'_>, files: &mut Vec<File>, name: &str, text: &str) -> bool {
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
pub(super) fn include_files(
    reader: &mut Reader<'_>,
    files: &mut Vec<File>,
    directory: &str,
) -> Result<Option<()>, ReadError> {
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

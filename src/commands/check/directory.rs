//! A directory on the command line: which of its files configure Langfuse's storage, and which of them belong together.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use langfuse_blob_core::command::{Context, Sources, gather_known};
use langfuse_blob_core::files::LARGEST;
use langfuse_blob_core::source::compose::DEFAULT_NAMES;
use langfuse_blob_core::source::{Kind, detect};
use langfuse_blob_core::text::printable::escaped;

use crate::failure::Failure;
use crate::local_file::{self, Content};
use crate::output::note;

/// Files that are one deployment.
#[derive(Debug)]
pub enum Group {
    /// Those that the command line names.
    Named(Sources),
    /// Some that were found in a directory.
    Found(Sources),
}

impl Group {
    /// What to read.
    pub fn sources(&self) -> &Sources {
        match self {
            Self::Named(sources) | Self::Found(sources) => sources,
        }
    }
}

/// What `sources` names, with a group for each deployment of a directory.
///
/// # Errors
/// A directory can't be read, or has no file that configures Langfuse's storage.
pub fn groups(sources: &Sources, context: &Context<'_>) -> Result<Vec<Group>, Failure> {
    let (directories, files): (Vec<String>, Vec<String>) =
        sources.files.iter().cloned().partition(|name| name != "-" && Path::new(name).is_dir());
    if directories.is_empty() {
        return Ok(vec![Group::Named(sources.clone())]);
    }
    let mut groups = Vec::new();
    if !files.is_empty() || !sources.config.is_empty() {
        groups.push(Group::Named(Sources { files, ..sources.clone() }));
    }
    for directory in directories {
        let found =
            Found::look(&directory).map_err(|e| Failure::usage(format!("can't open {}: {e}", escaped(&directory))))?;
        let skipped = found.skipped;
        let of = |files: Vec<String>| Sources { files, config: Vec::new(), ..sources.clone() };
        let mut read = BTreeSet::new();
        let mut taken = 0_usize;
        for files in found.deployments() {
            // A file that another one names was read with that one.
            let files: Vec<String> = files.into_iter().filter(|file| !read.contains(file)).collect();
            if files.is_empty() {
                continue;
            }
            let group = of(files);
            if let Ok(gathered) = gather_known(&group.files, &group, context) {
                read.extend(gathered.deployment.texts.iter().map(|text| text.name.clone()));
            }
            taken = taken.saturating_add(1);
            groups.push(Group::Found(group));
        }
        if taken == 0 {
            let name = escaped(&directory);
            return Err(Failure::usage(format!("no file in {name} configures Langfuse's storage"))
                .help("Directories in it aren't searched: name one of them, or a file."));
        }
        if skipped > 0 {
            let plural = if skipped == 1 { " that doesn't" } else { "s that don't" };
            note(format!(
                "note: skipped {skipped} file{plural} configure Langfuse's storage in {}",
                escaped(&directory)
            ));
        }
    }
    Ok(groups)
}

/// The files of a directory that configure Langfuse's storage, in the order of their names.
#[derive(Debug, Default)]
struct Found {
    files: Vec<(String, Kind)>,
    skipped: usize,
}

impl Found {
    fn look(directory: &str) -> std::io::Result<Self> {
        let mut names: Vec<String> =
            fs::read_dir(directory)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.sort();
        let mut found = Self::default();
        for name in names {
            let path =
                if directory == "." { name.clone() } else { format!("{}/{name}", directory.trim_end_matches('/')) };
            // Only regular files, and no link that points elsewhere.
            match local_file::read_within(Path::new(&path), Path::new(directory), LARGEST) {
                Ok(Content::Regular(bytes)) => match kind_of(&name, &bytes) {
                    Some(kind) => found.files.push((path, kind)),
                    None => found.skipped = found.skipped.saturating_add(1),
                },
                Ok(Content::Directory) => {}
                _ => found.skipped = found.skipped.saturating_add(1),
            }
        }
        Ok(found)
    }

    /// The files of each deployment: a compose file, whose reader finds its override and .env; all manifests; all code;
    /// and every other file on its own.
    fn deployments(self) -> Vec<Vec<String>> {
        let base = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        let compose = DEFAULT_NAMES.iter().find_map(|name| self.files.iter().find(|(path, _)| base(path) == *name));
        let compose = compose.map(|(path, _)| path.clone());
        let (mut manifests, mut code, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for (path, kind) in self.files {
            let is_override = kind == Kind::Compose && base(&path).contains(".override.");
            if compose.as_deref() == Some(path.as_str()) || compose.is_some() && is_override {
                continue;
            }
            match kind {
                Kind::K8s => manifests.push(path),
                kind if kind.is_excerpt() => code.push(path),
                _ => others.push(vec![path]),
            }
        }
        let first = compose.map(|path| vec![path]);
        first.into_iter().chain([manifests, code].into_iter().filter(|files| !files.is_empty())).chain(others).collect()
    }
}

/// The kind of a file that configures Langfuse's storage. A template of a .env has placeholders, not a configuration.
fn kind_of(name: &str, bytes: &[u8]) -> Option<Kind> {
    const TEMPLATES: [&str; 4] = [".example", ".sample", ".template", ".dist"];
    let text = std::str::from_utf8(bytes).ok()?;
    let kind = detect::kind(name, text)?;
    let is_dotenv = name.ends_with(".env") || name.starts_with(".env");
    let sets = |stems: &[&str]| stems.iter().any(|stem| text.contains(stem));
    let storage = ["LANGFUSE_S3_", "LANGFUSE_USE_AZURE_BLOB", "LANGFUSE_USE_GOOGLE", "LANGFUSE_USE_OCI"];
    let wanted = match kind {
        Kind::Dotenv => is_dotenv && !TEMPLATES.iter().any(|end| name.ends_with(end)) && sets(&["LANGFUSE_"]),
        Kind::Compose | Kind::Helm => text.to_ascii_lowercase().contains("langfuse"),
        _ => sets(&storage) || sets(&["langfuse"]) && !kind.is_excerpt() && kind != Kind::Json,
    };
    wanted.then_some(kind)
}

#[cfg(test)]
mod tests {
    use tempfile::tempdir;

    use super::*;

    #[test]
    fn files_that_configure_storage_are_found_by_deployment() {
        let directory = tempdir().unwrap();
        let bucket = "LANGFUSE_S3_EVENT_UPLOAD_BUCKET";
        for (name, text) in [
            ("docker-compose.yml", format!("services:\n  langfuse-web:\n    environment:\n      {bucket}: a\n")),
            ("docker-compose.override.yml", "services:\n  langfuse-web:\n    ports: []\n".to_owned()),
            (".env", "LANGFUSE_X=1\n".to_owned()),
            (".env.example", format!("{bucket}=CHANGEME\n")),
            ("config.yaml", format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  {bucket}: a\n")),
            ("secret.yaml", format!("apiVersion: v1\nkind: Secret\nstringData:\n  {bucket}: a\n")),
            ("main.tf", format!("locals {{\n  {bucket} = \"a\"\n}}\n")),
            ("package.json", "{\"name\": \"langfuse-app\"}".to_owned()),
            ("notes.txt", format!("{bucket}: what is it?\n")),
            ("README.md", format!("{bucket}=x\n")),
        ] {
            fs::write(directory.path().join(name), text).unwrap();
        }
        fs::create_dir(directory.path().join("node_modules")).unwrap();
        let found = Found::look(directory.path().to_str().unwrap()).unwrap();
        assert_eq!(found.skipped, 4);
        let names = |path: String| path.rsplit('/').next().unwrap().to_owned();
        let groups: Vec<Vec<String>> =
            found.deployments().into_iter().map(|files| files.into_iter().map(names).collect()).collect();
        let expected = [vec!["docker-compose.yml"], vec!["config.yaml", "secret.yaml"], vec!["main.tf"], vec![".env"]];
        assert_eq!(groups, expected);
    }
}

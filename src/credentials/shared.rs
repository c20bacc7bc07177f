//! The files that AWS's tools share: `~/.aws/config` and `~/.aws/credentials`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::environment::{self, Environment};
use super::ini::{self, Section};
use crate::local_file;

/// Both files, merged: settings of the credentials file take precedence.
#[derive(Debug)]
pub(super) struct Shared {
    profiles: BTreeMap<String, Section>,
    sessions: BTreeMap<String, Section>,
    services: BTreeMap<String, Section>,
    config: Read,
    credentials: Read,
}

#[derive(Debug)]
struct Read {
    path: String,
    problem: Option<String>,
}

impl Shared {
    /// Reads them. A file that can't be read counts as empty, as in the SDK; [`Shared::state`] says so.
    pub(super) async fn read(environment: &Environment) -> Self {
        let (config, config_text) = read(environment, environment::CONFIG_FILE, "config").await;
        let (credentials, credentials_text) = read(environment, environment::CREDENTIALS_FILE, "credentials").await;
        let mut shared = Self {
            profiles: BTreeMap::new(),
            sessions: BTreeMap::new(),
            services: BTreeMap::new(),
            config,
            credentials,
        };
        // `[default]` first: `[profile default]` replaces it.
        for ((kind, name), section) in ini::parse(&config_text) {
            match kind {
                "profile" => shared.profiles.insert(name, section),
                "sso-session" => shared.sessions.insert(name, section),
                "services" => shared.services.insert(name, section),
                _ if name == "default" => shared.profiles.insert(name, section),
                _ => None,
            };
        }
        for ((kind, name), section) in ini::parse(&credentials_text) {
            if kind.is_empty() {
                shared.profiles.entry(name).or_default().merge(section);
            }
        }
        shared
    }

    pub(super) fn profile(&self, name: &str) -> Option<&Section> {
        self.profiles.get(name)
    }

    pub(super) fn session(&self, name: &str) -> Option<&Section> {
        self.sessions.get(name)
    }

    pub(super) fn services(&self, name: &str) -> Option<&Section> {
        self.services.get(name)
    }

    pub(super) fn config_path(&self) -> &str {
        &self.config.path
    }

    /// The files that were read and their problems, for people.
    pub(super) fn state(&self) -> String {
        let one = |read: &Read| match &read.problem {
            None => read.path.clone(),
            Some(problem) => format!("{} ({problem})", read.path),
        };
        format!("{} and {}", one(&self.config), one(&self.credentials))
    }
}

async fn read(environment: &Environment, variable: &str, name: &str) -> (Read, String) {
    let home = environment.home();
    let path = match (environment.get(variable), &home) {
        (Some(path), Some(home)) => {
            path.strip_prefix("~/").map_or_else(|| PathBuf::from(path), |rest| PathBuf::from(home).join(rest))
        }
        (Some(path), None) => PathBuf::from(path),
        (None, Some(home)) => PathBuf::from(home).join(".aws").join(name),
        (None, None) => {
            let problem = Some("no home directory is set".to_owned());
            return (Read { path: format!("~/.aws/{name}"), problem }, String::new());
        }
    };
    let (problem, text) = match small_file(&path).await {
        Ok(bytes) => (None, String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => (Some("no such file".to_owned()), String::new()),
        Err(error) => (Some(format!("can't be read: {error}")), String::new()),
    };
    (Read { path: path.display().to_string(), problem }, text)
}

/// The bytes of a small regular file: a device or a pipe of that name must neither block nor fill the memory.
pub(super) async fn small_file(path: &Path) -> std::io::Result<Vec<u8>> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || local_file::read_small(&path, local_file::SMALL));
    read.await.map_err(std::io::Error::other)?
}

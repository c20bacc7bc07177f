//! Finds the files that describe a directory's deployment, if none is named.

use std::collections::BTreeMap;

use super::compose::DEFAULT_NAMES;
use super::dotenv;
use super::facts::Unopened;
use super::input::{Given, Input, Options};
use super::kind::Dialect;
use super::path::join;
use super::reader::{Found, ReadError, look};
use crate::files::{Files, Within};
use crate::order;

/// Why a directory's deployment can't be read.
#[derive(Debug)]
pub enum Undiscovered {
    /// This file would be read, but wasn't opened.
    Unopened(String, Unopened),
    /// A file can't be opened.
    Unreadable(ReadError),
}

impl From<ReadError> for Undiscovered {
    fn from(error: ReadError) -> Self {
        Self::Unreadable(error)
    }
}

/// The inputs in the directory that paths are relative to: the compose files that `docker compose` would read (the
/// shell's or the `.env`'s `COMPOSE_FILE` first), else `values.yaml`, else `.env`.
///
/// # Errors
/// [`Undiscovered`].
pub fn discover(options: &Options, files: &dyn Files) -> Result<Vec<Input>, Undiscovered> {
    let open = |path: &str, within: Within| {
        let within = if options.trusted { Within::Anywhere } else { within };
        look(files, path, &within)
    };
    let mut nearby = Vec::new();
    for name in DEFAULT_NAMES.into_iter().chain(["values.yaml", "values.yml", ".env"]) {
        nearby.push((name, open(name, Within::Tree(String::new()))?));
    }
    let dotenv = nearby.iter().find_map(|(name, found)| match found {
        Found::Bytes(bytes) if *name == ".env" => Some(bytes.as_slice()),
        _ => None,
    });
    if let Some((by_shell, list)) = compose_file(options, dotenv) {
        let mut listed = Vec::new();
        for path in list.iter().map(|p| join("", p)) {
            // A path from the shell counts as named by the user.
            let within = if by_shell { Within::WorkTree } else { Within::Tree(String::new()) };
            let found = open(&path, within)?;
            listed.push((path, found));
        }
        return listed.into_iter().filter_map(|(path, found)| input(&path, found).transpose()).collect();
    }
    for (name, found) in nearby {
        if let Some(input) = input(name, found)? {
            return Ok(vec![input]);
        }
    }
    Ok(Vec::new())
}

/// The input at that path; `None` if there is no such file.
fn input(path: &str, found: Found) -> Result<Option<Input>, Undiscovered> {
    match found {
        Found::Bytes(bytes) => {
            Ok(Some(Input { name: path.to_owned(), given: Given::Bytes(bytes), kind: None, container: None }))
        }
        Found::Missing => Ok(None),
        Found::Unopened(reason) => Err(Undiscovered::Unopened(path.to_owned(), reason)),
    }
}

/// The files in `COMPOSE_FILE`, and whether it's set in the shell rather than in the `.env`.
fn compose_file(options: &Options, dotenv: Option<&[u8]>) -> Option<(bool, Vec<String>)> {
    let dotenv: BTreeMap<String, String> = dotenv
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .and_then(|text| dotenv::values(text, Dialect::Compose, &|n| options.shell.get(n).cloned()).ok())
        .map(order::filled)
        .unwrap_or_default();
    let value = |name: &str| options.shell.get(name).or_else(|| dotenv.get(name)).filter(|v| !v.is_empty());
    let separator = value("COMPOSE_PATH_SEPARATOR").map_or(":", String::as_str);
    let list: Vec<String> =
        value("COMPOSE_FILE")?.split(separator).filter(|p| !p.is_empty()).map(str::to_owned).collect();
    let by_shell = options.shell.get("COMPOSE_FILE").is_some_and(|v| !v.is_empty());
    (!list.is_empty()).then_some((by_shell, list))
}

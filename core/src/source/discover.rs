//! Finds the files that describe a directory's deployment, if none is named.

use std::collections::BTreeMap;

use super::compose::DEFAULT_NAMES;
use super::dotenv;
use super::error::ReadError;
use super::facts::Unopened;
use super::input::{Given, Input, Options};
use super::kind::Dialect;
use super::path::join;
use super::reader::{Found, look};
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
    let mut nearby = Vec::new();
    for name in DEFAULT_NAMES.into_iter().chain(["values.yaml", "values.yml", ".env"]) {
        nearby.push((name, open(options, files, name, Within::Tree(String::new()))?));
    }
    let dotenv = nearby.iter().find_map(|(name, found)| match found {
        Found::Bytes(bytes) if *name == ".env" => Some(bytes.as_slice()),
        _ => None,
    });
    if let Some(listed) = listed(options, files, dotenv.as_slice())? {
        return Ok(listed);
    }
    first(nearby)
}

/// The compose project in the directory that paths are relative to, whose `.env` the dotenv files `given` replace; empty
/// if there is none, or none of its files mentions Langfuse. As in `docker compose --env-file`, `COMPOSE_FILE` then comes
/// from these files.
///
/// # Errors
/// [`Undiscovered`].
pub fn discover_project(options: &Options, files: &dyn Files, given: &[&[u8]]) -> Result<Vec<Input>, Undiscovered> {
    let inputs = match listed(options, files, given)? {
        Some(listed) => listed,
        None => {
            let mut nearby = Vec::new();
            for name in DEFAULT_NAMES {
                nearby.push((name, open(options, files, name, Within::Tree(String::new()))?));
            }
            first(nearby)?
        }
    };
    let is_langfuse = |input: &Input| match &input.given {
        Given::Bytes(bytes) => {
            let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
            // A file that is named elsewhere may run Langfuse.
            ["langfuse", "include:", "extends:"].iter().any(|part| text.contains(part))
        }
        Given::Variables(_) => false,
    };
    Ok(if inputs.iter().any(is_langfuse) { inputs } else { Vec::new() })
}

fn open(options: &Options, files: &dyn Files, path: &str, within: Within) -> Result<Found, ReadError> {
    let within = if options.trusted { Within::Anywhere } else { within };
    look(files, path, &within)
}

/// The first of these files that exists.
fn first(nearby: Vec<(&str, Found)>) -> Result<Vec<Input>, Undiscovered> {
    for (name, found) in nearby {
        if let Some(input) = input(name, found)? {
            return Ok(vec![input]);
        }
    }
    Ok(Vec::new())
}

/// The files in `COMPOSE_FILE`; `None` if it isn't set.
fn listed(options: &Options, files: &dyn Files, dotenvs: &[&[u8]]) -> Result<Option<Vec<Input>>, Undiscovered> {
    let Some((by_shell, list)) = compose_file(options, dotenvs) else { return Ok(None) };
    let mut listed = Vec::new();
    for path in list.iter().map(|p| join("", p)) {
        // A path from the shell counts as named by the user.
        let within = if by_shell { Within::WorkTree } else { Within::Tree(String::new()) };
        let found = open(options, files, &path, within)?;
        listed.push((path, found));
    }
    listed.into_iter().filter_map(|(path, found)| input(&path, found).transpose()).collect::<Result<_, _>>().map(Some)
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

/// The files in `COMPOSE_FILE`, and whether it's set in the shell rather than in a dotenv file.
fn compose_file(options: &Options, dotenvs: &[&[u8]]) -> Option<(bool, Vec<String>)> {
    let mut dotenv: BTreeMap<String, String> = BTreeMap::new();
    for text in dotenvs.iter().filter_map(|bytes| std::str::from_utf8(bytes).ok()) {
        let values =
            dotenv::values(text, Dialect::Compose, &|n| options.shell.get(n).or_else(|| dotenv.get(n)).cloned());
        let values: BTreeMap<String, String> = values.map(order::filled).unwrap_or_default();
        dotenv.extend(values);
    }
    let value = |name: &str| options.shell.get(name).or_else(|| dotenv.get(name)).filter(|v| !v.is_empty());
    let separator = value("COMPOSE_PATH_SEPARATOR").map_or(":", String::as_str);
    let list: Vec<String> =
        value("COMPOSE_FILE")?.split(separator).filter(|p| !p.is_empty()).map(str::to_owned).collect();
    let by_shell = options.shell.get("COMPOSE_FILE").is_some_and(|v| !v.is_empty());
    (!list.is_empty()).then_some((by_shell, list))
}

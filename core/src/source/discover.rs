//! Finds the files that describe a directory's deployment, if none is named.

use std::collections::BTreeMap;

use super::compose::{DEFAULT_NAMES, join};
use super::read::{Given, Input, Options, Unopened, Want};
use crate::order;

/// Why the inputs aren't known yet.
#[derive(Debug)]
pub enum Undiscovered {
    /// These files are needed first; call again with them in [`Options::found`] or [`Options::refused`].
    Wants(Vec<Want>),
    /// This file would be read, but wasn't opened.
    Unopened(String, Unopened),
}

/// The inputs in the directory that paths are relative to: the compose files that `docker compose` would read (the
/// shell's or the `.env`'s `COMPOSE_FILE` first), else `values.yaml`, else `.env`.
///
/// # Errors
/// [`Undiscovered`].
pub fn discover(options: &Options) -> Result<Vec<Input>, Undiscovered> {
    let candidates = || DEFAULT_NAMES.into_iter().chain(["values.yaml", "values.yml", ".env"]);
    let nearby = |path: &str| Want { path: path.to_owned(), below: Some(String::new()) };
    asked(options, candidates().map(nearby))?;
    if let Some((by_shell, list)) = compose_file(options) {
        // A path from the shell counts as named by the user.
        let want = |path: &String| Want { path: path.clone(), below: (!by_shell).then(String::new) };
        let paths: Vec<String> = list.iter().map(|p| join("", p)).collect();
        asked(options, paths.iter().map(want))?;
        let read = paths.iter().map(|path| look(options, path)).collect::<Result<Vec<_>, _>>()?;
        return Ok(read.into_iter().flatten().collect());
    }
    for name in candidates() {
        if let Some(input) = look(options, name)? {
            return Ok(vec![input]);
        }
    }
    Ok(Vec::new())
}

/// Whether the outcome of opening each of `wants` is known.
fn asked(options: &Options, wants: impl Iterator<Item = Want>) -> Result<(), Undiscovered> {
    let known = |want: &Want| options.found.contains_key(&want.path) || options.refused.contains_key(&want.path);
    let missing: Vec<Want> = wants.filter(|want| !known(want)).collect();
    if missing.is_empty() { Ok(()) } else { Err(Undiscovered::Wants(missing)) }
}

/// The input at that path; `None` if there is no such file.
fn look(options: &Options, path: &str) -> Result<Option<Input>, Undiscovered> {
    if let Some(reason) = options.refused.get(path) {
        return Err(Undiscovered::Unopened(path.to_owned(), *reason));
    }
    let bytes = options.found.get(path).and_then(Option::as_ref);
    Ok(bytes.map(|bytes| Input {
        name: path.to_owned(),
        given: Given::Bytes(bytes.clone()),
        kind: None,
        container: None,
    }))
}

/// The files in `COMPOSE_FILE`, and whether it's set in the shell rather than in the `.env`.
fn compose_file(options: &Options) -> Option<(bool, Vec<String>)> {
    let dotenv: BTreeMap<String, String> = options
        .found
        .get(".env")
        .and_then(Option::as_ref)
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .and_then(|text| super::dotenv::values(text, super::Dialect::Compose, &|n| options.shell.get(n).cloned()).ok())
        .map(order::filled)
        .unwrap_or_default();
    let value = |name: &str| options.shell.get(name).or_else(|| dotenv.get(name)).filter(|v| !v.is_empty());
    let separator = value("COMPOSE_PATH_SEPARATOR").map_or(":", String::as_str);
    let list: Vec<String> =
        value("COMPOSE_FILE")?.split(separator).filter(|p| !p.is_empty()).map(str::to_owned).collect();
    let by_shell = options.shell.get("COMPOSE_FILE").is_some_and(|v| !v.is_empty());
    (!list.is_empty()).then_some((by_shell, list))
}

//! Which files describe the deployment in a folder, when none is named.

use std::collections::BTreeMap;

use super::compose::{DEFAULT_NAMES, join};
use super::read::{Given, Input, Options, Want};
use crate::text::order;

/// The inputs of the folder that paths are relative to: the compose files that `docker compose` would take (the shell's
/// or the `.env`'s `COMPOSE_FILE` first), else `values.yaml`, else `.env`.
///
/// # Errors
/// The files to look for first; call again with them in [`Options::found`].
pub fn discover(options: &Options) -> Result<Vec<Input>, Vec<Want>> {
    let candidates = DEFAULT_NAMES.into_iter().chain(["values.yaml", "values.yml", ".env"]);
    let missing: Vec<Want> = candidates
        .filter(|name| !options.found.contains_key(*name))
        .map(|name| Want { path: name.to_owned() })
        .collect();
    if !missing.is_empty() {
        return Err(missing);
    }
    let there = |name: &str| options.found.get(name).and_then(Option::as_ref);
    if let Some(list) = compose_file(options) {
        let paths: Vec<String> = list.iter().map(|p| join("", p)).collect();
        let missing: Vec<Want> =
            paths.iter().filter(|p| !options.found.contains_key(*p)).map(|p| Want { path: p.clone() }).collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        return Ok(paths.iter().filter_map(|p| Some(input(p, there(p)?))).collect());
    }
    let first =
        DEFAULT_NAMES.into_iter().chain(["values.yaml", "values.yml", ".env"]).find_map(|n| Some((n, there(n)?)));
    Ok(first.map(|(name, bytes)| input(name, bytes)).into_iter().collect())
}

fn input(name: &str, bytes: &[u8]) -> Input {
    Input { name: name.to_owned(), given: Given::Bytes(bytes.to_vec()), kind: None, container: None }
}

/// The files of `COMPOSE_FILE`, from the shell or from the `.env`.
fn compose_file(options: &Options) -> Option<Vec<String>> {
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
    (!list.is_empty()).then_some(list)
}

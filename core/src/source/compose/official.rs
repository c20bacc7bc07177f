//! The official compose file, for a `.env` without one beside it.

use std::collections::BTreeMap;

use super::project::Environments;
use crate::source::environment::Environment;
use crate::source::facts::{BundledStore, ComposeFacts};
use crate::source::input::Decoded;
use crate::source::kind::{Dialect, Kind};
use crate::source::reader::Reader;
use crate::source::setting::{Origin, Setting, Value};
use crate::variable::{self, Containers};

/// How the official compose file resolves dotenv files, where no compose file is read.
pub(super) fn read(reader: &mut Reader<'_>, dotenvs: &[Decoded<'_>]) -> Environments {
    reader.deployment.dialect_known = true;
    let mut given = Environment::default();
    for dotenv in dotenvs {
        let number = reader.keep(&dotenv.input.name, Kind::Dotenv, Containers::BOTH, dotenv.text.clone());
        let shell = reader.options.shell.clone();
        let before: BTreeMap<String, String> =
            given.iter().filter_map(|s| Some((s.name.to_string(), s.text()?.to_owned()))).collect();
        let lookup = move |n: &str| shell.get(n).or_else(|| before.get(n)).cloned();
        let Some(read) = reader.dotenv(number, Dialect::Compose, &lookup) else { return Vec::new() };
        given.lay(read);
    }
    let mut environments = Vec::new();
    for container in [Containers::WEB, Containers::WORKER] {
        let mut environment = Environment::default();
        for var in variable::all() {
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
    let unrecognized = given.iter().filter(|s| s.is_unrecognized()).cloned().collect();
    let services = ["langfuse-web", "langfuse-worker", "minio", "clickhouse", "redis", "postgres"];
    reader.deployment.compose = Some(ComposeFacts {
        services: services.map(str::to_owned).to_vec(),
        forwards: true,
        unforwarded,
        store: Some(store(&given)),
        unrecognized,
        ..ComposeFacts::default()
    });
    environments
}

/// The official compose file's MinIO, with the root user that the `.env` sets.
fn store(given: &Environment) -> BundledStore {
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

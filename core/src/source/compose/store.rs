//! The object store of a project.

use super::environment::environment;
use super::ports::ports_of;
use super::project::{Project, Service};
use super::service::scalar_of;
use crate::source::error::ReadError;
use crate::source::facts::BundledStore;
use crate::source::reader::Reader;
use crate::source::yaml::Id;

/// The MinIO that the project starts.
pub(super) fn bundled_store(
    reader: &mut Reader<'_>,
    project: &Project,
    all: &[Service],
) -> Result<Option<BundledStore>, ReadError> {
    for service in all {
        let Some((image, _)) = scalar_of(project, service, "image") else { continue };
        let repository = image.split('@').next().unwrap_or("").to_ascii_lowercase();
        let last = repository.rsplit('/').next().unwrap_or("");
        if !last.starts_with("minio") || last.starts_with("minio-mc") {
            continue;
        }
        let Some(environment) = environment(reader, project, service)? else { return Ok(None) };
        let published: Vec<_> = ports_of(project, service).into_iter().filter(|p| p.tcp).collect();
        let mut command = String::new();
        for (index, node) in &service.layers {
            let Some(file) = project.files.get(*index) else { continue };
            for key in ["entrypoint", "command"] {
                let Some(node) = file.yaml.get(*node, key) else { continue };
                let parts = file.yaml.seq(node).map_or_else(|| vec![node], <[Id]>::to_vec);
                for part in parts {
                    command.push_str(file.yaml.scalar(part).map_or("", |(t, _)| t));
                    command.push(' ');
                }
            }
        }
        return Ok(Some(BundledStore {
            service: service.name.clone(),
            image,
            user: environment.by_name("MINIO_ROOT_USER").cloned(),
            password: environment.by_name("MINIO_ROOT_PASSWORD").cloned(),
            ports: published.iter().filter_map(|p| Some((p.port?, p.target))).collect(),
            exposed: published.iter().find_map(|p| Some((p.port.filter(|_| !p.is_local())?, Some(p.span)))),
            command,
        }));
    }
    Ok(None)
}

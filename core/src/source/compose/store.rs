//! The object store of a project.

use super::environment::environment;
use super::project::{File, Project, Service};
use super::service::scalar_of;
use crate::source::facts::BundledStore;
use crate::source::reader::{ReadError, Reader};
use crate::source::yaml::Id;
use crate::text::span::Span;

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
        let mut published: Vec<Published> = Vec::new();
        let mut command = String::new();
        for (index, node) in &service.layers {
            let Some(file) = project.files.get(*index) else { continue };
            if let Some(list) = file.yaml.get(*node, "ports") {
                if matches!(file.yaml.written(list).map_or("", |n| n.tag.as_str()), "!reset" | "!override") {
                    published.clear();
                }
                let items = file.yaml.seq(list).unwrap_or(&[]);
                published.extend(items.iter().filter_map(|item| Published::read(file, *item, project)));
            }
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
            ports: published.iter().map(|p| (p.outer, p.inner)).collect(),
            exposed: published.iter().find(|p| !p.local).map(|p| (p.outer, Some(p.span))),
            command,
        }));
    }
    Ok(None)
}

/// A published port.
struct Published {
    /// On the host.
    outer: u16,
    /// In the container.
    inner: u16,
    /// Whether only this machine can reach it.
    local: bool,
    span: Span,
}

impl Published {
    /// `9090:9000`, `127.0.0.1:9091:9001/tcp`, or a mapping with `target`, `published` and `host_ip`.
    fn read(file: &File, item: Id, project: &Project) -> Option<Self> {
        let expand = |text: &str| project.expand(text);
        let is_local = |ip: &str| ip.starts_with("127.") || matches!(ip, "[::1]" | "::1" | "localhost");
        let span = file.span(item);
        let Some((text, _)) = file.yaml.scalar(item) else {
            let field = |key: &str| file.yaml.scalar(file.yaml.get(item, key)?).and_then(|(t, _)| expand(t));
            let (outer, inner) = (field("published")?.parse().ok()?, field("target")?.parse().ok()?);
            return Some(Self { outer, inner, local: field("host_ip").is_some_and(|ip| is_local(&ip)), span });
        };
        let text = expand(text)?;
        let (rest, inner) = text.split('/').next()?.rsplit_once(':')?;
        let (ip, outer) = rest.rsplit_once(':').unwrap_or(("", rest));
        Some(Self { outer: outer.parse().ok()?, inner: inner.parse().ok()?, local: is_local(ip), span })
    }
}

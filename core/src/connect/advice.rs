//! What to do where a store's host doesn't resolve on this machine and no route is known.

use super::connect_to::bracketed;
use super::route::all;
use crate::source::{Deployment, PublishedPort, Wrapper};

/// How to reach `host` and `port` of `deployment` from this machine, in one or two sentences that end with the flag to
/// paste. `docker_host` is `DOCKER_HOST`, if it names another machine.
#[must_use]
pub fn advice(deployment: &Deployment, host: &str, port: u16, docker_host: Option<&str>) -> String {
    let from = format!("{}:{port}", bracketed(host));
    match deployment.wrapper {
        Wrapper::Helm | Wrapper::K8s => {
            if let Some((service, namespace)) = kubernetes_service(host) {
                let local = local_port(port);
                let namespace = namespace.map_or_else(String::new, |n| format!(" -n {n}"));
                return format!(
                    "Run `kubectl port-forward{namespace} svc/{service} {local}:{port}` in another terminal, and add \
                     `--connect-to {from}:127.0.0.1:{local}`."
                );
            }
        }
        Wrapper::Compose => {
            if let Some(advice) = of_project(deployment, host, port, docker_host) {
                return advice;
            }
        }
        Wrapper::Raw => {}
    }
    elsewhere(host, port)
}

/// What to do if this machine reaches `host` and `port` at another address: one sentence.
#[must_use]
pub fn elsewhere(host: &str, port: u16) -> String {
    let from = format!("{}:{port}", bracketed(host));
    format!("If it has another address here, such as a tunnel's, add `--connect-to {from}:ADDR:PORT`.")
}

/// The same for a service of a compose project; `None` if no service has that name.
fn of_project(deployment: &Deployment, host: &str, port: u16, docker_host: Option<&str>) -> Option<String> {
    let compose = deployment.compose.as_ref()?;
    let from = format!("{}:{port}", bracketed(host));
    let published = all(deployment, host, port);
    let fixed: Vec<&PublishedPort> = published.iter().copied().filter(|p| p.port.is_some()).collect();
    if let (Some(machine), Some(outer)) = (docker_host, fixed.first().and_then(|p| p.port)) {
        let name = machine_of(machine).map_or_else(|| "ADDR".to_owned(), bracketed);
        return Some(format!(
            "DOCKER_HOST is another machine, which publishes the port as {outer}. Add `--connect-to {from}:{name}:{outer}`."
        ));
    }
    if let Some(first) = fixed.first().filter(|_| published.len() > 1) {
        let outer = first.port.unwrap_or(port);
        return Some(format!(
            "Port {port} of `{host}` is published more than once; choose one, such as `--connect-to \
             {from}:127.0.0.1:{outer}`."
        ));
    }
    if let Some(outer) = fixed.first().and_then(|p| p.port) {
        return Some(format!(
            "Its published port isn't bound to an address of this machine. Add `--connect-to {from}:ADDR:{outer}`."
        ));
    }
    let is_service = compose.services.iter().any(|name| name.eq_ignore_ascii_case(host));
    if !is_service && published.is_empty() {
        return None;
    }
    let local = local_port(port);
    Some(format!(
        "The compose file publishes no fixed port for port {port} of `{host}`. Add `ports: [\"127.0.0.1:{local}:{port}\"]` to \
         the service, or pass its address with `--connect-to {from}:ADDR:{port}`."
    ))
}

/// The service and namespace in a name of a cluster: `minio`, `minio.storage`, `minio.storage.svc.cluster.local`.
fn kubernetes_service(host: &str) -> Option<(&str, Option<&str>)> {
    let labels: Vec<&str> = host.trim_end_matches('.').split('.').collect();
    let is_label = |label: &&str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !labels.iter().all(is_label) {
        return None;
    }
    match labels.as_slice() {
        [service] => Some((service, None)),
        [service, namespace] | [service, namespace, "svc", ..] => Some((service, Some(namespace))),
        _ => None,
    }
}

/// A port of this machine that needs no privileges.
fn local_port(port: u16) -> u16 {
    if port < 1024 { port.saturating_add(8000) } else { port }
}

/// The machine's name in `ssh://user@host:22` or `tcp://host:2376`.
fn machine_of(docker_host: &str) -> Option<&str> {
    let (_, rest) = docker_host.split_once("://")?;
    let rest = rest.split('/').next()?;
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let host = match rest.strip_prefix('[') {
        Some(inner) => inner.split(']').next()?,
        None => rest.split(':').next()?,
    };
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::source::{Given, Input, Options, read};

    fn of(ports: &str, host: &str, docker_host: Option<&str>) -> String {
        let text = format!(
            "services:\n  langfuse-web:\n    image: langfuse/langfuse:4\n    environment: {{LANGFUSE_S3_EVENT_UPLOAD_BUCKET: b}}\n  minio:\n    \
             image: minio/minio\n    ports: {ports}\n"
        );
        let given = Given::Bytes(text.into_bytes());
        let input = Input { name: "docker-compose.yml".into(), given, kind: None, container: None };
        let deployment = read(&[input], &Options::default(), &BTreeMap::<&str, &str>::new()).unwrap();
        advice(&deployment, host, 9000, docker_host)
    }

    #[test]
    fn each_obstacle_in_a_project_has_its_own_way_out() {
        for (ports, docker_host, expected) in [
            ("[]", None, "`ports: [\"127.0.0.1:9000:9000\"]`"),
            ("[9000]", None, "no fixed port for port 9000 of `minio`"),
            ("[\"9090:9000\", \"9092:9000\"]", None, "`--connect-to minio:9000:127.0.0.1:9090`"),
            ("[\"10.0.0.8:9090:9000\"]", None, "`--connect-to minio:9000:ADDR:9090`"),
            ("[\"9090:9000\"]", Some("ssh://me@vm.example:22"), "`--connect-to minio:9000:vm.example:9090`"),
            ("[\"9090:9000\"]", Some("tcp://[fd00::1]:2376"), "`--connect-to minio:9000:[fd00::1]:9090`"),
        ] {
            let advice = of(ports, "minio", docker_host);
            assert!(advice.contains(expected), "{ports}: {advice}");
        }
        assert!(of("[]", "elsewhere", None).ends_with("`--connect-to elsewhere:9000:ADDR:PORT`."));
    }

    #[test]
    fn a_cluster_is_reached_by_port_forward() {
        let deployment = Deployment::new(Wrapper::Helm);
        for (host, port, expected) in [
            ("minio", 9000, "`kubectl port-forward svc/minio 9000:9000`"),
            ("minio.storage", 9000, "`kubectl port-forward -n storage svc/minio 9000:9000`"),
            ("rel-s3.ns.svc.cluster.local", 80, "`kubectl port-forward -n ns svc/rel-s3 8080:80`"),
        ] {
            let advice = advice(&deployment, host, port, None);
            assert!(advice.contains(expected), "{advice}");
        }
        let advice = advice(&deployment, "minio.storage", 80, None);
        assert!(advice.ends_with("`--connect-to minio.storage:80:127.0.0.1:8080`."), "{advice}");
        assert!(!super::advice(&deployment, "s3.eu.example.com", 443, None).contains("kubectl"));
    }
}
